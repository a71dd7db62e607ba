import Basics
import Objectives
import Testing

/// The slope of a function of one signal's sample by central differences, or `nil` next to a kink.
private func slope(
    _ trajectory: ReferenceTrajectory, _ signal: Int, _ sample: Int, _ function: (ReferenceTrajectory) -> Double
) -> Double? {
    let step = 1e-5
    var (up, down) = (trajectory, trajectory)
    up.signals[signal][sample] += step
    down.signals[signal][sample] -= step
    let (high, middle, low) = (function(up), function(trajectory), function(down))
    let (right, left) = ((high - middle) / step, (middle - low) / step)
    return abs(right - left) > 1e-3 * max(1, abs(right)) ? nil : (right + left) / 2
}

/// Compares a gradient with differences of the second implementation.
private func compare(
    _ gradient: TrajectoryGradient, _ batch: TrajectoryBatch, factor: (Int) -> Float, tolerance: Double = 2e-3,
    _ source: String, _ function: (ReferenceTrajectory) -> Double
) -> (checked: Int, moving: Int) {
    let context = ReferenceTrajectory.context(horizon: batch.horizon)
    var (checked, moving) = (0, 0)
    for candidate in 0..<batch.candidates {
        let trajectory = ReferenceTrajectory(batch, context, candidate: candidate)
        for step in 0..<batch.horizon {
            for signal in 0..<3 {
                guard let expected = slope(trajectory, signal, step + 1, function) else { continue }
                let row = candidate * batch.horizon + step
                let got = signal < 2 ? gradient.outputs[row * 2 + signal] : gradient.actions[row]
                let wanted = expected * Double(factor(candidate))
                let error = abs(Double(got) - wanted)
                #expect(
                    error <= tolerance * max(1, abs(wanted)),
                    "\(source): candidate \(candidate), step \(step), signal \(signal): \(got), not \(wanted)")
                checked += 1
                moving += expected != 0 ? 1 : 0
            }
        }
    }
    return (checked, moving)
}

@Test("Gradients of exact margins equal differences, in both units", arguments: 0..<3)
func marginGradients(seed: Int) throws {
    var generator = SeededGenerator(seed: 300 + UInt64(seed))
    var workspace = ObjectiveWorkspace()
    var moving = 0
    for _ in 0..<12 {
        let (formula, guardrail) = try randomGuardrail(using: &generator, horizon: 12)
        let batch = ReferenceTrajectory.batch(candidates: 3, horizon: 12, using: &generator)
        for units in [MarginUnits.physical, .normalised] {
            var gradient = TrajectoryGradient(like: batch)
            guardrail.addMarginGradient(
                of: batch, in: units, upstream: [1, 0, -2.5], into: &gradient, using: &workspace)
            moving +=
                compare(gradient, batch, factor: { [1, 0, -2.5][$0] }, formula.source) {
                    let margin = formula.robustness($0, 0)
                    return units == .physical ? margin.physical : margin.comparable
                }.moving
        }
    }
    #expect(moving > 100)
}

@Test("Smooth margins and their gradients equal the second implementation", arguments: 0..<3)
func smoothGradients(seed: Int) throws {
    var generator = SeededGenerator(seed: 400 + UInt64(seed))
    var workspace = ObjectiveWorkspace()
    let context = ReferenceTrajectory.context(horizon: 10)
    var margins: [Float] = []
    var moving = 0
    for _ in 0..<5 {
        let (formula, guardrail) = try randomGuardrail(using: &generator, horizon: 10)
        let batch = ReferenceTrajectory.batch(candidates: 2, horizon: 10, using: &generator)
        let temperature = 0.5
        guardrail.smoothMargins(of: batch, temperature: Float(temperature), into: &margins, using: &workspace)
        for candidate in 0..<2 {
            let expected = formula.robustness(
                ReferenceTrajectory(batch, context, candidate: candidate), 0, temperature: temperature)
            #expect(
                abs(Double(margins[candidate]) - expected.comparable) < 1e-3 * max(1, abs(expected.comparable)),
                "\(formula.source)")
        }
        var gradient = TrajectoryGradient(like: batch)
        guardrail.addMarginGradient(
            of: batch, upstream: [1, 3], temperature: Float(temperature), into: &gradient, using: &workspace)
        moving +=
            compare(gradient, batch, factor: { [1, 3][$0] }, tolerance: 1e-2, formula.source) {
                formula.robustness($0, 0, temperature: temperature).comparable
            }.moving
    }
    #expect(moving > 100)
}

@Test("A smooth margin lies within τ log n of the exact one and meets it as τ goes to 0")
func smoothLimit() throws {
    var generator = SeededGenerator(seed: 7)
    let guardrail = try Guardrail.parse("always(T1 <= 55)").compile(context: Laboratory.context())
    let batch = Laboratory.randomBatch(candidates: 20, horizon: 6, using: &generator)
    var (smooth, workspace) = ([Float](), ObjectiveWorkspace())
    let exact = guardrail.margins(of: batch, in: .normalised)
    for temperature: Float in [0.3, 0.03, 0.001] {
        guardrail.smoothMargins(of: batch, temperature: temperature, into: &smooth, using: &workspace)
        for (soft, hard) in zip(smooth, exact) {
            #expect(soft <= hard + 1e-5 && soft >= hard - temperature * 1.7918 - 1e-5)
        }
    }
}

