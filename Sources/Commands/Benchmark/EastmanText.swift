import Basics
import Benchmarking
import Planning
import Plants
import Reports

/// What `benchmark eastman` prints.
enum EastmanText {
    static let costs = ["disturbance", "held", "PI loops", "$/h", "PI loops $/h", "less", "last day $/h"]
    static let kept = [
        "disturbance", "beyond", "PI loops beyond", "product", "G", "H", "product off", "refused", "fell back",
    ]

    static func text(_ plan: EastmanProtocol, _ episodes: [EastmanEpisode], report: String) -> String {
        let pairs = pairs(episodes)
        func table(_ columns: [String], _ cells: (Pair) -> [String]) -> String {
            var table = TextTable(columns.enumerated().map { ($0.element, $0.offset == 0 ? .left : .right) })
            for pair in pairs { table.add([name(pair, among: pairs)] + cells(pair)) }
            return table.text()
        }
        let lines =
            [heading(plan), table(costs, costCells), table(kept, keptCells)] + remarks(episodes)
            + ["results: \(report)"]
        return lines.joined(separator: "\n")
    }

    static func heading(_ plan: EastmanProtocol) -> String {
        "Tennessee Eastman: \(figure(plan.hours)) h of log, \(figure(plan.episodeHours)) h under each disturbance, which comes after "
            + "\(figure(plan.onset)) h"
    }

    /// A number as the page has it.
    static func number(_ value: Double) -> String { figure(value) }

    /// Both rows of an episode.
    typealias Pair = (own: EastmanEpisode, loops: EastmanEpisode)

    /// Both rows of each disturbance and seed, as far as they are judged, by disturbance.
    static func pairs(_ episodes: [EastmanEpisode]) -> [Pair] {
        let pairs = episodes.filter { $0.row == .foresight }.compactMap { own in
            episodes.first { $0.row == .loops && $0.fault == own.fault && $0.seed == own.seed }.map { (own, $0) }
        }
        return pairs.sorted { ($0.0.fault, $0.0.seed) < ($1.0.fault, $1.0.seed) }
    }

    /// The disturbance of an episode, with its seed where there are several.
    static func name(_ pair: Pair, among pairs: [Pair]) -> String {
        let fault = pair.own.fault
        let name = fault == 0 ? "none" : "\(fault) \(EastmanProtocol.names[fault])"
        return Set(pairs.map(\.own.seed)).count > 1 ? "\(name), seed \(pair.own.seed)" : name
    }

