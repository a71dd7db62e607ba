import Basics
import Foundation
import Testing

@testable import Reports

@Suite("Parts of charts")
struct ChartPartsTests {
    @Test("Ticks are multiples of 1, 2 or 5 × 10ⁿ inside the range, about as many as wanted", arguments: 0..<200)
    func linearTicks(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let span = powerOfTen(Int(generator.uniform(in: -8...8))) * generator.uniform(in: 1...10)
        let centre = generator.uniform(in: -1...1) * span * powerOfTen(Int(generator.uniform(in: -3...4)))
        let range = (centre - span / 2)...(centre + span / 2)
        let count = 3 + seed % 8
        let ticks = Ticks.linear(range, count: count).values
        let step = try #require(zip(ticks.dropFirst(), ticks).map { $0 - $1 }.first)
        let leading = step / powerOfTen(Int(Reports.log10(step * 1.0001).rounded(.down)))
        #expect([1.0, 2, 5].contains { (leading - $0).magnitude < 1e-6 })
        #expect(ticks.allSatisfy { $0 >= range.lowerBound - 1e-6 * span && $0 <= range.upperBound + 1e-6 * span })
        #expect(ticks.allSatisfy { (($0 / step).rounded() - $0 / step).magnitude < 1e-6 })
        #expect(ticks.count >= 2 && Double(ticks.count) <= 1.6 * Double(count) + 1)
        // Nothing is missing at the ends.
        #expect(ticks[0] - range.lowerBound < step * 1.001 && range.upperBound - ticks[ticks.count - 1] < step * 1.001)
        let labels = Ticks.linear(range, count: count).labels
        #expect(Set(labels).count == labels.count, "labels repeat: \(labels)")
    }

    @Test("Tick labels have the decimals that the step needs, no more")
    func labels() {
        #expect(
            Ticks.linear(0...1, count: 5).labels
                == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map { $0 == "0.0" ? "0" : $0 })
        #expect(Ticks.linear(-10...10, count: 4).labels == ["−10", "−5", "0", "5", "10"])
        #expect(Ticks.linear(0...2_000_000, count: 2).labels == ["0", "1e6", "2e6"])
        #expect(Ticks.linear(1...1, count: 5).values.isEmpty)
    }

    @Test("Logarithmic ticks are powers of ten, with 2 and 5 on short axes")
    func logTicks() {
        #expect(Ticks.logarithmic(0.01...100, count: 5).labels == ["0.01", "0.1", "1", "10", "100"])
        #expect(Ticks.logarithmic(1...10, count: 5).values == [1, 2, 5, 10])
        #expect(Ticks.logarithmic(1e-9...1, count: 3).values.count <= 4)
        #expect(!Ticks.logarithmic(3...4, count: 5).values.isEmpty)
    }

    @Test("Thinning keeps the extremes, the ends, the order and the gaps", arguments: 0..<20)
    func downsampling(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var y = (0..<20_000).map { _ in generator.normal() }
        let high = Int(generator.uniform() * 20_000)
        let low = Int(generator.uniform() * 20_000)
        y[high] = 50
        y[low] = -50
        for index in 5000..<6000 where index != high && index != low { y[index] = .nan }
        let kept = Downsampling.minMax(y, limit: 600)
        #expect(kept.count <= 600)
        #expect(kept == kept.sorted() && Set(kept).count == kept.count)
        #expect(kept.contains(high) && kept.contains(low))
        #expect(kept.contains { y[$0].isNaN })
        #expect(kept.first == 0 && kept.last == 19_999)
    }

    @Test("Short series are not thinned")
    func noThinning() {
        #expect(Downsampling.minMax([1, .nan, 3], limit: 600) == [0, 1, 2])
    }

    @Test("A thinned band encloses the whole one")
    func envelope() {
        var generator = SeededGenerator(seed: 3)
        let upper = (0..<5000).map { _ in generator.uniform(in: 0...1) }
        let lower = upper.map { $0 - 2 }
        let x = (0..<5000).map(Double.init)
        let thin = Downsampling.envelope(x: x, lower: lower, upper: upper, limit: 100)
        #expect(thin.x.count == 100 && thin.x.first == 0 && thin.x.last == 4999)
        for bucket in 0..<100 {
            let range = (bucket * 50)..<(bucket * 50 + 50)
            #expect(thin.upper[bucket] == upper[range].max() && thin.lower[bucket] == lower[range].min())
        }
    }

    @Test("A scale maps its ends to the ends, linearly or by ratio")
    func scale() {
        let linear = Scale(kind: .linear, range: 10...20, pixels: (100, 0))
        #expect(linear(10) == 100 && linear(20) == 0 && linear(15) == 50)
        let log = Scale(kind: .logarithmic, range: 1...100, pixels: (0, 100))
        #expect((log(10) - 50).magnitude < 1e-9)
        #expect(log(0).isNaN && log(-3).isNaN)
    }

    @Test("A constant signal gets a range around it, extremes of doubles one that is finite")
    func ranges() {
        let flat = Scale.range(of: [7, 7, .nan], kind: .linear, room: 0.05, includesZero: false)
        #expect(flat.lowerBound < 7 && flat.upperBound > 7)
        let tiny = Scale.range(of: [1e9, 1e9 + 1e-7], kind: .linear, room: 0.05, includesZero: false)
        #expect(!Ticks.linear(tiny, count: 5).values.isEmpty)
        #expect(Scale.range(of: [], kind: .linear, room: 0.05, includesZero: true) == 0...1)
        for room in [0, 0.07] {
            let lost = Scale.range(of: [-1.7e308, 3, 1.7e308], kind: .linear, room: room, includesZero: false)
            #expect((lost.upperBound - lost.lowerBound).isFinite && !Ticks.linear(lost, count: 5).values.isEmpty)
        }
        #expect(Scale.range(of: [1e-300, 1], kind: .logarithmic, room: 0, includesZero: false).lowerBound > 1e-13)
        #expect(Scale.range(of: [0, -5], kind: .logarithmic, room: 0, includesZero: false) == 0.1...1)
    }

    @Test("Every ink has a contrast of 3 : 1 to its page, text inks 4.5 : 1", arguments: Ink.allCases)
    func contrast(ink: Ink) {
        let wanted = [.foreground, .muted, .danger].contains(ink) ? 4.5 : 3
        #expect(Self.contrast(ink.light, PageStyle.pageLight) >= wanted)
        #expect(Self.contrast(ink.dark, PageStyle.pageDark) >= wanted)
    }

    /// The contrast ratio of WCAG 2.2.
    private static func contrast(_ a: String, _ b: String) -> Double {
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    private static func luminance(_ colour: String) -> Double {
        let digits = Array(colour.dropFirst())
        let weights = [0.2126, 0.7152, 0.0722]
        return (0..<3).reduce(0) { sum, index in
            let share = Double(Int(String(digits[(2 * index)...(2 * index + 1)]), radix: 16) ?? 0) / 255
            // The exponent 2.4 by two roots and a square is near enough: x^2.4 ≈ x² · x^0.4.
            let root = share.squareRoot().squareRoot()
            return sum + weights[index] * share * share * root * root.squareRoot().squareRoot()
        }
    }
}

