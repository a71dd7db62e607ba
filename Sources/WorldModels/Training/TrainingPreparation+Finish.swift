import Basics
public import Episodes
import Monitoring

extension TrainingPreparation {
    /// Calibrates the trained network and puts the model together.
    ///
    /// - Parameters:
    ///   - episodes: The log.
    ///   - origin: What is known about the log and the training.
    ///   - rehearsal: The most stretches of the log that the model's folder keeps.
    /// - Returns: The model, ready for use.
    public func finish(episodes: [Episode], origin: ModelOrigin = ModelOrigin(), rehearsal: Int = 0) -> TrainedModel {
        let ranges = (outputs + inputs).map { channel -> ClosedRange<Double> in
            var (low, high) = (Double.infinity, -Double.infinity)
            for episode in episodes {
                guard let column = episode.channelIndex(channel.name) else { continue }
                for row in 0..<episode.count where episode[row, column].isFinite {
                    low = min(low, episode[row, column])
                    high = max(high, episode[row, column])
                }
            }
            return low <= high ? low...high : 0...0
        }
        var description = ModelDescription(
            outputs: outputs, inputs: inputs, scaling: data.scaling, recordedRanges: ranges,
            samplingTime: samplingTime, stride: settings.stride.resolved ?? 1, window: settings.window.resolved ?? 1,
            horizon: settings.horizon.resolved ?? 1, architecture: model.architecture, settings: settings,
            origin: origin)
        let adapter = adapter(description, warnings: &description.origin.warnings)
        description.settings.adaptation.on = .value(adapter != nil)
        return TrainedModel(
            description: description, network: model,
            calibration: Calibration(model, data: data, settings: settings),
            novelty: NoveltyScore(model, data: data, settings: settings), adapter: adapter,
            surprise: SurpriseReference(model, data: data, settings: settings, samplingTime: samplingTime),
            rehearsal: RehearsalSet(data, limit: rehearsal, rows: description.window + description.horizon))
    }
}
