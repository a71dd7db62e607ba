import Basics
import Episodes
import Foundation
import Plants
import Records
import Synchronization
import Tensors
import WorldModels

/// The scoreboard of control: from a log of each plant to a model to closed loop, beside what else would act there.
///
/// Models are trained first, then weights of soft guardrails are chosen, then rows are judged, and the least cost of each episode
/// is searched from what the rows did. All rows meet the same episodes, and none but `exact` asks the simulator anything.
public struct ControlBenchmark: Sendable {
    /// What happens, for those who watch; from any thread.
    public enum Phase: Sendable {
        /// A model's structure is searched for; the share done, and what is tried.
        case searching(plant: String, model: Int, share: Double, what: String)
        /// A model of the structure that was found learns; the share done.
        case training(plant: String, model: Int, share: Double)
        /// A model has learned.
        case trained(plant: String, model: Int)
        /// Weights are tried; trials done and how many there are.
        case tuning(plant: String, done: Int, total: Int)
        /// An episode has been judged.
        case judged(ControlArchive.Key, episode: Int, of: Int)
        /// A row has all its episodes.
        case finished(ControlArchive.Key)
        /// Another command works on what is to come into a file, and its end is waited for; told now and then.
        case waiting(file: String)
    }

    /// The plants.
    public var plans: [ControlProtocol]
    /// The rows; `nil` for those of each protocol.
    public var rows: [ControlRow]?
    /// Episodes of each row; `nil` for those of each protocol.
    public var episodes: Int?
    /// The seed of the first episode; those from `ControlProtocol.firstTuning` on are there to choose by.
    public var firstEpisode = ControlProtocol.firstEpisode
    /// Models of each plant, each from a log of its own.
    public var models = 1
    /// The folder of an earlier run whose models are judged in place of new ones.
    public var known: String?
    /// Work that is done at once.
    public var workers = 2
    /// Told every phase; may throw to end the run.
    public var watch: @Sendable (Phase) throws -> Void = { _ in }

    /// Creates a scoreboard.
    public init(_ plans: [ControlProtocol]) { self.plans = plans }

    /// Runs all that is not in the archive yet.
    ///
    /// - Parameter archive: What is there already, and where the rest goes.
    /// - Throws: `ForesightError` for models that do not fit and for what was made under another protocol; what training, planning
    ///   and `watch` throw.
    public func run(_ archive: ControlArchive) throws {
        var board = self
        board.watch = Workers.checking(watch)
        try board.runAll(archive)
    }

    private func runAll(_ archive: ControlArchive) throws {
        let seeds = Array(0..<max(1, models))
        // What does not fit is said before anything is learned.
        try check(archive)
        try work(for: plans.flatMap { plan in seeds.map { (plan, $0) } }) { plan, seed in
            // What is there already is only read.
            guard known == nil else { return try train(plan, seed, archive) }
            try alone(ControlArchive.model(plan.plant, seed), archive) { try train(plan, seed, archive) }
        }
        let tuned = plans.filter { chosen($0).contains(where: \.needsTuning) }
        try work(for: tuned.flatMap { plan in seeds.map { (plan, $0) } }) { plan, seed in
            try alone(ControlArchive.tuning(plan.plant, seed), archive) { try tune(plan, seed, archive) }
        }
        try work(for: plans.flatMap { plan in keys(plan).map { (plan, $0) } }) { plan, key in
            try alone(key.file, archive) { try judge(plan, key, archive) }
        }
        let solved = plans.filter { $0.optimumEpisodes > 0 }
        try work(for: solved.flatMap { plan in plan.cases.map { (plan, $0) } }) { plan, each in
            let key = ControlArchive.Key(plan.plant, each.name, .optimum, model: 0)
            try alone(key.file, archive) { try solve(plan, each, archive) }
        }
    }

