import Basics
import Objectives
import Testing

@Test("A report says how much is left, when, and what binds")
func report() throws {
    let guardrail = try Guardrail.parse("always[20, 50](20 <= T1 <= 55) and T2 <= 30").compile(
        context: Laboratory.context())
    let batch = Laboratory.trajectory(["T1": [90, 40, 50, 53, 51, 90], "T2": [10, 10, 10, 10, 10, 20]])
    let plain = guardrail.report(of: batch)
    #expect(plain.margin == 2 && plain.holds && plain.guaranteedMargin == nil)
    #expect(plain.worstTime == 40 && plain.bindingCondition == "T1 <= 55" && plain.unit == "°C")
    #expect(plain.timeline == [20, 15, 5, 2, 4, 10])
    var widths = [Float](repeating: 1, count: 24)
    widths[5 * 4 + 1] = 12
    let bound = guardrail.report(of: batch, bands: Bands(coverage: 0.9, halfWidth: widths))
    #expect(bound.margin == 2 && bound.guaranteedMargin == -2 && !bound.holds)
    #expect(bound.worstTime == 60 && bound.bindingCondition == "T2 <= 30")
    #expect(bound.timeline == plain.timeline && bound.guaranteedTimeline == [19, 14, 4, 1, 3, -2])
    let window = try Guardrail.parse("always[20, 30](T1 <= 55)").compile(context: Laboratory.context())
    #expect(window.report(of: batch).timeline == [nil, 15, 5, nil, nil, nil])
}

@Test("What bands say nothing of is promised as a prediction, and what is decided as it is")
func promises() throws {
    let ten = [Float](repeating: 10, count: 6)
    let batch = Laboratory.trajectory(["T1": [40, 50, 53, 53, 50, 40], "T2": ten, "Q1": ten])
    // A band for T1 alone, and not at the first step.
    var widths = [Float](repeating: 0, count: 24)
    (widths[4], widths[8]) = (1, 1)
    let bands = Bands(coverage: 0.9, halfWidth: widths)
    for (source, promise, guaranteed) in [
        ("T1 <= 55", .bands, 1), ("T2 <= 30", .prediction, nil), ("T1 <= 55 and T2 <= 30", .prediction, 1),
        ("abs(T1 - T2) <= 90", .prediction, 46), ("Q1 <= 40", .bands, 30),
    ] as [(String, GuardrailPromise, Double?)] {
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
        let report = guardrail.report(of: batch, bands: bands)
        #expect(report.promise == promise, "\(source)")
        #expect(report.guaranteedMargin == guaranteed, "\(source)")
        #expect(report.holds)
    }
    // What has no band is no reason to cross the band of another.
    let close = try Guardrail.parse("T1 <= 53.5 and T2 <= 30").compile(context: Laboratory.context())
    let report = close.report(of: batch, bands: bands)
    #expect(!report.holds && report.promise == .prediction && report.margin == 0.5)
}

@Test("A band whose middle lies beside the prediction is judged where it lies, also as a share of the time")
func shifted() throws {
    let batch = Laboratory.trajectory(["T1": [Float](repeating: 50, count: 6)])
    let (widths, shift) = ([Float](repeating: 1, count: 24), [Float](repeating: 2, count: 24))
    let bands = Bands(coverage: 0.9, halfWidth: widths, shift: shift)
    for (source, margin) in [("T1 <= 55", 2), ("T1 >= 40", 11), ("30 - T1 <= 0", 21), ("abs(T1) <= 60", 7)]
        as [(String, Double)]
    {
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
        #expect(guardrail.report(of: batch, bands: bands).guaranteedMargin == margin, "\(source)")
    }
    // What is predicted 2 higher under bands around it is the same for a share, from either side.
    let higher = Laboratory.trajectory(["T1": [Float](repeating: 52, count: 6)])
    let plain = Bands(coverage: 0.9, halfWidth: widths)
    for source in ["share(T1 <= 52.4) >= 50 %", "share(T1 >= 51.7) >= 50 %"] {
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
        let (own, other) = (guardrail.report(of: batch, bands: bands), guardrail.report(of: higher, bands: plain))
        #expect(abs((own.guaranteedMargin ?? .nan) - (other.guaranteedMargin ?? 0)) < 1e-3, "\(source)")
        #expect(own.guaranteedMargin != guardrail.report(of: batch, bands: plain).guaranteedMargin)
    }
}

@Test(
    "A guardrail that is violated now is reported, in its unit",
    arguments: [
        ("T1 <= 55", -3), ("20 <= T1 <= 90", 32), ("always(T2 <= 30) and T1 <= 55", -3), ("T1 <= 55 or T2 <= 30", 10),
        ("not (T1 > 50 and T2 > 15)", -5), ("always[0, 30](T1 <= 55)", -3), ("always[10, 30](T1 <= 55)", nil),
        ("eventually(T1 <= 55)", nil), ("always(eventually[0, 20](T1 <= 55))", nil), ("Q1 <= 5", nil),
        ("rate(Q1) <= 2", nil), ("rate(T1) >= 0.1", nil), ("rate(T1) <= 2 and T1 <= 55", -3),
        ("T1 + 10 s * rate(T1) <= 55", nil),
        ("Q1 <= 5 or T1 <= 55", nil), ("T1 <= steps(0: 50, 10: 99)", -8),
    ] as [(String, Double?)])
func startMargins(source: String, expected: Double?) throws {
    let context = Laboratory.context(initial: [58, 20, 0, 0], previous: [7, 0])
    let guardrail = try Guardrail.parse(source).compile(context: context)
    let rounded = guardrail.startMargin.map { ($0 * 1000).rounded() / 1000 }
    #expect(rounded == expected)
    let isViolated = (expected ?? 0) < 0
    #expect(guardrail.warnings.contains { $0.kind == .violatedAtStart } == isViolated)
    if source == "T1 <= 55" { #expect(guardrail.warnings[0].message == "'T1 <= 55' is violated now, by 3 °C") }
}

@Test("A set sums normalised violations, and counts what is violated at the start")
func sets() throws {
    let context = Laboratory.context(initial: [58, 20, 0, 0])
    let set = try GuardrailSet(
        ["T1 <= 55", "T2 <= 30", "Q1 <= 40"].map(Guardrail.parse), context: context)
    #expect(set.violatedAtStart.map(\.guardrail.source) == ["T1 <= 55"])
    #expect(set.warnings.map(\.kind) == [.violatedAtStart])
    let batch = Laboratory.trajectory(["T1": [50, 60, 50], "T2": [10, 35, 10], "Q1": [10, 10, 10]])
    // 5 of 100, 5 of 50, and nothing.
    #expect(abs(set.violations(of: batch)[0] - 0.15) < 1e-6)
}
