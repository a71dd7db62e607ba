import Basics
import Objectives
import Testing

/// What rows say of a trajectory: value and dense derivatives `[row, column]`.
private func dense(_ rows: TrajectoryRows, columns: Int) -> [[Double]] {
    (0..<rows.count).map { row in
        var slopes = [Double](repeating: 0, count: columns)
        for entry in rows.starts[row]..<rows.starts[row + 1] { slopes[rows.columns[entry]] += rows.slopes[entry] }
        return slopes
    }
}

@Test(
    "The rows of a goal add up to its cost and to its gradient",
    arguments: [
        "T1 = 45; 2 * (T2 -> 35 at 30 s); 0.1 * smooth(Q1)", "T1 - T2 = 3; effort(Q1); 0.5 * smooth(Q2)",
        "20 <= T1 <= 30; minimize(Q1); 0.3 * maximize(T2)", "abs(T1 - 30) = 2; raw * raw = 10",
    ])
func goalRows(text: String) throws {
    var generator = SeededGenerator(seed: 4)
    let objective = try Goal.parse(text).compile(context: Laboratory.context(horizon: 10))
    let batch = Laboratory.randomBatch(candidates: 1, horizon: 10, using: &generator)
    var (squares, linear, workspace) = (TrajectoryRows(), TrajectoryRows(), ObjectiveWorkspace())
    squares.removeAll(like: batch)
    linear.removeAll(like: batch)
    #expect(objective.terms(of: batch, into: &squares, linear: &linear, using: &workspace))
    let cost = squares.values.reduce(0) { $0 + $1 * $1 } + linear.values.reduce(0, +)
    let wanted = Double(objective.cost(of: batch)[0])
    #expect(abs(cost - wanted) <= 1e-5 * max(1, abs(wanted)))
    var gradient = TrajectoryGradient(like: batch)
    objective.addGradient(of: batch, into: &gradient, using: &workspace)
    let expected = (gradient.outputs + gradient.actions).map(Double.init)
    var found = [Double](repeating: 0, count: expected.count)
    for (row, slopes) in dense(squares, columns: found.count).enumerated() {
        for index in found.indices { found[index] += 2 * squares.values[row] * slopes[index] }
    }
    for slopes in dense(linear, columns: found.count) {
        for index in found.indices { found[index] += slopes[index] }
    }
    #expect(expected.contains { $0 != 0 })
    let size = expected.map(abs).max() ?? 0
    for (found, wanted) in zip(found, expected) { #expect(abs(found - wanted) <= 1e-4 * size) }
}

@Test(
    "The least row of a guardrail is its margin, with its gradient, and a limit has a row for each step",
    arguments: [
        ("always(T1 <= 55)", 10), ("always(T1 <= 55 and T2 >= 10)", 20), ("always[20 s, 60 s](T1 - T2 <= 20)", 5),
        ("eventually(T1 >= 30)", 1), ("always(T1 <= 55 or T2 >= 40)", 10), ("always(rate(T1) <= 3 °C/min)", 10),
    ], [false, true])
func guardrailRows(example: (String, Int), hasBands: Bool) throws {
    var generator = SeededGenerator(seed: 4)
    let guardrail = try Guardrail.parse(example.0).compile(context: Laboratory.context(horizon: 10))
    let batch = Laboratory.randomBatch(candidates: 1, horizon: 10, using: &generator)
    let bands = hasBands ? Bands(coverage: 0.9, halfWidth: batch.outputs.map { _ in 0.7 }) : nil
    var (rows, workspace) = (TrajectoryRows(), ObjectiveWorkspace())
    rows.removeAll(like: batch)
    guardrail.addConjuncts(of: batch, bands: bands, into: &rows, using: &workspace)
    #expect(rows.count == example.1)
    let margin = Double(guardrail.margins(of: batch, bands: bands, in: .normalised)[0])
    let least = try #require(rows.values.indices.min { rows.values[$0] < rows.values[$1] })
    #expect(abs(rows.values[least] - margin) < 1e-5)
    var gradient = TrajectoryGradient(like: batch)
    guardrail.addMarginGradient(of: batch, bands: bands, upstream: [1], into: &gradient, using: &workspace)
    let expected = (gradient.outputs + gradient.actions).map(Double.init)
    let found = dense(rows, columns: expected.count)[least]
    #expect(expected.contains { $0 != 0 })
    for (found, wanted) in zip(found, expected) { #expect(abs(found - wanted) < 1e-6) }
}
