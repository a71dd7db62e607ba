import Basics
import Objectives
import Testing

/// A random formula, compiled, that is judged at the root over the whole of its windows.
func randomGuardrail(
    using generator: inout SeededGenerator, horizon: Int
) throws -> (formula: ReferenceFormula, guardrail: CompiledGuardrail) {
    while true {
        let formula = randomRoot(using: &generator, horizon: horizon)
        do {
            let context = ReferenceTrajectory.context(horizon: horizon)
            return (formula, try Guardrail.parse(formula.source).compile(context: context))
        } catch let error as ForesightError where error.message.contains("holds no channel") {
            // Such as a - a <= 1.
        }
    }
}

private func randomRoot(using generator: inout SeededGenerator, horizon: Int) -> ReferenceFormula {
    let span = 3 + Int(generator.next() % 4)
    let inner = ReferenceFormula.random(depth: 3, reach: horizon - span, using: &generator)
    let start = Int(generator.next() % UInt64(span))
    switch generator.next() % 4 {
    case 0: return .eventually(start, span, inner)
    case 1:
        let other = ReferenceFormula.random(depth: 2, reach: horizon - span, using: &generator)
        return .until(start, span, inner, other)
    case 2:
        let other = ReferenceFormula.random(depth: 2, reach: horizon - span, using: &generator)
        return .not(.until(start, span, inner, other))
    default: return .always(start, span, inner)
    }
}

@Test("Margins of random formulas equal those of a second implementation", arguments: 0..<6)
func randomMargins(seed: Int) throws {
    var generator = SeededGenerator(seed: 100 + UInt64(seed))
    let horizon = 12
    let context = ReferenceTrajectory.context(horizon: horizon)
    var workspace = ObjectiveWorkspace()
    var (margins, positive) = ([Float](), 0)
    for _ in 0..<40 {
        let (formula, guardrail) = try randomGuardrail(using: &generator, horizon: horizon)
        #expect(guardrail.warnings.filter { $0.kind != .violatedAtStart }.isEmpty, "\(formula.source)")
        // 19 candidates: one whole block of lanes and part of another.
        let batch = ReferenceTrajectory.batch(candidates: 19, horizon: horizon, using: &generator)
        guardrail.margins(of: batch, into: &margins, using: &workspace)
        let normalised = guardrail.margins(of: batch, in: .normalised)
        for candidate in 0..<batch.candidates {
            let expected = formula.robustness(ReferenceTrajectory(batch, context, candidate: candidate), 0)
            let error = abs(Double(margins[candidate]) - expected.physical)
            #expect(error <= 1e-4 * max(1, abs(expected.physical)), "seed \(seed), \(formula.source)")
            let normalisedError = abs(Double(normalised[candidate]) - expected.comparable)
            #expect(normalisedError <= 1e-4 * max(1, abs(expected.comparable)), "seed \(seed), \(formula.source)")
            positive += expected.comparable > 0 ? 1 : 0
        }
    }
    #expect(positive > 100, "formulas that never hold test little")
}

@Test("A candidate's margin doesn't depend on the others of its batch")
func batchSize() throws {
    var generator = SeededGenerator(seed: 5)
    let context = ReferenceTrajectory.context(horizon: 12)
    let batch = ReferenceTrajectory.batch(candidates: 37, horizon: 12, using: &generator)
    for _ in 0..<20 {
        let guardrail = try randomGuardrail(using: &generator, horizon: 12).guardrail
        let goal = try Goal.parse("a = 1; 0.3 * smooth(u); -1 <= rate(b) <= 1").compile(context: context)
        let (margins, costs) = (guardrail.margins(of: batch), goal.cost(of: batch))
        for candidate in [0, 15, 16, 36] {
            let single = batch.extracting(candidate)
            #expect(guardrail.margins(of: single)[0] == margins[candidate])
            #expect(goal.cost(of: single)[0] == costs[candidate])
        }
    }
}

