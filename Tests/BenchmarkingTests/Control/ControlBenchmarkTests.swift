import Basics
import Foundation
import Planning
import Plants
import Records
import Synchronization
import Testing
import _TestSupport

@testable import Benchmarking

@Suite("The scoreboard of control", .enabled(if: torchIsSetUp), .serialized)
struct ControlBenchmarkTests {
    /// A few steps of the heater lab with a model that has hardly learned.
    private static func plan() throws -> ControlProtocol {
        var plan = try ControlProtocol.named("heater-lab")
        plan.hours = 0.6
        plan.overrides = [
            "refine=false", "members=2", "free=1", "hidden=2", "order=1", "epochs=1", "steps_per_epoch=2", "batch=8",
            "window=4", "horizon=5",
        ]
        (plan.population, plan.elites, plan.iterations) = (8, 3, 3)
        (plan.episodes, plan.tuningEpisodes, plan.optimumEpisodes, plan.cloneSteps) = (2, 1, 1, 30)
        for index in plan.cases.indices {
            plan.cases[index].task.steps = 4
            plan.cases[index].task.warmUpSteps = 5
            // Trying all actions for a safe one takes long in a debug build.
            plan.cases[index].task.declaredSafeAction = [0, 0]
            // So does tuning loops.
            plan.cases[index].task.customary = [NamedController("held", ConstantController([40, 40]))]
        }
        return plan
    }

    /// Counts what is judged, by file.
    private final class Watch: Sendable {
        private let counts = Mutex<[ControlArchive.Key: Int]>([:])
        func note(_ phase: ControlBenchmark.Phase) {
            if case .judged(let key, _, _) = phase { counts.withLock { $0[key, default: 0] += 1 } }
        }
        var judged: [ControlArchive.Key: Int] { counts.withLock { $0 } }
    }

    private static func run(_ benchmark: ControlBenchmark, in folder: String) throws -> (Watch, ControlArchive) {
        let archive = ControlArchive(try RunFolder.create(at: folder, existing: .reused))
        let watch = Watch()
        var benchmark = benchmark
        benchmark.watch = { watch.note($0) }
        try benchmark.run(archive)
        return (watch, archive)
    }

