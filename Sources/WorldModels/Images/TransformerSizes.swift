public import Basics
import Networks
import Perception

/// The sizes of LeWorldModel's networks: of the encoder ``ImageEncoderKind/vitTiny``, a vision transformer whose class token stands
/// behind a projector, and of the predictor ``ImagePredictorKind/lewm``, a causal transformer under actions with a projector of
/// its own.
///
/// The defaults are the published ones, for pictures of 224 × 224 pixels and representations of 192 numbers (Maes et al.,
/// arXiv:2603.19312, section 3): 18 million parameters.
public struct TransformerSizes: ConfigurationSection, Hashable, Codable {
    /// The side of a patch, pixels.
    public var patch = 14
    /// Numbers of a token of the encoder.
    public var tokenWidth = 192
    /// Blocks of the encoder.
    public var depth = 12
    /// Heads of attention of each.
    public var heads = 3
    /// How many times a token the hidden layer of each has.
    public var expansion = 4
    /// The hidden layer of the projector behind the encoder.
    public var projector = 2048
    /// Blocks of the predictor.
    public var predictorDepth = 6
    /// Heads of attention of each.
    public var predictorHeads = 16
    /// The size of these heads.
    public var headSize = 64
    /// The hidden layer of each block of the predictor.
    public var feedForward = 2048
    /// The hidden layer of the projector behind the predictor.
    public var predictorProjector = 2048
    /// What is dropped in the predictor while training.
    public var dropout = 0.1
    /// Representations that the predictor looks back on: ``ImageSettings/history``.
    public var history = 3

    /// The published sizes.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<TransformerSizes>] = [
        .value(
            "patch", \.patch, "Side of a patch, which divides those of pictures.", unit: "pixels",
            limit: .between(1, 512)),
        .value("token_width", \.tokenWidth, "Numbers of a token of the encoder.", limit: .between(1, 4096)),
        .value("depth", \.depth, "Blocks of the encoder.", limit: .between(1, 64)),
        .value("heads", \.heads, "Heads of each, which divide a token.", limit: .between(1, 64)),
        .value(
            "expansion", \.expansion, "How many times a token the hidden layer of each has.", limit: .between(1, 16)),
        .value(
            "projector", \.projector, "Hidden layer of the projector behind the encoder.", limit: .between(1, 65536)),
        .value("predictor_depth", \.predictorDepth, "Blocks of the predictor.", limit: .between(1, 64)),
        .value("predictor_heads", \.predictorHeads, "Heads of each.", limit: .between(1, 64)),
        .value("head_size", \.headSize, "Size of each of these heads.", limit: .between(1, 512)),
        .value(
            "feed_forward", \.feedForward, "Hidden layer of each block of the predictor.", limit: .between(1, 65536)),
        .value(
            "predictor_projector", \.predictorProjector, "Hidden layer of the projector behind the predictor.",
            limit: .between(1, 65536)),
        .value("dropout", \.dropout, "Share that is dropped in the predictor while training.", limit: .between(0, 0.9)),
    ]

    /// The transformer of the encoder, for pictures `[height, width]` of so many channels.
    func vision(imageSize: [Int], channels: Int) -> VisionTransformerOptions {
        VisionTransformerOptions(
            imageSize: imageSize, patch: patch, channels: channels, width: tokenWidth, depth: depth, heads: heads,
            hidden: expansion * tokenWidth, epsilon: JointEmbeddingModel.leWorldModelVision.epsilon)
    }

    /// The predictor, for representations and blocks of actions of a size.
    func predictor(width: Int, actionWidth: Int) -> CausalPredictorOptions {
        CausalPredictorOptions(
            width: width, actionWidth: actionWidth, history: history, depth: predictorDepth, heads: predictorHeads,
            headSize: headSize, feedForward: feedForward, dropout: dropout, projector: predictorProjector)
    }

    /// Whether the numbers make sense for representations of a size.
    func isConsistent(width: Int) -> Bool {
        [expansion, projector].allSatisfy { (1...65536).contains($0) } && (1...64).contains(history)
            && (try? vision(imageSize: [patch, patch], channels: 3).validate()) != nil
            && (try? predictor(width: width, actionWidth: 1).validate()) != nil
    }
}
