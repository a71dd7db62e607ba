import Basics
import Episodes
import Objectives
import Plants
import Testing

@testable import Planning

@Suite("Sequential quadratic programming")
struct SequentialQuadraticTests {
    private static func search<P: Plant>(
        _ plant: P, horizon: Int, cost: any TrajectoryObjective, constraint: (any TrajectoryConstraint)? = nil
    ) throws -> CandidateSearch<ExactDynamics<P>> {
        let dynamics = ExactDynamics(plant)
        let previous = plant.restAction.map { Float($0) }
        let space = try ActionSpace(
            ActionSet(channels: dynamics.actionChannels, samplingTime: dynamics.samplingTime), horizon: horizon,
            previous: previous)
        let context = TrajectoryContext(
            outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: plant.samplingTime,
            horizon: horizon, initialOutputs: plant.outputs(of: plant.initialState).map { Float($0) },
            previousActions: previous)
        let problem = SearchProblem(
            space: space, context: context, objective: cost, constraint: constraint, noveltyLimit: nil)
        return CandidateSearch(problem, dynamics: dynamics, state: plant.initialState)
    }

    @Test("on a linear plant one program without limits is the Riccati recursion to 1e-8")
    func riccati() throws {
        // Weights and outputs that single precision holds exactly, so that nothing but the method is compared.
        let plant = LinearPlant.doubleIntegrator(force: 8, start: [1, 0])
        let task = LinearRegulatorTask(
            plant: plant, outputWeight: DenseMatrix(diagonal: [1, 0.25]), actionWeight: DenseMatrix(diagonal: [0.25]),
            horizon: 12)
        let wanted = task.riccatiSolution(from: plant.initialState).actions
        let search = try Self.search(plant, horizon: 12, cost: QuadraticTestCost(q: [1, 0.25], r: 0.25))
        var local = LocalProgram(search.problem)
        var rest = try search.evaluate(sequences: [[Float](repeating: 0, count: 12)])
        try local.pose(search, &rest, inset: 0, reach: 2, price: 1e4)
        let isSolved = local.program.solve(tolerance: 1e-14)
        #expect(isSolved)
        for (step, action) in zip(local.program.step, wanted) { #expect(abs(8 * step - action) < 1e-8) }
        // And as a solver, within what single precision holds.
        try SequentialQuadratic.standard.solve(search, seed: 1)
        let best = try #require(search.best)
        for (found, action) in zip(best.actions, wanted) { #expect(abs(Double(found) - action) < 1e-4) }
        #expect(search.iterations <= 3)
    }

    @Test("under limits of actions and outputs it is the optimum of the condensed program", arguments: [0, 1])
    func limited(which: Int) throws {
        let example = OptimumTests.Case.all[which]
        let start = example.plant.initialState
        let optimum = try #require(example.task.quadraticProgramSolution(from: start, outputLimits: [example.limit]))
        let limit = example.limit
        let search = try example.search(
            constraint: BoundTestConstraint(
                channel: limit.output, limit: Float(limit.upper ?? -(limit.lower ?? 0)),
                sign: limit.upper == nil ? -1 : 1))
        try SequentialQuadratic.standard.solve(search, seed: 1)
        let best = try #require(search.best)
        #expect(best.score.isFeasible)
        let ratio = example.task.cost(of: best.actions.map(Double.init), from: start) / optimum.cost
        // The inset of 1e-4 is what is lost.
        #expect(ratio >= 0.9999 && ratio < 1.002)
        // What a guardrail costs is among what was turned down.
        let cheaper = try #require(search.archive.cheapest.first)
        #expect(cheaper.score.cost < best.score.cost)
    }

    /// Oscillating masses of do-mpc's documentation, in closed loop, beside do-mpc 5.1.1 with IPOPT: what
    /// `Benchmarks/peers/control.py plain` answers to `episode 0`.
    @Test("in closed loop it decides as do-mpc does with IPOPT")
    func masses() throws {
        let wanted = doMPCActions
        let plant = LinearPlant(
            name: "masses", samplingTime: 0.5,
            stateMatrix: DenseMatrix([
                [0.763, 0.460, 0.115, 0.020], [-0.899, 0.763, 0.420, 0.115], [0.115, 0.020, 0.763, 0.460],
                [0.420, 0.115, -0.899, 0.763],
            ]), inputMatrix: DenseMatrix([[0.014], [0.063], [0.221], [0.367]]),
            outputChannels: (1...4).map { Channel(name: "x\($0)", role: .observation) },
            actionChannels: [Channel(name: "u", role: .action, lowerLimit: -0.5, upperLimit: 0.5)],
            initialState: [2, 1, 3, 1])
        let scales = ChannelScales(outputs: [1, 1, 1, 1], actions: [1])
        var planner = Planner(
            ExactDynamics(plant),
            task: PlanningTask(
                goal: try Goal.parse("x1 = 0; x2 = 0; x3 = 0; x4 = 0; 0.0001 * smooth(u)"),
                guardrails: try (1...4).flatMap { ["always(x\($0) <= 4)", "always(x\($0) >= -4)"] }
                    .map { try Guardrail.parse($0) }, compileOptions: CompileOptions(scales: scales)),
            options: try PlannerOptions(horizon: 7, noveltyLimit: nil), solver: SequentialQuadratic.standard)
        var (state, before) = (plant.initialState, 0.0)
        for action in wanted {
            let plan = try planner.plan(from: state, start: PlanningStart(outputs: state, previousActions: [before]))
            #expect(plan.status == .certified)
            before = plan.action(at: 0)[0]
            #expect(abs(before - action) < 2e-3)
            state = plant.step(state, action: [action], disturbance: [])
        }
    }

    @Test("a nonlinear plant is held at the limit of its guardrail, at the cost that do-mpc has, and certified")
    func reactor() throws {
        let plant = CSTR(.constrained, noise: .none)
        let scales = ChannelScales(outputs: [0.3, 6], actions: [20])
        var planner = Planner(
            ExactDynamics(plant),
            task: PlanningTask(
                goal: try Goal.parse("Ca = 0.75; 0.01 * smooth(Tc)"),
                guardrails: try ["always(T <= 327)", "always(T >= 321)"].map { try Guardrail.parse($0) },
                compileOptions: CompileOptions(scales: scales)),
            options: try PlannerOptions(horizon: 20, noveltyLimit: nil), solver: SequentialQuadratic.standard)
        var (state, before, cost, hottest) = ([0.88, 323.0], 300.0, 0.0, 0.0)
        for _ in 0..<8 {
            let plan = try planner.plan(from: state, start: PlanningStart(outputs: state, previousActions: [before]))
            #expect(plan.status == .certified)
            let action = plan.action(at: 0)[0]
            state = plant.step(state, action: [action], disturbance: plant.nominalDisturbance)
            cost += ((state[0] - 0.75) / 0.3) * ((state[0] - 0.75) / 0.3)
            cost += 0.01 * ((action - before) / 20) * ((action - before) / 20)
            before = action
            hottest = max(hottest, state[1])
        }
        #expect(hottest <= 327 && hottest > 326.99)
        #expect(abs(cost / doMPCReactorCost - 1) < 1e-3)
    }

    @Test("options out of range are refused by name")
    func options() throws {
        #expect(throws: ForesightError.self) { try SequentialQuadratic(iterations: 0) }
        let error = #expect(throws: ForesightError.self) { try SequentialQuadratic(inset: 2) }
        #expect(error?.message.contains("inset is 2") == true)
    }

    @Test("a cost that is not known to be a sum of squares is refused with a remedy")
    func needsSquares() throws {
        let search = try Self.search(LinearPlant.doubleIntegrator(force: 1), horizon: 4, cost: Rough())
        let error = #expect(throws: ForesightError.self) { try SequentialQuadratic.standard.solve(search, seed: 1) }
        #expect(error?.code == .usage && error?.remedy.contains("icem") == true)
    }
}

/// A cost that says nothing of squares.
private struct Rough: TrajectoryObjective {
    func cost(of batch: TrajectoryBatch, into costs: inout [Float], using workspace: inout ObjectiveWorkspace) {
        for index in 0..<batch.candidates { costs[index] = abs(batch.output(index, 0, 0)) }
    }

    func addGradient(
        of batch: TrajectoryBatch, upstream: [Float]?, into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {}
}

/// The first decisions of do-mpc 5.1.1 with casadi 3.7.2: `Benchmarks/peers/control.py plain` with the task that `control-speed masses`
/// prints, `episode 0`.
private let doMPCActions = [
    -0.50000001, 0.500000009, 0.50000001, 0.50000001, 0.50000001, 0.50000001, 0.500000009, 0.286086549, -0.500000009,
    -0.50000001, -0.50000001, -0.50000001, -0.50000001, -0.500000009, 0.500000008, 0.50000001,
]
/// What the first eight steps of `control-speed reactor` cost with it.
private let doMPCReactorCost = 1.08141033
