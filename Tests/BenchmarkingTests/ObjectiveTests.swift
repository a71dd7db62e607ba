import Basics
import Foundation
import Networks
import Records
import Tensors
import Testing
import WorldModels
import _TestSupport

@testable import Benchmarking
@testable import Episodes

@Suite("Objectives compared on a plant that is known", .enabled(if: torchIsSetUp))
struct ObjectiveTests {
    private static let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: .action)]

    /// `y_{t+1} = 0.8 y_t + u_t`, inputs held for some rows.
    private static func record(_ rows: Int, seed: UInt64) -> Episode {
        var random = SeededGenerator(seed: seed)
        var (y, u, values) = (0.0, 0.0, [Double]())
        for row in 0..<rows {
            if row % 4 == 0 { u = random.uniform(in: -1...1) }
            values += [y, u]
            y = 0.8 * y + u
        }
        return Episode(name: "record", channels: channels, samplingTime: 1, values: values)
    }

    private static let set = BenchmarkSet("made_up", folder: "", about: "", measures: []) { _ in
        BenchmarkData(
            training: LoadedLog(simulated: record(700, seed: 1)),
            tests: [BenchmarkTest("end", [record(500, seed: 2)], .record(initial: 10))])
    }

    private static func comparison(_ objectives: [LearningObjective], seeds: [Int] = [0], steps: Int = 250)
        -> ObjectiveComparison
    {
        var comparison = ObjectiveComparison(seeds: seeds)
        comparison.objectives = objectives
        comparison.steps = steps
        (comparison.sizes.window, comparison.sizes.width, comparison.sizes.hidden) = (4, 6, 24)
        (comparison.sizes.horizon, comparison.sizes.inverseSteps) = (6, 2)
        comparison.refinesLinearModel = false
        comparison.mostStarts = 40
        return comparison
    }

    @Test(
        "Each objective learns the plant, and the readout finds it in its representation",
        arguments: LearningObjective.allCases)
    func learns(objective: LearningObjective) throws {
        let result = try Self.comparison([objective]).result(of: Self.set, in: "")
        let curve = try #require(result.curve(objective))
        let held = try #require(result.curves.first { $0.name == "held" })
        let linear = try #require(result.curves.first { $0.name == "linear" })
        // A plant without noise: the linear model knows it, and shows that horizons and scores are right. Its state is
        // known roughly after a window of four rows, and exactly later.
        #expect(linear.error(at: 1) < 0.1, "\(linear.error(at: 1))")
        #expect(linear.error(at: 200) < 0.02, "\(linear.error(at: 200))")
        #expect(held.error(at: 5) > 0.5)
        guard objective.isGuarded else {
            // Nothing holds representations apart, so that the easiest to predict is none.
            #expect(curve.spreads[0] < 0.2)
            return
        }
        // A teacher and inverse dynamics take longer than these few steps.
        let share = objective == .teacher ? 1 : objective == .inverse ? 0.9 : 0.6
        #expect(curve.error(at: 5) < share * held.error(at: 5), "\(curve.error(at: 5)) beside \(held.error(at: 5))")
        #expect(curve.diverged == [0])
        // From starts in the training part it is as good as on the test record, whose plant is the same.
        let learned = try #require(curve.learnedErrors.first)
        #expect(curve.learnedErrors.count == 1 && learned < 2 * curve.error(at: 200), "\(learned)")
        if objective.family == .signal {
            #expect(curve.ranks[0].isNaN)
        } else {
            #expect(curve.ranks[0] > 1.2)
        }
        #expect(result.curves.contains { $0.name.hasSuffix("_readout") } == (objective.family == .reconstruction))
    }

    @Test("A seed gives the same whichever others are trained with it")
    func independentSeeds() throws {
        let alone = try Self.comparison([.multiStep], seeds: [0], steps: 60).result(of: Self.set, in: "")
        let both = try Self.comparison([.multiStep], seeds: [0, 1], steps: 60).result(of: Self.set, in: "")
        let (first, second) = (try #require(alone.curve(.multiStep)), try #require(both.curve(.multiStep)))
        for step in [0, 4, 49] {
            #expect(abs(first.errors[0][step] / second.errors[0][step] - 1) < 1e-3)
            #expect(abs(second.errors[1][step] / second.errors[0][step] - 1) > 1e-3)
        }
    }

    @Test("An objective that an earlier run has learned is not learned again, nor is what stands beside")
    func goesOn() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            var comparison = Self.comparison([.oneStep, .autoencoder], steps: 3)
            comparison.archive = BenchmarkArchive(folder, words: "these settings")
            let first = try comparison.result(of: Self.set, in: "")
            func names(_ result: ObjectiveSetResult) -> [String] { result.curves.map(\.label) }
            #expect(names(first).count == 5)
            let whole = try #require(try comparison.kept("made_up"))
            #expect(ObjectiveRecord.json([whole]).text() == ObjectiveRecord.json([first]).text())
            // What is kept is read: of a whole set, and of parts where it had not come to its end.
            func rename(_ file: String, _ label: String) throws {
                let text = try InputFile.text(folder.file(file))
                try folder.write(
                    text.replacingOccurrences(of: "\"label\":\"\(label)\"", with: "\"label\":\"kept\""), to: file)
            }
            try rename("judged/made_up.json", "linear")
            #expect(names(try comparison.result(of: Self.set, in: "")).contains("kept"))
            try FileManager.default.removeItem(atPath: folder.file("judged/made_up.json"))
            try rename("judged/made_up-one_step.json", "one step, fed back")
            try rename("judged/made_up-linear.json", "linear")
            let again = try comparison.result(of: Self.set, in: "")
            #expect(names(again).count(where: { $0 == "kept" }) == 2)
            #expect(again.curves.map(\.errors) == first.curves.map(\.errors))
        }
    }

    @Test("An encoder sees its window and nothing behind it", arguments: [true, false])
    func causality(seesOwnRow: Bool) {
        var sizes = ObjectiveSizes()
        (sizes.window, sizes.width, sizes.hidden) = (5, 3, 8)
        let network = ObjectiveNetwork(
            members: 2, outputs: 2, inputs: 1, actions: 1, sizes: sizes, seesOwnRow: seesOwnRow, seed: Seed(1))
        withoutGradients {
            let generator = TorchGenerator(seed: 3)
            let outputs = Tensor.normal([2, 4, 12, 2], using: generator)
            let inputs = Tensor.normal([2, 4, 12, 1], using: generator)
            func encoded(_ outputs: Tensor, _ inputs: Tensor) -> [Float] {
                network.encode(outputs, inputs, endingAt: 6..<7)[0].floats()
            }
            func changed(_ x: Tensor, row: Int) -> Tensor {
                let copy = x.clone()
                _ = copy.narrow(dim: 2, start: row, length: 1).add_(1)
                return copy
            }
            let plain = encoded(outputs, inputs)
            #expect(encoded(changed(outputs, row: 7), changed(inputs, row: 7)) == plain)
            #expect(encoded(changed(outputs, row: 1), changed(inputs, row: 1)) == plain)
            #expect(encoded(changed(outputs, row: 6), inputs) != plain)
            #expect(encoded(changed(outputs, row: 2), inputs) != plain)
            #expect((encoded(outputs, changed(inputs, row: 6)) != plain) == seesOwnRow)
            // Several ends at once are those ends one by one.
            let several = network.encode(outputs, inputs, endingAt: 5..<8)
            for (index, end) in [5, 6, 7].enumerated() {
                let one = network.encode(outputs, inputs, endingAt: end..<(end + 1))[0].floats()
                for (a, b) in zip(several[index].floats(), one) { #expect(abs(a - b) < 1e-5) }
            }
            // Feeding back one step uses the present and what it is driven by.
            let first = network.feedBack(outputs, inputs, steps: 2)
            let other = network.feedBack(changed(outputs, row: 5), inputs, steps: 2)
            #expect(first[0].floats() == other[0].floats() && first[1].floats() == other[1].floats())
        }
    }

    @Test("The answer about drift follows its rule")
    func verdict() {
        func curve(_ objective: LearningObjective, _ growth: [Double], lost: [Double] = [0, 0, 0]) -> HorizonCurve {
            HorizonCurve(
                name: objective.rawValue, label: objective.label, objective: objective,
                errors: growth.map { growth in (1...200).map { $0 <= 20 ? 0.1 : 0.1 * growth } }, diverged: lost)
        }
        func answer(_ curves: [HorizonCurve]) -> String {
            ObjectiveSetResult(
                set: "s", about: "", rows: 1, samplingTime: 1, starts: 1, parameters: 1, curves: curves
            ).verdict.word
        }
        let (steady, growing) = ([1.0, 1.2, 9.0], [1.0, 1.6, 9.0])
        #expect(answer([curve(.oneStep, growing), curve(.sigreg, steady)]) == "shown")
        #expect(answer([curve(.oneStep, steady), curve(.sigreg, steady)]) == "refuted: nothing drifts")
        #expect(
            answer([curve(.oneStep, growing), curve(.sigreg, growing), curve(.vicreg, steady)]).hasPrefix("partly"))
        #expect(answer([curve(.oneStep, growing), curve(.sigreg, growing)]) == "refuted: all drift")
        #expect(answer([curve(.oneStep, steady), curve(.sigreg, growing)]).hasPrefix("refuted: representation"))
        // A model with nothing against collapse is no witness; one that leaves every range is.
        #expect(answer([curve(.oneStep, growing), curve(.sigreg, steady), curve(.unguarded, growing)]) == "shown")
        #expect(answer([curve(.oneStep, steady, lost: [0.1, 0.1, 0]), curve(.sigreg, steady)]) == "shown")
        #expect(answer([curve(.oneStep, [.nan, .nan, .nan]), curve(.sigreg, steady)]) == "shown")
    }
}

