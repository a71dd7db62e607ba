import Networks
public import Tensors

/// A vision transformer as an encoder of whole images: its class token, or the mean of its patches, behind a projector.
///
/// LeWM's encoder is a tiny transformer with its class token and a ``Projector`` with batch norm: arXiv:2603.19312,
/// section 3.
public final class TokenEncoder: ImageEncoder {
    /// Makes a token of an image.
    public let vision: VisionTransformer
    /// Makes the representation of the token, or `nil` when the token is it.
    public let projector: Projector?

    /// Creates the encoder.
    public init(_ vision: VisionTransformer, projector: Projector? = nil) {
        precondition(
            vision.options.output != .patchTokens, "one token stands for an image: the class token or the patch mean")
        precondition(
            projector == nil || projector?.input.inputs == vision.options.width, "the projector is for other tokens")
        self.vision = vision
        self.projector = projector
    }

    /// The size D of a representation.
    public var width: Int { projector?.output.outputs ?? vision.options.width }

    /// Maps images `[batch, channels, height, width]` to `[batch, D]`.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        let token = vision(images)
        return projector?(token) ?? token
    }
}
