import Basics
import Benchmarking
import Records
import Reports
import Tensors
import WorldModels

/// A run over sets: progress, and everything written after each set, so that nothing is lost when a later one fails. What an earlier
/// run in the folder has learned is not learned again, and sets that it had stay on the page.
struct BenchmarkSession {
    let sets: [BenchmarkSet]
    let data: String
    let settings: TrainingSettings
    let seeds: [Int]
    let isQuick: Bool
    let workers: Int
    let threads: Int
    let home: BenchmarkFolder
    let talk: Talk

    /// What a reader has to know before the figures; empty for nothing.
    var note: String {
        isQuick
            ? "rough: a short search, at most \(settings.epochs) epochs, \(seeds.count) "
                + "seed\(seeds.count == 1 ? "" : "s"), linear models that are not refined (--quick)"
            : ""
    }

    private var folder: RunFolder { home.folder }

    /// Runs all sets.
    ///
    /// - Returns: What came out, and the sets that failed among several.
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what reading and training of a single set throw.
    func results() throws -> (results: [SetResult], failures: [(set: String, error: ForesightError)]) {
        talk.note("run folder: \(folder.path)")
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let archive = home.archive
        func known(_ set: BenchmarkSet) -> [Int] { archive.seeds(set.name).filter { seeds.contains($0) } }
        let held = BenchmarkCatalog.sets.filter { set in
            !sets.contains { $0.name == set.name } && !known(set).isEmpty
        }
        let others = try BenchmarkFolder.others(held, talk: talk) { set in
            try one(set, "\(set.name), there already", seeds: known(set))
        }
        var (results, failures): ([SetResult], [(set: String, error: ForesightError)]) = ([], [])
        for (index, set) in sets.enumerated() {
            do {
                results.append(try one(set, "\(set.name) (\(index + 1) of \(sets.count))", seeds: seeds))
            } catch let error as ForesightError where error.code != .interrupted && sets.count > 1 {
                // The other sets are worth having.
                talk.warning("\(set.name) is left out: \(error)")
                failures.append((set.name, error))
            }
            // What cannot be written ends the run: of the sets behind it nothing would be kept either.
            try write(results, others, failures)
        }
        return (results, failures)
    }

    /// Learns and scores one set.
    private func one(_ set: BenchmarkSet, _ label: String, seeds: [Int]) throws -> SetResult {
        let archive = home.archive
        var run = BenchmarkRun(settings: settings, seeds: seeds)
        (run.workers, run.threads, run.archive) = (workers, threads, archive)
        run.refinesLinearModels = !isQuick
        let progress = BenchmarkProgress(label, seeds: seeds.count, talk: talk)
        let path = folder.path
        run.watch = { phase in
            try BenchmarkFolder.stopIfAsked(path)
            progress.show(phase)
        }
        var result = try run.result(of: set, in: data)
        for note in result.notes { talk.warning("\(set.name): \(note)") }
        for figure in result.figures { talk.note("\(label): \(BenchmarkText.line(figure))") }
        talk.note("\(label): done in \(period(result.seconds))")
        // Of what was there before, as long as it took then.
        result.seconds = try archive.finish(set.name, seeds: seeds, seconds: result.seconds).seconds
        return result
    }

    /// Writes all there is, with sets that the folder had, and the predictions of the last set.
    private func write(
        _ results: [SetResult], _ others: [SetResult], _ failures: [(set: String, error: ForesightError)]
    ) throws {
        let all = BenchmarkInput.inOrder(
            results, others, of: BenchmarkCatalog.sets.map(\.name), called: \.set.name)
        try folder.write(BenchmarkRecord.json(all, failures: failures, note: note), to: "results.json")
        guard let result = results.last else { return }
        let predictions = try folder.subfolder("predictions")
        for test in result.tests {
            guard let measure = result.set.measure(of: test), let middle = result.middleSeed(measure),
                let forecasts = result.seeds[middle].forecasts[test.name]
            else { continue }
            let name = result.tests.count == 1 ? result.set.name : "\(result.set.name)_\(test.name)"
            try AtomicFile.write(BenchmarkRecord.csv(test, forecasts), to: "\(predictions)/\(name).csv")
        }
        let prints = Dictionary(uniqueKeysWithValues: all.map { ($0.set.name, $0.fingerprints) })
        try folder.write(JSONText.encode(prints) + "\n", to: "data.json")
        try folder.write(
            BenchmarkPage.page(all, note: note, started: home.started).html, to: "report.html")
    }
}
