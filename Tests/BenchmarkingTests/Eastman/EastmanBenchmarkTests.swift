import Basics
import Foundation
import Planning
import Plants
import Records
import Synchronization
import Testing
import _TestSupport

@testable import Benchmarking

@Suite("Tennessee Eastman for little money", .enabled(if: torchIsSetUp), .serialized)
struct EastmanBenchmarkTests {
    /// An hour with a model that has hardly learned.
    private static func plan() -> EastmanProtocol {
        var plan = EastmanProtocol()
        plan.hours = 6
        plan.hold = 0.2...0.5
        plan.overrides = [
            "stride=5", "refine=false", "members=2", "free=1", "hidden=2", "order=1", "epochs=1", "steps_per_epoch=2",
            "batch=8", "window=3", "horizon=6",
        ]
        plan.blocks = [1, 5]
        (plan.episodeHours, plan.onset, plan.faults) = (1, 0.5, [4])
        return plan
    }

    private static func run(_ plan: EastmanProtocol, in path: String) throws -> (made: Int, episodes: [EastmanEpisode])
    {
        let folder = try RunFolder.create(at: path, existing: .reused)
        let counter = Counter()
        var benchmark = EastmanBenchmark(plan)
        benchmark.workers = 1
        benchmark.watch = { if case .finished = $0 { counter.count() } }
        try benchmark.run(in: folder)
        return (counter.value, try benchmark.episodes(in: folder))
    }

    private final class Counter: Sendable {
        private let state = Mutex(0)
        func count() { state.withLock { $0 += 1 } }
        var value: Int { state.withLock { $0 } }
    }

    @Test("Both rows of a disturbance are run once, on the same noise, and another protocol is refused")
    func resume() throws {
        try withTemporaryFolder { folder in
            let first = try Self.run(Self.plan(), in: folder)
            #expect(first.made == 2)
            #expect(first.episodes.map(\.fault) == [4, 4])
            #expect(first.episodes.map(\.row) == [.foresight, .loops])
            for episode in first.episodes {
                #expect(episode.ranOn && episode.samples == 20 && episode.seed == 2001)
                #expect((150...190).contains(episode.cost) && abs(episode.product - 22.95) < 0.5)
                let decisions = episode.certified + episode.fallbacks + episode.refusals
                #expect(episode.row == .loops ? decisions == 0 : decisions >= 4)
                #expect(episode.reasons.values.reduce(0, +) == episode.fallbacks + episode.refusals)
            }
            // The loops' targets are those of the base case, whatever acts.
            let base = SupervisedTennesseeEastman().restAction
            #expect(first.episodes[1].trace.targets.allSatisfy { $0 == base })
            let second = try Self.run(Self.plan(), in: folder)
            #expect(second.made == 0 && second.episodes == first.episodes)
            var other = Self.plan()
            other.onset = 0.25
            #expect(throws: ForesightError.self) { try Self.run(other, in: folder) }
            // A model that is named is part of what an episode is judged under; loops have none.
            var named = EastmanBenchmark(Self.plan())
            named.known = folder + "/model"
            #expect(try named.words(.foresight) != named.plan.words(.foresight))
            #expect(try named.words(.loops) == named.plan.words(.loops))
            // A run of other disturbances keeps what is there, of the same kind and under the same protocol.
            func everything(_ change: (inout EastmanProtocol) -> Void) throws -> [EastmanEpisode] {
                var plan = Self.plan()
                change(&plan)
                return try EastmanBenchmark(plan).everything(in: try RunFolder.open(folder))
            }
            let (same, tuning) = (try everything { $0.faults = [5] }, try everything { $0.isTuning = true })
            #expect(same == first.episodes && tuning.isEmpty)
            let later = try everything { $0.onset = 0.25 }
            #expect(later.isEmpty)
            // A model that learned from another log is not judged as if it had learned from this one.
            try FileManager.default.removeItem(atPath: folder + "/episodes")
            var longer = Self.plan()
            longer.hours = 7
            #expect {
                try Self.run(longer, in: folder)
            } throws: { "\($0)".contains("training.json was made under another protocol") }
        }
    }

    @Test(
        "Without feed of A the loops' plant is down as long after the fault as in the published record, and counted until then"
    )
    func shutdown() throws {
        var plan = Self.plan()
        plan.onset = 0.1
        var task = try plan.task(under: 6)
        task.steps = 130
        let plant = try #require(task.plant as? SupervisedTennesseeEastman)
        var found: EastmanEpisode?
        _ = try ClosedLoop(task, seeds: [2001]).run(
            "loops",
            agent: ControllerAgent(ConstantController(plant.restAction), samplingTime: plant.samplingTime)
        ) { record, result, plans in
            found = EastmanEpisode(
                fault: 6, row: .loops, record, plans, result, plant: plant, task: task)
        }
        let episode = try #require(found)
        #expect(episode.shutdown == "reactorPressure")
        // 5.9 h after the fault, which comes after six minutes.
        #expect(abs(episode.hours - 6.0) < 0.3)
        #expect(episode.samples == Int((episode.hours * 20).rounded()) && episode.samples < 130)
        #expect(episode.beyond > 0 && episode.beyond < episode.samples && episode.lastDay == nil)
        #expect(episode.excesses.map(\.channel) == ["reactor_pressure"])
        #expect(episode.pressure > 2950 && episode.pressure <= 3000)
    }
}
