public import Networks

/// Encoder and predictor of a world model with the networks of LeWorldModel.
public struct CausalWorldOptions: Sendable, Hashable, Codable {
    /// The encoder's transformer.
    public var vision: VisionTransformerOptions
    /// The hidden layer of the encoder's projector, or `nil` for no projector.
    public var projector: Int?
    /// The norm of the encoder's projector.
    public var projectorNorm: Normalisation
    /// The predictor.
    public var predictor: CausalPredictorOptions

    /// Creates the options.
    public init(
        vision: VisionTransformerOptions, projector: Int?, projectorNorm: Normalisation,
        predictor: CausalPredictorOptions
    ) {
        self.vision = vision
        self.projector = projector
        self.projectorNorm = projectorNorm
        self.predictor = predictor
    }
}

/// Encoder and predictor of a world model with a residual convolutional encoder and a recurrent predictor.
public struct RecurrentWorldOptions: Sendable, Hashable, Codable {
    /// The encoder.
    public var encoder: ImpalaOptions
    /// The size A of a block of actions.
    public var actionWidth: Int

    /// Creates the options.
    public init(encoder: ImpalaOptions, actionWidth: Int) {
        self.encoder = encoder
        self.actionWidth = actionWidth
    }
}

/// Encoder and predictor of a world model of patches.
public struct PatchWorldOptions: Sendable, Hashable, Codable {
    /// The encoder's transformer.
    public var vision: VisionTransformerOptions
    /// The predictor.
    public var predictor: PatchPredictorOptions

    /// Creates the options.
    public init(vision: VisionTransformerOptions, predictor: PatchPredictorOptions) {
        self.vision = vision
        self.predictor = predictor
    }
}

/// Everything about a network but its numbers: enough to make it anew and load its weights.
public enum NetworkArchitecture: Sendable, Hashable {
    /// ``VisionTransformer``.
    case vision(VisionTransformerOptions)
    /// ``VideoJEPA``.
    case video(VideoTransformerOptions)
    /// ``JointEmbeddingModel`` with the networks of LeWorldModel.
    case causalWorld(CausalWorldOptions)
    /// ``JointEmbeddingModel`` with a recurrent predictor.
    case recurrentWorld(RecurrentWorldOptions)
    /// ``PatchWorldModel``.
    case patchWorld(PatchWorldOptions)

    /// Makes the network with values drawn from the seed; nothing is dropped.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public func make(seed: Seed) throws -> any Module {
        switch self {
        case .vision(let options): return try VisionTransformer(options, seed: seed)
        case .video(let options): return try VideoJEPA(options, seed: seed)
        case .causalWorld(let options):
            return try JointEmbeddingModel.leWorldModel(
                options.vision, predictor: options.predictor, projector: options.projector,
                projectorNorm: options.projectorNorm, seed: seed)
        case .recurrentWorld(let options):
            return JointEmbeddingModel.recurrent(options.encoder, actionWidth: options.actionWidth, seed: seed)
        case .patchWorld(let options):
            let encoder = PatchEncoder(
                try VisionTransformer(options.vision, seed: seed["encoder"]), patches: options.predictor.patches)
            return try PatchWorldModel(encoder: encoder, predictor: options.predictor, seed: seed)
        }
    }
}

extension NetworkArchitecture: Codable {
    private enum Kind: String, Codable { case vision, video, causalWorld, recurrentWorld, patchWorld }
    private enum Keys: String, CodingKey { case kind, options }

    /// Reads the kind, then its options.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        switch try values.decode(Kind.self, forKey: .kind) {
        case .vision: self = .vision(try values.decode(VisionTransformerOptions.self, forKey: .options))
        case .video: self = .video(try values.decode(VideoTransformerOptions.self, forKey: .options))
        case .causalWorld: self = .causalWorld(try values.decode(CausalWorldOptions.self, forKey: .options))
        case .recurrentWorld: self = .recurrentWorld(try values.decode(RecurrentWorldOptions.self, forKey: .options))
        case .patchWorld: self = .patchWorld(try values.decode(PatchWorldOptions.self, forKey: .options))
        }
    }

    /// Writes the kind and its options.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        func write(_ kind: Kind, _ options: some Encodable) throws {
            try values.encode(kind, forKey: .kind)
            try values.encode(options, forKey: .options)
        }
        switch self {
        case .vision(let options): try write(.vision, options)
        case .video(let options): try write(.video, options)
        case .causalWorld(let options): try write(.causalWorld, options)
        case .recurrentWorld(let options): try write(.recurrentWorld, options)
        case .patchWorld(let options): try write(.patchWorld, options)
        }
    }
}