@Suite("Numbers and tables as text")
struct NumberTextTests {
    @Test(
        "Significant digits",
        arguments: [
            (0.0, "0"), (41.266, "41.3"), (0.0012345, "0.00123"), (-0.5, "−0.500"), (999.96, "1000"),
            (123_456, "123456"),
            (1_234_567, "1.23e6"), (1.5e-7, "1.50e−7"), (9.999e-5, "0.000100"), (.nan, "–"), (.infinity, "∞"),
            (-.infinity, "−∞"), (1.7e308, "1.70e308"), (0.09996, "0.100"),
        ] as [(Double, String)])
    func significant(value: Double, text: String) {
        #expect(NumberText.significant(value) == text)
    }

    @Test("Fixed decimals round, and a rounded zero has no sign")
    func fixed() {
        #expect(NumberText.fixed(1.005, decimals: 1) == "1.0")
        #expect(NumberText.fixed(-0.04, decimals: 1) == "0.0")
        #expect(NumberText.fixed(-2.05, decimals: 2, minus: "-") == "-2.05")
        #expect(NumberText.fixed(3.07, decimals: 2) == "3.07")
        #expect(NumberText.fixed(12, decimals: 0) == "12")
        #expect(NumberText.fixed(1e20, decimals: 2) == "1.00e20")
    }

    @Test("Durations choose the unit that a person would")
    func durations() {
        #expect(NumberText.duration(1.84e-4) == "184 µs")
        #expect(NumberText.duration(0.012) == "12.0 ms")
        #expect(NumberText.duration(90) == "90.0 s")
        #expect(NumberText.duration(300) == "5.0 min")
        #expect(NumberText.duration(21_600) == "6.0 h")
        #expect(NumberText.percent(0.9) == "90.0 %")
        #expect(NumberText.quantity(41.27, unit: "°C") == "41.3\u{202F}°C")
    }

    @Test("A terminal table lines up, whatever the characters")
    func terminalTable() {
        var table = TextTable([("channel", .left), ("rmse [°C]", .right)])
        table.add(["T1", "0.42"])
        table.add(["温度", "12.00"])
        table.add(["a\tb\u{1B}[31m"])
        table.add(["a\u{9B}31m"])
        let lines = table.text(indent: "  ").split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "  channel   rmse [°C]", "  ────────  ─────────", "  T1             0.42", "  温度          12.00",
                "  a b [31m", "  a 31m",
            ])
        let rows = lines[0...3].map { displayWidth($0) }
        #expect(Set(rows).count == 1)
    }

    @Test("On a narrow terminal texts and headers go on in the next line, and where that is too much rows are lists")
    func narrowTerminal() {
        var table = TextTable([("guardrail", .left), ("least margin", .right), ("", .left)])
        table.add(["always(T1 <= 55) and always(T2 <= 60)", "1.25 °C", "holds"])
        table.add(["T1 <= 70", "16.25 °C", "holds"])
        func lines(_ width: Int?) -> [String] {
            TextTable.$terminalWidth.withValue(width) { table.text(indent: " ") }.components(separatedBy: "\n")
        }
        let wide = lines(nil)
        #expect(wide.count == 4 && wide == lines(200) && wide == lines(wide.map { displayWidth($0) }.max()))
        #expect(
            lines(35) == [
                " guardrail             least", "                      margin", " ─────────────────  ────────  ─────",
                " always(T1 <= 55)    1.25 °C  holds", " and always(T2 <=", " 60)",
                " T1 <= 70           16.25 °C  holds",
            ])
        #expect(
            lines(20) == [
                " guardrail     always(T1 <= 55) and always(T2 <= 60)", " least margin  1.25 °C",
                "               holds", "", " guardrail     T1 <= 70", " least margin  16.25 °C",
                "               holds",
            ])
    }

    @Test("A word that is longer than its column goes on in the next line")
    func longWord() {
        var table = TextTable([("file", .left), ("rows", .right)])
        table.add(["温度の記録.csv と /home/plant/2026/log.csv", "12"])
        let lines = TextTable.$terminalWidth.withValue(19) { table.text() }.components(separatedBy: "\n")
        #expect(
            lines == [
                "file           rows", "─────────────  ────", "温度の記録.cs    12", "v と", "/home/plant/2", "026/log.csv",
            ])
    }
}
