import Basics
import Objectives
import Testing

@Test("The bound of a margin holds for every trajectory inside the bands", arguments: 0..<4)
func soundBounds(seed: Int) throws {
    var generator = SeededGenerator(seed: 500 + UInt64(seed))
    let horizon = 12
    var closest = Float.infinity
    for _ in 0..<15 {
        let (formula, guardrail) = try randomGuardrail(using: &generator, horizon: horizon)
        let batch = ReferenceTrajectory.batch(candidates: 17, horizon: horizon, using: &generator)
        let widths = (0..<horizon * 2).map { _ in Float(generator.uniform(in: 0...0.8)) }
        let bounds = guardrail.margins(of: batch, bands: Bands(coverage: 0.9, halfWidth: widths))
        let exact = guardrail.margins(of: batch)
        let normalised = guardrail.margins(of: batch, bands: Bands(coverage: 0.9, halfWidth: widths), in: .normalised)
        for _ in 0..<6 {
            var inside = batch
            for index in inside.outputs.indices {
                // Corners of the box are where least values are.
                let share = [-1, 1, generator.uniform(in: -1...1)][Int(generator.next() % 3)]
                inside.outputs[index] += Float(share) * widths[index % widths.count]
            }
            let margins = guardrail.margins(of: inside, in: .normalised)
            for candidate in 0..<batch.candidates {
                let slack = margins[candidate] - normalised[candidate]
                #expect(slack >= -1e-4 * max(1, abs(margins[candidate])), "\(formula.source)")
                closest = min(closest, slack)
            }
        }
        for (bound, plain) in zip(bounds, exact) { #expect((bound >= 0) == (bound >= 0 && plain >= 0)) }
    }
    #expect(closest < 0.05, "bounds that are never nearly reached may be far too wide: \(closest)")
}

@Test(
    "Bounds of linear conditions are exact",
    arguments: [
        ("T1 <= 55", 3 - 2), ("T1 - T1 + T1 <= 55", 3 - 2), ("always[10, 20](T1 <= 55)", 15 - 1),
        ("20 <= T1 <= 55", 1), ("abs(T1 - 40 °C) <= 20", 20 - 12 - 2), ("T1 + T2 <= 60", 60 - 52 - 2 - 1),
        ("2 * T1 - T2 <= 150", 150 - 104 - 4 - 1), ("rate(T1) <= 5 °C/s", 5 - 1 - 0.25),
    ] as [(String, Float)])
func exactBounds(source: String, expected: Float) throws {
    let context = Laboratory.context()
    let guardrail = try Guardrail.parse(source).compile(context: context)
    let batch = Laboratory.trajectory(["T1": [30, 40, 50, 52, 51, 50]])
    var widths = [Float](repeating: 0, count: 24)
    for (step, width) in [0.5, 1, 1.5, 2, 1, 1].enumerated() {
        widths[step * 4] = Float(width)
        widths[step * 4 + 1] = 1
    }
    let bound = guardrail.margins(of: batch, bands: Bands(coverage: 0.9, halfWidth: widths))[0]
    #expect(abs(bound - expected) < 1e-4)
}

@Test("Bands that promise nothing give no margin", arguments: [Float.nan, .infinity, -1])
func hollowBands(width: Float) throws {
    let guardrail = try Guardrail.parse("T1 <= 55 or T2 <= 90").compile(context: Laboratory.context())
    var widths = [Float](repeating: 0, count: 24)
    widths[8] = width
    let margins = guardrail.margins(of: Laboratory.trajectory([:]), bands: Bands(coverage: 0.9, halfWidth: widths))
    #expect(margins == [-.infinity])
}

@Test("A divisor that may be zero within the bands gives no margin")
func bandAcrossZero() throws {
    let guardrail = try Guardrail.parse("T1 / T2 <= 100").compile(context: Laboratory.context())
    let batch = Laboratory.trajectory([
        "T1": [1, 1, 1, 1, 1, 1], "T2": [1, 1, 1, 1, 1, 1],
    ])
    func bound(_ width: Float) -> Float {
        guardrail.margins(of: batch, bands: Bands(coverage: 0.9, halfWidth: [Float](repeating: width, count: 24)))[0]
    }
    #expect(abs(bound(0.5) - 97) < 1e-4)
    #expect(bound(1) == -.infinity)
}
