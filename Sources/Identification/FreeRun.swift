public import Episodes

/// From where and how far models are compared in free run.
public struct FreeRunProtocol: Sendable, Equatable {
    /// Samples before each start that a model may look at.
    public var window: Int
    /// Samples predicted from each start.
    public var horizon: Int
    /// The greatest number of starts over all episodes.
    public var maximumStarts: Int

    /// Creates a protocol.
    public init(window: Int, horizon: Int, maximumStarts: Int = 64) {
        precondition(window >= 1 && horizon >= 1 && maximumStarts >= 1, "an empty free-run protocol")
        self.window = window
        self.horizon = horizon
        self.maximumStarts = maximumStarts
    }

    /// Evenly spaced starts in episodes of the given lengths: pairs of episode and first predicted sample.
    ///
    /// Starts leave room for the whole horizon; an episode too short for that gives one start with what it has.
    public func starts(lengths: [Int]) -> [(episode: Int, sample: Int)] {
        var all: [(episode: Int, sample: Int)] = []
        for (episode, length) in lengths.enumerated() where length > window {
            let last = max(window, length - horizon)
            for sample in window...last { all.append((episode, sample)) }
        }
        guard all.count > maximumStarts else { return all }
        guard maximumStarts > 1 else { return [all[0]] }
        return (0..<maximumStarts).map { all[$0 * (all.count - 1) / (maximumStarts - 1)] }
    }
}

/// Free-run errors against horizon, per output, in physical units.
public struct FreeRunErrors: Sendable, Equatable {
    /// The names of the outputs.
    public var outputs: [String]
    /// Root mean square error `[horizon, output]`; `NaN` where nothing could be compared.
    public var rmse: [Double]
    /// How many predictions were compared, `[horizon, output]`.
    public var counts: [Int]

    /// The number of predicted samples.
    public var horizon: Int { outputs.isEmpty ? 0 : rmse.count / outputs.count }

    /// The error of one output against the horizon: element `k` is `k + 1` samples ahead.
    public func curve(_ output: Int) -> [Double] {
        stride(from: output, to: rmse.count, by: outputs.count).map { rmse[$0] }
    }

    /// The root mean square error of one output over all steps of the horizon.
    public func overall(_ output: Int) -> Double {
        var (sum, count) = (0.0, 0)
        for index in stride(from: output, to: rmse.count, by: outputs.count) where counts[index] > 0 {
            sum += rmse[index] * rmse[index] * Double(counts[index])
            count += counts[index]
        }
        return count > 0 ? (sum / Double(count)).squareRoot() : .nan
    }
}

/// Free-run errors of whatever predicts, compared with the recorded outputs where these are not missing.
///
/// - Parameters:
///   - episodes: The records.
///   - layout: Which channels are compared.
///   - rules: Starts and horizon.
///   - predict: Given an index into `episodes` and the first predicted sample, the predictions `[horizon, output]` in
///     physical units, in the order of `layout.outputs`.
/// - Returns: The errors.
/// - Throws: `ForesightError.data` when an episode lacks a channel; what `predict` throws.
public func freeRunErrors(
    on episodes: [Episode], layout: SignalLayout, protocol rules: FreeRunProtocol,
    predict: (_ episode: Int, _ start: Int) throws -> [Double]
) throws -> FreeRunErrors {
    let records = try episodes.map { try layout.record($0) }
    return try freeRunErrors(records, outputs: layout.outputs, rules, predict)
}

extension ReferenceModel {
    /// Free-run errors of the model.
    ///
    /// - Throws: `ForesightError.data` when an episode lacks a channel.
    public func freeRunErrors(on episodes: [Episode], protocol rules: FreeRunProtocol) throws -> FreeRunErrors {
        freeRunErrors(try episodes.map { try layout.record($0) }, rules)
    }

    func freeRunErrors(_ records: [SignalRecord], _ rules: FreeRunProtocol) -> FreeRunErrors {
        Identification.freeRunErrors(records, outputs: layout.outputs, rules) { episode, start in
            simulate(records[episode], from: start, horizon: rules.horizon)
        }
    }
}

func freeRunErrors(
    _ records: [SignalRecord], outputs: [String], _ rules: FreeRunProtocol, _ predict: (Int, Int) throws -> [Double]
) rethrows -> FreeRunErrors {
    let width = outputs.count
    var sums = [Double](repeating: 0, count: rules.horizon * width)
    var counts = [Int](repeating: 0, count: rules.horizon * width)
    for (episode, start) in rules.starts(lengths: records.map(\.count)) {
        let predicted = try predict(episode, start)
        let record = records[episode]
        let steps = min(rules.horizon, record.count - start)
        for index in 0..<(steps * width) {
            let truth = record.outputs[start * width + index]
            guard truth.isFinite else { continue }
            sums[index] += (predicted[index] - truth) * (predicted[index] - truth)
            counts[index] += 1
        }
    }
    let rmse = sums.indices.map { counts[$0] > 0 ? (sums[$0] / Double(counts[$0])).squareRoot() : .nan }
    return FreeRunErrors(outputs: outputs, rmse: rmse, counts: counts)
}
