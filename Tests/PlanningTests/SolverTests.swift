import Basics
import Episodes
import Foundation
import Objectives
import Testing

@testable import Planning

@Suite("Every solver keeps the common promises")
struct SolverTests {
    static let cost = QuadraticTestCost(q: [1, 0.1], r: 0.1)

    /// Small budgets: these tests are about sameness, not about quality.
    static func solver(_ name: String) throws -> any Solver {
        switch name {
        case CrossEntropy.name: try CrossEntropy(population: 30, elites: 5, iterations: 4)
        case ImprovedCrossEntropy.name:
            try ImprovedCrossEntropy(population: 30, elites: 6, iterations: 4)
        case PathIntegral.name: try PathIntegral(population: 30, iterations: 4)
        case SequentialQuadratic.name: try SequentialQuadratic(iterations: 4)
        default: try GradientDescent(starts: 5, iterations: 12)
        }
    }

    @Test("the batch size changes nothing, to the bit", arguments: SolverCatalogue.continuous, [1, 3, 7, 64])
    func chunks(name: String, chunk: Int) throws {
        func best(_ chunk: Int) throws -> (Candidate?, Int) {
            let search = try makeSearch(
                .doubleIntegrator, from: [2, 0], horizon: 10, cost: Self.cost,
                constraint: BoundTestConstraint(channel: 1, limit: 0.8, sign: -1), chunk: chunk,
                guesses: [[Float](repeating: -1, count: 10)])
            try Self.solver(name).solve(search, seed: 11)
            return (search.best, search.evaluated)
        }
        let (expected, count) = try best(1000)
        let (found, foundCount) = try best(chunk)
        #expect(found == expected)
        #expect(foundCount == count)
    }

    @Test(
        "every candidate that is rolled out keeps box, rate and norm limits exactly",
        arguments: SolverCatalogue.continuous)
    func limits(name: String) throws {
        let set = ActionSet(lower: [-4], upper: [4], rise: [0.7], fall: [1.1], norm: 3, samplingTime: 1)
        let space = try ActionSpace(set, horizon: 10, blocks: [1, 2, 3], previous: [0.5])
        let system = WatchedDynamics(base: .doubleIntegrator, set: set, previous: [0.5])
        let context = TrajectoryContext(
            outputs: system.outputChannels, actions: system.actionChannels, samplingTime: 1, horizon: 10,
            initialOutputs: [2, 0], previousActions: [0.5])
        let problem = SearchProblem(
            space: space, context: context, objective: Self.cost,
            constraint: BoundTestConstraint(channel: 1, limit: 0.8, sign: -1), noveltyLimit: nil)
        let search = CandidateSearch(problem, dynamics: system, state: [2, 0])
        try Self.solver(name).solve(search, seed: 5)
        let best = try #require(search.best)
        #expect(set.contains(best.actions, horizon: 10, previous: [0.5]))
        #expect(search.evaluated > (name == SequentialQuadratic.name ? 2 : 10))
    }

