public import Basics

/// How samples are brought to another rate.
public enum ResamplingMethod: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// Observations and disturbances at the new times by linear interpolation, actions as last set before.
    case interpolate
    /// For going slower: observations are averaged over one new step around the new time, so that nothing is delayed;
    /// actions and disturbances over the step that follows, in which they act.
    case average
}

/// What is done about gaps and uneven sampling. By default nothing is changed: gaps end an episode.
public struct SamplingPolicy: ConfigurationSection, Sendable, Equatable, Codable {
    /// Seconds between samples after resampling; `nil` leaves samples as they were recorded.
    public var resample: Double?
    /// How samples are brought to that rate.
    public var method = ResamplingMethod.interpolate
    /// When resampling, gaps up to this many seconds are bridged; `nil` bridges three steps.
    public var bridge: Double?

    /// Creates the policy that changes nothing.
    public init() {}

    /// Creates a policy.
    public init(resample: Double?, method: ResamplingMethod = .interpolate, bridge: Double? = nil) {
        self.resample = resample
        self.method = method
        self.bridge = bridge
    }

    /// The settings, in the order in which they are printed.
    public static let fields: [ConfigurationField<SamplingPolicy>] = [
        .value(
            "resample", \.resample, "New time between samples; null keeps them as recorded.", unit: "s",
            limit: .above(0)),
        .value("method", \.method, "How samples are brought to the new rate."),
        .value(
            "bridge", \.bridge, "Longest gap that is bridged when resampling; null is three steps.", unit: "s",
            limit: .above(0)),
    ]

    /// The longest gap that is bridged.
    func bridged(samplingTime: Double) -> Double? {
        resample.map { bridge ?? 3 * max($0, samplingTime) }
    }
}
