import Basics
public import Objectives

/// The variables that a solver searches: one number in [−1, 1] per action channel and block of steps.
///
/// Inside a block the action is held, so that a long horizon has few variables. −1 and 1 are the limits of the action's
/// box. Every point is turned into an action sequence that respects box, rate and norm limits exactly, by projection:
/// a solver can't leave the limits whatever it proposes.
public struct ActionSpace: Sendable {
    /// Steps that the action sequence has.
    public let horizon: Int
    /// Lengths of the blocks in steps; their sum is the horizon.
    public let blocks: [Int]
    /// The actions in force before the first step, physical units.
    public let previous: [Float]
    /// Box, rates and norm.
    public let limits: ActionSet
    /// Set where every step is a block of its own.
    private let steps: StepwiseBox?

    /// Creates the space of one planning problem.
    ///
    /// - Parameters:
    ///   - set: The actions that may be taken; its box must be finite.
    ///   - horizon: Steps that an action sequence has.
    ///   - blocks: Lengths of the blocks in steps; when they sum to less than the horizon the last one is repeated,
    ///     and what exceeds the horizon is cut off. Empty: every step is a block of its own.
    ///   - previous: The actions in force before the first step `[action]`, physical units.
    ///   - names: What the actions are called, for errors.
    /// - Throws: `ForesightError` (usage) when an action has no finite limits or a block is shorter than one step.
    public init(_ set: ActionSet, horizon: Int, blocks: [Int] = [], previous: [Float], names: [String] = []) throws {
        guard horizon >= 1 else {
            throw ForesightError.usage("horizon \(horizon) has no step", remedy: "plan at least one step ahead")
        }
        if let shortest = blocks.min(), shortest < 1 {
            throw ForesightError.usage(
                "an action block of \(shortest) steps holds nothing", remedy: "use blocks of at least one step")
        }
        for channel in 0..<set.count where !(set.lower[channel].isFinite && set.upper[channel].isFinite) {
            let name = channel < names.count ? "'\(names[channel])'" : "\(channel)"
            throw ForesightError.usage(
                "action \(name) has no finite limits to search between", remedy: "declare its lower and upper limit")
        }
        precondition(previous.count == set.count, "one previous action per action channel")
        for channel in set.switchedChannels {
            try Self.requireReach(set, channel, name: channel < names.count ? "'\(names[channel])'" : "\(channel)")
        }
        limits = set
        self.horizon = horizon
        self.previous = previous
        var lengths: [Int] = []
        var covered = 0
        while covered < horizon {
            let next = lengths.count < blocks.count ? blocks[lengths.count] : (blocks.last ?? 1)
            let length = min(next, horizon - covered)
            lengths.append(length)
            covered += length
        }
        self.blocks = lengths
        steps = lengths.count == horizon ? StepwiseBox(lower: set.lower, upper: set.upper, horizon: horizon) : nil
    }

    /// Refuses values between which the rate limit lets nothing move.
    private static func requireReach(_ set: ActionSet, _ channel: Int, name: String) throws {
        let values = set.values[channel]
        for (low, high) in zip(values, values.dropFirst()) {
            let (up, down) = (set.range(of: channel, after: low), set.range(of: channel, after: high))
            guard up.contains(high), down.contains(low) else {
                throw ForesightError.usage(
                    "action \(name) cannot go from \(low) to \(high) within a step of \(set.samplingTime) s: its rate limit "
                        + "is \(min(set.rise[channel], set.fall[channel])) a second",
                    remedy:
                        "leave out the rate of an action that takes values, and say with dwell how long it keeps one")
            }
        }
    }

    /// The channels of actions that take only some values.
    var switched: [Int] { limits.switchedChannels }

    /// The numbers in [−1, 1] that stand for the values of an action; empty where it takes any.
    func levels(of channel: Int) -> [Float] {
        let range = upper[channel] - lower[channel]
        return limits.values[channel].map { range > 0 ? min(1, max(-1, 2 * ($0 - lower[channel]) / range - 1)) : 0 }
    }

    /// The least value per action channel, physical units.
    public var lower: [Float] { limits.lower }
    /// The greatest value per action channel, physical units.
    public var upper: [Float] { limits.upper }
    /// The number of action channels.
    public var actionCount: Int { lower.count }
    /// The number of variables of a point.
    public var variables: Int { blocks.count * actionCount }
    /// The number of values in an action sequence.
    public var sequenceLength: Int { horizon * actionCount }

    /// Turns points `[candidate, block, action]` into allowed action sequences `[candidate, step, action]`.
    public func decode(_ points: [Float], candidates: Int, into actions: inout [Float]) {
        precondition(
            points.count >= candidates * variables && actions.count >= candidates * sequenceLength,
            "points and actions for \(candidates) candidates")
        if let steps {
            steps.decode(points, candidates: candidates, into: &actions)
        } else {
            decodeBlocks(points, candidates: candidates, into: &actions)
        }
        // What is inside a box needs no projection onto it.
        if !limits.isBox { limits.project(&actions, candidates: candidates, horizon: horizon, previous: previous) }
    }