    @Test("An episode that was judged is not judged again, and one that comes later is what it would have been at once")
    func resume() throws {
        try withTemporaryFolder { folder in
            var benchmark = ControlBenchmark([try Self.plan()])
            benchmark.rows = [.foresight, .penalties, .lagrangian, .baseline, .cloning]
            benchmark.workers = 1
            let (first, archive) = try Self.run(benchmark, in: folder + "/a")
            let judged = first.judged.values.reduce(0, +)
            #expect(judged == 14, "five rows and a moved one of two episodes, two optima")
            let (again, _) = try Self.run(benchmark, in: folder + "/a")
            #expect(again.judged.isEmpty)

            // The same models, one episode first, then the other.
            benchmark.known = folder + "/a"
            benchmark.rows = [.foresight, .lagrangian]
            benchmark.episodes = 1
            _ = try Self.run(benchmark, in: folder + "/b")
            benchmark.episodes = 2
            let (rest, parts) = try Self.run(benchmark, in: folder + "/b")
            let more = rest.judged.values.reduce(0, +)
            #expect(more == 3, "one more of two rows and of a moved one")
            let words = benchmark.plans[0].words("own")
            for row in [ControlRow.foresight, .lagrangian] {
                let key = ControlArchive.Key("heater-lab", "own", row, model: 0)
                let (whole, split) = (try archive.episodes(key, words: words), try parts.episodes(key, words: words))
                #expect(whole.map(\.seed) == [2001, 2002] && split.map(\.seed) == [2001, 2002])
                #expect(whole.map(\.actions) == split.map(\.actions))
                #expect(whole.map(\.score) == split.map(\.score))
            }

            // Another model is not judged as the first one.
            var elsewhere = benchmark
            elsewhere.plans[0].overrides.append("seed=7")
            elsewhere.known = nil
            (elsewhere.rows, elsewhere.episodes) = ([.foresight], 1)
            _ = try Self.run(elsewhere, in: folder + "/d")
            benchmark.known = folder + "/d"
            #expect {
                try Self.run(benchmark, in: folder + "/b").0
            } throws: { "\($0)".contains("by another model than the one that acts now") }
            // Nor is a clone that looks as far back as the first one.
            var clones = benchmark
            (clones.rows, clones.episodes) = ([.cloning], 2)
            #expect {
                try Self.run(clones, in: folder + "/a").0
            } throws: { "\($0)".contains("by another model than the one that acts now") }
            #expect(ControlRow.exact.dependsOnModel && !ControlRow.exact.usesModel)
            #expect(!ControlRow.baseline.dependsOnModel && !ControlRow.optimum.dependsOnModel)
            elsewhere.plans[0].overrides.append("seed=8")
            elsewhere.rows = [.baseline]
            #expect {
                try Self.run(elsewhere, in: folder + "/d").0
            } throws: { "\($0)".contains("under another protocol") }
            benchmark.known = folder + "/a"

            let result = try #require(try ControlBenchmark([try Self.plan()]).results(archive).first)
            #expect(result.rows.map(\.row) == [.foresight, .penalties, .lagrangian, .baseline, .cloning, .optimum])
            for row in result.rows where row.row != .optimum {
                #expect(row.episodes == 2 && row.gaps.count == 1 && row.decisions.count == 8)
            }
            // Nobody does better than the optimum without crossing a limit.
            for row in result.rows where row.violations == 0 {
                let least = row.gaps.min() ?? 0
                #expect(least > -1e-6)
            }
            #expect(abs(result.hours - 0.6) < 0.01)
            // What is told of a clone is of the one beside these models.
            #expect(result.clones.count == 1)
            (clones.rows, clones.episodes) = ([.baseline], 2)
            #expect(try clones.results(archive).first?.clones.isEmpty == true)
            // Fewer rows leave those of the same models on the scoreboard, where it is to have them.
            let few = try #require(try benchmark.results(archive).first)
            #expect(few.rows.map(\.row) == [.foresight, .lagrangian, .optimum])
            let kept = try #require(try benchmark.results(archive, keepsRows: true).first)
            #expect(kept.rows.map(\.row) == result.rows.map(\.row))
            #expect(kept.rows.map(\.cost) == result.rows.map(\.cost))
            let others = try #require(try clones.results(archive, keepsRows: true).first)
            #expect(others.rows.map(\.row) == [.baseline, .optimum])
            #expect(result.json["rows"]?["foresight"]?["cost"]?.double != nil)

            try Self.expectKept(archive, models: folder + "/nowhere")

            var other = benchmark
            other.plans[0].population = 10
            #expect {
                try Self.run(other, in: folder + "/b").0
            } throws: { "\($0)".contains("under another protocol") }
            other.known = folder + "/nowhere"
            #expect {
                try Self.run(other, in: folder + "/c").0
            } throws: { "\($0)".contains("nowhere/models/heater-lab-seed0 is not there") }
        }
    }

    /// A run of another plant keeps what is there of this one, under the same protocol alone.
    private static func expectKept(_ archive: ControlArchive, models: String) throws {
        var others = ControlBenchmark([try ControlProtocol.named("cstr")])
        // Neither the rows nor the models of the run are those that judged there.
        (others.rows, others.known) = ([.exact], models)
        let kept = others.kept([try plan(), try ControlProtocol.named("four-tank")], in: archive)
        #expect(kept.others.isEmpty)
        #expect(kept.results.map(\.title) == ["heater-lab", "heater-lab, moved"])
        #expect(
            kept.results[0].rows.map(\.row) == [.foresight, .penalties, .lagrangian, .baseline, .cloning, .optimum])
        #expect(kept.results[0].rows[0].episodes == 2 && kept.results[0].firstEpisode == 2001)
        #expect(kept.results[1].rows.map(\.row) == [.foresight, .optimum])
        var changed = try plan()
        changed.population = 10
        let strange = others.kept([changed], in: archive)
        #expect(strange.others == ["heater-lab"] && strange.results.isEmpty)
        others.firstEpisode = ControlProtocol.firstTuning
        #expect(others.kept([try plan()], in: archive).others == ["heater-lab"])
    }

    @Test("A plant that is lost counts as beyond its limits from there on, and has no cost")
    func lost() throws {
        // Heaters without mass: what nobody could build, and equations cannot say.
        var task = try ControlTask.named("heater-lab")
        task.faults = [PlantFault(.change("mass", factor: 0), start: 0)]
        let record = task.run(seed: 2001, controller: ConstantController([50, 50]))
        let episode = ControlEpisode(
            record, .init(seed: 2001, score: task.score(record), statuses: [], decisionSeconds: []), keepsOutputs: true)
        let isFinite = record.outputs.allSatisfy { $0.isFinite }
        #expect(!isFinite)
        #expect(episode.isLost && episode.score.violations == task.steps)
        #expect(episode.outputs == nil)
        let plan = try ControlProtocol.named("heater-lab")
        let summary = ControlSummary(.cloning, [[episode]], optimum: [2001: 0.3], plan: plan, task: task)
        #expect(summary.lost == 1 && summary.cost == .infinity && summary.gap == nil)
        #expect(summary.success?.value == 0 && summary.beyond.value == 1)
        // What is kept on disk is read again.
        let text = try JSONText.encode(episode)
        #expect(try JSONText.decode(ControlEpisode.self, from: text, source: "episode") == episode)
    }

    @Test("Episodes of one seed under two models count once, and no step beyond tells no interval")
    func seeds() throws {
        let task = try ControlTask.named("cstr-constrained")
        func episode(_ seed: UInt64, _ violations: Int) -> ControlEpisode {
            let record = task.run(seed: seed, controller: ConstantController([297]))
            var score = task.score(record)
            (score.violations, score.success) = (violations, violations == 0)
            return ControlEpisode(
                record, .init(seed: seed, score: score, statuses: [], decisionSeconds: []), keepsOutputs: false)
        }
        let plan = try ControlProtocol.named("cstr-constrained")
        func summary(_ groups: [[ControlEpisode]]) -> ControlSummary {
            ControlSummary(.foresight, groups, optimum: [:], plan: plan, task: task)
        }
        let one = (2001...2006).map { episode($0, $0 % 2 == 0 ? 3 : 0) }
        // The same episodes twice are no more certain than once.
        let (once, twice) = (summary([one]), summary([one, one]))
        #expect(once.beyond == twice.beyond && once.beyond.interval != nil)
        #expect(twice.success?.value == 0.5 && twice.success?.interval != once.success?.interval)
        let width = { (estimate: ControlSummary.Estimate?) in
            (estimate?.interval?.upperBound ?? 0) - (estimate?.interval?.lowerBound ?? 0)
        }
        #expect(width(twice.success) > 0.5)
        let none = summary([(2001...2003).map { episode($0, 0) }])
        #expect(none.beyond.value == 0 && none.beyond.interval == nil && none.success?.interval?.upperBound == 1)
    }

    @Test("Where costs decide, success is that of the episodes whose optimum is known, and none without any")
    func successByCost() throws {
        let (task, plan) = (try ControlTask.named("cstr"), try ControlProtocol.named("cstr"))
        #expect(plan.criterion == .cost(within: 0.05))
        let record = task.run(seed: 2001, controller: ConstantController([297]))
        let episodes = (2001...2004).map { seed -> ControlEpisode in
            var score = task.score(record)
            // Held bands would make all of them a success by another measure.
            (score.cost, score.violations, score.success) = (seed == 2001 ? 10 : 20, 0, true)
            return ControlEpisode(
                record, .init(seed: UInt64(seed), score: score, statuses: [], decisionSeconds: []), keepsOutputs: false)
        }
        func summary(_ optimum: [UInt64: Double]) -> ControlSummary {
            ControlSummary(.foresight, [episodes], optimum: optimum, plan: plan, task: task)
        }
        let some = summary([2001: 10, 2002: 10])
        #expect(some.success?.value == 0.5 && some.successEpisodes == 2 && some.episodes == 4)
        let none = summary([:])
        #expect(none.success == nil && none.successEpisodes == 0)
        let all = summary([2001: 10, 2002: 20, 2003: 20, 2004: 20])
        #expect(all.success?.value == 1 && all.successEpisodes == 4)
    }

    @Test("Ten times fewer steps beyond a limit are ten times fewer, and none are at least as many times fewer")
    func factors() throws {
        let task = try ControlTask.named("cstr-constrained")
        let plan = try ControlProtocol.named("cstr-constrained")
        let record = task.run(seed: 2001, controller: ConstantController([300]))
        func summary(_ row: ControlRow, _ violations: Int) -> ControlSummary {
            var episode = ControlEpisode(
                record, .init(seed: 2001, score: task.score(record), statuses: [], decisionSeconds: []),
                keepsOutputs: false)
            episode.score.violations = violations
            return ControlSummary(row, [[episode]], optimum: [:], plan: plan, task: task)
        }
        func result(_ own: Int, _ other: Int) -> ControlResult {
            ControlResult(
                plan: plan, name: "own", rows: [summary(.foresight, own), summary(.penalties, other)], first: [],
                tunings: [], clones: [], hours: 20, horizon: (10, 260))
        }
        let known = try #require(result(2, 20).factor(.penalties))
        #expect(known.value == 10 && !known.isAtLeast)
        let least = try #require(result(0, 20).factor(.penalties))
        #expect(least.value == 20 && least.isAtLeast)
        let none = result(0, 0).factor(.penalties)
        #expect(none == nil)
    }
}