@Test(
    "Gradients of goals equal differences of their costs",
    arguments: [
        "a = 1.5", "a -> 2; 3 * (b = 1 at [2, 5])", "-1 <= a + b < 1", "0.3 * effort(u) + smooth(u); smooth(a)/2",
        "minimize(a * b); maximize(2 * u) * 0.25", "rate(a) = 0.5 at 4; abs(b) = ramp(0: 0, 8: 3)",
        "max(a, b) = min(u, 2); a / 4 = b / (u * u + 1)", "a = u at end; b <= 1",
    ])
func goalGradients(source: String) throws {
    var generator = SeededGenerator(seed: 21)
    let context = ReferenceTrajectory.context(horizon: 8)
    let goal = try Goal.parse(source).compile(context: context)
    let batch = ReferenceTrajectory.batch(candidates: 18, horizon: 8, using: &generator)
    var (gradient, workspace) = (TrajectoryGradient(like: batch), ObjectiveWorkspace())
    let upstream = (0..<18).map { Float($0) / 4 }
    goal.addGradient(of: batch, upstream: upstream, into: &gradient, using: &workspace)
    var moving = 0
    for candidate in [0, 3, 15, 17] {
        func check(_ path: WritableKeyPath<TrajectoryBatch, [Float]>, _ got: [Float], _ width: Int) {
            for index in candidate * 8 * width..<(candidate + 1) * 8 * width {
                // Single precision: a step that is neither lost nor long; costs are at most quadratic almost everywhere.
                func cost(_ step: Float) -> Float {
                    var moved = batch
                    moved[keyPath: path][index] += step
                    return goal.cost(of: moved)[candidate]
                }
                let (right, left) = ((cost(0.02) - cost(0)) / 0.02, (cost(0) - cost(-0.02)) / 0.02)
                guard abs(right - left) < 0.2 else { continue }
                let expected = (right + left) / 2 * upstream[candidate]
                #expect(abs(got[index] - expected) < 0.02 * max(1, abs(expected)), "\(source) [\(index)]")
                moving += expected != 0 ? 1 : 0
            }
        }
        check(\.outputs, gradient.outputs, 2)
        check(\.actions, gradient.actions, 1)
    }
    #expect(moving > 5)
}

@Test(
    "The gradient of a bound equals differences of the bound for linear and absolute conditions",
    arguments: [
        "always(a - 2 * b <= 1)", "always[2, 6](abs(a) <= 1)", "eventually(a + b >= 3 and rate(a) <= 2)",
    ])
func boundGradients(source: String) throws {
    var generator = SeededGenerator(seed: 31)
    let guardrail = try Guardrail.parse(source).compile(context: ReferenceTrajectory.context(horizon: 8))
    let batch = ReferenceTrajectory.batch(candidates: 4, horizon: 8, using: &generator)
    let bands = Bands(coverage: 0.9, halfWidth: (0..<16).map { _ in Float(generator.uniform(in: 0...0.5)) })
    var (gradient, workspace) = (TrajectoryGradient(like: batch), ObjectiveWorkspace())
    guardrail.addMarginGradient(
        of: batch, bands: bands, in: .normalised, upstream: [1, 1, 1, 1], into: &gradient, using: &workspace)
    for index in batch.outputs.indices {
        var (up, down) = (batch, batch)
        up.outputs[index] += 0.01
        down.outputs[index] -= 0.01
        let candidate = index / 16
        let high = guardrail.margins(of: up, bands: bands, in: .normalised)[candidate]
        let low = guardrail.margins(of: down, bands: bands, in: .normalised)[candidate]
        #expect(abs(gradient.outputs[index] - (high - low) / 0.02) < 1e-2, "\(source) [\(index)]")
    }
    #expect(gradient.outputs.filter { $0 != 0 }.count >= 4)
}

@Test("A candidate that isn't finite adds nothing to a gradient")
func poisonedGradient() throws {
    var generator = SeededGenerator(seed: 3)
    let context = Laboratory.context()
    var batch = Laboratory.randomBatch(candidates: 2, horizon: 6, using: &generator)
    batch.outputs[4] = .nan
    var (gradient, workspace) = (TrajectoryGradient(like: batch), ObjectiveWorkspace())
    let guardrail = try Guardrail.parse("T1 * T2 <= 55 °C * 55 °C").compile(context: context)
    guardrail.addMarginGradient(of: batch, upstream: [1, 1], into: &gradient, using: &workspace)
    try Goal.parse("T1 = 3").compile(context: context).addGradient(of: batch, into: &gradient, using: &workspace)
    #expect(gradient.outputs[..<24] == [Float](repeating: 0, count: 24)[...])
    let moving = gradient.outputs[24...].filter { $0 != 0 && $0.isFinite }.count
    #expect(moving >= 6)
}
