import Networks
public import Tensors

/// A vision transformer whose patch tokens, one after the other, are the representation: DINO-WM's frozen DINOv2
/// (arXiv:2411.04983, section 3.1).
public final class PatchEncoder: ImageEncoder {
    /// Makes the tokens.
    public let vision: VisionTransformer

    /// How many patches an image has.
    public let patches: Int

    /// Creates the encoder; its parameters are frozen. Images have the patches that positions were learned for, if not
    /// said.
    public init(_ vision: VisionTransformer, patches: Int? = nil) {
        precondition(vision.options.output == .patchTokens, "the transformer gives \(vision.options.output.rawValue)")
        self.vision = vision
        self.patches = patches ?? vision.options.grid[0] * vision.options.grid[1]
        setTrainable(false)
    }

    /// The size D of a representation, patches · width.
    public var width: Int { patches * vision.options.width }

    /// The patch tokens of images `[batch, channels, height, width]`, row by row, `[batch, patches, width]`.
    public func tokens(_ images: Tensor) -> Tensor { vision(images) }

    /// Maps images `[batch, channels, height, width]` to `[batch, D]`.
    public func callAsFunction(_ images: Tensor) -> Tensor { tokens(images).flattened(from: 1) }
}
