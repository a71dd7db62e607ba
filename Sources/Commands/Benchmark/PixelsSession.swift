import Agents
import Basics
import Benchmarking
import Episodes
import Foundation
import Records
import WorldModels

/// One world of `benchmark pixels`: records, learns, judges, and leaves models, manifests and episodes in the run folder.
struct PixelsSession {
    private let benchmark: PixelBenchmark
    private let typed: [String]
    private let talk: Talk
    private let folder: RunFolder

    /// A session of a benchmark with the settings of training that were typed.
    init(_ benchmark: PixelBenchmark, typed: [String] = [], talk: Talk, folder: RunFolder) {
        (self.benchmark, self.typed, self.talk, self.folder) = (benchmark, typed, talk, folder)
    }

    /// Where the model of a seed lies in a run.
    private func place(_ seed: Int) -> String { "models/\(benchmark.set.name)-seed\(seed)" }

    /// The seeds of the models: of an earlier run those that it has, and the first where it has none, whose absence is then told.
    private func seeds(models: Int, from known: String?) -> [Int] {
        let first = benchmark.settings.seed
        let all = (0..<max(1, models)).map { first + $0 }
        guard let known else { return all }
        let there = all.filter { FileManager.default.fileExists(atPath: "\(known)/\(place($0))") }
        return there.isEmpty ? [first] : there
    }

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
        let seeds = seeds(models: models, from: known)
        // What does not fit a model of an earlier run is said at once.
        let former = try known.map { try ImageModelFolder.load("\($0)/\(place(seeds[0]))") }
        let judged = former.map { benchmark.judging($0.settings, typed: typed) } ?? benchmark
        if former != nil { try judged.validate(learns: false) }
        // Pairs are frozen before anything is learned.
        let varied = try variations()
        let manifests = try PixelRule.allCases.flatMap { rule in
            try benchmark.manifestSeeds.map { try benchmark.manifest(rule, seed: $0) }
        }
        let files =
            manifests.map { ("\($0.rule.rawValue)-\($0.seed)", $0) } + varied.map { ("factor-\($0.name)", $0.manifest) }
        for (suffix, manifest) in files {
            let file = "\(try folder.subfolder("manifests"))/\(name)-\(suffix).json"
            try AtomicFile.write(try JSONText.encode(manifest) + "\n", to: file)
        }
        let frames = known == nil ? try benchmark.record { try progress.show($0) } : nil
        var result = PixelResult(
            benchmark.set, settings: judged.settings, planner: benchmark.planner, rows: frames?.layout.rowCount ?? 0)
        for seed in seeds {
            let place = place(seed)
            let model: TrainedImageModel
            if let frames {
                let (learned, training) = try learn(frames, seed: seed) { try progress.show($0) }
                model = learned
                result.trainings.append(training)
            } else {
                model =
                    try former.flatMap { seed == seeds[0] ? $0 : nil }
                    ?? ImageModelFolder.load("\(known ?? "")/\(place)")
                result.trainings.append(.init(seed: seed, seconds: nil, health: nil))
            }
            let acting = known == nil ? benchmark : benchmark.judging(model.settings, typed: typed)
            let policy = try acting.policy(model) { try progress.show($0) }
            if let identified = (policy as? LatentRegulator)?.identified {
                result.trainings[result.trainings.count - 1].identified = .init(identified)
            }
            for manifest in manifests {
                let (score, random) = try benchmark.judge(manifest, policy) {
                    try progress.show($0)
                }
                result.judgements.append(.init(seed: seed, manifest: manifest, score: score, random: random))
                let file =
                    "\(try folder.subfolder("episodes"))/\(name)-seed\(seed)-\(manifest.rule.rawValue)-\(manifest.seed).json"
                try AtomicFile.write(try JSONText.encode(score.outcomes) + "\n", to: file)
            }
            for (factor, manifest) in varied {
                let (score, random) = try benchmark.judge(manifest, policy) { phase in
                    guard case .judging(_, _, let done, let solved) = phase else { return }
                    try progress.show(.varying(factor, done, solved))
                }
                let judgement = PixelResult.Judgement(seed: seed, manifest: manifest, score: score, random: random)
                result.varied.append(.init(factor, judgement))
                let file = "\(try folder.subfolder("episodes"))/\(name)-seed\(seed)-factor-\(factor).json"
                try AtomicFile.write(try JSONText.encode(score.outcomes) + "\n", to: file)
            }
        }
        progress.finish()
        return result
    }
}

extension PixelsSession {
    /// What is known of a training beside its model.
    private struct Learned: Codable {
        var seconds: Double
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
        _ = try folder.subfolder("models")
        let recorded = try benchmark.fingerprint(frames)
        let (place, known) = (folder.file(place(seed)), folder.file("\(place(seed)).json"))
        let checkpoint = folder.file("\(self.place(seed))-checkpoint.safetensors")
        if FileManager.default.fileExists(atPath: known) {
            let model = try ImageModelFolder.load(place)
            let learned = try JSONDecoder().decode(Learned.self, from: Data(InputFile.bytes(known)))
            try benchmark.check(model, learned: learned.recorded, recorded: recorded, seed: seed)
            talk.note("\(place) is learned already")
            return (model, .init(seed: seed, seconds: learned.seconds, health: learned.health))
        }
        let former = FileManager.default.fileExists(atPath: checkpoint)
        // Not one of this run's, and hours of work.
        guard former || !Folder.exists(place) else {
            throw ForesightError.usage(
                "\(place) is a model of a run that this one does not go on with",
                remedy: "judge it by --models \(folder.path), or name another folder by --out")
        }
        if former { talk.note("\(place) goes on from its checkpoint") }
        let (model, health, seconds) = try benchmark.train(
            frames, seed: seed, checkpoint: checkpoint, progress: progress)
        if Folder.exists(place) { try FileManager.default.removeItem(atPath: place) }
        try ImageModelFolder.save(model, to: place)
        // Last, so that where it is, the model is whole.
        let learned = Learned(seconds: seconds, health: health, recorded: recorded)
        try AtomicFile.write(try JSONText.encode(learned) + "\n", to: known)
        if FileManager.default.fileExists(atPath: checkpoint) {
            try FileManager.default.removeItem(atPath: checkpoint)
        }
        return (model, .init(seed: seed, seconds: former ? nil : seconds, health: health))
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
