import Basics
public import Episodes
import Identification
import Monitoring
import Tensors

extension ModelContinuation {
    /// Takes up the best epoch, calibrates on what members left out of old and new data, and puts the model together.
    ///
    /// - Parameters:
    ///   - known: What is known about the new log; how training went is added here.
    ///   - parentDigest: The digest of the weights that training went on from.
    ///   - rehearsal: The most stretches of old and new data that the folder keeps.
    /// - Returns: The model, ready for use.
    /// - Throws: `ForesightError.failure` when no epoch had an error that is a number.
    public func model(origin known: ModelOrigin, parentDigest: String, rehearsal: Int) throws -> TrainedModel {
        try trainer.restoreBest()
        guard trainer.best.error.isFinite else {
            throw ForesightError.failure(
                "the free-run error was never a number", remedy: "lower rate= or clip=, or check the log with inspect")
        }
        let (before, network) = (parent.description, trainer.model)
        var origin = known
        origin.parent = parentDigest
        origin.logs = before.origin.logs.filter { !known.logs.contains($0) } + known.logs
        (origin.samples, origin.episodes) = (
            before.origin.samples + sampleCount, before.origin.episodes + episodeCount
        )
        origin.split = split
        (origin.epochs, origin.bestEpoch, origin.validationError) = (
            trainer.epoch, trainer.best.epoch, trainer.best.error
        )
        origin.warnings =
            before.origin.warnings
            + inspection.warnings.map(\.message).filter {
                !before.origin.warnings.contains($0)
            }
        var description = ModelDescription(
            outputs: before.outputs, inputs: before.inputs, scaling: before.scaling, recordedRanges: recordedRanges,
            samplingTime: before.samplingTime, stride: before.stride, window: before.window, horizon: before.horizon,
            architecture: before.architecture, settings: settings, origin: origin)
        // The structure is the model's, however its weights were found this time.
        description.settings.refine = before.settings.refine
        description.settings.descent.polish = before.settings.descent.polish
        let adapter = adapter(description, warnings: &description.origin.warnings)
        description.settings.adaptation.on = .value(adapter != nil)
        return TrainedModel(
            description: description, network: network,
            calibration: Calibration(network, data: data, settings: settings),
            novelty: NoveltyScore(network, data: data, settings: settings), adapter: adapter,
            surprise: SurpriseReference(
                network, data: data, settings: settings, samplingTime: description.samplingTime),
            rehearsal: RehearsalSet(data, limit: rehearsal, rows: before.window + before.horizon))
    }

    /// What was recorded, of the old data and of the new.
    private var recordedRanges: [ClosedRange<Double>] {
        let description = parent.description
        return zip(description.outputs + description.inputs, description.recordedRanges).map { channel, range in
            var (low, high) = (range.lowerBound, range.upperBound)
            for episode in newEpisodes {
                guard let column = episode.channelIndex(channel.name) else { continue }
                for row in 0..<episode.count where episode[row, column].isFinite {
                    low = min(low, episode[row, column])
                    high = max(high, episode[row, column])
                }
            }
            return low...high
        }
    }

    /// A linear model of old and new data for predictions that adapt; `nil` for a model that does not.
    private func adapter(_ description: ModelDescription, warnings: inout [String]) -> RecordAdapter? {
        guard parent.adapter != nil, let order = settings.order.resolved else { return nil }
        let layout = SignalLayout(outputs: description.outputs.map(\.name), inputs: description.inputs.map(\.name))
        do {
            let (coarse, folds) = coarseEpisodes()
            let core = try LinearCore(
                coarse, folds: folds, layout: layout, horizon: description.horizon, orders: [order])
            let prior = try RecordPrior(fitting: coarse, layout: layout, order: order, ridge: core.ridge)
            guard !prior.model.grows(within: description.horizon) else {
                warnings.append(
                    "predictions do not adapt to other records any more: the linear model grows in free run")
                return nil
            }
            return RecordAdapter(prior, description)
        } catch {
            warnings.append("predictions do not adapt to other records any more: \(error)")
            return nil
        }
    }