    /// Does what writes a file of the archive, after any other command that does: each would lose what the other has written.
    ///
    /// - Parameters:
    ///   - file: The file, below the folder.
    ///   - archive: The archive.
    ///   - body: What reads the file anew, and writes it.
    /// - Throws: `ForesightError.failure` where there can be no lock; what `watch` and `body` throw.
    func alone(_ file: String, _ archive: ControlArchive, _ body: () throws -> Void) throws {
        var lock = try archive.lock(file)
        while lock == nil {
            try watch(.waiting(file: archive.folder.file(file)))
            Thread.sleep(forTimeInterval: 0.2)
            lock = try archive.lock(file)
        }
        defer { lock?.release() }
        try body()
    }

    /// Checks that what is in an archive of these plants and rows was made under the same protocol.
    ///
    /// - Parameter archive: What is there.
    /// - Throws: `ForesightError` for files that cannot be read, or were made under another one or by other models.
    public func check(_ archive: ControlArchive) throws {
        for plan in plans {
            for key in keys(plan) { _ = try judged(plan, key, archive) }
        }
    }

    /// Does a job for each item, some at once.
    private func work<Item: Sendable>(for items: [Item], _ job: @escaping @Sendable (Item) throws -> Void) throws {
        let jobs = items.map { item -> @Sendable () throws -> Void in { try job(item) } }
        try Workers.run(jobs, atOnce: workers) { Engine.threads = 1 }
    }

    /// The rows that are judged of a plant.
    func chosen(_ plan: ControlProtocol) -> [ControlRow] { rows ?? plan.rows }

    /// The files of episodes of a plant; loops have no model, and exact dynamics take only the reach of the first.
    func keys(_ plan: ControlProtocol) -> [ControlArchive.Key] {
        plan.cases.flatMap { each in
            plan.rows(of: each.name, among: chosen(plan)).flatMap { row in
                (0..<max(1, [.baseline, .exact].contains(row) ? 1 : models)).map {
                    ControlArchive.Key(plan.plant, each.name, row, model: $0)
                }
            }
        }
    }

    /// The episodes that were judged under the same protocol, and by the same model.
    func judged(
        _ plan: ControlProtocol, _ key: ControlArchive.Key, _ archive: ControlArchive
    ) throws -> [ControlEpisode] {
        try archive.episodes(key, words: plan.words(key.name), digest: digest(plan, key, archive))
    }

    /// What tells the model of a row from any other; `nil` for a row that needs none, and as long as it has not learned.
    func digest(_ plan: ControlProtocol, _ key: ControlArchive.Key, _ archive: ControlArchive) throws -> String? {
        let path = folder(plan, key.model, archive)
        return try key.row.dependsOnModel && Folder.exists(path) ? ModelFolder.digest(of: path) : nil
    }

    // MARK: Learning

    /// The folder of a model.
    func folder(_ plan: ControlProtocol, _ seed: Int, _ archive: ControlArchive) -> String {
        ControlArchive.model(plan.plant, seed, in: known ?? archive.folder.path)
    }

    /// The recordings that a model learns from.
    func log(_ plan: ControlProtocol, _ seed: Int) throws -> [Episode] {
        let task = plan.cases[0].task
        let hours = plan.hours / Double(plan.recordings)
        let seeds = (0..<plan.recordings).map { ControlProtocol.logSeed(model: seed, recording: $0) }
        if let patient = task.plant as? VirtualPatient {
            return try seeds.map { try LogSimulation(patient: patient).episode(hours: hours, seed: $0) }
        }
        let simulation = LogSimulation(
            plant: task.plant, policy: ExplorationPolicy(.mixed, for: task.plant, span: plan.span ?? 0...1),
            disturbances: task.disturbances, limits: plan.logLimits,
            recordsDisturbances: task.announcementLead != nil, pilot: task)
        return try seeds.map { try simulation.episode(hours: hours, seed: $0) }
    }

