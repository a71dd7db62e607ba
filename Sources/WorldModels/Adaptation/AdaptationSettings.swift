public import Basics
public import Identification

/// Whether and how predictions adapt to the record that they start in. The constants are assumptions about how records of
/// one system differ, chosen on simulated records: see `RecordDifferences`.
public struct AdaptationSettings: ConfigurationSection, Equatable {
    /// Whether predictions adapt; derived: where the log holds fewer than ten windows.
    public var on = Auto<Bool>.auto
    /// κ of `RecordDifferences`.
    public var offset = RecordDifferences().offset
    /// g of `RecordDifferences`.
    public var gain = RecordDifferences().gain
    /// ρ of `RecordDifferences`.
    public var loss = RecordDifferences().loss

    /// The defaults.
    public init() {}

    /// How records differ.
    public var differences: RecordDifferences {
        var differences = RecordDifferences()
        (differences.offset, differences.gain, differences.loss) = (offset, gain, loss)
        return differences
    }

    /// The settings.
    public static let fields: [ConfigurationField<AdaptationSettings>] = [
        .value(
            "on", \.on, "Whether predictions adapt to the record they start in; auto does so for models of short logs."),
        .value(
            "offset", \.offset, "How much offsets differ from record to record, in units of what inputs move.",
            limit: .between(0, 10)),
        .value(
            "gain", \.gain, "How much gains of actions differ from record to record, relative.", limit: .between(0, 10)),
        .value("loss", \.loss, "How much losses differ from record to record, relative.", limit: .between(0, 10)),
    ]
}
