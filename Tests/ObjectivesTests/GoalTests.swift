import Basics
import Foundation
import Objectives
import Testing

/// T1 has the scale 100, T2 50, actions 100; six steps of 10 s.
@Test(
    "Goals cost what a pencil gives",
    arguments: [
        ("T1 = 45", (225 + 25 + 25 + 49 + 36 + 25) / 6e4),
        ("T1 = 45 °C at end", 25 / 1e4),
        ("T1 -> 45", 25 / 1e4),
        ("T1 -> 45 at 40 s", 49 / 1e4),
        ("T1 = 45 at 43", 49 / 1e4),
        ("T1 = 45 at [20 s, 0.5 min]", 50 / 2e4),
        ("T1 = 45 at [35, end]", (49 + 36 + 25) / 3e4),
        ("45 = T1 at 40 s", 49 / 1e4),
        ("44 <= T1 <= 51", (196 + 16 + 0 + 1 + 0 + 0) / 6e4),
        ("T1 >= 44", (196 + 16) / 6e4),
        ("T1 < 51 at [30, 50]", 1 / 3e4),
        ("effort(Q1)", (100 + 400 + 900 + 900 + 400 + 100) / 6e4),
        ("smooth(Q1)", (25 + 100 + 100 + 0 + 100 + 100) / 6e4),
        ("minimize(Q1)", (10 + 20 + 30 + 30 + 20 + 10) / 6e2),
        ("maximize(Q1 + Q2)", -(10 + 20 + 30 + 30 + 20 + 10) / 6e2),
        ("2 * (T1 -> 45); 0.5 * (T2 -> 5)", 50 / 1e4 + 12.5 / 2500),
        ("2 * (T1 -> 45) + (T2 -> 5) / 2", 50 / 1e4 + 12.5 / 2500),
        ("2 * ((T1 -> 45) + (T1 -> 40) * 3);", (50 + 600) / 1e4),
        ("T1 = steps(0: 40, 30 s: 52)", (100 + 0 + 4 + 0 + 1 + 4) / 6e4),
        ("T1 = ramp(0: 20, 60: 50)", (25 + 100 + 225 + 144 + 36 + 0) / 6e4),
        ("T1 = [30, 41, 50 °C]", (0 + 1 + 0 + 4 + 1 + 0) / 6e4),
        ("T1 - T2 = 45", (225 + 25 + 25 + 49 + 36 + 25) / 6e4),
        ("rate(T1) = 60 °C/min at 20", 0),
        ("rate(Q1) = 0.5 at 10", 0),
    ] as [(String, Double)])
func costs(source: String, expected: Double) throws {
    let context = Laboratory.context(initial: [20, 0, 0, 0], previous: [5, 0])
    let columns: [String: [Float]] = [
        "T1": [30, 40, 50, 52, 51, 50], "Q1": [10, 20, 30, 30, 20, 10],
    ]
    #expect(abs(Double(try Laboratory.cost(source, columns, context: context)) - expected) < 1e-7)
}

@Test("Terms are told apart, and sum to the cost")
func termCosts() throws {
    let goal = try Goal.parse("T1 = 45 °C; T2 = 35; 0.1*smooth(Q1)").compile(context: Laboratory.context())
    var generator = SeededGenerator(seed: 1)
    let batch = Laboratory.randomBatch(candidates: 3, horizon: 6, using: &generator)
    #expect(goal.terms.map(\.text) == ["T1 = 45 °C", "T2 = 35", "smooth(Q1)"])
    #expect(goal.terms.map(\.weight) == [1, 1, 0.1])
    for candidate in 0..<3 {
        let parts = goal.termCosts(of: batch, candidate: candidate)
        #expect(abs(parts.reduce(0, +) - goal.cost(of: batch)[candidate]) < 1e-6)
    }
}

@Test("Scales given at compile time replace those of the limits")
func scales() throws {
    let scales = ChannelScales(outputs: [10, 1, 1, 1], actions: [1, 1])
    let cost = try Laboratory.cost("T1 -> 45", ["T1": [0, 0, 0, 0, 0, 50]], options: CompileOptions(scales: scales))
    #expect(abs(cost - 0.25) < 1e-6)
}

