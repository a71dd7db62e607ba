import Basics

/// Numbers beside the image that are shown to a ``PatchPredictor`` with every patch, such as joint angles.
public struct PatchExtra: Sendable, Hashable, Codable {
    /// What they are called.
    public var name: String
    /// How many numbers there are.
    public var inputs: Int
    /// The size of what is made of them.
    public var width: Int

    /// Creates the description.
    public init(_ name: String, inputs: Int, width: Int = 10) {
        self.name = name
        self.inputs = inputs
        self.width = width
    }
}

/// The architecture of a ``PatchPredictor``.
public struct PatchPredictorOptions: Sendable, Hashable, Codable {
    /// How many patches a frame has.
    public var patches: Int
    /// The size of a patch token of the encoder.
    public var patchWidth: Int
    /// Numbers beside the image.
    public var extras: [PatchExtra]
    /// The size A of a block of actions.
    public var actionWidth: Int
    /// The size of what is made of a block of actions.
    public var actionEmbedding: Int
    /// After how many of the extras the actions stand in a token.
    public var actionPlace: Int
    /// The longest context, in frames.
    public var history: Int
    /// How many blocks there are.
    public var depth: Int
    /// How many attention heads each block has.
    public var heads: Int
    /// The size of a head.
    public var headSize: Int
    /// The size of the hidden layer of each feed-forward part.
    public var feedForward: Int
    /// What is dropped in the blocks while training.
    public var dropout: Double
    /// What is dropped of the tokens while training.
    public var tokenDropout: Double

    /// Creates options; the defaults are those of DINO-WM (arXiv:2411.04983), and the actions stand last.
    public init(
        patches: Int, patchWidth: Int, extras: [PatchExtra] = [], actionWidth: Int, actionEmbedding: Int = 10,
        actionPlace: Int? = nil, history: Int = 3, depth: Int = 6, heads: Int = 16, headSize: Int = 64,
        feedForward: Int = 2048, dropout: Double = 0.1, tokenDropout: Double = 0
    ) {
        self.patches = patches
        self.patchWidth = patchWidth
        self.extras = extras
        self.actionWidth = actionWidth
        self.actionEmbedding = actionEmbedding
        self.actionPlace = actionPlace ?? extras.count
        self.history = history
        self.depth = depth
        self.heads = heads
        self.headSize = headSize
        self.feedForward = feedForward
        self.dropout = dropout
        self.tokenDropout = tokenDropout
    }

    /// The size of a token without actions: patch and extras.
    public var stateWidth: Int { extras.reduce(patchWidth) { $0 + $1.width } }

    /// The size of a token.
    public var tokenWidth: Int { stateWidth + actionEmbedding }

    /// Where in a token the actions begin.
    public var actionStart: Int { extras.prefix(actionPlace).reduce(patchWidth) { $0 + $1.width } }

    /// The size D of a representation: patches · state width.
    public var width: Int { patches * stateWidth }

    /// Checks that the numbers fit together.
    ///
    /// - Throws: `ForesightError.usage` with the value, the limit and what would do.
    public func validate() throws {
        let counts =
            [
                ("patches", patches), ("patch width", patchWidth), ("action width", actionWidth),
                ("action embedding", actionEmbedding), ("history", history), ("depth", depth), ("heads", heads),
                ("head size", headSize), ("feed-forward size", feedForward),
            ] + extras.flatMap { [("inputs of \($0.name)", $0.inputs), ("width of \($0.name)", $0.width)] }
        for (name, value) in counts where value < 1 {
            throw ForesightError.usage(
                "a patch predictor with \(name) \(value)", remedy: "choose \(name) of at least 1")
        }
        for (name, rate) in [("dropout", dropout), ("token dropout", tokenDropout)] where !(0..<1).contains(rate) {
            throw ForesightError.usage(
                "a patch predictor with \(name) \(rate)", remedy: "choose \(name) from 0 to below 1")
        }
        guard (0...extras.count).contains(actionPlace) else {
            throw ForesightError.usage(
                "actions after \(actionPlace) of \(extras.count) extras",
                remedy: "choose a place from 0 to \(extras.count)")
        }
    }
}
