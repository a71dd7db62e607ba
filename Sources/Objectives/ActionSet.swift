public import Episodes

/// The actions that may be taken: a box, a fastest change per second, where wanted a greatest norm, and for actions that
/// are switched the values that they may take and the time for which they keep one.
///
/// Projection is exact in the arithmetic of `Float`: whatever comes in, what goes out keeps every limit as `Float`
/// subtraction sees it, and projecting again changes nothing.
public struct ActionSet: Sendable, Equatable {
    /// The least value of each action, physical units; -∞ where there is none.
    public private(set) var lower: [Float]
    /// The greatest value of each action; +∞ where there is none.
    public private(set) var upper: [Float]
    /// The fastest rise of each action per second; +∞ where there is none.
    public private(set) var rise: [Float]
    /// The fastest fall of each action per second, positive; +∞ where there is none.
    public private(set) var fall: [Float]
    /// The greatest Euclidean norm of all actions at one step; `nil` where there is none.
    public private(set) var norm: Float?
    /// The values that each action may take, rising `[action][value]`; empty for any in the box.
    public private(set) var values: [[Float]]
    /// The shortest time that each action keeps a value, s; 0 where it may change at every step.
    public let dwell: [Double]
    /// For how long each action had its value when the first step begins, s; ∞ for long enough.
    public var held: [Double]
    /// Seconds between steps.
    public let samplingTime: Double
    /// For how long the first step is in force, s, where a loop decides anew within it: as far as rates let it go; `nil` for a step.
    public var firstInterval: Double?

    /// Creates a set from limits, one a channel.
    ///
    /// - Precondition: Each list of values has one in its box, and none is given together with a norm.
    public init(
        lower: [Float], upper: [Float], rise: [Float]? = nil, fall: [Float]? = nil, norm: Float? = nil,
        values: [[Float]]? = nil, dwell: [Double]? = nil, samplingTime: Double
    ) {
        let free = [Float](repeating: .infinity, count: lower.count)
        self.lower = lower
        self.upper = upper
        self.rise = rise ?? free
        self.fall = fall ?? rise ?? free
        self.norm = norm
        self.samplingTime = samplingTime
        let bounds = zip(lower, upper)
        self.values = zip(values ?? lower.map { _ in [] }, bounds).map { values, bounds in
            let inside = Set(values.filter { bounds.0 <= $0 && $0 <= bounds.1 }).sorted()
            precondition(values.isEmpty || !inside.isEmpty, "none of the values \(values) lies within the limits")
            return inside
        }
        self.dwell = dwell ?? lower.map { _ in 0 }
        held = lower.map { _ in .infinity }
        precondition(norm == nil || !remembers, "a norm of actions that take values or keep them")
        precondition(self.values.count == lower.count && self.dwell.count == lower.count, "one list a channel")
        precondition(self.dwell.allSatisfy { $0 >= 0 && $0.isFinite }, "a dwell below 0")
        precondition(
            upper.count == lower.count && self.rise.count == lower.count && self.fall.count == lower.count,
            "one limit a channel")
        precondition(zip(lower, upper).allSatisfy { $0 <= $1 }, "a lower limit above the upper one")
        precondition((self.rise + self.fall).allSatisfy { $0 >= 0 }, "a rate limit below 0")
        precondition(norm.map { $0 >= 0 } ?? true, "a norm below 0")
    }

    /// The set that the channels' own limits describe.
    public init(channels: [Channel], samplingTime: Double, norm: Float? = nil) {
        self.init(
            lower: channels.map { ($0.lowerLimit ?? $0.values?.first).map { Float($0) } ?? -.infinity },
            upper: channels.map { ($0.upperLimit ?? $0.values?.last).map { Float($0) } ?? .infinity },
            rise: channels.map { $0.rateLimit.map { Float($0) } ?? .infinity }, norm: norm,
            values: channels.map { ($0.values ?? []).map { Float($0) } }, dwell: channels.map { $0.dwell ?? 0 },
            samplingTime: samplingTime)
    }

    /// The number of action channels.
    public var count: Int { lower.count }

    /// Whether any action within the limits may be taken at any step.
    public var isBox: Bool {
        norm == nil && !remembers && rise.allSatisfy { !$0.isFinite } && fall.allSatisfy { !$0.isFinite }
    }

    /// Replaces the limits of one channel by the tighter of old and new; `false` when nothing would be left.
    mutating func tighten(
        _ channel: Int, lower: Float? = nil, upper: Float? = nil, rise: Float? = nil, fall: Float? = nil
    )
        -> Bool
    {
        let low = max(self.lower[channel], lower ?? -.infinity)
        let high = min(self.upper[channel], upper ?? .infinity)
        guard low <= high, rise ?? 0 >= 0, fall ?? 0 >= 0 else { return false }
        let left = values[channel].filter { low <= $0 && $0 <= high }
        guard values[channel].isEmpty || !left.isEmpty else { return false }
        values[channel] = left
        self.lower[channel] = low
        self.upper[channel] = high
        self.rise[channel] = min(self.rise[channel], rise ?? .infinity)
        self.fall[channel] = min(self.fall[channel], fall ?? .infinity)
        return true
    }

    /// The values that one action may take next.
    ///
    /// When the action in force lies outside the box, the rate limit still binds: the range is then the one value that
    /// moves towards the box as fast as allowed.
    ///
    /// - Parameters:
    ///   - channel: The action.
    ///   - previous: Its value in force.
    ///   - isFirst: Whether it is the first step, which may be shorter (``firstInterval``).
    /// - Returns: The range.
    public func range(of channel: Int, after previous: Float, isFirst: Bool = false) -> ClosedRange<Float> {
        let (low, high) = (lower[channel], upper[channel])
        // A switch is thrown, not moved: its rate was held against a step.
        let isShort = isFirst && values[channel].isEmpty
        let seconds = isShort ? firstInterval.map { min($0, samplingTime) } ?? samplingTime : samplingTime
        let highest = Self.reach(previous, by: rise[channel], seconds)
        let lowest = -Self.reach(-previous, by: fall[channel], seconds)
        if highest < low { return highest...highest }
        if lowest > high { return lowest...lowest }
        return max(low, lowest)...min(high, highest)
    }

