import Plants
import Testing

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
}
