import Basics
public import Tensors

/// How representations move under actions near where they were recorded: a linear system that looks back over some steps,
/// identified by ridge regression from recorded rows alone.
///
/// ```
/// z_{t+1} ≈ Σ_i A_i z_{t−i} + Σ_i B_i u_{t−i} + c,    i = 0 … lags − 1
/// ```
/// A step is `block` rows of the record; u holds the actions of all of them. With enough lags it is the Kalman predictor of a
/// system whose state representations show with errors (Chiuso, "The role of vector autoregressive modeling in
/// predictor-based subspace identification", Automatica 43 (2007), https://doi.org/10.1016/j.automatica.2006.12.009). Unlike
/// the Jacobian of a predictor, ``LatentLinearisation``, it has no modes across what representations reach, since nothing in
/// the record excites them.
///
/// Where actions were chosen by feedback they tell of the state what representations do not, and are given its effects: so
/// actions have to stray by more than what feedback makes of the errors of representations.
public struct LatentAutoregression {
    /// Steps that it looks back on, the present one among them.
    public let lags: Int
    /// The ridge that it was fitted with, beside regressors of deviation 1.
    public let ridge: Double
    /// The mean square error of free runs on held-out episodes, one for each step ahead; empty where nothing was held out.
    public let heldOutErrors: [Double]

    /// [A_0 … A_{lags−1}, B_0 … B_{lags−1}], `[D, lags · (D + block · actions)]`, float64.
    private let coefficients: Tensor
    /// c, `[D]`, float64.
    private let offset: Tensor
    private let block: Int
    private let width: Int

    /// Lags and ridges that ``chosen(from:lags:)`` tries.
    public static let (usualLags, ridges) = ([1, 2, 4], [1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
    /// Steps of the free runs that it chooses by.
    static let runSteps = 10

    /// Fits a system.
    ///
    /// - Parameters:
    ///   - record: What was recorded.
    ///   - lags: Steps to look back on.
    ///   - ridge: The ridge, beside regressors of deviation 1.
    /// - Throws: `ForesightError.data` when episodes are too short or too few, or the regression has no solution.
    public init(_ record: LatentRecord, lags: Int, ridge: Double) throws {
        try self.init(LatentRegression(record, lags: lags), ridge: ridge)
    }

    private init(_ regression: LatentRegression, ridge: Double, heldOutErrors: [Double] = []) throws {
        (coefficients, offset) = try regression.solve(ridge: ridge)
        (lags, block, width) = (regression.lags, regression.record.block, regression.record.width)
        (self.ridge, self.heldOutErrors) = (ridge, heldOutErrors)
    }

    /// Chooses lags and ridge: those whose free runs over ten steps are least wrong on every fifth episode, which they do not
    /// learn from then.
    ///
    /// - Parameters:
    ///   - record: What was recorded.
    ///   - lags: Numbers of steps to choose from.
    /// - Returns: The system with these, fitted to all episodes.
    /// - Throws: `ForesightError.data` when episodes are too short or too few.
    public static func chosen(
        from record: LatentRecord, lags: [Int] = usualLags
    ) throws -> LatentAutoregression {
        precondition(!lags.isEmpty, "no lags to choose from")
        let (learned, heldOut) = record.split(every: 5)
        var best: LatentAutoregression?
        for count in lags {
            let regression = try LatentRegression(learned, lags: count)
            for ridge in ridges {
                let candidate = try LatentAutoregression(regression, ridge: ridge)
                // Starts are the same for all: those that the longest memory can begin from.
                let errors = candidate.errors(heldOut, memory: lags.max() ?? count)
                let former = best.map { $0.heldOutErrors.reduce(0, +) } ?? .infinity
                if best == nil || errors.reduce(0, +) < former {
                    best = try LatentAutoregression(regression, ridge: ridge, heldOutErrors: errors)
                }
            }
        }
        guard let best else { preconditionFailure("lags and ridges to choose from") }
        return try LatentAutoregression(
            LatentRegression(record, lags: best.lags), ridge: best.ridge, heldOutErrors: best.heldOutErrors)
    }

    /// A for the state `[z_t, …, z_{t−lags+1}, u_{t−1}, …, u_{t−lags+1}]` less what it is at rest, with actions held over a
    /// step: `[states, states]`, float64.
    public var stateMatrix: Tensor {
        let (past, inputs) = (lags - 1, heldInputs[0].size(1))
        var rows = [Tensor.concatenate([autoregression] + heldInputs.dropFirst(), dim: 1)]
        func zeros(_ rows: Int, _ columns: Int) -> Tensor { Tensor.zeros([rows, columns], dtype: .float64) }
        if past > 0 {
            let kept = Tensor.eye(past * width, dtype: .float64)
            rows.append(Tensor.concatenate([kept, zeros(past * width, width + past * inputs)], dim: 1))
            // The latest input comes in by the other matrix.
            rows.append(zeros(inputs, lags * width + past * inputs))
        }
        if past > 1 {
            let kept = Tensor.eye((past - 1) * inputs, dtype: .float64)
            let before = zeros((past - 1) * inputs, lags * width)
            rows.append(Tensor.concatenate([before, kept, zeros((past - 1) * inputs, inputs)], dim: 1))
        }
        return Tensor.concatenate(rows, dim: 0)
    }

    /// B for the same state, `[states, action]`, float64, in the units of ``ActionScaling``.
    public var inputMatrix: Tensor {
        let (past, inputs) = (lags - 1, heldInputs[0].size(1))
        guard past > 0 else { return heldInputs[0] }
        return Tensor.concatenate(
            [
                heldInputs[0], Tensor.zeros([past * width, inputs], dtype: .float64),
                Tensor.eye(inputs, dtype: .float64), Tensor.zeros([(past - 1) * inputs, inputs], dtype: .float64),
            ], dim: 0)
    }

    /// The magnitudes of the eigenvalues of ``stateMatrix``, the greatest first.
    public var modes: [Double] { stateMatrix.eigenvalueMagnitudes }

    /// [A_0 … A_{lags−1}], `[D, lags · D]`.
    private var autoregression: Tensor { coefficients.narrow(dim: 1, start: 0, length: lags * width) }

    /// B_i for actions that are held over a step, `[D, action]` each.
    private var heldInputs: [Tensor] {
        let start = lags * width
        let all = coefficients.narrow(dim: 1, start: start, length: coefficients.size(1) - start)
        return all.reshaped([width, lags, block, -1]).sum(dim: 2).unbind(dim: 1)
    }

    /// Mean square errors of free runs under recorded actions, one for each step ahead.
    func errors(_ record: LatentRecord, memory: Int) -> [Double] {
        let starts = record.starts(lags: memory, steps: Self.runSteps)
        // Two starts a step apart see nearly the same.
        let rows = starts.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        guard !rows.isEmpty else { return [] }
        var known = (0..<lags).map { record.representations(rows, steps: -$0) }
        return (0..<Self.runSteps).map { step in
            let actions = (0..<lags).map { record.actions(rows, steps: step - $0) }
            let next = Tensor.concatenate(known + actions, dim: 1).matmul(coefficients.transposed(0, 1)) + offset
            known = [next] + known.dropLast()
            return (next - record.representations(rows, steps: step + 1)).square().sum(dim: 1).mean().item()
        }
    }
}
