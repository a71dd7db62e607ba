import Basics
public import Episodes

/// What data a run was trained on, by content: two logs that give the same episodes have the same fingerprint,
/// wherever they lie.
public struct DataFingerprint: Sendable, Equatable, Codable {
    /// One episode.
    public struct Part: Sendable, Equatable, Codable {
        /// The name.
        public var name: String
        /// The number of samples.
        public var samples: Int
        /// SHA-256 of the samples.
        public var sha256: String
    }

    /// The channels with role, unit and limits.
    public var channels: [Channel]
    /// Seconds between samples.
    public var samplingTime: Double
    /// The episodes.
    public var parts: [Part]

    /// Takes the fingerprint of episodes.
    public init(_ episodes: [Episode]) {
        channels = episodes.first?.channels ?? []
        samplingTime = episodes.first?.samplingTime ?? 0
        parts = episodes.map { episode in
            var digest = SHA256()
            // Every NaN is the same missing sample.
            let bits = episode.values.map { $0.isNaN ? UInt64.max : $0.bitPattern.littleEndian }
            bits.withUnsafeBytes { digest.update($0) }
            return Part(name: episode.name, samples: episode.count, sha256: digest.hex())
        }
    }

    /// What differs in other data, in words; `nil` when nothing does. Names of episodes do not count.
    public func difference(from other: DataFingerprint) -> String? {
        if channels != other.channels {
            let (before, now) = (other.channels.map(Self.words), channels.map(Self.words))
            let gone = before.filter { !now.contains($0) }
            let new = now.filter { !before.contains($0) }
            if gone.isEmpty && new.isEmpty { return "the channels stand in another order" }
            return "the channels were \(gone.joined(separator: ", ")), now \(new.joined(separator: ", "))"
        }
        if samplingTime != other.samplingTime {
            return "the sampling time was \(other.samplingTime) s, now \(samplingTime) s"
        }
        if parts.count != other.parts.count {
            return "there were \(other.parts.count) episodes, now \(parts.count)"
        }
        for (now, before) in zip(parts, other.parts) where now.sha256 != before.sha256 {
            let size = now.samples == before.samples ? "other values" : "\(before.samples) samples, now \(now.samples)"
            return "episode \(now.name) had \(size)"
        }
        return nil
    }

    private static func words(_ channel: Channel) -> String {
        var text = "\(channel.role.rawValue) \(channel.name)"
        if let unit = channel.unit { text += " [\(unit)]" }
        let limits = [channel.lowerLimit, channel.upperLimit].map { $0.map { "\($0)" } ?? "…" }
        if limits != ["…", "…"] { text += " (\(limits[0]) to \(limits[1]))" }
        if let rate = channel.rateLimit { text += " at most \(rate)/s" }
        if let values = channel.values { text += " of \(SwitchValues.words(values))" }
        if let dwell = channel.dwell { text += " kept \(dwell) s" }
        return text
    }
}
