import Basics
public import Episodes
public import Monitoring
import Networks
import Tensors

extension SurpriseReference {
    /// Steps ahead that are watched, of a horizon: the next one, a quarter and all of it.
    static func horizons(of horizon: Int) -> [Int] {
        Set([1, max(1, (horizon + 2) / 4), max(1, horizon)]).sorted()
    }

    /// Rows that a reference is made of at most; more would only cost time.
    private static let greatestRows = 50_000

    /// Calibrates a model in training on what its members left out.
    ///
    /// - Returns: `nil` when the log is too short for it.
    init?(_ model: SensorWorldModel, data: TrainingData, settings: TrainingSettings, samplingTime: Double) {
        guard let stride = settings.stride.resolved, let window = settings.window.resolved,
            let horizon = settings.horizon.resolved
        else { return nil }
        let watched = WatchedRows(model: model, history: window, horizons: Self.horizons(of: horizon))
        let isLeftOut = data.visible != nil
        // A single member has learned from everything: parts of its own for distances and regressions, all the same. What is
        // kept of an older log is no episode any more and stands before the first.
        let parts =
            isLeftOut
            ? data.folds
            : Folds(instead: data.folds, of: data.episodes, windowLength: (window + horizon) * stride, count: 5)
        let table = data.table.thinned(to: Self.greatestRows)
        func fold(_ segment: SignalTable.Segment, _ row: Int) -> Int {
            parts.fold(episode: segment.episode, sample: segment.phase + row * stride)
        }
        var segments = watched.segments(table, fold: isLeftOut ? fold : nil)
        for (index, segment) in table.segments.enumerated() where !isLeftOut {
            segments[index].folds = (0..<segment.count).map { fold(segment, $0) }
        }
        self.init(
            segments,
            scope: Self.scope(
                data.scaling, table, horizons: watched.horizons, samplingTime: samplingTime, stride: stride,
                isLeftOut: isLeftOut),
            folds: parts.count, phases: table.phases)
    }

    /// Calibrates a trained model on logs of normal operation.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - episodes: Normal operation; better not what the model was trained on.
    /// - Throws: `ForesightError.data` when a channel is missing, the logs are sampled at another rate or too short.
    public init(_ model: TrainedModel, normal episodes: [Episode]) throws {
        let description = model.description
        try description.check(samplingOf: episodes)
        let watched = WatchedRows(
            model: model.network, history: description.window, horizons: Self.horizons(of: description.horizon))
        let full = try SignalTable(episodes, scaling: description.scaling, stride: description.stride)
        let table = full.thinned(to: Self.greatestRows)
        let parts = Folds(
            episodes, windowLength: (description.window + description.horizon) * description.stride, count: 5)
        var segments = watched.segments(table)
        for (index, segment) in table.segments.enumerated() {
            segments[index].folds = (0..<segment.count).map {
                parts.fold(episode: segment.episode, sample: segment.phase + $0 * description.stride)
            }
        }
        guard
            let reference = SurpriseReference(
                segments,
                scope: Self.scope(
                    description.scaling, table, horizons: watched.horizons, samplingTime: description.samplingTime,
                    stride: description.stride, isLeftOut: true),
                folds: parts.count, phases: table.phases)
        else {
            let count = segments.reduce(0) { $0 + $1.count }
            let least = TailDistribution.leastCount + watched.context
            throw ForesightError.data(
                "\(count) rows of normal operation are too few to say what is normal",
                remedy: "give logs of several times \(least) rows")
        }
        self = reference
    }

    private static func scope(
        _ scaling: SignalScaling, _ table: SignalTable, horizons: [Int], samplingTime: Double, stride: Int,
        isLeftOut: Bool
    ) -> Scope {
        let silent =
            SignalTable.still(table.outputs).map { scaling.outputs[$0] } + table.stillInputs.map { scaling.inputs[$0] }
        return Scope(
            outputs: scaling.outputs, inputs: scaling.inputs, silent: silent, horizons: horizons,
            stepTime: samplingTime * Double(stride), rowTime: samplingTime, isLeftOut: isLeftOut)
    }
}

extension SignalTable {
    /// The segments of each episode by their numbers: its phases, in the order of their first samples.
    var phases: [[Int]] {
        var (groups, last): ([[Int]], Int?) = ([], nil)
        for (index, segment) in segments.enumerated() {
            if segment.episode == last { groups[groups.count - 1].append(index) } else { groups.append([index]) }
            last = segment.episode
        }
        return groups
    }

    /// The same with some of the segments only, as many as hold no more rows than that, spread evenly over the log; at least
    /// two, so that there is something to leave out. Of one episode the first phases, which all cover it.
    func thinned(to rows: Int) -> SignalTable {
        let total = segments.reduce(0) { $0 + $1.count }
        guard total > rows, Set(segments.map(\.episode)).count > 1 else { return first(rows) }
        var (kept, held, passed): ([Segment], Int, Int) = ([], 0, 0)
        for segment in segments {
            passed += segment.count
            // Up to here belong as many rows as the share of the log that was passed.
            guard held + segment.count <= rows * passed / total else { continue }
            kept.append(segment)
            held += segment.count
        }
        guard kept.count < 2 else { return SignalTable(self, segments: kept) }
        return SignalTable(self, segments: [segments[0], segments[segments.count / 2]])
    }

    /// The same with the first segments only, so many that they hold no more rows than that; at least one.
    private func first(_ rows: Int) -> SignalTable {
        var (kept, total): ([Segment], Int) = ([], 0)
        for segment in segments {
            if !kept.isEmpty && total + segment.count > rows { break }
            kept.append(segment)
            total += segment.count
        }
        return SignalTable(self, segments: kept)
    }
}
