import Basics
import Benchmarking
import Episodes
import Networks
import Records
import Tensors
import WorldModels

/// One world of `benchmark surprise`: records, learns, compares, and leaves models and what came of pairs in the run folder.
struct SurpriseSession {
    private let benchmark: SurpriseBenchmark
    private let talk: Talk
    private let folder: RunFolder
    private let accepted: () throws -> Void

    /// A session of a benchmark.
    ///
    /// - Parameters:
    ///   - benchmark: The benchmark.
    ///   - talk: Where lines go.
    ///   - folder: The run folder.
    ///   - accepted: Called, maybe several times, when what the folder holds was made with the same settings.
    init(
        _ benchmark: SurpriseBenchmark, talk: Talk, folder: RunFolder, accepted: @escaping () throws -> Void = {}
    ) {
        (self.benchmark, self.talk, self.folder, self.accepted) = (benchmark, talk, folder, accepted)
    }

    /// Runs everything that an earlier run in the folder has not.
    ///
    /// - Parameters:
    ///   - models: How many models.
    ///   - known: The folder of an earlier run whose models are taken instead of new ones, which stay where they are.
    /// - Returns: What came of it.
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; `ForesightError.usage` where the folder holds what was made with
    ///   other settings; what recording, training and judging throw.
    func run(models: Int, from known: String? = nil) throws -> SurpriseResult {
        let name = benchmark.set.name
        let progress = PhaseProgress(
            name, pairs: benchmark.pairs, talk: talk, resume: "the same command with --out \(folder.path)")
        let seeds = KeptModels(folder, talk: talk).seeds(name, from: benchmark.settings.seed, models, of: known)
        // What is not there is said before anything is recorded.
        if let known {
            for seed in seeds { _ = try digest(of: "\(known)/\(KeptModels.place(name, seed))") }
        }
        let frames = try benchmark.record { try progress.show($0) }
        let recorded = try benchmark.fingerprint(frames)
        var result = SurpriseResult(benchmark.set, settings: benchmark.settings, rows: frames.layout.rowCount)
        result.isReused = known != nil
        for seed in seeds {
            let place = "\(known ?? folder.path)/\(KeptModels.place(name, seed))"
            let watching: WatchingModel
            if known != nil {
                watching = try benchmark.train(frames, seed: seed, known: load(place)) { try progress.show($0) }
            } else {
                watching = try learn(frames, recorded: recorded, seed: seed) {
                    // Training goes on from a checkpoint of the same settings alone.
                    try accepted()
                    try progress.show($0)
                }
            }
            result.trainings.append(
                .init(
                    seed: seed, seconds: watching.knowledge.seconds, health: watching.knowledge.health,
                    filterErrors: watching.filterErrors))
            let digest = try digest(of: place)
            for violation in benchmark.set.violations { _ = try kept(violation, recorded: recorded, (seed, digest)) }
            try accepted()
            for violation in benchmark.set.violations {
                result.judgements.append(
                    try judge(violation, watching, recorded: recorded, (seed, digest)) { try progress.show($0) })
            }
        }
        progress.finish()
        return result
    }

    /// The model of a seed: the one that an earlier run left in this folder, or else a new one, from where such a run had come.
    ///
    /// - Throws: `ForesightError.usage` when the folder has one of other settings or pictures; what training throws.
    private func learn(
        _ frames: InMemoryFrames, recorded: String, seed: Int, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> WatchingModel {
        let name = KeptModels.place(benchmark.set.name, seed)
        let place = folder.file(name)
        let (model, knowledge) = try KeptModels(folder, talk: talk).model(
            name,
            check: { (model: TrainedImageModel, knowledge: WatchingModel.Knowledge) in
                try benchmark.check(model, knowledge, recorded: recorded, seed: seed)
            },
            learn: { checkpoint, goesOn in
                let watching = try benchmark.train(frames, seed: seed, checkpoint: checkpoint, progress: progress)
                if let filter = watching.filter {
                    try SafetensorsWriter.write(
                        filter.stateDict(), metadata: ["format": "foresight filter 1"], to: Self.filter(of: place))
                }
                var knowledge = watching.knowledge
                if goesOn { knowledge.seconds = nil }
                return (watching.model, knowledge)
            })
        return WatchingModel(model: model, filter: try filter(place, of: model), knowledge: knowledge)
    }

    /// What came of a violation: what an earlier run in this folder has kept, or else what comes now.
    ///
    /// - Throws: `ForesightError.usage` where such a run compared other pairs, or with another model; what judging throws.
    private func judge(
        _ violation: Violation, _ watching: WatchingModel, recorded: String, _ model: (seed: Int, digest: String),
        progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> SurpriseJudgement {
        if let known = try kept(violation, recorded: recorded, model) {
            let first = try benchmark.makePairs(violation, first: 1, progress: progress)
            return known.judgement(violation, seed: model.seed, first: first.first)
        }
        // Made anew for each model, and the same: those of all violations at once would not fit into memory.
        let pairs = try benchmark.makePairs(violation, progress: progress)
        let judgement = try benchmark.judge(violation, pairs, watching, seed: model.seed, progress: progress)
        try KeptFiles(folder).write(
            KeptSurprise(judgement), name(violation, model.seed),
            words: benchmark.words(violation, recorded: recorded), model: model.digest)
        return judgement
    }

    /// What an earlier run in this folder has kept of a violation; `nil` where none has.
    ///
    /// - Throws: `ForesightError.usage` where such a run compared other pairs, or with another model.
    private func kept(
        _ violation: Violation, recorded: String, _ model: (seed: Int, digest: String)
    ) throws -> KeptSurprise? {
        try KeptFiles(folder).read(
            name(violation, model.seed), words: benchmark.words(violation, recorded: recorded), model: model.digest)
    }

    /// The file of what came of a violation with a model.
    private func name(_ violation: Violation, _ seed: Int) -> String {
        let title = violation.name.split(separator: " ").joined(separator: "-")
        return "judged/\(benchmark.set.name)-seed\(seed)-\(title).json"
    }

    // MARK: Files

    private static func filter(of place: String) -> String { "\(place)-filter.safetensors" }

    /// What tells a model with its filter from any other.
    private func digest(of place: String) throws -> String {
        let model = try ImageModelFolder.digest(of: place)
        guard benchmark.filterSteps > 0 else { return model }
        let filter = try SHA256.hex(ofFile: Self.filter(of: place))
        return "\(model) \(filter)"
    }

    /// The filter of a model, where one belongs to it.
    private func filter(_ place: String, of model: TrainedImageModel) throws -> RepresentationFilter? {
        guard benchmark.filterSteps > 0 else { return nil }
        let sizes = model.network.architecture
        let filter = RepresentationFilter(
            width: sizes.summaryWidth, actions: sizes.blockActions, hidden: sizes.hidden, seed: Seed(0))
        try filter.load(SafetensorsFile(path: Self.filter(of: place), checksum: .required).loadTensors())
        return filter
    }

    /// A model of an earlier run, with its filter.
    private func load(_ place: String) throws -> (model: TrainedImageModel, filter: RepresentationFilter?) {
        let model = try ImageModelFolder.load(place)
        return (model, try filter(place, of: model))
    }
}
