/// By how much predictions were adapted to a record, in the terms of its channels.
public struct AdaptationSummary: Sendable, Equatable {
    /// The gain of an action.
    public struct Gain: Sendable, Equatable {
        /// The output that the action moves most, by its place among the outputs.
        public var output: Int
        /// How much further the action, held, moves it by the end of the horizon than in the training log, relative.
        public var change: Double
    }

    /// The share of the change that is applied, 0 to 1: how probable it is that the record differs. A mean over many
    /// predictions where there are many.
    public var weight: Double
    /// Equations that it was estimated from; the most of many predictions.
    public var rows: Int
    /// Why nothing was applied though the rows asked for it; `nil` otherwise.
    public var reason: String?
    /// The horizon, seconds.
    public var seconds: Double
    /// What each output ends higher by with every action at its mean in the training log, physical units, weight included.
    public var offsets: [Double]
    /// The gain of each action, weight included.
    public var gains: [Gain]
    /// Predictions that were refused an adaptation, and all of them.
    public var refused = 0
    /// Predictions that were summed up.
    public var count = 1

    /// Creates a summary of one prediction.
    public init(
        weight: Double, rows: Int, reason: String? = nil, seconds: Double, offsets: [Double], gains: [Gain]
    ) {
        self.weight = weight
        self.rows = rows
        self.reason = reason
        self.seconds = seconds
        self.offsets = offsets
        self.gains = gains
        refused = reason == nil ? 0 : 1
    }

    /// The mean over predictions; `nil` without any.
    public init?(_ all: [AdaptationSummary]) {
        guard var mean = all.first else { return nil }
        let count = Double(all.count)
        mean.weight = all.reduce(0) { $0 + $1.weight } / count
        mean.rows = all.map(\.rows).max() ?? 0
        mean.offsets = mean.offsets.indices.map { index in all.reduce(0) { $0 + $1.offsets[index] } / count }
        for index in mean.gains.indices {
            mean.gains[index].change = all.reduce(0) { $0 + $1.gains[index].change } / count
        }
        mean.refused = all.count { $0.reason != nil }
        mean.reason = all.first { $0.reason != nil }?.reason
        mean.count = all.count
        self = mean
    }
}
