import Tensors

/// How the first values of a weight are drawn.
public enum Initialiser: Sendable, Hashable {
    /// Uniform within ±1/√inputs, PyTorch's default for linear layers and convolutions.
    case uniformFanIn
    /// Uniform within ±√(6 / (inputs + outputs)): Glorot and Bengio, AISTATS 2010.
    case glorot
    /// Normal with this standard deviation.
    case normal(Double)
    /// Zeros, for layers that start as nothing.
    case zeros

    /// Draws a weight whose outputs each sum over so many inputs, and whose inputs each reach so many outputs.
    func tensor(_ shape: [Int], inputs: Int, outputs: Int, seed: Seed) -> Tensor {
        switch self {
        case .uniformFanIn: uniform(shape, limit: 1 / Double(max(inputs, 1)).squareRoot(), seed: seed)
        case .glorot: uniform(shape, limit: (6 / Double(inputs + outputs)).squareRoot(), seed: seed)
        case .normal(let deviation): Tensor.normal(shape, using: seed.generator()) * deviation
        case .zeros: Tensor.zeros(shape)
        }
    }

    /// Draws a bias: PyTorch's ±1/√inputs for weights that are drawn so, zeros otherwise.
    func bias(_ shape: [Int], inputs: Int, seed: Seed) -> Tensor {
        self == .uniformFanIn
            ? uniform(shape, limit: 1 / Double(max(inputs, 1)).squareRoot(), seed: seed) : Tensor.zeros(shape)
    }

    private func uniform(_ shape: [Int], limit: Double, seed: Seed) -> Tensor {
        (Tensor.uniform(shape, using: seed.generator()) - 0.5) * (2 * limit)
    }
}
