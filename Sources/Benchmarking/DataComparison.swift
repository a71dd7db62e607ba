public import Basics
import Episodes
import Records
import WorldModels

/// Trains the default recipe on growing first parts of a training log, and scores each on the same tests.
public struct DataComparison: Sendable {
    /// The shares that are usual.
    public static let usualShares = [1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 1]

    /// The shares of the training part that are learned from.
    public var shares = Self.usualShares
    /// Training and scoring, as for a whole set; an archive has models of each part.
    public var run: BenchmarkRun
    /// Called before each part; may throw to end the run.
    public var begin: @Sendable (_ share: Double, _ hours: Double) throws -> Void = { _, _ in }

    /// Creates a comparison.
    public init(run: BenchmarkRun) { self.run = run }

    /// Learns from each part of a set.
    ///
    /// - Parameters:
    ///   - set: The set; its measures are the figures.
    ///   - data: The data folder.
    /// - Returns: One point for each share; a share that is too short to learn from says why instead.
    /// - Throws: `ForesightError` for files that do not fit, and what `run` is interrupted with.
    public func result(of set: BenchmarkSet, in data: String) throws -> DataSetResult {
        let start = ProgressLine.seconds()
        let loaded = try set.load(from: data)
        var result = DataSetResult(set: set, points: [])
        for share in shares {
            var part = loaded
            part.training = loaded.training.beginning(share)
            let hours = Double(part.training.sampleCount) * part.training.samplingTime / 3600
            try begin(share, hours)
            let shortened = part
            var run = run
            // A model for each part.
            run.archive?.part = "-\(share)"
            var point = DataPoint(share: share, hours: hours, rows: part.training.sampleCount, result: nil, reason: nil)
            do {
                point.result = try run.result(
                    of: BenchmarkSet(set.name, folder: set.folder, about: set.about, measures: set.measures) { _ in
                        shortened
                    }, in: data)
            } catch let error as ForesightError where error.code == .data {
                point.reason = error.message
            }
            result.points.append(point)
        }
        result.seconds = ProgressLine.seconds() - start
        return result
    }
}

/// What came out of one part of a training log.
public struct DataPoint: Sendable {
    /// The share of the training part.
    public var share: Double
    /// Its length.
    public var hours: Double
    /// Its rows.
    public var rows: Int
    /// Scores; `nil` where the part was too short to learn from.
    public var result: SetResult?
    /// Why it was.
    public var reason: String?
}

/// What came out on one set.
public struct DataSetResult: Sendable {
    /// The set.
    public var set: BenchmarkSet
    /// One point for each share.
    public var points: [DataPoint]
    /// Seconds of everything.
    public var seconds = 0.0

    /// The measures that are errors: a ratio of two errors says nothing about data.
    public var measures: [BenchmarkMeasure] {
        self.set.measures.filter { measure in
            switch measure.rule {
            case .error, .normalised: true
            default: false
            }
        }
    }

    /// A measure at each point that could be learned from.
    public func figures(_ measure: BenchmarkMeasure) -> [(point: DataPoint, figure: MeasureFigure)] {
        points.compactMap { point in
            point.result?.figures.first { $0.measure.name == measure.name }.map { (point, $0) }
        }
    }

    /// The part of the log from which on a model is at most a tenth worse than with all of it, hours; `nil` where there is
    /// none, or where the whole log was too short.
    public func sufficientHours(_ measure: BenchmarkMeasure) -> Double? {
        let known = figures(measure)
        guard let last = known.last, last.point.share == 1, last.figure.value.isFinite else { return nil }
        var least: Double?
        for (point, figure) in known.reversed() {
            guard figure.isStable, figure.value <= 1.1 * last.figure.value else { break }
            least = point.hours
        }
        return least
    }
}

extension LoadedLog {
    /// The first share of the rows, episode after episode; of the last one its first rows, unless too few to be of use.
    func beginning(_ share: Double) -> LoadedLog {
        var left = Int((Double(sampleCount) * share).rounded(.up))
        var kept: [Episode] = []
        for episode in episodes where left > 0 {
            let rows = min(left, episode.count)
            if rows == episode.count {
                kept.append(episode)
            } else if rows >= Self.leastRows || kept.isEmpty {
                kept.append(episode.slice(0..<rows))
            }
            left -= rows
        }
        return with(kept)
    }

    /// Fewer rows of an episode are left out.
    private static let leastRows = 64
}

/// Learning curves as `results.json` and CSV.
public enum DataRecord {
    /// The content of `results.json`: one entry for each measure, with its points.
    public static func json(_ results: [DataSetResult], note: String = "") -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for result in results {
            for measure in result.measures {
                entries[measure.name] = [
                    "set": .string(result.set.name), "metric": .string(measure.metric), "unit": .string(measure.unit),
                    "sufficient_hours": .finite(result.sufficientHours(measure)),
                    "points": .array(result.points.map { point($0, measure) }),
                ]
            }
        }
        var document: [String: JSONValue] = ["measures": .object(entries)]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    private static func point(_ point: DataPoint, _ measure: BenchmarkMeasure) -> JSONValue {
        let figure = point.result?.figures.first { $0.measure.name == measure.name }
        let models = point.result?.seeds.map { seed -> JSONValue in
            [
                "seed": .integer(seed.seed), "stride": .integer(seed.model.stride),
                "horizon": .integer(seed.model.horizon), "core": .integer(seed.model.architecture.core),
                "free": .integer(seed.model.architecture.free), "hidden": .integer(seed.model.architecture.hidden),
                "training_seconds": .finite(seed.trainingSeconds),
            ]
        }
        return [
            "share": .number(point.share), "hours": .number(point.hours), "rows": .integer(point.rows),
            "value": .finite(figure?.value), "seeds": .array((figure?.values ?? []).map { .finite($0) }),
            "linear": .finite(figure?.linear), "held": .finite(figure?.held), "coverage": .finite(figure?.coverage),
            "stable": figure.map { .bool($0.isStable) } ?? .null, "models": .array(models ?? []),
            "reason": point.reason.map { .string($0) } ?? .null,
            "notes": .array((point.result?.notes ?? []).map { .string($0) }),
        ]
    }

    /// A row for each measure, share and seed.
    public static func csv(_ results: [DataSetResult]) -> String {
        var text = "measure,unit,share,hours,rows,seed,error,linear,held\n"
        func field(_ value: Double?) -> String { value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }
        for result in results {
            for measure in result.measures {
                for (point, figure) in result.figures(measure) {
                    let seeds = point.result?.seeds.map(\.seed) ?? []
                    for (seed, value) in zip(seeds, figure.values) {
                        text += "\(measure.name),\(measure.unit),\(point.share),\(point.hours),\(point.rows),\(seed),"
                        text += "\(field(value)),\(field(figure.linear)),\(field(figure.held))\n"
                    }
                }
            }
        }
        return text
    }
}
