import Basics
import Episodes
import Objectives

/// Gradient descent through the model from several starts at once: Adam on the frequencies of the action sequence,
/// projected into the limits after every step, with the guardrails in an augmented Lagrangian.
///
/// Each start has multipliers of its own (Hestenes 1969; Powell 1969; Nocedal and Wright, "Numerical optimization",
/// 2006, section 17.3): it descends `J/s + Σ_i max(0, λ_i + μ g_i)²/2μ` with `g_i` the violation of guardrail `i` in
/// units of its scale and `s` the size of the cost's gradient at the beginning, and moves `λ_i` to
/// `max(0, λ_i + μ g_i)` every few steps while μ grows. When three quarters of the steps have found nothing feasible,
/// the rest follows the violation's gradient alone. Points that end just outside a limit are pulled back towards the
/// best feasible one. Whatever the multipliers say, the result is the best candidate ever seen by `Score`, so
/// that no plan is returned because it is cheap. Novelty is one of the guardrails, where the dynamics
/// carry its gradient; elsewhere it counts in the ranking only.
public struct GradientDescent: Solver {
    /// `gradient`.
    public static let name = "gradient"
    /// The default options.
    public static let standard = GradientDescent(
        unchecked: 6, iterations: 120, rate: 0.2, deviation: 0.5, penalty: 3, outerSteps: 10)

    /// Starting points: the best of the search's guesses, then random ones around it.
    public let starts: Int
    /// Steps of each start.
    public let iterations: Int
    /// The first step size, as a share of half the action box; it falls to a hundredth along a cosine.
    public let rate: Double
    /// Standard deviation of the random starts around the best guess, as a share of half the action box.
    public let deviation: Double
    /// The first weight μ of a violated guardrail; it grows tenfold over the search.
    public let penalty: Double
    /// Steps between two updates of the multipliers.
    public let outerSteps: Int

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(
        starts: Int = 6, iterations: Int = 120, rate: Double = 0.2, deviation: Double = 0.5, penalty: Double = 3,
        outerSteps: Int = 10
    ) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(1, starts, "starts")
        try check.atLeast(1, iterations, "iterations")
        try check.positive(rate, "rate")
        try check.positive(deviation, "deviation")
        try check.positive(penalty, "penalty")
        try check.atLeast(1, outerSteps, "outerSteps")
        self.init(
            unchecked: starts, iterations: iterations, rate: rate, deviation: deviation, penalty: penalty,
            outerSteps: outerSteps)
    }

    private init(
        unchecked starts: Int, iterations: Int, rate: Double, deviation: Double, penalty: Double, outerSteps: Int
    ) {
        self.starts = starts
        self.iterations = iterations
        self.rate = rate
        self.deviation = deviation
        self.penalty = penalty
        self.outerSteps = outerSteps
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(
            decoder, solver: Self.name,
            known: ["starts", "iterations", "rate", "deviation", "penalty", "outerSteps"])
        let standard = Self.standard
        try self.init(
            starts: reader.value("starts", default: standard.starts),
            iterations: reader.value("iterations", default: standard.iterations),
            rate: reader.value("rate", default: standard.rate),
            deviation: reader.value("deviation", default: standard.deviation),
            penalty: reader.value("penalty", default: standard.penalty),
            outerSteps: reader.value("outerSteps", default: standard.outerSteps))
    }

    /// Searches until done or until the deadline.
    ///
    /// - Throws: A usage error when the dynamics carry no gradient; what the dynamics throw.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard search.isDifferentiable else { throw ForesightError.notDifferentiable(solver: Self.name) }
        if let channel = search.space.switched.first {
            throw ForesightError.isSwitched(
                search.problem.context.actions[channel], search.space.limits.values[channel], solver: Self.name)
        }
        guard var candidates = try startingPoints(search, seed: seed) else { return }
        var lagrangian = Lagrangian(search, starts: starts, penalty: penalty)
        var gradient = [Float](repeating: 0, count: candidates.points.count)
        var adam = AdamStep(starts: starts, space: search.space)
        try lagrangian.normalise(search, &candidates, gradient: &gradient)
        for iteration in 0..<iterations {
            let progress = Double(iteration) / Double(iterations)
            lagrangian.isRestoring = progress >= 0.75 && search.best?.score.isFeasible != true
            let isComplete = try search.evaluateGradient(&candidates, into: &gradient) {
                lagrangian.weigh($0, $1, $2, into: &$3)
            }
            guard isComplete else { return }
            adam.apply(gradient, to: &candidates.points, rate: Float(rate * CosineFall.factor(at: progress)))
            if (iteration + 1).isMultiple(of: outerSteps) { lagrangian.update(progress: progress) }
            search.finishIteration()
        }
        try finish(search, candidates)
    }

    /// Scores the last points and pulls those that end just outside a limit back towards the best feasible one.
    private func finish<D>(_ search: CandidateSearch<D>, _ candidates: Population) throws {
        guard let best = search.best else { return }
        var last = Population(count: starts + 1, for: search.problem)
        search.space.encode(best.actions, candidates: 1, as: .last, into: &last.points)
        for start in 0..<starts { last.setPoint(start + 1, to: candidates.point(start)) }
        guard try search.evaluate(&last) else { return }
        _ = try search.retract(&last)
    }

    /// The guesses, filled up with random points around the best of them.
    private func startingPoints<D>(_ search: CandidateSearch<D>, seed: UInt64) throws -> Population? {
        guard var distribution = try SearchDistribution.start(search, deviation: deviation, exponent: 2) else {
            return nil
        }
        var candidates = Population(count: starts, for: search.problem)
        candidates.setPoint(0, to: distribution.mean)
        distribution.sample(1..<max(1, starts), of: &candidates, seed: seed, iteration: 0)
        return candidates
    }
}
