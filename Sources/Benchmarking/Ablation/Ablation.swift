import Basics
import Episodes
public import Records
import Synchronization
import Tensors
import WorldModels

/// Trains the recipe with one part left out at a time, on what a set is learned from but its end, and scores each on that
/// end: nothing of a test is looked at.
public struct Ablation: Sendable {
    /// One training, before it begins.
    public struct Task: Sendable {
        /// The set's name.
        public var set: String
        /// What is left out.
        public var part: AblationPart
        /// The seed.
        public var seed: Int
    }

    /// The parts to leave out.
    public var parts: [AblationPart]
    /// The seeds.
    public var seeds: [Int]
    /// Settings for all, as `key=value`.
    public var overrides: [String] = []
    /// The most rows learned from; `nil` for all.
    public var mostRows: Int?
    /// Trainings at once.
    public var workers = 1
    /// What earlier runs have left, and where what comes of each training goes; `nil` keeps nothing.
    public var archive: BenchmarkArchive?
    /// Called now and then, from any thread; may throw to end everything.
    public var check: @Sendable () throws -> Void = {}
    /// Called after each training with all results so far, from one thread at a time; may throw to end everything.
    public var done: @Sendable (Task, AblationRun, [AblationSetResult]) throws -> Void = { _, _, _ in }

    /// Creates an ablation.
    public init(parts: [AblationPart], seeds: [Int]) {
        self.parts = parts
        self.seeds = seeds
    }

    /// What is left out on a set, one after the other: what it has no use for is not tried.
    private func variants(_ data: HeldBack) -> [AblationPart] {
        let hasActions = data.training.channels.contains { $0.role == .action }
        return AblationPart.withBaselines(parts.filter { hasActions || !$0.needsActions })
    }

    /// Runs everything that an earlier run has not, seed after seed, so that an early end leaves all parts with fewer seeds.
    ///
    /// - Parameters:
    ///   - sets: The sets.
    ///   - data: The data folder.
    ///   - begin: Told how many models there are to train.
    /// - Returns: What came out, set by set; of these sets and seeds also without other parts, where that is known.
    /// - Throws: `ForesightError` for files that do not fit and settings that no part can have; what `check` and `done`
    ///   throw. A training that fails is part of the result.
    public func results(
        of sets: [BenchmarkSet], in data: String, begin: (Int) throws -> Void = { _ in }
    ) throws -> [AblationSetResult] {
        let divided = try sets.map { try HeldBack(try $0.load(from: data), measures: $0.measures, mostRows: mostRows) }
        let empty = zip(sets, divided).map { set, data in
            let one = data.measures.count == 1 ? data.measures[0] : nil
            return AblationSetResult(
                set: set.name,
                metric: one?.metric
                    ?? "\(data.measures[0].metric), geometric mean of \(data.measures.map(\.name).joined(separator: ", "))",
                unit: one?.unit ?? "",
                rows: (data.training.sampleCount, data.test.episodes.reduce(0) { $0 + $1.count }))
        }
        let prints = divided.map {
            ["learned": DataFingerprint($0.training.episodes), "held_back": DataFingerprint($0.test.episodes)]
        }
        var known = empty
        for (index, set) in sets.enumerated() {
            for seed in seeds {
                known[index].runs += try ([.full] + AblationPart.all).compactMap { part -> AblationRun? in
                    let kept: KeptAblationRun? = try archive?.read(Self.file(set.name, part, seed), of: prints[index])
                    return kept?.run(part, seed: seed)
                }
            }
        }
        let shared = Mutex(known)
        var jobs: [@Sendable () throws -> Void] = []
        for seed in seeds {
            for (index, set) in sets.enumerated() {
                let data = divided[index]
                let there = known[index].runs.filter { $0.seed == seed }.map(\.part)
                for part in variants(data) where !there.contains(part) {
                    var settings = try TrainingSettings.load(overrides: overrides + part.settings)
                    settings.seed = seed
                    let (wanted, task) = (settings, Task(set: set.name, part: part, seed: seed))
                    jobs.append {
                        try stopIfAsked()
                        let run = try run(task, data, wanted)
                        // Of what failed nobody knows whether it would again.
                        if run.reason == nil {
                            try archive?.write(
                                KeptAblationRun(run), Self.file(task.set, task.part, task.seed), of: prints[index])
                        }
                        try shared.withLock { results in
                            results[index].runs.append(run)
                            try done(task, run, results)
                        }
                    }
                }
            }
        }
        try begin(jobs.count)
        try Workers.run(jobs, atOnce: workers) { Engine.threads = 1 }
        return shared.withLock { $0 }
    }

    /// Whether a folder holds something of a set.
    ///
    /// - Parameters:
    ///   - set: The name of the set.
    ///   - folder: The folder.
    /// - Returns: Whether a training of it was scored there.
    public static func isThere(_ set: String, in folder: RunFolder) -> Bool {
        Folder.names(in: folder.file("judged")).contains { $0.hasPrefix("\(set)-") }
    }

    /// The file of what came of a training, below the folder.
    private static func file(_ set: String, _ part: AblationPart, _ seed: Int) -> String {
        "judged/\(set)-\(part.name)-seed\(seed).json"
    }

    private func run(_ task: Task, _ data: HeldBack, _ settings: TrainingSettings) throws -> AblationRun {
        let start = ProgressLine.seconds()
        var run = AblationRun(
            part: task.part, seed: task.seed, values: [], seconds: 0, structure: "", leftOutError: .nan)
        do {
            let model = try ModelTraining.train(
                data.training, settings: settings, progress: { _, _ in try stopIfAsked() },
                searching: { _, _ in try stopIfAsked() })
            run.seconds = ProgressLine.seconds() - start
            run.structure = Self.structure(model.description)
            run.leftOutError = model.description.origin.validationError
            let forecasts = try data.test.forecasts(of: model) { done, _ in if done % 50 == 0 { try stopIfAsked() } }
            let score = data.test.score(forecasts)
            run.values = data.measures.map { $0.rule.value([data.test.name: score]) }
        } catch let error as ForesightError where error.code == .data || error.code == .failure {
            // Without some part there may be nothing to learn: that is what it is worth.
            run.seconds = ProgressLine.seconds() - start
            run.reason = error.message
        }
        return run
    }

    /// Ends a training where another has failed, or the caller says so.
    private func stopIfAsked() throws {
        try Workers.check()
        try check()
    }

    /// Sizes and how training went, in a line.
    private static func structure(_ model: ModelDescription) -> String {
        let sizes = model.architecture
        var words = "\(sizes.core) + \(sizes.free) components, \(sizes.hidden) \(sizes.activation.rawValue)"
        if sizes.hasLead { words += ", lead" }
        words += model.settings.refine ? ", searched" : ", by rule"
        words += ", step \(model.stride), window \(model.window), horizon \(model.horizon)"
        return words + ", epoch \(model.origin.bestEpoch) of \(model.origin.epochs)"
    }
}
