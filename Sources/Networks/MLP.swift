public import Tensors

/// Linear layers with a norm, a nonlinearity and dropout between them; the last one is plain.
public final class MLP: Layer {
    /// The linear layers.
    public let layers: [Linear]
    /// One norm for each hidden layer, or none at all.
    public let norms: [any Layer]
    /// The nonlinearity after each hidden layer.
    public let activation: Activation
    /// Dropout after each nonlinearity.
    public let dropout: Dropout?

    /// Creates a network through these sizes: inputs, hidden sizes, outputs; at least two.
    ///
    /// The weight of the output layer is drawn by `last` if given, like the others if not.
    public init(
        _ sizes: [Int], activation: Activation = .gelu, norm: Normalisation = .none, dropout: Dropout? = nil,
        initialiser: Initialiser = .uniformFanIn, last: Initialiser? = nil, seed: Seed
    ) {
        precondition(sizes.count >= 2, "an MLP needs the sizes of its input and output, not \(sizes)")
        let count = sizes.count - 1
        layers = (0..<count).map { index in
            Linear(
                sizes[index], sizes[index + 1], initialiser: index == count - 1 ? last ?? initialiser : initialiser,
                seed: seed[index])
        }
        norms = (1..<count).compactMap { norm.layer(size: sizes[$0]) }
        self.activation = activation
        self.dropout = dropout
    }

    /// Maps `[..., inputs]` to `[..., outputs]`; `[batch, inputs]` with batch norm.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x)
            if index == layers.count - 1 { break }
            if !norms.isEmpty { x = norms[index](x) }
            x = activation(x)
            if let dropout { x = dropout(x) }
        }
        return x
    }
}

/// The MLPs of all members of an ensemble as batched products, with layer norm or none.
public final class EnsembleMLP: Layer {
    /// The linear layers.
    public let layers: [EnsembleLinear]
    /// One norm for each hidden layer, or none at all.
    public let norms: [EnsembleLayerNorm]
    /// The nonlinearity after each hidden layer.
    public let activation: Activation

    /// Creates the networks of all members through these sizes.
    public init(
        members: Int, _ sizes: [Int], activation: Activation = .gelu, layerNorm: Bool = false,
        initialiser: Initialiser = .uniformFanIn, last: Initialiser? = nil, seed: Seed
    ) {
        precondition(sizes.count >= 2, "an MLP needs the sizes of its input and output, not \(sizes)")
        let count = sizes.count - 1
        layers = (0..<count).map { index in
            EnsembleLinear(
                members: members, sizes[index], sizes[index + 1],
                initialiser: index == count - 1 ? last ?? initialiser : initialiser, seed: seed[index])
        }
        norms = layerNorm ? (1..<count).map { EnsembleLayerNorm(members: members, sizes[$0]) } : []
        self.activation = activation
    }

    /// Maps `[members, ..., inputs]` to `[members, ..., outputs]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x)
            if index == layers.count - 1 { break }
            if !norms.isEmpty { x = norms[index](x) }
            x = activation(x)
        }
        return x
    }
}
