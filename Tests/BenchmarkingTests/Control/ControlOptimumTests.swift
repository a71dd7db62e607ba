import Basics
import Planning
import Plants
import Records
import Synchronization
import Testing
import _TestSupport

@testable import Benchmarking

@Suite("The least cost of an episode on the scoreboard of control")
struct ControlOptimumTests {
    @Test("An optimum that a row underbids is searched again, any other stays as it is")
    func again() throws {
        var plan = try ControlProtocol.named("heater-lab")
        (plan.episodes, plan.optimumEpisodes) = (1, 1)
        for index in plan.cases.indices {
            (plan.cases[index].task.steps, plan.cases[index].task.warmUpSteps) = (4, 5)
        }
        var benchmark = ControlBenchmark([plan])
        benchmark.rows = [.baseline]
        let searched = Mutex(0)
        benchmark.watch = { if case .judged = $0 { searched.withLock { $0 += 1 } } }
        let (board, own) = (benchmark, plan.cases[0])
        try withTemporaryFolder { path in
            let archive = ControlArchive(try RunFolder.create(at: path + "/run"))
            let words = plan.words(own.name)
            let record = own.task.run(seed: 2001, controller: ConstantController([40, 40]))
            let row = ControlEpisode(
                record, .init(seed: 2001, score: own.task.score(record), statuses: [], decisionSeconds: []),
                keepsOutputs: false)
            try archive.save([row], .init(plan.plant, own.name, .baseline, model: 0), words: words)
            let key = ControlArchive.Key(plan.plant, own.name, .optimum, model: 0)
            func solved() throws -> [ControlEpisode] {
                try board.solve(plan, own, archive)
                return try archive.episodes(key, words: words)
            }
            // What is put in place of the optimum, and what is there behind another search.
            func resolved(_ cost: Double, _ violations: Int = 0) throws -> (ControlEpisode, [ControlEpisode]) {
                var other = row
                other.score.cost *= cost
                other.score.violations += violations
                try archive.save([other], key, words: words)
                return (other, try solved())
            }
            func searches() -> Int { searched.withLock { $0 } }
            let optimum = try solved()
            #expect(optimum.count == 1 && optimum[0].score.cost < row.score.cost)
            #expect(searches() == 1)
            // The first search knew a worse row alone.
            let (_, better) = try resolved(2)
            #expect(better == optimum && searches() == 2)
            // Nor does a row that is as good, or crosses limits more often, say that there is less.
            let (even, stays) = try resolved(1)
            #expect(stays == [even])
            let (clean, remains) = try resolved(2, -1)
            #expect(remains == [clean] && searches() == 2)
        }
    }
}
