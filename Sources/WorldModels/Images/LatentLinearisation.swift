import Networks
public import Tensors

/// What a world model from pictures does near a representation, as a linear system: the matrices of its predictor.
///
/// ```
/// f(z, a) ≈ f(z₀, a₀) + A (z − z₀) + B (u − u₀),    A = ∂f/∂z,    B = Σ_row ∂f/∂a_row
/// ```
/// An input u is held over all rows of a step, in the units of ``ActionScaling``: mean 0 and deviation 1. Whether B can move
/// the modes of A that grow is what tells a representation that can be controlled: Toso, LeCun, Anderson and Bounou,
/// "Preserving Unstable Modes Through Inverse Dynamics in JEPA World Models", 2026.
public struct LatentLinearisation {
    /// A, `[D, D]`, float64.
    public let stateMatrix: Tensor
    /// B, `[D, action]`, float64.
    public let inputMatrix: Tensor
    /// By how far one step without any deviation leaves z₀: f(z₀, a₀) − z₀, `[D]`, float64. Large where z₀ is no place to
    /// rest in the eyes of the model.
    public let drift: Tensor

    /// Differentiates the predictor.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - z: Where, z₀: `[1, D]`.
    ///   - action: Under which action, a₀, physical units, held over a step.
    public init(_ model: TrainedImageModel, at z: Tensor, action: [Double]) {
        let sizes = model.network.architecture
        precondition(action.count == sizes.actions, "\(action.count) actions for \(sizes.actions) channels")
        let width = sizes.width
        let held = (0..<sizes.block).flatMap { _ in action.map(Float.init) }
        let normalised = model.actionScaling.normalised(Tensor(held, shape: [1, 1, sizes.blockActions]))
        // Row i of the batch gives row i of the matrices.
        let states = z.detached().expanded(to: [width, width]).clone().requiresGrad()
        let actions = normalised.expanded(to: [width, 1, sizes.blockActions]).clone().requiresGrad()
        let next = model.network.rollout(from: states, actions: actions)[0]
        let found = Tensor.gradients(of: next, withRespectTo: [states, actions], gradient: Tensor.eye(width))
        stateMatrix = found[0].to(dtype: .float64)
        inputMatrix = found[1].reshaped([width, sizes.block, sizes.actions]).sum(dim: 1).to(dtype: .float64)
        drift = (next.detached()[0] - z.detached()[0]).to(dtype: .float64)
    }

    /// A system that is known, without drift.
    public init(stateMatrix: Tensor, inputMatrix: Tensor) {
        (self.stateMatrix, self.inputMatrix) = (stateMatrix, inputMatrix)
        drift = Tensor.zeros([stateMatrix.size(0)], dtype: .float64)
    }

    /// The magnitudes of the eigenvalues of A, the greatest first: those above 1 grow by themselves.
    public var modes: [Double] { stateMatrix.eigenvalueMagnitudes }
}

extension Tensor {
    /// The magnitudes of the eigenvalues of a square matrix, the greatest first.
    var eigenvalueMagnitudes: [Double] {
        let (real, imaginary) = eigvals()
        return zip(real.doubles(), imaginary.doubles()).map { ($0 * $0 + $1 * $1).squareRoot() }.sorted(by: >)
    }
}
