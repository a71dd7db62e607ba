import Basics
import Episodes
import Foundation
import Records
import Testing
import _TestSupport

@testable import Commands
@testable import WorldModels

@Suite("What a watch keeps")
struct WatchRunTests {
    @Test(
        "The last rows of a record are enough, and nothing stays of it but what a page draws",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func parts() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let model = try ModelFolder.load(folder + "/model")
            let reference = try ModelWatch(model).reference
            var record = PlanningModel.log
            for row in 250..<320 { record[row, 0] += 3 }
            /// Fifty rows at a time, behind all rows before them or behind those that are needed.
            func watch(onlyLast: Bool) throws -> (run: WatchRun, times: [Double]) {
                var run = try WatchRun(model, reference: reference, threshold: 0.001)
                run.scores = try ScoreFile(in: RunFolder.open(folder))
                var times: [Double] = []
                for end in stride(from: 50, through: 400, by: 50) {
                    let first = onlyLast ? max(0, end - 50 - run.reach) : 0
                    let part = WatchRun.Part(record: 0, first: first, episode: record.slice(first..<end))
                    times += try run.take([part]).map(\.time)
                }
                times += run.beginAnew().map(\.time)
                return (run, times)
            }
            let whole = try watch(onlyLast: false)
            let scores = try InputFile.text(folder + "/scores.csv")
            let parts = try watch(onlyLast: true)
            #expect(try InputFile.text(folder + "/scores.csv") == scores)
            #expect(parts.times == whole.times && !whole.times.isEmpty)
            let (found, expected) = (parts.run.records[0], whole.run.records[0])
            #expect(found.rows == 400 && found.judged == expected.judged && found.duration == 3990)
            #expect(found.episode.values.isEmpty && found.episode.startTime == 0)
            let course = try #require(found.course)
            #expect(course.channels.points(0).y == record.column(0))
            #expect(course.score.points(0).x.count == found.judged)
        }
    }

    @Test("Long series are drawn by the extremes of stretches, short ones as they are")
    func envelope() {
        var series = SeriesEnvelope(width: 2, most: 4)
        let values: [Double] = [3, 1, .nan, 5, 2, 2, 9, 4, 0]
        for (row, value) in values.enumerated() {
            series.add([value, .nan], at: Double(row))
            if row == 3 {
                #expect(series.points(0).x == [0, 1, 2, 3] && series.points(0).y[3] == 5)
                #expect(series.points(0).y[2].isNaN)
            }
        }
        // Stretches of four rows by now.
        let points = series.points(0)
        #expect(points.x == [0, 0, 4, 4, 8] && points.y == [1, 5, 2, 9, 0])
        #expect(series.points(1).x == [0, 4, 8] && series.points(1).y.allSatisfy(\.isNaN))
        for row in 9..<10_000 { series.add([7, 7], at: Double(row)) }
        #expect(series.points(0).x.count <= 8)
    }

    @Test("A full disk ends the scores and not the watch")
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let head = "episode,time [s],score,part\n"
            let file = try ScoreFile(
                in: RunFolder.open(folder), storage: FillingStorage(capacity: head.utf8.count + 20))
            let sample = ModelWatch.Sample(row: 0, time: 10, surprise: nil)
            file.append([sample], of: 0)
            #expect(file.fault == nil)
            #expect(try InputFile.text(folder + "/scores.csv") == head + "0,10,,\n")
            for _ in 0..<4 { file.append([sample], of: 0) }
            #expect("\(file.fault.map { "\($0)" } ?? "")".contains("cannot append to \(folder)/scores.csv"))
        }
    }
}
