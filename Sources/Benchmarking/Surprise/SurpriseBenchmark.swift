import Basics
public import Episodes
import Plants
import Tensors
public import WorldModels

/// Records a world, learns a model of it, and compares its surprise at what cannot happen with that at lawful twins.
public struct SurpriseBenchmark: Sendable {
    /// The set.
    public var set: SurpriseSet
    /// How models are trained; the seed is that of the first model.
    public var settings: ImageSettings
    /// Pairs of each violation.
    public var pairs: Int
    /// Episodes to learn from.
    public var episodes: Int
    /// Optimiser steps of the filter.
    public var filterSteps: Int
    /// Pictures' height and width in pixels.
    public var imageSize = 64

    /// Pairs come from another seed than anything that is learned from.
    private static let testSeed: UInt64 = 0x7E57

    /// Creates a benchmark of a set with its own amount of data.
    public init(_ set: SurpriseSet, settings: ImageSettings, pairs: Int = 100, episodes: Int? = nil) {
        self.set = set
        self.settings = settings
        self.pairs = pairs
        self.episodes = episodes ?? set.episodes
        filterSteps = set.filterSteps
    }

    private var recording: PictureRecording {
        PictureRecording(
            name: set.name, world: set.world, policies: set.policies, episodes: episodes, rows: set.rows,
            imageSize: imageSize)
    }

    /// Refuses settings with which the first rows of a window could not be predicted, and the seed that pairs are drawn from.
    ///
    /// - Throws: `ForesightError.usage`.
    public func validate() throws {
        try PictureRecording.check(seed: settings.seed, apartFrom: [Self.testSeed])
        guard settings.stack * settings.block <= set.lead,
            SurprisePredictor.briefMemory * settings.block <= set.lead || filterSteps == 0
        else {
            throw ForesightError.usage(
                "stack=\(settings.stack) and block=\(settings.block) look \(settings.stack * settings.block) rows back, events "
                    + "of \(set.name) come after \(set.lead) rows",
                remedy: "choose a smaller stack= or block=")
        }
    }

    /// Records the lawful episodes that a model learns from.
    ///
    /// - Throws: What `progress` throws.
    public func record(progress: (PixelBenchmark.Phase) throws -> Void) throws -> InMemoryFrames {
        try recording.record(seed: UInt64(settings.seed), progress: progress)
    }

    /// What was recorded, in words that differ where it does.
    ///
    /// - Throws: `ForesightError.data` when it cannot be read.
    public func fingerprint(_ frames: InMemoryFrames) throws -> String { try recording.fingerprint(frames) }

