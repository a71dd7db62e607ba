import Episodes

/// One term of a goal over the signals of a context.
struct GoalTerm: Sendable {
    /// The signal whose square, or itself, is averaged; divided by nothing yet.
    var node: Int
    /// What one unit of cost is, in the signal's unit.
    var scale: Double
    var weight: Double
    /// Whether the square counts, else the value itself.
    var isSquared: Bool
    /// The samples over which the mean is taken.
    var samples: ClosedRange<Int>
    /// The term as written.
    var text: String
}

/// Turns written goals into terms, cutting times to the horizon.
struct GoalResolver {
    var signals: SignalResolver
    private(set) var terms: [GoalTerm] = []
    private(set) var warnings: [ObjectiveWarning] = []

    private var context: TrajectoryContext { signals.context }
    private var elapsed: Double { signals.options.elapsed ?? 0 }
    private var horizonSeconds: String { shortNumber(Double(context.horizon) * context.samplingTime) }

    init(_ signals: SignalResolver) { self.signals = signals }

    /// Adds the terms of a goal.
    mutating func resolve(_ syntax: Syntax, weight: Double = 1, timing: Syntax.Timing? = nil) throws {
        switch syntax.kind {
        case .arithmetic(.plus, let left, let right):
            try resolve(left, weight: weight, timing: timing)
            try resolve(right, weight: weight, timing: timing)
        case .arithmetic(.times, let left, let right):
            let (factor, term) = left.sort == .signal ? (left, right) : (right, left)
            try resolve(term, weight: weight * number(factor), timing: timing)
        case .arithmetic(.over, let left, let right):
            let divisor = try number(right)
            guard divisor > 0 else { throw FormulaError("division by zero", at: right.range.lowerBound) }
            try resolve(left, weight: weight / divisor, timing: timing)
        case .timed(let inner, let timing): try resolve(inner, weight: weight, timing: timing)
        case .equality(let left, let right, let arrow):
            guard let samples = try samples(timing ?? (arrow ? .end : nil), syntax) else { return }
            try target(left, right, syntax, weight, samples)
        case .comparison(let operands, let relations):
            guard let samples = try samples(timing, syntax) else { return }
            try band(operands, relations, syntax, weight, samples)
        case .call(let function, let arguments):
            guard let samples = try samples(timing, syntax) else { return }
            try actionCost(function, arguments[0], syntax, weight, samples)
        default:
            throw FormulaError("expected a goal, found \(syntax.sort.rawValue)", at: syntax.range.lowerBound)
        }
    }

    // MARK: Terms

    private mutating func target(
        _ left: Syntax, _ right: Syntax, _ syntax: Syntax, _ weight: Double, _ samples: ClosedRange<Int>
    ) throws {
        let (a, b, _) = try signals.aligned(signals.resolve(left), signals.resolve(right), left, right)
        let node = signals.graph.difference(a.node, b.node)
        append(syntax, node, scale: max(a.scale, b.scale), weight, squared: true, samples)
        try refuseConstant(node, syntax)
        if b.isLiteral { warnAboutRange(a, left, target: b.node, samples) }
        if a.isLiteral { warnAboutRange(b, right, target: a.node, samples) }
    }

    private mutating func band(
        _ operands: [Syntax], _ relations: [Syntax.Relation], _ syntax: Syntax, _ weight: Double,
        _ samples: ClosedRange<Int>
    ) throws {
        // Distance outside the band: the greatest of what each comparison lacks, and 0.
        var outside = signals.graph.constant(0)
        var scale = 0.0
        var unit: ResolvedSignal?
        for index in relations.indices {
            let (left, right) = (operands[index], operands[index + 1])
            let (a, b, dimension) = try signals.aligned(signals.resolve(left), signals.resolve(right), left, right)
            let lack =
                relations[index].ascends
                ? signals.graph.difference(a.node, b.node) : signals.graph.difference(b.node, a.node)
            try refuseConstant(lack, left)
            if let range = recordedRange(lack), range.lowerBound > 0 {
                warnings.append(
                    .init(
                        .outsideRecordedRange,
                        "'\(signals.text.slice(syntax.range))' lies outside what has "
                            + "been recorded, by \(shortNumber(range.lowerBound))"))
            }
            // Comparisons of one chain may name different time units: bring all to that of the first.
            let signal = ResolvedSignal(
                node: lack, dimension: dimension, scale: max(a.scale, b.scale), isLiteral: false)
            let (first, own, _) = try signals.aligned(unit ?? signal, signal, left, right)
            outside = signals.graph.maximum(outside, own.node)
            scale = max(scale, own.scale)
            unit = unit ?? first
        }
        append(syntax, outside, scale: scale, weight, squared: true, samples)
    }

    private mutating func actionCost(
        _ function: Syntax.Function, _ argument: Syntax, _ syntax: Syntax, _ weight: Double,
        _ samples: ClosedRange<Int>
    ) throws {
        let signal = try signals.resolve(argument)
        try refuseConstant(signal.node, argument)
        switch function {
        case .effort: append(syntax, signal.node, scale: signal.scale, weight, squared: true, samples)
        case .smooth:
            let change = signals.graph.scaled(signals.graph.rate(signal.node), by: context.samplingTime)
            append(syntax, change, scale: signal.scale, weight, squared: true, samples)
        case .minimize: append(syntax, signal.node, scale: signal.scale, weight, squared: false, samples)
        case .maximize:
            let node = signals.graph.scaled(signal.node, by: -1)
            append(syntax, node, scale: signal.scale, weight, squared: false, samples)
        default: throw FormulaError("expected a goal, found a value", at: syntax.range.lowerBound)
        }
    }

