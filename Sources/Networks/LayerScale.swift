public import Tensors

/// One learned gain for each feature, small at first, so that deep networks start near the identity: Touvron et al.,
/// "Going deeper with Image Transformers", arXiv:2103.17239.
public final class LayerScale: Layer {
    /// The gains, `[size]`.
    public let gain: Parameter

    /// Creates the layer with the same gain for every feature.
    public init(_ size: Int, initial: Double) {
        gain = Parameter(Tensor.full([size], initial))
    }

    /// Scales `[..., size]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x * gain.value }
}