@Test(
    "Textbook cases of the operators",
    arguments: [
        // T1 over samples 1…6 with a step of 10 s, and the margin that a pencil gives.
        ("always(T1 <= 55)", [30, 40, 50, 52, 51, 50], 3),
        ("T1 <= 55", [30, 40, 50, 52, 51, 50], 3),
        ("20 <= T1 <= 55", [30, 21, 50, 52, 51, 50], 1),
        ("T1 < 55 and T1 > 20", [30, 21, 50, 52, 51, 50], 1),
        ("always[20, 40](T1 <= 45)", [90, 40, 44, 43, 90, 90], 1),
        ("always[15 s, 0.75 min](T1 <= 45)", [90, 40, 44, 43, 90, 90], 1),
        ("always[40, end](T1 <= 45)", [90, 90, 90, 40, 41, 42], 3),
        ("eventually[0, 60](T1 >= 50)", [30, 40, 52, 51, 40, 30], 2),
        ("eventually(T1 >= 50)", [30, 40, 42, 41, 40, 30], -8),
        ("always(eventually[0, 20](T1 >= 50))", [50, 30, 30, 53, 30, 52], 2 - 2),
        ("eventually(always[0, 20](T1 >= 50))", [50, 30, 51, 53, 52, 30], 1),
        ("not (T1 > 40)", [30, 35, 20, 39, 20, 20], 1),
        ("not always(T1 <= 40)", [30, 35, 44, 39, 20, 20], 4),
        ("not eventually(T1 > 40)", [30, 35, 44, 39, 20, 20], -4),
        // φ until ψ: ψ comes at sample 4 (margin 2); before it, φ's least margin is 5.
        ("T1 <= 45 until[0, 60] T1 >= 50", [30, 35, 40, 52, 20, 20], 2),
        // φ need not hold when ψ comes, …
        ("T1 <= 45 until[0, 60] T1 >= 50", [30, 35, 44, 60, 90, 90], 1),
        // … but must at every sample before: here it fails by 3 before ψ can come.
        ("T1 <= 45 until[0, 60] T1 >= 50", [30, 48, 40, 52, 20, 20], -2),
        // ψ comes too early for the window and not in it.
        ("T1 <= 45 until[30, 60] T1 >= 50", [52, 30, 30, 30, 30, 30], -20),
        // ψ at once: φ is not asked.
        ("T1 <= 45 until[0, 60] T1 >= 50", [53, 99, 99, 99, 99, 99], 3),
        ("not (T1 <= 45 until[0, 60] T1 >= 50)", [30, 48, 40, 52, 20, 20], 2),
        ("T1 >= 40 implies T1 >= 50", [30, 38, 55, 52, 51, 20], 1),
        ("always(T1 >= 50 implies eventually[0, 20](T1 <= 40))", [30, 52, 45, 38, 20, 20], 2),
        ("rate(T1) <= 2", [25, 40, 50, 52, 51, 50], 0.5),
        ("abs(rate(T1)) <= 2 °C/s", [25, 40, 50, 52, 51, 33], 0.2),
        ("rate(T1) <= 120 °C/min", [25, 40, 50, 52, 51, 50], 30),
        ("T1 <= steps(0: 40, 30: 60)", [30, 39, 59, 58, 51, 50], 1),
        ("T1 <= ramp(0: 20, 1 min: 80)", [25, 36, 40, 40, 40, 40], 4),
        ("T1 <= [31, 42, 53]", [30, 40, 50, 52, 51, 50], 1),
        ("(T1 + 2 * T1) / 3 <= 55", [30, 40, 50, 52, 51, 50], 3),
        ("T1 * T1 <= 55 °C * 55 °C", [30, 40, 50, 54, 51, 50], 109),
        ("T1 - T1 + T1 <= 55", [30, 40, 50, 52, 51, 50], 3),
        ("T1 <= 55 or T1 >= 80 and T1 >= 1000", [30, 40, 50, 52, 51, 50], 3),
    ] as [(String, [Float], Float)])
func textbook(source: String, values: [Float], expected: Float) throws {
    #expect(abs(try Laboratory.margin(source, ["T1": values]) - expected) < 1e-3)
}

@Test("The rate of an action starts from the action in force, that of an output from the value now")
func firstRates() throws {
    let context = Laboratory.context(initial: [20, 20, 0, 0], previous: [50, 0])
    let steady = [Float](repeating: 60, count: 6)
    #expect(abs(try Laboratory.margin("rate(Q1) <= 90 %/min", ["Q1": steady], context: context) - 30) < 1e-3)
    #expect(abs(try Laboratory.margin("rate(T1) <= 5", ["T1": steady], context: context) - 1) < 1e-3)
}

