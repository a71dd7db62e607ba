public import Perception

/// What an ``ImageArchitecture`` with a frozen encoder has beside: enough to make it anew.
public struct FrozenSizes: Sendable, Hashable, Codable {
    /// The encoder.
    public var encoder: FrozenEncoderOptions
    /// Principal components of a representation that heads see.
    public var components: Int
    /// Representations that the predictor `patches` looks back on.
    public var history: Int

    /// Creates sizes.
    public init(encoder: FrozenEncoderOptions, components: Int, history: Int) {
        self.encoder = encoder
        self.components = components
        self.history = history
    }

    /// Whether the numbers make sense beside those of a model.
    func isConsistent(stack: Int, representation: Int) -> Bool {
        encoder.isConsistent && (2...4096).contains(components) && (1...64).contains(history)
            && encoder.tokens * stack * encoder.vision.width == representation
    }
}