    private mutating func append(
        _ syntax: Syntax, _ node: Int, scale: Double, _ weight: Double, squared: Bool, _ samples: ClosedRange<Int>
    ) {
        let usable = scale > 0 && scale.isFinite
        terms.append(
            GoalTerm(
                node: node, scale: usable ? scale : 1, weight: weight, isSquared: squared, samples: samples,
                text: signals.text.slice(syntax.range)))
    }

    private func refuseConstant(_ node: Int, _ syntax: Syntax) throws {
        guard !signals.graph.dependsOnTrajectory(node) else { return }
        throw FormulaError("no channel in this goal, so no action can change it", at: syntax.range.lowerBound)
    }

    /// The value of a weight: a number without unit, at least 0.
    private mutating func number(_ syntax: Syntax) throws -> Double {
        let signal = try signals.resolve(syntax)
        guard let value = signals.graph.constantValue(signal.node), signal.dimension == .free else {
            throw FormulaError("a weight is a plain number", at: syntax.range.lowerBound)
        }
        guard value >= 0 else {
            throw FormulaError(
                "the weight \(shortNumber(value)) is negative", remedy: "use maximize(…) to want more",
                at: syntax.range.lowerBound)
        }
        return value
    }
}

// MARK: - Times and ranges

extension GoalResolver {
    /// The samples that a timing means, or `nil` when none lies in this horizon.
    private mutating func samples(_ timing: Syntax.Timing?, _ syntax: Syntax) throws -> ClosedRange<Int>? {
        let horizon = context.horizon
        guard let timing else { return 1...horizon }
        let text = signals.text.slice(syntax.range)
        var (first, last): (Double, Double)
        switch timing {
        case .end: return horizon...horizon
        case .instant(let seconds):
            let sample = ((seconds - elapsed) / context.samplingTime).rounded()
            (first, last) = (sample, sample)
        case .window(let window):
            first = max(1, ((window.lower - elapsed) / context.samplingTime - 1e-6).rounded(.up))
            last = window.upper.map { (($0 - elapsed) / context.samplingTime + 1e-6).rounded(.down) } ?? Double(horizon)
            if first > last, last >= 1, elapsed > 0 {
                // A loop that decides within a step comes to where no step ends in the window: those around it count.
                (first, last) = (last, first)
            } else if first > last, last >= 1 {
                throw FormulaError(
                    "no step ends in this window: steps end every \(shortNumber(context.samplingTime)) s after now",
                    remedy: "widen the window", at: window.range.lowerBound)
            }
        }
        if last < 1 {
            guard elapsed > 0 else {
                throw FormulaError(
                    "this time is before the end of the first step, \(shortNumber(context.samplingTime)) s",
                    at: syntax.range.lowerBound)
            }
            warnings.append(.init(.notJudged, "'\(text)': its time is past"))
            return nil
        }
        if first > Double(horizon) {
            guard signals.options.elapsed != nil else {
                throw FormulaError(
                    "its time, \(shortNumber(first * context.samplingTime)) s, lies beyond the horizon of "
                        + "\(horizonSeconds) s", remedy: "lengthen the horizon or choose an earlier time",
                    at: syntax.range.lowerBound)
            }
            warnings.append(.init(.notJudged, "'\(text)': its time lies beyond the horizon of \(horizonSeconds) s"))
            return nil
        }
        if case .window(let window) = timing, window.upper != nil, last > Double(horizon) {
            warnings.append(
                .init(.windowClipped, "'\(text)' reaches beyond the horizon of \(horizonSeconds) s: judged inside only")
            )
        }
        return Int(first)...Int(min(last, Double(horizon)))
    }

    private func recordedRange(_ node: Int) -> ClosedRange<Double>? {
        signals.graph.range(node) { leaf in
            switch leaf {
            case .output(let channel): signals.options.recordedRanges[context.outputs[channel].name]
            case .action(let channel): signals.options.recordedRanges[context.actions[channel].name]
            default: nil
            }
        }
    }

    private mutating func warnAboutRange(
        _ signal: ResolvedSignal, _ syntax: Syntax, target: Int, _ samples: ClosedRange<Int>
    ) {
        guard let range = recordedRange(signal.node) else { return }
        let values = samples.map { sample in
            signals.graph.value(
                target, sample: sample, samplingTime: context.samplingTime, time: elapsed, leaf: { _, _ in .nan })
        }
        guard let outside = values.first(where: { !$0.isNaN && !range.contains($0) }) else { return }
        let unit = signal.unit.map { " \($0.text)" } ?? ""
        warnings.append(
            .init(
                .outsideRecordedRange,
                "the goal \(shortNumber(outside))\(unit) for '\(signals.text.slice(syntax.range))' lies outside its "
                    + "recorded range, \(shortNumber(range.lowerBound)) to \(shortNumber(range.upperBound))\(unit)"))
    }
}
