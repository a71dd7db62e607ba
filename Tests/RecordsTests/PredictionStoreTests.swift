import Basics
import Foundation
import Testing
import _TestSupport

@testable import Records

@Suite("A store of predictions beside what came")
struct PredictionStoreTests {
    private static let head = PredictionStore.EpisodeHead(kind: "watch", source: "today.csv", start: 0, interval: 5)

    private static func record(
        _ episode: Int, _ row: Int, error: Double = 0.5, next: Double = 1
    ) -> PredictionStore.Record {
        PredictionStore.Record(
            episode: episode, row: row, time: Double(row) * 5, place: .init(channel: "T", lead: 5), predicted: 20,
            halfWidth: 1, factor: 1, observed: 20 + error, kind: "watched", next: next)
    }

    @Test("What was kept is there again, and calibration goes on where it was") func kept() throws {
        try withTemporaryFolder { folder in
            let records = [Self.record(1, 0), Self.record(1, 1, error: -3, next: 1.25), Self.record(1, 2)]
            do {
                let store = try PredictionStore(folder: folder, model: "ab")
                #expect(try store.begin(Self.head) == (1, -.infinity))
                for record in records { try store.append([record]) }
            }
            let again = try PredictionStore(folder: folder, model: "ab")
            let place = PredictionStore.Place(channel: "T", lead: 5)
            #expect(again.calibration[place]?.factor == 1)
            #expect(again.calibration[place]?.count == 3 && again.calibration[place]?.misses == 1)
            // The same log goes on; another begins an episode of its own.
            #expect(try again.begin(Self.head) == (1, 10))
            var other = Self.head
            other.source = "tomorrow.csv"
            #expect(try again.begin(other).number == 2)
            #expect(try PredictionStore.read(folder, model: "ab").records == records)
        }
    }

    @Test("A kill tears the last line and nothing else", arguments: [1, 20, 60])
    func torn(bytes: Int) throws {
        try withTemporaryFolder { folder in
            do {
                let store = try PredictionStore(folder: folder, model: "ab")
                _ = try store.begin(Self.head)
                try store.append([Self.record(1, 0)])
                try store.append([Self.record(1, 1)])
            }
            let path = folder + "/" + PredictionStore.name
            let whole = try InputFile.bytes(path)
            try Data(whole.dropLast(bytes)).write(to: URL(fileURLWithPath: path))
            do {
                let store = try PredictionStore(folder: folder, model: "ab")
                try store.append([Self.record(1, 1, error: 0.25)])
            }
            let rows = try PredictionStore.read(folder, model: "ab").records
            #expect(rows.map(\.row) == [0, 1])
            #expect(rows.last?.observed == 20.25)
        }
    }

    @Test("Another model, a second writer and a line that is no record are refused by name") func refused() throws {
        try withTemporaryFolder { folder in
            do {
                let store = try PredictionStore(folder: folder, model: "ab")
                let error = #expect(throws: ForesightError.self) { try PredictionStore(folder: folder, model: "ab") }
                #expect(error?.message.contains("in use") == true)
                _ = try store.begin(Self.head)
            }
            let other = #expect(throws: ForesightError.self) { try PredictionStore(folder: folder, model: "cd") }
            #expect(other?.message.contains("the store of another model") == true)
            let path = folder + "/" + PredictionStore.name
            try AtomicFile.write(InputFile.text(path) + "{\"t\":1}\n", to: path)
            let damaged = #expect(throws: ForesightError.self) { try PredictionStore(folder: folder, model: "ab") }
            #expect(damaged?.message.hasPrefix("line 3 of") == true)
        }
    }

    @Test("It stays within two files of its limit, and still knows what calibration had come to") func bounded() throws
    {
        try withTemporaryFolder { folder in
            let limit = PredictionStore.leastLimit
            do {
                let store = try PredictionStore(folder: folder, model: "ab", limit: limit)
                _ = try store.begin(Self.head)
                for row in 0..<1000 { try store.append([Self.record(1, row, next: 1 + Double(row) / 1000)]) }
            }
            let sizes = try Folder.names(in: folder).map { try InputFile.bytes("\(folder)/\($0)").count }
            #expect(sizes.count == 2 && sizes.allSatisfy { $0 < limit + 400 }, "\(sizes)")
            let contents = try PredictionStore.read(folder, model: "ab")
            let place = PredictionStore.Place(channel: "T", lead: 5)
            #expect(contents.calibration[place]?.factor == 1.999)
            #expect(contents.calibration[place]?.count == 1000)
            #expect(contents.records.last?.row == 999 && contents.records.count < 1000)
            // Nothing is missing between the first that is kept and the last.
            #expect(zip(contents.records, contents.records.dropFirst()).allSatisfy { $0.row + 1 == $1.row })
            #expect(try PredictionStore(folder: folder, model: "ab").begin(Self.head) == (1, 4995))
        }
    }

    @Test("Of a long recording as much is known as the files hold, whether the store was opened again or not")
    func known() throws {
        try withTemporaryFolder { folder in
            let limit = PredictionStore.leastLimit
            let store = try PredictionStore(folder: folder, model: "ab", limit: limit)
            let number = try store.beginAnew(Self.head)
            func differs(_ row: Int) -> Bool { store.differs(number, row: row, "T", 99, tolerance: 1) }
            for row in 0..<1000 {
                try store.append([Self.record(number, row)])
                if row == 2 { #expect(differs(0)) }
            }
            let kept = try PredictionStore.read(folder, model: "ab").records.map(\.row)
            let first = try #require(kept.first)
            #expect(first > 0 && differs(first) && differs(998) && !differs(first - 1) && !differs(0))
        }
    }

    @Test("An episode that is gone on with keeps its head when a new file begins, though others came after it")
    func carried() throws {
        try withTemporaryFolder { folder in
            let limit = PredictionStore.leastLimit
            let store = try PredictionStore(folder: folder, model: "ab", limit: limit)
            let first = try store.beginAnew(Self.head)
            try store.append([Self.record(first, 0)])
            let second = try store.beginAnew(Self.head)
            try store.append([Self.record(second, 0)])
            for row in 1..<1000 { try store.append([Self.record(first, row)]) }
            #expect(try PredictionStore.read(folder, model: "ab").episodes.map(\.number) == [first, second])
            #expect(try store.beginAnew(Self.head) == 3)
        }
    }
}
