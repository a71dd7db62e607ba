import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

@testable import Commands

@Suite("A log that is followed for long")
struct FollowedLogTests {
    /// How rows tell their time.
    struct Clock: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var heading: String?
        var field: @Sendable (_ seconds: Int) -> String
    }

    /// An hour before midnight.
    private static func timeOfDay(_ seconds: Int) -> String {
        let second = (82_800 + seconds) % 86_400
        return String(format: "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60)
    }

    static let clocks = [
        Clock(testDescription: "seconds", heading: "time (s)") { "\($0)" },
        Clock(testDescription: "dates", heading: "stamp") {
            "2026-03-0\(1 + (82_800 + $0) / 86_400) \(FollowedLogTests.timeOfDay($0))"
        },
        Clock(testDescription: "times of day", heading: "clock") { FollowedLogTests.timeOfDay($0) },
        Clock(testDescription: "no times") { _ in "" },
    ]

    /// A log with an input that is written when it changes, and with a pause where it has times.
    private static func log(_ rows: Int, _ clock: Clock) -> String {
        var text = (clock.heading.map { "\($0)," } ?? "") + "x,u\n"
        for row in 0..<rows {
            let time = 10 * row + (row >= 250 ? 1000 : 0)
            let input = [0: "5", 251: "6", 300: "7"][row] ?? ""
            text += (clock.heading == nil ? "" : clock.field(time) + ",") + "\(row * 37 % 101),\(input)\n"
        }
        return text
    }

    private static func read(_ copy: String, _ isPart: Bool) throws -> FollowedLog.Contents {
        var schema = LogSchema()
        try schema.assign("x", role: .observation)
        try schema.assign("u", role: .action)
        var loader = EpisodeLoader(schema: schema)
        loader.isPart = isPart
        let log = try loader.load([copy])
        return FollowedLog.Contents(episodes: log.episodes, firstLine: log.files.first?.firstLine)
    }

    /// Lets a log grow by 40 rows a look, and hands over the parts of each.
    private func follow(
        _ clock: Clock, in folder: String, read: @escaping (String, Bool) throws -> FollowedLog.Contents,
        _ body: ([WatchRun.Part]) throws -> Void
    ) throws -> [Episode] {
        let path = folder + "/log.csv"
        let source = GrowingLog(path)
        defer { source.close() }
        var log = FollowedLog(source, name: "log.csv", back: 10, rows: 30, read: read)
        for rows in stride(from: 40, through: 600, by: 40) {
            try Data(Self.log(rows, clock).utf8).write(to: URL(fileURLWithPath: path))
            guard case .rows(let parts)? = try log.next() else {
                Issue.record("\(rows) rows are no news")
                continue
            }
            try body(parts)
        }
        return try Self.read(path, false).episodes
    }

    @Test("As few rows as are needed are read again, and are those of the whole log", arguments: clocks)
    func rows(clock: Clock) throws {
        try withTemporaryFolder { folder in
            var seen: [Int: [Int: (time: Double, value: Double)]] = [:]
            var (most, last) = (0, WatchRun.Part(record: 0, first: 0, episode: PlanningModel.undriven))
            let whole = try follow(clock, in: folder, read: Self.read) { parts in
                for part in parts {
                    let episode = part.episode
                    most = max(most, episode.count)
                    for row in 0..<episode.count {
                        let time = episode.startTime + Double(row) * episode.samplingTime
                        seen[part.record, default: [:]][part.first + row] = (time, episode[row, 0])
                    }
                    // What is in force there stands in a row that is not read any more.
                    if part.first > 1 { #expect(episode[0, 1].isFinite, "row \(part.first)") }
                    last = part
                }
            }
            #expect(most <= 160 && last.first > 0)
            #expect(whole.count == (clock.heading == nil ? 1 : 2) && seen.count == whole.count)
            #expect(last.episode.name == (whole.count == 1 ? "log.csv" : "log.csv#2"))
            for (record, episode) in whole.enumerated() {
                let found = seen[record] ?? [:]
                #expect(found.count == episode.count)
                let isSame = (0..<episode.count).allSatisfy { row in
                    let time = episode.startTime + Double(row) * episode.samplingTime
                    return found[row].map { $0.value == episode[row, 0] && abs($0.time - time) < 1e-6 } ?? false
                }
                #expect(isSame, "record \(record)")
            }
        }
    }

    @Test("Where the last rows would be read otherwise by themselves, all are kept")
    func kept() throws {
        try withTemporaryFolder { folder in
            var tries = 0
            let read = { (copy: String, isPart: Bool) throws -> FollowedLog.Contents in
                var contents = try Self.read(copy, isPart)
                if isPart {
                    tries += 1
                    contents.episodes[0][0, 0] += 1
                }
                return contents
            }
            var last: [WatchRun.Part] = []
            let whole = try follow(Self.clocks[0], in: folder, read: read) { last = $0 }
            #expect(last.map(\.episode.count) == whole.map(\.count) && last.allSatisfy { $0.first == 0 })
            #expect(tries > 0 && tries < 4, "tried again only when there is twice as much")
        }
    }

    @Test("A line that cannot be read is told with how many lines are not counted")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            let source = GrowingLog(path)
            defer { source.close() }
            var log = FollowedLog(source, name: "log.csv", back: 10, rows: 30, read: Self.read)
            try Data(Self.log(200, Self.clocks[0]).utf8).write(to: URL(fileURLWithPath: path))
            _ = try log.next()
            try Data((Self.log(200, Self.clocks[0]) + "2000,wrong,1\n").utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: ForesightError.self) { try log.next() }
            #expect(error?.message.contains("lines counted without 170 that were read before") == true)
        }
    }
}