@Suite("Growing parts of a log", .enabled(if: torchIsSetUp))
struct DataComparisonTests {
    private static func log(_ counts: [Int]) -> LoadedLog {
        let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: .action)]
        var random = SeededGenerator(seed: 3)
        let episodes = counts.map { count -> Episode in
            var (y, values) = (0.0, [Double]())
            for _ in 0..<count {
                let u = random.uniform(in: -1...1)
                values += [y + 0.3 * random.normal(), u]
                y = 0.9 * y + u
            }
            return Episode(name: "part", channels: channels, samplingTime: 60, values: values)
        }
        var log = LoadedLog(simulated: episodes[0])
        log.episodes = episodes
        return log
    }

    @Test("A share is the beginning, episode after episode")
    func beginning() {
        let log = Self.log([300, 300, 200])
        #expect(log.beginning(1).episodes.map(\.count) == [300, 300, 200])
        #expect(log.beginning(0.5).episodes.map(\.count) == [300, 100])
        #expect(log.beginning(0.4).episodes.map(\.count) == [300])
        #expect(log.beginning(0.125).episodes.map(\.count) == [100])
        #expect(log.beginning(0.01).episodes.map(\.count) == [8])
        #expect(log.beginning(0.5).episodes[1].values == Array(log.episodes[1].values.prefix(200)))
    }

    @Test("Errors fall with the length of a noisy log, and a part that is too short says so")
    func curve() throws {
        let measure = BenchmarkMeasure("made_up", metric: "NRMSE", unit: "", rule: .normalised(test: "end"))
        let set = BenchmarkSet("made_up", folder: "", about: "", measures: [measure]) { _ in
            BenchmarkData(
                training: Self.log([1600]),
                tests: [BenchmarkTest("end", Self.log([10, 600]).episodes.suffix(1), .record(initial: 20))])
        }
        var settings = TrainingSettings()
        (settings.refine, settings.members, settings.epochs) = (false, .value(2), 1)
        (settings.stepsPerEpoch, settings.batch) = (2, 8)
        var run = BenchmarkRun(settings: settings, seeds: [0])
        run.refinesLinearModels = false
        var comparison = DataComparison(run: run)
        comparison.shares = [0.004, 0.05, 1]
        let result = try comparison.result(of: set, in: "")
        #expect(result.points.map(\.rows) == [7, 80, 1600] && result.points[0].reason != nil)
        #expect(abs(result.points[2].hours - 1600.0 / 60) < 1e-9)
        let figures = result.figures(measure)
        #expect(figures.map(\.point.rows) == [80, 1600])
        #expect(figures[1].figure.value < figures[0].figure.value)
        let isEnough = figures[0].figure.value <= 1.1 * figures[1].figure.value
        #expect(result.sufficientHours(measure) == result.points[isEnough ? 1 : 2].hours)
        let json = DataRecord.json([result])
        #expect(json["measures"]?["made_up"]?["points"]?.array?.count == 3)
        #expect(DataRecord.csv([result]).split(separator: "\n").count == 3)
        var other = result
        other.points[1].result?.seeds[0].seed = 7
        #expect(DataRecord.csv([other]).split(separator: "\n")[1].contains(",80,7,"))
    }
}