@Test(
    "A window beyond the horizon is judged inside only, and says so",
    arguments: [
        ("always[20, 90](T1 <= 55)", "judged up to 60 s only", [90, 50, 51, 52, 53, 54], 1),
        ("eventually[20, 90](T1 >= 55)", "must come true by 60 s", [90, 50, 51, 52, 53, 54], -1),
        ("eventually(always[20, 40](T1 <= 40))", "must come true by 20 s", [50, 50, 50, 50, 50, 50], -10),
        // What has to last is not shown by the last step, nor is what has to last until something comes.
        ("eventually[0, 60](always[0, 30](T1 >= 50))", "must come true by 30 s", [40, 40, 40, 40, 40, 90], -10),
        ("eventually[0, 60](not eventually[0, 30](T1 < 50))", "must come true by 30 s", [40, 40, 40, 40, 40, 90], -10),
        ("T1 >= 30 until[0, 60] always[0, 20](T1 >= 50)", "must come true by 40 s", [40, 40, 40, 40, 40, 90], -10),
        // Of what has no end the horizon is all there is.
        ("eventually[0, 90](always(T1 >= 50))", "must come true by 60 s", [40, 40, 40, 40, 40, 90], 40),
        ("T1 <= 60 until[20, 90] T1 >= 55", "must come true by 60 s", [50, 50, 51, 52, 53, 54], -1),
        (
            "always(T1 >= 50 implies eventually[0, 20](T1 <= 40))", "judged up to 40 s only", [30, 30, 30, 30, 55, 55],
            20
        ),
    ] as [(String, String, [Float], Float)])
func clippedWindows(source: String, words: String, values: [Float], expected: Float) throws {
    let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
    #expect(guardrail.warnings.map(\.kind) == [.windowClipped])
    #expect(guardrail.warnings.first?.message.contains(words) == true, "\(guardrail.warnings)")
    #expect(guardrail.margins(of: Laboratory.trajectory(["T1": values]))[0] == expected)
}

@Test("In a loop, windows and references count from when the task was set")
func elapsedTime() throws {
    func compile(_ source: String, _ elapsed: Double) throws -> CompiledGuardrail {
        try Guardrail.parse(source).compile(
            context: Laboratory.context(), options: CompileOptions(elapsed: elapsed))
    }
    let batch = Laboratory.trajectory(["T1": [50, 51, 52, 53, 54, 55]])
    let later = try compile("always[100, 200](T1 <= 40)", 0)
    #expect(later.isVacuous && later.warnings.map(\.kind) == [.notJudged] && later.margins(of: batch) == [.infinity])
    // 70 s later the window begins at sample 3.
    #expect(try compile("always[100, 120](T1 <= 60)", 70).margins(of: batch) == [6])
    let past = try compile("always[0, 50](T1 <= 40)", 70)
    #expect(past.isVacuous && past.warnings.map(\.kind) == [.notJudged])
    #expect(try compile("T1 <= steps(0: 10, 100: 60)", 95).margins(of: batch) == [5])
    #expect(try compile("T1 <= steps(0: 60, 150: 50)", 95).margins(of: batch) == [-5])
    // Between two steps: those around it count, as long as it is not past. From now on it would be a mistake.
    #expect(try compile("always[62, 64](T1 <= 53.5)", 30).margins(of: batch) == [0.5])
    #expect(throws: ForesightError.self) { try compile("always[62, 64](T1 <= 53.5)", 0) }
    for elapsed in [60, 61, 63.9] {
        #expect(try compile("always[62, 64](T1 <= 53.5)", elapsed).margins(of: batch) == [3.5])
    }
    #expect(try compile("always[62, 64](T1 <= 53.5)", 64).isVacuous)
    // A loop that decides within a step is held to a window until it ends: the end of the first step counts for what is left of it.
    #expect(try compile("always[0, 60](T1 <= 48)", 51).margins(of: batch) == [-2])
    #expect(try compile("always[0, 60](T1 <= 48)", 60).isVacuous && compile("always[0, 64](T1 <= 48)", 60).isVacuous)
    #expect(try compile("eventually[0, 60](T1 >= 52)", 51).margins(of: batch) == [-2])
}

@Test(
    "Plans of a loop say where they know nothing of what earlier instants asked of later ones",
    arguments: [
        ("always(T1 > 50 implies eventually[0, 20](T1 <= 40))", true),
        ("always[0, 60](T1 > 50 implies eventually[0, 20](T1 <= 40))", true),
        ("always(T1 > 50 implies always[0, 20](T2 <= 40))", true),
        ("not eventually(T1 > 50 and eventually[0, 20](T2 > 40))", true),
        ("T1 <= 40 or eventually[0, 20](T2 >= 9)", true),
        ("always[0, 20](T1 <= 40) until[0, 60] T2 >= 9", true), ("T1 <= 40 until[0, 60] T2 >= 9", false),
        ("always(T1 <= 55) or eventually[0, 60](T2 >= 9)", false), ("always(T1 > 50 implies T2 <= 40)", false),
        ("eventually[0, 60](always[0, 20](T1 >= 50))", false), ("share(T1 <= 55) >= 50 %", false),
    ])
