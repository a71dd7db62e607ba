import Basics
import Episodes
import Foundation
import Monitoring
public import WorldModels

/// The SKAB study: 34 records of a water circuit with one labelled anomaly each.
///
/// As the notebooks of its leaderboard do: of each record the first 400 rows are learned from, and each row behind them is
/// judged; F1, false alarms and missed rows are of all these rows together.
public struct AnomalyStudy: Sendable {
    /// What came of one record.
    public struct Record: Sendable {
        /// The name of the file.
        public var name: String
        /// Our score of every row behind the first 400.
        public var scores: [Double]
        /// Whether each of these rows has an alarm.
        public var alarms: [Bool]
        /// Whether each is labelled as an anomaly.
        public var faults: [Bool]
    }

    /// The records.
    public var records: [Record]
    /// Alarms by p below the threshold.
    public var score: AlarmScore
    /// The share of normal rows that may be beyond the threshold.
    public var falseAlarms: Double
    /// Digests of what was learned from and tested.
    public var fingerprints: [String: DataFingerprint]

    /// Rows of each record that are learned from.
    public static let learned = 400
    /// The threshold: one row in a hundred of normal operation.
    public static let share = 0.01

    /// The leaderboard's records.
    static let files =
        (0...15).map { "valve1/\($0).csv" } + (0...3).map { "valve2/\($0).csv" } + (1...14).map { "other/\($0).csv" }

    private static let channels = [
        ("Accelerometer1RMS", "g"), ("Accelerometer2RMS", "g"), ("Current", "A"), ("Pressure", "bar"),
        ("Temperature", "°C"), ("Thermocouple", "°C"), ("Voltage", "V"), ("Volume Flow RateRMS", "l/min"),
    ]

    /// Runs the study.
    ///
    /// - Parameters:
    ///   - data: The data folder with the folder `skab`.
    ///   - settings: Settings of training, the same for every record.
    ///   - archive: What an earlier run has left, and where what comes of each record goes; `nil` keeps nothing.
    ///   - progress: Told what is done; may throw to end the study.
    /// - Returns: What came out.
    /// - Throws: `ForesightError` for files that are missing or laid out otherwise, and for what an earlier run has left of other
    ///   settings or data; what training throws.
    public static func run(
        in data: String, settings: TrainingSettings, archive: BenchmarkArchive? = nil,
        progress: (String) throws -> Void
    ) throws -> AnomalyStudy {
        let reader = RecordReader(folder: "\(data)/skab")
        let columns = channels.map { RecordReader.Column.output($0.0, unit: $0.1) }
        var study = AnomalyStudy(records: [], score: AlarmScore(), falseAlarms: share, fingerprints: [:])
        for (index, file) in files.enumerated() {
            try progress("\(file) (\(index + 1) of \(files.count))")
            let log = try reader.log([file], columns, samplingTime: 1)
            let record = log.episodes[0]
            let labels = try reader.log([file], [.output("anomaly")], samplingTime: 1).episodes[0].values
            guard record.count > learned, labels.count == record.count else {
                throw ForesightError.data(
                    "\(file) has \(record.count) rows, the protocol learns from the first \(learned)",
                    remedy: "get the files as their README says")
            }
            let prints = [file: DataFingerprint([record])]
            let place = "judged/skab-\(file.split(separator: ".")[0].split(separator: "/").joined(separator: "-")).json"
            if let kept: KeptAnomalies = try archive?.read(place, of: prints) {
                study.add(kept.record, prints)
                continue
            }
            let known = record.slice(0..<learned)
            let model = try ModelTraining.train(log.with([known]), settings: settings) { _, _ in
                try progress("\(file) (\(index + 1) of \(files.count))")
            }
            var watch = try ModelWatch(model)
            let samples = try watch.take(record).dropFirst(learned)
            let judged = Record(
                name: file, scores: samples.map { $0.surprise?.score ?? .nan },
                alarms: samples.map { ($0.surprise?.probability ?? 1) < share },
                faults: labels.dropFirst(learned).map { $0 > 0.5 })
            try archive?.write(KeptAnomalies(judged), place, of: prints)
            study.add(judged, prints)
        }
        try archive?.write(KeptAnomalyStudy(study), whole, of: study.fingerprints)
        return study
    }

    /// Counts a record.
    private mutating func add(_ record: Record, _ prints: [String: DataFingerprint]) {
        score.add(alarms: record.alarms, faults: record.faults)
        records.append(record)
        fingerprints.merge(prints) { $1 }
    }

    private static let whole = "judged/skab.json"

    /// The study that an earlier run has left, of all records; `nil` where there is none.
    ///
    /// - Throws: `ForesightError` for a file that cannot be read, or was made with other settings.
    public static func kept(in archive: BenchmarkArchive) throws -> AnomalyStudy? {
        guard let kept: KeptAnomalyStudy = try archive.read(whole, of: [:]) else { return nil }
        var study = AnomalyStudy(records: [], score: AlarmScore(), falseAlarms: share, fingerprints: [:])
        for record in kept.records { study.add(record.record, [:]) }
        study.fingerprints = kept.fingerprints
        return study
    }
}
