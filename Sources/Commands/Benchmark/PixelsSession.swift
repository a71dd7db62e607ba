import Agents
import Basics
import Benchmarking
import Episodes
import Records
import WorldModels

/// One world of `benchmark pixels`: records, learns, judges, and leaves models, manifests and episodes in the run folder.
struct PixelsSession {
    private let benchmark: PixelBenchmark
    private let typed: [String]
    private let talk: Talk
    private let folder: RunFolder
    private let accepted: () throws -> Void

    /// A session of a benchmark.
    ///
    /// - Parameters:
    ///   - benchmark: The benchmark.
    ///   - typed: The settings of training that were typed.
    ///   - talk: Where lines go.
    ///   - folder: The run folder.
    ///   - accepted: Called once it is sure that what the folder holds was made with the same settings.
    init(
        _ benchmark: PixelBenchmark, typed: [String] = [], talk: Talk, folder: RunFolder,
        accepted: @escaping () throws -> Void = {}
    ) {
        (self.benchmark, self.typed, self.talk, self.folder) = (benchmark, typed, talk, folder)
        self.accepted = accepted
    }

    /// Where the model of a seed lies in a run.
    private func place(_ seed: Int) -> String { KeptModels.place(benchmark.set.name, seed) }

    /// Runs everything.
    ///
    /// - Parameters:
    ///   - models: How many models.
    ///   - known: The folder of an earlier run whose models are judged instead of new ones; nothing is recorded then.
    /// - Returns: What came of it.
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what recording, training and judging throw.
    func run(models: Int, from known: String? = nil) throws -> PixelResult {
        let name = benchmark.set.name
        let progress = PhaseProgress(
            name, pairs: benchmark.pairs, talk: talk, resume: "the same command with --out \(folder.path)")
        let seeds = KeptModels(folder, talk: talk).seeds(name, from: benchmark.settings.seed, models, of: known)
        // What does not fit a model of an earlier run is said at once.
        let former = try known.map { try ImageModelFolder.load("\($0)/\(place(seeds[0]))") }
        let planned = former.map { benchmark.judging($0.settings, typed: typed) } ?? benchmark
        if former != nil { try planned.validate(learns: false) }
        // Pairs are frozen before anything is learned.
        let varied = try variations()
        let manifests = try PixelRule.allCases.flatMap { rule in
            try benchmark.manifestSeeds.map { try benchmark.manifest(rule, seed: $0) }
        }
        let judged =
            manifests.map { ("\($0.rule.rawValue)-\($0.seed)", $0) } + varied.map { ("factor-\($0.name)", $0.manifest) }
        func file(_ suffix: String) -> String { "manifests/\(name)-\(suffix).json" }
        var hasBegun = false
        func begin() throws {
            guard !hasBegun else { return }
            _ = try folder.subfolder("manifests")
            for (suffix, manifest) in judged {
                try folder.write(try JSONText.encode(manifest) + "\n", to: file(suffix))
            }
            try accepted()
            hasBegun = true
        }
        // Those of a run whose pairs are others are not replaced before it is refused.
        if judged.allSatisfy({ !folder.has(file($0.0)) }) { try begin() }
        let frames = known == nil ? try benchmark.record { try progress.show($0) } : nil
        var result = PixelResult(
            benchmark.set, settings: planned.settings, planner: benchmark.planner, rows: frames?.layout.rowCount ?? 0)
        for seed in seeds {
            let place = place(seed)
            let model: TrainedImageModel
            if let frames {
                let (learned, training) = try learn(frames, seed: seed) {
                    // Training goes on from a checkpoint of the same settings alone.
                    try begin()
                    try progress.show($0)
                }
                model = learned
                result.trainings.append(training)
            } else {
                model =
                    try former.flatMap { seed == seeds[0] ? $0 : nil }
                    ?? ImageModelFolder.load("\(known ?? "")/\(place)")
                result.trainings.append(.init(seed: seed, seconds: nil, health: nil))
            }
            let acting = known == nil ? benchmark : benchmark.judging(model.settings, typed: typed)
            let digest = try ImageModelFolder.digest(of: known.map { "\($0)/\(place)" } ?? folder.file(place))
            for (suffix, manifest) in judged { _ = try kept(manifest, as: suffix, by: acting, (seed, digest)) }
            try begin()
            let policy = try acting.policy(model) { try progress.show($0) }
            if let identified = (policy as? LatentRegulator)?.identified {
                result.trainings[result.trainings.count - 1].identified = .init(identified)
            }
            for manifest in manifests {
                let outcome = try judge(
                    manifest, as: "\(manifest.rule.rawValue)-\(manifest.seed)", by: acting, policy, (seed, digest)
                ) { try progress.show($0) }
                result.judgements.append(
                    .init(seed: seed, manifest: manifest, score: outcome.score, random: outcome.random))
            }
            for (factor, manifest) in varied {
                let outcome = try judge(manifest, as: "factor-\(factor)", by: acting, policy, (seed, digest)) { phase in
                    guard case .judging(_, _, let done, let solved) = phase else { return }
                    try progress.show(.varying(factor, done, solved))
                }
                result.varied.append(
                    .init(
                        factor, .init(seed: seed, manifest: manifest, score: outcome.score, random: outcome.random)))
            }
        }
        progress.finish()
        return result
    }
}

