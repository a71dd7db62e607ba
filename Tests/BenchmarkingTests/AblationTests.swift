import Basics
import Records
import Testing
import WorldModels
import _TestSupport

@testable import Benchmarking
@testable import Episodes

@Suite("What is held back for an ablation")
struct HeldBackTests {
    private static let channels = [
        Channel(name: "y", role: .observation), Channel(name: "z", role: .observation),
        Channel(name: "u", role: .action),
    ]

    /// Rows that carry their own number, so that it shows where they went.
    private static func record(_ rows: Range<Int>, name: String = "record") -> Episode {
        Episode(
            name: name, channels: channels, samplingTime: 1, values: rows.flatMap { [Double($0), -Double($0), 0] })
    }

    private static func data(
        _ records: [Episode], _ task: BenchmarkTest.Task, test: [Episode] = [record(100_000..<100_100)]
    ) -> BenchmarkData {
        var log = LoadedLog(simulated: records[0])
        log.episodes = records
        return BenchmarkData(training: log, tests: [BenchmarkTest("end", test, task)])
    }

    private static let measures = [
        BenchmarkMeasure("m", metric: "NRMSE", unit: "", rule: .normalised(test: "end"))
    ]

    private static func numbers(_ episodes: [Episode]) -> [Double] { episodes.flatMap { $0.column(0) } }

    /// What is learned and what is held back are all of the training part, each row once, and nothing of the test.
    private static func expectDivided(_ divided: HeldBack, of data: BenchmarkData) {
        let (learned, held) = (numbers(divided.training.episodes), numbers(divided.test.episodes))
        #expect(Set(learned).isDisjoint(with: held))
        #expect((learned + held).sorted() == numbers(data.training.episodes).sorted())
        #expect(Set(learned + held).isDisjoint(with: numbers(data.tests.flatMap(\.episodes))))
        #expect(divided.test.task == data.tests[0].task)
    }

    @Test("Of few records the last fifth of each is held back")
    func few() throws {
        let data = Self.data([Self.record(0..<1000), Self.record(1000..<1500)], .record(initial: 20))
        let divided = try HeldBack(data, measures: Self.measures)
        Self.expectDivided(divided, of: data)
        #expect(divided.training.episodes.map(\.count) == [800, 400])
        #expect(Self.numbers(divided.test.episodes).first == 800)
        #expect(divided.measures.map(\.rule) == [.normalised(test: HeldBack.name)])
    }

    @Test("Of many records the last fifth is held back, whole")
    func many() throws {
        let records = (0..<12).map { Self.record(($0 * 100)..<($0 * 100 + 100)) }
        let data = Self.data(records, .ahead(history: 10, horizon: 20, every: 5))
        let divided = try HeldBack(data, measures: Self.measures)
        Self.expectDivided(divided, of: data)
        #expect(divided.training.episodes.count == 10 && divided.test.episodes.map(\.count) == [100, 100])
        #expect(Self.numbers(divided.test.episodes).first == 1000)
    }

    @Test("Of periodic records one level from the middle is held back, whatever --rows says")
    func levels() throws {
        let records = (0..<4).map { Self.record(($0 * 400)..<($0 * 400 + 400)) }
        let data = Self.data(records, .periodic(initial: 10, period: 100, dropped: 1))
        let divided = try HeldBack(data, measures: Self.measures, mostRows: 100)
        Self.expectDivided(divided, of: data)
        #expect(divided.training.episodes.count == 3)
        #expect(Self.numbers(divided.test.episodes) == (800..<1200).map(Double.init))
    }

    @Test("A limit of rows keeps those before what is held back")
    func limit() throws {
        let data = Self.data([Self.record(0..<5000)], .record(initial: 20))
        let divided = try HeldBack(data, measures: Self.measures, mostRows: 600)
        #expect(Self.numbers(divided.training.episodes) == (3400..<4000).map(Double.init))
        #expect(Self.numbers(divided.test.episodes) == (4000..<4300).map(Double.init))
    }

    @Test("Measures are of what is held back, each output once; ratios and counts are no errors")
    func measures() throws {
        let data = Self.data([Self.record(0..<1000)], .record(initial: 20))
        let wanted: [MeasureRule] = [
            .error(test: "end", output: 1), .error(test: "other", output: 1), .error(test: "end", output: 0),
            .ratio(test: "end", to: "other", output: 0), .won(test: "end"),
        ]
        let divided = try HeldBack(
            data, measures: wanted.map { BenchmarkMeasure("m", metric: "RMSE", unit: "V", rule: $0, reach: 1) })
        #expect(divided.measures.map(\.name) == ["z", "y"])
        #expect(
            divided.measures.map(\.rule) == [
                .error(test: HeldBack.name, output: 1), .error(test: HeldBack.name, output: 0),
            ])
        #expect(divided.measures.allSatisfy { $0.reach == nil })
    }

    @Test("Too few rows are refused")
    func short() {
        let data = Self.data([Self.record(0..<60)], .record(initial: 20))
        let error = #expect(throws: ForesightError.self) { try HeldBack(data, measures: Self.measures) }
        #expect(error?.code == .data && error?.message.contains("60 rows") == true)
    }
}

