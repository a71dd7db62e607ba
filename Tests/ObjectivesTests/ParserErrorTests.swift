import Basics
import Testing

@testable import Objectives

/// A text with `^` before the character that the error must point at, and words that it must hold.
struct WrongText: Sendable, CustomTestStringConvertible {
    let marked: String
    let words: [String]

    init(_ marked: String, _ words: String...) {
        self.marked = marked
        self.words = words
    }

    /// The offset of the mark; a text without one is wrong at its end.
    var offset: Int { Array(marked).firstIndex(of: "^") ?? marked.count }
    var source: String { marked.filter { $0 != "^" } }
    var testDescription: String { marked }
}

private func check(_ wrong: WrongText, _ kind: String, _ run: () throws -> Void) {
    do {
        try run()
        Issue.record("'\(wrong.source)' was accepted")
    } catch let error as ForesightError {
        let text = error.description
        #expect(error.code == .usage)
        #expect(text.hasPrefix("\(kind), character \(wrong.offset + 1): "), "\(text)")
        for word in wrong.words { #expect(text.contains(word), "\(text)") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines[1] == "    " + wrong.source, "\(text)")
        #expect(lines.last == Substring(String(repeating: " ", count: 4 + wrong.offset) + "^"), "\(text)")
    } catch {
        Issue.record("not an error for people: \(error)")
    }
}

@Test(
    "An error of a guardrail points at the character",
    arguments: [
        WrongText("always(^T3 <= 55)", "unknown channel 'T3'", "did you mean 'T1'?"),
        WrongText("^temperature <= 55", "known are T1, T2, flow in (l/min), raw, Q1, Q2"),
        WrongText("`flow in (l/min)` <= 1 and ^`flow` <= 3", "unknown channel"),
        WrongText("T1 <= 55 ^°F", "'T1' in °C", "'55 °F' in °F"),
        WrongText("T1 + ^Q1 <= 3", "'T1' in °C", "'Q1' in %"),
        WrongText("rate(Q1) <= 10 ^%", "%/s"),
        WrongText("T1 <= min(T2, ^Q1)", "units don't match"),
        WrongText("^T1 = 45", "'=' sets a goal"),
        WrongText("^T1", "expected a condition, found a value"),
        WrongText("always(^T1 + 2)", "expected a condition"),
        WrongText("T1 + ^(T2 <= 3) <= 4", "expected a value, found a condition"),
        WrongText("T1 <= ", "found the end"),
        WrongText("T1 <= 5^)", "expected the end, found ')'"),
        WrongText("(T1 <= 5", "expected ')'"),
        WrongText("T1 <= 5 ^&& T2 <= 4", "write 'and'"),
        WrongText("20 <= T1 ^>= 55", "one way"),
        WrongText("always(^60 <= T1 <= 40)", "nothing lies between 60 and 40", "40 <= … <= 60"),
        WrongText("^10 >= T1 >= 30", "nothing lies between"),
        WrongText(
            "^1 %/s <= rate(Q1) <= 10 %/min", "nothing lies between 1 %/s and 10 %/min", "10 %/min <= … <= 1 %/s"),
        WrongText("rate(raw) <= ^10 l/min", "'rate(raw)' is a change per second of a channel without a unit"),
        WrongText("abs(rate(raw)) + 1 <= ^10 kg/min", "give the channel a unit"),
        WrongText("raw + ^0.5 min * rate(raw) <= 90", "cannot be converted"),
        WrongText("raw <= 2 ^T1", "'T1' is a channel, not a unit", "write 2 * T1"),
        WrongText("^alway(T1 <= 3)", "did you mean 'always'?"),
        WrongText("T1 <= 5 ^# 3", "unexpected character '#'"),
        WrongText("T1 <= 3 ^T2", "'T2' is a channel, not a unit"),
        WrongText("^`T1 <= 5", "never closed"),
        WrongText("T1 <= 5 and ^% <= 3", "unit sign '%'"),
        WrongText("always[60 ^m, 70](T1 <= 5)", "'m' is not a unit of time"),
        WrongText("always^[60, 50](T1 <= 5)", "ends at 50 s"),
        WrongText("always[60^](T1 <= 5)", "expected ','"),
        WrongText("always[^T1, 60](T1 <= 5)", "expected a time"),
        WrongText("always^[70, 80](T1 <= 5)", "horizon of 60 s", "needs 70 s"),
        WrongText("eventually^[61, 80](T1 <= 5)", "horizon of 60 s"),
        WrongText("^always(eventually[0, 80](T1 <= 5))", "horizon of 60 s", "needs 90 s"),
        WrongText("always^[12, 18](T1 <= 5)", "no step ends", "every 10 s"),
        WrongText("always^[0, 0](T1 <= 5)", "no step ends"),
        WrongText("^3 <= 4", "no channel"),
        WrongText("T1 <= 50 and ^T1 - T1 <= 4", "no channel"),
        WrongText("T1 / ^0 <= 4", "division by zero"),
        WrongText("T1 / ^(2 - 2) <= 4", "division by zero"),
        WrongText("^abs(T1, T2) <= 4", "one argument"),
        WrongText("^min(T1) <= 4", "two or more"),
        WrongText("T1 <= ^1e999", "not a number"),
        WrongText("T1 <= steps(0: 4, ^0: 5)", "must rise"),
        WrongText("T1 <= steps(0: 4, 30: ^T2)", "made of numbers"),
        WrongText("T1 <= steps(0 ^4)", "expected ':'"),
        WrongText("", "expected a channel"),
    ])
func guardrailError(_ wrong: WrongText) {
    check(wrong, "guardrail") { _ = try Guardrail.parse(wrong.source).compile(context: Laboratory.context()) }
}

@Test(
    "An error of a goal points at the character",
    arguments: [
        WrongText("T1 = 45; ^T4 = 3", "unknown channel 'T4'"),
        WrongText("^always(T1 <= 3)", "found a condition"),
        WrongText("^46 <= T1 <= 44", "nothing lies between 46 and 44"),
        WrongText("^T1", "expected a goal, found a value"),
        WrongText("T1 = 45 + ^smooth(Q1)", "separate goals by ';'"),
        WrongText("^-2 * (T1 = 45)", "negative"),
        WrongText("^2 * T2 * (T1 = 45)", "plain number"),
        WrongText("^Q1 * (T1 = 45)", "plain number"),
        WrongText("(T1 = 45) - ^(T2 = 3)", "don't subtract"),
        WrongText("^T1 -> 45 at 300 s", "beyond the horizon of 60 s"),
        WrongText("^T1 = 45 at 2 s", "end of the first step"),
        WrongText("T1 = 45 at ^[12, 18]", "no step ends"),
        WrongText("T1 = 45 ^°F", "in °F"),
        WrongText("^45 = 45", "no channel"),
        WrongText("^steps(0: 3, 20: 4) = 45", "no channel"),
        WrongText("effort(^5)", "no channel"),
        WrongText("^efort(Q1)", "did you mean 'effort'?"),
        WrongText("^(T1 = 45 at 20) at 30", "one time"),
        WrongText("T1 = 45;^;", "found ';'"),
        WrongText("^44 <= T1 <= 46 and T2 = 3", "found a condition"),
    ])
func goalError(_ wrong: WrongText) {
    check(wrong, "goal") { _ = try Goal.parse(wrong.source).compile(context: Laboratory.context()) }
}

@Test("A disturbance is told from a channel that nobody knows, with what can be said in its place")
func disturbance() {
    var options = CompileOptions()
    options.disturbances = ["Tambient"]
    let known = "(T1, T2, flow in (l/min), raw, Q1, Q2)"
    let guardrail = WrongText("T1 - ^Tambient <= 20", "'Tambient' is a disturbance", known, "steps(0: 20, 300: 25)")
    check(guardrail, "guardrail") {
        _ = try Guardrail.parse(guardrail.source).compile(context: Laboratory.context(), options: options)
    }
    let goal = WrongText("T2 = 3; ^Tambient = 20", "'Tambient' is a disturbance", known)
    check(goal, "goal") { _ = try Goal.parse(goal.source).compile(context: Laboratory.context(), options: options) }
    check(WrongText("^Tamb <= 20", "unknown channel 'Tamb'"), "guardrail") {
        _ = try Guardrail.parse("Tamb <= 20").compile(context: Laboratory.context(), options: options)
    }
}

@Test("The caret stands under the line that is wrong when a text has several")
func caretInSeveralLines() {
    let error = #expect(throws: ForesightError.self) { try Guardrail.parse("T1 <= 5\n and T2 <= ,") }
    #expect(error?.description.hasSuffix("\n     and T2 <= ,\n               ^") == true, "\(error?.description ?? "")")
}

@Test("No text is deep or long enough to exhaust the stack")
func deepTexts() {
    for text in [
        String(repeating: "(", count: 15_000), String(repeating: "not ", count: 15_000) + "T1 <= 3",
        String(repeating: "-", count: 15_000) + "T1 <= 3", String(repeating: "T1 + ", count: 15_000) + "T1 <= 3",
        String(repeating: "T1 <= 3 and ", count: 15_000) + "T1 <= 3",
        String(repeating: "T1 <= 3 implies ", count: 15_000) + "T1 <= 3",
    ] {
        #expect(throws: ForesightError.self) { try Guardrail.parse(text) }
        #expect(throws: ForesightError.self) { try Goal.parse(text) }
    }
}

@Test("Texts with random mistakes are read or refused, never a crash")
func randomTexts() {
    var generator = SeededGenerator(seed: 11)
    func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
    let seeds = [
        "always[10, 0.5 min](abs(T2 - 40 °C) <= 1) and not (T1 > 40 implies Q1 < 3)",
        "T1 <= 40 until[0, 30 s] max(T2, 3) >= `flow in (l/min)` * 2", "2*(T1 -> 45 at 40 s) + 3e1 * effort(Q1)",
        "44 <= T1 <= 46 at [10, end]; smooth(Q1)/2; T2 = steps(0: 40, 30: 50)",
    ].map(Array.init)
    let pieces = Array("T12Q()[],;:<=>-+*/°%.`e ains") + ["≤", "é", "\n", "→"]
    var accepted = 0
    for _ in 0..<4000 {
        var text = seeds[pick(seeds.count)]
        for _ in 0...pick(3) {
            let place = pick(text.count)
            switch pick(3) {
            case 0: text.remove(at: place)
            case 1: text.insert(pieces[pick(pieces.count)], at: place)
            default: text[place] = pieces[pick(pieces.count)]
            }
        }
        let source = String(text)
        for run in [
            { _ = try Guardrail.parse(source).compile(context: Laboratory.context()) },
            { _ = try Goal.parse(source).compile(context: Laboratory.context()) },
        ] {
            do {
                try run()
                accepted += 1
            } catch is ForesightError {
            } catch { Issue.record("\(source): \(error)") }
        }
    }
    #expect(accepted > 100 && accepted < 4000)
}
