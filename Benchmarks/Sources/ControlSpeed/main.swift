// How long decisions of model-predictive control take, for a program that runs it in turns with others.
//
//     control-speed masses|reactor [--solver NAME]
//
// masses are four states of oscillating masses with limits, the linear example of do-mpc's documentation; reactor is pc-gym's
// reactor with its temperature between limits, where the goal pulls it to the limit. Prints a line of JSON that says all of it,
// enough for others to control the same; then `episode K` runs one from start K in closed loop and answers with a line of JSON: the
// seconds of each decision, the cost of what happened, by how much a limit was crossed, and how many plans were certified. A
// decision is all that a planner does: goal and guardrails made ready, the search, the plan's check, its certificate and
// alternatives.

import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Plants

/// A plant, what is asked of it, and where episodes start.
struct Task<P: Plant> {
    var name: String
    var plant: P
    var horizon: Int
    var steps: Int
    var starts: [[Double]]
    var previous: Double
    var targets: [Double?]
    var scales: [Double]
    var lower: [Double?]
    var upper: [Double?]
    var moveWeight: Double
    var actionScale: Double
    var sizes: [Double]
    var actionSize: Double
    var more: [String: JSONValue]

    var goal: String {
        let names = plant.outputChannels.map(\.name)
        let wanted = zip(names, targets).compactMap { name, target in target.map { "\(name) = \($0)" } }
        return (wanted + ["\(moveWeight) * smooth(\(plant.actionChannels[0].name))"]).joined(separator: "; ")
    }

    var guardrails: [String] {
        plant.outputChannels.indices.flatMap { index -> [String] in
            let name = plant.outputChannels[index].name
            return [lower[index].map { "always(\(name) >= \($0))" }, upper[index].map { "always(\(name) <= \($0))" }]
                .compactMap { $0 }
        }
    }

    /// What happened in one step, as goals count it.
    func cost(_ state: [Double], _ action: Double, after before: Double) -> Double {
        var sum = 0.0
        for (value, (target, scale)) in zip(state, zip(targets, scales)) {
            if let target { sum += (value - target) * (value - target) / (scale * scale) }
        }
        let move = (action - before) / actionScale
        return sum + moveWeight * move * move
    }

    func excess(_ state: [Double]) -> Double {
        var worst = 0.0
        for (index, value) in state.enumerated() {
            worst = max(worst, (lower[index] ?? -.infinity) - value, value - (upper[index] ?? .infinity))
        }
        return worst
    }

    /// The multiplications and additions of one quadratic program near one plan: sensitivities of outputs, the matrix of squares and
    /// of guardrails, one factorisation. No method of second order does with less; equations, activations and the iterations of the
    /// program come on top.
    var operations: Double {
        let (n, states, outputs) = (Double(horizon), Double(plant.stateCount), Double(plant.outputChannels.count))
        let squares = n * Double(targets.compactMap { $0 }.count + 1)
        let chain = n * n / 2 * (states + outputs) * states
        return chain + (squares + n * Double(guardrails.count)) * n * n / 4 + n * n * n / 6
    }

    var json: JSONValue {
        func list(_ values: [Double?]) -> JSONValue { .array(values.map { $0.map { .number($0) } ?? .null }) }
        let channel = plant.actionChannels[0]
        var (state, states): ([Double], [[Double]]) = (starts[0], [])
        let low = channel.lowerLimit ?? 0
        let probe = [0.8, 0.3, 0.6].map { low + $0 * ((channel.upperLimit ?? 0) - low) }
        for action in probe {
            state = plant.step(state, action: [action], disturbance: plant.nominalDisturbance)
            states.append(state)
        }
        let fields: [String: JSONValue] = [
            "plant": .string(name), "horizon": .integer(horizon), "period": .number(plant.samplingTime),
            "steps": .integer(steps), "starts": .array(starts.map { list($0) }), "previous": .number(previous),
            "weights": list(targets.map { $0 == nil ? 0 : 1 }), "targets": list(targets.map { $0 ?? 0 }),
            "scales": list(scales), "lower": list(lower), "upper": list(upper), "move_weight": .number(moveWeight),
            "action_scale": .number(actionScale), "action_lower": .number(low),
            "action_upper": .number(channel.upperLimit ?? 0), "sizes": list(sizes),
            "action_size": .number(actionSize), "probe_actions": list(probe),
            "probe_states": .array(states.map { list($0) }), "operations": .number(operations),
        ]
        return .object(fields.merging(more) { $1 })
    }

    func planner(_ solver: any Solver) throws -> Planner<ExactDynamics<P>> {
        let scales = ChannelScales(outputs: scales.map { Float($0) }, actions: [Float(actionScale)])
        return Planner(
            ExactDynamics(plant),
            task: PlanningTask(
                goal: try Goal.parse(goal), guardrails: try guardrails.map { try Guardrail.parse($0) },
                compileOptions: CompileOptions(scales: scales)),
            options: try PlannerOptions(horizon: horizon, noveltyLimit: nil), solver: solver)
    }

