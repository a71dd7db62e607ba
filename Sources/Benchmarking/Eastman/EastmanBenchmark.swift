import Agents
import Basics
import Episodes
import Objectives
import Planning
import Plants
public import Records
import Tensors
import WorldModels

/// The Tennessee Eastman process from a log to 48 hours in closed loop under each of its disturbances, for as little money as
/// the guardrails allow, beside its PI loops alone.
public struct EastmanBenchmark: Sendable {
    /// What happens, for those who watch; from any thread.
    public enum Phase: Sendable {
        /// The model learns; parts of a hundred done, and what of.
        case training(share: Double, what: String)
        /// The model has learned.
        case trained(seconds: Double)
        /// An episode has begun.
        case running(fault: Int, row: EastmanProtocol.Row, seed: UInt64, share: Double)
        /// An episode has come to its end.
        case finished(EastmanEpisode)
    }

    /// The protocol.
    public var plan: EastmanProtocol
    /// A model of an earlier run that is judged in place of a new one: its folder.
    public var known: String?
    /// Episodes at once.
    public var workers = 2
    /// Told every phase; may throw to end the run.
    public var watch: @Sendable (Phase) throws -> Void = { _ in }

    /// Creates a benchmark.
    public init(_ plan: EastmanProtocol) { self.plan = plan }

    /// An episode that is to be judged.
    private struct Job: Sendable {
        var fault: Int
        var row: EastmanProtocol.Row
        var seed: UInt64
    }

    private var jobs: [Job] {
        plan.seeds.flatMap { seed in
            plan.faults.flatMap { fault in
                EastmanProtocol.Row.allCases.map { Job(fault: fault, row: $0, seed: seed) }
            }
        }
    }

    /// Runs all that is not in the folder yet.
    ///
    /// - Throws: `ForesightError` for files that cannot be read or were made under another protocol; what training, planning and
    ///   `watch` throw.
    public func run(in folder: RunFolder) throws {
        let kept = try jobs.map { try EastmanArchive.read(name($0), words: words($0.row), in: folder) }
        let missing = zip(jobs, kept).filter { $0.1 == nil }.map(\.0)
        let path = known ?? folder.file("model")
        if missing.contains(where: { $0.row == .foresight }) { try train(path, in: folder) }
        let work = missing.map { job -> @Sendable () throws -> Void in
            {
                let episode = try judge(job, model: path)
                try EastmanArchive.write(episode, name(job), words: words(job.row), in: folder)
                try watch(.finished(episode))
            }
        }
        try Workers.run(work, atOnce: workers) { Engine.threads = 1 }
    }

    /// The episodes that are there, in the order of the disturbances.
    ///
    /// - Throws: As `run(in:)`.
    public func episodes(in folder: RunFolder) throws -> [EastmanEpisode] {
        try jobs.compactMap { try EastmanArchive.read(name($0), words: words($0.row), in: folder) }
    }

    /// All episodes that the folder holds under the same protocol, also of other disturbances and seeds: these to report or to
    /// choose by as this run's.
    ///
    /// - Throws: What reading the model that was named throws.
    public func everything(in folder: RunFolder) throws -> [EastmanEpisode] {
        let kept = try EastmanProtocol.Row.allCases.map { (row: $0, words: try words($0)) }
        let found = kept.flatMap { row, words in
            Folder.names(in: folder.file("episodes")).compactMap { name -> EastmanEpisode? in
                guard name.hasSuffix(".json"), name.contains("-\(row.rawValue)-") else { return nil }
                let file = String(name.dropLast(".json".count))
                // What was made under another protocol is none of this one's.
                return try? EastmanArchive.read(file, words: words, in: folder)
            }
        }
        let wanted = found.filter { ($0.seed < ControlProtocol.firstEpisode) == plan.isTuning }
        return wanted.sorted { ($0.seed, $0.fault, $0.row.rawValue) < ($1.seed, $1.fault, $1.row.rawValue) }
    }

    /// Under what an episode is judged: the protocol, and the model where another one was named.
    func words(_ row: EastmanProtocol.Row) throws -> String {
        guard row == .foresight, let known, Folder.exists(known) else { return plan.words(row) }
        return try plan.words(row) + " | model \(ModelFolder.digest(of: known))"
    }

    private func name(_ job: Job) -> String { "idv\(job.fault)-\(job.row.rawValue)-seed\(job.seed)" }

    // MARK: Learning

