import Basics
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
        rows: Int = 400, end: String = "\n", time: (Int) -> String = { "\($0)" }, odd: (Int) -> String? = { _ in nil }
    ) -> String {
        var generator = SeededGenerator(seed: 4)
        return "time,x,y" + end
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
}