    func episode(_ number: Int, _ solver: any Solver) throws -> JSONValue {
        var planner = try planner(solver)
        var (state, before) = (starts[number], previous)
        var (cost, violation, certified) = (0.0, 0.0, 0)
        var (seconds, actions): ([Double], [Double]) = ([], [])
        var (iterations, rollouts) = (0, 0)
        for _ in 0..<steps {
            let began = ContinuousClock.now
            let plan = try planner.decide(
                from: state, start: PlanningStart(outputs: plant.outputs(of: state), previousActions: [before]))
            seconds.append((ContinuousClock.now - began) / .seconds(1))
            iterations += plan.certificate.search.iterations
            rollouts += plan.certificate.search.candidates
            if plan.status == .certified { certified += 1 }
            // What is refused has no actions: the last one is held.
            let action = plan.status == .refused ? before : plan.action(at: 0)[0]
            state = plant.step(state, action: [action], disturbance: plant.nominalDisturbance)
            cost += self.cost(state, action, after: before)
            violation = max(violation, excess(state))
            before = action
            actions.append(action)
        }
        func list(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
        return [
            "seconds": list(seconds), "cost": .number(cost), "violation": .number(violation),
            "certified": .number(Double(certified) / Double(steps)), "actions": list(actions), "last": list(state),
            "iterations": .number(Double(iterations) / Double(steps)),
            "rollouts": .number(Double(rollouts) / Double(steps)),
        ]
    }
}

/// Oscillating masses: `A`, `B`, limits and weights of do-mpc's example `oscillating_masses_discrete`.
func masses() -> Task<LinearPlant> {
    let a = [
        [0.763, 0.460, 0.115, 0.020], [-0.899, 0.763, 0.420, 0.115], [0.115, 0.020, 0.763, 0.460],
        [0.420, 0.115, -0.899, 0.763],
    ]
    let b = [[0.014], [0.063], [0.221], [0.367]]
    let plant = LinearPlant(
        name: "masses", samplingTime: 0.5, stateMatrix: DenseMatrix(a), inputMatrix: DenseMatrix(b),
        outputChannels: (1...4).map { Channel(name: "x\($0)", role: .observation) },
        actionChannels: [Channel(name: "u", role: .action, lowerLimit: -0.5, upperLimit: 0.5)],
        initialState: [2, 1, 3, 1])
    func rows(_ matrix: [[Double]]) -> JSONValue { .array(matrix.map { .array($0.map { .number($0) }) }) }
    return Task(
        name: "masses", plant: plant, horizon: 7, steps: 50,
        starts: [[2, 1, 3, 1], [-2, 2, 1, -3], [1, -2, 2, 0], [1, 3, -1, 0]], previous: 0,
        targets: [0, 0, 0, 0], scales: [1, 1, 1, 1], lower: [-4, -4, -4, -4], upper: [4, 4, 4, 4], moveWeight: 0.0001,
        actionScale: 1, sizes: [1, 1, 1, 1], actionSize: 1,
        more: ["state_matrix": rows(a), "input_matrix": rows(b)])
}

/// pc-gym's reactor with its showcase's limits. Less of A than what 327 K give is wanted, so that the limit binds.
func reactor() -> Task<CSTR> {
    let plant = CSTR(.constrained, noise: .none)
    return Task(
        name: "reactor", plant: plant, horizon: 20, steps: 60,
        starts: [[0.88, 323], [0.8, 325], [0.9, 321.5], [0.86, 326.5]], previous: 300, targets: [0.75, nil],
        scales: [0.3, 6], lower: [nil, 321], upper: [nil, 327], moveWeight: 0.01, actionScale: 20, sizes: [1, 300],
        actionSize: 300, more: ["sub_steps": .integer(plant.subSteps)])
}

func serve<P: Plant>(_ task: Task<P>, _ solver: any Solver) throws {
    print(task.json.text())
    fflush(nil)
    while let line = readLine() {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "episode", let number = Int(words[1]) else { break }
        print(try task.episode(number, solver).text())
        fflush(nil)
    }
}

do {
    var words = Array(CommandLine.arguments.dropFirst())
    var solver: any Solver = SequentialQuadratic.standard
    if let place = words.firstIndex(of: "--solver"), place + 1 < words.count {
        guard let found = SolverCatalogue.solver(named: words[place + 1]) else {
            throw ForesightError.usage("unknown solver '\(words[place + 1])'", remedy: "name another")
        }
        solver = found
        words.removeSubrange(place...place + 1)
    }
    switch words {
    case ["masses"]: try serve(masses(), solver)
    case ["reactor"]: try serve(reactor(), solver)
    default:
        throw ForesightError.usage(
            "control-speed needs a plant", remedy: "control-speed masses|reactor [--solver NAME]")
    }
} catch {
    FileHandle.standardError.write(Data("control-speed: \(error)\n".utf8))
    exit(1)
}
