import Episodes
public import Plants
import WorldModels

/// How the Tennessee Eastman process is run for money: the log that is learned from, the disturbances, how plans are searched.
///
/// Fixed before anything is learned. Seeds are apart as in `ControlProtocol`: the log has 1, what is tried is judged from 1001
/// on, what is reported from 2001 on.
public struct EastmanProtocol: Sendable, Equatable {
    /// Who moves the targets of the loops.
    public enum Row: String, Sendable, Codable, CaseIterable {
        /// The learned model, under guardrails.
        case foresight
        /// Nobody: the PI loops at the targets of the base case.
        case loops

        /// What it is called in tables.
        public var label: String { self == .foresight ? "Foresight" : "PI loops" }
    }

    /// The length of the log, h.
    public var hours = 300.0
    /// The shortest and the longest time for which a target of the log is held, h.
    public var hold = 2.0...12.0
    /// The pressure above which the supervisor of the log drives it down, kPa.
    public var logPressure = 2860.0
    /// The length of an episode, h.
    public var episodeHours = 48.0
    /// When the disturbance comes, h; as in the published records of the process.
    public var onset = 8.0
    /// The disturbances: numbers of the paper, 0 for none beside the ordinary ones.
    public var faults = Array(0...15)
    /// Seeds of episodes for each disturbance.
    public var episodes = 1
    /// Whether seeds are those that something may be chosen by.
    public var isTuning = false
    /// Settings of training, as `key=value`.
    public var overrides = [
        "stride=5", "window=24", "horizon=32", "search.span=horizon", "search.nonlinear=false", "search.most_order=3",
        "search.filtered=false", "search.reduced=false",
    ]
    /// Steps of the model that plans look ahead; `nil` as far as it was trained for.
    public var horizon: Int?
    /// Samples between two plans: a quarter of an hour.
    public var replanEvery = 5
    /// Lengths in steps for which planned targets are held, the last one repeated.
    public var blocks = [1, 1, 2, 4, 8, 16]
    /// The name of the solver.
    public var solver = "icem"
    /// The weight of changes of targets beside the cost.
    public var smoothness = 0.5
    /// The task without a disturbance of its own: plant, limits, what is ordinary.
    public var task: ControlTask { ControlTask.tennesseeEastmanSupervision(hours: episodeHours) }

    /// The protocol that is reported.
    public init() {}

    /// The seed of the log.
    public static let logSeed: UInt64 = 1
    /// The names of the disturbances, in the words of the paper; the first is none.
    public static let names = [
        "none", "A to C in the feed", "B in the feed", "temperature of D", "reactor's cooling water",
        "condenser's cooling water", "no feed of A", "less feed of A and C", "composition of feed, random",
        "temperature of D, random", "temperature of A and C, random", "reactor's cooling water, random",
        "condenser's cooling water, random", "kinetics drift", "reactor's water valve sticks",
        "condenser's water valve sticks",
    ]

    /// The seeds of the episodes.
    public var seeds: [UInt64] {
        let first = isTuning ? ControlProtocol.firstTuning : ControlProtocol.firstEpisode
        return (0..<UInt64(episodes)).map { first + $0 }
    }

    /// What planners are asked for: the cost, the product as it was, and targets that do not jump about.
    public var goal: String {
        let moves = SupervisedTennesseeEastman().actionChannels.map { "\(smoothness) * smooth(\($0.name))" }
        return (["minimize(operating_cost)", "20 * (52.7 <= product_G <= 54.7)"] + moves).joined(separator: "; ")
    }

    /// The task under a disturbance, with what is ordinary beside it.
    func task(under fault: Int) throws -> ControlTask {
        var task = task
        let faults = try EastmanDisturbances(fault == 0 ? [] : [fault], from: onset * 3600)
        let (hours, period, steps, ordinary) = (
            episodeHours + 1, task.plant.samplingTime, task.steps, task.disturbances
        )
        task.schedule = { seed in
            faults.schedule(hours: hours, samplingTime: period, seed: seed)
                .adding(ordinary, steps: steps + 1, samplingTime: period, seed: seed)
        }
        return task
    }

    /// All that decides what a model learns from, and how, in words.
    var training: String {
        ["\(hours) h", "hold \(hold)", "\(logPressure) kPa", overrides.joined(separator: " ")].joined(separator: " | ")
    }

    /// All that decides what an episode comes to beside its disturbance and its seed, in words.
    func words(_ row: Row) -> String {
        let plant = "\(episodeHours) h | onset \(onset) h"
        guard row == .foresight else { return plant }
        return [
            plant, goal, task.guardrails.joined(separator: "; "), "\(hours) h", "hold \(hold)", "\(logPressure) kPa",
            overrides.joined(separator: " "), "horizon \(horizon ?? 0)", "every \(replanEvery)", "blocks \(blocks)",
            solver,
        ].joined(separator: " | ")
    }
}
