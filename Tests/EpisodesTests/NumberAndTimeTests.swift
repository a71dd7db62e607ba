import Basics
import Testing

@testable import Episodes

@Suite("Numbers and times as text")
struct NumberAndTimeTests {
    private func scan(_ text: String, mark: Character = ".") -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var position = 0
            let value = DecimalScanner(mark: mark.asciiValue ?? 0).scan(bytes, &position, end: bytes.count)
            return position == bytes.count ? value : nil
        }
    }

    @Test("Numbers are read to the nearest double, as the standard library reads them")
    func exact() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(scan("\(value)") == value)
            let short =
                "\(Int64(truncatingIfNeeded: generator.next() >> 30)).\(generator.next() % 100_000)e\(Int(generator.next() % 40) - 20)"
            #expect(scan(short) == Double(short))
        }
    }

    @Test("Numbers of sixteen to nineteen digits are read to the nearest double")
    func longNumbers() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let digits = String(generator.next()).prefix(16 + Int(generator.next() % 4))
            let point = Int(generator.next() % UInt64(digits.count))
            let text = "\(digits.prefix(point)).\(digits.dropFirst(point))e\(Int(generator.next() % 12) - 6)"
            #expect(scan(text) == Double(text), "\(text)")
        }
        // Middles between two doubles, and their neighbours.
        for _ in 0..<2000 {
            let even = (generator.next() >> 11) | 1 << 52
            for middle in [even &* 2 &+ 1, even &* 4 &+ 2, even &* 8 &+ 4] {
                for number in [middle - 1, middle, middle + 1] {
                    #expect(scan("\(number)") == Double("\(number)"))
                }
            }
        }
    }

    @Test(
        "Special spellings",
        arguments: [
            ("0", 0.0), ("-0.0", -0.0), ("+5", 5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001),
            ("2.082999999999999829e+01", 2.082999999999999829e+01), ("9007199254740993", 9_007_199_254_740_992),
            ("123456789012345678901234567890", 0x1.8ee90ff6c373ep+96), ("4.9e-324", 0x1p-1074),
            ("0.000000000000000000000000000000000001", 1e-36), ("1e-400", 0), ("00012", 12),
        ])
    func spellings(text: String, value: Double) {
        #expect(scan(text)?.bitPattern == value.bitPattern)
    }

    @Test(
        "What is no number is refused",
        arguments: ["", "-", ".", "e5", "1e", "1e+", "0x10", "1 2", "--1", "1,5", "nan"])
    func refused(text: String) { #expect(scan(text) == nil) }

    @Test("A decimal comma") func comma() {
        #expect(scan("1,5", mark: ",") == 1.5)
        #expect(scan("1.5", mark: ",") == nil)
        #expect(scan("0,12345678901234567890", mark: ",") == 0.12345678901234567890)
    }

    private func stamp(_ text: String, dayFirst: Bool = false) -> TimeStamp? {
        Array(text.utf8).withUnsafeBufferPointer { TimeStampScanner(dayFirst: dayFirst).scan($0[...]) }
    }

    @Test(
        "Spellings of one moment",
        arguments: [
            "2020-03-01 15:44:06", "2020-03-01T15:44:06Z", "2020-03-01T15:44:06.000", "2020/03/01 15:44:06",
            "2020-3-1  15:44:06", "20200301T154406", "01.03.2020 15:44:06", "3/1/2020 3:44:06 PM", "03/01/20 15:44:06",
            "2020-03-01T16:44:06+01:00", "2020-03-01T10:14:06-0530", "2020-03-01 15:44:06 UTC", "01-Mar-2020 15:44:06",
            "2020-03-01, 15:44:06", "2020.03.01 15:44:06", "2020-03-01T15:44:06+00",
        ])
    func moments(text: String) {
        #expect(stamp(text) == TimeStamp(kind: .dateTime, seconds: 1_583_077_446))
    }

    @Test(
        "Other times",
        arguments: [
            ("2020-03-01", TimeStamp.Kind.dateOnly, 1_583_020_800.0), ("08/26  24:00:00", .yearless, 238 * 86_400.0),
            ("12:30", .timeOnly, 45_000), ("12:30:15.25", .timeOnly, 45_015.25), ("120:00:01", .timeOnly, 432_001),
            ("12:05 AM", .timeOnly, 300), ("2020-02-29T00:00", .dateTime, 1_582_934_400),
            ("1969-12-31T23:59:59", .dateTime, -1), ("00:01.000000", .minutesOnly, 1),
            ("59:30.5", .minutesOnly, 3570.5),
            ("120:00,25", .minutesOnly, 7200.25),
        ])
    func others(text: String, kind: TimeStamp.Kind, seconds: Double) {
        #expect(stamp(text) == TimeStamp(kind: kind, seconds: seconds))
    }

    @Test(
        "What is no time is refused",
        arguments: [
            "2020-13-01", "2021-02-29", "2020-03-01 25:00", "2020-03-01 15:60", "13/13/2020", "12.5", "1-2", "abc",
            "2020-03-01 15:44:06 there", "15:44:", "2020-03", "08/26", "2020-03-01T", "1:2:3", "13:00 PM",
            "2020-03-01 15:44.5", "3:44.5 PM",
        ])
    func noTimes(text: String) { #expect(stamp(text) == nil) }

    @Test("Thousands that commas set apart are told from decimal commas, where that can be told")
    func groups() {
        func groups(_ text: String) -> DigitGroups? {
            Array(text.utf8).withUnsafeBufferPointer { DigitGroups($0[...]) }
        }
        for (text, digits, isCertain) in [
            ("1,000", "1000", false), ("-12,345", "-12345", false), ("1,234,567", "1234567", true),
            ("+1,234.5", "+1234.5", true), ("999,999,999.25", "999999999.25", true),
        ] {
            #expect(groups(text).map { Ascii.text($0.digits) } == digits, "\(text)")
            #expect(groups(text)?.isCertain == isCertain, "\(text)")
        }
        for text in [
            "1000", "0,125", "1,5", "1234,567", "1,00", ",123", "1,234,56", "1,234e5", "1,23a", "1,234.5.6", "",
        ] {
            #expect(groups(text) == nil, "\(text)")
        }
    }

    @Test("The day leads where the reader is told so") func dayLeads() {
        #expect(stamp("04/03/2020 00:00", dayFirst: true)?.seconds == stamp("2020-03-04 00:00")?.seconds)
        #expect(stamp("04/03/2020 00:00")?.seconds == stamp("2020-04-03 00:00")?.seconds)
    }
}
