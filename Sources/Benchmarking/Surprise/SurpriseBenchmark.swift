import Basics
public import Episodes
import Plants
import Tensors
public import WorldModels

/// A model whose surprise is measured.
public struct WatchingModel {
    /// The model.
    public let model: TrainedImageModel
    /// Remembers what was seen; `nil` for worlds in which a picture tells all.
    public let filter: RepresentationFilter?
    /// How surprising steps are to each predictor.
    public let surprises: [SurprisePredictor: PictureSurprise]
    /// The filter's square error on held-out steps, as a share of the model's own predictor's.
    public let filterErrors: [SurprisePredictor: Double]
    /// How good the model is on held-out episodes.
    public let health: ImageHealth?
    /// Seconds that all this took to learn.
    public let seconds: Double
}

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

    /// Refuses settings with which the first rows of a window could not be predicted.
    ///
    /// - Throws: `ForesightError.usage`.
    public func validate() throws {
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

    /// Learns a model, and what is ordinary for it.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - seed: What everything random starts from.
    ///   - known: A model and its filter that are learned already; `nil` to learn them.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The model with all that its surprise is measured by.
    /// - Throws: `ForesightError.data` when too few episodes are held out to tell what is ordinary, or what is known is of
    ///   other sizes; what training and `progress` throw.
    public func train(
        _ frames: InMemoryFrames, seed: Int, known: (model: TrainedImageModel, filter: RepresentationFilter?)? = nil,
        progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> WatchingModel {
        let began = MonotonicTime.seconds()
        var settings = settings
        settings.seed = seed
        let training = try recording.train(
            frames, settings: settings, known: known?.model.network, progress: progress)
        guard let surprise = training.surprise else {
            throw ForesightError.data(
                "\(training.heldOut.layout.lengths.count) episodes of \(set.name) are held out, too few to tell what is "
                    + "ordinary",
                remedy: "raise --episodes or held_out=")
        }
        var (surprises, errors): ([SurprisePredictor: PictureSurprise], [SurprisePredictor: Double]) = (
            [.own: surprise], [:]
        )
        var filter = known?.filter
        if filterSteps > 0 {
            let learned =
                try filter ?? training.learnFilter(steps: filterSteps) { try progress(.heads($0, "memory")) }
            for (predictor, memory) in [(SurprisePredictor.remembering, nil), (.brief, SurprisePredictor.briefMemory)] {
                let ordinary = try training.ordinary(learned, memory: memory)
                surprises[predictor] = ordinary.surprise
                errors[predictor] = ordinary.error
            }
            filter = learned
        }
        return WatchingModel(
            model: training.model(), filter: filter, surprises: surprises, filterErrors: errors,
            health: training.health, seconds: MonotonicTime.seconds() - began)
    }

    /// The pairs of a violation, the same for every model.
    ///
    /// - Throws: `ForesightError.data` when too few episodes hold one; what `progress` throws.
    public func makePairs(
        _ violation: Violation, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> [SurprisePair] {
        try SurprisePairs(set, violation, imageSize: imageSize).make(pairs, seed: Self.testSeed) {
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
