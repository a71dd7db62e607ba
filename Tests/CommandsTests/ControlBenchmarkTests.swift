import Basics
import Planning
import Plants
import Records
import Reports
import Testing
import _TestSupport

@testable import Benchmarking
@testable import Commands

@Suite("benchmark control")
struct ControlBenchmarkCommandTests {
    @Test("The list has every plant with its log, its episodes and what is moved")
    func list() throws {
        let run = try ForesightProcess(["benchmark", "control", "--list"])
        #expect(run.status == 0 && run.complaint.isEmpty)
        for name in ["heater-lab", "four-tank", "cstr-constrained", "vehicle", "tennessee-eastman"] {
            #expect(run.output.contains(name))
        }
        let plants = try #require(
            try JSONParser.parse(
                try ForesightProcess(["benchmark", "control", "--list", "--plants", "cstr,four-tank", "--json"]).output
            ).array)
        #expect(plants.map { $0["plant"]?.string } == ["cstr", "four-tank"])
        #expect(plants[0]["steps"]?.int == 120 && plants[0]["episodes"]?.int == 50)
    }

    @Test("Where no optimum is searched, a reason stands behind it") func noOptimum() throws {
        for name in ControlProtocol.names {
            var plan = try ControlProtocol.named(name)
            let reason = plan.optimumEpisodes == 0 ? plan.noOptimum : "--optima is 0"
            #expect(!reason.isEmpty, "\(name) says why")
            plan.optimumEpisodes = 0
            #expect(ControlBenchmarkText.noOptimum(plan) == "no optimum is searched here: \(reason)")
        }
    }

    @Test("Figures of episodes to tune by are marked as such, on the page and in words") func tuning() throws {
        let plan = try ControlProtocol.named("heater-lab")
        let task = plan.cases[0].task
        let record = task.run(seed: 1001, controller: ConstantController([40, 40]))
        let episode = ControlEpisode(
            record, .init(seed: 1001, score: task.score(record), statuses: [], decisionSeconds: [0.001, 0.002]),
            keepsOutputs: false)
        func result(_ first: UInt64) -> ControlResult {
            ControlResult(
                plan: plan, name: ControlProtocol.own,
                rows: [ControlSummary(.foresight, [[episode]], optimum: [:], plan: plan, task: task)],
                first: [], tunings: [], clones: [], hours: 8, horizon: (10, 100), firstEpisode: first)
        }
        let (chosen, reported) = (result(1001), result(2001))
        #expect(chosen.json["first_episode"] == .unsigned(1001) && reported.json["first_episode"] == .unsigned(2001))
        #expect(
            ControlBenchmarkText.remarks(chosen).first?.hasPrefix("episodes to tune by: seeds from 1001 on") == true)
        #expect(ControlBenchmarkText.remarks(reported).allSatisfy { !$0.contains("tune by") })
        let pages = [chosen, reported].map { ControlBenchmarkPage.page([$0], started: "").html }
        #expect(pages[0].contains("Episodes to tune by") && !pages[0].contains("none of which was met before"))
        #expect(!pages[1].contains("Episodes to tune by") && pages[1].contains("none of which was met before"))
    }

    @Test("The page says how many tasks keep the promise by the upper end of the interval as well")
    func promise() throws {
        let plan = try ControlProtocol.named("cstr-constrained")
        let task = plan.cases[0].task
        let record = task.run(seed: 2001, controller: ConstantController([297]))
        func result(_ violations: [Int]) -> ControlResult { Self.result(violations, record, plan, task) }
        let promised = task.limitShare ?? ControlBenchmarkPage.promise
        // All steps of one of many episodes: on average within the promise, and by chance not.
        let often = result([task.steps] + Array(repeating: 0, count: Int(1 / promised)))
        let beyond = try #require(often.row(.foresight)?.beyond)
        let upper = try #require(beyond.interval?.upperBound)
        #expect(beyond.value < promised && upper > promised)
        let page = ControlBenchmarkPage.page([often, result([0, 0]), result([task.steps])], started: "").html
        #expect(page.contains("2 of 3") && page.contains("1 also with the upper end of the interval"))
    }

    /// What Foresight would come to in episodes with so many steps beyond a limit each, all alike otherwise.
    private static func result(
        _ violations: [Int], _ record: ControlRecord, _ plan: ControlProtocol, _ task: ControlTask
    ) -> ControlResult {
        let episodes = violations.enumerated().map { index, count -> ControlEpisode in
            var score = task.score(record)
            score.violations = count
            return ControlEpisode(
                record,
                .init(seed: 2001 + UInt64(index), score: score, statuses: [], decisionSeconds: [0.001, 0.002]),
                keepsOutputs: false)
        }
        return ControlResult(
            plan: plan, name: ControlProtocol.own,
            rows: [ControlSummary(.foresight, [episodes], optimum: [:], plan: plan, task: task)],
            first: [], tunings: [], clones: [], hours: 20, horizon: (10, 260))
    }

    @Test("Where intervals are of few episodes it is said that they are too narrow") func narrow() throws {
        let plan = try ControlProtocol.named("cstr-constrained")
        let task = plan.cases[0].task
        let record = task.run(seed: 2001, controller: ConstantController([297]))
        func result(_ count: Int, _ violations: Int = 3) -> ControlResult {
            Self.result([violations] + Array(repeating: 0, count: count - 1), record, plan, task)
        }
        #expect(result(5).fewEpisodes == 5 && result(10).fewEpisodes == nil)
        // One episode, and none with a step beyond, have no such interval.
        #expect(result(1).fewEpisodes == nil && result(5, 0).fewEpisodes == nil)
        #expect(result(5).json["rows"]?["foresight"]?["episodes_of_bootstrap"]?.int == 5)
        let words = ControlBenchmarkText.narrow(5)
        #expect(ControlBenchmarkText.remarks(result(5)).contains(words))
        #expect(!ControlBenchmarkText.remarks(result(12)).contains { $0.contains("too narrow") })
        #expect(ControlBenchmarkPage.page([result(5)], started: "").html.contains("are over 5 episodes here"))
    }

    @Test(
        "A command that is refused leaves the account of the run as it was",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func refusedInFolder() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            try Provenance(command: ["foresight", "benchmark", "control"], seeds: [:]).save(in: folder)
            _ = try folder.subfolder("episodes")
            try folder.write("{\"digest\":\"another\",\"content\":[]}\n", to: "episodes/cstr-own-baseline-seed0.json")
            let before = try InputFile.text(folder.file(Provenance.fileName))
            let run = try ForesightProcess(
                ["benchmark", "control", "--plants", "cstr", "--rows", "baseline", "--out", "run"], in: path)
            #expect(run.status == 64 && run.complaint.last?.contains("under another protocol") == true)
            #expect(try InputFile.text(folder.file(Provenance.fileName)) == before)
            #expect(Folder.names(in: folder.path) == ["episodes", Provenance.fileName])
        }
    }

    @Test("Results stand in the order of the catalogue, and keep what was written of plants that cannot be read now")
    func kept() throws {
        func result(_ plant: String) throws -> ControlResult {
            let plan = try ControlProtocol.named(plant)
            let task = plan.cases[0].task
            let record = task.run(seed: 2001, controller: ConstantController(task.plant.restAction))
            let episode = ControlEpisode(
                record, .init(seed: 2001, score: task.score(record), statuses: [], decisionSeconds: [0.001, 0.002]),
                keepsOutputs: false)
            return ControlResult(
                plan: plan, name: ControlProtocol.own,
                rows: [ControlSummary(.foresight, [[episode]], optimum: [:], plan: plan, task: task)],
                first: [], tunings: [], clones: [], hours: 8, horizon: (10, 100))
        }
        let results = try ["cstr", "heater-lab"].map(result)
        let ordered = ControlProtocol.inOrder(results, by: \.plan.plant)
        #expect(ordered.map(\.title) == ["heater-lab", "cstr"])
        let former: [JSONValue] = [
            ["plant": "four-tank", "case": "own"], ["plant": "four-tank", "case": "moved"],
            ["plant": "heater-switches"],
        ]
        let entries = ControlBenchmarkText.json(results, former: former)["results"]?.array ?? []
        #expect(
            entries.compactMap { $0["plant"]?.string }
                == ["heater-lab", "heater-switches", "four-tank", "four-tank", "cstr"])
        #expect(entries.compactMap { $0["case"]?.string } == ["own", "own", "moved", "own"])
        let page = ControlBenchmarkPage.page(ordered, others: ["four-tank"], started: "").html
        #expect(page.contains("Other plants in the folder") && page.contains("Of four-tank the folder holds"))
        #expect(!ControlBenchmarkPage.page(ordered, started: "").html.contains("Other plants in the folder"))
    }

    @Test(
        "What does not fit is one line that says what to do",
        arguments: [
            (["--plants", "cstrs"], ["cstrs is no plant of this benchmark", "did you mean cstr?"]),
            (["--plants", "cstr", "--rows", "penalty"], ["no row is called penalty", "did you mean penalties?"]),
            (["--plants", "cstr", "--rows", "optimum"], ["no row is called optimum"]),
            (["--first-episode", "18446744073709551615"], ["leaves no seeds", "choose a smaller number"]),
            (
                ["--plants", "cstr", "--first-episode", "1960"],
                ["50 episodes of cstr from 1960 on", "--episodes of at most 41", "--first-episode of at least 2001"]
            ),
            (["--plants", "cstr", "--episodes", "0"], ["--episodes 0 is not 1 to 10000"]),
            (["--plants", "cstr", "--seeds", "1001"], ["--seeds 1001 is not 1 to 1000"]),
            (["--plants", "cstr", "--hours", "0"], ["--hours 0.0 is not above 0 and at most 10000"]),
            (["--plants", "cstr", "hroizon=18"], ["hroizon", "did you mean 'horizon'?"]),
            (["--plants", "cstr", "--rows", "exact", "batsh=2"], ["batsh", "did you mean 'batch'?"]),
            (["cstr"], ["'cstr' is not a setting", "--plants"]),
            (["--plants", "cstr", "--jobs", "1", "epohcs=3"], ["epohcs", "did you mean 'epochs'?"]),
        ])
    func refusals(arguments: [String], words: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["benchmark", "control"] + arguments, in: folder)
            #expect(run.status == 64, "\(run.complaint)")
            for word in words { #expect(run.complaint.joined().contains(word), "\(run.complaint)") }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }
}
