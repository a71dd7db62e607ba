public import Episodes

/// Means and scales that take channels from physical units to normalised ones and back; fitted on training data only.
public struct SignalScaling: Sendable, Equatable, Codable {
    /// Names of the outputs, in the model's order.
    public var outputs: [String]
    /// Names of the inputs, in the model's order: actions, then disturbances.
    public var inputs: [String]
    /// Mean of each output, physical units.
    public var outputMean: [Double]
    /// Scale of each output, physical units: the standard deviation, 1 for a constant.
    public var outputScale: [Double]
    /// Mean of each input, physical units.
    public var inputMean: [Double]
    /// Scale of each input, physical units.
    public var inputScale: [Double]

    /// Fits means and standard deviations over all present samples of the episodes.
    public init(fitting episodes: [Episode], outputs: [String], inputs: [String]) {
        self.outputs = outputs
        self.inputs = inputs
        let o = outputs.map { Self.moments(of: $0, in: episodes) }
        let i = inputs.map { Self.moments(of: $0, in: episodes) }
        outputMean = o.map(\.mean)
        outputScale = o.map(\.scale)
        inputMean = i.map(\.mean)
        inputScale = i.map(\.scale)
    }

    private static func moments(of name: String, in episodes: [Episode]) -> (mean: Double, scale: Double) {
        var (count, mean, squares) = (0.0, 0.0, 0.0)
        for episode in episodes {
            guard let column = episode.channelIndex(name) else { continue }
            for row in 0..<episode.count where episode[row, column].isFinite {
                // Welford's running moments: temperatures in kelvin lose no digits.
                count += 1
                let difference = episode[row, column] - mean
                mean += difference / count
                squares += difference * (episode[row, column] - mean)
            }
        }
        let deviation = count > 1 ? (squares / count).squareRoot() : 0
        // Those of what never moves are exactly 0, so that what is small in its unit is no less of a signal.
        return (mean, deviation > 1e-9 * mean.magnitude ? deviation : 1)
    }
}
