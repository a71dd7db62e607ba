public import Tensors

/// The linear layers of all members of an ensemble as one batched product.
///
/// Member `m` starts from the seed's `m`-th branch: the first five members of eight are the five members of five.
public final class EnsembleLinear: Layer {
    /// The weights, `[members, inputs, outputs]`.
    public let weight: Parameter
    /// The biases, `[members, 1, outputs]`.
    public let bias: Parameter?

    /// Creates the layer with each member's values drawn from a seed of its own.
    public init(
        members: Int, _ inputs: Int, _ outputs: Int, bias: Bool = true, initialiser: Initialiser = .uniformFanIn,
        seed: Seed
    ) {
        precondition(members > 0, "an ensemble needs at least one member, not \(members)")
        weight = Parameter(
            Tensor.stack(
                (0..<members).map { member in
                    initialiser.tensor(
                        [inputs, outputs], inputs: inputs, outputs: outputs, seed: seed[member]["weight"])
                }, dim: 0))
        self.bias =
            bias
            ? Parameter(
                Tensor.stack(
                    (0..<members).map { member in
                        initialiser.bias([1, outputs], inputs: inputs, seed: seed[member]["bias"])
                    }, dim: 0), decays: false) : nil
    }

    /// How many members there are.
    public var members: Int { weight.shape[0] }
    /// How many numbers go in.
    public var inputs: Int { weight.shape[1] }
    /// How many numbers come out.
    public var outputs: Int { weight.shape[2] }

    /// Maps `[members, ..., inputs]` to `[members, ..., outputs]`, each member by its own weight.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let shape = x.shape
        precondition(
            shape.count >= 2 && shape[0] == members && shape.last == inputs,
            "an ensemble of \(members) members with \(inputs) inputs got \(shape); expected [members, ..., inputs]")
        let flat = shape.count == 3 ? x : x.reshaped([members, -1, inputs])  // [members, batch, inputs]
        let y: Tensor
        if let bias { y = bias.value.baddbmm(flat, weight.value) } else { y = flat.matmul(weight.value) }
        return shape.count == 3 ? y : y.reshaped(shape.dropLast() + [outputs])
    }
}
