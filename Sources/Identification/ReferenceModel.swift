public import Episodes

/// A simple model that a learned one has to beat under the same protocol: free-run prediction from an initial window.
///
/// Sampling convention: an input held from sample `t` to `t + 1` acts on the output at `t + 1`, so a prediction of row
/// `t` uses the inputs of rows before `t` (a model with input delay 0 also uses row `t`).
public protocol ReferenceModel: Sendable {
    /// What the model is, in one line for a report.
    var summary: String { get }
    /// The channels it predicts and is driven by.
    var layout: SignalLayout { get }
    /// How many samples of the initial window it looks at.
    var history: Int { get }
    /// The eigenvalues of its transition, falling magnitude; `nil` for a model without one.
    var poles: [ComplexValue]? { get }
    /// The free-run prediction of the rows after an initial window.
    ///
    /// - Parameters:
    ///   - outputs: The measured outputs of the window, `[window, output]`, physical units; missing ones are held.
    ///   - inputs: The inputs of window and future, `[window + horizon, input]`; missing ones are held.
    ///   - horizon: How many rows to predict.
    /// - Returns: Predicted outputs `[horizon, output]`, physical units.
    func simulate(outputs: [Double], inputs: [Double], horizon: Int) -> [Double]
}

extension ReferenceModel {
    /// No transition.
    public var poles: [ComplexValue]? { nil }

    /// The free-run prediction of rows `start..<start + horizon` of an episode, from the rows before `start` and the
    /// inputs alone: `[horizon, output]`, physical units.
    ///
    /// Beyond the end of the episode the last inputs are held.
    ///
    /// - Throws: `ForesightError.data` when the episode lacks a channel.
    public func simulate(_ episode: Episode, from start: Int, horizon: Int) throws -> [Double] {
        simulate(try layout.record(episode), from: start, horizon: horizon)
    }

    func simulate(_ record: SignalRecord, from start: Int, horizon: Int) -> [Double] {
        precondition(start > 0 && start <= record.count, "start \(start) of \(record.count) samples")
        let (outputCount, inputCount) = (layout.outputs.count, layout.inputs.count)
        let first = max(0, start - history)
        let end = min(record.count, start + horizon)
        var inputs = Array(record.inputs[(first * inputCount)..<(end * inputCount)])
        let lastRow = record.inputs[((record.count - 1) * inputCount)...]
        for _ in end..<max(end, start + horizon) { inputs += lastRow }
        let outputs = Array(record.outputs[(first * outputCount)..<(start * outputCount)])
        return simulate(outputs: outputs, inputs: inputs, horizon: horizon)
    }
}

/// The last measured value, held: what a model must at least beat.
public struct PersistenceModel: ReferenceModel {
    /// The channels it predicts.
    public let layout: SignalLayout
    /// Samples searched back for the last value that is not missing.
    public let history: Int
    /// What the model is.
    public var summary: String { "persistence (last value held)" }

    /// Creates the model.
    public init(layout: SignalLayout, history: Int = 1) {
        precondition(history >= 1, "a history of \(history) samples")
        self.layout = layout
        self.history = history
    }

    /// The last row of the window, repeated `horizon` times; `NaN` for a channel without any value in the window.
    public func simulate(outputs: [Double], inputs: [Double], horizon: Int) -> [Double] {
        let width = layout.outputs.count
        let row = (0..<width).map { column in
            stride(from: outputs.count - width + column, through: 0, by: -width)
                .first { outputs[$0].isFinite }.map { outputs[$0] } ?? .nan
        }
        return (0..<horizon).flatMap { _ in row }
    }
}
