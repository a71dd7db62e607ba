import Basics
import Episodes
import Foundation
import Planning
import Plants
import Testing
import WorldModels
import _TestSupport

@testable import Agents

@Suite("Plans of switched actions with a learned model")
struct SwitchedRequestTests {
    private static func request() -> PlanRequest {
        var request = PlanRequest(goal: "T1 = 40; T2 = 30", guardrails: ["always(T1 <= 60)"])
        request.safeAction = ["Q1": 0, "Q2": 20]
        request.values = ["Q1": [0, 50, 100]]
        request.dwell = ["Q1": 30]
        return request
    }

    @Test("The plan takes the values, keeps the dwell, and is certified as ever", arguments: ["icem", "beam", "mppi"])
    func plan(solver: String) throws {
        let model = try TinyModel.make(isBent: false)
        var request = Self.request()
        request.solver = solver
        request.explores = true
        var estimator = HistoryEstimator(model)
        try estimator.read(TinyModel.log(seed: 9), upTo: 60)
        var planner = try request.planner(for: model)
        var start = estimator.start()
        start.previousActions[0] = 50
        start.held = [10, .infinity]
        let plan = try planner.decide(from: try estimator.state(), start: start)
        #expect(plan.certificate.search.solver == solver)
        let values = plan.actions[0].values
        #expect(values.allSatisfy { [0, 50, 100].contains($0) })
        // Ten of thirty seconds have passed: two steps are left of the value in force.
        #expect(values.prefix(2).allSatisfy { $0 == 50 })
        var last = -2
        for step in values.indices where values[step] != (step == 0 ? 50 : values[step - 1]) {
            #expect(last < 0 || step - last >= 3)
            last = step
        }
        // Beam search looks for values, and leaves the others at what it began with.
        #expect(Set(plan.actions[1].values).count > (solver == "beam" ? 1 : 3))
    }

    @Test("A safe action that is none of the values, and values of no action, are refused with the list")
    func refused() throws {
        let model = try TinyModel.make(members: 1)
        var request = Self.request()
        request.safeAction = ["Q1": 20, "Q2": 20]
        let safe = try #require(throws: ForesightError.self) { _ = try request.planner(for: model) }
        #expect(safe.code == .usage && safe.message.contains("Q1 = 20.0 is none of its values 0, 50, 100"))
        request = Self.request()
        request.values = ["Q3": [0, 1]]
        let name = try #require(throws: ForesightError.self) { _ = try request.planner(for: model) }
        #expect(name.message.contains("'Q3'") && name.remedy.contains("Q1"))
        request.values = ["Q1": [0, 120]]
        let beyond = try #require(throws: ForesightError.self) { _ = try request.planner(for: model) }
        #expect(beyond.message.contains("Q1 = 120.0 is outside its limits"))
    }

    @Test("Values and dwell are kept in the model folder")
    func kept() throws {
        var log = TinyModel.log()
        log.channels[2].values = [0, 100]
        log.channels[2].dwell = 40
        var settings = TrainingSettings()
        settings.members = .value(1)
        settings.free = .value(2)
        settings.hidden = .value(4)
        settings.order = .value(1)
        settings.epochs = 1
        settings.refine = false
        let preparation = try TrainingPreparation([log], timing: (1, 6, 12), settings: settings)
        try withTemporaryFolder { folder in
            try ModelFolder.save(preparation.finish(episodes: [log]), to: folder + "/model")
            let actions = try LearnedDynamics(try ModelFolder.load(folder + "/model")).actionChannels
            #expect(actions[0].values == [0, 100] && actions[0].dwell == 40)
            #expect(actions[1].values == nil && actions[1].dwell == nil)
            let sheet = try InputFile.text(folder + "/model/model.yaml")
            try AtomicFile.write(
                sheet.replacing("values: [0, 100]", with: "values: [0, 900]"), to: folder + "/model/model.yaml")
            let error = try #require(throws: ForesightError.self) {
                _ = try ModelFolder.description(of: folder + "/model")
            }
            #expect(error.message.contains("values of Q1"))
        }
    }

    @Test("What a plant says of its actuators counts where the model says nothing")
    func adopted() {
        var request = PlanRequest(goal: "T1 = 40")
        let relays = HeaterLab.switched()
        request.adopt(relays, knowing: HeaterLab().actionChannels)
        #expect(request.values == ["Q1": [0, 100], "Q2": [0, 100]] && request.dwell == ["Q1": 30, "Q2": 30])
        var own = PlanRequest(goal: "T1 = 40")
        own.values = ["Q1": []]
        own.adopt(relays, knowing: relays.actionChannels)
        #expect(own.values == ["Q1": []] && own.dwell.isEmpty)
    }
}
