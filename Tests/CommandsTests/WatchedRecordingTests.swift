import Basics
import Episodes
import Foundation
import Records
import Testing
import WorldModels
import _TestSupport

@Suite(
    "Recordings that watch keeps in a store", .serialized,
    .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct WatchedRecordingTests {
    /// The log of the tests with a sensor whose noise and level change, so that bands widen and narrow.
    private static func log(_ rows: Range<Int>, shift: Double = 4, from first: Int = 100) -> Episode {
        var log = PlanningModel.log
        for row in first..<log.count where row / 20 % 2 == 0 { log[row, 1] += shift }
        return log.slice(rows)
    }

    /// A folder with `model/`.
    private func withModel(_ body: (_ folder: String, _ digest: String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            try body(folder, ModelFolder.digest(of: folder + "/model"))
        }
    }

    private func watch(
        _ log: String, _ store: String, in folder: String, input: String? = nil
    ) throws -> ForesightProcess {
        let run = try ForesightProcess(
            ["watch", "model", log, "--no-report", "--store", store], in: folder, input: input)
        #expect(run.status == 0, "\(run.complaint)")
        return run
    }

    /// Follows a log until `isEnough` says so of its store, which is looked at five times a second, and presses Ctrl-C.
    private func follow(
        _ log: String, _ store: String, in folder: String, _ steps: [(PredictionStore.Contents) throws -> Bool]
    ) throws {
        let process = try ForesightProcess.start(
            ["watch", "model", log, "--follow", "--no-report", "--store", store], in: folder)
        let digest = try ModelFolder.digest(of: folder + "/model")
        for (number, isEnough) in steps.enumerated() {
            let end = Date(timeIntervalSinceNow: 60)
            while Date() < end, process.isRunning {
                // A line may be torn while it is written.
                if let contents = try? PredictionStore.read(folder + "/" + store, model: digest),
                    try isEnough(contents)
                {
                    break
                }
                Thread.sleep(forTimeInterval: 0.2)
            }
            #expect(Date() < end && process.isRunning, "step \(number) never came")
        }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    /// Whether the band of each record is as wide as was known when it was predicted.
    private func expectFactorsOfPredictions(_ contents: PredictionStore.Contents) {
        var moved = 0
        for (place, records) in Dictionary(grouping: contents.records, by: \.place) {
            let rows = Int((place.lead / 10).rounded())
            var last = 1.0
            for episode in contents.episodes {
                let own = records.filter { $0.episode == episode.number }
                for record in own {
                    let expected = own.last { $0.row <= record.row - rows }?.next ?? last
                    #expect(abs(record.factor - expected) < 1e-9, "\(place), row \(record.row)")
                    let newest = own.last { $0.row < record.row }?.next ?? last
                    if abs(record.factor - newest) > 1e-9 { moved += 1 }
                }
                last = own.last?.next ?? last
            }
        }
        // Otherwise it would make no difference which factor is noted.
        #expect(moved > 100, "\(moved) records of which the time of the factor shows")
    }

    @Test("A log that is followed goes on behind its last row after an interruption, as if there had been none")
    func interrupted() throws {
        try withModel { folder, digest in
            try PlanningModel.write(Self.log(0..<400), to: folder + "/whole.csv")
            _ = try watch("whole.csv", "expected", in: folder)
            let expected = try PredictionStore.read(folder + "/expected", model: digest)
            expectFactorsOfPredictions(expected)

            try PlanningModel.write(Self.log(0..<230), to: folder + "/growing.csv")
            try follow("growing.csv", "kept", in: folder, [{ $0.records.last?.row == 229 }])
            try PlanningModel.write(Self.log(0..<400), to: folder + "/growing.csv")
            try follow("growing.csv", "kept", in: folder, [{ $0.records.last?.row == 399 }])
            let kept = try PredictionStore.read(folder + "/kept", model: digest)
            #expect(kept.episodes.map(\.head.source) == ["growing.csv"])
            #expect(kept.records.map(\.row) == expected.records.map(\.row))
            #expect(kept.records.map(\.place) == expected.records.map(\.place))
            for (one, other) in zip(kept.records, expected.records) {
                #expect(abs(one.factor - other.factor) < 1e-9 && abs(one.next - other.next) < 1e-9, "row \(one.row)")
                #expect(one.observed == other.observed)
            }
            // Not followed, it is the same log.
            let again = try watch("growing.csv", "kept", in: folder)
            #expect(!again.complaint.contains { $0.contains("another recording") })
            #expect(try PredictionStore.read(folder + "/kept", model: digest).records == kept.records)
        }
    }

    @Test("Standard input is told by what it brings: the same is kept once, something else beside it")
    func stream() throws {
        try withModel { folder, digest in
            try PlanningModel.write(Self.log(0..<150), to: folder + "/part.csv")
            try PlanningModel.write(Self.log(0..<200), to: folder + "/whole.csv")
            for file in ["part.csv", "whole.csv", "whole.csv"] {
                _ = try watch("-", "kept", in: folder, input: "cat \(file)")
            }
            let kept = try PredictionStore.read(folder + "/kept", model: digest)
            #expect(kept.episodes.map(\.head.source) == ["-"])
            let rows = kept.records.filter { $0.place == kept.records.last?.place }.map(\.row)
            #expect(rows.last == 199 && rows.count == Set(rows).count && rows.count > 180)
        }
    }

    @Test("Another day's log under the same path is kept beside the first, even where it begins alike")
    func daily() throws {
        try withModel { folder, digest in
            func rows(_ contents: PredictionStore.Contents) -> [Int: [Int]] {
                Dictionary(
                    grouping: contents.records.filter { $0.place == contents.records.last?.place }, by: \.episode
                ).mapValues { $0.map(\.row) }
            }
            let (first, second) = (Self.log(0..<300), Self.log(0..<400, shift: -3, from: 200))
            try PlanningModel.write(first, to: folder + "/today.csv")
            let quiet = try watch("today.csv", "kept", in: folder)
            #expect(!quiet.complaint.contains { $0.contains("another recording") })
            // As old stores were: what tells recordings apart is what they always held.
            let path = folder + "/kept/" + PredictionStore.name
            #expect(try InputFile.text(path).contains("\"source\":\"today.csv\",\"start\":0"))
            try PlanningModel.write(second.slice(0..<240), to: folder + "/today.csv")
            let next = try watch("today.csv", "kept", in: folder)
            #expect(next.complaint.contains { $0.contains("today.csv is another recording than kept has") })
            let two = rows(try PredictionStore.read(folder + "/kept", model: digest))
            #expect(two[1]?.last == 299 && two[2]?.last == 239)
            #expect(two[2]?.first == two[1]?.first, "from its beginning on")
            // The second grows, and the first comes back.
            for log in [second, second, first] {
                try PlanningModel.write(log, to: folder + "/today.csv")
                #expect(!(try watch("today.csv", "kept", in: folder)).complaint.contains { $0.contains("another") })
            }
            let contents = try PredictionStore.read(folder + "/kept", model: digest)
            #expect(contents.episodes.count == 2)
            let all = rows(contents)
            #expect(all[1] == two[1])
            #expect(all[2]?.last == 399 && all[2]?.count == Set(all[2] ?? []).count)
            expectFactorsOfPredictions(contents)
        }
    }

    @Test("A followed log that is put aside and begun again is watched as a new recording, with a warning")
    func rotated() throws {
        try withModel { folder, digest in
            let path = folder + "/live.csv"
            try PlanningModel.write(Self.log(0..<200), to: path)
            try follow(
                "live.csv", "kept", in: folder,
                [
                    { contents in
                        guard contents.records.last?.row == 199 else { return false }
                        try FileManager.default.moveItem(atPath: path, toPath: folder + "/old.csv")
                        return true
                    },
                    { _ in
                        guard try InputFile.text(folder + "/stderr.txt").contains("live.csv is not there any more")
                        else { return false }
                        try PlanningModel.write(Self.log(0..<120, shift: -3, from: 20), to: path)
                        return true
                    },
                    { $0.records.last?.row == 119 },
                ])
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(said.contains("warning: live.csv is not the log that it was"))
            let kept = try PredictionStore.read(folder + "/kept", model: digest)
            #expect(kept.episodes.map(\.head.source) == ["live.csv", "live.csv"])
            #expect(kept.records.last?.episode == 2)
        }
    }
}
