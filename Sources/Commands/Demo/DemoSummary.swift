import Basics
import Reports

/// The figures of a demo, read from what its commands left.
struct DemoSummary {
    /// Seconds by step.
    var seconds: [DemoRecipe.Step: Double]
    /// Seconds of all.
    var total: Double
    /// `control/control.json`.
    var control: JSONValue
    /// `evaluate/evaluation.json`.
    var evaluation: JSONValue

    /// Reads what the commands of a demo left in a folder.
    ///
    /// - Throws: `ForesightError` when something is missing.
    init(folder: String, seconds: [DemoRecipe.Step: Double], total: Double) throws {
        self.seconds = seconds
        self.total = total
        control = try JSONParser.parse(InputFile.text("\(folder)/control/control.json"))
        evaluation = try JSONParser.parse(InputFile.text("\(folder)/evaluate/evaluation.json"))
    }

    /// The share of the values on the other log that lie in their bands: the mean over channels and times ahead.
    var coverage: Double {
        let rows = (evaluation["channels"]?.object ?? [:]).values.flatMap { $0.array ?? [] }
        let shares = rows.compactMap { $0["coverage"]?.double }
        return shares.isEmpty ? .nan : shares.reduce(0, +) / Double(shares.count)
    }

    /// A number of the closed loop.
    func figure(_ name: String) -> Double { control[name]?.double ?? .nan }

    /// A percentile of planning times, ms.
    func planning(_ percentile: String) -> Double { control["plan_ms"]?[percentile]?.double ?? .nan }

    /// What `summary.json` holds.
    var json: JSONValue {
        func rounded(_ value: Double, _ digits: Double) -> JSONValue {
            value.isFinite ? .number((value * digits).rounded() / digits) : .null
        }
        return [
            "train_seconds": rounded(seconds[.train] ?? .nan, 10),
            "total_seconds": rounded(total, 10),
            "plan_ms": [
                "p50": rounded(planning("p50"), 100), "p95": rounded(planning("p95"), 100),
                "p99": rounded(planning("p99"), 100),
            ],
            "episodes": control["episodes"] ?? .null, "success": control["success"] ?? .null,
            "violations": control["violations"] ?? .null,
            "cost_ratio_exact": rounded(figure("cost_ratio_exact"), 1e4),
            "cost_ratio_pid": rounded(figure("cost_ratio_pid"), 1e4), "coverage": rounded(coverage, 1e4),
        ]
    }

    /// The figures in words.
    var text: String {
        let violations = Int(figure("violations").isFinite ? figure("violations") : 0)
        return """
            learned in \(NumberText.significant(seconds[.train] ?? .nan)) s; on a log it has not seen \
            \(NumberText.percent(coverage, decimals: 0)) of the values lie in their 90 % bands
            \(counted(Int(figure("episodes")), "episode")): \(NumberText.percent(figure("success"), decimals: 0)) \
            succeeded, \(counted(violations, "step")) beyond a limit, cost \
            \(NumberText.significant(figure("cost_ratio_exact"))) × that of the true equations and \
            \(NumberText.significant(figure("cost_ratio_pid"))) × that of a tuned PID
            a plan takes \(NumberText.significant(planning("p50"))) ms, 99 % within \
            \(NumberText.significant(planning("p99"))) ms; all of it took \(period(total))
            """
    }
}
