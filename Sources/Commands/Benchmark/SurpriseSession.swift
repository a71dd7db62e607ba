import Basics
import Benchmarking
import Episodes
import Networks
import Records
import Tensors
import WorldModels

/// One world of `benchmark surprise`: records, learns, compares, and leaves models in the run folder.
struct SurpriseSession {
    private let benchmark: SurpriseBenchmark
    private let talk: Talk
    private let folder: RunFolder

    init(_ benchmark: SurpriseBenchmark, talk: Talk, folder: RunFolder) {
        (self.benchmark, self.talk, self.folder) = (benchmark, talk, folder)
    }

    /// Runs everything.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what recording, training and judging throw.
    func run(models: Int, from known: String? = nil) throws -> SurpriseResult {
        let name = benchmark.set.name
        let progress = PhaseProgress(
            name, pairs: benchmark.pairs, talk: talk,
            resume: "--models \(folder.path), with --seeds for the models that it has")
        let frames = try benchmark.record { try progress.show($0) }
        var result = SurpriseResult(benchmark.set, settings: benchmark.settings, rows: frames.layout.rowCount)
        result.isReused = known != nil
        for index in 0..<models {
            let seed = benchmark.settings.seed + index
            let watching = try benchmark.train(
                frames, seed: seed, known: known.map { try load("\($0)/models/\(name)-seed\(seed)") }
            ) { try progress.show($0) }
            let place = "\(try folder.subfolder("models"))/\(name)-seed\(seed)"
            try ImageModelFolder.save(watching.model, to: place)
            if let filter = watching.filter {
                try SafetensorsWriter.write(
                    filter.stateDict(), metadata: ["format": "foresight filter 1"], to: "\(place)-filter.safetensors")
            }
            result.trainings.append(
                .init(
                    seed: seed, seconds: watching.seconds, health: watching.health,
                    filterErrors: watching.filterErrors))
            for violation in benchmark.set.violations {
                // Made anew for each model, and the same: those of all violations at once would not fit into memory.
                let pairs = try benchmark.makePairs(violation) { try progress.show($0) }
                result.judgements.append(
                    try benchmark.judge(violation, pairs, watching, seed: seed) { try progress.show($0) })
            }
        }
        progress.finish()
        return result
    }

    /// A model of an earlier run, with its filter where one belongs to it.
    private func load(_ place: String) throws -> (model: TrainedImageModel, filter: RepresentationFilter?) {
        let model = try ImageModelFolder.load(place)
        guard benchmark.filterSteps > 0 else { return (model, nil) }
        let sizes = model.network.architecture
        let filter = RepresentationFilter(
            width: sizes.summaryWidth, actions: sizes.blockActions, hidden: sizes.hidden, seed: Seed(0))
        try filter.load(SafetensorsFile(path: "\(place)-filter.safetensors", checksum: .required).loadTensors())
        return (model, filter)
    }
}
