import Basics
import Episodes
import Foundation
import Monitoring
import Tensors
public import WorldModels

/// The Tennessee Eastman study: what is learned from a record without fault, and when each of 21 faults is noticed.
///
/// Every statistic is looked at as a series of numbers with a threshold. For comparison, thresholds are set as in Russell,
/// Chiang and Braatz (Chemometrics and Intelligent Laboratory Systems 2000,
/// https://doi.org/10.1016/S0169-7439(00)00058-7): so that one row in a hundred of the test record without fault lies
/// beyond, and a fault is noticed with the first of six rows in a row beyond. Our score also has a threshold of its own,
/// from the training record alone.
public struct FaultStudy: Sendable {
    /// One way to tell a fault.
    public struct Method: Sendable, Codable {
        /// Its name in tables and files.
        public var name: String
        /// The threshold.
        public var threshold: Double
        /// The share of rows of the test record without fault that lie beyond.
        public var falseAlarms: Double
        /// The share of rows before the faults that lie beyond, over all records.
        public var falseAlarmsBefore: Double
        /// The share of rows behind the start of each fault that do not lie beyond.
        public var missed: [Double]
        /// Minutes from the start of each fault to the first of six rows in a row beyond; `nil` where that never came.
        public var delay: [Double?]
    }

    /// What came out, method by method.
    public var methods: [Method]
    /// Our score of every row: of the record without fault, then of each fault.
    public var scores: [[Double]]
    /// Digests of what was learned from and tested.
    public var fingerprints: [String: DataFingerprint]
    /// What the model derived: how many components the reference statistics have, and rows in a row.
    public var notes: [String]

    /// Rows before a fault starts, of the 960 of a test record.
    public static let before = 160
    /// Rows in a row beyond the threshold that count as noticed.
    public static let consecutive = 6
    /// The number of faults.
    public static let faults = 21
    private static let minutes = 3.0

    /// Runs the study.
    ///
    /// - Parameters:
    ///   - data: The data folder with the folder `tep`.
    ///   - settings: Settings of training.
    ///   - archive: What an earlier run has left, and where the study goes; `nil` keeps nothing.
    ///   - keep: Called with the model once it has learned.
    ///   - progress: Told what is done; may throw to end the study.
    /// - Returns: What came out.
    /// - Throws: `ForesightError` for files that are missing or laid out otherwise, and for what an earlier run has left of other
    ///   settings or data; what training and `keep` throw.
    public static func run(
        in data: String, settings: TrainingSettings, archive: BenchmarkArchive? = nil,
        keep: (TrainedModel) throws -> Void = { _ in }, progress: (String) throws -> Void
    ) throws -> FaultStudy {
        try progress("reading")
        let reader = RecordReader(folder: "\(data)/tep")
        let training = try TennesseeEastman.log(reader, "d00.dat", rows: 500, isTransposed: true)
        let tests = try (0...faults).map { fault in
            let name = fault < 10 ? "d0\(fault)_te.dat" : "d\(fault)_te.dat"
            return try TennesseeEastman.log(reader, name, rows: 960, isTransposed: false).episodes[0]
        }
        var prints = ["training": DataFingerprint(training.episodes)]
        for (fault, test) in tests.enumerated() { prints["d\(fault)_te"] = DataFingerprint([test]) }
        if let known: KeptFaults = try archive?.read(file, of: prints) {
            try progress("judged already")
            return known.study
        }
        try progress("training")
        let model = try ModelTraining.train(training, settings: settings) { done, total in
            try progress("training \(100 * done / max(1, total)) %")
        }
        try keep(model)
        var study = FaultStudy(methods: [], scores: [], fingerprints: prints, notes: [])
        try progress("watching")
        let watch = try ModelWatch(model)
        study.scores = try tests.map { test in
            var watch = watch
            return try watch.take(test).map { $0.surprise?.score ?? .nan }
        }
        // p below 1 %, as the training record alone says.
        study.add("foresight, p < 1 %", study.scores, threshold: 2)
        study.add("foresight", study.scores)
        try progress("principal components")
        let rows = tests.map(\.values)
        for (name, lags) in [("PCA", 0), ("DPCA", 2)] {
            var generator = SeededGenerator(seed: 1)
            let monitor = PrincipalMonitor(
                training.episodes[0].values, width: 52, lags: lags, noise: { generator.normal() })
            study.notes.append("\(name): \(monitor.components) components, lags \(lags)")
            let statistics = rows.map { monitor.statistics($0) }
            study.add("\(name) T²", statistics.map(\.distance))
            study.add("\(name) Q", statistics.map(\.residual))
        }
        try archive?.write(KeptFaults(study), file, of: prints)
        return study
    }

    private static let file = "judged/tep.json"

    /// The study that an earlier run has left; `nil` where there is none.
    ///
    /// - Throws: `ForesightError` for a file that cannot be read, or was made with other settings.
    public static func kept(in archive: BenchmarkArchive) throws -> FaultStudy? {
        let kept: KeptFaults? = try archive.read(file, of: [:])
        return kept?.study
    }

    /// Scores a statistic; without a threshold, by the one that one row in a hundred of the normal record passes.
    private mutating func add(_ name: String, _ series: [[Double]], threshold given: Double? = nil) {
        let normal = series[0].filter(\.isFinite).sorted(by: >)
        // The tenth highest of 960.
        let threshold = given ?? normal[min(normal.count - 1, max(0, normal.count / 96 - 1))]
        func beyond(_ values: some Collection<Double>) -> [Bool] { values.map { $0 > threshold } }
        func share(_ alarms: [Bool]) -> Double {
            Double(alarms.count { $0 }) / Double(max(1, alarms.count))
        }
        let faults = series.dropFirst().map { beyond($0) }
        methods.append(
            Method(
                name: name, threshold: threshold, falseAlarms: share(beyond(series[0])),
                falseAlarmsBefore: share(faults.flatMap { $0.prefix(Self.before) }),
                missed: faults.map { 1 - share(Array($0.dropFirst(Self.before))) },
                delay: faults.map { alarms in
                    detection(alarms, from: Self.before, consecutive: Self.consecutive).map {
                        Double($0 - Self.before + 1) * Self.minutes
                    }
                }))
    }
}
