import Agents
import Basics
import Episodes
import Objectives
import Planning
import Plants
import Testing
import WorldModels

@Suite("A plant of one's own", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct OwnPlantTests {
    private func planner(_ model: TrainedModel, _ goal: String) throws -> Planner<LearnedDynamics> {
        let dynamics = try LearnedDynamics(model)
        return Planner(
            dynamics, task: try PlanRequest(goal: goal).task(for: dynamics, horizon: 8),
            options: try PlannerOptions(horizon: 8, seed: 1, noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 16, elites: 4, iterations: 2))
    }

    private func decide(_ agent: PlantAgent, _ situation: ControlSituation) throws -> LoopDecision {
        var agent = agent
        agent.begin(seed: 1)
        return try agent.decide(situation)
    }

    private func predicted(_ agent: PlantAgent, _ situation: ControlSituation) throws -> [Double] {
        try #require(try decide(agent, situation).plan).certificate.channels.flatMap(\.values)
    }

    @Test("it is controlled as a simulated plant with its channels, and the rows that the model looks back on suffice")
    func same() throws {
        let model = try ShortRecord.model(seed: 1)
        let planner = try planner(model, "T1 = 44; T2 = 38")
        let log = ShortRecord.episode(seed: 2, samples: 400)
        let most = HistoryEstimator(model).capacity
        #expect(most < 399)
        func situation(_ rows: Int) -> ControlSituation {
            ControlSituation(
                step: 0, observation: Array(log.values[399 * 4..<399 * 4 + 2]),
                previousAction: Array(log.values[398 * 4 + 2..<399 * 4]),
                history: Array(log.values[(399 - rows) * 4..<399 * 4]))
        }
        let lab = HeaterLab(samplingTime: ShortRecord.samplingTime)
        let simulated = try decide(try PlantAgent(planner, on: lab), situation(399))
        let own = try PlantAgent(planner)
        #expect(try decide(own, situation(399)).action == simulated.action)
        let whole = try predicted(own, situation(399))
        #expect(try predicted(own, situation(most)) == whole)
        #expect(try predicted(own, situation(2)) != whole)
    }

    @Test("a disturbance counts as it is told, holds its last value where it is not, and need not be told at all")
    func disturbances() throws {
        let model = try TinyModel.make()
        let agent = try PlantAgent(try planner(model, "T1 = 40"))
        let rows = HistoryEstimator(model).capacity
        func predicted(past: [Double], forecast: [Double]) throws -> [Double] {
            let situation = ControlSituation(
                step: 0, observation: [30, 28], previousAction: [20, 20],
                history: (0..<rows).flatMap { _ in [30.0, 28, 20, 20] }, pastDisturbances: past, forecast: forecast)
            return try self.predicted(agent, situation)
        }
        let past = [Double](repeating: 24, count: rows)
        let held = try predicted(past: past, forecast: [])
        #expect(try predicted(past: past, forecast: [24]) == held)
        #expect(try predicted(past: past, forecast: [24, 31]) != held)
        #expect(try predicted(past: [], forecast: []).allSatisfy(\.isFinite))
    }

    @Test("a sensor that has been silent for as long as the model looks back is a warning of each plan")
    func silentSensor() throws {
        let model = try TinyModel.make(adapts: .value(false))
        let agent = try PlantAgent(try planner(model, "T2 = 40"))
        let rows = HistoryEstimator(model).capacity
        func warnings(_ value: Double) throws -> [String] {
            let situation = ControlSituation(
                step: 0, observation: [value, 28], previousAction: [20, 20],
                history: (0..<rows).flatMap { _ in [value, 28, 20, 20] },
                pastDisturbances: [Double](repeating: 21, count: rows), forecast: [21])
            return try #require(try decide(agent, situation).plan).warnings.filter { $0.contains("missing") }
        }
        #expect(try warnings(30).isEmpty)
        let said = try warnings(.nan)
        #expect(said.count == 1 && said.first?.hasPrefix("T1 was measured in 0 of the last ") == true)
    }

    @Test("a situation without targets has none for any output")
    func targets() {
        let situation = ControlSituation(step: 3, observation: [1, 2], previousAction: [0])
        #expect(situation.reference == [nil, nil] && situation.history.isEmpty && situation.trueState.isEmpty)
    }
}
