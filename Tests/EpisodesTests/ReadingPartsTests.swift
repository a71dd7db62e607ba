import Basics
import Foundation
import Testing

@testable import Episodes

@Suite("Reading a file in parts")
struct ReadingPartsTests {
    private static func table(_ text: String, threads: Int) throws -> LogTable {
        var reader = DelimitedReader()
        reader.parts = ReadingParts(threads: threads, leastBytes: 16)
        return try reader.table(Array(text.utf8), source: "log.csv")
    }

    /// Lines of two columns and a time, with one that is odd at some places.
    private static func log(
        rows: Int = 400, end: String = "\n", heading: String = "time", time: (Int) -> String = { "\($0)" },
        odd: (Int) -> String? = { _ in nil }
    ) -> String {
        var generator = SeededGenerator(seed: 4)
        return heading + ",x,y" + end
            + (0..<rows).map { row in
                let values = (0..<2).map { _ in "\(generator.uniform(in: -5...5))" }
                return odd(row) ?? ([time(row)] + values).joined(separator: ",")
            }.joined(separator: end)
    }

    private static let logs: [String: String] = [
        "plain": log(), "windows": log(end: "\r\n"), "old": log(end: "\r"),
        "blank lines and remarks": log(odd: { $0 % 37 == 5 ? ["", "# a remark", "   "][$0 % 3] : nil }),
        "missing": log(odd: { $0 % 11 == 3 ? "\($0),,nan" : nil }),
        "dates": log(time: { "2026-03-0\(1 + $0 / 60) 10:\(10 + $0 % 50):00" }),
        "digits of dates": log(heading: "date,time", time: { "2026030\(1 + $0 / 60),10\(10 + $0 % 50)00" }),
        "quotes over lines": log(odd: { "\($0),\($0 % 7),\"a note\nover lines\"" }),
        "empty rows at the end": log() + "\n,,\n,,\n",
        "empty rows inside": log(odd: { $0 % 50 == 7 ? ",," : nil }),
    ]

    @Test("What is read does not depend on the number of threads", arguments: logs.keys.sorted(), [2, 3, 7, 8])
    func equal(name: String, threads: Int) throws {
        let text = try #require(Self.logs[name])
        let (one, many) = (try Self.table(text, threads: 1), try Self.table(text, threads: threads))
        #expect(one.rowCount > 300 && one.lines.count == one.rowCount)
        #expect(one.lines == many.lines && one.rowCount == many.rowCount && one.columns == many.columns)
        #expect(one.values.map(\.bitPattern) == many.values.map(\.bitPattern))
        #expect(one.times?.map(\.bitPattern) == many.times?.map(\.bitPattern) && one.clock == many.clock)
    }

    @Test(
        "Errors name the line that they name in one part, the first of them",
        arguments: ["1,2", "1,text,3", "1,2,3,4", "1,\"2,3"], [1, 150, 399])
    func errors(line: String, row: Int) throws {
        let text = Self.log(odd: { $0 == row || $0 == 399 ? line : nil })
        func message(_ threads: Int) -> String? {
            do {
                _ = try Self.table(text, threads: threads)
                return nil
            } catch { return "\(error)" }
        }
        let one = try #require(message(1))
        // A quote that is not closed takes in what follows.
        if !line.contains("\"") { #expect(one.contains("line \(row + 2)")) }
        #expect(message(4) == one && message(8) == one)
    }

    @Test("Decimal commas that only a later part shows are read in all of them")
    func commas() throws {
        let text =
            "time;x\n" + (0..<300).map { "\($0);\($0 < 250 ? "\($0)" : "\($0),5")" }.joined(separator: "\n")
        let (one, many) = (try Self.table(text, threads: 1), try Self.table(text, threads: 5))
        #expect(one.values == many.values && many.values.last == 299.5)
    }

    /// A file that is read piece by piece, in a folder of its own.
    private static func file<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "foresight-parts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "log.csv").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try body(path)
    }

    private static func pieces(_ text: String, threads: Int) throws -> LogTable {
        try file(text) { path in
            var reader = DelimitedReader()
            reader.parts = ReadingParts(threads: threads, leastBytes: 100, pieceByPiece: 1)
            return try reader.table(path: path)
        }
    }

    @Test("A file that is read piece by piece gives what its bytes give", arguments: logs.keys.sorted(), [1, 3])
    func pieces(name: String, threads: Int) throws {
        let text = try #require(Self.logs[name])
        let (whole, pieces) = (try Self.table(text, threads: 1), try Self.pieces(text, threads: threads))
        #expect(whole.lines == pieces.lines && whole.columns == pieces.columns && whole.clock == pieces.clock)
        #expect(whole.values.map(\.bitPattern) == pieces.values.map(\.bitPattern))
        #expect(whole.times?.map(\.bitPattern) == pieces.times?.map(\.bitPattern))
    }

    @Test(
        "A faulty file that is read piece by piece is refused as its bytes are",
        arguments: ["1,2", "1,text,3", "1,\"2,3"])
    func faultyPieces(line: String) throws {
        let text = Self.log(odd: { $0 == 300 ? line : nil })
        let words = try Self.file(text) { path in
            try [false, true].map { isPiecewise in
                var reader = DelimitedReader()
                reader.parts = ReadingParts(threads: 2, leastBytes: 100, pieceByPiece: isPiecewise ? 1 : .max)
                return try #require(throws: ForesightError.self) { try reader.table(path: path) }
            }.map { "\($0)" }
        }
        #expect(words[0] == words[1] && words[0].contains("line 302"))
    }

    @Test("Rows that are shorter than any of those that memory was guessed from are read all the same")
    func moreRowsThanGuessed() throws {
        // Wide rows at the 64 places that the guess looks at, narrow ones between.
        let wide = "1.\(String(repeating: "0", count: 80)),2\n"
        let text =
            "x,y\n"
            + String(
                repeating: wide + String(repeating: "1,2\n", count: 100), count: 64)
        let bytes = Array(text.utf8)
        let rows = bytes.count { $0 == Ascii.newline } - 1
        var reader = DelimitedReader(options: LogOptions(time: .none))
        reader.parts = ReadingParts(threads: 2, leastBytes: 1024, guessedBytes: 64)
        let table = try reader.table(bytes, source: "log.csv")
        #expect(table.rowCount == rows && table.lines.last == rows + 1)
        #expect(table.column(1).allSatisfy { $0 == 2 } && table.column(0).allSatisfy { $0 == 1 })
    }
}
