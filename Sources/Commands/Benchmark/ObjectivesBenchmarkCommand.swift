import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Synchronization
import Tensors
import WorldModels

/// `foresight benchmark objectives`: error against horizon of representation prediction and of the alternatives.
struct ObjectivesBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objectives",
        abstract: "Representation prediction against reconstruction and autoregression, error against horizon.",
        discussion: """
            The same networks learn from the same rows for the same number of optimiser steps; only what they are asked \
            differs: representations predicted (with each term against collapse, and with none), measurements reconstructed \
            (autoencoder, variational autoencoder), measurements predicted and fed back (trained on one step, and on many). \
            What was trained without a decoder is read by one that is fitted on frozen representations of the training part, \
            the same for all. The default recipe, the \
            best linear model and the last value held stand beside. The answer to whether one-step models drift is \
            computed by a rule that is printed with it. The same command with the same --out goes on: an objective that \
            was learned is not learned again.

              foresight benchmark objectives --data data
              foresight benchmark objectives --only heater_lab --quick
            """)

    @OptionGroup(title: "Sets") var sets: ComparisonOptions

    @Option(help: ArgumentHelp("Optimiser steps of each objective: 3000, or 300 with --quick.", valueName: "number"))
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "How all objectives make the next representation: gated stays within bounds, residual need not.",
            valueName: "form"))
    var transition = ObjectiveTransition.gated

    @Flag(help: "Leave out the default recipe, which is there for orientation.")
    var noRecipe = false

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    /// What is compared on by default: slow and known, fast and nonlinear, a process with four outputs.
    static let usual = ["heater_lab", "silverbox", "steamgen"]

    func run() throws {
        let chosen = try sets.sets(usual: Self.usual)
        if let setting = sets.settings.first {
            throw ForesightError.usage(
                "'\(setting)' is not a set", remedy: "objectives take no settings; only --steps and --transition")
        }
        let seeds = try sets.seedList(usual: 3)
        let steps = steps ?? (sets.quick ? 300 : 3000)
        try BenchmarkInput.limit(steps, 1...1_000_000, "--steps")
        if sets.list { return talking.report(BenchmarkText.listed(chosen), text: BenchmarkText.list(chosen)) }
        let data = try sets.dataFolder(for: chosen)
        try Engine.load()
        var comparison = ObjectiveComparison(seeds: seeds)
        comparison.steps = steps
        comparison.sizes.transition = transition
        comparison.workers = sets.jobs
        comparison.refinesLinearModel = !sets.quick
        var recipe = TrainingSettings()
        recipe.seed = seeds[0]
        if sets.quick { recipe.epochs = IdentificationBenchmarkCommand.quickEpochs }
        comparison.recipe = noRecipe ? nil : recipe
        let home = try output.benchmark(
            "objectives", isQuick: sets.quick, seed: seeds[0], settings: nil,
            words: [
                "\(steps) steps", transition.rawValue, "seeds \(seeds)", comparison.recipe?.yaml() ?? "no recipe",
                sets.quick ? "linear models not refined" : "linear models refined",
            ])
        defer { home.release() }
        let folder = home.folder
        comparison.archive = home.archive
        let note = sets.quick ? "rough: \(steps) optimiser steps, \(counted(seeds.count, "seed")) (--quick)" : ""
        let held = BenchmarkCatalog.comparisons.filter { set in !chosen.contains { $0.name == set.name } }
        let kept = comparison
        let others = try BenchmarkFolder.others(held, talk: talking.talk) { try kept.kept($0.name) }.compactMap { $0 }
        var results: [ObjectiveSetResult] = []
        Interrupt.install()
        defer { Interrupt.uninstall() }
        for (index, set) in chosen.enumerated() {
            let label = "\(set.name) (\(index + 1) of \(chosen.count))"
            let result = try one(set, label, comparison, data: data, folder: folder)
            results.append(result)
            let all = BenchmarkInput.inOrder(
                results, others, of: BenchmarkCatalog.comparisons.map(\.name), called: \.set)
            try folder.write(ObjectiveRecord.json(all, note: note), to: "results.json")
            try folder.write(ObjectiveRecord.csv(all), to: "errors.csv")
            try folder.write(
                ObjectivesPage.page(all, seeds: seeds.count, steps: steps, note: note, started: home.started)
                    .html, to: "report.html")
        }
        talking.report(
            ObjectiveRecord.json(results, note: note),
            text: ObjectivesText.text(results, note: note, report: folder.file("report.html")))
    }

    private func one(
        _ set: BenchmarkSet, _ label: String, _ comparison: ObjectiveComparison, data: String, folder: RunFolder
    ) throws -> ObjectiveSetResult {
        var comparison = comparison
        let talk = talking.talk
        let line = ComparisonProgress(label, total: comparison.stepsPerSet, talk: talk)
        let path = folder.path
        comparison.check = { try BenchmarkFolder.stopIfAsked(path) }
        comparison.watch = {
            try BenchmarkFolder.stopIfAsked(path)
            line.advance()
        }
        comparison.done = { curve in
            line.say(
                "\(label): \(curve.label): \(BenchmarkText.number(curve.error(at: 1))) after 1 step, "
                    + "\(BenchmarkText.number(curve.error(at: ObjectiveHorizons.last))) after \(ObjectiveHorizons.last)"
            )
        }
        let result = try comparison.result(of: set, in: data)
        line.finish()
        talk.note("\(label): \(result.verdict.word); done in \(period(result.seconds))")
        return result
    }
}

/// One line for work that several threads do.
final class ComparisonProgress: Sendable {
    private struct State {
        var done = 0
        var line: ProgressLine
    }
    private let state: Mutex<State>

    init(_ label: String, total: Int, talk: Talk) {
        let line = ProgressLine(label, total: max(1, total), style: talk.beginWork())
        state = Mutex(State(line: line))
    }

    func advance() {
        state.withLock { state in
            state.done += 1
            state.line.update(state.done)
        }
    }

    func say(_ text: String) { state.withLock { $0.line.message(text) } }
    func finish() { state.withLock { $0.line.finish($0.done) } }
}
