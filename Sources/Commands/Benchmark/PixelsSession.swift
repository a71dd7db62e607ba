import Basics
import Benchmarking
import Episodes
import Foundation
import Records
import WorldModels

/// One world of `benchmark pixels`: records, learns, judges, and leaves models, manifests and episodes in the run folder.
struct PixelsSession {
    private let benchmark: PixelBenchmark
    private let talk: Talk
    private let folder: RunFolder

    init(_ benchmark: PixelBenchmark, talk: Talk, folder: RunFolder) {
        (self.benchmark, self.talk, self.folder) = (benchmark, talk, folder)
    }

    /// Runs everything.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what recording, training and judging throw.
    func run(models: Int) throws -> PixelResult {
        let name = benchmark.set.name
        let progress = PhaseProgress(name, pairs: benchmark.pairs, talk: talk, path: folder.path)
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
        let frames = try benchmark.record { try progress.show($0) }
        var result = PixelResult(
            benchmark.set, settings: benchmark.settings, planner: benchmark.planner, rows: frames.layout.rowCount)
        for index in 0..<models {
            let seed = benchmark.settings.seed + index
            let (model, health, seconds) = try benchmark.train(frames, seed: seed) { try progress.show($0) }
            try ImageModelFolder.save(model, to: "\(try folder.subfolder("models"))/\(name)-seed\(seed)")
            result.trainings.append(.init(seed: seed, seconds: seconds, health: health))
            for manifest in manifests {
                let (score, random) = try benchmark.judge(manifest, try benchmark.policy(model)) {
                    try progress.show($0)
                }
                result.judgements.append(.init(seed: seed, manifest: manifest, score: score, random: random))
                let file =
                    "\(try folder.subfolder("episodes"))/\(name)-seed\(seed)-\(manifest.rule.rawValue)-\(manifest.seed).json"
                try AtomicFile.write(try JSONText.encode(score.outcomes) + "\n", to: file)
            }
            for (factor, manifest) in varied {
                let (score, random) = try benchmark.judge(manifest, try benchmark.policy(model)) { phase in
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
    /// The pairs of each factor of variation under the moderate rule: of none, of each alone, of all at once.
    private func variations() throws -> [(name: String, manifest: PixelManifest)] {
        guard benchmark.variety != .none else { return [] }
        let all = PixelVariation.all(of: benchmark.set.task.world)
        let varieties =
            [(PixelResult.unvaried, PixelVariety.none)] + all.map { ($0.name, .these([$0])) } + [("all", .these(all))]
        return try varieties.map { ($0.0, try benchmark.manifest(.moderate, seed: 0, variety: $0.1)) }
    }
}

/// The line of progress of the phase that is going on; each phase has its own.
private final class PhaseProgress {
    private let name: String
    private let pairs: Int
    private let talk: Talk
    private let path: String
    private var line: ProgressLine?
    private var label = ""
    private var done = 0

    init(_ name: String, pairs: Int, talk: Talk, path: String) {
        (self.name, self.pairs, self.talk, self.path) = (name, pairs, talk, path)
    }

    /// Shows how far a phase is, and ends the run where Ctrl-C was pressed.
    ///
    /// - Throws: `ForesightError.interrupted`.
    func show(_ phase: PixelBenchmark.Phase) throws {
        try ObjectivesBenchmarkCommand.stopIfAsked(path)
        switch phase {
        case .recording(let count, let total): update("recording", count, of: total, unit: "episodes")
        case .training(let count, let total, let terms):
            update("training", count, of: total, unit: "steps", note: terms)
        case .heads(let share, let what): update("heads", Int(share * 100), of: 100, unit: "parts", note: what)
        case .varying(let factor, let count, let solved):
            update("varied \(factor)", count, of: pairs, unit: "pairs", note: "\(solved) solved")
        case .judging(let rule, let seed, let count, let solved):
            update("\(rule.rawValue), seed \(seed)", count, of: pairs, unit: "pairs", note: "\(solved) solved")
        }
    }

    private func update(_ what: String, _ count: Int, of total: Int, unit: String, note: String = "") {
        if label != what {
            finish()
            label = what
            line = ProgressLine("\(name): \(what)", total: total, unit: unit, style: talk.beginWork())
        }
        done = count
        line?.update(count, note: note)
    }

    /// Ends the line.
    func finish() {
        line?.finish(done)
        line = nil
        label = ""
    }
}