    /// Old and new data at the model's step in physical units, of one phase, with what members leave out.
    private func coarseEpisodes() -> (episodes: [Episode], folds: Folds) {
        let (description, table, scaling) = (parent.description, data.table, parent.description.scaling)
        let (values, known, inputs) = (table.outputs.doubles(), table.mask.floats(), table.inputs.doubles())
        let (width, driven) = (description.outputs.count, description.inputs.count)
        var (episodes, folds): ([Episode], [[Int]]) = ([], [])
        for segment in table.segments where segment.phase == 0 {
            var rows: [Double] = []
            for row in segment.start..<segment.start + segment.count {
                for output in 0..<width {
                    let place = row * width + output
                    rows.append(
                        known[place] > 0.5
                            ? values[place] * scaling.outputScale[output] + scaling.outputMean[output] : .nan)
                }
                for input in 0..<driven {
                    rows.append(inputs[row * driven + input] * scaling.inputScale[input] + scaling.inputMean[input])
                }
            }
            episodes.append(
                Episode(
                    name: "part \(episodes.count + 1)", channels: description.outputs + description.inputs,
                    samplingTime: description.stepTime, values: rows))
            folds.append(
                (0..<segment.count).map { data.folds.fold(episode: segment.episode, sample: $0 * data.stride) })
        }
        return (
            episodes,
            Folds(
                rows: folds, count: data.folds.count, stride: 1, windowLength: description.window + description.horizon)
        )
    }
}

/// Errors of the model before and after, on one part of the data.
public struct ContinuationErrors: Sendable, Equatable {
    /// What was predicted: "old, left out", "new, left out", or the name of a test.
    public var part: String
    /// Whether it is of the old data.
    public var isOld: Bool
    /// Root mean square errors over all steps of the horizon, `[output]`, physical units.
    public var before: [Double]
    /// The same after.
    public var after: [Double]
    /// Over all outputs, in spreads of the channels.
    public var together: (before: Double, after: Double)
    /// Windows that were predicted; they overlap.
    public var windows: Int

    /// Whether both say the same.
    public static func == (left: ContinuationErrors, right: ContinuationErrors) -> Bool {
        left.part == right.part && left.isOld == right.isOld && left.before == right.before && left.after == right.after
            && left.together == right.together && left.windows == right.windows
    }
}

extension ModelContinuation {
    /// Judges the model as it is now on what its members left out of old and new data.
    public func heldOutErrors() -> HeldOutErrors {
        let description = parent.description
        let validation = FreeRunValidation(
            data, history: description.window, steps: description.horizon, maximumStarts: 300)
        return HeldOutErrors(
            trainer.model, validation, scaling: description.scaling, stepTime: description.stepTime)
    }

    /// Free-run errors of the model before and after, on what members left out of old and new data; call it when training
    /// is done.
    public func comparison() -> [ContinuationErrors] {
        let names = data.parts.count > 1 ? ["old, left out", "new, left out"] : ["new, left out"]
        return zip(names, data.parts).map { name, segments in
            errors(
                name, isOld: name.hasPrefix("old"), SignalTable(data.table, segments: segments), visible: data.visible)
        }
    }

    /// The same on logs that neither learned from: each ensemble's mean.
    ///
    /// - Throws: `ForesightError.data` when a channel is missing, a log is sampled at another rate or nothing can be
    ///   predicted.
    public func comparison(on episodes: [Episode], named name: String, isOld: Bool) throws -> ContinuationErrors {
        try parent.description.check(samplingOf: episodes)
        let table = try SignalTable(
            episodes, scaling: parent.description.scaling, stride: parent.description.stride)
        guard !table.starts(history: parent.description.window, steps: 1).isEmpty else {
            throw ForesightError.data(
                "\(name) is too short for one prediction", remedy: "give a longer log, or leave it out")
        }
        return errors(name, isOld: isOld, table, visible: nil)
    }

    private func errors(
        _ name: String, isOld: Bool, _ table: SignalTable, visible: Tensor?
    ) -> ContinuationErrors {
        let description = parent.description
        let validation = FreeRunValidation(
            table, visible: visible, history: description.window, steps: description.horizon, maximumStarts: 300)
        func perOutput(_ network: SensorWorldModel) -> [Double] {
            let errors = HeldOutErrors(
                network, validation, scaling: description.scaling, stepTime: description.stepTime)
            return errors.model.map { steps in
                (steps.reduce(0) { $0 + $1 * $1 } / Double(max(1, steps.count))).squareRoot()
            }
        }
        return ContinuationErrors(
            part: name, isOld: isOld, before: perOutput(parent.network), after: perOutput(trainer.model),
            together: (validation.error(of: parent.network), validation.error(of: trainer.model)),
            windows: validation.starts.count)
    }
}
