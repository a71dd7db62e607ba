/// A stretch of time in which rows are too surprising to be normal.
public struct WatchEvent: Sendable, Equatable {
    /// Seconds of the first row beyond the threshold.
    public var start: Double
    /// Seconds of the last row beyond the threshold so far.
    public var last: Double
    /// Rows beyond the threshold.
    public var rows = 0
    /// The most surprising row.
    public var peak: Surprise
    /// When that was, in seconds.
    public var peakTime: Double
    /// What the first row was about.
    public var first: Surprise
    /// How much each channel has to do with it, by the surprise of its rows: shares that add up to 1.
    public var contributions: [Double]

    /// Seconds from the first to the last row beyond the threshold.
    public var duration: Double { last - start }

    /// The channels that have most to do with it, the first the most, each with its share.
    public func channels(_ names: [String], most: Int = 3) -> [(name: String, share: Double)] {
        contributions.indices.sorted { contributions[$0] > contributions[$1] }.prefix(most)
            .filter { contributions[$0] >= 0.05 }.map { (names[$0], contributions[$0]) }
    }
}

/// Turns surprises into events: one begins with a row beyond the threshold and ends after so many steps without.
public struct EventTracker: Sendable {
    /// What a row led to.
    public enum Change: Sendable, Equatable {
        /// An event begins.
        case began(WatchEvent)
        /// The event is over.
        case ended(WatchEvent)
    }

    /// A row of a normal plant is as surprising as one beyond the threshold with this probability.
    public let threshold: Double
    /// Rows without alarm that end an event.
    public let closing: Int
    /// The event that is going on.
    public private(set) var current: WatchEvent?
    private var quiet = 0
    private var weight = 0.0

    /// Creates a tracker.
    public init(threshold: Double, closing: Int) {
        self.threshold = threshold
        self.closing = closing
    }

    /// Takes up a row.
    ///
    /// - Parameters:
    ///   - time: Its time in seconds.
    ///   - surprise: How surprising it is; `nil` where nothing can be said.
    /// - Returns: What it led to; `nil` for nothing new.
    public mutating func step(time: Double, _ surprise: Surprise?) -> Change? {
        guard let surprise, surprise.probability < threshold else {
            quiet += 1
            guard quiet >= closing else { return nil }
            return end()
        }
        quiet = 0
        let isNew = current == nil
        var event =
            current
            ?? WatchEvent(
                start: time, last: time, peak: surprise, peakTime: time, first: surprise,
                contributions: [Double](repeating: 0, count: surprise.contributions.count))
        if isNew { weight = 0 }
        // A row counts by its surprise.
        weight += surprise.score
        for channel in event.contributions.indices {
            event.contributions[channel] +=
                surprise.score / max(weight, 1e-12) * (surprise.contributions[channel] - event.contributions[channel])
        }
        event.last = time
        event.rows += 1
        if surprise.score > event.peak.score { (event.peak, event.peakTime) = (surprise, time) }
        current = event
        return isNew ? .began(event) : nil
    }

    /// Ends the event that is going on, at the end of a record.
    public mutating func end() -> Change? {
        guard let event = current else { return nil }
        current = nil
        return .ended(event)
    }
}
