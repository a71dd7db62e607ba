import Basics
import Foundation
import Testing

@testable import Episodes

@Suite("Rows of plain numbers")
struct PlainRowsTests {
    private static func table(
        _ text: String, options: LogOptions = LogOptions(), leastBytes: Int = 1 << 18
    ) throws -> LogTable {
        var reader = DelimitedReader(options: options)
        reader.parts = ReadingParts(threads: 2, leastBytes: leastBytes)
        return try reader.table(Array(text.utf8), source: "log.csv")
    }

    /// A decimal number of up to `whole` and `decimals` digits, sometimes with an exponent or spaces.
    private static func decimal(_ generator: inout SeededGenerator, whole: Int, decimals: Int) -> String {
        func digits(_ count: Int) -> String { (0..<count).map { _ in "\(generator.next() % 10)" }.joined() }
        let sign = ["", "", "-", "+"][Int(generator.next() % 4)]
        let first = digits(Int(generator.next() % UInt64(whole + 1)))
        let second = digits(Int(generator.next() % UInt64(decimals + 1)))
        let number = first.isEmpty && second.isEmpty ? "0" : second.isEmpty ? first : "\(first).\(second)"
        switch generator.next() % 12 {
        case 0: return "\(sign)\(number)e\(Int(generator.next() % 40) - 20)"
        case 1: return " \(sign)\(number)"
        case 2: return "\(sign)\(number) "
        case 3 where !number.contains("."): return "\(sign)\(number)."
        default: return sign + number
        }
    }

    @Test("Numbers of all lengths are what the standard library reads", arguments: [(3, 6), (8, 9), (12, 20), (1, 3)])
    func numbers(whole: Int, decimals: Int) throws {
        var generator = SeededGenerator(seed: UInt64(whole))
        let columns = 9
        var texts: [String] = []
        for _ in 0..<300 * columns {
            texts.append(Self.decimal(&generator, whole: whole, decimals: decimals))
        }
        var lines = ["t," + (0..<columns).map { "x\($0)" }.joined(separator: ",")]
        for row in 0..<300 {
            lines.append("2026-01-02 03:04:05," + texts[row * columns..<(row + 1) * columns].joined(separator: ","))
        }
        let table = try Self.table(lines.joined(separator: "\n"), options: LogOptions(missing: []))
        #expect(table.columns.count == columns)
        for (text, value) in zip(texts, table.values) {
            let expected = try #require(Double(text.trimmingCharacters(in: .whitespaces)))
            #expect(value.bitPattern == (expected + 0).bitPattern, "\(text)")
        }
    }

    @Test("Missing values, signs and ends of rows", arguments: ["\n", "\r\n", ",\n"])
    func fields(end: String) throws {
        let rows = [
            "0,1.5,,-2", "1,,,", "2,-9999,-9999.0,-1", "3,NaN,nan,na", "4,-0.0,.5,-.5", "5,5.,+5,0005", "6,-,--,?",
            "7, 1.5 ,1e3,1.5e-3", "8,123456789,1234567.12345678,0.123456789", "9,12345678901234568,1,2",
        ]
        let text = "n,a,b,c\n" + (rows + (10..<200).map { "\($0),1,2,3" }).joined(separator: end) + end
        let table = try Self.table(text, options: LogOptions(time: .none, missing: ["-9999", "-1"]))
        let values = (0..<10).map { row in (1..<4).map { table[row, $0] } }
        let nan = Double.nan
        let expected: [[Double]] = [
            [1.5, nan, -2], [nan, nan, nan], [nan, nan, nan], [nan, nan, nan], [0, 0.5, -0.5], [5, 5, 5],
            [nan, nan, nan], [1.5, 1000, 1.5e-3], [123_456_789, 1_234_567.12345678, 0.123456789],
            [12_345_678_901_234_568, 1, 2],
        ]
        for (row, (found, wanted)) in zip(values, expected).enumerated() {
            #expect(zip(found, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "row \(row): \(found)")
        }
        #expect(values[4][0].sign == .plus)
    }

    @Test(
        "Times in one pattern are what the general scanner reads",
        arguments: [
            "2026-03-0D HH:MM:SS", "2026-03-0DTHH:MM:SS", "2026-03-0DTHH:MM:SSZ", "2026-03-0D HH:MM:SS.25",
            "0D.03.2026 HH:MM:SS", "2026/03/0D HH:MM:SS.123456789", "2026-03-0D HH:MM", "2026-03-0DTHH:MM:SS+01:00",
            "20260302THHMMSS", "HH:MM:SS",
        ])
    func times(pattern: String) throws {
        var generator = SeededGenerator(seed: 7)
        let texts = (0..<300).map { row in
            let second = row * 613 + Int(generator.next() % 600)
            func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
            return pattern.replacing("D", with: "\(1 + second / 86_400)").replacing("HH", with: two(second / 3600 % 24))
                .replacing("MM", with: two(second / 60 % 60)).replacing("SS", with: two(second % 60))
        }
        let table = try Self.table("when;x\n" + texts.map { "\($0);1.5" }.joined(separator: "\n"))
        let scanner = TimeStampScanner(dayFirst: false)
        let stamps = try texts.map { text in
            try #require(Array(text.utf8).withUnsafeBufferPointer { scanner.scan($0[...]) })
        }
        let expected = TimePlan.unrolled(stamps.map(\.seconds), kind: stamps[0].kind)
        #expect(table.times?.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test("A wrong clock in a later row is refused with its line", arguments: ["24:61:00", "23:59:61", "25:00:00"])
    func wrongClock(clock: String) throws {
        var rows = (0..<300).map { "2026-01-02 03:04:05,\($0)" }
        rows[250] = "2026-01-02 \(clock),1"
        let error = try #require(throws: ForesightError.self) { try Self.table("t,x\n" + rows.joined(separator: "\n")) }
        #expect(error.message.contains("line 252") && error.message.contains(clock))
    }

    @Test("Bytes are counted, however many there are", arguments: [0, 1, 7, 8, 9, 2039, 2040, 2041, 5000])
    func counting(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        for dense in [false, true] {
            let bytes = (0..<length).map { _ in dense ? Ascii.newline : UInt8(truncatingIfNeeded: generator.next() % 16)
            }
            let expected = bytes.count { $0 == Ascii.newline }
            #expect(bytes.withUnsafeBufferPointer { $0.count(of: Ascii.newline) } == expected)
        }
    }

    @Test("Fields that are not asked for are passed over, whatever they hold")
    func passed() throws {
        let rows = (0..<300).map { "\($0),\($0 % 7 == 3 ? "\"a, b\"" : "a 5\" pipe"),\(Double($0) / 8)" }
        let text = "n,note,x\n" + rows.joined(separator: "\n")
        let table = try DelimitedReader().table(Array(text.utf8), source: "log.csv", wanted: ["x"])
        #expect(table.values == (0..<300).map { Double($0) / 8 })
    }
}
