import Basics
import Episodes
import Foundation
import Networks
import Records
import Synchronization
import Tensors
public import WorldModels

/// Trains the same networks on the same data for the same steps, with every objective, and compares error against horizon.
public struct ObjectiveComparison: Sendable {
    /// Optimiser steps of each objective.
    public var steps = 3000
    /// The seeds.
    public var seeds: [Int]
    /// The sizes of the networks.
    public var sizes = ObjectiveSizes()
    /// The objectives.
    public var objectives = LearningObjective.allCases
    /// Settings of the default recipe that stands beside, with the first seed; `nil` leaves it out.
    public var recipe: TrainingSettings?
    /// Whether the linear model that stands beside is refined on its free-run error.
    public var refinesLinearModel = true
    /// How many objectives are trained at once.
    public var workers = 1
    /// The most starts in a test part.
    public var mostStarts = 200
    /// Called after every optimiser step of an objective, from any thread; may throw to end the run.
    public var watch: @Sendable () throws -> Void = {}
    /// Called now and then while the default recipe trains; may throw to end the run.
    public var check: @Sendable () throws -> Void = {}
    /// Called with every curve that is done, from any thread.
    public var done: @Sendable (HorizonCurve) -> Void = { _ in }
    /// What earlier runs have left, and where curves go; `nil` keeps nothing.
    public var archive: BenchmarkArchive?

    /// Creates a comparison.
    public init(seeds: [Int]) { self.seeds = seeds }

    /// How often `watch` is called for a set.
    public var stepsPerSet: Int {
        objectives.reduce(0) { $0 + steps(of: $1) }
    }

    private func steps(of objective: LearningObjective) -> Int {
        steps + (objective.family == .signal ? 0 : min(ObjectiveTraining.readoutSteps, steps))
    }

    /// What a folder keeps of a set that came to its end; `nil` where there is nothing.
    ///
    /// - Throws: `ForesightError` for a file that cannot be read, or was made with other settings.
    public func kept(_ set: String) throws -> ObjectiveSetResult? {
        guard let kept: KeptObjectives = try archive?.read("judged/\(set).json", of: [:]) else { return nil }
        return kept.result
    }

    /// The curves of a part of the work: those that an earlier run has kept, or else those that come now, which are kept.
    private func curves(
        _ part: String, of set: String, _ prints: [String: DataFingerprint], make: () throws -> [HorizonCurve]
    ) throws -> (curves: [HorizonCurve], areKnown: Bool) {
        let file = "judged/\(set)-\(part).json"
        if let known: [KeptCurve] = try archive?.read(file, of: prints) { return (known.map(\.curve), true) }
        let made = try make()
        try archive?.write(made.map { KeptCurve($0) }, file, of: prints)
        return (made, false)
    }

