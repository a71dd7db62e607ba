/// A contiguous run of rows as they are watched: what was measured and set, and how far predictions of it were off.
///
/// All in the model's normalised units; `NaN` where missing or not predicted.
public struct WatchedSegment: Sendable {
    /// Channels of a row: outputs, then inputs.
    public var channels: Int
    /// Outputs among them.
    public var outputs: Int
    /// Rows `[row, channel]`.
    public var rows: [Double]
    /// Residuals `[horizon][row · outputs + output]`, for each of the horizons.
    public var residuals: [[Double]]
    /// The left-out part that each row belongs to.
    public var folds: [Int]

    /// Creates a run of rows.
    public init(channels: Int, outputs: Int, rows: [Double], residuals: [[Double]], folds: [Int]) {
        self.channels = channels
        self.outputs = outputs
        self.rows = rows
        self.residuals = residuals
        self.folds = folds
    }

    /// The number of rows.
    public var count: Int { channels > 0 ? rows.count / channels : 0 }

    /// What was measured and set at a row.
    func level(_ row: Int) -> ArraySlice<Double> { rows[row * channels..<(row + 1) * channels] }

    /// The watched vectors of a row: what nobody expected a step before, outputs and inputs; the residuals of longer
    /// predictions; the level.
    func vectors(_ row: Int, predictor: InputPredictor?) -> [[Double]] {
        func residual(_ horizon: Int) -> [Double] { Array(residuals[horizon][row * outputs..<(row + 1) * outputs]) }
        var now = residual(0)
        if let predictor {
            if row >= predictor.lags {
                let expected = predictor.predict((1...predictor.lags).map { level(row - $0) })
                now += zip(level(row).suffix(channels - outputs), expected).map { $0 - $1 }
            } else {
                now += [Double](repeating: .nan, count: channels - outputs)
            }
        }
        return [now] + residuals.indices.dropFirst().map(residual) + [Array(level(row))]
    }
}
