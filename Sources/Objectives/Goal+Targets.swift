/// A value as it is written in a goal or a guardrail, with its unit.
public struct WrittenValue: Sendable, Equatable {
    /// The number.
    public var number: Double
    /// Its unit; `nil` where none is written, which is that of the channel.
    public var unit: String?

    /// Creates a value.
    public init(_ number: Double, unit: String? = nil) { (self.number, self.unit) = (number, unit) }

    /// As it is written.
    var words: String { shortNumber(number) + (unit.map { " \($0)" } ?? "") }

    /// The value in the unit of a channel: times are converted, `0.1 l/s` to 6 in `l/min`.
    public func value(in channelUnit: String?) -> Double {
        guard let own = unit.flatMap(UnitOfMeasure.init(parsing:)),
            let other = channelUnit.map(UnitOfMeasure.init(channel:)), own.matches(other)
        else { return number }
        return number * own.factor / other.factor
    }
}

/// A value or a band that a goal asks of one channel.
public struct ChannelTarget: Sendable, Equatable {
    /// What is asked from a time on.
    public struct Point: Sendable, Equatable {
        /// Seconds from the start of the task.
        public var from: Double
        /// The least value.
        public var lower: WrittenValue
        /// The greatest value; the same where a value is asked for.
        public var upper: WrittenValue
    }

    /// The name of the channel.
    public var channel: String
    /// What is asked, in the order of times; the first from the start on.
    public var points: [Point]
    /// The times that count, in seconds from the start of the task, where not all do.
    public var times: ClosedRange<Double>?
}

extension Goal {
    /// The values, bands and steps that the goal asks of single channels.
    ///
    /// What speaks of more than a channel and numbers, such as `T1 - T2 = 5` or `2 * T1 = 90`, asks for one side only, or for a ramp, is
    /// left out.
    public var targets: [ChannelTarget] { terms.flatMap { $0.targets(at: nil) } }
}

extension Syntax {
    fileprivate func targets(at times: ClosedRange<Double>?) -> [ChannelTarget] {
        switch kind {
        case .arithmetic(.plus, let left, let right): return left.targets(at: times) + right.targets(at: times)
        case .arithmetic(.times, let left, let right):
            return (left.sort == .signal ? right : left).targets(at: times)
        case .arithmetic(.over, let left, _): return left.targets(at: times)
        case .timed(let inner, .end): return inner.targets(at: times)
        case .timed(let inner, .instant(let time)): return inner.targets(at: time...time)
        case .timed(let inner, .window(let window)):
            return inner.targets(at: window.lower...max(window.lower, window.upper ?? .infinity))
        case .equality(let left, let right, _):
            return (Self.target(left, right) ?? Self.target(right, left)).map { name, points in
                [ChannelTarget(channel: name, points: points, times: times)]
            } ?? []
        case .comparison(let operands, let relations): return Self.band(operands, relations, at: times)
        default: return []
        }
    }

    private static func target(_ name: Syntax, _ value: Syntax) -> (String, [ChannelTarget.Point])? {
        guard case .name(let name) = name.kind else { return nil }
        if let value = value.written { return (name, [.init(from: 0, lower: value, upper: value)]) }
        guard case .table(.steps, let knots) = value.kind else { return nil }
        let points = knots.enumerated().compactMap { place, knot -> ChannelTarget.Point? in
            // Before the first time its value holds.
            knot.value.written.map { .init(from: place == 0 ? 0 : knot.time, lower: $0, upper: $0) }
        }
        return points.count == knots.count ? (name, points) : nil
    }

    private static func band(
        _ operands: [Syntax], _ relations: [Relation], at times: ClosedRange<Double>?
    ) -> [ChannelTarget] {
        guard operands.count == 3, case .name(let name) = operands[1].kind,
            relations[0].ascends == relations[1].ascends, let first = operands[0].written,
            let last = operands[2].written
        else { return [] }
        let (lower, upper) = relations[0].ascends ? (first, last) : (last, first)
        return [
            ChannelTarget(channel: name, points: [.init(from: 0, lower: lower, upper: upper)], times: times)
        ]
    }

    /// Its value where it is a number as written.
    var written: WrittenValue? {
        switch kind {
        case .number(let value, let unit, _): WrittenValue(value, unit: unit)
        case .negative(let inner): inner.written.map { WrittenValue(-$0.number, unit: $0.unit) }
        default: nil
        }
    }
}
