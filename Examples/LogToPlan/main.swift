import Agents
import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Plants
import Tensors
import WorldModels

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

let plant = HeaterLab()
let exploration = LogSimulation(plant: plant, policy: ExplorationPolicy(.mixed, for: plant))
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-to-plan-\(UUID().uuidString)").path
try Folder.create(folder)
try LogWriter.writeCSV(exploration.episode(hours: 3, seed: 1), to: folder + "/heater.csv")

var schema = LogSchema()
try schema.assign("Q1{0..100},Q2{0..100}", role: .action)
try schema.assign("T1,T2", role: .observation)
let log = try EpisodeLoader(schema: schema).load([folder + "/heater.csv"])
let inspection = LogInspection(log)
for warning in inspection.warnings { print("warning: \(warning)") }
let timing = inspection.timing
print("\(log.sampleCount) samples; steps of \(timing.step) s, \(timing.window) of history, \(timing.horizon) ahead")

try Engine.load()
Engine.threads = 1
var settings = TrainingSettings()
settings.epochs = 10
settings.seed = 1
let preparation = try TrainingPreparation(
    log.episodes, timing: (timing.stride, timing.window, timing.horizon), settings: settings)
let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
print("the start: free-run error \(rounded(trainer.best.error)) standard deviations")
while !trainer.isFinished { _ = trainer.runEpoch() }
try trainer.restoreBest()
print("epoch \(trainer.best.epoch) of \(trainer.epoch): \(rounded(trainer.best.error))")

let model = preparation.finish(episodes: log.episodes)
try ModelFolder.save(model, to: folder + "/model")
let loaded = try ModelFolder.load(folder + "/model")

let dynamics = try LearnedDynamics(loaded)
let horizon = min(30, loaded.description.horizon)
let task = PlanningTask(
    goal: try Goal.parse("T1 = 45 °C; T2 = 38 °C; 0.1 * smooth(Q1)"),
    guardrails: [try Guardrail.parse("always(T1 <= 48 °C)")],
    bands: Bands(
        coverage: loaded.calibration.guardCoverage,
        halfWidth: loaded.calibration.halfWidths(horizon: horizon, for: .guardrail)),
    fallback: .action(plant.restAction))
var planner = Planner(
    dynamics, task: task, options: try PlannerOptions(horizon: horizon, blocks: [1, 1, 2, 2, 4]),
    solver: try ImprovedCrossEntropy(population: 64, elites: 8, iterations: 6))

var simulation = PlantSimulation(plant, disturbances: .nominal, seed: 7)
var estimator = HistoryEstimator(loaded)
estimator.update(observation: simulation.observation, previousAction: simulation.action, disturbance: [])
for _ in 0..<30 {
    let applied = simulation.apply([20, 20])
    estimator.update(observation: simulation.observation, previousAction: applied, disturbance: [])
}

var certified = 0
for step in 0..<30 {
    let plan = try planner.plan(from: estimator.state(), start: estimator.start())
    if plan.status == .certified { certified += 1 }
    if step % 10 == 0, let margin = plan.certificate.guardrails[0].guaranteedMargin {
        let now = "\(simulation.time) s: \(plan.status.rawValue), T1 \(rounded(simulation.outputs[0])) °C"
        print("\(now), at least \(rounded(margin)) °C below the limit")
    }
    for _ in 0..<loaded.description.stride {
        let applied = simulation.apply(plan.action(at: 0))
        estimator.update(observation: simulation.observation, previousAction: applied, disturbance: [])
    }
}
let outputs = simulation.outputs.map(rounded)
print("\(certified) of 30 plans certified; T1 \(outputs[0]) °C, T2 \(outputs[1]) °C")

try FileManager.default.removeItem(atPath: folder)
