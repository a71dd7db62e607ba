public import Networks
public import Tensors

/// A transformer over patches of a video that reach over a few frames: the encoder of V-JEPA 2 (Assran et al., 2025,
/// arXiv:2506.09985).
///
/// Tokens know their frame, row and column by how queries and keys are turned; nothing is added to them.
public final class VideoTransformer: Layer {
    /// The architecture.
    public let options: VideoTransformerOptions
    /// The map from patches to tokens, `[width, channels, tubelet, patch, patch]`.
    public let weight: Parameter
    /// Its bias, `[width]`.
    public let bias: Parameter
    /// The blocks and the last norm.
    public let transformer: Transformer

    /// Creates the encoder with values drawn from the seed.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: VideoTransformerOptions, seed: Seed) throws {
        try options.validate()
        self.options = options
        let shape = [options.encoder.width, options.channels, options.tubelet, options.patch, options.patch]
        let limit = 1 / Double(shape.dropFirst().reduce(1, *)).squareRoot()
        func uniform(_ shape: [Int], _ seed: Seed) -> Parameter {
            Parameter((Tensor.uniform(shape, using: seed.generator()) - 0.5) * (2 * limit))
        }
        weight = uniform(shape, seed["weight"])
        bias = uniform([options.encoder.width], seed["bias"])
        transformer = options.transformer(options.encoder, seed: seed["transformer"])
    }

    /// Maps videos `[batch, frames, channels, height, width]`, normalised as in training, to tokens along columns, then
    /// rows, then frames: `[batch, frames / tubelet · rows · columns, width]`.
    ///
    /// Any number of frames will do that is a multiple of the tubelet; a single frame is a video that stands still.
    public func callAsFunction(_ videos: Tensor) -> Tensor {
        let (shape, side, tubelet) = (videos.shape, options.imageSide, options.tubelet)
        precondition(
            shape.count == 5 && Array(shape[2...]) == [options.channels, side, side]
                && (shape[1] == 1 || shape[1] % tubelet == 0),
            "got videos of \(shape); expected [batch, a multiple of \(tubelet) frames, \(options.channels), \(side), "
                + "\(side)]")
        let frames = shape[1] == 1 ? videos.expanded(to: [-1, tubelet, -1, -1, -1]) : videos
        let y = frames.permuted([0, 2, 1, 3, 4])
            .conv3d(weight.value, bias: bias.value, stride: [tubelet, options.patch, options.patch])
        let tokens = y.reshaped([shape[0], y.size(1), -1]).transposed(1, 2)  // [batch, tokens, width]
        let places = VideoPlaces(
            Tensor.indices(tokens.size(1), device: videos.device).unsqueezed(0), side: options.gridSide,
            head: options.encoder.width / options.encoder.heads)
        return transformer(tokens, turning: places.callAsFunction)
    }
}
