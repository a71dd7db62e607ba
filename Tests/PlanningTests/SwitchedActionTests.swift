import Basics
import Episodes
import Objectives
import Testing

@testable import Planning

/// A linear system one or both of whose actions take only some values, and every sequence of them tried.
struct SwitchedProblem {
    var system = LinearTestDynamics(a: [[1, 0.5], [0, 0.9]], b: [[0.1], [0.5]], limit: 4)
    var values: [[Float]] = [[-4, 0, 4]]
    var dwell: [Double] = [0]
    var held: [Double] = [.infinity]
    var horizon = 6
    var state: [Float]
    var limit: Float?

    var effort: Float = 0.02
    /// The greatest value of actions, and its opposite.
    let reach: Float = 4

    var cost: QuadraticTestCost { QuadraticTestCost(q: [1, 0.2], r: effort) }
    var constraint: BoundTestConstraint? { limit.map { BoundTestConstraint(channel: 0, limit: $0, sign: -1) } }
    var previous: [Float] { values.map { _ in 0 } }

    var set: ActionSet {
        var set = ActionSet(
            lower: values.map { _ in -reach }, upper: values.map { _ in reach }, values: values, dwell: dwell,
            samplingTime: 1)
        set.held = held
        return set
    }

    func search(guesses: [[Float]] = [], chunk: Int = 128) throws -> CandidateSearch<WatchedDynamics> {
        let watched = WatchedDynamics(base: system, set: set, previous: previous)
        let context = TrajectoryContext(
            outputs: system.outputChannels, actions: system.actionChannels, samplingTime: 1, horizon: horizon,
            initialOutputs: state, previousActions: previous)
        let space = try ActionSpace(set, horizon: horizon, previous: previous)
        let problem = SearchProblem(
            space: space, context: context, objective: cost, constraint: constraint, noveltyLimit: nil)
        return CandidateSearch(problem, dynamics: watched, state: state, guesses: guesses, chunk: chunk)
    }

    /// Scores sequences by the system's own equations, without any search.
    func scores(_ sequences: [[Float]]) throws -> [Score] {
        var batch = TrajectoryBatch(
            candidates: sequences.count, horizon: horizon, actionCount: values.count, outputCount: 2)
        batch.actions = sequences.flatMap { $0 }
        try system.rollout(from: state, into: &batch)
        var workspace = ObjectiveWorkspace()
        var (costs, margins) = (
            [Float](repeating: 0, count: sequences.count), [Float](repeating: 0, count: sequences.count)
        )
        cost.cost(of: batch, into: &costs, using: &workspace)
        constraint?.margins(of: batch, bands: nil, into: &margins, using: &workspace)
        return zip(costs, margins).map { Score(violation: max(0, -$1), cost: $0) }
    }

    /// The best of all sequences of a single switched action that keep the dwell, counted here anew.
    func optimum() throws -> Score {
        let choices = values[0]
        var count = 1
        for _ in 0..<horizon { count *= choices.count }
        let all = (0..<count).map { number -> [Float] in
            var rest = number
            return (0..<horizon).map { _ in
                defer { rest /= choices.count }
                return choices[rest % choices.count]
            }
        }
        let kept = all.filter { sequence in
            var (age, value) = (held[0], previous[0])
            for next in sequence {
                if next != value {
                    guard age >= dwell[0] else { return false }
                    age = 0
                }
                value = next
                age += 1
            }
            return true
        }
        return try #require(try scores(kept).min())
    }

    static func draw(_ seed: UInt64, dwell: Double = 0, limit: Float? = nil, horizon: Int = 6) -> SwitchedProblem {
        var generator = SeededGenerator(seed: seed, stream: 3)
        let state = [Float(generator.uniform(in: 1...4)), Float(generator.uniform(in: -2...2))]
        let held = dwell > 0 ? Double(Int(seed % 3)) : .infinity
        return SwitchedProblem(dwell: [dwell], held: [held], horizon: horizon, state: state, limit: limit)
    }
}