    /// Compares on one set; the test part is predicted once by each finished model. The best of a kind is chosen from starts in the
    /// training part.
    ///
    /// - Parameters:
    ///   - set: The set; of its tests, the first.
    ///   - data: The data folder.
    /// - Returns: A curve for each objective and for what stands beside.
    /// - Throws: `ForesightError` for files that do not fit; what training and `watch` throw.
    public func result(of set: BenchmarkSet, in data: String) throws -> ObjectiveSetResult {
        let begun = ProgressLine.seconds()
        let data = try set.load(from: data)
        let name = set.name
        guard let first = data.tests.first else {
            throw ForesightError.data("the set \(set.name) has no test", remedy: "name another")
        }
        let prints = ["learned": DataFingerprint(data.training.episodes), "test": DataFingerprint(first.episodes)]
        if let known: KeptObjectives = try archive?.read("judged/\(name).json", of: prints) {
            for _ in 0..<stepsPerSet { try watch() }
            return known.result
        }
        let test = Self.test(first, window: sizes.window, mostStarts: mostStarts)
        let learned = Self.test(
            BenchmarkTest("learned", data.training.episodes, first.task), window: sizes.window, mostStarts: mostStarts)
        func names(_ role: ChannelRole) -> [String] {
            data.training.channels.filter { $0.role == role }.map(\.name)
        }
        let actions = names(.action)
        let scaling = SignalScaling(
            fitting: data.training.episodes, outputs: names(.observation), inputs: actions + names(.disturbance))
        let seesOwnRow = data.tests.allSatisfy(\.isWholeRecord)
        let episodes = data.training.episodes
        let sample = ObjectiveNetwork(
            members: 1, outputs: scaling.outputs.count, inputs: scaling.inputs.count, actions: actions.count,
            sizes: sizes, seesOwnRow: seesOwnRow, seed: .init(0))
        let result = ObjectiveSetResult(
            set: set.name, about: set.about, rows: data.training.sampleCount,
            samplingTime: data.training.samplingTime, starts: test.stretches().count, parameters: sample.size)
        let curves = Mutex<[String: HorizonCurve]>([:])
        @Sendable func add(_ curve: HorizonCurve) {
            curves.withLock { $0[curve.name] = curve }
            done(curve)
        }
        var jobs = objectives.map { objective -> @Sendable () throws -> Void in
            {
                let (made, areKnown) = try self.curves(objective.rawValue, of: name, prints) {
                    let begun = ProgressLine.seconds()
                    let training = ObjectiveTraining(
                        objective: objective, seeds: seeds,
                        table: try SignalTable(episodes, scaling: scaling, stride: 1), actions: actions.count,
                        sizes: sizes, seesOwnRow: seesOwnRow, steps: steps)
                    let trained = try training.run {
                        try Workers.check()
                        try watch()
                    }
                    // What was trained with a decoder is read by it, what was not by the readout.
                    let hasDecoder = objective.family == .reconstruction
                    let forecasts = try trained.forecasts(
                        of: test, scaling: scaling, seeds: seeds.count, usesDecoder: hasDecoder)
                    var curve = Self.curve(objective.rawValue, objective.label, test, forecasts)
                    curve.objective = objective
                    curve.learnedErrors = Self.errors(
                        learned,
                        try trained.forecasts(
                            of: learned, scaling: scaling, seeds: seeds.count, usesDecoder: hasDecoder)
                    ).map { $0[ObjectiveHorizons.last - 1] }
                    (curve.ranks, curve.spreads) = (trained.ranks, trained.spreads)
                    curve.seconds = ProgressLine.seconds() - begun
                    guard hasDecoder else { return [curve] }
                    let read = try trained.forecasts(of: test, scaling: scaling, seeds: seeds.count)
                    let label = "\(objective.label), the readout"
                    return [curve, Self.curve("\(objective.rawValue)_readout", label, test, read)]
                }
                for curve in made { add(curve) }
                if areKnown { for _ in 0..<steps(of: objective) { try watch() } }
            }
        }
        jobs.append { add(Self.curve("held", "last value held", test, [test.heldForecasts()])) }
        jobs.append {
            let (made, _) = try self.curves("linear", of: name, prints) {
                let begun = ProgressLine.seconds()
                let opponent = try LinearOpponent(data, isRefined: refinesLinearModel)
                var curve = Self.curve("linear", "linear", test, [try opponent.forecasts(of: test)])
                curve.seconds = ProgressLine.seconds() - begun
                return [curve]
            }
            for curve in made { add(curve) }
        }
        if let recipe {
            jobs.append {
                let (made, _) = try self.curves("recipe", of: name, prints) {
                    let begun = ProgressLine.seconds()
                    let model = try ModelTraining.train(data.training, settings: recipe) { _, _ in
                        try Workers.check()
                        try check()
                    }
                    var curve = Self.curve("recipe", "foresight train", test, [try test.forecasts(of: model)])
                    curve.seconds = ProgressLine.seconds() - begun
                    return [curve]
                }
                for curve in made { add(curve) }
            }
        }
        try Workers.run(jobs, atOnce: workers) { Engine.threads = 1 }
        var finished = result
        let order =
            LearningObjective.allCases.flatMap { [$0.rawValue, "\($0.rawValue)_readout"] } + [
                "recipe", "linear", "held",
            ]
        let known = curves.withLock { $0 }
        finished.curves = order.compactMap { known[$0] }
        finished.seconds = ProgressLine.seconds() - begun
        try archive?.write(KeptObjectives(finished), "judged/\(name).json", of: prints)
        return finished
    }

    /// The same records, predicted from many starts.
    private static func test(_ test: BenchmarkTest, window: Int, mostStarts: Int) -> BenchmarkTest {
        let places = test.episodes.reduce(0) { $0 + max(0, $1.count - window - ObjectiveHorizons.last) }
        return BenchmarkTest(
            test.name, test.episodes,
            .ahead(history: window, horizon: ObjectiveHorizons.last, every: max(1, places / mostStarts)))
    }

    private static func curve(
        _ name: String, _ label: String, _ test: BenchmarkTest, _ forecasts: [[TestForecast]]
    ) -> HorizonCurve {
        let width = test.outputs.count
        let ranges = test.outputs.map { output -> (middle: Double, size: Double) in
            let values = test.episodes.flatMap { $0.column($0.channelIndex(output.name) ?? 0) }.filter(\.isFinite)
            let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
            return ((least + greatest) / 2, max(greatest - least, 1e-12))
        }
        return HorizonCurve(
            name: name, label: label, objective: nil, errors: errors(test, forecasts),
            diverged: forecasts.map { list in
                let lost = list.filter { forecast in
                    forecast.outputs.indices.contains { index in
                        let range = ranges[index % width]
                        return !(abs(forecast.outputs[index] - range.middle) / range.size <= 10)
                    }
                }
                return Double(lost.count) / Double(max(1, list.count))
            })
    }

    /// NRMSE by step of the forecasts of each seed, the mean of the outputs.
    private static func errors(_ test: BenchmarkTest, _ forecasts: [[TestForecast]]) -> [[Double]] {
        forecasts.map { test.score($0) }.map { score in
            (0..<ObjectiveHorizons.last).map { step in
                let each = score.byHorizon.indices.map { score.byHorizon[$0][step] / score.deviation[$0] }
                return each.reduce(0, +) / Double(max(1, each.count))
            }
        }
    }
}
