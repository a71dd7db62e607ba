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
    /// The time of the first sample in seconds; what it counts from, the clock says.
    public var startTime: Double
    /// What the times count from.
    public var clock: LogClock

    /// Creates an episode from row-major samples `[time, channel]`.
    public init(
        name: String, channels: [Channel], samplingTime: Double, values: [Double], startTime: Double = 0,
        clock: LogClock = .none
    ) {
        precondition(channels.isEmpty || values.count % channels.count == 0, "ragged episode \(name)")
        self.name = name
        self.channels = channels
        self.samplingTime = samplingTime
        self.values = values
        self.startTime = startTime
        self.clock = clock
    }

    /// The number of samples.
    public var count: Int { channels.isEmpty ? 0 : values.count / channels.count }

    /// The time from the first sample to the last in seconds.
    public var duration: Double { Double(max(0, count - 1)) * samplingTime }

    /// The samples of a range of rows, as an episode of its own.
    public func slice(_ rows: Range<Int>, name: String? = nil) -> Episode {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count) in episode \(self.name)")
        let width = channels.count
        return Episode(
            name: name ?? self.name, channels: channels, samplingTime: samplingTime,
            values: Array(values[rows.lowerBound * width..<rows.upperBound * width]),
            startTime: startTime + Double(rows.lowerBound) * samplingTime, clock: clock)
    }

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