    /// Learns a model, and what is ordinary for it.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - seed: What everything random starts from.
    ///   - known: A model and its filter that are learned already; `nil` to learn them.
    ///   - checkpoint: The file that training is saved in each minute, and goes on from where it is there; `nil` for none.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The model with all that its surprise is measured by.
    /// - Throws: `ForesightError.data` when too few episodes are held out to tell what is ordinary, or what is known is of
    ///   other sizes; `ForesightError.usage` for a checkpoint of other data or settings; what training and `progress` throw.
    public func train(
        _ frames: InMemoryFrames, seed: Int, known: (model: TrainedImageModel, filter: RepresentationFilter?)? = nil,
        checkpoint: String? = nil, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> WatchingModel {
        let began = MonotonicTime.seconds()
        var settings = settings
        settings.seed = seed
        let training = try recording.train(
            frames, settings: settings, known: known?.model.network, checkpoint: checkpoint, progress: progress)
        guard let surprise = training.surprise else {
            throw ForesightError.data(
                "\(training.heldOut.layout.lengths.count) episodes of \(set.name) are held out, too few to tell what is "
                    + "ordinary",
                remedy: "raise --episodes or held_out=")
        }
        var ordinary = [WatchingModel.Ordinary(predictor: .own, surprise: surprise, error: nil)]
        var filter = known?.filter
        if filterSteps > 0 {
            let learned =
                try filter ?? training.learnFilter(steps: filterSteps) { try progress(.heads($0, "memory")) }
            for (predictor, memory) in [(SurprisePredictor.remembering, nil), (.brief, SurprisePredictor.briefMemory)] {
                let found = try training.ordinary(learned, memory: memory)
                ordinary.append(.init(predictor: predictor, surprise: found.surprise, error: found.error))
            }
            filter = learned
        }
        let knowledge = WatchingModel.Knowledge(
            ordinary: ordinary, health: training.health, recorded: try fingerprint(frames), filterSteps: filterSteps,
            seconds: MonotonicTime.seconds() - began)
        return WatchingModel(model: training.model(), filter: filter, knowledge: knowledge)
    }

    /// Checks that a model is what ``train(_:seed:known:checkpoint:progress:)`` would make.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - knowledge: What is known of it beside its networks.
    ///   - recorded: The fingerprint of what would be learned from now.
    ///   - seed: The seed of the model.
    /// - Throws: `ForesightError.usage` when it learned with other settings, or from something else.
    public func check(
        _ model: TrainedImageModel, _ knowledge: WatchingModel.Knowledge, recorded: String, seed: Int
    ) throws {
        var settings = settings
        settings.seed = seed
        try recording.check(
            model, settings: settings, learned: knowledge.recorded, recorded: recorded, options: "--episodes")
        guard knowledge.filterSteps == filterSteps else {
            throw ForesightError.usage(
                "the folder has a filter of \(set.name) that learned in \(knowledge.filterSteps) steps, now \(filterSteps)",
                remedy: "leave --filter-steps as before, or name another folder by --out")
        }
    }

    /// All that decides, beside the networks, what comes of a violation, in words.
    ///
    /// - Parameters:
    ///   - violation: The violation.
    ///   - recorded: The fingerprint of what tells the ordinary.
    /// - Returns: The words.
    public func words(_ violation: Violation, recorded: String) -> String {
        [
            set.name, violation.name, "\(pairs) pairs of \(set.testRows) rows", "lead \(set.lead)",
            "window \(set.window)", "\(imageSize) px", "alarms above \(SurpriseScore.alarmLevel)", recorded,
        ].joined(separator: " | ")
    }

    /// The pairs of a violation, the same for every model.
    ///
    /// - Parameters:
    ///   - violation: The violation.
    ///   - count: How many of them, the first ones; `nil` for all.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The pairs.
    /// - Throws: `ForesightError.data` when too few episodes hold one; what `progress` throws.
    public func makePairs(
        _ violation: Violation, first count: Int? = nil, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> [SurprisePair] {
        try SurprisePairs(set, violation, imageSize: imageSize).make(count ?? pairs, of: pairs, seed: Self.testSeed) {
            try progress(.comparing(violation.name, $0 / 2, pairs))
        }
    }

    /// Measures surprise at the pairs of a violation.
    ///
    /// - Throws: What `progress` throws.
    public func judge(
        _ violation: Violation, _ pairs: [SurprisePair], _ watching: WatchingModel, seed: Int,
        progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> SurpriseJudgement {
        let sizes = watching.model.network.architecture
        let actionWidth = sizes.actions
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: imageSize, width: imageSize),
            columns: [FrameColumn(FrameColumn.action, width: actionWidth)], source: violation.name)
        var actions: [Float] = []
        for pair in pairs {
            for (pictures, done) in [(pair.possible, pair.actions), (pair.impossible, pair.otherActions)] {
                let numbers = done.joined().map(Float.init)
                frames.append(FrameEpisode(frames: Array(pictures.joined()), columns: [numbers]))
                actions += numbers
            }
        }
        let rows = Double(frames.layout.rowCount)
        let encoded = try EncodedRows(watching.model.network, frames) {
            try progress(
                .comparing(
                    violation.name, pairs.count / 2 + Int(Double(pairs.count / 2) * Double($0) / rows), pairs.count))
        }
        let driving = watching.model.actionScaling.normalised(
            Tensor(actions, shape: [frames.layout.rowCount, actionWidth]))
        let network = watching.model.network
        var residuals: [SurprisePredictor: StepResiduals] = [
            .own: StepResiduals(network, encoded: encoded, actions: driving)
        ]
        if let filter = watching.filter {
            residuals[.remembering] = StepResiduals(filter, of: network, encoded: encoded, actions: driving)
            residuals[.brief] = StepResiduals(
                filter, of: network, encoded: encoded, actions: driving, memory: SurprisePredictor.briefMemory)
        }
        var (scores, firstRow, curves):
            ([SurpriseMeasure: SurpriseScore], [SurprisePredictor: Int], [SurprisePredictor: [[Double]]]) =
                ([:], [:], [:])
        for (predictor, residuals) in residuals {
            guard let readings = watching.surprises[predictor]?.readings(residuals) else { continue }
            firstRow[predictor] = residuals.firstRow
            curves[predictor] = readings.prefix(2).map { $0.map(\.whitened) }
            for measure in [SurpriseMeasure(predictor, isWhitened: false), SurpriseMeasure(predictor)] {
                var score = SurpriseScore()
                for (index, pair) in pairs.enumerated() {
                    let (lawful, broken) = (readings[2 * index], readings[2 * index + 1])
                    let first = pair.event - residuals.firstRow
                    let window = first..<min(lawful.count, first + set.window)
                    score.add(possible: Array(lawful[window]), impossible: Array(broken[window]), measure)
                }
                scores[measure] = score
            }
        }
        try progress(.comparing(violation.name, pairs.count, pairs.count))
        let example = pairs.first.map {
            SurpriseJudgement.Example(pair: $0, firstRow: firstRow, errors: curves)
        }
        return SurpriseJudgement(violation: violation, seed: seed, scores: scores, example: example)
    }
}
