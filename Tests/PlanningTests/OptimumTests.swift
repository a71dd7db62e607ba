import Objectives
import Plants
import Testing

@testable import Planning

@Suite("Solvers reach the optimum of a linear plant with exact dynamics")
struct OptimumTests {
    static func solver(_ name: String) throws -> any Solver {
        switch name {
        case CrossEntropy.name: try CrossEntropy(population: 300, elites: 30, iterations: 24, rounds: 3)
        case ImprovedCrossEntropy.name:
            try ImprovedCrossEntropy(
                population: 300, elites: 30, iterations: 24, rounds: 3, deviation: 0.5, exponent: 0.5, decay: 1.02)
        case PathIntegral.name: try PathIntegral(population: 300, iterations: 24, rounds: 3, exponent: 0)
        case SequentialQuadratic.name: SequentialQuadratic.standard
        default: try GradientDescent(iterations: 120, rate: 0.1)
        }
    }

    struct Case: Sendable, CustomStringConvertible {
        var plant: LinearPlant
        var limit: OutputLimit
        var description: String { plant.name }

        static let all = [
            Case(
                plant: .doubleIntegrator(force: 4, start: [2, 0]), limit: OutputLimit(output: 1, lower: -1)),
            Case(plant: .twoLags(limit: 2, start: [1, -0.5]), limit: OutputLimit(output: 1, upper: 0.02)),
        ]

        var task: LinearRegulatorTask {
            LinearRegulatorTask(
                plant: plant, outputWeight: DenseMatrix(diagonal: [1, 0.1]), actionWeight: DenseMatrix(diagonal: [0.1]),
                horizon: 12)
        }

        func search(constraint: BoundTestConstraint? = nil) throws -> CandidateSearch<ExactDynamics<LinearPlant>> {
            let dynamics = ExactDynamics(plant)
            let space = try ActionSpace(
                ActionSet(channels: dynamics.actionChannels, samplingTime: dynamics.samplingTime), horizon: 12,
                previous: [0])
            let context = TrajectoryContext(
                outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: plant.samplingTime,
                horizon: 12, initialOutputs: plant.initialState.map { Float($0) }, previousActions: [0])
            let problem = SearchProblem(
                space: space, context: context, objective: QuadraticTestCost(q: [1, 0.1], r: 0.1),
                constraint: constraint)
            return CandidateSearch(problem, dynamics: dynamics, state: plant.initialState)
        }
    }

    @Test(
        "without guardrails each solver reaches the LQR optimum within 1 %", arguments: SolverCatalogue.continuous,
        Case.all)
    func linearQuadratic(name: String, example: Case) throws {
        let optimum = example.task.riccatiSolution(from: example.plant.initialState).cost
        let search = try example.search()
        try Self.solver(name).solve(search, seed: 7)
        let best = try #require(search.best)
        let ratio = example.task.cost(of: best.actions.map(Double.init), from: example.plant.initialState) / optimum
        #expect(ratio <= 1.01)
        #expect(ratio >= 0.99999)
    }

    @Test(
        "with a limit each solver reaches the QP optimum within 2 % and never violates it",
        arguments: SolverCatalogue.continuous, Case.all)
    func quadraticProgram(name: String, example: Case) throws {
        let start = example.plant.initialState
        let limit = example.limit
        let optimum = try #require(example.task.quadraticProgramSolution(from: start, outputLimits: [limit]))
        let free = example.task.riccatiSolution(from: start)
        #expect(optimum.cost > 1.01 * free.cost, "the limit must bind")
        let constraint = BoundTestConstraint(
            channel: limit.output, limit: Float(limit.upper ?? -(limit.lower ?? 0)), sign: limit.upper == nil ? -1 : 1)
        let search = try example.search(constraint: constraint)
        try Self.solver(name).solve(search, seed: 7)
        let best = try #require(search.best)
        let ratio = example.task.cost(of: best.actions.map(Double.init), from: start) / optimum.cost
        #expect(best.score.isFeasible)
        #expect(ratio <= 1.02)
        #expect(ratio >= 0.9999)
    }
}
