import Basics
import Episodes
import Objectives
import Plants
import Testing

@testable import Planning

@Suite("Closed loop")
struct ClosedLoopTests {
    /// Two minutes of the heater lab towards one target, for debug builds.
    static var task: ControlTask {
        ControlTask(
            name: "warm up", plant: HeaterLab(), steps: 24,
            targets: [
                .init(output: 0, schedule: [.init(from: 0, 32)], scale: 5, band: 1.5, settlingTime: 180)
            ], moveWeight: 0.1, limits: [OutputLimit(output: 0, upper: 34)], warmUpSteps: 6, warmUpSpan: 0...0.2)
    }

    static func planning(_ task: ControlTask) throws -> PlanningTask {
        PlanningTask(
            goal: try Goal.parse(task.goal()), guardrails: try task.guardrails.map { try Guardrail.parse($0) },
            fallback: .action(task.plant.restAction))
    }

    static let solver = try? ImprovedCrossEntropy(population: 32, elites: 8, iterations: 5)

    @Test("with exact dynamics the target is held, no limit is crossed, and every seed can be replayed")
    func exact() throws {
        let loop = try ClosedLoop(Self.task, seeds: 1...3)
        let options = try PlannerOptions(horizon: 10, blocks: [1, 1, 2], noveltyLimit: nil)
        let solver = try #require(Self.solver)
        var seen: [UInt64] = []
        let clock = TickingClock(tick: 0.001)
        let report = try loop.runExact(try Self.planning(loop.task), options: options, solver: solver, clock: clock) {
            record, result, plans in
            seen.append(result.seed)
            #expect(record.actions.count == 24 * 2)
            #expect(plans.count == 24)
            #expect(plans[3]?.status == .certified)
        }
        #expect(seen == [1, 2, 3])
        #expect(report.success == 1)
        #expect(report.violations == 0 && report.violationSeconds == 0)
        #expect(report.certified == 72 && report.fallbacks == 0)
        #expect(report.decisions.count == 72)
        #expect(report.decisions.p50 > 0 && report.decisions.p50 <= report.decisions.max)
        let again = try loop.runExact(
            try Self.planning(loop.task), options: options, solver: solver, clock: TickingClock(tick: 0.001))
        #expect(again == report)
    }

    @Test("who holds the plant takes over from exact dynamics, too, where planning is refused")
    func heldExact() throws {
        var task = Self.task
        task.customary = [NamedController("held", ConstantController([30, 0]))]
        task.isHeldByCustomary = true
        let planning = PlanningTask(goal: try Goal.parse("T1 = 30"), guardrails: [try Guardrail.parse("T1 >= 90")])
        let options = try PlannerOptions(horizon: 4, noveltyLimit: nil)
        let report = try ClosedLoop(task, seeds: 1...1).runExact(
            planning, options: options, solver: try #require(Self.solver), clock: TickingClock(tick: 0.001)
        ) { record, result, _ in
            #expect(result.handedOver == task.steps)
            #expect(record.actions == (0..<task.steps).flatMap { _ in [30.0, 0] })
        }
        #expect(report.handedOver == task.steps)
    }

    /// Cannot decide where nothing is measured.
    private struct Heater: LoopAgent {
        func begin(seed: UInt64) {}
        func decide(_ situation: ControlSituation) throws -> LoopDecision {
            guard situation.observation.allSatisfy(\.isFinite) else { throw ForesightError.data("nothing measured") }
            return LoopDecision(action: [50, 50])
        }
    }

    @Test("a plant that is lost ends its episode and no other, and counts as beyond its limits")
    func lost() throws {
        // Heaters without mass: what nobody could build, and equations cannot say.
        var task = Self.task
        task.faults = [PlantFault(.change("mass", factor: 0), start: 3 * task.plant.samplingTime)]
        let report = try ClosedLoop(task, seeds: 2001...2002).run("heater", agent: Heater()) { record, _, _ in
            let beyond = task.isBeyondLimit(record)
            #expect(!record.outputs.allSatisfy(\.isFinite) && beyond.last == true)
        }
        #expect(report.episodes.map(\.score.violations) == [task.steps - 3, task.steps - 3])
        #expect(report.success == 0)
    }

