public import Basics

/// How strictly success is judged, after the two modes of the CLEAR audit of world models (version 0.5).
public enum PixelRule: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// What published evaluations ask for, with the least corrections; the first hit counts.
    case moderate
    /// The task's end point alone, closer.
    case strict
}

/// One thing to do: from a state that was recorded to one that was recorded some rows later in the same episode.
public struct PixelPair: Sendable, Hashable, Codable {
    /// The recorded episode.
    public var episode: Int
    /// The row of the start in it.
    public var row: Int
    /// The state at the start.
    public var start: [Double]
    /// The state whose picture is the goal.
    public var goal: [Double]
    /// Values of factors that differ from those of the manifest in this pair; `nil` for none.
    public var factors: [String: Double]?
}

/// What an evaluation does, frozen before any policy is tried: pairs of start and goal, budget, seed.
///
/// Sampling is balanced over episodes, one pair from each; pairs that are solved before the first step are left out. Whoever
/// compares two policies gives both the same manifest; its digest is kept with every result.
public struct PixelManifest: Sendable, Hashable, Codable {
    /// The version of the protocol: sampling, rules and aggregation.
    public static let version = 3

    /// The version of the protocol that it was made under.
    public var version: Int
    /// The world.
    public var world: String
    /// Values of factors that differ from the standard ones.
    public var factors: [String: Double]
    /// How success is judged.
    public var rule: PixelRule
    /// Rows between start and goal.
    public var offset: Int
    /// Steps that a policy has.
    public var budget: Int
    /// What policies draw from.
    public var seed: UInt64
    /// What is to be done.
    public var pairs: [PixelPair]

    /// The SHA-256 of its JSON with sorted keys.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be written as JSON.
    public func digest() throws -> String {
        SHA256.hex(of: Array(try JSONText.encode(self, pretty: false).utf8))
    }
}