    private func train(_ plan: ControlProtocol, _ seed: Int, _ archive: ControlArchive) throws {
        let path = folder(plan, seed, archive)
        if Folder.exists(path) {
            // A model of an earlier run has to fit before hours go by.
            _ = try ModelFolder.description(of: path)
            if known == nil { try archive.checkTraining(plan.plant, model: seed, words: plan.training) }
            return
        }
        guard known == nil else {
            throw ForesightError.data(
                "\(path) is not there", remedy: "name a run of this benchmark that judged \(plan.plant) with --models")
        }
        var settings = try TrainingSettings.load(overrides: plan.overrides)
        settings.seed += seed
        var origin = ModelOrigin()
        origin.torch = Engine.version
        let recordings = try log(plan, seed)
        var loaded = LoadedLog(simulated: recordings[0])
        loaded.episodes = recordings
        let model = try ModelTraining.train(
            loaded, settings: settings, origin: origin,
            progress: { done, total in
                try watch(.training(plant: plan.plant, model: seed, share: Double(done) / Double(max(1, total))))
            },
            searching: { what, share in
                try watch(.searching(plant: plan.plant, model: seed, share: share, what: what))
            })
        _ = try archive.folder.subfolder("models")
        try archive.saveTraining(plan.plant, model: seed, words: plan.training)
        try ModelFolder.save(model, to: path)
        try watch(.trained(plant: plan.plant, model: seed))
    }

    private func tune(_ plan: ControlProtocol, _ seed: Int, _ archive: ControlArchive) throws {
        let words = plan.words(ControlProtocol.own)
        let digest = try ModelFolder.digest(of: folder(plan, seed, archive))
        guard try archive.tuning(plan.plant, model: seed, words: words, digest: digest) == nil else { return }
        let stage = ControlStage(plan, plan.cases[0].task)
        let tuning = try stage.tune(try ModelFolder.load(folder(plan, seed, archive))) {
            try watch(.tuning(plant: plan.plant, done: $0, total: $1))
        }
        try archive.save(tuning, plan.plant, model: seed, words: words, digest: digest)
    }

    // MARK: Judging

    private func judge(_ plan: ControlProtocol, _ key: ControlArchive.Key, _ archive: ControlArchive) throws {
        let (words, digest) = (plan.words(key.name), try digest(plan, key, archive))
        var done = try archive.episodes(key, words: words, digest: digest)
        let known = Set(done.map(\.seed))
        let wanted = plan.seeds(episodes, from: firstEpisode)
        let missing = wanted.filter { !known.contains($0) }
        guard !missing.isEmpty, let task = plan.task(key.name) else { return try watch(.finished(key)) }
        let stage = ControlStage(plan, task)
        let observe: ControlStage.Observer = { record, result in
            let keeps = record.seed == wanted.first || record.seed < ControlProtocol.firstEpisode
            done.append(ControlEpisode(record, result, keepsOutputs: keeps))
            done.sort { $0.seed < $1.seed }
            try archive.save(done, key, words: words, digest: digest)
            try watch(
                .judged(key, episode: wanted.count { seed in done.contains { $0.seed == seed } }, of: wanted.count))
        }
        let path = folder(plan, key.model, archive)
        switch key.row {
        case .foresight, .unguarded, .rounded, .beam:
            try stage.run(key.row, model: try ModelFolder.load(path), seeds: missing, observe: observe)
        case .penalties, .lagrangian:
            let own = plan.words(ControlProtocol.own)
            guard let tuning = try archive.tuning(plan.plant, model: key.model, words: own, digest: digest) else {
                return
            }
            let choice = key.row == .penalties ? tuning.penalty : tuning.rate
            try stage.run(
                key.row, model: try ModelFolder.load(path), choice: (choice, tuning.unit), seeds: missing,
                observe: observe)
        case .baseline: try stage.runBaseline(seeds: missing, observe: observe)
        case .cloning:
            let description = try ModelFolder.description(of: path)
            let clone = try BehaviourClone(
                try log(plan, key.model), window: min(16, description.window * description.stride),
                steps: plan.cloneSteps, seed: UInt64(key.model))
            try archive.save(
                clone.validation, plan.plant, model: key.model, words: plan.words(ControlProtocol.own), digest: digest)
            try stage.run(
                key.row, agent: CloneAgent(clone: clone, nominal: task.plant.nominalDisturbance), seeds: missing,
                observe: observe)
        case .exact:
            try stage.runExact(try ModelFolder.description(of: path), seeds: missing, observe: observe)
        case .optimum: break
        }
        try watch(.finished(key))
    }
}
