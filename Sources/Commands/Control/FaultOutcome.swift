import Basics
import Planning
import Plants

/// What a controller made of faults: when it noticed them, and what happened until then.
struct FaultOutcome {
    /// One episode after its first fault.
    struct Episode {
        var seed: UInt64
        /// Seconds from the fault to the first alarm; `nil` when none came.
        var detection: Double?
        /// The channel of that alarm.
        var channel: String?
        /// Seconds from the fault to the first decision without a certified plan; `nil` when all were certified.
        var fallback: Double?
        /// Alarms before the fault.
        var falseAlarms: Int
        /// Steps beyond a limit after the fault.
        var violations: Int
        /// Of these, steps before anything had warned: neither an alarm nor a decision without a certified plan.
        var silent: Int
    }

    /// When the first fault begins, s.
    let start: Double
    let episodes: [Episode]

    /// Looks at all episodes of one controller.
    ///
    /// - Parameters:
    ///   - result: What it did.
    ///   - scenario: What was run.
    /// - Throws: `ForesightError` when guardrails do not fit the plant.
    init?(_ result: ControlStudy.Result, _ scenario: ControlScenario) throws {
        guard let first = scenario.task.faults.map(\.start).min() else { return nil }
        start = first
        let period = scenario.task.plant.samplingTime
        // The first decision that could know of it.
        let begin = Int(min((first / period - 1e-9).rounded(.up), 1e15))
        episodes = try result.report.episodes.compactMap { episode in
            guard let record = result.records[episode.seed] else { return nil }
            let alarm = episode.alarms.first { $0.step >= begin }
            let uncertified = episode.uncertified.first { $0 >= begin }
            let warned = [alarm?.step, uncertified].compactMap { $0 }.min() ?? .max
            let beyond = try scenario.isBeyond(record).enumerated().filter { $0.offset >= begin && $0.element }
            return Episode(
                seed: episode.seed, detection: alarm.map { Double($0.step) * period - first }, channel: alarm?.channel,
                fallback: uncertified.map { Double($0) * period - first },
                falseAlarms: episode.alarms.count { $0.step < begin }, violations: beyond.count,
                silent: beyond.count { $0.offset < warned })
        }
    }

    /// Episodes in which the fault was noticed.
    var detected: Int { episodes.count { $0.detection != nil } }
    /// Steps beyond a limit after the fault, in all episodes.
    var violations: Int { episodes.reduce(0) { $0 + $1.violations } }
    /// Of these, before anything had warned.
    var silent: Int { episodes.reduce(0) { $0 + $1.silent } }
    /// Episodes with a step beyond a limit of which nothing ever warned.
    var silentEpisodes: Int {
        episodes.count { $0.violations > 0 && $0.detection == nil && $0.fallback == nil }
    }

    /// The median of the delays, s; `nil` when nothing was noticed.
    var medianDetection: Double? { Self.median(episodes.compactMap(\.detection)) }

    /// The middle of values, or the mean of the two in the middle; `nil` without any.
    static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : Basics.median(values)
    }
}
