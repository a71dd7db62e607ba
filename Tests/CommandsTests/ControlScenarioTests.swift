import Agents
import Basics
import Planning
import Plants
import Testing
import _TestSupport

@testable import Commands

@Suite("What is run in closed loop")
struct ControlScenarioTests {
    @Test("Under a goal of the user's own a plant is still held as its own task holds it, at the user's sampling time")
    func heldPlant() throws {
        let car = try PlantCatalog.plant("vehicle", samplingTime: 0.1)
        let scenario = ControlScenario(
            plant: car, goal: "speed = 12", guardrails: ["always(grip <= 1)"], scales: [:], seconds: 10)
        let own = try #require(ControlTask.task(of: car))
        #expect(!own.customary.isEmpty && own.isHeldByCustomary)
        #expect(scenario.task.customary.map(\.name) == own.customary.map(\.name))
        #expect(scenario.task.isHeldByCustomary && scenario.task.warmUpSteps == own.warmUpSteps)
        #expect(scenario.task.plant.samplingTime == 0.1 && scenario.task.steps == 100)
        #expect(own.plant.samplingTime == 0.1)
    }

    @Test("A patient keeps the meals and their announcement under a goal of the user's own")
    func patient() throws {
        let plant = try PlantCatalog.plant("patient-adult-1", samplingTime: nil)
        let scenario = ControlScenario(
            plant: plant, goal: "glucose = 120", guardrails: [], scales: [:], seconds: 3600)
        let own = try #require(ControlTask.task(of: plant))
        #expect(scenario.task.announcementLead == own.announcementLead)
        #expect(scenario.task.customary.map(\.name) == own.customary.map(\.name))
        #expect(!scenario.isOwnTask && scenario.safeAction == plant.restAction)
    }

    /// Twenty minutes of the heater lab at a constant power, judged by words.
    private func score(_ goal: String, _ guardrails: [String], power: Double) throws -> ControlScore {
        let scenario = ControlScenario(
            plant: HeaterLab(), goal: goal, guardrails: guardrails, scales: ["T1": 10, "T2": 10], seconds: 1200)
        return try scenario.score(scenario.task.run(seed: 1, controller: ConstantController([power, power])))
    }

    @Test(
        "What has to come about, and a share of the time, are no violations in the steps before, and one where they fail"
    )
    func comesAbout() throws {
        for guardrail in [
            "eventually[0, 1200](T1 >= 38)", "share(T1 >= 38) >= 40 %", "T1 <= 90 and eventually[0, 1200](T1 >= 38)",
            "always[0, 60](T1 <= 90) or always[600, 700](T1 <= 10)",
        ] {
            let kept = try score("minimize(T1)", [guardrail], power: 60)
            #expect(kept.violations == 0 && kept.violationDepth == 0 && kept.success, "\(guardrail): \(kept)")
        }
        for guardrail in ["eventually[0, 600](T1 >= 89)", "share(T1 >= 38) >= 99 %"] {
            let failed = try score("minimize(T1)", [guardrail], power: 60)
            #expect(failed.violations == 1 && failed.violationDepth > 0 && !failed.success, "\(guardrail): \(failed)")
        }
        let limit = try score("minimize(T1)", ["always(T1 <= 38)"], power: 60)
        #expect(limit.violations > 20 && !limit.success)
    }

    @Test(
        "Loops are tuned without faults and within the limits that guardrails set at all times, which score no second time"
    )
    func tuning() throws {
        let guardrails = [
            "always(T1 <= 50)", "20 <= T1 <= 60 and T2 >= 25", "always[60, 90](T2 <= 30)", "share(T2 <= 40) >= 95 %",
            "always(Q1 <= 80)", "T1 <= 40 or T2 <= 40",
        ]
        var scenario = ControlScenario(
            plant: HeaterLab(), goal: "T1 = 45", guardrails: guardrails, scales: ["T1": 10], seconds: 60)
        scenario.task.faults = [PlantFault(.stuck("T1"), start: 30)]
        let tuning = scenario.tuningTask
        #expect(tuning.faults.isEmpty && tuning.targets == scenario.task.targets)
        #expect(tuning.limits == [OutputLimit(output: 0, lower: 20, upper: 50), OutputLimit(output: 1, lower: 25)])
        #expect(scenario.task.limits.isEmpty && scenario.task.faults.count == 1)
        // The plant's own task has its own limits.
        let own = ControlScenario(task: try ControlTask.named("heater-lab"), scales: [:]).tuningTask
        #expect(try own.limits == ControlTask.named("heater-lab").limits && !own.limits.isEmpty)
    }

