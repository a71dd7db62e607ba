import Basics
public import Episodes
public import Monitoring
import Tensors

/// Watches records with a trained model: how surprising each row is, as it comes.
///
///     var watch = try ModelWatch(model)
///     for sample in try watch.take(episode) { … sample.surprise?.score … }
///
/// A record that never ends need not be kept: the last `reach` rows before those that are new are enough.
public struct ModelWatch {
    /// A row of a record with its surprise.
    public struct Sample: Sendable, Equatable {
        /// Its place in the record.
        public var row: Int
        /// Its time in seconds, as the record counts it.
        public var time: Double
        /// How surprising it is; `nil` until there is a history to predict from.
        public var surprise: Surprise?
        /// What was measured less what was predicted, `[horizon, output]`, physical units; `NaN` where either is not there.
        public var errors: [Double] = []
        /// What was measured, `[output]`, physical units; `NaN` where missing.
        public var values: [Double] = []
    }

    /// What is normal.
    public let reference: SurpriseReference
    private let model: TrainedModel
    private let rows: WatchedRows
    private var monitors: [SurpriseMonitor]
    private var done = 0

    /// Starts to watch one record.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - reference: What is normal; what the model brings by itself without.
    /// - Throws: `ForesightError.data` for a model that brings nothing.
    public init(_ model: TrainedModel, reference: SurpriseReference? = nil) throws {
        guard let reference = reference ?? model.surprise else {
            throw ForesightError.data(
                "the model does not know what is normal: it was saved before that was kept, or its log was too short",
                remedy: "name logs of normal operation with --normal, or train again")
        }
        self.reference = reference
        self.model = model
        let description = model.description
        rows = WatchedRows(model: model.network, history: description.window, horizons: reference.horizons)
        monitors = [SurpriseMonitor](repeating: SurpriseMonitor(reference), count: description.stride)
    }

    /// The rows before those that are new which ``take(_:from:)`` looks at, at most.
    public var reach: Int { (rows.context + InputPredictor.usualLags + 2) * model.description.stride }

    /// Takes up what is new of a record.
    ///
    /// A model whose step covers several samples watches each of its phases by itself; a row is judged when its step is
    /// complete.
    ///
    /// - Parameters:
    ///   - episode: The record as far as it is known, or its last rows, `reach` of them before the new ones: what was taken up before is
    ///     not done again.
    ///   - first: The row of the record that the episode begins with. An input that is missing there is known to nobody.
    /// - Returns: The new rows.
    /// - Throws: `ForesightError.data` when the record lacks a channel of the model.
    public mutating func take(_ episode: Episode, from first: Int = 0) throws -> [Sample] {
        let stride = model.description.stride
        let complete = max(0, first + episode.count - stride + 1)
        guard complete > done else { return [] }
        // What a row depends on lies a few steps back; a whole number of steps, so that phases stay what they are.
        let wanted = max(0, (done / stride - rows.context - InputPredictor.usualLags) * stride)
        let skipped = max(wanted, (first + stride - 1) / stride * stride)
        precondition(skipped <= done, "row \(done) is new, and the record is known from row \(first) on")
        let part = rest(of: episode, from: skipped - first)
        let table = try SignalTable([part], scaling: model.description.scaling, stride: stride)
        let new = (complete - done + stride - 1) / stride
        let segments = rows.segments(table, new: new + 1)
        var samples: [Sample] = []
        samples.reserveCapacity(complete - done)
        for row in done..<complete {
            let (step, phase) = (row - skipped).quotientAndRemainder(dividingBy: stride)
            let surprise = monitors[phase].step(segments[phase], step)
            var sample = Sample(
                row: row, time: episode.startTime + Double(row - first) * episode.samplingTime, surprise: surprise)
            (sample.errors, sample.values) = physical(segments[phase], step)
            samples.append(sample)
        }
        done = complete
        return samples
    }

    /// A record from a row on, with the inputs in force there as all of it tells: one that is missing is the last known before.
    private func rest(of episode: Episode, from row: Int) -> Episode {
        var rest = episode.slice(row..<episode.count)
        guard row > 0 else { return rest }
        for channel in model.description.inputs {
            guard let column = rest.channelIndex(channel.name), !rest[0, column].isFinite,
                let known = (0..<row).last(where: { episode[$0, column].isFinite })
            else { continue }
            rest[0, column] = episode[known, column]
        }
        return rest
    }

    /// Errors and measurements of a row in physical units.
    private func physical(_ segment: WatchedSegment, _ step: Int) -> (errors: [Double], values: [Double]) {
        let scaling = model.description.scaling
        let width = segment.outputs
        return (
            segment.residuals.flatMap { residuals in
                (0..<width).map { residuals[step * width + $0] * scaling.outputScale[$0] }
            },
            (0..<width).map {
                segment.rows[step * segment.channels + $0] * scaling.outputScale[$0] + scaling.outputMean[$0]
            }
        )
    }
}
