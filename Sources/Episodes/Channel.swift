public import Basics

/// What a channel is to the system that is modelled.
public enum ChannelRole: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// Measured; what the model predicts.
    case observation
    /// Set by whoever controls the system; what a plan decides.
    case action
    /// Acts on the system and is measured or forecast, but nobody here sets it (weather, load).
    case disturbance
}

/// One named signal with unit, role and physical limits.
public struct Channel: Hashable, Sendable, Codable {
    /// The name as the log spells it.
    public var name: String
    /// The physical unit, such as "°C" or "%"; `nil` when the log does not say.
    public var unit: String?
    /// What the channel is to the system.
    public var role: ChannelRole
    /// The least value that is physically possible or allowed; `nil` when unknown.
    public var lowerLimit: Double?
    /// The greatest value that is physically possible or allowed; `nil` when unknown.
    public var upperLimit: Double?
    /// For an action: the fastest allowed change per second; `nil` when unlimited.
    public var rateLimit: Double?
    /// For an action: the values that it may take, rising; `nil` for any within the limits.
    public var values: [Double]?
    /// For an action: the shortest time that it keeps a value, s; `nil` when it may change at any time.
    public var dwell: Double?

    /// Creates a channel.
    public init(
        name: String, unit: String? = nil, role: ChannelRole, lowerLimit: Double? = nil, upperLimit: Double? = nil,
        rateLimit: Double? = nil, values: [Double]? = nil, dwell: Double? = nil
    ) {
        self.name = name
        self.unit = unit
        self.role = role
        self.lowerLimit = lowerLimit
        self.upperLimit = upperLimit
        self.rateLimit = rateLimit
        self.values = values.map { Set($0).sorted() }
        self.dwell = dwell
    }
}
