public import Basics
import Perception

/// Which network turns pictures into representations.
public enum ImageEncoderKind: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// Four convolutions that halve the picture: `StridedEncoder`.
    case strided
    /// Convolutions that end in places, those where features are strongest: `KeypointEncoder`.
    case keypoints
    /// The residual network of IMPALA: `ImpalaEncoder`.
    case impala
    /// A vision transformer of four blocks over patches of 8 pixels, its class token behind a projector with batch norm:
    /// `TokenEncoder`.
    case vit
    /// LeWorldModel's: a tiny transformer over patches of 14 pixels, its class token behind a projector with batch norm, in the
    /// sizes of ``TransformerSizes``: `TokenEncoder`.
    case vitTiny = "vit-tiny"
    /// The patch tokens of a transformer that others have trained, which learns nothing: `FrozenEncoder`; the recipe `frozen` has
    /// it and no other.
    case frozen
}

/// Which network predicts the next representation.
public enum ImagePredictorKind: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// A perceptron that says by how much the representation changes: `ResidualPredictor`.
    case residual
    /// A residual network that goes through the rows of a step one after the other: `RowwisePredictor`.
    case rowwise
    /// A gated recurrent unit whose state is the representation: `RecurrentPredictor`.
    case recurrent
    /// A causal transformer over the last three representations, under actions: `CausalPredictor`.
    case causal
    /// LeWorldModel's causal transformer over the last representations, under actions, with a projector behind it, in the sizes
    /// of ``TransformerSizes``; it learns from encoded representations (teacher forcing): `CausalPredictor`.
    case lewm
    /// DINO-WM's transformer over the tokens of the last frames, each with the actions; for the recipe `frozen`:
    /// `PatchPredictor`.
    case patches
}

/// The sizes of a world model from pictures: enough to make its networks anew.
public struct ImageArchitecture: Sendable, Hashable, Codable {
    /// The size of the pictures, `[height, width]`.
    public var imageSize: [Int]
    /// How many pictures, a step apart, the encoder sees at once: 1 where a picture tells the state, 2 and more where
    /// something moves on by itself.
    public var stack: Int
    /// The encoder.
    public var encoder: ImageEncoderKind
    /// The channels of the layers of a strided encoder.
    public var channels: [Int]
    /// The size D of a representation.
    public var width: Int
    /// Numbers of one action.
    public var actions: Int
    /// Rows of the record to one step of the model, whose actions are all given: frame skip.
    public var block: Int
    /// The predictor.
    public var predictor: ImagePredictorKind
    /// The size of hidden layers: of the embedding of actions, the inverse dynamics and the heads.
    public var hidden: Int
    /// Steps between the two ends of the inverse dynamics.
    public var inverseSteps: Int
    /// Numbers of proprioception, which are the last components of a representation; 0 for a model that only sees.
    public var sensed: Int
    /// What a frozen encoder is made of; `nil` for one that learns.
    public var frozen: FrozenSizes?
    /// The sizes of the encoder `vit-tiny` and the predictor `lewm`; `nil` for a model that has neither.
    public var transformer: TransformerSizes?

    /// Creates sizes.
    public init(
        imageSize: [Int], stack: Int, encoder: ImageEncoderKind = .strided, channels: [Int] = [16, 32, 64, 64],
        width: Int, actions: Int, block: Int, predictor: ImagePredictorKind = .residual, hidden: Int, inverseSteps: Int,
        sensed: Int = 0, frozen: FrozenSizes? = nil, transformer: TransformerSizes? = nil
    ) {
        precondition(sensed < width, "\(sensed) of \(width) components")
        precondition((encoder == .frozen) == (frozen != nil), "an encoder \(encoder.rawValue) and its sizes disagree")
        precondition(
            (encoder == .vitTiny || predictor == .lewm) == (transformer != nil),
            "an encoder \(encoder.rawValue), a predictor \(predictor.rawValue) and sizes of transformers disagree")
        self.imageSize = imageSize
        self.stack = stack
        self.encoder = encoder
        self.channels = channels
        self.width = width
        self.actions = actions
        self.block = block
        self.predictor = predictor
        self.hidden = hidden
        self.inverseSteps = inverseSteps
        self.sensed = sensed
        self.frozen = frozen
        self.transformer = transformer
    }

    /// The first components of a representation, which pictures alone decide.
    public var seenWidth: Int { width - sensed }
    /// Numbers of a representation as heads see it: principal components of one by a frozen encoder, otherwise all.
    public var summaryWidth: Int { frozen?.components ?? width }
    /// The first of these, which pictures alone decide.
    public var seenSummaryWidth: Int { summaryWidth - sensed }
    /// Numbers of the actions of one step of the model.
    public var blockActions: Int { actions * block }
}
