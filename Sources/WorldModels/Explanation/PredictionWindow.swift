import Basics
public import Episodes

/// What one prediction is made from, at the model's step: measurements up to the present, inputs up to the horizon.
public struct PredictionWindow: Sendable, Equatable {
    /// Rows of history, the present included.
    public var history: Int
    /// Predicted rows.
    public var steps: Int
    /// Measurements, row-major `[history, output]`, physical units, `NaN` where missing.
    public var outputs: [Double]
    /// Inputs, row-major `[history + steps, input]`, physical units: row r is in force from row r to row r + 1, so that row
    /// `history − 1`, the present, leads to the first prediction.
    public var inputs: [Double]
    /// What was measured of the predicted rows, row-major `[steps, output]`, `NaN` where nothing was.
    public var truth: [Double]
    /// Predicted rows for whose inputs the log ends: the last ones are held.
    public var heldSteps: Int

    /// Creates a window of given values.
    public init(
        history: Int, steps: Int, outputs: [Double], inputs: [Double], truth: [Double] = [], heldSteps: Int = 0
    ) {
        (self.history, self.steps) = (history, steps)
        (self.outputs, self.inputs, self.truth, self.heldSteps) = (outputs, inputs, truth, heldSteps)
    }

    /// Cuts the window before a row of an episode, with the inputs that the log holds after it.
    ///
    /// - Parameters:
    ///   - episode: The record, at the rate of the model's logs.
    ///   - row: The present.
    ///   - steps: Steps of the model to predict.
    ///   - model: The model's channels and timing.
    /// - Throws: `ForesightError.data` when a channel is missing or the record is sampled at another rate.
    public init(_ episode: Episode, row: Int, steps: Int, for model: ModelDescription) throws {
        precondition(row >= 0 && row < episode.count && steps > 0, "row \(row) of \(episode.count), \(steps) steps")
        try model.check(samplingOf: [episode])
        func columns(_ channels: [Channel]) throws -> [Int] {
            try channels.map { channel in
                if let index = episode.channelIndex(channel.name) { return index }
                throw ForesightError.data(
                    "\(episode.name) has no channel '\(channel.name)', which the model needs",
                    remedy: "give a log with the channels of the model")
            }
        }
        let measured = try columns(model.outputs)
        let driven = try columns(model.inputs).map { SignalTable.held(episode.column($0)) }
        let stride = model.stride
        history = model.historySteps(known: row / stride + 1) { back in
            measured.allSatisfy { episode[row - back * stride, $0].isFinite }
        }
        self.steps = steps
        let first = row - (history - 1) * stride
        outputs = (0..<history).flatMap { step in measured.map { episode[first + step * stride, $0] } }
        inputs = (0..<(history + steps)).flatMap { step in
            driven.map { column in
                let sample = first + step * stride
                let sum = (sample..<(sample + stride)).reduce(0.0) { $0 + column[min($1, column.count - 1)] }
                return sum / Double(stride)
            }
        }
        truth = (1...steps).flatMap { step in
            measured.map { row + step * stride < episode.count ? episode[row + step * stride, $0] : .nan }
        }
        // The inputs of the present lead to the first prediction.
        let known = (episode.count - row) / stride
        heldSteps = max(0, steps - known)
    }

    /// Outputs that are missing where the history begins: what is predicted of them is less sure than bands say.
    ///
    /// - Parameter outputCount: Outputs of the model.
    /// - Returns: Each with the rows of the history, and in how many of them it was measured.
    public func gaps(outputCount: Int) -> [(output: Int, measured: Int, steps: Int)] {
        (0..<outputCount).compactMap { output in
            let measured = (0..<history).count { outputs[$0 * outputCount + output].isFinite }
            return history > 0 && !outputs[output].isFinite ? (output, measured, history) : nil
        }
    }

    /// A window of constant values, from which a plant at that point would be predicted.
    public init(constant outputs: [Double], inputs: [Double], history: Int, steps: Int) {
        (self.history, self.steps) = (history, steps)
        self.outputs = (0..<history).flatMap { _ in outputs }
        self.inputs = (0..<(history + steps)).flatMap { _ in inputs }
        (truth, heldSteps) = ([], 0)
    }
}
