import Basics
import Benchmarking
import Records
import Reports
import Tensors
import WorldModels

/// A run over sets: progress, and everything written after each set, so that nothing is lost when a later one fails.
struct BenchmarkSession {
    let sets: [BenchmarkSet]
    let data: String
    let settings: TrainingSettings
    let seeds: [Int]
    let isQuick: Bool
    let folder: RunFolder
    let talk: Talk

    /// What a reader has to know before the figures; empty for nothing.
    var note: String {
        isQuick
            ? "rough: at most \(settings.epochs) epochs, \(seeds.count) seed\(seeds.count == 1 ? "" : "s"), linear models "
                + "that are not refined (--quick)"
            : ""
    }

    /// Runs all sets.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what reading and training throw.
    func run() throws -> [SetResult] {
        let provenance = try Provenance(
            command: ["foresight"] + CommandLine.arguments.dropFirst(),
            seeds: ["first": UInt64(max(0, settings.seed))], versions: ["libtorch": Engine.version])
        try provenance.save(in: folder)
        try folder.write(settings.yaml(commented: true), to: "settings.yaml")
        talk.note("run folder: \(folder.path)")
        Interrupt.install()
        defer { Interrupt.uninstall() }
        var results: [SetResult] = []
        for (index, set) in sets.enumerated() {
            let result = try one(set, "\(set.name) (\(index + 1) of \(sets.count))")
            results.append(result)
            try write(result, all: results, started: provenance.started)
        }
        return results
    }

    /// Learns and scores one set.
    private func one(_ set: BenchmarkSet, _ label: String) throws -> SetResult {
        var run = BenchmarkRun(settings: settings, seeds: seeds)
        run.engineVersion = Engine.version
        run.refinesLinearModels = !isQuick
        let style = talk.beginWork()
        var line: (seed: Int, done: Int, progress: ProgressLine)?
        var begun = ProgressLine.seconds()
        var told = ""
        func say(_ what: String) {
            if case .terminal = style { return }
            talk.note("\(label): \(what)")
        }
        run.watch = { phase in
            if Interrupt.isRequested {
                throw ForesightError(
                    .interrupted, "stopped; the sets that were done are saved in \(folder.path)",
                    remedy: "run the others with --only")
            }
            switch phase {
            case .reading: say("reading")
            case .training(let seed, let done, let total):
                if line?.seed != seed {
                    line = (seed, 0, ProgressLine("\(label), seed \(seed)", total: total, style: style))
                    begun = ProgressLine.seconds()
                }
                line?.done = done
                line?.progress.update(done)
            case .testing(let seed, let test):
                if let line { line.progress.finish(line.done) }
                line = nil
                if told != "\(seed) \(test)" {
                    say("seed \(seed) predicts \(test) after \(period(ProgressLine.seconds() - begun))")
                }
                told = "\(seed) \(test)"
            case .linear: say("searching linear models")
            }
        }
        run.keep = { model, seed in
            let models = try folder.subfolder("models")
            try ModelFolder.save(model, to: "\(models)/\(set.name)-seed\(seed)")
        }
        let result = try run.result(of: set, in: data)
        for note in result.notes { talk.warning("\(set.name): \(note)") }
        for figure in result.figures { talk.note("\(label): \(BenchmarkText.line(figure))") }
        talk.note("\(label): done in \(period(result.seconds))")
        return result
    }

    private func write(_ result: SetResult, all results: [SetResult], started: String) throws {
        let predictions = try folder.subfolder("predictions")
        for test in result.tests {
            guard let measure = result.set.measure(of: test), let middle = result.middleSeed(measure),
                let forecasts = result.seeds[middle].forecasts[test.name]
            else { continue }
            let name = result.tests.count == 1 ? result.set.name : "\(result.set.name)_\(test.name)"
            try AtomicFile.write(BenchmarkRecord.csv(test, forecasts), to: "\(predictions)/\(name).csv")
        }
        try folder.write(BenchmarkRecord.json(results, note: note), to: "results.json")
        try folder.write(
            BenchmarkPage.page(results, note: note, started: started).html, to: "report.html")
    }
}
