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
        return terms.joined(separator: "; ")
    }

    private func width(_ channel: Channel) -> Double {
        guard let lower = channel.lowerLimit, let upper = channel.upperLimit, upper > lower else { return 1 }
        return upper - lower
    }
}
