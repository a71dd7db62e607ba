import Objectives
import Testing

@Suite("What one instant asks of later ones in a loop") struct GuardrailTriggerTests {
    /// What is asked after each observation of T1 every 10 s, and whether it was new.
    private func asked(_ source: String, _ values: [Float]) throws -> [(sources: [String], isNew: Bool)] {
        var trigger = try #require(
            try GuardrailTrigger(
                Guardrail.parse(source), outputs: Laboratory.outputs, actions: Laboratory.actions, samplingTime: 10))
        return values.map {
            let isNew = trigger.observe(outputs: [$0, 20, 0, 0], actions: [0, 0])
            return (trigger.asked.map(\.source), isNew)
        }
    }

    @Test("is asked for by itself until its window ends, and windows that overlap are one")
    func windows() throws {
        let found = try asked(
            "always(T1 > 50 implies always[0, 30](T2 <= 40))", [60, 50, 60, 60, 40, 40, 40, 40, 60])
        let (first, longer) = ("always[20, 50](T2 <= 40)", "always[20, 60](T2 <= 40)")
        let last = "always[80, 110](T2 <= 40)"
        #expect(found.map(\.sources) == [[], [], [first], [longer], [longer], [longer], [], [], [last]])
        #expect(found.map(\.isNew) == [false, false, true, true, false, false, false, false, true])
    }

    @Test("counts while its own window lasts, also where windows lie apart, have no end, or no always is written")
    func ends() throws {
        let apart = try asked("always[0, 40](T1 > 50 implies always[20, 20](T2 <= 40))", [40, 60, 60, 40, 40, 60, 40])
        let (third, fourth) = ("always[30, 30](T2 <= 40)", "always[40, 40](T2 <= 40)")
        #expect(apart.map(\.sources) == [[], [third], [third, fourth], [fourth], [], [], []])
        let endless = try asked("T1 > 50 or T1 < 3 implies always(T2 <= 40)", [40, 60, 60, 1])
        #expect(endless.map(\.sources) == [[]] + [[String]](repeating: ["always[10, end](T2 <= 40)"], count: 3))
        #expect(endless.map(\.isNew) == [false, true, false, false])
    }

    @Test("What has to come about is asked for until it is observed or its window ends, of several the first to end")
    func comingAbout() throws {
        let found = try asked(
            "always(T1 > 50 implies eventually[0, 30](T1 <= 45))", [60, 60, 60, 48, 48, 44, 60, 40, 40])
        let (first, second) = ("eventually[10, 40](T1 <= 45)", "eventually[20, 50](T1 <= 45)")
        let last = "eventually[60, 90](T1 <= 45)"
        #expect(found.map(\.sources) == [[], [first], [first], [first], [second], [], [last], [], []])
        // A window that has passed for nothing is new, too: the plan that was to keep it has not.
        #expect(found.map(\.isNew) == [false, true, false, false, true, false, true, false, false])
        // What is to come about in the instant itself is met by it.
        #expect(
            try asked("always(T1 > 50 implies eventually[0, 20](T1 >= 55))", [60, 60, 52, 60]).map(\.sources)
                == [[], [], ["eventually[20, 40](T1 >= 55)"], []])
    }

    @Test("Windows that begin later are asked for one by one, those that begin with each sample as one in another")
    func later() throws {
        let found = try asked("always(T1 > 50 implies eventually[40, 60](T2 >= 30))", [40, 60, 60, 60, 40, 40])
        let expected = [
            [], ["eventually[50, 70](T2 >= 30)"], ["always[50, 60](eventually[0, 20](T2 >= 30))"],
            ["always[50, 70](eventually[0, 20](T2 >= 30))"],
            ["eventually[50, 70](T2 >= 30)", "always[60, 70](eventually[0, 20](T2 >= 30))"],
            ["eventually[50, 70](T2 >= 30)", "eventually[70, 90](T2 >= 30)"],
        ]
        #expect(found.map(\.sources) == expected)
        let apart = try asked("always(T1 > 50 implies eventually[40, 60](T2 >= 30))", [40, 60, 40, 60])
        #expect(apart.last?.sources == ["eventually[50, 70](T2 >= 30)", "eventually[70, 90](T2 >= 30)"])
        let endless = try asked("T1 <= 50 or eventually[20, end](T2 >= 30)", [40, 60, 60, 60, 40])
        let ends = [30, 40, 50, 30].map { ["eventually[\($0), end](T2 >= 30)"] }
        #expect(endless.map(\.sources) == [[]] + ends)
    }

    @Test(
        "Causes and effects are found through and, or, not and implies, and there need be no cause",
        arguments: [
            ("always(eventually[0, 20](T1 <= 45))", ["eventually[20, 40](T1 <= 45)"]),
            ("not eventually(T1 > 50 and eventually[0, 20](T2 > 40))", ["always[20, 40](not (T2 > 40))"]),
            ("always(T1 > 50 implies (T2 < 30 implies always[0, 20](T2 <= 40)))", ["always[20, 40](T2 <= 40)"]),
            ("always(T1 > 50 implies (T2 > 30 implies always[0, 20](T2 <= 40)))", []),
            (
                "always(T2 <= 30 and (T1 > 50 implies always[0, 20](T2 <= 40) and eventually[0, 30](T1 <= 45)))",
                ["always[20, 40](T2 <= 40)", "eventually[20, 50](T1 <= 45)"]
            ),
        ] as [(String, [String])])
    func forms(source: String, sources: [String]) throws {
        let guardrail = try Guardrail.parse(source)
        var trigger = try #require(
            try GuardrailTrigger(
                guardrail, outputs: Laboratory.outputs, actions: Laboratory.actions, samplingTime: 10))
        // The first is not judged, and the second asks for nothing that is left after the third.
        for value: Float in [40, 40, 60] { trigger.observe(outputs: [value, 20, 0, 0], actions: [0, 0]) }
        #expect(guardrail.hasTrigger && trigger.asked.map(\.source) == sources)
        #expect(trigger.held.map(\.source) == sources.filter { $0.hasPrefix("always") })
    }

    @Test("A cause that shows in what was measured asks, whatever else is missing")
    func partlyMissing() throws {
        for (cause, isAsked) in [("T1 > 50 or Q1 >= 5", true), ("T1 > 50 and Q1 >= 5", false)] {
            var trigger = try #require(
                try GuardrailTrigger(
                    Guardrail.parse("always((\(cause)) implies always[0, 30](T2 <= 40))"), outputs: Laboratory.outputs,
                    actions: Laboratory.actions, samplingTime: 10))
            for _ in 0..<2 { trigger.observe(outputs: [.nan, 20, 0, 0], actions: [10, 0]) }
            #expect(trigger.asked.isEmpty != isAsked, "\(cause)")
        }
    }

    @Test("A sample that is missing asks for nothing, and neither does one whose window is over with it")
    func nothing() throws {
        for (source, values) in [
            ("always(T1 > 50 implies always[0, 30](T2 <= 40))", [40, .nan, 40]),
            ("always(T1 > 50 implies always[0, 0](T2 <= 40))", [40, 60, 60]),
        ] as [(String, [Float])] {
            #expect(try asked(source, values).allSatisfy { $0.sources.isEmpty && !$0.isNew })
        }
    }

    @Test(
        "Conditions of another form are none of these",
        arguments: [
            "always(T1 > 50 implies T2 <= 40)", "always(T1 > 50 implies T2 <= 40 until[0, 30] T1 <= 45)",
            "T1 <= 50 and eventually[0, 30](T2 >= 40)", "eventually(T1 > 50 implies always[0, 30](T2 <= 40))",
            "always[0, 60](T1 <= 40) implies always(T2 <= 9)", "always(T1 <= 55)", "share(T1 <= 55) >= 50 %",
            "always(T1 > 50 implies always[0, 30](eventually[0, 20](T2 <= 40)))",
        ])
    func others(source: String) throws {
        #expect(try !Guardrail.parse(source).hasTrigger)
    }

    @Test("Plans do not warn of what a loop remembers")
    func warned() throws {
        let guardrail = try Guardrail.parse("always(T1 > 50 implies always[0, 20](T2 <= 40))")
        var options = CompileOptions(elapsed: 0)
        options.remembered = [guardrail]
        let warnings = try guardrail.compile(context: Laboratory.context(), options: options).warnings
        #expect(!warnings.contains { $0.message.contains("counts anew") })
    }
}
