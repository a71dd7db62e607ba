import Basics
public import Episodes
import Identification

extension LinearReference {
    /// Fits the models on a world model's training log.
    ///
    /// Each output gets the best of: models of all outputs together and of this one alone, at the log's rate and at the
    /// world model's step, ARX (plain or refined on its free-run error) and subspace, over orders and penalties; chosen by
    /// free-run error on parts of the log left out, as the world model is, and fitted on the whole log. They look back no
    /// further than the world model.
    ///
    /// - Parameters:
    ///   - episodes: The log.
    ///   - model: The world model's channels and timing.
    ///   - refinedCandidates: How many of the best autoregressive models are refined, which takes most of the time.
    /// - Returns: A model for each output.
    /// - Throws: `ForesightError.data` when there are too few complete rows.
    public static func fit(
        _ episodes: [Episode], for model: ModelDescription, refinedCandidates: Int = 1
    ) throws -> LinearReference {
        let outputs = model.outputs.map(\.name)
        let inputs = model.inputs.map(\.name)
        var best: [Entry?] = outputs.map { _ in nil }
        var failure: (any Error)?
        for pace in paces(episodes, model) {
            let log = episodes.flatMap { $0.decimated(by: pace, outputs: Set(outputs), phases: 1) }
            let (window, horizon) = (model.window * model.stride / pace, model.horizon * model.stride / pace)
            let parts = leftOutParts(log, windowLength: window + horizon)
            var search = LinearModelSearch()
            search.orders = [1, 2, 3, 4, 6, 8, 12].filter { $0 <= max(1, window) }
            search.stateOrders = search.orders
            search.ridges = [1e-6, 1e-4, 1e-2]
            search.refinedCandidates = refinedCandidates
            search.window = window
            let layouts = [outputs] + (outputs.count > 1 ? outputs.map { [$0] } : [])
            for predicted in layouts {
                do {
                    let choices = try selectLinearModels(
                        log, leavingOut: parts, layout: SignalLayout(outputs: predicted, inputs: inputs),
                        horizon: horizon, search: search)
                    for (name, choice) in zip(predicted, choices) {
                        guard let index = outputs.firstIndex(of: name) else { continue }
                        let tried = (best[index]?.candidates ?? 0) + choice.candidates
                        if choice.error < best[index]?.leftOutError ?? .infinity {
                            best[index] = Entry(
                                output: name, stride: pace, leftOutError: choice.error, candidates: tried,
                                arx: choice.model as? ARXModel, subspace: choice.model as? SubspaceModel)
                        }
                        best[index]?.candidates = tried
                    }
                } catch {
                    // A single output may have enough complete rows where all together have not, and the other way round.
                    failure = error
                }
            }
        }
        let entries = best.compactMap { $0 }
        guard entries.count == outputs.count else {
            throw failure
                ?? ForesightError.data("no output has a measured sample", remedy: "check the logs with inspect")
        }
        return LinearReference(entries: entries, inputs: inputs, samplingTime: model.samplingTime)
    }

    /// Samples of the log per step: the log's own rate too, where that is no endless computation.
    private static func paces(_ episodes: [Episode], _ model: ModelDescription) -> [Int] {
        let samples = episodes.reduce(0) { $0 + $1.count }
        let isAffordable = samples <= 200_000 && model.horizon * model.stride <= 2000
        return model.stride > 1 && isAffordable ? [1, model.stride] : [model.stride]
    }

    private static func leftOutParts(_ log: [Episode], windowLength: Int) -> [LeftOutPart] {
        let folds = Folds(log, windowLength: windowLength, count: nil)
        return (0..<folds.count).map { fold in
            LeftOutPart(
                rest: folds.without(fold, of: log),
                rows: log.indices.map { episode in
                    let samples = 0..<log[episode].count
                    guard let first = samples.first(where: { folds.fold(episode: episode, sample: $0) == fold }),
                        let last = samples.last(where: { folds.fold(episode: episode, sample: $0) == fold })
                    else { return 0..<0 }
                    return first..<(last + 1)
                })
        }
    }
}