func countingAnew(source: String, isSaid: Bool) throws {
    func warnings(_ elapsed: Double?) throws -> [ObjectiveWarning] {
        let options = CompileOptions(elapsed: elapsed)
        return try Guardrail.parse(source).compile(context: Laboratory.context(), options: options).warnings
    }
    #expect(try warnings(0).contains { $0.kind == .notJudged && $0.message.contains("counts anew") } == isSaid)
    #expect(try !warnings(nil).contains { $0.message.contains("counts anew") })
}

@Test(
    "A limit asks the same of every instant and nothing to come about, or is what a loop owes of a window",
    arguments: [
        ("always(T1 <= 55)", true), ("T1 <= 55 and not (T2 > 40)", true), ("T1 <= 55 or T2 <= 40", true),
        ("always(T1 > 50 implies always[0, 20](T2 <= 40))", true),
        ("not eventually(T1 > 50 and eventually[0, 20](T2 > 40))", true),
        ("always(T1 > 50 implies eventually[0, 20](T2 <= 40))", false), ("eventually(T1 <= 55)", false),
        ("always[0, 40](T1 <= 55)", false), ("always[20, end](T1 <= 55)", false),
        ("T1 <= 55 until[0, 20] T2 >= 9", false),
    ])
func whatIsALimit(source: String, isLimit: Bool) throws {
    let guardrail = try Guardrail.parse(source)
    var options = CompileOptions()
    #expect(try guardrail.compile(context: Laboratory.context(), options: options).isLimit == isLimit)
    options.owed = [guardrail]
    #expect(try guardrail.compile(context: Laboratory.context(), options: options).isLimit)
}

@Test(
    "What all has to hold is found behind and, or, not and implies",
    arguments: [
        ("T1 <= 55 and T2 <= 40 and Q1 <= 9", ["T1 <= 55", "T2 <= 40", "Q1 <= 9"]),
        ("not (T1 > 55 or eventually[0, 20](T2 > 40))", ["not (T1 > 55)", "not (eventually[0, 20](T2 > 40))"]),
        ("not (T1 >= 9 implies T2 > 40)", ["T1 >= 9", "not (T2 > 40)"]),
        ("not not (T1 <= 55 and not (T2 > 40))", ["T1 <= 55", "not (T2 > 40)"]),
        ("not (T1 > 55 and T2 > 40)", ["not (T1 > 55 and T2 > 40)"]),
        ("T1 <= 55 or T2 <= 40", ["T1 <= 55 or T2 <= 40"]),
    ])
func whatAllHasToHold(source: String, parts: [String]) throws {
    #expect(try Guardrail.parse(source).conjuncts.map(\.source) == parts)
}

@Test(
    "Where a step is several decisions, rates of actions that no projection keeps are judged at each of them",
    arguments: [
        // 0 to 20 % in the first of four decisions are 8 %/s, and 2 %/s over the step of 10 s.
        ("rate(Q1) <= 2 or rate(Q2) <= 2", 0, -6), ("rate(Q1) + rate(Q2) <= 9", 4, -11),
        ("always[0, 30](rate(Q1) <= 2)", 0, -6), ("rate(Q1) >= 0.5 implies rate(Q1) <= 2", 0, -6),
        ("rate(Q1) <= 0 or rate(Q1) >= 1", 0, 0), ("rate(Q1) <= 0.5 or rate(Q1) >= 3", -1, 0.5),
        ("eventually[0, 60](rate(Q1) >= 1)", 1, 7), ("rate(Q2) <= 3 until[0, 60] rate(Q1) >= 1", 1, 7),
        // These are kept from decision to decision, or nobody knows what is between.
        ("rate(Q1) <= 2", 0, 0), ("always[0, 60](abs(rate(Q1)) <= 2) and rate(Q2) <= 4", 0, 0),
        ("rate(T1) <= 2 or rate(T1) >= 900", 0, 0),
    ] as [(String, Float, Float)])
func ratesOfDecisions(source: String, whole: Float, paced: Float) throws {
    let columns: [String: [Float]] = [
        "Q1": [Float](repeating: 20, count: 6), "Q2": [Float](repeating: 30, count: 6),
        "T1": [Float](repeating: 40, count: 6),
    ]
    func margin(_ interval: Double?) throws -> Float {
        var options = CompileOptions(elapsed: 0)
        options.interval = interval
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context(), options: options)
        return guardrail.margins(of: Laboratory.trajectory(columns))[0]
    }
    #expect(try abs(margin(nil) - whole) < 1e-4)
    #expect(try abs(margin(10) - whole) < 1e-4, "a decision a step")
    #expect(try abs(margin(2.5) - paced) < 1e-4)
}

