import Basics

/// The improved cross-entropy method: coloured noise, elites kept and carried over to the next plan, a population that
/// shrinks, and the best sample ever seen as the result.
///
/// Pinneri et al., "Sample-efficient cross-entropy method for real-time planning", CoRL 2020,
/// https://arxiv.org/abs/2008.06389. Elites are the best by `Score`, so guardrails come first. Unlike there the mean is
/// a candidate in every iteration and not only in the last, and deviations are refitted per frequency of the action
/// sequence instead of per step: the noise starts with the spectrum `1/f^β` and takes on that of the elites.
public struct ImprovedCrossEntropy: Solver {
    /// `icem`.
    public static let name = "icem"
    /// The default options.
    public static let standard = ImprovedCrossEntropy(
        unchecked: 128, elites: 16, iterations: 12, rounds: 1, deviation: 1, momentum: 0.1, exponent: 2, decay: 1.1,
        reuse: 0.3, tolerance: 1e-3, switches: .categories)

    /// Candidates in the first iteration.
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
    /// The exponent β of the first noise's power spectrum `1/f^β`: 0 is white, greater is smoother.
    public let exponent: Double
    /// By how much the population shrinks with each iteration, down to twice the elites.
    public let decay: Double
    /// The share of the elites that stays in the next iteration, and in the next plan, in [0, 1].
    public let reuse: Double
    /// The search ends when no frequency's deviation exceeds this share of half the action box, and no value is in more doubt.
    public let tolerance: Double
    /// How actions that take only some values are searched.
    public let switches: SwitchSearch

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(
        population: Int = 128, elites: Int = 16, iterations: Int = 12, rounds: Int = 1, deviation: Double = 1,
        momentum: Double = 0.1,
        exponent: Double = 2, decay: Double = 1.1, reuse: Double = 0.3, tolerance: Double = 1e-3,
        switches: SwitchSearch = .categories
    ) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(2, elites, "elites")
        try check.atLeast(2 * elites, population, "population")
        try check.atLeast(1, iterations, "iterations")
        try check.within(1...iterations, rounds, "rounds")
        try check.positive(deviation, "deviation")
        try check.within(0...0.99, momentum, "momentum")
        try check.within(0...10, exponent, "exponent")
        try check.within(1...10, decay, "decay")
        try check.within(0...1, reuse, "reuse")
        try check.atLeast(0, tolerance, "tolerance")
        self.init(
            unchecked: population, elites: elites, iterations: iterations, rounds: rounds, deviation: deviation,
            momentum: momentum,
            exponent: exponent, decay: decay, reuse: reuse, tolerance: tolerance, switches: switches)
    }

    private init(
        unchecked population: Int, elites: Int, iterations: Int, rounds: Int, deviation: Double, momentum: Double,
        exponent: Double, decay: Double, reuse: Double, tolerance: Double, switches: SwitchSearch
    ) {
        self.population = population
        self.elites = elites
        self.iterations = iterations
        self.rounds = rounds
        self.deviation = deviation
        self.momentum = momentum
        self.exponent = exponent
        self.decay = decay
        self.reuse = reuse
        self.tolerance = tolerance
        self.switches = switches
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(
            decoder, solver: Self.name,
            known: [
                "population", "elites", "iterations", "rounds", "deviation", "momentum", "exponent", "decay", "reuse",
                "tolerance", "switches",
            ])
        let standard = Self.standard
        try self.init(
            population: reader.value("population", default: standard.population),
            elites: reader.value("elites", default: standard.elites),
            iterations: reader.value("iterations", default: standard.iterations),
            rounds: reader.value("rounds", default: standard.rounds),
            deviation: reader.value("deviation", default: standard.deviation),
            momentum: reader.value("momentum", default: standard.momentum),
            exponent: reader.value("exponent", default: standard.exponent),
            decay: reader.value("decay", default: standard.decay),
            reuse: reader.value("reuse", default: standard.reuse),
            tolerance: reader.value("tolerance", default: standard.tolerance),
            switches: reader.value("switches", default: standard.switches))
    }

    private var kept: Int { Int((reuse * Double(elites)).rounded()) }

    /// Searches until done or until the deadline.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard
            let begun = try SearchDistribution.start(
                search, deviation: deviation, exponent: exponent, switches: switches)
        else { return }
        try solve(search, seed: seed, from: begun)
    }

    /// Searches from a distribution.
    func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64, from begun: SearchDistribution) throws {
        var distribution = begun
        var candidates = Population(count: population, for: search.problem)
        var keep = Elites(inherited: search.inheritedElites.prefix(kept), space: search.space)
        defer { if let left = keep.sequences { search.elites = left } }
        var size = Double(population)
        for iteration in 0..<iterations {
            candidates.shrink(to: max(2 * elites, Int(size)))
            size /= decay
            distribution.beginRound(search, iteration: iteration, of: iterations, rounds: rounds)
            candidates.setPoint(0, to: distribution.mean)
            keep.write(to: &candidates, from: 1)
            distribution.sample(1 + keep.count..<candidates.count, of: &candidates, seed: seed, iteration: iteration)
            guard try search.evaluate(&candidates), try search.retract(&candidates) else { return }
            // Of equal sequences only one counts where values are drawn, so that any may be needed.
            candidates.rank(best: distribution.isSwitched ? nil : elites)
            let best = candidates.leaders(elites, distinct: distribution.isSwitched)
            distribution.refit(to: best, of: candidates, momentum: momentum)
            keep.read(best.prefix(kept), of: candidates)
            search.finishIteration()
            if rounds == 1, Double(distribution.widest) <= tolerance { break }
        }
    }
}

/// The elites that stay in the population, and in the next plan.
private struct Elites {
    private var points: [Float] = []
    private var actions: [Float] = []
    private let variables: Int
    private let length: Int
    private var isRead = false

    init(inherited: ArraySlice<[Float]>, space: ActionSpace) {
        variables = space.variables
        length = space.sequenceLength
        points = [Float](repeating: 0, count: inherited.count * variables)
        space.encode(inherited.flatMap { $0 }, candidates: inherited.count, as: .mean, into: &points)
    }

    var count: Int { points.count / variables }

    /// The action sequences of those that were read last; `nil` before any were.
    var sequences: [[Float]]? {
        isRead ? stride(from: 0, to: actions.count, by: length).map { Array(actions[$0..<$0 + length]) } : nil
    }

    func write(to population: inout Population, from first: Int) {
        for index in points.indices { population.points[first * variables + index] = points[index] }
    }

    mutating func read(_ elites: ArraySlice<Int>, of population: Population) {
        isRead = true
        points.removeAll(keepingCapacity: true)
        actions.removeAll(keepingCapacity: true)
        for elite in elites {
            points += population.point(elite)
            actions += population.sequence(elite)
        }
    }
}
