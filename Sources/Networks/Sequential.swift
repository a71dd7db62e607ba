public import Tensors

/// Layers one after the other, named by their position.
public final class Sequential: Layer {
    /// The layers in order.
    public let layers: [any Layer]

    /// Creates the chain.
    public init(_ layers: [any Layer]) {
        self.layers = layers
    }

    /// The output of the last layer.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        layers.reduce(x) { $1($0) }
    }

    /// PyTorch's names are `0.weight`, without a name for the list.
    public func stateName(for path: String) -> String {
        path.hasPrefix("layers.") ? String(path.dropFirst("layers.".count)) : path
    }
}

/// A nonlinearity as a layer, for use in a `Sequential`.
public final class ActivationLayer: Layer {
    /// The nonlinearity.
    public let activation: Activation

    /// Creates the layer.
    public init(_ activation: Activation) {
        self.activation = activation
    }

    /// Applies the nonlinearity to every element.
    public func callAsFunction(_ x: Tensor) -> Tensor { activation(x) }
}