@Test("In a loop, times of goals and references count from when the task was set")
func elapsedGoals() throws {
    let batch = Laboratory.trajectory(["T1": [30, 40, 50, 52, 51, 50]])
    func compile(_ source: String, _ elapsed: Double?) throws -> CompiledObjective {
        try Goal.parse(source).compile(context: Laboratory.context(), options: CompileOptions(elapsed: elapsed))
    }
    let target = try compile("T1 -> 45 at 340 s", 300)
    #expect(abs(target.cost(of: batch)[0] - 49 / 1e4) < 1e-7)
    #expect(try compile("T1 -> 45 at 340 s", 0).warnings.map(\.kind) == [.notJudged])
    #expect(try compile("T1 -> 45 at 340 s", 340).warnings.map(\.kind) == [.notJudged])
    // A window between two steps: those around it count.
    #expect(abs(try compile("T1 = 45 at [331, 333]", 300).cost(of: batch)[0] - (25 + 49) / 2e4) < 1e-7)
    #expect(try compile("T1 = 45 at [50, 100]", nil).warnings.map(\.kind) == [.windowClipped])
    let steps = try compile("T1 = steps(0: 0, 330: 50) at [30, end]", 300)
    #expect(abs(steps.cost(of: batch)[0] - (900 + 1600 + 0 + 4 + 1) / 6e4) < 1e-7)
    let named = try Goal.parse("T1 = recipe").compile(
        context: Laboratory.context(),
        options: CompileOptions(references: [
            "recipe": ReferenceSeries(times: [0, 60], values: [30, 60], interpolation: .ramp)
        ]))
    #expect(abs(named.cost(of: batch)[0] - (25 + 0 + 25 + 4 + 16 + 100) / 6e4) < 1e-7)
}

@Test("A goal outside the recorded range gives a warning with the range")
func recordedRange() throws {
    let options = CompileOptions(recordedRanges: ["T1": 20.25...61.5, "T2": 20...40, "Q1": 0...80])
    func warnings(_ source: String) throws -> [ObjectiveWarning] {
        try Goal.parse(source).compile(context: Laboratory.context(), options: options).warnings
    }
    let high = try warnings("T1 = 80 °C")
    #expect(high.map(\.kind) == [.outsideRecordedRange])
    #expect(high[0].message.contains("80 °C") && high[0].message.contains("20.25 to 61.5 °C"), "\(high)")
    #expect(try warnings("T1 = 45; T1 -> 61.5; 44 <= T1 <= 90; rate(T1) = 99; `raw` = 1000").isEmpty)
    for source in ["15 = T1", "T1 = steps(0: 30, 20: 70)", "T1 - T2 = 50", "62 <= T1 <= 70", "T1 <= 10", "Q1 = 90"] {
        #expect(try warnings(source).map(\.kind) == [.outsideRecordedRange], "\(source)")
    }
    // A reference that leaves the range only after the horizon, or before the goal counts, is no reason to worry.
    #expect(try warnings("T1 = steps(0: 30, 70: 70)").isEmpty)
    #expect(try warnings("T1 = steps(0: 90, 30: 50) at [30, end]").isEmpty)
}

@Test("Goals and guardrails compose, and travel as their source")
func composition() throws {
    let goal = try Goal.parse("T1 = 45; smooth(Q1)").weighted(by: 0.5).adding(try Goal.parse("T2 -> 30"))
    let written = try Goal.parse("0.5 * (T1 = 45); 0.5 * smooth(Q1); T2 -> 30")
    var generator = SeededGenerator(seed: 2)
    let batch = Laboratory.randomBatch(candidates: 5, horizon: 6, using: &generator)
    let context = Laboratory.context()
    #expect(try goal.compile(context: context).cost(of: batch) == written.compile(context: context).cost(of: batch))
    #expect(throws: ForesightError.self) { try goal.weighted(by: -1) }
    let coded = try JSONDecoder().decode([Goal].self, from: try JSONEncoder().encode([goal]))
    #expect(coded == [goal])
    let guardrail = try Guardrail.parse("always(`flow in (l/min)` <= 3 l/min)")
    let data = try JSONEncoder().encode([guardrail])
    #expect(String(decoding: data, as: UTF8.self).contains("always(`flow in"))
    #expect(try JSONDecoder().decode([Guardrail].self, from: data) == [guardrail])
    #expect(throws: ForesightError.self) {
        try JSONDecoder().decode([Guardrail].self, from: Data(#"["T1 <="]"#.utf8))
    }
}

@Test("Every form in the help tables can be read")
func grammarTables() throws {
    for form in ObjectiveGrammar.goals where form.form != "goal; goal" && form.form != "2 * (goal)" {
        for source in form.form.contains("minimize") ? ["minimize(Q1 + Q2)", "maximize(T1)"] : [form.form] {
            _ = try Goal.parse(source).compile(context: Laboratory.context(horizon: 40))
        }
    }
    for form in ObjectiveGrammar.guardrails where !form.form.contains("c") || form.form.contains("T1") {
        _ = try Guardrail.parse(form.form.split(separator: ", ")[0].description)
    }
    let table = ObjectiveGrammar.table(ObjectiveGrammar.goals)
    #expect(table.split(separator: "\n").count == ObjectiveGrammar.goals.count)
}