    /// The log that is learned from.
    ///
    /// - Throws: `ForesightError.usage` for hours that make no log.
    func log() throws -> Episode {
        let task = plan.task
        let policy = ExplorationPolicy(.steps, hold: plan.hold.lowerBound * 3600...plan.hold.upperBound * 3600)
        let simulation = LogSimulation(
            plant: task.plant, policy: policy, disturbances: task.disturbances,
            limits: [OutputLimit(output: 1, upper: plan.logPressure)])
        return try simulation.episode(hours: plan.hours, seed: EastmanProtocol.logSeed)
    }

    private func train(_ path: String, in folder: RunFolder) throws {
        let (files, words) = (KeptFiles(folder), plan.training)
        if Folder.exists(path) {
            // One from before that was kept is taken as it is.
            if known == nil { _ = try files.read("training.json", words: words) as String? }
            let description = try ModelFolder.description(of: path)
            return try PlantAgent.requireFit(description, plan.task.plant)
        }
        guard known == nil else {
            throw ForesightError.data("\(path) is not there", remedy: "name a model folder with --model")
        }
        let began = ProgressLine.seconds()
        let settings = try TrainingSettings.load(overrides: plan.overrides)
        var origin = ModelOrigin()
        origin.torch = Engine.version
        let model = try ModelTraining.train(
            LoadedLog(simulated: try log()), settings: settings, origin: origin,
            progress: { done, total in
                try watch(.training(share: Double(done) / Double(max(1, total)), what: "descent"))
            },
            searching: { what, share in try watch(.training(share: share, what: what)) })
        try files.write(words, "training.json", words: words)
        try ModelFolder.save(model, to: path)
        try watch(.trained(seconds: ProgressLine.seconds() - began))
    }

    // MARK: Judging

    private func judge(_ job: Job, model path: String) throws -> EastmanEpisode {
        let task = try plan.task(under: job.fault)
        guard let plant = task.plant as? SupervisedTennesseeEastman else {
            preconditionFailure("the task is of another plant")
        }
        var loop = try ClosedLoop(task, seeds: [job.seed])
        let (watch, steps, every) = (watch, task.steps, plan.replanEvery)
        let counter = StepCounter()
        loop.hear = { seed, _ in
            let done = counter.next()
            try Workers.check()
            guard done % (4 * every) == 0 else { return }
            try watch(
                .running(fault: job.fault, row: job.row, seed: seed, share: Double(done) / Double(max(1, steps))))
        }
        var episode: EastmanEpisode?
        let observe: (ControlRecord, EpisodeResult, [Int: Plan]) throws -> Void = { record, result, plans in
            episode = EastmanEpisode(
                fault: job.fault, row: job.row, record, plans, result, plant: plant, task: task)
        }
        switch job.row {
        case .loops:
            let controller = ConstantController(plant.restAction)
            _ = try loop.run(
                job.row.label, agent: ControllerAgent(controller, samplingTime: plant.samplingTime), observe: observe)
        case .foresight:
            _ = try loop.run(
                job.row.label, agent: try agent(try ModelFolder.load(path), task: task, plant: plant), observe: observe)
        }
        guard let episode else { preconditionFailure("an episode without a record") }
        return episode
    }

    private func agent(
        _ model: TrainedModel, task: ControlTask, plant: SupervisedTennesseeEastman
    ) throws -> PlantAgent {
        let (dynamics, description) = (try LearnedDynamics(model), model.description)
        var request = PlanRequest(goal: plan.goal, guardrails: task.guardrails)
        request.solver = plan.solver
        let horizon = min(plan.horizon ?? description.horizon, description.horizon)
        let options = try PlannerOptions(
            horizon: horizon, blocks: plan.blocks,
            commitment: max(1, (plan.replanEvery + description.stride - 1) / description.stride))
        var planning = try request.task(for: dynamics, horizon: horizon)
        planning.compileOptions.scales = dynamics.scales
        let caution = EastmanCaution(plant)
        planning.fallback = .policy(name: "the targets in force with the purge opened") { context in
            var targets = Array(context.previousActions.suffix(context.actions.count))
            if let place = context.actions.firstIndex(where: { $0.name == caution.purge.channel }) {
                targets[place] = Float(caution.purge.open)
            }
            return (0..<context.horizon).flatMap { _ in targets }
        }
        let planner = Planner(dynamics, task: planning, options: options, solver: try request.searcher())
        var agent = try PlantAgent(
            planner, on: plant, replanEvery: min(plan.replanEvery, horizon * description.stride),
            // On tuning episodes mean errors changed costs by a hundredth either way, and lost one of fifteen that was lost with the loops.
            feedback: FeedbackOptions(corrects: false), holder: NamedController("caution", caution))
        // Either opens the purge; what falls back does so at once.
        agent.handOver.takesFallbacks = false
        return agent
    }
}