    /// The cells of `costs` behind the first.
    static func costCells(_ pair: Pair) -> [String] {
        let (own, loops) = pair
        func held(_ episode: EastmanEpisode) -> String {
            "\(NumberText.fixed(episode.hours, decimals: 1)) h" + (episode.ranOn ? "" : ", down")
        }
        func dollars(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
        return [
            held(own), held(loops), dollars(own.cost), dollars(loops.cost),
            NumberText.percent(1 - own.cost / loops.cost, decimals: 1), own.lastDay.map(dollars) ?? "–",
        ]
    }

    /// The cells of `kept` behind the first.
    static func keptCells(_ pair: Pair) -> [String] {
        let (own, loops) = pair
        return [
            "\(own.beyond)", "\(loops.beyond)", NumberText.percent(own.product / loops.product - 1, decimals: 2),
            NumberText.fixed(own.shareG, decimals: 2), NumberText.fixed(own.shareH, decimals: 2),
            "\(NumberText.fixed(own.hoursOff, decimals: 1)) h", "\(own.refusals)", "\(own.fallbacks)",
        ]
    }

    /// An episode in a line.
    static func line(_ episode: EastmanEpisode) -> String {
        let end =
            episode.shutdown.map { "down after \(NumberText.fixed(episode.hours, decimals: 1)) h (\($0)), " } ?? ""
        return end
            + "\(NumberText.fixed(episode.cost, decimals: 1)) $/h, \(episode.beyond) of \(episode.samples) beyond"
            + (episode.row == .foresight ? ", \(episode.refusals) refused" : "")
    }

    /// What the table comes to.
    static func remarks(_ episodes: [EastmanEpisode]) -> [String] {
        let pairs = pairs(episodes)
        guard !pairs.isEmpty else { return [] }
        let held = pairs.count { $0.loops.ranOn }
        let kept = pairs.count { $0.loops.ranOn && $0.own.ranOn }
        let both = pairs.filter { $0.own.ranOn && $0.loops.ranOn }
        let cheaper = both.count { $0.own.cost < $0.loops.cost }
        func sum(_ value: (EastmanEpisode) -> Int, _ row: EastmanProtocol.Row) -> Int {
            pairs.reduce(0) { $0 + value(row == .foresight ? $1.own : $1.loops) }
        }
        let samples = (sum(\.samples, .foresight), sum(\.samples, .loops))
        let decisions = DurationSummary(pairs.flatMap(\.own.seconds))
        var lines = [
            "runs on in \(kept) of the \(held) episodes in which the PI loops do; at lower cost in \(cheaper) of \(both.count)",
            "beyond a limit in \(sum(\.beyond, .foresight)) of \(samples.0) samples, the PI loops in "
                + "\(sum(\.beyond, .loops)) of \(samples.1)",
            "of \(sum(\.certified, .foresight) + sum(\.fallbacks, .foresight) + sum(\.refusals, .foresight)) decisions "
                + "\(sum(\.refusals, .foresight)) were refused, so that the loops went on at the targets in force, "
                + "and \(sum(\.fallbacks, .foresight)) fell back to opening the purge",
        ]
        if decisions.count > 0 {
            lines.append(
                "a decision takes \(NumberText.duration(decisions.p50)) (median), \(NumberText.duration(decisions.p99)) (99 %)"
            )
        }
        return lines
    }

    static func json(_ plan: EastmanProtocol, _ episodes: [EastmanEpisode]) -> JSONValue {
        [
            "hours_of_log": .number(plan.hours), "hours": .number(plan.episodeHours),
            "onset_hours": .number(plan.onset),
            "goal": .string(plan.goal), "guardrails": .array(plan.task.guardrails.map { .string($0) }),
            "solver": .string(plan.solver), "episodes": .array(episodes.map(json)),
        ]
    }

    private static func json(_ episode: EastmanEpisode) -> JSONValue {
        let decisions = DurationSummary(episode.seconds)
        return [
            "disturbance": .integer(episode.fault), "name": .string(EastmanProtocol.names[episode.fault]),
            "seed": .integer(Int(episode.seed)), "row": .string(episode.row.rawValue),
            "hours": .number(episode.hours), "shutdown": episode.shutdown.map { .string($0) } ?? .null,
            "cost": .number(episode.cost), "cost_last_day": episode.lastDay.map { .number($0) } ?? .null,
            "product": .number(episode.product), "product_G": .number(episode.shareG),
            "product_H": .number(episode.shareH), "hours_product_off": .number(episode.hoursOff),
            "samples": .integer(episode.samples), "samples_beyond": .integer(episode.beyond),
            "beyond": .array(
                episode.excesses.map {
                    ["channel": .string($0.channel), "samples": .integer($0.samples), "depth": .number($0.depth)]
                }),
            "highest_pressure": .number(episode.pressure), "certified": .integer(episode.certified),
            "fallbacks": .integer(episode.fallbacks), "refusals": .integer(episode.refusals),
            "alarms": .integer(episode.alarms), "reasons": .object(episode.reasons.mapValues { .integer($0) }),
            "decision_ms": [
                "p50": .number(decisions.p50 * 1000), "p95": .number(decisions.p95 * 1000),
                "p99": .number(decisions.p99 * 1000),
            ],
        ]
    }
}
