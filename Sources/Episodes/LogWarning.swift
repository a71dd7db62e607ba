/// Something about a log that limits what can be learned from it, in plain words.
public struct LogWarning: Sendable, Equatable, Codable {
    /// The family of a warning.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A channel without any value.
        case allMissing
        /// A channel with many missing samples.
        case missing
        /// An action that never moved.
        case constantAction
        /// A channel with one value only.
        case constant
        /// An action that follows the observations: closed-loop data.
        case closedLoop
        /// A channel that repeats another, perhaps scaled.
        case duplicate
        /// A sensor that stops at an end of its range.
        case saturation
        /// A channel beyond the limits that were stated.
        case beyondLimits
        /// An action at a value that it was not said to take.
        case otherValue
        /// A sensor with coarse steps.
        case coarseSensor
        /// A record that is short beside the response of the plant.
        case shortRecord
        /// Few samples in all.
        case fewSamples
        /// Gaps, repeated or reversed times, uneven clocks.
        case sampling
        /// No roles were assigned.
        case noRoles
        /// No channel is an action, so nothing can be planned.
        case noAction
    }

    /// The family.
    public var kind: Kind
    /// The channels that it is about.
    public var channels: [String]
    /// What is so, with its figures, and what follows from it.
    public var message: String

    /// Creates a warning.
    public init(_ kind: Kind, _ channels: [String] = [], _ message: String) {
        self.kind = kind
        self.channels = channels
        self.message = message
    }
}