    @Test("the result depends on the seed alone", arguments: SolverCatalogue.continuous)
    func seeds(name: String) throws {
        func best(_ seed: UInt64) throws -> Candidate? {
            let search = try makeSearch(.doubleIntegrator, from: [2, 0], horizon: 10, cost: Self.cost)
            try Self.solver(name).solve(search, seed: seed)
            return search.best
        }
        #expect(try best(1) == best(1))
        // The gradient solver's first start is not random, and may well win under any seed; sequential quadratic
        // programming draws nothing.
        if ![GradientDescent.name, SequentialQuadratic.name].contains(name) { #expect(try best(1) != best(2)) }
    }

    @Test("the result is never worse than a guess", arguments: SolverCatalogue.continuous)
    func guesses(name: String) throws {
        // The optimum itself, found with a large budget.
        let careful = try makeSearch(.doubleIntegrator, from: [2, 0], horizon: 10, cost: Self.cost)
        try CrossEntropy(population: 300, elites: 30, iterations: 20).solve(careful, seed: 1)
        let optimum = try #require(careful.best)
        let search = try makeSearch(
            .doubleIntegrator, from: [2, 0], horizon: 10, cost: Self.cost, guesses: [optimum.actions])
        try Self.solver(name).solve(search, seed: 2)
        #expect(try #require(search.best).score.cost <= optimum.score.cost)
    }

    @Test(
        "dynamics without gradients are refused by solvers that follow them, with a remedy",
        arguments: [GradientDescent.name, SequentialQuadratic.name])
    func needsGradient(name: String) throws {
        let context = TrajectoryContext(
            outputs: LinearTestDynamics.doubleIntegrator.outputChannels,
            actions: LinearTestDynamics.doubleIntegrator.actionChannels, samplingTime: 1, horizon: 5,
            initialOutputs: [2, 0], previousActions: [0])
        let space = try ActionSpace(ActionSet(lower: [-4], upper: [4], samplingTime: 1), horizon: 5, previous: [0])
        let problem = SearchProblem(space: space, context: context, objective: Self.cost, noveltyLimit: nil)
        let search = CandidateSearch(problem, dynamics: OpaqueDynamics(), state: [2, 0])
        let error = #expect(throws: ForesightError.self) { try Self.solver(name).solve(search, seed: 1) }
        #expect(error?.code == .usage && error?.message.contains("'\(name)'") == true)
        #expect(error?.remedy.contains("icem") == true)
    }

    @Test("MPPI at low temperature returns the best sample of an iteration as its mean")
    func lowTemperature() throws {
        let scores = [3.0, 1.0, 2.5, 1.5].map { Score(violation: 0, cost: Float($0)) }
        var weights = [Double](repeating: 0, count: 4)
        try PathIntegral(temperature: 1e-4, isRelative: false).weigh(scores, into: &weights)
        #expect(weights == [0, 1, 0, 0])
        // And as a whole: one iteration from a guess, one mean. The plan is the best of the samples drawn.
        let search = try makeSearch(.doubleIntegrator, from: [2, 0], horizon: 8, cost: Self.cost)
        try PathIntegral(population: 40, iterations: 1, temperature: 1e-6).solve(search, seed: 9)
        let plan = try #require(search.best)
        let samples = try makeSearch(.doubleIntegrator, from: [2, 0], horizon: 8, cost: Self.cost)
        var distribution = try #require(try SearchDistribution.start(samples, deviation: 1, exponent: 2))
        var population = Population(count: 40, for: samples.problem)
        population.setPoint(0, to: distribution.mean)
        distribution.sample(1..<40, of: &population, seed: 9, iteration: 0)
        #expect(try samples.evaluate(&population))
        population.rank()
        #expect(plan.actions == Array(population.sequence(population.ranking[0])))
    }

    @Test("MPPI gives infeasible samples no weight while any is feasible, else weighs by violation")
    func pathIntegralFeasibleFirst() throws {
        var weights = [Double](repeating: 0, count: 3)
        let mixed = [Score(violation: 0.1, cost: -100), Score(violation: 0, cost: 5), Score(violation: 0, cost: 6)]
        PathIntegral.standard.weigh(mixed, into: &weights)
        #expect(weights[0] == 0)
        #expect(weights[1] > weights[2])
        #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
        let bad = [Score(violation: 3, cost: -100), Score(violation: 1, cost: 5), Score(violation: 2, cost: 0)]
        PathIntegral.standard.weigh(bad, into: &weights)
        #expect(weights[1] > weights[2] && weights[2] > weights[0])
        PathIntegral.standard.weigh([.worst, .worst, .worst], into: &weights)
        #expect(weights == [0, 0, 0])
    }

    @Test("options out of range are refused by name, and configurations are read strictly")
    func options() throws {
        let error = #expect(throws: ForesightError.self) { try CrossEntropy(population: 5, elites: 9) }
        #expect(error?.message.contains("population is 5") == true)
        #expect(throws: ForesightError.self) { try PathIntegral(temperature: 0) }
        #expect(throws: ForesightError.self) { try ImprovedCrossEntropy(reuse: 2) }
        #expect(throws: ForesightError.self) { try GradientDescent(starts: 0) }
        let partial = Data("{\"population\": 64}".utf8)
        let read = try JSONDecoder().decode(ImprovedCrossEntropy.self, from: partial)
        #expect(read == (try ImprovedCrossEntropy(population: 64)))
        let unknown = #expect(throws: ForesightError.self) {
            try JSONDecoder().decode(PathIntegral.self, from: Data("{\"temprature\": 1}".utf8))
        }
        #expect(unknown?.remedy.contains("temperature") == true)
        for name in SolverCatalogue.names { #expect(SolverCatalogue.solver(named: name) != nil) }
        #expect(SolverCatalogue.solver(named: "newton") == nil)
    }
}

/// Dynamics that check every action they are given.
struct WatchedDynamics: LinearTestVariant, DifferentiableDynamics {
    var base: LinearTestDynamics
    var set: ActionSet
    var previous: [Float]

    private func check(_ batch: TrajectoryBatch) throws {
        guard set.contains(batch.actions, horizon: batch.horizon, previous: previous) else {
            throw ForesightError.failure("an action beyond its limits was tried")
        }
    }

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        try check(batch)
        try base.rollout(from: state, into: &batch)
    }

    func rolloutGradient(
        from state: [Float], into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float] {
        try check(batch)
        return try base.rolloutGradient(from: state, into: &batch, gradient: gradient)
    }
}

/// Dynamics that carry no gradient.
struct OpaqueDynamics: LinearTestVariant {
    var base = LinearTestDynamics.doubleIntegrator

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        try base.rollout(from: state, into: &batch)
    }
}