@Suite("Parts that an ablation leaves out")
struct AblationPartTests {
    @Test("Each part changes the settings, and no two the same way", arguments: AblationPart.all)
    func settings(part: AblationPart) throws {
        let changed = try TrainingSettings.load(overrides: part.settings)
        let baseline = try TrainingSettings.load(overrides: part.baseline.settings)
        #expect(changed != baseline)
        let others = try AblationPart.all.filter { $0 != part }.map {
            try TrainingSettings.load(overrides: $0.settings)
        }
        #expect(!others.contains(changed))
        // What is printed reads back, so that a run folder tells what was left out.
        #expect(try TrainingSettings.parse(yaml: changed.yaml(commented: true), source: "settings.yaml") == changed)
    }

    @Test("Names are known once, and baselines are trained with their parts alone")
    func names() throws {
        let all = AblationPart.all.map(\.name)
        #expect(Set(all).count == all.count && !all.contains("full"))
        #expect(try AblationPart.named([]) == AblationPart.all)
        let error = #expect(throws: ForesightError.self) { try AblationPart.named(["cubik"]) }
        #expect(error?.remedy.contains("did you mean 'cubic'?") == true)
        func trained(_ names: [String]) throws -> [String] {
            try AblationPart.withBaselines(AblationPart.named(names)).map(\.name)
        }
        #expect(try trained(["lead"]) == ["full", "lead"])
        #expect(try trained(["sigreg"]) == ["search", "sigreg"])
        #expect(try trained(["search", "lead", "sigreg"]) == ["full", "search", "lead", "sigreg"])
    }
}

@Suite("What an ablation says")
struct AblationFigureTests {
    private func result(_ set: String, _ values: [AblationPart: [Double]]) -> AblationSetResult {
        var result = AblationSetResult(set: set, metric: "NRMSE", unit: "", rows: (10, 5))
        for (part, values) in values {
            for (seed, value) in values.enumerated() {
                result.runs.append(
                    AblationRun(
                        part: part, seed: seed, values: [value], seconds: part == .full ? 2 : 1, structure: "",
                        leftOutError: 0.1))
            }
        }
        return result
    }

    @Test(
        "Worse and better are beyond the spread of seeds and a hundredth",
        arguments: [
            ([2.0, 2.1, 2.2], "worse"), ([0.5, 0.6, 0.7], "better"), ([1.1, 1.3, 0.95], "even"),
            ([1.0, 1.1, 1.2], "same"), ([1.205, 1.206, 1.207], "worse"), ([.infinity, .infinity, .infinity], "worse"),
        ])
    func verdict(values: [Double], verdict: String) throws {
        let part = try #require(AblationPart.named(["lead"]).first)
        let figure = try #require(result("s", [.full: [1.0, 1.1, 1.2], part: values]).figure(part))
        #expect(figure.verdict.rawValue == verdict)
        #expect(figure.timeRatio == 0.5)
    }

    @Test("A difference below a hundredth is none, and only seeds of both are compared")
    func small() throws {
        let part = try #require(AblationPart.named(["lead"]).first)
        #expect(result("s", [.full: [1, 1, 1], part: [1.005, 1.006, 1.007]]).figure(part)?.verdict == .even)
        let figure = try #require(result("s", [.full: [1, 4, 9], part: [2]]).figure(part))
        #expect(figure.baseline == [1] && figure.ratio == 2)
        #expect(result("s", [part: [2]]).figure(part) == nil)
    }

    @Test("The summary is the geometric mean over sets; one that runs away does not decide all")
    func summary() throws {
        let part = try #require(AblationPart.named(["lead"]).first)
        func summary(_ values: [[Double]]) throws -> AblationSummary {
            try #require(AblationSummary.all(values.map { result("s", [.full: [1, 1.01], part: $0]) }).first)
        }
        let mixed = try summary([[4.04, 4.0], [0.25, 0.2525]])
        #expect(abs(mixed.ratio - 1) < 0.01 && mixed.advice == .idle)
        #expect(mixed.count(.worse) == 1 && mixed.count(.better) == 1)
        #expect(try summary([[4, 4.04], [1, 1.01]]).advice == .helps)
        #expect(try summary([[0.5, 0.5], [1, 1.01]]).advice == .harms)
        let lost = try summary([[.infinity, .infinity], [1, 1.01]])
        #expect(abs(lost.ratio - 10) < 0.1 && lost.advice == .helps)
    }

