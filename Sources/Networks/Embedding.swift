public import Tensors

/// A table with one learned vector for each of a number of symbols.
public final class Embedding: Layer {
    /// The vectors, `[count, size]`.
    public let weight: Parameter

    /// Creates the table with standard normal values, as PyTorch does.
    public init(_ count: Int, _ size: Int, initialiser: Initialiser = .normal(1), seed: Seed) {
        weight = Parameter(initialiser.tensor([count, size], inputs: count, outputs: size, seed: seed["weight"]))
    }

    /// The vectors of indices `[...]`, whole numbers, as `[..., size]`.
    public func callAsFunction(_ indices: Tensor) -> Tensor {
        weight.value.embedding(indices)
    }
}
