import Basics
public import Planning
public import Plants

/// How a plant is judged: how long a log is learned from, what is asked in closed loop, how plans are searched.
///
/// Fixed before anything is learned, the same for every row. What is random has seeds of its own: logs those below 1000,
/// episodes to tune by those from 1001 on, episodes that figures are reported for those from 2001 on, so that no draw of noise,
/// starts or disturbances is met twice.
public struct ControlProtocol: Sendable {
    /// A task of the plant.
    public struct Case: Sendable {
        /// `own` for the plant's task, `moved` for one that no model was made for.
        public var name: String
        /// What is different, in words; empty for the plant's own task.
        public var about: String
        /// The task.
        public var task: ControlTask

        /// Creates a case.
        public init(_ name: String, about: String = "", task: ControlTask) {
            (self.name, self.about, self.task) = (name, about, task)
        }
    }

    /// What makes an episode a success; in any case no limit may be crossed, or only as often as the task allows.
    public enum Criterion: Sendable, Equatable {
        /// Every band is held whenever it must be.
        case bands
        /// The cost is at most this part above the least that was possible.
        case cost(within: Double)
        /// Nothing beside the limits.
        case limits

        /// Whether an episode can be judged only where the least possible cost is known.
        var needsOptimum: Bool {
            if case .cost = self { return true }
            return false
        }

        /// In words, for a task that allows limits to be crossed for a share of the time.
        public func words(allowing share: Double?) -> String {
            let limits = share.map { "limits crossed in at most \(Int(($0 * 100).rounded())) % of the steps" }
            let kept = limits ?? "no limit crossed"
            return switch self {
            case .bands: "every band held whenever it must be, \(kept)"
            case .cost(let share): "cost within \(Int((share * 100).rounded())) % of the optimum, \(kept)"
            case .limits: kept
            }
        }
    }

    /// The plant, as commands know it.
    public var plant: String
    /// The tasks, the plant's own first.
    public var cases: [Case]
    /// The length of the log that is learned from, h.
    public var hours: Double
    /// The recordings that the log is made of, each of which starts afresh: more than one where episodes start in states to which
    /// nothing else leads.
    public var recordings = 1
    /// Why the log is longer than 20 hours, where it is.
    public var reason = ""
    /// The part of the actuators' ranges that exploring uses; `nil` for what the plant itself says is worth trying.
    public var span: ClosedRange<Double>?
    /// What the supervisor of the log keeps, where that is not the limits of the plant's channels.
    public var logLimits: [OutputLimit]?
    /// What counts as a success.
    public var criterion = Criterion.bands
    /// Whether planners are asked to hold the bands, beside the cost: not where a published reward alone is judged.
    public var asksForBands = true
    /// The part of a band that they are asked to hold: what is left of it is for noise, and for what a model is wrong by.
    public var bandShare = 0.8
    /// Settings of training, as `key=value`.
    public var overrides: [String] = []
    /// Steps of the model that plans look ahead, at most as far as it was trained for; `nil` that far.
    public var horizon: Int?
    /// Lengths in steps for which planned actions are held, the last one repeated.
    public var blocks: [Int] = []
    /// Decisions that one plan serves.
    public var replanEvery = 1
    /// Candidates of the first iteration of a search.
    public var population = 128
    /// Candidates that the next iteration is fitted to.
    public var elites = 16
    /// The most iterations of a search.
    public var iterations = 12
    /// What the action that is declared safe has to keep once a plan is left for it: nothing on a plant on which no action is
    /// safe to hold for as long as a plan looks ahead.
    public var backup = BackupCheck.limits
    /// What becomes of calibrated bands as observations come, beside the correction of predictions; `nil` compares nothing.
    public var recalibration: FeedbackOptions.Recalibration? = .off
    /// Episodes that figures are for.
    public var episodes = 50
    /// Episodes that weights of penalties and multipliers are chosen by, for each of them.
    public var tuningEpisodes = 3
    /// Episodes for which the full-horizon optimum is searched; those from the first on.
    public var optimumEpisodes = 50
    /// Why no optimum is searched, where none is.
    public var noOptimum = ""
    /// Steps of the optimiser that a clone of the log's policy learns for.
    public var cloneSteps = 4000
    /// The rows that are judged unless others are asked for.
    public var rows = ControlRow.standard