    @Test(
        "Signed ranks are exact however few pairs differ, whatever ties there are",
        arguments: [
            ([1, 2, 3, 4, 5, 6], 2.0 / 64), ([-1, -2, -3, -4, -5, -6], 2.0 / 64), ([0, 0, 1, 2, 3], 2.0 / 8),
            ([1, 1, 1], 2.0 / 8), ([2, -1], 1), ([0, 0], 1), ([], 1), ([.infinity, .infinity, 3, 1], 2.0 / 16),
            // R's example of wilcox.test: 0.01953125 on one side.
            ([0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01], 2 * 0.01953125),
        ] as [([Double], Double)])
    func signedRanks(differences: [Double], p: Double) {
        #expect(abs(PartTests.signedRank(differences) - p) < 1e-12)
    }

    @Test("Holm's correction is that of R's p.adjust, and three seeds are separated by chance in one case of ten")
    func holm() {
        let corrected = PartTests.holm([0.01, 0.04, 0.03, 0.005])
        for (found, expected) in zip(corrected, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(found - expected) < 1e-12) }
        #expect(PartTests.holm([]).isEmpty && PartTests.holm([0.7, 0.9]) == [1, 1])
        #expect(abs(PartTests.separation(3) - 0.1) < 1e-12 && PartTests.separation(1) == 1)
        // More pairs than are counted out agree with the normal distribution.
        let many = (1...101).map { $0 % 3 == 0 ? -Double($0) : Double($0) }
        #expect(abs(PartTests.signedRank(many) - PartTests.signedRank(Array(many.dropLast()))) < 0.003)
    }

    @Test("Of parts that are looked at together, p-values are corrected for those that make a difference")
    func together() throws {
        // In the order of the list.
        let parts = try AblationPart.named(["cubic", "free", "lead"])
        let base = [1.0, 1.1, 1.2]
        let sets = (0..<3).map { index -> AblationSetResult in
            let grows = [2.0, 2.2, 2.5 + Double(index)]
            let mixed = index == 0 ? [0.9, 1.2, 1.1] : [1.1, 1.0, 1.3]
            return result("s\(index)", [.full: base, parts[0]: base, parts[1]: mixed, parts[2]: grows])
        }
        let summaries = AblationSummary.all(sets)
        #expect(summaries.map(\.part.name) == ["cubic", "free", "lead"])
        // Without lead all nine pairs grow: 2 of 512 choices of signs, for two parts that make a difference.
        #expect(abs(summaries[2].chance - 2.0 / 512) < 1e-12 && abs(summaries[2].corrected - 4.0 / 512) < 1e-12)
        #expect(summaries[1].chance > 0.05 && summaries[1].corrected == summaries[1].chance)
        #expect(summaries[0].chance == 1 && summaries[0].corrected == 1)
        let (comparisons, expected) = AblationSummary.byChance(summaries)
        #expect(comparisons == 6 && abs(expected - 0.6) < 1e-12)
        let json = AblationRecord.json(sets)
        #expect(json["comparisons"]?.int == 6 && json["parts"]?["cubic"]?["p_holm"]?.double == 1)
    }

    @Test("A reason with quotes stays in its field of the table")
    func quotes() {
        var set = result("s", [.full: [1]])
        set.runs[0].reason = "no \"y\" in it"
        #expect(AblationRecord.csv([set]).hasSuffix(",\"no \"\"y\"\" in it\"\n"))
    }

    @Test("Several measures make one figure, and a failed training is the worst")
    func value() {
        func run(_ values: [Double]) -> AblationRun {
            AblationRun(part: .full, seed: 0, values: values, seconds: 1, structure: "", leftOutError: 1)
        }
        #expect(abs(run([1, 4]).value - 2) < 1e-12)
        #expect(run([]).value == .infinity && run([1, .nan]).value == .infinity)
    }
}