extension PixelsSession {
    /// What is known of a training beside its model.
    private struct Learned: Codable {
        /// How long it took; `nil` where it went on from a checkpoint.
        var seconds: Double?
        var health: ImageHealth?
        /// The fingerprint of what was learned from.
        var recorded: String
    }

    /// The model of a seed: the one that an earlier run left in this folder, or else a new one, from where such a run had come.
    ///
    /// - Throws: `ForesightError.usage` when the folder has one of other settings or pictures; what training throws.
    private func learn(
        _ frames: InMemoryFrames, seed: Int, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> (TrainedImageModel, PixelResult.Training) {
        let recorded = try benchmark.fingerprint(frames)
        let kept = KeptModels(folder, talk: talk)
        let (model, learned) = try kept.model(
            place(seed),
            check: { (model: TrainedImageModel, learned: Learned) in
                try benchmark.check(model, learned: learned.recorded, recorded: recorded, seed: seed)
            },
            learn: { checkpoint, goesOn in
                let (model, health, seconds) = try benchmark.train(
                    frames, seed: seed, checkpoint: checkpoint, progress: progress)
                return (model, Learned(seconds: goesOn ? nil : seconds, health: health, recorded: recorded))
            })
        return (model, .init(seed: seed, seconds: learned.seconds, health: learned.health))
    }

    /// What came of a manifest.
    private struct Judged: Codable {
        var score: PixelScore
        var random: PixelScore
    }

    /// Lets a policy act on a manifest, unless an earlier run in this folder has.
    ///
    /// - Throws: `ForesightError.usage` where such a run judged other pairs, other plans or another model; what acting throws.
    private func judge(
        _ manifest: PixelManifest, as suffix: String, by acting: PixelBenchmark, _ policy: any PicturePolicy,
        _ model: (seed: Int, digest: String), progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> Judged {
        if let known = try kept(manifest, as: suffix, by: acting, model) { return known }
        let name = name(of: suffix, model.seed)
        let (score, random) = try acting.judge(manifest, policy, progress: progress)
        let judged = Judged(score: score, random: random)
        let outcomes = "\(try folder.subfolder("episodes"))/\(name)"
        try AtomicFile.write(try JSONText.encode(score.outcomes) + "\n", to: outcomes)
        try KeptFiles(folder).write(
            judged, "judged/\(name)", words: try acting.words(manifest), model: model.digest)
        return judged
    }

    /// What an earlier run in this folder has kept of a manifest; `nil` where none has.
    ///
    /// - Throws: `ForesightError.usage` where such a run judged other pairs, other plans or another model.
    private func kept(
        _ manifest: PixelManifest, as suffix: String, by acting: PixelBenchmark, _ model: (seed: Int, digest: String)
    ) throws -> Judged? {
        try KeptFiles(folder).read(
            "judged/\(name(of: suffix, model.seed))", words: try acting.words(manifest), model: model.digest)
    }

    /// The file of what came of a manifest with a model.
    private func name(of suffix: String, _ seed: Int) -> String {
        "\(benchmark.set.name)-seed\(seed)-\(suffix).json"
    }

    /// The pairs of each factor of variation under the moderate rule: of none, of each alone, of all at once.
    private func variations() throws -> [(name: String, manifest: PixelManifest)] {
        guard benchmark.variety != .none else { return [] }
        let all = PixelVariation.all(of: benchmark.set.task.world)
        let varieties =
            [(PixelResult.unvaried, PixelVariety.none)] + all.map { ($0.name, .these([$0])) } + [("all", .these(all))]
        return try varieties.map { ($0.0, try benchmark.factorManifest($0.1)) }
    }
}