    /// The greatest value from which `previous` can be subtracted in `Float` without exceeding the allowed change.
    private static func reach(_ previous: Float, by rate: Float, _ samplingTime: Double) -> Float {
        guard rate.isFinite else { return .infinity }
        // A millionth is held back so that a guardrail on the same rate, which divides by the sampling time again, does
        // not see its limit exceeded by a rounding.
        let change = Float(Double(rate) * samplingTime * (1 - 1e-6))
        var value = previous + change
        while value - previous > change { value = value.nextDown }
        return value
    }

    /// Projects the actions of all candidates onto the set, step after step, each within what the step before leaves.
    ///
    /// Since the action in force lies in the box, some value always remains, so that box, rate and norm hold together
    /// at every step. What is not a number becomes the value nearest to the action before it.
    ///
    /// Actions are row-major `[candidate, step, action]` in physical units; `previous` holds those in force before the
    /// first step `[action]`. With a number of candidates only the first so many are looked at.
    public func project(_ actions: inout [Float], candidates: Int? = nil, horizon: Int, previous: [Float]) {
        precondition(previous.count == count, "one previous action a channel")
        precondition(count > 0 && actions.count % (horizon * count) == 0, "actions are [candidate, step, action]")
        precondition((candidates ?? 0) * horizon * count <= actions.count, "actions of so many candidates")
        let (width, rows) = (count, candidates.map { $0 * horizon } ?? actions.count / count)
        if remembers { return choose(&actions, rows: rows, horizon: horizon, previous: previous) }
        if isBox { return clamp(&actions, rows: rows, horizon: horizon, previous: previous) }
        actions.withUnsafeMutableBufferPointer { actions in
            for row in 0..<rows {
                let isFirst = row % horizon == 0
                var squares: Float = 0
                for channel in 0..<width {
                    let index = row * width + channel
                    let before = isFirst ? previous[channel] : actions[index - width]
                    let range = range(of: channel, after: before, isFirst: isFirst)
                    let wanted = actions[index].isNaN ? before : actions[index]
                    let value = min(max(wanted, range.lowerBound), range.upperBound)
                    actions[index] = value
                    squares += value * value
                }
                if let norm, squares.squareRoot() > norm {
                    shrink(UnsafeMutableBufferPointer(rebasing: actions[row * width..<(row + 1) * width]), to: norm) {
                        range(
                            of: $0, after: isFirst ? previous[$0] : actions[row * width - width + $0], isFirst: isFirst)
                    }
                }
            }
        }
    }

    /// Projects where there is nothing but a box.
    private func clamp(_ actions: inout [Float], rows: Int, horizon: Int, previous: [Float]) {
        let (width, length) = (count, horizon * count)
        let (lower, upper) = (self.lower, self.upper)
        actions.withUnsafeMutableBufferPointer { actions in
            for start in stride(from: 0, to: rows * width, by: length) {
                var channel = width - 1
                for index in start..<start + length {
                    channel = channel + 1 == width ? 0 : channel + 1
                    let wanted = actions[index]
                    guard !wanted.isNaN else {
                        let before = index < start + width ? previous[channel] : actions[index - width]
                        actions[index] = min(max(before, lower[channel]), upper[channel])
                        continue
                    }
                    actions[index] = min(max(wanted, lower[channel]), upper[channel])
                }
            }
        }
    }

    /// Moves a point of the box to the nearest one within the norm: `clip(y / (1 + λ))` with the least λ ≥ 0 that
    /// satisfies it, by bisection on `t = 1 / (1 + λ)`.
    private func shrink(
        _ action: UnsafeMutableBufferPointer<Float>, to norm: Float, range: (Int) -> ClosedRange<Float>
    ) {
        func value(_ channel: Int, _ t: Float) -> Float {
            let allowed = range(channel)
            return min(max(action[channel] * t, allowed.lowerBound), allowed.upperBound)
        }
        func length(_ t: Float) -> Float {
            var squares: Float = 0
            for channel in action.indices { squares += value(channel, t) * value(channel, t) }
            return squares.squareRoot()
        }
        // t = 0 is the point of the box nearest to rest: the best there is when even that is too long.
        var (inside, outside) = (Float(0), Float(1))
        for _ in 0..<40 {
            let middle = (inside + outside) / 2
            if length(middle) <= norm { inside = middle } else { outside = middle }
        }
        for channel in action.indices { action[channel] = value(channel, inside) }
    }

    /// Whether all actions, row-major `[candidate, step, action]`, keep all limits exactly.
    public func contains(_ actions: [Float], horizon: Int, previous: [Float]) -> Bool {
        var dwelling = Dwelling(self)
        for row in 0..<actions.count / count {
            let isFirst = row % horizon == 0
            if isFirst { dwelling.restart() }
            var squares: Float = 0
            for channel in 0..<count {
                let index = row * count + channel
                let before = isFirst ? previous[channel] : actions[index - count]
                let value = actions[index]
                guard value >= lower[channel], value <= upper[channel] else { return false }
                guard next(channel, value, after: before, isFirst: isFirst, &dwelling) == value else { return false }
                squares += value * value
            }
            if let norm, squares.squareRoot() > norm { return false }
        }
        return true
    }
}