    private func decodeBlocks(_ points: [Float], candidates: Int, into actions: inout [Float]) {
        let count = actionCount
        let (lower, upper) = (limits.lower, limits.upper)
        points.withUnsafeBufferPointer { points in
            actions.withUnsafeMutableBufferPointer { actions in
                var read = 0
                var write = 0
                for _ in 0..<candidates {
                    for length in blocks {
                        for channel in 0..<count {
                            let share = (min(1, max(-1, points[read + channel])) + 1) / 2
                            let value = lower[channel] + share * (upper[channel] - lower[channel])
                            let action = min(upper[channel], max(lower[channel], value))
                            for step in 0..<length { actions[write + step * count + channel] = action }
                        }
                        write += length * count
                        read += count
                    }
                }
            }
        }
    }

    /// Moves action sequences `[candidate, step, action]` into box, rate and norm limits.
    public func project(_ actions: inout [Float]) {
        limits.project(&actions, horizon: horizon, previous: previous)
    }

    /// How a block's variable is read from an action sequence that need not be constant inside the block.
    public enum BlockValue: Sendable {
        /// The action at the end of the block: where a ramp that the rate limit enforces leads to.
        case last
        /// The mean over the block: the nearest constant.
        case mean
    }

    /// Reads points `[candidate, block, action]` from action sequences `[candidate, step, action]`.
    public func encode(_ actions: [Float], candidates: Int, as value: BlockValue, into points: inout [Float]) {
        let count = actionCount
        precondition(
            points.count >= candidates * variables && actions.count >= candidates * sequenceLength,
            "points and actions for \(candidates) candidates")
        if let steps { return steps.encode(actions, candidates: candidates, into: &points) }
        let (lower, upper) = (limits.lower, limits.upper)
        actions.withUnsafeBufferPointer { actions in
            points.withUnsafeMutableBufferPointer { points in
                var read = 0
                var write = 0
                for _ in 0..<candidates {
                    for length in blocks {
                        for channel in 0..<count {
                            var physical: Float = 0
                            switch value {
                            case .last: physical = actions[read + (length - 1) * count + channel]
                            case .mean:
                                for step in 0..<length { physical += actions[read + step * count + channel] }
                                physical /= Float(length)
                            }
                            let range = upper[channel] - lower[channel]
                            points[write + channel] =
                                range > 0 ? min(1, max(-1, 2 * (physical - lower[channel]) / range - 1)) : 0
                        }
                        read += length * count
                        write += count
                    }
                }
            }
        }
    }

    /// Sums a gradient with respect to actions `[candidate, step, action]` into one with respect to points
    /// `[candidate, block, action]`, as if nothing were projected.
    public func pullBack(_ gradient: [Float], candidates: Int, into points: inout [Float]) {
        let count = actionCount
        var read = 0
        var write = 0
        for _ in 0..<candidates {
            for length in blocks {
                for channel in 0..<count {
                    var sum: Float = 0
                    for step in 0..<length { sum += gradient[read + step * count + channel] }
                    points[write + channel] = sum * (upper[channel] - lower[channel]) / 2
                }
                read += length * count
                write += count
            }
        }
    }

    /// The action sequence that holds one action over the whole horizon, moved into the limits.
    public func held(_ action: [Float]) -> [Float] {
        var actions = (0..<sequenceLength).map { action[$0 % actionCount] }
        project(&actions)
        return actions
    }

    /// An action sequence some steps later: its head is dropped, its last action repeated at the end.
    public func shifted(_ actions: [Float], by steps: Int) -> [Float] {
        let count = actionCount
        let available = actions.count / count
        guard available > 0 else { return held(previous) }
        var result: [Float] = []
        result.reserveCapacity(sequenceLength)
        for step in 0..<horizon {
            let source = min(step + steps, available - 1) * count
            result += actions[source..<source + count]
        }
        project(&result)
        return result
    }

    /// Root mean square difference of two action sequences, as a share of each action's box.
    public func distance(_ left: ArraySlice<Float>, _ right: [Float]) -> Float { distance(left, right[...]) }

    /// The same of two parts of longer lists.
    func distance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Float {
        let count = actionCount
        let (lower, upper) = (limits.lower, limits.upper)
        var sum: Float = 0
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                for start in stride(from: 0, to: left.count, by: count) {
                    for channel in 0..<count {
                        let range = upper[channel] - lower[channel]
                        guard range > 0 else { continue }
                        let difference = (left[start + channel] - right[start + channel]) / range
                        sum += difference * difference
                    }
                }
            }
        }
        return (sum / Float(max(1, right.count))).squareRoot()
    }
}
