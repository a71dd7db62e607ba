public import Basics
public import Episodes
import Foundation
import Identification
import Networks

/// Everything that stands before the first optimiser step: resolved settings, split, scaling, the model at its start.
public struct TrainingPreparation {
    /// The settings with nothing left to derive.
    public let settings: TrainingSettings
    /// The data, split and normalised.
    public let data: TrainingData
    /// The model at its starting point.
    public let model: SensorWorldModel
    /// Channels the model predicts.
    public let outputs: [Channel]
    /// Channels that drive it: actions, then disturbances.
    public let inputs: [Channel]
    /// Seconds between samples of the log.
    public let samplingTime: Double
    /// The penalty of the linear model that training starts from.
    let ridge: Double

    /// Prepares training on episodes of one sampling time whose channels have roles.
    ///
    /// - Parameters:
    ///   - episodes: The log.
    ///   - timing: What the log's time constants suggest for settings that are `auto`.
    ///   - wanted: The settings.
    /// - Throws: `ForesightError.data` when the data do not suffice.
    public init(
        _ episodes: [Episode], timing: (stride: Int, window: Int, horizon: Int), settings wanted: TrainingSettings
    ) throws {
        guard let first = episodes.first else {
            throw ForesightError.data("no episode to train on", remedy: "give at least one log")
        }
        outputs = first.channels.filter { $0.role == .observation }
        inputs = first.channels.filter { $0.role == .action } + first.channels.filter { $0.role == .disturbance }
        samplingTime = first.samplingTime
        guard !outputs.isEmpty else {
            throw ForesightError.data(
                "no channel has the role observation, so there is nothing to predict",
                remedy: "name some with --observations")
        }
        for episode in episodes where abs(episode.samplingTime / samplingTime - 1) > 0.02 {
            throw ForesightError.data(
                "\(episode.name) is sampled every \(episode.samplingTime) s, \(first.name) every \(samplingTime) s",
                remedy: "resample all logs to one rate with --resample SECONDS")
        }
        var settings = wanted
        try settings.derive(
            timing: timing, samples: episodes.reduce(0) { $0 + $1.count }, samplingTime: samplingTime)
        guard let stride = settings.stride.resolved, let window = settings.window.resolved,
            let horizon = settings.horizon.resolved
        else { throw ForesightError.failure("settings are not resolved") }
        let folds = Folds(
            episodes, windowLength: (window + horizon) * stride, count: settings.members.resolved)
        settings.members = .value(folds.count)
        settings.adaptation.on.resolve { folds.isShort }
        data = try TrainingData(
            episodes, folds: folds, outputs: outputs.map(\.name), inputs: inputs.map(\.name), stride: stride)
        (model, ridge) = try Self.start(data, &settings, outputs.map(\.name), inputs)
        self.settings = settings
    }

    private static func start(
        _ data: TrainingData, _ settings: inout TrainingSettings, _ outputs: [String], _ inputs: [Channel]
    ) throws -> (SensorWorldModel, ridge: Double) {
        let stride = settings.stride.resolved ?? 1
        let names = Set(outputs)
        let coarse = data.episodes.flatMap { $0.decimated(by: stride, outputs: names, phases: 1) }
        let folds = Folds(
            coarse, windowLength: (settings.window.resolved ?? 1) + (settings.horizon.resolved ?? 1),
            count: settings.memberCount)
        let core = try LinearCore(
            coarse, folds: folds, layout: SignalLayout(outputs: outputs, inputs: inputs.map(\.name)),
            horizon: settings.horizon.resolved ?? 1,
            orders: settings.order.resolved.map { [$0] }
                ?? LinearCore.orders(
                    rows: coarse.reduce(0) { $0 + $1.count }, signals: outputs.count + inputs.count,
                    isShort: folds.isShort))
        settings.order = .value(core.order)
        let scaling = data.scaling
        let sizes = SensorArchitecture(
            members: settings.memberCount, outputs: outputs.count, inputs: inputs.count,
            actions: inputs.filter { $0.role == .action }.count, core: core.order * outputs.count,
            free: settings.free.resolved ?? 0, hidden: settings.hidden.resolved ?? 8,
            inverseSteps: settings.loss.inverseSteps)
        let horizon = Double(settings.horizon.resolved ?? 1)
        let constants = (0..<sizes.free).map { index in
            2 * pow(horizon / 2, (Double(index) + 0.5) / Double(sizes.free))
        }
        let start = LinearStart(
            models: core.members.map {
                ObserverForm(
                    $0, outputMean: scaling.outputMean, outputScale: scaling.outputScale,
                    inputMean: scaling.inputMean, inputScale: scaling.inputScale)
            }, sizes: sizes, timeConstants: constants, seed: UInt64(settings.seed) &+ 77)
        return (SensorWorldModel(sizes, start: start, seed: Seed(UInt64(settings.seed))), core.ridge)
    }
}
