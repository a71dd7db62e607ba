import Basics
import Episodes
import Foundation
import Monitoring
import Testing

@testable import Benchmarking

@Suite("Detection")
struct DetectionTests {
    @Test("A fault is noticed with the first of six rows in a row")
    func consecutive() {
        let alarms = [true, true, true, true, true, true, false, true, true, true, true, true, true, true]
        #expect(detection(alarms, from: 2, consecutive: 6) == 7)
        #expect(detection(alarms, from: 0, consecutive: 6) == 0)
        #expect(detection(alarms, from: 9, consecutive: 6) == nil)
        #expect(detection([], from: 3, consecutive: 6) == nil)
    }

    @Test("F1, false alarms and missed rows are those of all rows together")
    func counts() {
        var score = AlarmScore()
        score.add(alarms: [true, true, false, false], faults: [true, false, true, false])
        score.add(alarms: [true, true], faults: [true, true])
        #expect(abs(score.f1 - 6.0 / 8) < 1e-12)
        #expect(score.falseAlarmRate == 0.5)
        #expect(score.missedRate == 0.25)
    }

    @Test("What the leaderboard says of F1, false alarms and missed rows agrees with the number of its rows")
    func leaderboard() {
        // These two are as an earlier leaderboard had them.
        for row in PublishedDetection.skab where !["LSTM-VAE", "MSCRED"].contains(row.system) {
            let hits = 12_771 * (1 - row.missed)
            let f1 = 2 * hits / (2 * hits + 11_030 * row.falseAlarms + 12_771 * row.missed)
            #expect(abs(f1 - row.f1) < 0.006, "\(row.system): \(f1)")
        }
    }

    @Test(
        "Static components of the Tennessee Eastman record notice faults where they are known to",
        .enabled(if: ProcessInfo.processInfo.environment["FORESIGHT_DATA"] != nil, "FORESIGHT_DATA names no folder"))
    func components() throws {
        let data = try #require(ProcessInfo.processInfo.environment["FORESIGHT_DATA"])
        let reader = RecordReader(folder: "\(data)/tep")
        let training = try TennesseeEastman.log(reader, "d00.dat", rows: 500, isTransposed: true).episodes[0]
        var generator = SeededGenerator(seed: 1)
        let monitor = PrincipalMonitor(training.values, width: 52, noise: { generator.normal() })
        #expect(monitor.components == 11)
        func distances(_ name: String) throws -> [Double] {
            let record = try TennesseeEastman.log(reader, name, rows: 960, isTransposed: false).episodes[0]
            return monitor.statistics(record.values).distance
        }
        let threshold = try distances("d00_te.dat").sorted(by: >)[9]
        let delays = try [1, 2, 5, 10, 16].map { fault -> Int? in
            let name = fault < 10 ? "d0\(fault)_te.dat" : "d\(fault)_te.dat"
            let alarms = try distances(name).map { $0 > threshold }
            return detection(alarms, from: 160, consecutive: 6).map { ($0 - 159) * 3 }
        }
        #expect(delays == [21, 51, 48, 288, 936])
    }

    @Test("Studies are kept as they are, scores that are no numbers and faults that are never noticed included")
    func kept() throws {
        let method = FaultStudy.Method(
            name: "PCA Q", threshold: 2.5, falseAlarms: 0.01, falseAlarmsBefore: 0, missed: [0, 1], delay: [3, nil])
        let study = FaultStudy(
            methods: [method], scores: [[1, .nan, .infinity]], fingerprints: [:], notes: ["two lags"])
        let read = try JSONText.decode(
            KeptFaults.self, from: try JSONText.encode(KeptFaults(study)), source: "faults"
        ).study
        #expect(read.methods[0].delay == [3, nil] && read.methods[0].threshold == 2.5 && read.notes == study.notes)
        #expect(read.scores[0][0] == 1 && read.scores[0][1].isNaN && read.scores[0][2] == .infinity)
        let record = AnomalyStudy.Record(
            name: "valve1/0.csv", scores: [.nan, 2], alarms: [true, false], faults: [false, true])
        let again = try JSONText.decode(
            KeptAnomalies.self, from: try JSONText.encode(KeptAnomalies(record)), source: "record"
        ).record
        #expect(again.name == record.name && again.alarms == record.alarms && again.faults == record.faults)
        #expect(again.scores[0].isNaN && again.scores[1] == 2)
    }

    @Test("Principal components tell a row that breaks their correlation by Q, one far along by T²")
    func principal() {
        var generator = SeededGenerator(seed: 2)
        let rows = (0..<400).flatMap { _ -> [Double] in
            let common = generator.normal()
            return (0..<4).map { _ in common + 0.2 * generator.normal() }
        }
        let monitor = PrincipalMonitor(rows, width: 4, noise: { generator.normal() })
        #expect(monitor.components == 1)
        let found = monitor.statistics([4, 4, 4, 4, 1, -1, 1, -1])
        #expect(found.distance[0] > 9 && found.distance[1] < 1)
        #expect(found.residual[1] > 20 * found.residual[0])
        let dynamic = PrincipalMonitor(rows, width: 4, lags: 2, components: 3, noise: { 0 })
        let series = dynamic.statistics(rows)
        #expect(series.distance.count == 400 && series.distance[1].isNaN && series.distance[2].isFinite)
        let mean = series.distance.dropFirst(2).reduce(0, +) / 398
        #expect(abs(mean - 3) < 0.05)
    }
}