    @Test(
        "With exact dynamics actions are held for as long as with the model, and the declared safe action is the same")
    func exact() throws {
        let scenario = ControlScenario(
            plant: HeaterLab(), goal: "T1 = 45", guardrails: [], scales: ["T1": 10], seconds: 60)
        var request = PlanRequest(goal: "T1 = 45")
        request.blocks = [1, 2, Int.max]
        let period = scenario.task.plant.samplingTime
        func study() -> ControlStudy { ControlStudy(scenario: scenario, seeds: [1], request: request) }
        let options = try study().exactOptions(horizon: 40 * period, stepTime: 4 * period)
        #expect(options.horizon == 40 && options.blocks == [4, 8, 160])
        #expect(try study().exactOptions(horizon: 40 * period, stepTime: period).blocks == [1, 2, 40])
        func fallback() throws -> [Double]? {
            guard case .action(let action) = try study().exactPlanning().fallback else { return nil }
            return action
        }
        #expect(try fallback() == scenario.safeAction)
        request.safeAction = ["Q1": 20, "Q2": 30]
        #expect(try fallback() == [20, 30])
        request.safeAction = ["Q1": 20]
        #expect(throws: ForesightError.self) { try fallback() }
    }

    @Test("A loop tells where plans know nothing of what earlier instants asked, and not where it remembers that")
    func countingAnew() throws {
        func warnings(_ guardrail: String) throws -> Set<String> {
            let scenario = ControlScenario(
                plant: HeaterLab(), goal: "T1 = 45", guardrails: [guardrail], scales: ["T1": 10], seconds: 30)
            let study = ControlStudy(scenario: scenario, seeds: [1], request: PlanRequest(goal: "T1 = 45"))
            return try study.runExact(horizon: 30, stepTime: 10).warnings
        }
        let told = try warnings("always(T1 > 90 implies eventually[0, 10](always[0, 10](T1 <= 45)))")
        #expect(told.contains { $0.contains("each plan counts anew") })
        #expect(try warnings("always(T1 > 90 implies eventually[0, 10](T1 <= 45))").isEmpty)
    }

    @Test("Of several targets of one output all are judged, each in its times")
    func severalTargets() throws {
        // Without power the first heater stays near the room's 23 °C.
        for goal in [
            "18 <= T1 <= 28 at [10 min, 11 min]; T1 = 45 at [15 min, 16 min]",
            "T1 = 45 at [15 min, 16 min]; 18 <= T1 <= 28 at [10 min, 11 min]",
        ] {
            let half = try score(goal, [], power: 0)
            #expect(half.held == 0.5 && !half.success, "\(goal): \(half)")
        }
        for goal in ["18 <= T1 <= 28 at [10 min, 11 min]; T1 = 45", "18 <= T1 <= 28; T1 = 45"] {
            let never = try score(goal, [], power: 0)
            #expect(never.held == 0 && !never.success, "\(goal): \(never)")
        }
        for goal in [
            "18 <= T1 <= 28 at [10 min, 11 min]; 18 <= T1 <= 29 at [15 min, 16 min]", "18 <= T1 <= 28; 18 <= T1 <= 29",
        ] {
            let both = try score(goal, [], power: 0)
            #expect(both.held == 1 && both.success, "\(goal): \(both)")
        }
        // Loops track the one that stands at all times.
        let scenario = ControlScenario(
            plant: HeaterLab(), goal: "T1 = 40 at [1 min, 2 min]; T1 = 45", guardrails: [], scales: ["T1": 10],
            seconds: 1200)
        #expect(scenario.task.targets.map { $0.schedule.map(\.value) } == [[45]])
    }

