import Basics
public import Networks

/// The architecture of a ``CausalPredictor``.
public struct CausalPredictorOptions: Sendable, Hashable, Codable {
    /// How rows know where they are.
    public enum Positions: String, Sendable, Codable, CaseIterable {
        /// A learned vector for each place of the window, as in LeWM. A row's place changes as the window moves on.
        case learned
        /// Turned queries and keys, which know their distance only: ``RotaryEmbedding``. A rollout then costs one row a
        /// step however long it is.
        case rotary
    }

    /// The size D of a representation.
    public var width: Int
    /// The size A of a block of actions.
    public var actionWidth: Int
    /// The longest context, in rows.
    public var history: Int
    /// The size of a token, which representations are mapped to and from when it is another one.
    public var hidden: Int
    /// The size of what the transformer gives.
    public var outputWidth: Int
    /// How many blocks there are.
    public var depth: Int
    /// How many attention heads each block has.
    public var heads: Int
    /// The size of a head.
    public var headSize: Int
    /// The size of the hidden layer of each feed-forward part.
    public var feedForward: Int
    /// How rows know where they are.
    public var positions: Positions
    /// What is dropped in the blocks while training.
    public var dropout: Double
    /// What is dropped of the rows while training.
    public var rowDropout: Double
    /// The outputs of the first map of the ``ActionEncoder``.
    public var smoothedActions: Int
    /// How many times its outputs the hidden layer of the ``ActionEncoder`` has.
    public var actionExpansion: Int
    /// The hidden layer of the ``Projector`` behind the transformer, or `nil` for no projector.
    public var projector: Int?
    /// The norm of the projector.
    public var projectorNorm: Normalisation

    /// Creates options; the defaults are those of LeWM, arXiv:2603.19312.
    public init(
        width: Int = 192, actionWidth: Int, history: Int = 3, hidden: Int? = nil, outputWidth: Int? = nil,
        depth: Int = 6, heads: Int = 16, headSize: Int = 64, feedForward: Int = 2048, positions: Positions = .learned,
        dropout: Double = 0.1, rowDropout: Double = 0, smoothedActions: Int = 10, actionExpansion: Int = 4,
        projector: Int? = 2048, projectorNorm: Normalisation = .batch
    ) {
        self.width = width
        self.actionWidth = actionWidth
        self.history = history
        self.hidden = hidden ?? width
        self.outputWidth = outputWidth ?? width
        self.depth = depth
        self.heads = heads
        self.headSize = headSize
        self.feedForward = feedForward
        self.positions = positions
        self.dropout = dropout
        self.rowDropout = rowDropout
        self.smoothedActions = smoothedActions
        self.actionExpansion = actionExpansion
        self.projector = projector
        self.projectorNorm = projectorNorm
    }

    /// Checks that the numbers fit together.
    ///
    /// - Throws: `ForesightError.usage` with the value, the limit and what would do.
    public func validate() throws {
        let counts = [
            ("width", width), ("action width", actionWidth), ("history", history), ("hidden width", hidden),
            ("output width", outputWidth), ("depth", depth), ("heads", heads), ("head size", headSize),
            ("feed-forward size", feedForward), ("smoothed actions", smoothedActions),
            ("action expansion", actionExpansion), ("projector", projector ?? 1),
        ]
        for (name, value) in counts where value < 1 {
            throw ForesightError.usage(
                "a causal predictor with \(name) \(value)", remedy: "choose \(name) of at least 1")
        }
        for (name, rate) in [("dropout", dropout), ("row dropout", rowDropout)] where !(0..<1).contains(rate) {
            throw ForesightError.usage(
                "a causal predictor with \(name) \(rate)", remedy: "choose \(name) from 0 to below 1")
        }
        guard projector != nil || outputWidth == width else {
            throw ForesightError.usage(
                "a causal predictor that gives \(outputWidth) numbers for representations of \(width)",
                remedy: "choose an output width of \(width), or a projector")
        }
        guard positions == .learned || headSize % 2 == 0 else {
            throw ForesightError.usage(
                "rotary positions with heads of \(headSize)", remedy: "choose an even head size")
        }
    }
}
