import Testing

@testable import Objectives

@Test(
    "Units are read as powers of symbols, times in seconds",
    arguments: [
        ("°C", ["°C": 1], 1), ("degC", ["°C": 1], 1), ("%/min", ["%": 1, "s": -1], 1.0 / 60),
        ("m³/h", ["m": 3, "s": -1], 1.0 / 3600), ("m3/h", ["m": 3, "s": -1], 1.0 / 3600),
        ("kg/m^3", ["kg": 1, "m": -3], 1), ("W·h", ["W": 1, "s": 1], 3600), ("ms", ["s": 1], 1e-3),
        ("°C/min/min", ["°C": 1, "s": -2], 1.0 / 3600), ("s⁻¹", ["s": -1], 1), ("1/min", ["s": -1], 1.0 / 60),
        ("m/s^2", ["m": 1, "s": -2], 1), ("min^2", ["s": 2], 3600),
    ] as [(String, [String: Int], Double)])
func unitParsing(text: String, powers: [String: Int], factor: Double) throws {
    let unit = try #require(UnitOfMeasure(parsing: text))
    #expect(unit.powers == powers)
    #expect(abs(unit.factor / factor - 1) < 1e-12)
}

@Test("A unit of another form is a symbol of its own, equal only to itself")
func opaqueUnits() {
    let odd = UnitOfMeasure(channel: " counts (12 bit) ")
    #expect(odd.matches(UnitOfMeasure(channel: "counts (12 bit)")))
    #expect(!odd.matches(UnitOfMeasure(channel: "counts")))
    #expect(UnitOfMeasure(parsing: "kg/(m s)") == nil)
}

@Test(
    "Times convert inside formulas, other units must match",
    arguments: [
        // The flow is 2 l/min at every step, the rate of T1 1 °C/s at the first and 0 after.
        ("`flow in (l/min)` <= 180 l/h", 60), ("`flow in (l/min)` <= 0.05 l/s", 1.0 / 60),
        ("`flow in (l/min)` <= 3", 1),
        ("`flow in (l/min)` <= 3 L/min", 1), ("rate(T1) <= 61 °C/min", 1), ("rate(T1) <= 3601 °C/h", 1),
        ("rate(T1) <= 1.5", 0.5), ("30 s * rate(T1) + T1 <= 90", 30), ("0.5 min * rate(T1) + T1 <= 90 °C", 30),
        ("T1 / T2 <= 2", 1.25), ("`flow in (l/min)` * 2 min <= 5 l", 1), ("raw <= 3 kg", 3), ("raw + T1 <= 33", 3),
        ("rate(raw) <= 3 l/s", 3), ("rate(raw) <= 3", 3), ("2 s * rate(raw) + raw <= 5", 5),
        ("rate(`flow in (l/min)`) <= 2 l/min/min", 2), ("T1 <= 55 degC", 25), ("T1 * 2 <= 70 °C", 10),
    ] as [(String, Float)])
func conversions(source: String, expected: Float) throws {
    if source.contains("1/°C") { return }
    let context = Laboratory.context(initial: [20, 40, 2, 0])
    let columns: [String: [Float]] = [
        "T1": .init(repeating: 30, count: 6), "T2": .init(repeating: 40, count: 6),
        "flow in (l/min)": .init(repeating: 2, count: 6),
    ]
    #expect(abs(try Laboratory.margin(source, columns, context: context) - expected) < 1e-3 * max(1, abs(expected)))
}

@Test("A margin is told in the unit of the limit, and comparable across units when normalised")
func mixedUnits() throws {
    let context = Laboratory.context(initial: [20, 20, 0, 0], previous: [0, 0])
    let rate = try Guardrail.parse("rate(Q1) <= 10 %/min").compile(context: context)
    #expect(rate.unit == "%/min")
    let both = try Guardrail.parse("T1 <= 55 and Q1 <= 90").compile(context: context)
    #expect(both.unit == nil)
    let batch = Laboratory.trajectory(["T2": [49, 49, 49, 49, 49, 49], "Q1": [10, 10, 10, 10, 88, 10]])
    // Q1 has 2 % left of its 100, T1 55 °C of its 100, T2 1 °C of its 50.
    #expect(both.margins(of: batch) == [2])
    let report = both.report(of: batch)
    #expect(report.unit == "%" && report.bindingCondition == "Q1 <= 90" && report.worstTime == 50)
    let other = try Guardrail.parse("T2 <= 50 or Q1 <= 89").compile(context: context)
    // 1/50 of T2's scale against 1/100 of Q1's: the better of the two is T2.
    #expect(abs(other.margins(of: batch, in: .normalised)[0] - 0.02) < 1e-6)
    #expect(abs(other.margins(of: batch)[0] - 1) < 1e-6)
}
