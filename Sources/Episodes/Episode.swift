/// A contiguous record of channels at one sampling time, in physical units.
///
/// Missing samples are `NaN`, never filled with zeros.
public struct Episode: Sendable {
    /// Where the record came from: a file name, or a file name with the number of the stretch.
    public var name: String
    /// The channels, in the order of the columns.
    public var channels: [Channel]
    /// Seconds between samples.
    public var samplingTime: Double
    /// Samples, row-major `[time, channel]`, physical units, `NaN` where missing.
    public var values: [Double]

    /// Creates an episode from row-major samples `[time, channel]`.
    public init(name: String, channels: [Channel], samplingTime: Double, values: [Double]) {
        precondition(channels.isEmpty || values.count % channels.count == 0, "ragged episode \(name)")
        self.name = name
        self.channels = channels
        self.samplingTime = samplingTime
        self.values = values
    }

    /// The number of samples.
    public var count: Int { channels.isEmpty ? 0 : values.count / channels.count }

    /// The index of a channel by name.
    public func channelIndex(_ name: String) -> Int? { channels.firstIndex { $0.name == name } }

    /// One sample of one channel.
    public subscript(time: Int, channel: Int) -> Double {
        get { values[time * channels.count + channel] }
        set { values[time * channels.count + channel] = newValue }
    }

    /// All samples of one channel.
    public func column(_ channel: Int) -> [Double] { (0..<count).map { self[$0, channel] } }
}
