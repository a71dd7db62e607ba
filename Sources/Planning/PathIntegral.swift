import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Model predictive path integral control: the mean of all samples, weighted by `exp(−cost/λ)`.
///
/// Williams et al., "Information theoretic MPC for model-based reinforcement learning", ICRA 2017,
/// https://doi.org/10.1109/ICRA.2017.7989202, with the base distribution at the mean (α = 1 there), for which the
/// control-cost term of the weights vanishes. From iteration to iteration the deviation of the noise moves to that of
/// the weighted samples, as in Hansen, Su and Wang, "TD-MPC2", ICLR 2024, https://arxiv.org/abs/2310.16828, here per
/// frequency of the action sequence; with `adaptation` 0 it stays as it is, as in the first paper.
///
/// Feasible first: as long as any sample is feasible, only feasible ones have weight; when none is, samples are
/// weighted by their violation instead of their cost. The mean of feasible samples can be infeasible, so it is a
/// candidate of the next iteration like any other, and the result is the best candidate ever seen.
public struct PathIntegral: Solver {
    /// `mppi`.
    public static let name = "mppi"
    /// The default options.
    public static let standard = PathIntegral(
        unchecked: 160, iterations: 12, rounds: 1, temperature: 0.1, isRelative: true, deviation: 1, adaptation: 0.9,
        exponent: 2)

    /// Samples per iteration.
    public let population: Int
    /// The number of iterations.
    public let iterations: Int
    /// Rounds that the iterations are divided into; each starts wide again around the best candidate so far, which
    /// pays where guardrails bind and iterations are many.
    public let rounds: Int
    /// The temperature λ: low follows the best sample, high averages many.
    public let temperature: Double
    /// Whether λ counts in units of the samples' mean excess over the best cost, so that it suits every cost scale;
    /// otherwise in units of cost.
    public let isRelative: Bool
    /// Standard deviation of the noise to begin with, as a share of half the action box.
    public let deviation: Double
    /// How far the noise's variance moves to that of the weighted samples in each iteration, in [0, 1].
    public let adaptation: Double
    /// The exponent β of the first noise's power spectrum `1/f^β`: 0 is white, greater is smoother.
    public let exponent: Double

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(
        population: Int = 160, iterations: Int = 12, rounds: Int = 1, temperature: Double = 0.1,
        isRelative: Bool = true,
        deviation: Double = 1, adaptation: Double = 0.9, exponent: Double = 2
    ) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(2, population, "population")
        try check.atLeast(1, iterations, "iterations")
        try check.within(1...iterations, rounds, "rounds")
        try check.positive(temperature, "temperature")
        try check.positive(deviation, "deviation")
        try check.within(0...1, adaptation, "adaptation")
        try check.within(0...10, exponent, "exponent")
        self.init(
            unchecked: population, iterations: iterations, rounds: rounds, temperature: temperature,
            isRelative: isRelative,
            deviation: deviation, adaptation: adaptation, exponent: exponent)
    }

    private init(
        unchecked population: Int, iterations: Int, rounds: Int, temperature: Double, isRelative: Bool,
        deviation: Double,
        adaptation: Double, exponent: Double
    ) {
        self.population = population
        self.iterations = iterations
        self.rounds = rounds
        self.temperature = temperature
        self.isRelative = isRelative
        self.deviation = deviation
        self.adaptation = adaptation
        self.exponent = exponent
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(
            decoder, solver: Self.name,
            known: [
                "population", "iterations", "rounds", "temperature", "isRelative", "deviation", "adaptation",
                "exponent",
            ])
        let standard = Self.standard
        try self.init(
            population: reader.value("population", default: standard.population),
            iterations: reader.value("iterations", default: standard.iterations),
            rounds: reader.value("rounds", default: standard.rounds),
            temperature: reader.value("temperature", default: standard.temperature),
            isRelative: reader.value("isRelative", default: standard.isRelative),
            deviation: reader.value("deviation", default: standard.deviation),
            adaptation: reader.value("adaptation", default: standard.adaptation),
            exponent: reader.value("exponent", default: standard.exponent))
    }

    /// Searches until done or until the deadline.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard var distribution = try SearchDistribution.start(search, deviation: deviation, exponent: exponent) else {
            return
        }
        var candidates = Population(count: population, for: search.problem)
        var weights = [Double](repeating: 0, count: population)
        for iteration in 0..<iterations {
            distribution.beginRound(search, iteration: iteration, of: iterations, rounds: rounds)
            candidates.setPoint(0, to: distribution.mean)
            distribution.sample(1..<max(1, population), of: &candidates, seed: seed, iteration: iteration)
            guard try search.evaluate(&candidates), try search.retract(&candidates) else { return }
            weigh(candidates.scores, into: &weights)
            let used = weights.enumerated().filter { $0.element > 0 }.map {
                (candidate: $0.offset, weight: Float($0.element))
            }
            guard !used.isEmpty else { continue }
            distribution.refit(to: used, of: candidates, momentum: 1 - adaptation)
            search.finishIteration()
        }
        // The last mean has not been scored yet.
        var last = Population(count: 1, for: search.problem)
        last.setPoint(0, to: distribution.mean)
        _ = try search.evaluate(&last)
    }

    /// Writes the normalised weights of candidates, all zero when none can be used.
    func weigh(_ scores: [Score], into weights: inout [Double]) {
        let hasFeasible = scores.contains { $0.isFeasible }
        var least = Double.infinity
        var sum = 0.0
        var count = 0
        for (index, score) in scores.enumerated() {
            let isUsed = hasFeasible ? score.isFeasible : score.cost.isFinite
            weights[index] = isUsed ? Double(hasFeasible ? score.cost : score.violation) : .infinity
            guard isUsed else { continue }
            least = min(least, weights[index])
            sum += weights[index]
            count += 1
        }
        guard count > 0 else {
            for index in weights.indices { weights[index] = 0 }
            return
        }
        let excess = sum / Double(count) - least
        let scale = temperature * (isRelative ? max(excess, .leastNormalMagnitude) : 1)
        var total = 0.0
        for index in weights.indices {
            weights[index] = exp(-(weights[index] - least) / scale)
            total += weights[index]
        }
        for index in weights.indices { weights[index] /= total }
    }
}
