import Basics

/// Normal distributions of a point, independent per frequency and channel, which solvers sample from and refit; for actions
/// that take values categorical ones beside them, in the same candidates.
struct SearchDistribution {
    /// The mean point `[block, channel]`.
    private(set) var mean: [Float]
    /// Standard deviations `[frequency, channel]`.
    private(set) var deviation: [Float]
    private let initial: [Float]
    private var shrinkage: Float = 1
    private let basis: FrequencyBasis
    private var coefficients: [Float]
    private var squares: [Float]
    private var centred: [Float]
    private var target: [Float]
    private var rankWeights: [Float] = []
    private var weighted: [(candidate: Int, weight: Float)] = []
    private var categories: CategoricalDistribution?

    /// Starts at the best of the search's guesses, or at the centre of the space when there are none.
    ///
    /// - Returns: `nil` when the deadline has come already.
    /// - Throws: What the dynamics throw.
    static func start<D>(
        _ search: CandidateSearch<D>, deviation: Double, exponent: Double, switches: SwitchSearch = .categories
    ) throws -> Self? {
        var distribution = SearchDistribution(
            search.space, deviation: deviation, exponent: exponent, switches: switches)
        guard !search.guesses.isEmpty else { return distribution }
        var guesses = try search.evaluate(sequences: search.guesses)
        guesses.rank()
        distribution.begin(at: Array(guesses.point(guesses.ranking[0])))
        return search.isCutShort ? nil : distribution
    }

    /// Moves to a point, with the noise of the beginning.
    mutating func begin(at point: [Float]) {
        mean = point
        categories?.begin(at: point, spread: 1)
        categories?.writeModes(to: &mean)
    }

    private init(_ space: ActionSpace, deviation: Double, exponent: Double, switches: SwitchSearch) {
        basis = FrequencyBasis(space: space)
        mean = [Float](repeating: 0, count: space.variables)
        self.deviation = basis.amplitudes(exponent: exponent, size: deviation)
        coefficients = mean
        squares = mean
        centred = mean
        target = mean
        if switches != .rounded, !space.switched.isEmpty {
            let drawn = CategoricalDistribution(space, basis: basis, exponent: exponent, isFixed: switches == .fixed)
            drawn.silence(&self.deviation)
            drawn.writeModes(to: &mean)
            categories = drawn
        }
        initial = self.deviation
    }

    /// Draws candidates, each from the stream of this iteration and itself, so that no other candidate changes it.
    mutating func sample(_ candidates: Range<Int>, of population: inout Population, seed: UInt64, iteration: Int) {
        let count = mean.count
        precondition(
            candidates.lowerBound >= 0 && candidates.upperBound * count <= population.points.count,
            "candidates of the population")
        for candidate in candidates {
            var generator = SeededGenerator(seed: seed, stream: UInt64(iteration) << 32 | UInt64(candidate))
            coefficients.withUnsafeMutableBufferPointer { coefficients in
                generator.normals(into: coefficients)
                deviation.withUnsafeBufferPointer { deviation in
                    for index in 0..<count { coefficients[index] *= deviation[index] }
                }
                population.points.withUnsafeMutableBufferPointer { points in
                    guard let points = points.baseAddress, let coefficients = coefficients.baseAddress else { return }
                    let point = points + candidate * count
                    mean.withUnsafeBufferPointer { mean in
                        for index in 0..<count { point[index] = mean[index] }
                    }
                    basis.add(coefficients, to: point)
                }
            }
            categories?.sample(candidate, of: &population, using: &generator)
        }
    }

    /// Moves the mean to that of the elites and the variance towards theirs; the better an elite the more it counts.
    ///
    /// The weights fall with the logarithm of the rank, as in Hansen and Ostermeier, "Completely derandomized
    /// self-adaptation in evolution strategies", Evolutionary Computation 9 (2001).
    ///
    /// - Parameters:
    ///   - elites: The candidates, best first.
    ///   - population: What they are candidates of.
    ///   - momentum: The share of the old variance that stays.
    mutating func refit(to elites: ArraySlice<Int>, of population: Population, momentum: Double) {
        if rankWeights.count != elites.count {
            let raw = (1...elites.count).map { (Double(elites.count) + 0.5).logarithm - Double($0).logarithm }
            let sum = raw.reduce(0, +)
            rankWeights = raw.map { Float($0 / sum) }
        }
        weighted.removeAll(keepingCapacity: true)
        for (candidate, weight) in zip(elites, rankWeights) { weighted.append((candidate, weight)) }
        var taken: [(candidate: Int, weight: Float)] = []
        swap(&taken, &weighted)
        refit(to: taken, of: population, momentum: momentum)
        weighted = taken
    }

    /// Moves the mean to the weighted mean of candidates and the variance towards theirs around it.
    mutating func refit(
        to weighted: [(candidate: Int, weight: Float)], of population: Population, momentum: Double
    ) {
        for index in mean.indices { centred[index] = 0 }
        for (candidate, weight) in weighted {
            let offset = candidate * mean.count
            for index in mean.indices { centred[index] += weight * population.points[offset + index] }
        }
        for index in mean.indices { target[index] = centred[index] }
        for index in mean.indices { squares[index] = 0 }
        for (candidate, weight) in weighted {
            let offset = candidate * mean.count
            for index in mean.indices { centred[index] = population.points[offset + index] - target[index] }
            basis.analyse(centred, at: 0, into: &coefficients)
            for index in mean.indices { squares[index] += weight * coefficients[index] * coefficients[index] }
        }
        let (stays, moves) = (Float(momentum), Float(1 - momentum))
        for index in mean.indices {
            mean[index] = target[index]
            let variance = stays * deviation[index] * deviation[index] + moves * squares[index]
            deviation[index] = variance.squareRoot()
        }
        categories?.refit(to: weighted, of: population, momentum: Float(momentum))
        categories?.writeModes(to: &mean)
        categories?.silence(&deviation)
    }

    /// Begins another round where one is due: the iterations are divided into rounds of equal length, and each but the
    /// first starts at the best candidate so far with 0.35 times the noise that the one before it started with.
    ///
    /// Against guardrails a search shrinks too early along the limits; starting wide again frees it.
    mutating func beginRound<D>(_ search: CandidateSearch<D>, iteration: Int, of iterations: Int, rounds: Int) {
        let length = max(1, iterations / rounds)
        guard iteration > 0, iteration.isMultiple(of: length), iteration / length < rounds, let best = search.best
        else { return }
        shrinkage *= 0.35
        search.space.encode(best.actions, candidates: 1, as: .last, into: &mean)
        for index in deviation.indices { deviation[index] = shrinkage * initial[index] }
        categories?.begin(at: mean, spread: shrinkage)
    }

    /// Whether values are drawn by category.
    var isSwitched: Bool { categories != nil }

    /// The greatest deviation of any frequency, or the greatest doubt about any value.
    var widest: Float { max(deviation.max() ?? 0, categories?.doubt ?? 0) }
}