    /// Creates a protocol of a plant's own task.
    public init(_ plant: String, hours: Double, task: ControlTask) {
        (self.plant, self.hours) = (plant, hours)
        cases = [Case(Self.own, task: task)]
    }

    /// Whether the plant is judged unless others are asked for.
    public var isUsual = true

    /// The name of the plant's own task.
    public static let own = "own"
    /// The name of the task with another goal and other guardrails.
    public static let moved = "moved"
    /// The seed of the first episode that figures are reported for.
    public static let firstEpisode: UInt64 = 2001
    /// The seed of the first episode that something may be chosen by.
    public static let firstTuning: UInt64 = 1001
    /// The most seeds of logs, and of episodes to tune by.
    public static let mostSeeds = 1000

    /// What counts as a success of a task, in words.
    public func success(_ task: ControlTask) -> String { criterion.words(allowing: task.limitShare) }

    /// The seeds of the episodes that figures are for, or of those from another one on.
    public func seeds(_ count: Int? = nil, from first: UInt64 = Self.firstEpisode) -> [UInt64] {
        (0..<UInt64(count ?? episodes)).map { first &+ $0 }
    }

    /// The seeds of the episodes that something may be chosen by.
    public var tuningSeeds: [UInt64] { (0..<UInt64(tuningEpisodes)).map { Self.firstTuning + $0 } }

    /// Checks that the episodes of a run are all to be reported, or all to choose by.
    ///
    /// - Parameters:
    ///   - count: The episodes of each row; `nil` for the protocol's own number.
    ///   - first: The seed of the first.
    /// - Throws: `ForesightError.usage` when some are of the one kind and some of the other.
    public func checkSeeds(_ count: Int? = nil, from first: UInt64) throws {
        let count = count ?? episodes
        guard first < Self.firstEpisode, UInt64(max(0, count)) > Self.firstEpisode - first else { return }
        let most = Self.firstEpisode - first
        throw ForesightError.usage(
            "\(count) episodes of \(plant) from \(first) on are partly to choose by, below \(Self.firstEpisode), and partly to "
                + "report",
            remedy: "choose --episodes of at most \(most), or --first-episode of at least \(Self.firstEpisode)")
    }

    /// The seed of a recording of the log that a model is learned from; no two of up to `mostRecordings` share one.
    public static func logSeed(model: Int, recording: Int = 0) -> UInt64 {
        1 + UInt64(max(0, model)) + recordingStride * UInt64(max(0, recording))
    }
    /// What the seeds of the recordings of one log are apart: beyond all others.
    private static let recordingStride: UInt64 = 1_000_000

    /// The case of a name.
    public func task(_ name: String) -> ControlTask? { cases.first { $0.name == name }?.task }

    /// The rows that a case is judged by: for a moved task the model as it is, without anything chosen on that task, and the
    /// same planner with exact dynamics.
    public func rows(of name: String, among wanted: [ControlRow]) -> [ControlRow] {
        name == Self.own ? wanted : wanted.filter { [.foresight, .exact].contains($0) }
    }

    /// All that decides what a model learns from, and how, in words.
    var training: String {
        ([plant, "\(hours) h", "\(recordings) recordings", span.map { "span \($0)" } ?? ""] + overrides)
            .joined(separator: " | ")
    }

    /// All that decides what an episode comes to, in words, beside the model: what was judged under other words is not taken up.
    public func words(_ name: String) -> String {
        guard let task = task(name) else { return "" }
        let parts = [
            plant, name, task.goal(), asksForBands ? task.bandGoal(share: bandShare) : "",
            task.guardrails.joined(separator: "; "),
            "\(task.steps) steps", "\(hours) h", "horizon \(horizon ?? 0)", "blocks \(blocks)", "every \(replanEvery)",
            "\(population) \(elites) \(iterations)", span.map { "span \($0)" } ?? "", overrides.joined(separator: " "),
        ]
        // What is as usual is not named, so that files from before there was a choice stay good.
        let others = [
            backup == .limits ? nil : "backup \(backup.rawValue)",
            recordings == 1 ? nil : "\(recordings) recordings",
            recalibration.map { "corrected, recalibrate \($0.rawValue)" },
            task.customary.count < 2 ? nil : "the better of " + task.customary.map(\.name).joined(separator: " and "),
        ]
        return (parts + others.compactMap { $0 }).joined(separator: " | ")
    }
}
