import Basics
public import Networks

/// The sizes of a stack of transformer blocks whose tokens are places in a video.
public struct VideoBlocks: Sendable, Hashable, Codable {
    /// The size of a token.
    public var width: Int
    /// How many blocks there are.
    public var depth: Int
    /// How many attention heads each block has; they divide the width.
    public var heads: Int
    /// The size of the hidden layer of each feed-forward part.
    public var hidden: Int

    /// Creates the sizes; the hidden layers have four times the width when `hidden` is not given.
    public init(width: Int, depth: Int, heads: Int, hidden: Int? = nil) {
        self.width = width
        self.depth = depth
        self.heads = heads
        self.hidden = hidden ?? 4 * width
    }
}

/// The architecture of a ``VideoTransformer`` and of a ``VideoPredictor``.
public struct VideoTransformerOptions: Sendable, Hashable, Codable {
    /// The side of a frame in pixels, a multiple of the patch.
    public var imageSide: Int
    /// The side of a patch in pixels.
    public var patch: Int
    /// How many frames a patch reaches over.
    public var tubelet: Int
    /// How many channels a frame has.
    public var channels: Int
    /// The blocks of the encoder.
    public var encoder: VideoBlocks
    /// The blocks of the predictor.
    public var predictor: VideoBlocks
    /// How many tokens the predictor has to stand for what is to be predicted; one of them is used at a time.
    public var maskTokens: Int
    /// The nonlinearity of the feed-forward parts.
    public var activation: Activation
    /// Whether queries, keys and values have biases.
    public var attentionBias: Bool
    /// What each norm adds to the variance.
    public var epsilon: Double

    /// Creates options; the defaults are those of V-JEPA 2.
    public init(
        imageSide: Int = 256, patch: Int = 16, tubelet: Int = 2, channels: Int = 3, encoder: VideoBlocks,
        predictor: VideoBlocks = VideoBlocks(width: 384, depth: 12, heads: 12), maskTokens: Int = 10,
        activation: Activation = .gelu, attentionBias: Bool = true, epsilon: Double = 1e-6
    ) {
        self.imageSide = imageSide
        self.patch = patch
        self.tubelet = tubelet
        self.channels = channels
        self.encoder = encoder
        self.predictor = predictor
        self.maskTokens = maskTokens
        self.activation = activation
        self.attentionBias = attentionBias
        self.epsilon = epsilon
    }

    /// How many patches stand in a row, and how many rows there are.
    public var gridSide: Int { imageSide / patch }

    /// Checks that the numbers fit together.
    ///
    /// - Throws: `ForesightError.usage` with the value, the limit and what would do.
    public func validate() throws {
        var counts = [
            ("patch", patch), ("tubelet", tubelet), ("channels", channels), ("maskTokens", maskTokens),
        ]
        for (name, blocks) in [("encoder", encoder), ("predictor", predictor)] {
            counts += [
                ("\(name).width", blocks.width), ("\(name).depth", blocks.depth), ("\(name).heads", blocks.heads),
                ("\(name).hidden", blocks.hidden),
            ]
        }
        for (name, value) in counts where value < 1 {
            throw ForesightError.usage(
                "a video transformer with \(name) \(value)", remedy: "choose \(name) of at least 1")
        }
        for blocks in [encoder, predictor] where blocks.width % blocks.heads != 0 || blocks.width / blocks.heads < 6 {
            throw ForesightError.usage(
                "\(blocks.heads) heads on a width of \(blocks.width)",
                remedy: "choose a width that is a multiple of heads, at least six times as large: three pairs to turn")
        }
        guard imageSide >= patch, imageSide % patch == 0 else {
            throw ForesightError.usage(
                "patches of \(patch) pixels do not divide frames of \(imageSide)",
                remedy: "choose frames that are a multiple of \(patch)")
        }
        guard epsilon > 0, epsilon.isFinite else {
            throw ForesightError.usage("norms with epsilon \(epsilon)", remedy: "choose a small number above 0")
        }
    }

    /// The blocks of one of the two stacks.
    func transformer(_ blocks: VideoBlocks, seed: Seed) -> Transformer {
        let options = TransformerOptions(
            width: blocks.width, heads: blocks.heads, hidden: blocks.hidden, activation: activation,
            attentionBias: attentionBias, epsilon: epsilon)
        return Transformer(options, depth: blocks.depth, seed: seed)
    }
}