@Suite("Parts left out on a plant that is known", .enabled(if: torchIsSetUp))
struct AblationRunTests {
    /// `y_{t+1} = 0.9 y_t + u_t³ / 4`, with noise: there is something for hidden units to learn.
    private static func record(_ rows: Int, seed: UInt64, role: ChannelRole = .action) -> Episode {
        let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: role)]
        var random = SeededGenerator(seed: seed)
        var (y, u, values) = (0.0, 0.0, [Double]())
        for row in 0..<rows {
            if row % 5 == 0 { u = random.uniform(in: -1.5...1.5) }
            values += [y + 0.01 * random.normal(), u]
            y = 0.9 * y + u * u * u / 4
        }
        return Episode(name: "record", channels: channels, samplingTime: 1, values: values)
    }

    private static func set(test: Episode, role: ChannelRole = .action) -> BenchmarkSet {
        BenchmarkSet(
            "made_up", folder: "", about: "",
            measures: [BenchmarkMeasure("made_up", metric: "NRMSE", unit: "", rule: .normalised(test: "end"))]
        ) { _ in
            BenchmarkData(
                training: LoadedLog(simulated: record(500, seed: 1, role: role)),
                tests: [BenchmarkTest("end", [test], .record(initial: 10))])
        }
    }

    private static func ablation(_ parts: [String]) throws -> Ablation {
        var ablation = Ablation(parts: try AblationPart.named(parts), seeds: [0])
        ablation.overrides = [
            "epochs=1", "steps_per_epoch=2", "batch=8", "members=2", "order=1", "window=4", "horizon=8", "lead=false",
            "free=0", "hidden=3", "activation=cubic", "search.span=horizon", "search.starts=1",
        ]
        return ablation
    }

    @Test(
        "Without hidden units a nonlinear plant is worse predicted, and the same test records or others do not matter")
    func nonlinear() throws {
        let ablation = try Self.ablation(["nonlinear", "search"])
        let first = try #require(ablation.results(of: [Self.set(test: Self.record(300, seed: 2))], in: "").first)
        let part = try #require(AblationPart.named(["nonlinear"]).first)
        let figure = try #require(first.figure(part))
        #expect(figure.ratio > 1.3, "\(figure.ratio)")
        #expect(first.runs.count == 3 && first.rows == (400, 100))
        #expect(first.runs(without: .full)[0].structure.contains("searched"))
        #expect(first.runs(without: .search)[0].structure.contains("by rule"))

        // Other test records, one of them no number: nothing of them is looked at.
        var broken = Self.record(300, seed: 9)
        for row in 0..<broken.count { broken[row, 0] = .nan }
        let second = try #require(ablation.results(of: [Self.set(test: broken)], in: "").first)
        #expect(second.runs.map(\.value) == first.runs.map(\.value))

        let json = AblationRecord.json([first])
        #expect(json["parts"]?["nonlinear"]?["worse"]?.int == 1)
        #expect(json["sets"]?["made_up"]?["parts"]?["search"]?["seeds"]?.array?.count == 1)
        #expect(AblationRecord.csv([first]).split(separator: "\n").count == 4)
    }

    @Test("What a set has no use for is not tried, and each result comes with all so far")
    func tasks() throws {
        var ablation = try Self.ablation(["inverse", "polish"])
        ablation.seeds = [0, 1]
        ablation.overrides.append("search.nonlinear=false")
        let told = Told()
        ablation.done = { task, run, results in
            told.add("\(task.part.name) \(task.seed)", results[0].runs.count, epochs: run.structure)
        }
        let set = Self.set(test: Self.record(100, seed: 2, role: .disturbance), role: .disturbance)
        _ = try ablation.results(of: [set], in: "") { #expect($0 == 4) }
        #expect(told.names == ["full 0", "polish 0", "full 1", "polish 1"] && told.counts == [1, 2, 3, 4])
        // Without a polish no epoch follows the search.
        #expect(told.structures[1].hasSuffix("epoch 0 of 0") && !told.structures[0].hasSuffix("of 0"))
    }

    @Test("What an earlier run has scored is not trained again, and stays beside what comes")
    func goesOn() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            var ablation = try Self.ablation(["polish"])
            ablation.overrides.append("search.nonlinear=false")
            ablation.archive = BenchmarkArchive(folder, words: "these settings")
            let set = Self.set(test: Self.record(100, seed: 2))
            #expect(!Ablation.isThere("made_up", in: folder))
            let found = try ablation.results(of: [set], in: "") { #expect($0 == 2) }
            let first = try #require(found.first)
            #expect(Ablation.isThere("made_up", in: folder) && !Ablation.isThere("made", in: folder))
            ablation.parts = try AblationPart.named(["margins"])
            let added = try ablation.results(of: [set], in: "") { #expect($0 == 1) }
            let more = try #require(added.first)
            #expect(more.runs.map(\.part.name) == ["full", "polish", "margins"])
            // Seconds are those of the first run as well.
            for (kept, known) in zip(more.runs, first.runs) {
                #expect(kept.value == known.value && kept.seconds == known.seconds && kept.structure == known.structure)
            }
            ablation.parts = []
            let all = try ablation.results(of: [set], in: "") { #expect($0 == 0) }
            #expect(all.map(\.runs.count) == [3])
        }
    }

    private final class Told: @unchecked Sendable {
        var (names, counts, structures): ([String], [Int], [String]) = ([], [], [])
        func add(_ name: String, _ count: Int, epochs: String) {
            names.append(name)
            counts.append(count)
            structures.append(epochs)
        }
    }
}
