#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The augmented Lagrangian of every start of a gradient search.
struct Lagrangian {
    /// Whether infeasible starts follow the violation alone.
    var isRestoring = false
    private let guardrails: Int
    private let first: Float
    private var penalty: Float
    /// `[start, guardrail]`.
    private var multipliers: [Float]
    /// The violations seen last, as distances in the search space; negative inside `[start, guardrail]`.
    private var violations: [Float]
    /// The size of the margins' gradients at the beginning `[start, guardrail]`.
    private var guardrailScales: [Float]
    /// The size of the cost's gradient at the beginning `[start]`.
    private var costScales: [Float]
    /// Guardrails are pursued this far inside the limit, so that the iterates end on its feasible side.
    private let inset: Float = 1e-4

    init<D>(_ search: CandidateSearch<D>, starts: Int, penalty: Double) {
        guardrails = search.problem.marginCount
        first = Float(penalty)
        self.penalty = Float(penalty)
        multipliers = [Float](repeating: 0, count: starts * guardrails)
        violations = multipliers
        guardrailScales = [Float](repeating: 1, count: starts * guardrails)
        costScales = [Float](repeating: 1, count: starts)
    }

    /// Measures the gradients of cost and guardrails at the starting points, so that penalties mean the same whatever the
    /// scales: violations count as distances in the search space, the cost as its slope there.
    mutating func normalise<D>(
        _ search: CandidateSearch<D>, _ candidates: inout Population, gradient: inout [Float]
    ) throws {
        guard !guardrailScales.isEmpty else { return }
        guard try search.evaluateGradient(&candidates, into: &gradient, weigh: { _, _, _, _ in 1 }) else { return }
        for start in costScales.indices { costScales[start] = size(of: gradient, start, candidates) }
        for guardrail in 0..<guardrails {
            let isComplete = try search.evaluateGradient(&candidates, into: &gradient) { _, _, _, weights in
                weights[guardrail] = 1
                return 0
            }
            guard isComplete else { return }
            for start in costScales.indices {
                guardrailScales[start * guardrails + guardrail] = size(of: gradient, start, candidates)
            }
        }
    }

    /// The length of one start's gradient; 1 where it is nothing to divide by.
    private func size(of gradient: [Float], _ start: Int, _ candidates: Population) -> Float {
        let slice = gradient[start * candidates.variables..<(start + 1) * candidates.variables]
        let size = slice.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return size.isFinite && size > 1e-12 ? size : 1
    }

    /// Writes the weights of one start's margin gradients and returns the weight of its cost gradient.
    mutating func weigh(_ start: Int, _ score: Score, _ margins: ArraySlice<Float>, into weights: inout [Float])
        -> Float
    {
        let isLost = isRestoring && !score.isFeasible
        for (guardrail, margin) in margins.enumerated() {
            let index = start * guardrails + guardrail
            violations[index] = inset - margin / guardrailScales[index]
            let push =
                isLost
                ? (violations[index] > 0 ? 1 : 0) : max(0, multipliers[index] + penalty * violations[index])
            weights[guardrail] = -push / guardrailScales[index]
        }
        if isLost && guardrails > 0 { return 0 }
        return 1 / costScales[start]
    }

    /// Moves the multipliers and raises the penalty, which grows tenfold as progress goes from 0 to 1.
    mutating func update(progress: Double) {
        for index in multipliers.indices where violations[index].isFinite {
            multipliers[index] = max(0, multipliers[index] + penalty * violations[index])
        }
        penalty = first * Float(pow(10, progress))
    }
}

/// The step size over a search: from 1 to a hundredth along half a cosine.
enum CosineFall {
    static func factor(at progress: Double) -> Double { 0.01 + 0.99 * (1 + cos(Double.pi * progress)) / 2 }
}
