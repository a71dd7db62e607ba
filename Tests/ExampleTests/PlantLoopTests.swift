import Agents
import Basics
import Episodes
import Planning
import Plants
import Records
import Tensors
import Testing
import WorldModels
import _TestSupport

@Suite("A loop with a real plant")
struct PlantLoopTests {
    @Test("the planner and the loop on the page for services are those that are tested, line by line")
    func text() throws {
        let blocks = Repository.blocks("swift", of: try Repository.text("Documentation/service.md"))
        #expect(blocks.count == 2)
        #expect(blocks.first == (try Repository.text("Tests/ExampleTests/PlantPlanner.swift")))
        #expect(blocks.last == (try Repository.text("Tests/ExampleTests/PlantLoop.swift")))
    }

    /// Saves a model of the heater lab, hardly trained beyond its linear start.
    private func model(in folder: String) throws -> String {
        try Engine.load()
        var settings = TrainingSettings()
        settings.refine = false
        settings.hidden = .value(2)
        settings.epochs = 1
        settings.stepsPerEpoch = 1
        settings.batch = 4
        let lab = HeaterLab()
        let log = try LogSimulation(plant: lab, policy: ExplorationPolicy(.mixed, for: lab)).episode(hours: 1, seed: 1)
        let preparation = try TrainingPreparation([log], timing: (1, 10, 20), settings: settings)
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        _ = trainer.runEpoch()
        try trainer.restoreBest()
        try ModelFolder.save(preparation.finish(episodes: [log]), to: folder + "/model")
        return folder + "/model"
    }

    @Test("it decides at each sample, compares what it predicted, and keeps that for later", .enabled(if: torchIsSetUp))
    func run() throws {
        try withTemporaryFolder { folder in
            let model = try model(in: folder)
            let place = folder + "/predictions"
            for day in 1...2 {
                var loop = try PlantLoop(model: model, store: place)
                var plant = PlantSimulation(HeaterLab(), seed: UInt64(day))
                var applied = plant.action
                for step in 0..<6 {
                    let decision = try loop.decide(plant.observation, inForce: applied)
                    #expect(decision.plan != nil && decision.action.allSatisfy { (0...100).contains($0) })
                    #expect(decision.comparisons.isEmpty == (step == 0))
                    applied = plant.apply(decision.action)
                }
                loop.end()
                #expect(loop.coverages.first?.compared == 10 && loop.storeFault == nil)
            }
            let contents = try PredictionStore.read(place, model: ModelFolder.digest(of: model))
            #expect(contents.episodes.map(\.head.source) == ["heater 3", "heater 3"])
            for number in 1...2 {
                #expect(Set(contents.records.filter { $0.episode == number }.map(\.row)) == Set(1..<6))
            }
            var planner = try PlantPlanner(model: model)
            var plant = PlantSimulation(HeaterLab(), seed: 3)
            var applied = plant.action
            for _ in 0..<3 {
                let action = try planner.decide(plant.observation, inForce: applied)
                #expect(action.count == 2 && action.allSatisfy { (0...100).contains($0) })
                applied = plant.apply(action)
            }
        }
    }
}
