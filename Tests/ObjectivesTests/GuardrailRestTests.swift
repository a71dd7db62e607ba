import Objectives
import Testing

@Suite("What is left of a guardrail in a loop") struct GuardrailRestTests {
    /// What is left after each observation of T1 every 10 s, with T2 at 20 °C, and what is known then.
    private func rests(_ source: String, _ values: [Float]) throws -> [(String, GuardrailMonitor.Reading.Verdict)] {
        var rest = try GuardrailRest(
            Guardrail.parse(source), outputs: Laboratory.outputs, actions: Laboratory.actions, samplingTime: 10)
        return values.map {
            let verdict = rest.observe(outputs: [$0, 20, 0, 0], actions: [0, 0])
            return (rest.guardrail.source, verdict)
        }
    }

    @Test("Of two ways the one that is lost is none any more, and one that is gone to its end is enough")
    func ways() throws {
        let source = "always[0, 60](T1 <= 40) or always[40, 80](T1 >= 50)"
        // Lost at 20 s, however the rest of its window goes.
        let lost = try rests(source, [90, 30, 41, 30, 55, 55, 55, 55, 55])
        #expect(lost.map(\.0) == [source, source] + [String](repeating: "always[40, 80](T1 >= 50)", count: 7))
        #expect(lost.map(\.1) == [.open, .open, .open, .open, .open, .open, .open, .open, .holds])
        let gone = try rests(source, [90, 30, 30, 30, 30, 30, 30])
        #expect(gone.last?.1 == .holds)
        // The second way was lost meanwhile.
        #expect(gone[4].0 == "always[0, 60](T1 <= 40)")
        let neither = try rests(source, [90, 30, 41, 30, 30])
        #expect(neither.map(\.1) == [.open, .open, .open, .open, .violated])
        #expect(neither.last?.0 == "always[40, 80](T1 >= 50)", "it is still asked for")
    }

    @Test("A sample that is missing loses no way")
    func missing() throws {
        let source = "always[0, 60](T1 <= 40) or always[300, 400](T1 >= 50)"
        #expect(try rests(source, [30, 30, .nan, 30]).allSatisfy { $0.0 == source && $0.1 == .open })
    }

    @Test("A way is lost by what was measured, also after a sample that is missing")
    func lostAfterMissing() throws {
        let source = "always[0, 60](T1 <= 40) or always[300, 400](T1 >= 50)"
        let found = try rests(source, [30, 30, .nan, 90, 30])
        let left = "always[300, 400](T1 >= 50)"
        #expect(found.map(\.0) == [source, source, source, left, left])
        // Nobody knows whether a way was gone to its end.
        let unknown = try rests("always[0, 20](T1 <= 40) or always[30, 40](T1 >= 50)", [30, .nan, 30, 30])
        #expect(unknown.map(\.1) == [.open, .open, .open, .open])
    }

    @Test("What has begun to last before its window ended is asked for after that, too, from its first instant on")
    func lasting() throws {
        let source = "eventually[0, 40](always[0, 30](T1 >= 50))"
        let begun = try rests(source, [0, 30, 52, 52, 52, 52])
        let left = "always[20, 50](T1 >= 50)"
        #expect(begun.map(\.0) == [source, source, source, source, left, left])
        #expect(begun.map(\.1) == [.open, .open, .open, .open, .open, .holds])
        let again = try rests(source, [0, 52, 52, 30, 52, 52, 30])
        #expect(again.suffix(3).map(\.0) == [String](repeating: "always[40, 70](T1 >= 50)", count: 3))
        #expect(again.map(\.1) == [.open, .open, .open, .open, .open, .open, .violated])
        let never = try rests(source, [0, 52, 52, 30, 30, 52])
        #expect(never.map(\.0) == [String](repeating: source, count: 6) && never.last?.1 == .violated)
        // What was not measured has not held while there was time to begin anew, and is no reason to let go later.
        let missing = try rests(source, [0, 52, .nan, 52, 52, .nan, 52])
        #expect(missing.suffix(3).map(\.0) == [String](repeating: "always[30, 60](T1 >= 50)", count: 3))
    }

    @Test(
        "It is found behind not and without an end, and where it begins later than its instant",
        arguments: [
            ("eventually[0, 20](always(T1 >= 50))", "always[10, end](T1 >= 50)"),
            ("not always[0, 20](eventually[0, 30](T1 < 50))", "always[10, 40](not (T1 < 50))"),
            ("eventually[10, 20](always[20, 30](T1 >= 50))", "always[30, 40](T1 >= 50)"),
            ("eventually[0, 20](always[0, 30](T1 >= 50)) or always[0, 60](T1 >= 90)", "always[10, 40](T1 >= 50)"),
            ("eventually(always[0, 30](T1 >= 50))", "eventually(always[0, 30](T1 >= 50))"),
        ])
    func lastingForms(source: String, left: String) throws {
        #expect(try rests(source, [0, 52, 52]).last?.0 == left)
    }

    @Test(
        "What not, implies and brackets make of ways is read as in words",
        arguments: [
            (
                "always[0, 20](T1 <= 40) implies eventually[0, 60](T1 >= 50)", [90, 30, 30],
                "eventually[0, 60](T1 >= 50)"
            ),
            (
                "not (always[0, 20](T1 <= 40) and always[0, 60](T1 <= 60))", [90, 30, 30],
                "not (always[0, 60](T1 <= 60))"
            ),
            (
                "always[0, 20](T1 <= 40) and always[0, 60](T2 <= 30) or always(T1 >= 10)", [90, 30, 30],
                "always[0, 60](T2 <= 30) or always(T1 >= 10)"
            ),
            (
                "always[0, 60](T1 <= 40) and always[0, 60](T2 <= 30) or always(T1 >= 10) or eventually(T1 >= 95)",
                [90, 30, 50], "always(T1 >= 10) or eventually(T1 >= 95)"
            ),
            // Of one window there are no parts, and of instants outside of windows neither.
            ("always[0, 60](T1 <= 40 or T2 >= 50)", [90, 30, 50], "always[0, 60](T1 <= 40 or T2 >= 50)"),
            ("T1 <= 40 or always[0, 60](T2 <= 10)", [90, 30, 50], "T1 <= 40 or always[0, 60](T2 <= 10)"),
        ] as [(String, [Float], String)])
    func words(source: String, values: [Float], left: String) throws {
        #expect(try rests(source, values).last?.0 == left)
        let isMade = ["always[0, 60](T1 <= 40 or T2 >= 50)", "T1 <= 40 or always[0, 60](T2 <= 10)"].contains(source)
        #expect(try Guardrail.parse(source).hasWays == !isMade)
    }
}
