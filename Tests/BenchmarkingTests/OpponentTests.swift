import Basics
import Records
import Synchronization
import Testing
import WorldModels
import _TestSupport

@testable import Benchmarking
@testable import Episodes

@Suite("A run over a made-up set", .enabled(if: torchIsSetUp))
struct OpponentTests {
    private static let channels = [
        Channel(name: "y", role: .observation), Channel(name: "u", role: .action),
    ]

    /// `y_t = 0.8 y_{t−1} + u_{t−delay}`, with the input of a row acting on its own row for a delay of 0.
    private static func record(_ rows: Int, delay: Int, seed: UInt64) -> Episode {
        var random = SeededGenerator(seed: seed)
        let inputs = (0...rows).map { _ in random.uniform(in: -1...1) }
        var (y, values) = (0.0, [Double]())
        for row in 1...rows {
            y = 0.8 * y + inputs[row - delay]
            values += [y, inputs[row]]
        }
        return Episode(name: "record", channels: channels, samplingTime: 1, values: values)
    }

    private static func set(delay: Int, task: BenchmarkTest.Task = .record(initial: 10)) -> BenchmarkSet {
        BenchmarkSet(
            "made_up", about: "",
            measures: [
                BenchmarkMeasure("made_up", metric: "", unit: "", rule: .normalised(test: "end"), reach: 0.1)
            ]
        ) { _ in
            let log = LoadedLog(
                episodes: [record(600, delay: delay, seed: 1)], channels: channels, samplingTime: 1, files: [],
                ignoredColumns: [], hasRoles: true, warnings: [])
            return BenchmarkData(
                training: log,
                tests: [BenchmarkTest("end", [record(200, delay: delay, seed: 2)], task)])
        }
    }

    /// What was said of seeds and linear models.
    private final class Phases: Sendable {
        private let known = Mutex<[BenchmarkRun.Phase]>([])
        func take(_ phase: BenchmarkRun.Phase) { known.withLock { $0.append(phase) } }
        var all: [BenchmarkRun.Phase] { known.withLock { $0 } }
    }

    private func result(
        delay: Int, refines: Bool, archive: BenchmarkArchive? = nil, phases: Phases = Phases()
    ) throws -> SetResult {
        var settings = TrainingSettings()
        settings.refine = false
        (settings.members, settings.order, settings.hidden) = (.value(2), .value(2), .value(4))
        (settings.batch, settings.epochs, settings.stepsPerEpoch) = (8, 2, 4)
        var run = BenchmarkRun(settings: settings, seeds: [3, 4])
        run.refinesLinearModels = refines
        run.workers = 2
        run.archive = archive
        run.watch = { phases.take($0) }
        // Only the folder of the set is looked for; nothing in it is read.
        var set = Self.set(delay: delay)
        set.folder = "."
        return try run.result(of: set, in: ".")
    }

    @Test("Linear models find out whether an input acts on its own row", arguments: [0, 1])
    func convention(delay: Int) throws {
        let result = try result(delay: delay, refines: false)
        #expect(result.notes.isEmpty)
        let figure = try #require(result.figures.first)
        #expect((figure.linear ?? 1) < 1e-3)
        #expect((figure.held ?? 0) > 0.5)
        #expect(result.linearSummaries.allSatisfy { $0.hasSuffix("act on their own row") } == (delay == 0))
    }

    @Test("Predictions from many starts never see the input of the predicted row")
    func causal() throws {
        let task = BenchmarkTest.Task.ahead(history: 10, horizon: 5, every: 3)
        let data = try Self.set(delay: 0, task: task).read(RecordReader(folder: "."))
        let opponent = try LinearOpponent(data, isRefined: false)
        #expect(opponent.summaries.allSatisfy { !$0.hasSuffix("act on their own row") })
        let test = try #require(data.tests.first)
        var blind = test
        let column = 1
        let last = try #require(test.stretches().last)
        blind.episodes[0][last.start + last.rows - 1, column] += 100
        let (plain, changed) = (try opponent.forecasts(of: test), try opponent.forecasts(of: blind))
        #expect(plain.last == changed.last)
    }

