import Basics

/// The cross-entropy method: sample, keep the elites, refit mean and deviation to them, repeat.
///
/// Rubinstein, "The cross-entropy method for combinatorial and continuous optimization", Methodology and Computing in
/// Applied Probability 1 (1999), https://doi.org/10.1023/A:1010091220143. Elites are the best by `Score`, so guardrails
/// come first. The first candidate of every iteration is the mean itself. Deviations are per frequency of the action
/// sequence instead of per step, which resolves the coupling of neighbouring actions.
public struct CrossEntropy: Solver {
    /// `cem`.
    public static let name = "cem"
    /// The default options.
    public static let standard = CrossEntropy(
        unchecked: 200, elites: 20, iterations: 12, rounds: 1, deviation: 1, momentum: 0.1, tolerance: 1e-3)

    /// Candidates per iteration.
    public let population: Int
    /// Candidates that the next distribution is fitted to.
    public let elites: Int
    /// The most iterations.
    public let iterations: Int
    /// Rounds that the iterations are divided into; each starts wide again around the best candidate so far, which
    /// pays where guardrails bind and iterations are many.
    public let rounds: Int
    /// Standard deviation to begin with, as a share of half the action box.
    public let deviation: Double
    /// The share of the old variance that stays in each refit, in [0, 1).
    public let momentum: Double
    /// The search ends when no frequency's deviation exceeds this share of half the action box.
    public let tolerance: Double

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(
        population: Int = 200, elites: Int = 20, iterations: Int = 12, rounds: Int = 1, deviation: Double = 1,
        momentum: Double = 0.1, tolerance: Double = 1e-3
    ) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(2, elites, "elites")
        try check.atLeast(elites + 1, population, "population")
        try check.atLeast(1, iterations, "iterations")
        try check.within(1...iterations, rounds, "rounds")
        try check.positive(deviation, "deviation")
        try check.within(0...0.99, momentum, "momentum")
        try check.atLeast(0, tolerance, "tolerance")
        self.init(
            unchecked: population, elites: elites, iterations: iterations, rounds: rounds, deviation: deviation,
            momentum: momentum,
            tolerance: tolerance)
    }

    private init(
        unchecked population: Int, elites: Int, iterations: Int, rounds: Int, deviation: Double, momentum: Double,
        tolerance: Double
    ) {
        self.population = population
        self.elites = elites
        self.iterations = iterations
        self.rounds = rounds
        self.deviation = deviation
        self.momentum = momentum
        self.tolerance = tolerance
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(
            decoder, solver: Self.name,
            known: ["population", "elites", "iterations", "rounds", "deviation", "momentum", "tolerance"])
        let standard = Self.standard
        try self.init(
            population: reader.value("population", default: standard.population),
            elites: reader.value("elites", default: standard.elites),
            iterations: reader.value("iterations", default: standard.iterations),
            rounds: reader.value("rounds", default: standard.rounds),
            deviation: reader.value("deviation", default: standard.deviation),
            momentum: reader.value("momentum", default: standard.momentum),
            tolerance: reader.value("tolerance", default: standard.tolerance))
    }

    /// Searches until done or until the deadline.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard var distribution = try SearchDistribution.start(search, deviation: deviation, exponent: 0) else { return }
        var candidates = Population(count: population, for: search.problem)
        for iteration in 0..<iterations {
            distribution.beginRound(search, iteration: iteration, of: iterations, rounds: rounds)
            candidates.setPoint(0, to: distribution.mean)
            distribution.sample(1..<population, of: &candidates, seed: seed, iteration: iteration)
            guard try search.evaluate(&candidates), try search.retract(&candidates) else { return }
            // Of equal sequences only one counts where values are drawn, so that any may be needed.
            candidates.rank(best: distribution.isSwitched ? nil : elites)
            let best = candidates.leaders(elites, distinct: distribution.isSwitched)
            distribution.refit(to: best, of: candidates, momentum: momentum)
            search.finishIteration()
            if rounds == 1, Double(distribution.widest) <= tolerance { break }
        }
    }
}
