import Episodes

extension ControlTask {
    /// The task's cost in the words of a goal, such as
    /// `169 * (T1 = steps(0: 50, 455: 42)); 0.1 * smooth(Q1)`, so that planners minimise what the task is scored by.
    ///
    /// A goal's terms are means over the horizon of squares divided by the scales of the channels; the weights undo
    /// those scales, so that over the whole episode the goal is the task's cost per step. The times of changes lie half
    /// a step late: what an action leads to counts at the end of its step, and the target that was in force when the
    /// step began is what it is held against.
    ///
    /// - Parameters:
    ///   - outputScales: What the goal will be divided by, per output; the widths of the channels' limits by default,
    ///     1 where a channel has none.
    ///   - actionScales: The same per action.
    /// - Returns: The goal.
    public func goal(outputScales: [Double]? = nil, actionScales: [Double]? = nil) -> String {
        var terms = targets.map { target in
            let channel = plant.outputChannels[target.output]
            let scale = outputScales?[target.output] ?? width(channel)
            let weight = (scale / target.scale) * (scale / target.scale)
            let changes = target.schedule.map { point in
                let start = point.start > 0 ? point.start + plant.samplingTime / 2 : 0
                return "\(short(start)): \(short(point.value))"
            }
            return "\(short(weight)) * (\(channel.name) = steps(\(changes.joined(separator: ", "))))"
        }
        if moveWeight > 0 {
            terms += plant.actionChannels.enumerated().map { index, channel in
                let range = plant.actionRange(index)
                let ratio = (actionScales?[index] ?? width(channel)) / (range.upperBound - range.lowerBound)
                return "\(short(moveWeight * ratio * ratio)) * smooth(\(channel.name))"
            }
        }
        if levelWeight > 0 {
            terms += plant.actionChannels.enumerated().map { index, channel in
                let range = plant.actionRange(index)
                let ratio = (actionScales?[index] ?? width(channel)) / (range.upperBound - range.lowerBound)
                return "\(short(levelWeight * ratio * ratio)) * (\(channel.name) = \(short(range.lowerBound)))"
            }
        }
        return terms.joined(separator: "; ")
    }

    /// What is asked beside the cost in the words of a goal: every band held whenever it must be, such as
    /// `1e6 * (49.3 <= T1 <= 50.7 at [255, 450])`.
    ///
    /// A planner that knows when a target will change leaves the old one early, since that costs less; these terms say
    /// that the band still counts until then. Inside the band they cost nothing.
    ///
    /// - Parameters:
    ///   - share: The part of the band that is asked for, so that noise leaves it rarely.
    ///   - deviation: The distance beyond it that costs as much as a deviation of a target's scale.
    ///   - outputScales: What the goal will be divided by, per output, as in `goal(outputScales:actionScales:)`.
    /// - Returns: The goal; empty when no band has to be held.
    public func bandGoal(share: Double = 0.8, deviation: Double = 0.1, outputScales: [Double]? = nil) -> String {
        targets.flatMap { target -> [String] in
            let channel = plant.outputChannels[target.output]
            let scale = outputScales?[target.output] ?? width(channel)
            let weight = (scale / (deviation * target.band)) * (scale / (deviation * target.band))
            return windows(target).map { window in
                let value = reference(at: window.lowerBound)[target.output] ?? 0
                let (low, high) = (value - share * target.band, value + share * target.band)
                // What step k leads to counts at its end.
                let ends = (Double(window.lowerBound + 1), Double(window.upperBound + 1))
                return "\(short(weight.rounded())) * (\(short(low)) <= \(channel.name) <= \(short(high)) at "
                    + "[\(short(ends.0 * plant.samplingTime)), \(short(ends.1 * plant.samplingTime))])"
            }
        }.joined(separator: "; ")
    }

    /// The runs of steps in which a target's band must be held.
    private func windows(_ target: Target) -> [ClosedRange<Int>] {
        var windows: [ClosedRange<Int>] = []
        for step in 0..<steps where mustHold(target, at: step) {
            let isSame = step > 0 && reference(at: step)[target.output] == reference(at: step - 1)[target.output]
            if let last = windows.last, last.upperBound == step - 1, isSame {
                windows[windows.count - 1] = last.lowerBound...step
            } else {
                windows.append(step...step)
            }
        }
        return windows
    }

    private func width(_ channel: Channel) -> Double {
        guard let lower = channel.lowerLimit, let upper = channel.upperLimit, upper > lower else { return 1 }
        return upper - lower
    }
}
