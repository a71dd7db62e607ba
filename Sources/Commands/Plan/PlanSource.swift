import Agents
import Basics
import Episodes
import Planning
import WorldModels

/// What a plan starts from: a row of a log, or pictures.
enum PlanSource {
    /// A row of a log, with the model of its sensors.
    case log(LogStart)
    /// What is seen now, the latest picture last, and the pictures that are goals, as files.
    case pictures(now: [String], goals: [String], actions: [Channel])

    /// A row of a log.
    struct LogStart {
        /// The model.
        var model: ModelDescription
        /// The log's name.
        var log: String
        /// The row that it starts from.
        var moment: LogMoment
        /// Samples of the history that the state was made from.
        var historyCount: Int
        /// Outputs that are missing where the history begins, in words.
        var gaps: [String] = []
        /// By how much predictions were adapted to the log; `nil` for a model that does not adapt.
        var adaptation: AdaptationSummary?
    }

    /// What can be done.
    var actions: [Channel] {
        switch self {
        case .log(let start): start.model.actions
        case .pictures(_, _, let actions): actions
        }
    }

    /// Where that is, in words.
    var place: String {
        switch self {
        case .log(let start): start.moment.place(in: start.log)
        case .pictures(let now, let goals, _):
            now.joined(separator: ", ") + (goals.isEmpty ? "" : " to \(goals.joined(separator: ", "))")
        }
    }

    /// The same for machines.
    var json: JSONValue {
        switch self {
        case .log(let start): ["log": .string(start.log), "seconds": .number(start.moment.seconds)]
        case .pictures(let now, let goals, _):
            [
                "now": .array(now.map { .string($0) }), "goals": .array(goals.map { .string($0) }),
            ]
        }
    }

    /// How predictions were adapted; null where they were not.
    var adaptationJSON: JSONValue {
        guard case .log(let start) = self else { return .null }
        return AdaptationWords.json(start.adaptation, start.model)
    }

    /// How predictions were adapted, in a sentence for the terminal or for a page.
    func adaptation(onPage isPage: Bool) -> String? {
        guard case .log(let start) = self, let adaptation = start.adaptation else { return nil }
        return isPage
            ? AdaptationWords.page(adaptation, start.model) : AdaptationWords.sentence(adaptation, start.model)
    }

    /// What a reader should know of it before relying on the plan.
    var warnings: [String] {
        guard case .log(let start) = self else { return [] }
        guard start.historyCount < start.model.window else { return start.gaps }
        let least = period(Double(start.model.window - 1) * start.model.stepTime)
        return [
            "only \(counted(start.historyCount, "row")) of history \(start.historyCount == 1 ? "is" : "are") known; the model "
                + "was trained on \(least)"
        ] + start.gaps
    }

    /// What was recorded of a channel up to now, as much as the plan looks ahead at most: seconds from now and values;
    /// `upTo` leaves out so many of the last rows.
    func past(_ name: String, seconds reach: Double, upTo omitted: Int) -> ([Double], [Double]) {
        guard case .log(let start) = self else { return ([], []) }
        let (episode, row) = (start.moment.episode, start.moment.row)
        guard let column = episode.channelIndex(name) else { return ([], []) }
        let first = max(0, row - Int(reach / episode.samplingTime))
        guard first <= row - omitted else { return ([], []) }
        let rows = Array(first...(row - omitted))
        return (rows.map { Double($0 - row) * episode.samplingTime }, rows.map { episode[$0, column] })
    }
}
