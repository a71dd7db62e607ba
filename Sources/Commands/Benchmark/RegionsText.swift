import Basics
import Benchmarking
import Reports

/// What `benchmark regions` prints of each way of planning.
enum RegionsText {
    /// The table, and what its intervals are.
    static func table(_ outcomes: [RegionStudy.Outcome]) -> String {
        var table = TextTable([
            ("planned with", .left), ("through the zone", .right), ("rows in it", .right), ("reached", .right),
            ("reached and kept out", .right), ("stood still", .right),
        ])
        for outcome in outcomes {
            table.add([
                outcome.way, share(outcome.violations, outcome.violationsInterval),
                "\(outcome.inside.reduce(0, +)) of \(outcome.steps.reduce(0, +))",
                share(outcome.success, outcome.successInterval),
                share(outcome.cleanSuccess, outcome.cleanSuccessInterval),
                "\(outcome.fallbacks) of \(outcome.decisions)",
            ])
        }
        return table.text() + "\n" + BenchmarkText.intervals
    }

    private static func share(_ value: Double, _ interval: ClosedRange<Double>?) -> String {
        NumberText.percent(value) + BenchmarkText.behind(interval.map { 100 * $0.lowerBound...100 * $0.upperBound })
    }

    /// A way of planning as JSON.
    static func json(_ outcome: RegionStudy.Outcome) -> JSONValue {
        [
            "way": .string(outcome.way), "objective": .string(outcome.objective),
            "guardrail": outcome.guardrail.map { .string($0) } ?? .null,
            "success": .number(100 * outcome.success), "success_95": json(outcome.successInterval),
            "violations": .number(100 * outcome.violations), "violations_95": json(outcome.violationsInterval),
            "success_without_violation": .number(100 * outcome.cleanSuccess),
            "success_without_violation_95": json(outcome.cleanSuccessInterval),
            "rows_inside": .integer(outcome.inside.reduce(0, +)),
            "rows": .integer(outcome.steps.reduce(0, +)), "fallbacks": .integer(outcome.fallbacks),
            "decisions": .integer(outcome.decisions),
        ]
    }

    private static func json(_ interval: ClosedRange<Double>?) -> JSONValue {
        interval.map { .array([.number(100 * $0.lowerBound), .number(100 * $0.upperBound)]) } ?? .null
    }
}