@Test("What has to hold until something comes is judged from the start, also before its window is in view")
func untilBeyondTheHorizon() throws {
    func margin(_ source: String, _ elapsed: Double) throws -> Float {
        let options = CompileOptions(elapsed: elapsed)
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context(), options: options)
        return guardrail.margins(of: Laboratory.trajectory(["T1": [50, 51, 52, 53, 54, 55]]))[0]
    }
    let source = "T1 <= 53 until[100, 200] T2 >= 50"
    #expect(try margin(source, 0) == -2)
    // From 30 s on the window begins at the seventh sample, one after the last, and from 40 s on within the horizon.
    #expect(try margin(source, 30) == -2)
    #expect(try margin(source, 40) == -50)
    // Of what lasts 20 s, samples are judged from which that lies within the horizon.
    #expect(try margin("eventually[0, 20](T1 >= 60) until[100, 200] T2 >= 50", 0) == -8)
    // As one of several ways it says nothing yet: what is known decides.
    #expect(try margin("T1 <= 53 until[100, 200] T2 >= 50 or always[0, 60](T1 <= 58)", 0) == 3)
    #expect(try margin("(T1 <= 56 until[100, 200] T2 >= 50) or always[0, 60](T1 <= 54)", 0) == -1)
    // Long past, it asks for nothing.
    #expect(try margin(source, 300) == .infinity)
}

@Test("What is not a number is never safe")
func notANumber() throws {
    let context = Laboratory.context()
    var values: [Float] = [30, 31, .nan, 33, 34, 35]
    for source in ["T1 <= 55", "min(T1, T2) <= 55", "T1 <= 55 or T2 <= 55", "not (T1 > 90 and T2 > 50)"] {
        #expect(try Laboratory.margin(source, ["T1": values]) == -.infinity, "\(source)")
    }
    #expect(try Laboratory.margin("T2 <= 55", ["T1": values]) == 55, "a channel that isn't asked for doesn't matter")
    #expect(try Laboratory.cost("T1 = 45", ["T1": values]) == .infinity)
    values[2] = .infinity
    #expect(try Laboratory.margin("T1 >= 5", ["T1": values]) == -.infinity)
    #expect(try Laboratory.margin("T1 / T2 <= 5 or T1 <= 90", ["T1": [1, 1, 1, 1, 1, 1]]) == -.infinity)
    #expect(throws: ForesightError.self) {
        let start = Laboratory.context(initial: [.nan, 0, 0, 0])
        return try Guardrail.parse("rate(T1) <= 3").compile(context: start)
    }
    let novelty = try Guardrail.inDistribution().compile(context: context)
    #expect(novelty.margins(of: Laboratory.trajectory([:])) == [-.infinity], "no score, no promise")
    var known = TrajectoryBatch(candidates: 1, horizon: 6, actionCount: 2, outputCount: 4, hasNovelty: true)
    known.novelty = [0.1, 0.2, 0.75, 0.3, 0.2, 0.1]
    #expect(novelty.margins(of: known) == [0.25])
}

@Test("A window that ends at the horizon, of what lasts as long, is refused or judged, and reads nothing beyond")
func untilAtTheHorizon() throws {
    let columns: [String: [Float]] = ["T1": [30, 30, 30, 30, 30], "T2": [20, 20, 20, 20, 20]]
    for (source, horizon) in [
        ("always[50, 60](T1 <= 40) until[0, 10] (T2 >= 10)", 5),
        ("always[10, 10](T1 <= 40) until[0, 10] (T2 >= 10)", 1),
    ] {
        let context = Laboratory.context(horizon: horizon)
        let columns = columns.mapValues { Array($0.prefix(horizon)) }
        let guardrail = try? Guardrail.parse(source).compile(context: context)
        let margins = guardrail?.margins(of: Laboratory.trajectory(columns, horizon: horizon))
        #expect(margins?.allSatisfy { !$0.isNaN } ?? true)
    }
}

@Test("Tables in tables end somewhere")
func nestedTables() {
    let source = "T1 = " + String(repeating: "steps(0: ", count: 9000) + "1" + String(repeating: ")", count: 9000)
    let error = #expect(throws: ForesightError.self) { try Goal.parse(source) }
    #expect(error?.message.contains("deep") == true)
}
