/// What one channel did over a whole log; missing samples do not count.
public struct ChannelSummary: Sendable, Equatable, Codable {
    /// The channel.
    public var channel: Channel
    /// The number of samples, missing ones included.
    public var count: Int
    /// The share of missing samples, 0 … 1.
    public var missing: Double
    /// The least value; `nil` when all are missing, as below.
    public var minimum: Double?
    /// The greatest value.
    public var maximum: Double?
    /// The mean.
    public var mean: Double?
    /// The standard deviation.
    public var deviation: Double?
    /// The step of the grid that the values lie on, where they repeat so often that it shows; `nil` otherwise.
    public var resolution: Double?
    /// The number of different values, at most 1000.
    public var distinctValues: Int
    /// How often the value changes from one sample to the next.
    public var moves: Int
    /// The median number of rows between two changes; `nil` without changes.
    public var medianHold: Int?
    /// The share of samples exactly at the least value, and at the greatest.
    public var shareAtEnds: [Double]

    /// The few values that an action takes, where it seems to take no others: a proposal for its ``Channel/values``.
    public var proposedValues: [Double]?
    /// The first recorded value of an action that is none of its ``Channel/values``.
    public var otherValue: Double?

    /// Whether the channel has one value only.
    public var isConstant: Bool { minimum != nil && minimum == maximum }

    /// Summarises a channel of all episodes.
    public init(_ channel: Int, of episodes: [Episode]) {
        let columns = episodes.map { $0.column(channel) }
        self.channel = episodes[0].channels[channel]
        count = columns.reduce(0) { $0 + $1.count }
        let known = columns.flatMap { $0.filter { !$0.isNaN } }
        missing = count > 0 ? Double(count - known.count) / Double(count) : 0
        moves = 0
        distinctValues = 0
        shareAtEnds = [0, 0]
        guard let least = known.min(), let greatest = known.max() else { return }
        (minimum, maximum) = (least, greatest)
        let mean = known.reduce(0, +) / Double(known.count)
        self.mean = least == greatest ? least : mean
        let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = least == greatest ? 0 : (squares / Double(known.count)).squareRoot()
        if self.channel.role == .action {
            if let allowed = self.channel.values {
                otherValue = known.first { !allowed.contains($0) }
            } else {
                proposedValues = SwitchValues.proposal(columns)
            }
        }
        shareAtEnds = [least, greatest].map { end in Double(known.count { $0 == end }) / Double(known.count) }

        var holds: [Int] = []
        for column in columns {
            var since: Int?
            var previous = Double.nan
            for (row, value) in column.enumerated() where !value.isNaN {
                if !previous.isNaN, value != previous {
                    if let since { holds.append(row - since) }
                    since = row
                    moves += 1
                }
                previous = value
            }
        }
        medianHold = holds.isEmpty ? nil : holds.sorted()[holds.count / 2]

        var values = Set<Double>()
        for value in known where values.count < 1000 { values.insert(value) }
        distinctValues = values.count
        let sorted = values.sorted()
        let steps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }
        guard distinctValues >= 3, distinctValues < 1000, known.count >= 4 * distinctValues,
            let step = steps.filter({ $0 > 1e-9 * (greatest - least) }).min()
        else { return }
        // Values of a converter lie on a grid: nearly all distances are multiples of the smallest.
        let onGrid = steps.count { abs($0 / step - ($0 / step).rounded()) < 0.05 }
        if onGrid * 20 >= steps.count * 19 { resolution = step }
    }
}
