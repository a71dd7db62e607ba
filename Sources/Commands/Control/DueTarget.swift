/// What a goal of the user's asks of one channel in certain steps.
struct DueTarget: Equatable {
    /// Whether it is asked of an action, and not of an output.
    var isAction = false
    /// The index among the outputs, or among the actions.
    var channel: Int
    /// The band, in the unit of the channel.
    var range: ClosedRange<Double>
    /// The steps that count, from 1.
    var steps: ClosedRange<Int>

    /// Reads one target of a goal: each of its values counts at the times that the goal names and until the next value, and one that
    /// stands at all times once half of the episode has passed since it began.
    ///
    /// - Parameters:
    ///   - target: The target, in the order of its times.
    ///   - channel: The index of its channel.
    ///   - isAction: Whether that is an action.
    ///   - width: What makes the channel comparable, in its unit: a value counts as held within 2 % of it.
    ///   - samplingTime: Seconds of a step.
    ///   - seconds: The length of an episode.
    /// - Returns: What is due; nothing of values whose times hold no step of the episode.
    static func all(
        of target: [ObjectiveMarks.Target], channel: Int, isAction: Bool = false, width: Double, samplingTime: Double,
        seconds: Double
    ) -> [DueTarget] {
        target.enumerated().compactMap { place, point in
            let since = place == 0 ? 0 : point.from
            let until = place + 1 < target.count ? target[place + 1].from : .infinity
            // The middle of a step decides, as for the targets of a task.
            let times = point.times ?? (since + seconds / 2 + samplingTime / 2)...Double.infinity
            guard let steps = steps(times, since: since, until: until, samplingTime, seconds) else { return nil }
            let half = (point.range.upperBound - point.range.lowerBound) / 2
            let (centre, room) = (point.range.lowerBound + half, max(half, 0.02 * width))
            return DueTarget(
                isAction: isAction, channel: channel, range: centre - room...centre + room, steps: steps)
        }
    }

    /// The steps, from 1, that end at some times and while a value is asked for; `nil` where none does within the episode.
    private static func steps(
        _ times: ClosedRange<Double>, since: Double, until: Double, _ samplingTime: Double, _ seconds: Double
    ) -> ClosedRange<Int>? {
        func first(_ time: Double) -> Double { max(1, (time / samplingTime - 1e-6).rounded(.up)) }
        if times.lowerBound == times.upperBound {
            let nearest = max(1, (times.lowerBound / samplingTime).rounded())
            guard since <= times.lowerBound, times.lowerBound < until, nearest * samplingTime <= seconds + 1e-6 else {
                return nil
            }
            return Int(nearest)...Int(nearest)
        }
        let last = min((min(times.upperBound, seconds) / samplingTime + 1e-6).rounded(.down), first(until) - 1)
        let begin = first(max(times.lowerBound, since))
        return begin <= last ? Int(begin)...Int(last) : nil
    }
}
