import Basics
import Episodes
import Objectives

/// Sequential quadratic programming by Gauss–Newton: near the best plan so far the cost is a sum of squares of lines and the
/// guardrails are lines, and the quadratic program of both says where to go.
///
/// The generalised Gauss–Newton method for optimal control of Bock (1983) and of Diehl, Bock and Schlöder, "A real-time iteration
/// scheme for nonlinear optimization in optimal feedback control", SIAM Journal on Control and Optimization 2005,
/// https://doi.org/10.1137/S0363012902400713: outputs are eliminated by forward sensitivities along the trajectory (condensing),
/// so that only actions are left, and the last plan, shifted, is the start. A limit that holds always is a row at every step. Guardrails
/// give way at a price, so that there is always a step, and a step is shortened until cost and violations together fall (the ℓ₁
/// merit function: Nocedal and Wright, "Numerical optimization", 2006, sections 18.3 and 18.5). Limits and rates of actions never
/// give way. Whatever the quadratic programs say, the result is the best candidate ever seen by `Score`.
///
/// It needs dynamics that carry gradients: true equations, by ``LinearisableDynamics``, and sensor models, by a batch of reverse
/// passes. What it finds is the optimum where the equations are linear, and near its start where they are not.
public struct SequentialQuadratic: Solver {
    /// `sqp`.
    public static let name = "sqp"
    /// The default options.
    public static let standard = SequentialQuadratic(unchecked: 20, tolerance: 1e-6, inset: 1e-4)

    /// The most quadratic programs.
    public let iterations: Int
    /// The search ends when a step lets the cost fall by less than this share of it.
    public let tolerance: Double
    /// How far inside their limits guardrails are pursued, in units of their scale, so that the result ends on the right side.
    public let inset: Double

    static let notSquares = ForesightError.usage(
        "solver '\(name)' needs a cost of squares and guardrails of comparisons at every step, and these are of another kind",
        remedy: "use another solver, such as '\(ImprovedCrossEntropy.name)'")

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(iterations: Int = 20, tolerance: Double = 1e-6, inset: Double = 1e-4) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(1, iterations, "iterations")
        try check.atLeast(0, tolerance, "tolerance")
        try check.within(0...0.1, inset, "inset")
        self.init(unchecked: iterations, tolerance: tolerance, inset: inset)
    }

    private init(unchecked iterations: Int, tolerance: Double, inset: Double) {
        self.iterations = iterations
        self.tolerance = tolerance
        self.inset = inset
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(decoder, solver: Self.name, known: ["iterations", "tolerance", "inset"])
        let standard = Self.standard
        try self.init(
            iterations: reader.value("iterations", default: standard.iterations),
            tolerance: reader.value("tolerance", default: standard.tolerance),
            inset: reader.value("inset", default: standard.inset))
    }

    /// Searches until done or until the deadline.
    ///
    /// - Throws: A usage error when the dynamics carry no gradient, the cost is no sum of squares, or an action takes only some
    ///   values; what the dynamics throw.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard search.isDifferentiable else { throw ForesightError.notDifferentiable(solver: Self.name) }
        if let channel = search.space.switched.first {
            throw ForesightError.isSwitched(
                search.problem.context.actions[channel], search.space.limits.values[channel], solver: Self.name)
        }
        guard var current = try Self.start(search) else { return }
        var descent = Descent(inset: inset)
        var local = LocalProgram(search.problem)
        var trial = Population(count: 1, for: search.problem)
        for _ in 0..<iterations {
            try local.pose(
                search, &current, inset: descent.inset, reach: descent.reach, price: descent.price)
            guard local.solve() else {
                // Numbers that do not fit together: closer by they may.
                guard descent.shrink() else { return }
                continue
            }
            descent.charge(local.force)
            let before = current.scores[0]
            var part = 1.0
            var isFound = false
            while part >= 1.0 / 64 {
                trial.setPoint(
                    0, to: zip(current.point(0), local.program.step).map { Float(Double($0) + part * $1) })
                guard try search.evaluate(&trial) else { return }
                if descent.merit(trial.scores[0]) < descent.merit(before) {
                    isFound = true
                    break
                }
                // A step that is that short and promises that little changes nothing that single precision can show.
                if local.fall(along: part) < 1e-6 * Double(before.cost), before.isFeasible { break }
                part /= 4
            }
            search.finishIteration()
            if isFound { swap(&current, &trial) }
            let isDone = descent.takes(
                part: isFound ? part : 0, promised: local.fall(along: 1), before: before, after: current.scores[0],
                tolerance: tolerance)
            if isDone { break }
        }
        // Where guardrails push: a plan without them, so that what they cost can be told.
        guard local.force > 0, local.solveFreely() else { return }
        trial.setPoint(0, to: zip(current.point(0), local.program.step).map { Float(Double($0) + $1) })
        _ = try search.evaluate(&trial)
    }

    /// The best of the guesses.
    private static func start<D>(_ search: CandidateSearch<D>) throws -> Population? {
        var guesses = search.guesses
        if guesses.isEmpty { guesses = [search.space.held(search.space.previous)] }
        var all = try search.evaluate(sequences: guesses)
        guard !search.isCutShort else { return nil }
        all.rank()
        var best = Population(count: 1, for: search.problem)
        best.adopt(0, from: all, all.ranking.first ?? 0)
        // Scored as it is decoded: inside a block a guess need not be constant.
        return try search.evaluate(&best) ? best : nil
    }
}

/// How far the next step may go, and what a violation costs.
private struct Descent {
    /// How far a variable may change.
    private(set) var reach = 2.0
    /// How far inside guardrails are pursued.
    private(set) var inset: Double
    /// What a quadratic program pays for a guardrail that gives way, in units of the steepest slope.
    let price = 1e4
    /// What a violation costs when steps are compared.
    private var penalty = 0.0
    private var deepened = 0

    init(inset: Double) { self.inset = inset }

    /// Violations have to cost more than what the guardrails push with.
    mutating func charge(_ force: Double) { penalty = max(penalty, 2 * force) }

    func merit(_ score: Score) -> Double {
        guard score.cost.isFinite else { return .infinity }
        return Double(score.cost) + penalty * Double(score.violation)
    }

    /// Makes the next step shorter; `false` when there is no shorter one.
    mutating func shrink() -> Bool {
        reach /= 8
        return reach > 1e-4
    }

    /// Takes notice of a step, and of the fall of the cost that was promised; returns whether the search is done.
    mutating func takes(part: Double, promised: Double, before: Score, after: Score, tolerance: Double) -> Bool {
        let least = tolerance * abs(Double(before.cost))
        if after.isFeasible {
            // Single precision shows no smaller part of a cost that is a small difference of outputs.
            if part == 0 { return promised <= max(least, 1e-5 * abs(Double(before.cost))) || !shrink() }
            if part == 1 { reach = min(2, 4 * reach) }
            return part == 1 && before.isFeasible && merit(before) - merit(after) <= least
        }
        guard merit(before) - merit(after) <= tolerance * abs(merit(before)) else { return false }
        // Just outside of a limit, by rounding or by a bend: aim further inside, a few times.
        deepened += 1
        inset = max(4 * inset, 1e-4)
        return deepened > 3
    }
}
