import Basics
public import Networks

/// What a ``VisionTransformer`` gives for an image.
public enum VisionOutput: String, Sendable, Codable, CaseIterable {
    /// The class token, `[batch, width]`.
    case classToken = "class_token"
    /// One token for each patch, row by row, `[batch, patches, width]`.
    case patchTokens = "patch_tokens"
    /// The mean of the patch tokens, `[batch, width]`.
    case patchMean = "patch_mean"
}

/// How the tokens of a ``VisionTransformer`` know where they are.
public enum VisionPositions: Sendable, Hashable, Codable {
    /// They do not.
    case none
    /// A learned vector for each place of the grid, interpolated for other grids: ``LearnedPositions``.
    case learned(antialias: Bool)
}

/// The architecture of a ``VisionTransformer``.
public struct VisionTransformerOptions: Sendable, Hashable, Codable {
    /// The images that positions were learned for, `[height, width]` in pixels, multiples of the patch.
    public var imageSize: [Int]
    /// The side of a patch in pixels.
    public var patch: Int
    /// How many channels an image has.
    public var channels: Int
    /// The size of a token.
    public var width: Int
    /// How many blocks there are.
    public var depth: Int
    /// How many attention heads each block has; they divide the width.
    public var heads: Int
    /// The size of the hidden layer of each feed-forward part.
    public var hidden: Int
    /// The nonlinearity of the feed-forward parts; gated ones have their own.
    public var activation: Activation
    /// Whether the feed-forward parts are gated, as in the largest DINOv2: ``GatedMLP``.
    public var isGated: Bool
    /// Whether queries, keys and values have biases.
    public var attentionBias: Bool
    /// What each norm adds to the variance.
    public var epsilon: Double
    /// Whether there is a class token.
    public var hasClassToken: Bool
    /// How many register tokens there are.
    public var registers: Int
    /// The first gain of each branch, or `nil` for branches without: ``LayerScale``.
    public var layerScale: Double?
    /// How tokens know where they are.
    public var positions: VisionPositions
    /// What is given for an image.
    public var output: VisionOutput

    /// Creates options; the defaults are those of Dosovitskiy et al., and the hidden layers have four times the width.
    public init(
        imageSize: [Int] = [224, 224], patch: Int = 16, channels: Int = 3, width: Int, depth: Int, heads: Int,
        hidden: Int? = nil, activation: Activation = .gelu, isGated: Bool = false, attentionBias: Bool = true,
        epsilon: Double = 1e-6, hasClassToken: Bool = true, registers: Int = 0, layerScale: Double? = nil,
        positions: VisionPositions = .learned(antialias: false), output: VisionOutput = .classToken
    ) {
        self.imageSize = imageSize
        self.patch = patch
        self.channels = channels
        self.width = width
        self.depth = depth
        self.heads = heads
        self.hidden = hidden ?? 4 * width
        self.activation = activation
        self.isGated = isGated
        self.attentionBias = attentionBias
        self.epsilon = epsilon
        self.hasClassToken = hasClassToken
        self.registers = registers
        self.layerScale = layerScale
        self.positions = positions
        self.output = output
    }

    /// The patches that positions were learned for, `[rows, columns]`.
    public var grid: [Int] { imageSize.map { $0 / patch } }

    /// Tokens before those of the patches: class token and registers.
    public var leadingTokens: Int { (hasClassToken ? 1 : 0) + registers }

    /// Checks that the numbers fit together.
    ///
    /// - Throws: `ForesightError.usage` with the value, the limit and what would do.
    public func validate() throws {
        let counts = [
            ("patch", patch, 1), ("channels", channels, 1), ("width", width, 1), ("depth", depth, 1),
            ("heads", heads, 1), ("hidden", hidden, 1), ("registers", registers, 0),
        ]
        for (name, value, least) in counts where value < least {
            throw ForesightError.usage(
                "a vision transformer with \(name) \(value)", remedy: "choose \(name) of at least \(least)")
        }
        guard width % heads == 0 else {
            throw ForesightError.usage(
                "\(heads) heads do not divide a width of \(width)",
                remedy: "choose a width that is a multiple of heads")
        }
        guard imageSize.count == 2, imageSize.allSatisfy({ $0 >= patch && $0 % patch == 0 }) else {
            throw ForesightError.usage(
                "patches of \(patch) pixels do not divide images of \(imageSize)",
                remedy: "choose height and width that are multiples of \(patch)")
        }
        guard epsilon > 0, epsilon.isFinite else {
            throw ForesightError.usage("norms with epsilon \(epsilon)", remedy: "choose a small number above 0")
        }
        guard output != .classToken || hasClassToken else {
            throw ForesightError.usage(
                "the class token of a vision transformer without one", remedy: "choose patch_tokens or patch_mean")
        }
    }
}
