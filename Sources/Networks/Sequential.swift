public import Tensors

/// Layers one after the other, named by their position.
public final class Sequential: Layer {
    /// The layers in order.
    public let layers: [any Layer]

    /// Creates the chain.
    public init(_ layers: [any Layer]) {
        self.layers = layers
    }

    /// Creates the chain from a list of layers.
    public convenience init(@LayerBuilder _ layers: () -> [any Layer]) {
        self.init(layers())
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

/// Builds the list of layers of a `Sequential`.
@resultBuilder
public enum LayerBuilder {
    /// One layer.
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    /// The layers of the block in order.
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    /// The layers of a loop.
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
    /// The layers of an `if`, or none.
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
    /// The layers of the first branch.
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    /// The layers of the second branch.
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
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
