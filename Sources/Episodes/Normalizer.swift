import Basics

/// Turns physical units into numbers around zero and back: `(x - mean) / scale`, channel by channel.
///
/// Fitted on training data only and kept with the model. The scale is the standard deviation; where a channel never
/// moved, that of a uniform distribution between its limits, and without limits 1, so that nothing is divided by zero
/// and a channel that moves later does not explode.
public struct Normalizer: Sendable, Equatable, Codable {
    /// The names of the channels, in order.
    public let names: [String]
    /// The mean of each channel, in its unit.
    public let means: [Double]
    /// What one normalised unit is, in the unit of each channel.
    public let scales: [Double]

    /// Creates a normaliser from known means and scales.
    public init(names: [String], means: [Double], scales: [Double]) {
        precondition(names.count == means.count && names.count == scales.count, "one mean and scale for each channel")
        precondition(means.allSatisfy(\.isFinite) && scales.allSatisfy { $0 > 0 && $0.isFinite }, "finite scales")
        self.names = names
        self.means = means
        self.scales = scales
    }

    /// Fits means and scales to training data; missing samples do not count.
    public init(fitting slices: [EpisodeSlice], of episodes: [Episode]) {
        let channels = episodes.first?.channels ?? []
        var means: [Double] = []
        var scales: [Double] = []
        for (index, channel) in channels.enumerated() {
            // Two passes: the sum of squares around the mean loses no digits.
            var (sum, count) = (0.0, 0.0)
            Normalizer.forEach(slices, episodes, index) {
                sum += $0
                count += 1
            }
            let mean = count > 0 ? sum / count : 0
            var squares = 0.0
            Normalizer.forEach(slices, episodes, index) { squares += ($0 - mean) * ($0 - mean) }
            let deviation = count > 0 ? (squares / count).squareRoot() : 0
            let isConstant = deviation <= 1e-9 * max(1e-30, abs(mean)) || deviation < 1e-150
            means.append(mean)
            scales.append(isConstant ? Normalizer.fallbackScale(channel) : deviation)
        }
        self.init(names: channels.map(\.name), means: means, scales: scales)
    }

    private static func forEach(
        _ slices: [EpisodeSlice], _ episodes: [Episode], _ channel: Int, _ body: (Double) -> Void
    ) {
        for slice in slices {
            for row in slice.rows {
                let value = episodes[slice.episode][row, channel]
                if !value.isNaN { body(value) }
            }
        }
    }

    private static func fallbackScale(_ channel: Channel) -> Double {
        guard let lower = channel.lowerLimit, let upper = channel.upperLimit, upper > lower else { return 1 }
        return (upper - lower) / 12.0.squareRoot()
    }

    /// Physical values as networks see them; missing samples become 0 and are marked.
    public func normalize(_ physical: PhysicalValues) -> NormalizedValues {
        precondition(
            physical.channelCount == names.count, "values of \(physical.channelCount) channels, not \(names.count)")
        var values = [Float](repeating: 0, count: physical.values.count)
        var mask = [Float](repeating: 1, count: physical.values.count)
        for index in physical.values.indices {
            let normal = normalize(physical.values[index], channel: index % names.count)
            if normal.isNaN { mask[index] = 0 } else { values[index] = normal }
        }
        return NormalizedValues(values, mask: mask, channelCount: names.count)
    }

    /// Normalised values in physical units; missing samples are NaN.
    public func denormalize(_ normal: NormalizedValues) -> PhysicalValues {
        precondition(
            normal.channelCount == names.count, "values of \(normal.channelCount) channels, not \(names.count)")
        let values = normal.values.indices.map { index in
            normal.mask[index] == 0 ? .nan : denormalize(normal.values[index], channel: index % names.count)
        }
        return PhysicalValues(values, channelCount: names.count)
    }

    /// One physical value as networks see it.
    @inline(__always)
    public func normalize(_ value: Double, channel: Int) -> Float { Float((value - means[channel]) / scales[channel]) }

    /// One normalised value in its physical unit.
    @inline(__always)
    public func denormalize(_ value: Float, channel: Int) -> Double { Double(value) * scales[channel] + means[channel] }

    /// The normaliser of some of the channels, in the order of the indices.
    public func selecting(_ channels: [Int]) -> Normalizer {
        Normalizer(
            names: channels.map { names[$0] }, means: channels.map { means[$0] }, scales: channels.map { scales[$0] })
    }
}
