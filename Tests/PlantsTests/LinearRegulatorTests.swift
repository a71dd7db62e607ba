import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Linear references")
struct LinearRegulatorTests {
    private func task(_ plant: LinearPlant, horizon: Int) -> LinearRegulatorTask {
        LinearRegulatorTask(
            plant: plant, outputWeight: DenseMatrix(diagonal: [2, 0.5]), actionWeight: DenseMatrix(diagonal: [0.3]),
            horizon: horizon)
    }

    @Test(
        "The Riccati recursion finds the minimum of the stacked least-squares problem",
        arguments: [LinearPlant.doubleIntegrator(), .twoLags()], [1, 5, 20])
    func riccati(plant: LinearPlant, horizon: Int) throws {
        let task = task(plant, horizon: horizon)
        let optimum = task.riccatiSolution(from: plant.initialState)
        // Brute force: the quadratic's own minimiser, from the condensed Hessian.
        let program = task.quadraticProgram(from: plant.initialState)
        let direct = try #require(program.hessian.choleskySolve(program.gradient.map { -$0 }))
        for (one, other) in zip(optimum.actions, direct) { #expect(abs(one - other) < 1e-8) }
        // And no random step away from it is better.
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<50 {
            let other = optimum.actions.map { $0 + 0.05 * generator.normal() }
            #expect(task.cost(of: other, from: plant.initialState) > optimum.cost)
        }
    }

    @Test("A one-step regulator is the formula on paper")
    func oneStep() {
        let plant = LinearPlant.doubleIntegrator(samplingTime: 0.5, start: [1, 0])
        let optimum = task(plant, horizon: 1).riccatiSolution(from: [1, 0])
        // x1 = (1 + u/8, u/2): minimise 2(1 + u/8)² + 0.5(u/2)² + 0.3u².
        #expect(abs(optimum.actions[0] - -0.25 / (2.0 / 64 + 0.125 + 0.3)) < 1e-12)
    }

    @Test("Without active limits the quadratic program is the Riccati solution")
    func inactive() throws {
        let plant = LinearPlant.doubleIntegrator(force: 100)
        let task = task(plant, horizon: 12)
        let free = task.riccatiSolution(from: plant.initialState)
        let bound = try #require(task.quadraticProgramSolution(from: plant.initialState))
        #expect(abs(bound.cost - free.cost) < 1e-8)
    }

    @Test("The constrained optimum satisfies the optimality conditions, with limits active")
    func optimality() throws {
        var plant = LinearPlant.doubleIntegrator(force: 0.4, start: [2, 0])
        plant.name = "pushed"
        let task = task(plant, horizon: 15)
        let program = task.quadraticProgram(
            from: plant.initialState, outputLimits: [OutputLimit(output: 1, lower: -0.5)])
        let solution = try #require(program.solve())
        let slack = zip(program.bounds, program.constraints * solution.variables).map { $0 - $1 }
        let pull = program.constraints.transposed * solution.multipliers
        let stationarity = zip(zip(program.hessian * solution.variables, program.gradient), pull).map {
            $0.0 + $0.1 + $1
        }
        #expect(stationarity.allSatisfy { abs($0) < 1e-7 })
        #expect(slack.allSatisfy { $0 > -1e-8 })
        #expect(solution.multipliers.allSatisfy { $0 >= 0 })
        #expect(zip(slack, solution.multipliers).allSatisfy { abs($0 * $1) < 1e-7 })
        #expect(solution.multipliers.count { $0 > 1e-3 } >= 3)
        // The limits cost something.
        let free = task.riccatiSolution(from: plant.initialState)
        #expect(task.cost(of: solution.variables, from: plant.initialState) > free.cost * 1.01)
    }

    @Test("A clipped one-variable program lands on its bound; an impossible one has no solution")
    func small() throws {
        let clipped = QuadraticProgram(
            hessian: DenseMatrix([[2]]), gradient: [-6], constraints: DenseMatrix([[1]]), bounds: [1])
        let solution = try #require(clipped.solve())
        #expect(abs(solution.variables[0] - 1) < 1e-8)
        #expect(abs(solution.multipliers[0] - 4) < 1e-6)
        let impossible = QuadraticProgram(
            hessian: DenseMatrix([[2]]), gradient: [0], constraints: DenseMatrix([[1], [-1]]), bounds: [-1, -1])
        #expect(impossible.solve() == nil)
    }

    @Test("Rate limits bind, the first one from the action before")
    func rates() throws {
        let plant = LinearPlant(
            name: "rate", samplingTime: 1, stateMatrix: DenseMatrix([[1]]), inputMatrix: DenseMatrix([[1]]),
            outputChannels: [.init(name: "y", role: .observation)],
            actionChannels: [.init(name: "u", role: .action, rateLimit: 0.25)], initialState: [5])
        let task = LinearRegulatorTask(
            plant: plant, outputWeight: DenseMatrix([[1]]), actionWeight: DenseMatrix([[0.01]]), horizon: 6)
        let solution = try #require(task.quadraticProgramSolution(from: [5], previous: [0]))
        #expect(abs(solution.actions[0] - -0.25) < 1e-7)
        for pair in zip(solution.actions, solution.actions.dropFirst()) { #expect(abs(pair.0 - pair.1) < 0.25 + 1e-7) }
    }
}