    @Test("What is asked of an action is judged as what is asked of an output")
    func actionTargets() throws {
        for (goal, held) in [
            ("Q1 = 60", 1), ("Q1 = 50", 0), ("Q1 = 50 at [10 min, 11 min]; Q2 = 60 at [15 min, 16 min]", 0.5),
            ("Q1 = steps(0: 50, 5 min: 60)", 1), ("Q1 = steps(0: 60, 5 min: 50)", 0), ("55 <= Q2 <= 65", 1),
            ("55 <= Q2 <= 65; T1 = 90", 0), ("0.1 * smooth(Q1)", 1),
        ] as [(String, Double)] {
            let result = try score(goal, [], power: 60)
            #expect(abs(result.held - held) < 0.02 && result.success == (held == 1), "\(goal): \(result)")
        }
    }

    @Test("Each value of a target is due from its own time to that of the next")
    func dueSteps() {
        func steps(_ times: ClosedRange<Double>?, _ from: [Double]) -> [ClosedRange<Int>] {
            DueTarget.all(
                of: from.map { .init(from: $0, range: 40...40, times: times) }, channel: 0, width: 10, samplingTime: 20,
                seconds: 400
            ).map(\.steps)
        }
        #expect(steps(60...140, [0]) == [3...7])
        #expect(steps(60...140, [0, 100]) == [3...4, 5...7])
        #expect(steps(100...100, [0, 100]) == [5...5] && steps(99...99, [0, 100]) == [5...5])
        #expect(steps(300...Double.infinity, [0]) == [15...20] && steps(401...500, [0]).isEmpty)
        #expect(steps(nil, [0]) == [11...20])
        #expect(steps(nil, [0, 100]) == [16...20])
    }

    @Test("A page speaks of guardrails where there are any")
    func asked() {
        func blocks(_ guardrails: [String]) -> Int {
            ControlPage.asked(
                ControlScenario(plant: HeaterLab(), goal: "T1 = 45", guardrails: guardrails, scales: [:], seconds: 60)
            ).count
        }
        #expect(blocks([]) == 1 && blocks(["T1 <= 50"]) == 2)
    }

    @Test("Logs of an earlier run go, and nothing that is not called after a seed")
    func formerLogs() throws {
        try withTemporaryFolder { folder in
            for name in ["1.csv", "2.csv", "30.csv", "007.csv", "+4.csv", "notes.csv", "5.txt", "channels.yaml"] {
                try AtomicFile.write(name, to: "\(folder)/\(name)")
            }
            try Folder.create(folder + "/8.csv")
            try ControlCommand.removeLogs(in: folder, except: [1, 3])
            #expect(
                Set(Folder.names(in: folder))
                    == ["1.csv", "007.csv", "+4.csv", "notes.csv", "5.txt", "channels.yaml", "8.csv"])
        }
    }

    @Test("Targets are those of the goal: steps in minutes, times that it names, and nothing of a difference")
    func targets() throws {
        func targets(_ goal: String) -> [ControlTask.Target] {
            ControlScenario(
                plant: HeaterLab(), goal: goal, guardrails: [], scales: ["T1": 10, "T2": 10], seconds: 1200
            ).task.targets
        }
        #expect(targets("T1 = steps(0: 40, 5 min: 45)").first?.schedule.map(\.start) == [0, 300])
        #expect(targets("T1 = steps(0: 40, 5 min: 45)").first?.schedule.map(\.value) == [40, 45])
        #expect(targets("T1 - T2 = 5").isEmpty && targets("2 * T1 = 90").isEmpty)
        // At 60 % the first heater passes 38 °C within the first minutes, and does not stay.
        let warm = try score("T1 -> 20 at 600 s", [], power: 60)
        #expect(warm.held == 0 && !warm.success)
        let cold = try score("T1 -> 23 at 600 s", [], power: 0)
        #expect(cold.held == 1 && cold.success, "\(cold)")
    }
}