    @Test("a PID runs on the same episodes, and the planner with exact dynamics costs less")
    func comparison() throws {
        let loop = try ClosedLoop(Self.task, seeds: 1...2)
        let pid = try loop.run(
            "pid", agent: ControllerAgent(loop.task.ruleTunedPID(), samplingTime: loop.task.plant.samplingTime))
        let options = try PlannerOptions(horizon: 10, blocks: [1, 1, 2], noveltyLimit: nil)
        let exact = try loop.runExact(
            try Self.planning(loop.task), options: options, solver: try #require(Self.solver))
        #expect(try #require(exact.costRatio(to: pid)) < 1)
        #expect(pid.certified == 0)
    }

    @Test("a plan is carried on for as many steps as it may be")
    func replanning() throws {
        let loop = try ClosedLoop(Self.task, seeds: 1...1)
        let options = try PlannerOptions(horizon: 10, blocks: [1, 1, 2], noveltyLimit: nil, commitment: 3)
        var plans: [Int: Plan] = [:]
        var actions: [Double] = []
        _ = try loop.runExact(
            try Self.planning(loop.task), options: options, solver: try #require(Self.solver), replanEvery: 3
        ) { record, _, made in
            plans = made
            actions = record.actions
        }
        #expect(plans.keys.sorted() == Array(stride(from: 0, to: 24, by: 3)))
        let plan = try #require(plans[6])
        for age in 0..<3 {
            for channel in 0..<2 {
                #expect(abs(actions[(6 + age) * 2 + channel] - plan.action(at: age)[channel]) < 1e-6)
            }
        }
    }

    @Test("a limit that is crossed already makes the loop fall back to the safe action")
    func fallback() throws {
        var task = Self.task
        task.limits = [OutputLimit(output: 0, upper: 15)]
        task.steps = 4
        let loop = try ClosedLoop(task, seeds: 1...1)
        let options = try PlannerOptions(horizon: 6, noveltyLimit: nil)
        var applied: [Double] = []
        let report = try loop.runExact(
            try Self.planning(task), options: options, solver: try #require(Self.solver)
        ) { record, _, _ in applied = record.actions }
        #expect(report.fallbacks == 4 && report.certified == 0)
        #expect(report.violations == 4)
        #expect(report.violationDepth > 1)
        #expect(report.violationSeconds == 4 * task.plant.samplingTime)
        #expect(applied == [Double](repeating: 0, count: 8))
    }

    @Test("an estimator is fed every row once, with the action that was in force before it", arguments: [1, 3])
    func estimator(replanEvery: Int) throws {
        let task = Self.task
        let loop = try ClosedLoop(task, seeds: 1...2)
        let journal = Journal()
        let planner = Planner(
            ExactDynamics(HeaterLab()), task: try Self.planning(task),
            options: try PlannerOptions(horizon: 4, noveltyLimit: nil, commitment: replanEvery),
            solver: try CrossEntropy(population: 3, elites: 2, iterations: 1))
        let agent = try PlannerAgent(
            planner, estimator: JournalEstimator(journal: journal), replanEvery: replanEvery)
        var logs: [[Double]] = []
        _ = try loop.run("learned", agent: agent) { record, _, _ in
            logs.append(record.log.values)
            let rows = journal.rows
            journal.rows = []
            // Warm-up rows and one per decision up to the last plan.
            #expect(rows.count == 6 + 24 - (replanEvery - 1))
            for (index, row) in rows.enumerated() {
                #expect(row.observation == Array(record.log.values[index * 4..<index * 4 + 2]))
                if index > 0 {
                    #expect(row.action == Array(record.log.values[index * 4 - 2..<index * 4]))
                }
            }
        }
        #expect(logs.count == 2 && logs[0] != logs[1])
    }

    @Test("percentiles are those of the nearest rank")
    func percentiles() {
        let summary = DurationSummary((1...100).map { Double($0) }.shuffledBySeed())
        #expect(summary.p50 == 50 && summary.p95 == 95 && summary.p99 == 99 && summary.max == 100)
        #expect(DurationSummary([]).max == 0)
        #expect(DurationSummary([7]).p50 == 7)
    }
}

final class Journal {
    var rows: [(observation: [Double], action: [Double])] = []
}

/// Writes down what it is fed and takes the last outputs for temperatures of heater and sensor alike.
struct JournalEstimator: StateEstimator {
    var journal: Journal
    var last: [Double] = []

    mutating func reset() { last = [] }

    mutating func update(observation: [Double], previousAction: [Double], disturbance: [Double]) {
        journal.rows.append((observation, previousAction))
        last = observation
    }

    func state() throws -> [Double] {
        guard !last.isEmpty else { throw ForesightError.data("no sample yet") }
        return [last[0], last[1], last[0], last[1]]
    }
}

extension [Double] {
    func shuffledBySeed() -> [Double] {
        var generator = SeededGenerator(seed: 3)
        return shuffled(using: &generator)
    }
}
