import Objectives
import Reports

/// What goals and guardrails say of one channel in the simple forms that charts can draw: limits, values, bands, steps.
///
/// Anything else is planned with all the same and only not drawn.
struct ObjectiveMarks {
    /// A limit of a channel.
    struct Limit: Equatable {
        /// Whether the channel must stay below.
        var isUpper: Bool
        /// The value, in the unit of the channel.
        var value: Double
        /// The condition that says so, as written.
        var text: String
    }

    /// A target of a channel from a time on.
    struct Target: Equatable {
        /// Seconds from the start of the task.
        var from: Double
        /// The value, or the band, in the unit of the channel.
        var range: ClosedRange<Double>
        /// The times that count, in seconds from the start of the task, where not all do.
        var times: ClosedRange<Double>?
    }

    private let goal: Goal?
    private let guardrails: [Guardrail]

    init(goal: String, guardrails: [String]) {
        // Whoever plans with one that cannot be read is told so; here it only is not drawn.
        self.goal = try? Goal.parse(goal)
        self.guardrails = guardrails.compactMap { try? Guardrail.parse($0) }
    }

    /// The limits that guardrails set to a channel, or of these the ones that hold at all times; none where a condition is only one of
    /// several ways.
    func limits(of channel: String, unit: String? = nil, standing: Bool = false) -> [Limit] {
        guardrails.flatMap { guardrail in
            (standing ? guardrail.standingLimits : guardrail.limits).filter { $0.channel == channel }.map {
                Limit(isUpper: $0.isUpper, value: $0.value.value(in: unit), text: guardrail.source)
            }
        }
    }

    /// All targets that the goal sets to a channel, each in the order of its times.
    func allTargets(of channel: String, unit: String? = nil) -> [[Target]] {
        (goal?.targets ?? []).filter { $0.channel == channel }.map { target in
            target.points.compactMap { point in
                let (low, high) = (point.lower.value(in: unit), point.upper.value(in: unit))
                return low <= high ? Target(from: point.from, range: low...high, times: target.times) : nil
            }
        }
    }

    /// The first target of a channel that stands at all times, `nil` where none does, and all its others.
    func partedTargets(of channel: String, unit: String? = nil) -> (standing: [Target]?, others: [[Target]]) {
        var targets = allTargets(of: channel, unit: unit).filter { !$0.isEmpty }
        guard let place = targets.firstIndex(where: { $0[0].times == nil }) else { return (nil, targets) }
        return (targets.remove(at: place), targets)
    }

    /// A target as it is drawn in its times: each of its values from its own time to that of the next.
    static func timed(_ target: [Target]) -> [TimedTarget] {
        target.enumerated().compactMap { place, point in
            let next = place + 1 < target.count ? target[place + 1].from : .infinity
            let times = point.times ?? 0...Double.infinity
            let (first, last) = (max(point.from, times.lowerBound), min(next, times.upperBound))
            return first <= last ? TimedTarget(times: first...last, range: point.range) : nil
        }
    }
}