    @Test("A run trains each seed, keeps every prediction, and says what happens")
    func run() throws {
        let result = try result(delay: 1, refines: true)
        #expect(result.seeds.map(\.seed) == [3, 4])
        #expect(result.seeds.map(\.model.settings.seed) == [3, 4])
        let figure = try #require(result.figures.first)
        #expect(figure.values.count == 2 && figure.value == (figure.values[0] + figure.values[1]) / 2)
        #expect(figure.value < 0.1 && figure.isReached == true && figure.isStable)
        for seed in result.seeds {
            #expect(seed.forecasts["end"]?.first?.outputs.count == 190)
            #expect(seed.forecasts["end"]?.first?.halfWidths.count == 190)
            #expect((seed.scores["end"]?.coverage ?? -1) >= 0)
        }
        // Seeds run side by side.
        #expect(result.seeds.allSatisfy { $0.trainingSeconds + $0.testSeconds <= result.seconds })
        let json = BenchmarkRecord.json([result], note: "rough")
        #expect(json["note"]?.string == "rough")
        let entry = try #require(json["sets"]?["made_up"])
        #expect(entry["value"]?.double == figure.value && entry["reach"]?.double == 0.1)
        #expect(entry["outputs"]?["y"]?["error"]?.double != nil)
    }

    @Test("What an earlier run has learned is read, of the same settings and data alone")
    func goesOn() throws {
        try withTemporaryFolder { path in
            let archive = BenchmarkArchive(try RunFolder.create(at: path + "/run"), words: "these settings")
            let first = try result(delay: 0, refines: false, archive: archive)
            #expect(archive.seeds("made_up").isEmpty)
            let finished = try archive.finish("made_up", seeds: [3, 4], seconds: 7)
            #expect(finished.seconds == 7 && archive.seeds("made_up") == [3, 4])
            // Of fewer seeds it is as long as that of all.
            #expect(try archive.finish("made_up", seeds: [4], seconds: 1).seconds == 7)
            let phases = Phases()
            let again = try result(delay: 0, refines: false, archive: archive, phases: phases)
            #expect(phases.all.contains(.known(seed: 3)) && phases.all.contains(.known(seed: 4)))
            for phase in phases.all {
                if case .training = phase { Issue.record("a model is learned again") }
                #expect(phase != .searchingLinear)
            }
            #expect(again.seeds.map(\.scores) == first.seeds.map(\.scores))
            #expect(again.seeds.map(\.forecasts) == first.seeds.map(\.forecasts))
            #expect(again.seeds.map(\.trainingSeconds) == first.seeds.map(\.trainingSeconds))
            #expect(again.linear == first.linear && again.linearSummaries == first.linearSummaries)
            let other = #expect(throws: ForesightError.self) {
                try result(delay: 1, refines: false, archive: archive)
            }
            #expect(other?.code == .usage && other?.message.contains("is of other data") == true)
            let settings = BenchmarkArchive(archive.files.folder, words: "other settings")
            let strange = #expect(throws: ForesightError.self) {
                try result(delay: 0, refines: false, archive: settings)
            }
            #expect(strange?.code == .usage && strange?.message.contains("under another protocol") == true)
            #expect(settings.seeds("made_up").isEmpty)
        }
    }

    @Test("Errors beyond all numbers are kept as such")
    func beyond() throws {
        let score = TestScore(
            error: [1.5, .infinity, .nan], deviation: [1, 2, 3], coverage: nil, byHorizon: [[-.infinity, 0.1]],
            greatestExcursion: .infinity)
        let read = try JSONText.decode(
            KeptScore.self, from: try JSONText.encode(KeptScore(score)), source: "score"
        ).score
        #expect(read.error[0] == 1.5 && read.error[1] == .infinity && read.error[2].isNaN)
        #expect(read.byHorizon == score.byHorizon && !read.isStable && read.coverage == nil)
    }
}