@Suite("Switched actions are searched by their values")
struct SwitchedActionTests {
    static func small(_ name: String) throws -> any Solver {
        switch name {
        case CrossEntropy.name: try CrossEntropy(population: 100, elites: 14, iterations: 12)
        case PathIntegral.name: try PathIntegral(population: 60, iterations: 10)
        case BeamSearch.name: try BeamSearch(width: 6, exhaustive: 0)
        default: ImprovedCrossEntropy.standard
        }
    }

    @Test(
        "a beam that keeps every branch finds the optimum of all sequences, and so does trying them all",
        arguments: [0, 3] as [Double], [nil, 0.1] as [Float?])
    func full(dwell: Double, limit: Float?) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let problem = SwitchedProblem.draw(seed, dwell: dwell, limit: limit, horizon: 5)
            let optimum = try problem.optimum()
            for solver in [try BeamSearch(width: 243, exhaustive: 0), try BeamSearch(width: 1, exhaustive: 243)] {
                let search = try problem.search()
                try solver.solve(search, seed: 1)
                #expect(search.best?.score == optimum)
            }
        }
    }

    /// How often a solver reaches the optimum of all 2187 sequences, and by how much it misses it on average.
    static func tally(_ solver: any Solver, dwell: Double, limit: Float?, cases: UInt64) throws -> (
        share: Double, gap: Double
    ) {
        var (reached, gap) = (0, 0.0)
        for seed in 1...cases {
            let problem = SwitchedProblem.draw(seed, dwell: dwell, limit: limit, horizon: 7)
            let optimum = try problem.optimum()
            let search = try problem.search()
            try solver.solve(search, seed: seed)
            let best = try #require(search.best)
            #expect(search.evaluated < 1500)
            // Rollouts among others round in another order.
            if best.score.violation <= optimum.violation, best.score.cost <= optimum.cost * 1.00001 { reached += 1 }
            gap += max(0, Double(best.score.cost / optimum.cost) - 1)
        }
        return (Double(reached) / Double(cases), gap / Double(cases))
    }

    /// A solver, a dwell, a guardrail, and what is asked: the share of cases in which the optimum is reached, and the mean gap.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let dwell: Double
        let limit: Float?
        let share: Double
        let gap: Double
        var testDescription: String { "\(name), dwell \(dwell), limit \(limit.map { "\($0)" } ?? "none")" }

        /// Where a guardrail binds, feasible first makes the neighbours of the optimum rank low, and the cross-entropy method
        /// misses it more often.
        static let all = [ImprovedCrossEntropy.name, CrossEntropy.name].flatMap { name in
            [
                Case(name: name, dwell: 0, limit: nil, share: 0.95, gap: 0.01),
                Case(name: name, dwell: 2, limit: nil, share: 0.95, gap: 0.01),
                Case(name: name, dwell: 0, limit: 0.1, share: 0.75, gap: 0.05),
                Case(name: name, dwell: 2, limit: 0.1, share: 0.9, gap: 0.05),
            ]
        }
    }

    @Test(
        "the cross-entropy method finds the best of 2187 sequences from 19 of 20 starts without guardrail",
        arguments: Case.all)
    func crossEntropy(example: Case) throws {
        let (share, gap) = try Self.tally(
            Self.small(example.name), dwell: example.dwell, limit: example.limit, cases: 20)
        #expect(share >= example.share && gap <= example.gap, "reached in \(share), mean gap \(gap)")
    }

    @Test(
        "no candidate takes another value or moves before its time, whatever searches",
        arguments: [ImprovedCrossEntropy.name, CrossEntropy.name, PathIntegral.name, BeamSearch.name])
    func kept(name: String) throws {
        let problem = SwitchedProblem.draw(2, dwell: 3, limit: 0.1, horizon: 8)
        // The dynamics refuse every action that is not allowed.
        let guess = [Float](repeating: 0, count: 8)
        let search = try problem.search(guesses: [guess])
        try Self.small(name).solve(search, seed: 5)
        let best = try #require(search.best)
        #expect(problem.set.contains(best.actions, horizon: 8, previous: [0]))
        #expect(best.actions.contains { $0 != 0 })
        // And the batch size changes nothing, to the bit.
        let other = try problem.search(guesses: [guess], chunk: 7)
        try Self.small(name).solve(other, seed: 5)
        #expect(other.best == search.best && other.evaluated == search.evaluated)
    }

    @Test(
        "mixed actions come within 1 % of the best values with the quadratic program of the other action",
        arguments: [ImprovedCrossEntropy.name, BeamSearch.name], [1, 2, 3] as [UInt64])
    func mixed(name: String, seed: UInt64) throws {
        var problem = SwitchedProblem.draw(seed, horizon: 5)
        problem.system = LinearTestDynamics(a: [[1, 0.5], [0, 0.9]], b: [[0.1, 0.3], [0.5, 0]], limit: 4)
        problem.values = [[-4, 0, 4], []]
        problem.effort = 0.2
        (problem.dwell, problem.held) = ([0, 0], [.infinity, .infinity])
        let optimum = try Self.quadraticOptimum(problem)
        let search = try problem.search()
        let solver: any Solver = name == BeamSearch.name ? BeamSearch.standard : ImprovedCrossEntropy.standard
        try solver.solve(search, seed: seed)
        let ratio = Double(try #require(search.best).score.cost) / optimum
        #expect(ratio <= 1.01 && ratio >= 0.9999)
    }

    /// The least cost over all values of the first action, each with the second one by its quadratic cost, whose
    /// matrix costs at a few points give.
    private static func quadraticOptimum(_ problem: SwitchedProblem) throws -> Double {
        let horizon = problem.horizon
        var least = Double.infinity
        for number in 0..<243 {
            var rest = number
            let values = (0..<horizon).map { _ -> Float in
                defer { rest /= 3 }
                return problem.values[0][rest % 3]
            }
            func sequence(_ free: [Double]) -> [Float] { zip(values, free).flatMap { [$0, Float($1)] } }
            func unit(_ places: [Int]) -> [Double] { (0..<horizon).map { places.contains($0) ? 1 : 0 } }
            var asked = [sequence(unit([]))] + (0..<horizon).map { sequence(unit([$0])) }
            asked += (0..<horizon).map { sequence(unit([$0]).map { -$0 }) }
            var pairs: [(Int, Int)] = []
            for i in 0..<horizon { for j in 0..<i { pairs.append((i, j)) } }
            asked += pairs.map { sequence(unit([$0.0, $0.1])) }
            let costs = try problem.scores(asked).map { Double($0.cost) }
            let zero = costs[0]
            var hessian = [[Double]](repeating: [Double](repeating: 0, count: horizon), count: horizon)
            var slope = [Double](repeating: 0, count: horizon)
            for i in 0..<horizon {
                slope[i] = (costs[1 + i] - costs[1 + horizon + i]) / 2
                hessian[i][i] = costs[1 + i] + costs[1 + horizon + i] - 2 * zero
            }
            for (place, (i, j)) in pairs.enumerated() {
                let both = costs[1 + 2 * horizon + place] - zero
                let value = both - (costs[1 + i] - zero) - (costs[1 + j] - zero)
                (hessian[i][j], hessian[j][i]) = (value, value)
            }
            let free = solve(hessian, slope.map { -$0 }, within: Double(problem.reach))
            least = min(least, Double(try problem.scores([sequence(free)])[0].cost))
        }
        return least
    }

    /// The least of a convex quadratic within ±reach, by coordinate descent.
    private static func solve(_ matrix: [[Double]], _ right: [Double], within reach: Double) -> [Double] {
        var point = right.map { _ in 0.0 }
        for _ in 0..<2000 {
            for row in point.indices {
                let others = point.indices.reduce(0) { $0 + ($1 == row ? 0 : matrix[row][$1] * point[$1]) }
                point[row] = min(reach, max(-reach, (right[row] - others) / matrix[row][row]))
            }
        }
        return point
    }

    @Test("no value dies: what was drawn by no elite keeps its part of a distribution")
    func alive() throws {
        let search = try SwitchedProblem(state: [2, 0]).search()
        let basis = FrequencyBasis(space: search.space)
        var distribution = CategoricalDistribution(search.space, basis: basis, exponent: 0, isFixed: false)
        var population = Population(count: 2, for: search.problem)
        for candidate in 0..<2 { population.setPoint(candidate, to: [Float](repeating: 1, count: 6)) }
        for _ in 0..<50 { distribution.refit(to: [(0, 0.6), (1, 0.4)], of: population, momentum: 0.1) }
        // p = (1 − f)·(i·p + (1 − i)·[elite]) + f / 3 in the long run.
        let (floor, inertia) = (CategoricalDistribution.floor, CategoricalDistribution.inertia)
        let dead = floor / 3 / (1 - (1 - floor) * inertia)
        for block in 0..<6 {
            #expect(abs(distribution.probabilities[3 * block] - dead) < 1e-5)
            #expect(abs(distribution.probabilities[3 * block + 2] - (1 - 2 * dead)) < 1e-5)
        }
        #expect(distribution.doubt < 1e-5)
    }

    @Test("coloured and white draws follow the probabilities of each block", arguments: [0, 1])
    func marginals(parity: Int) throws {
        let search = try SwitchedProblem(state: [2, 0]).search()
        let basis = FrequencyBasis(space: search.space)
        var distribution = CategoricalDistribution(search.space, basis: basis, exponent: 2, isFixed: false)
        // −4 at all blocks, half of it uniform: 2/3, 1/6, 1/6.
        distribution.begin(at: [Float](repeating: -1, count: 6), spread: 1)
        var population = Population(count: 1, for: search.problem)
        var (counts, switches) = ([[Int]](repeating: [0, 0, 0], count: 6), 0)
        let draws = 4000
        for draw in 0..<draws {
            var generator = SeededGenerator(seed: 7, stream: UInt64(draw))
            var wide = Population(count: 2, for: search.problem)
            // A copy has drawn nothing before, so that nothing is changed to be new.
            var fresh = distribution
            fresh.sample(parity, of: &wide, using: &generator)
            population.adopt(0, from: wide, parity)
            let values = population.points.map { Int($0) + 1 }
            for block in 0..<6 { counts[block][values[block]] += 1 }
            switches += zip(values, values.dropFirst()).count { $0 != $1 }
        }
        for block in 0..<6 {
            for (value, expected) in [2.0 / 3, 1.0 / 6, 1.0 / 6].enumerated() {
                // Five standard deviations of a frequency.
                let tolerance = 5 * (expected * (1 - expected) / Double(draws)).squareRoot()
                #expect(abs(Double(counts[block][value]) / Double(draws) - expected) < tolerance)
            }
        }
        // By themselves neighbours differ with probability 1 − Σp² = 1/2; together much less often.
        let rate = Double(switches) / Double(5 * draws)
        #expect(parity == 1 ? abs(rate - 0.5) < 0.02 : rate < 0.35)
    }

    @Test("a beam without values, and gradients with them, are refused with a remedy")
    func refused() throws {
        let free = try makeSearch(
            .doubleIntegrator, from: [2, 0], horizon: 4, cost: QuadraticTestCost(q: [1, 1], r: 1))
        let beam = #expect(throws: ForesightError.self) { try BeamSearch.standard.solve(free, seed: 1) }
        #expect(beam?.code == .usage && beam?.remedy.contains("--values") == true)
        let switched = try SwitchedProblem(state: [2, 0]).search()
        let gradient = #expect(throws: ForesightError.self) { try GradientDescent.standard.solve(switched, seed: 1) }
        #expect(gradient?.code == .usage && gradient?.remedy.contains("beam") == true)
    }

    @Test("values that a rate limit keeps apart are refused")
    func apart() {
        let set = ActionSet(lower: [0], upper: [100], rise: [1], values: [[0, 100]], samplingTime: 10)
        let error = #expect(throws: ForesightError.self) {
            try ActionSpace(set, horizon: 4, previous: [0], names: ["pump"])
        }
        #expect(error?.message.contains("'pump' cannot go from 0.0 to 100.0") == true)
    }

    @Test("how long an action has had its value is read off a record")
    func held() {
        let rows: [[Double]] = [[0, 5], [1, 5], [1, 5]]
        let held = PlanningStart.held(rows: 3, actions: 2, samplingTime: 10) { rows[$0][$1] }
        #expect(held == [20, .infinity])
    }
}
