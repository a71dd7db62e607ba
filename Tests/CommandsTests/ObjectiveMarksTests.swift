import Reports
import Testing

@testable import Commands

@Suite("What charts draw of goals and guardrails")
struct ObjectiveMarksTests {
    @Test("Limits are read either way round, and not where they are only one of several ways")
    func limits() {
        let marks = ObjectiveMarks(
            goal: "",
            guardrails: ["always(T1 <= 55 °C)", "20 <= T1 <= 60", "not (T1 > 40 and T2 > 40)", "rate(T1) <= 2"])
        #expect(marks.limits(of: "T1").map(\.value).sorted() == [20, 55, 60])
        #expect(marks.limits(of: "T1").map(\.text).contains("always(T1 <= 55 °C)"))
        #expect(marks.limits(of: "T1").filter { !$0.isUpper }.map(\.value) == [20])
        #expect(marks.limits(of: "T2").isEmpty)
        #expect(
            ObjectiveMarks(goal: "", guardrails: ["`zone 1 (°C)` < 25.5"]).limits(of: "zone 1 (°C)").first?.value
                == 25.5)
    }

    @Test(
        "Limits are those that have to hold, for a share of the time, too",
        arguments: [
            ("share(1 <= x <= 39) >= 95 %", [1], [39]), ("share(x > 55) <= 5 %", [], [55]),
            ("share(x < 1 or x > 39) < 5 %", [1], [39]), ("share(x < 1 and x > 39) < 5 %", [], []),
            ("not (share(x <= 55) < 95 %)", [], [55]), ("share(-2 <= x and 3 * x <= 4) > 50 %", [-2], []),
            ("not (x > 40)", [], [40]), ("not (1 <= x <= 3)", [], []), ("eventually(x <= 3)", [], []),
            ("not (eventually(x > 3))", [], [3]), ("x <= 3 or y <= 2", [], []), ("y <= 2 implies x <= 3", [], []),
            ("x <= 3 until x >= 2", [], []), ("y <= x and x <= 4", [], [4]),
        ] as [(String, [Double], [Double])])
    func shares(guardrail: String, lower: [Double], upper: [Double]) throws {
        let limits = ObjectiveMarks(goal: "", guardrails: [guardrail]).limits(of: "x")
        #expect(limits.filter { !$0.isUpper }.map(\.value) == lower)
        #expect(limits.filter(\.isUpper).map(\.value) == upper)
    }

    @Test("Targets are values, bands, steps and values to be reached")
    func targets() {
        let marks = ObjectiveMarks(
            goal: "T1 = 45 °C; 2 * (T2 -> 35 at 300 s); 40 <= T3 <= 42; T4 = steps(0: 50, 455: 42); 0.1 * smooth(Q1)",
            guardrails: [])
        #expect(marks.targets(of: "T1") == [.init(from: 0, range: 45...45)])
        #expect(marks.targets(of: "T2") == [.init(from: 0, range: 35...35, times: 300...300)])
        #expect(marks.targets(of: "T3") == [.init(from: 0, range: 40...42)])
        #expect(marks.targets(of: "T4") == [.init(from: 0, range: 50...50), .init(from: 455, range: 42...42)])
        #expect(marks.targets(of: "Q1").isEmpty)
    }

    @Test("All targets of a channel are drawn, each in its own times")
    func timed() {
        let marks = ObjectiveMarks(
            goal: "x = 40 at [60 s, 120 s]; x = steps(0: 20, 200: 30); 38 <= x <= 42 at [3 min, end]; "
                + "x -> 50 at 300 s", guardrails: [])
        let targets = marks.allTargets(of: "x")
        #expect(targets.map(\.count) == [1, 2, 1, 1])
        let parted = marks.partedTargets(of: "x")
        #expect(parted.standing == targets[1] && parted.others == [targets[0], targets[2], targets[3]])
        #expect(marks.partedTargets(of: "y").standing == nil && marks.partedTargets(of: "y").others.isEmpty)
        #expect(
            targets.flatMap(ObjectiveMarks.timed) == [
                TimedTarget(times: 60...120, range: 40...40), TimedTarget(times: 0...200, range: 20...20),
                TimedTarget(times: 200...Double.infinity, range: 30...30),
                TimedTarget(times: 180...Double.infinity, range: 38...42),
                TimedTarget(times: 300...300, range: 50...50),
            ])
        #expect(marks.allTargets(of: "y").isEmpty)
    }

    @Test(
        "Targets are what the goal says, in the unit of the channel, and nothing else is taken for one",
        arguments: [
            ("x = steps(0: 40, 5 min: 45)", [0, 300], [40, 45]), ("x = 4e1", [0], [40]), ("45 = x", [0], [45]),
            ("0.1 * (x = -3)", [0], [-3]), ("(x = 3) / 2", [0], [3]), ("x = 0.1 l/s", [0], [6]),
            ("x = 6 l/min", [0], [6]),
            ("x - y = 5", [], []), ("2 * x = 90", [], []), ("x = y", [], []), ("x = ramp(0: 1, 60: 2)", [], []),
            ("x >= 3", [], []), ("minimize(x)", [], []), ("x = ", [], []),
        ] as [(String, [Double], [Double])])
    func forms(goal: String, from: [Double], values: [Double]) {
        let found = ObjectiveMarks(goal: goal, guardrails: []).targets(of: "x", unit: "l/min")
        #expect(found.map(\.from) == from)
        #expect(
            zip(found.map(\.range.lowerBound), values).allSatisfy { abs($0 - $1) < 1e-9 } && found.count == values.count
        )
    }

    @Test("Limits in another unit of time are drawn in that of the channel")
    func units() {
        let marks = ObjectiveMarks(goal: "", guardrails: ["always(flow <= 0.1 l/s)"])
        #expect(abs((marks.limits(of: "flow", unit: "l/min").first?.value ?? 0) - 6) < 1e-9)
    }
}

extension ObjectiveMarks {
    /// The first target that the goal sets to a channel, in the order of its times.
    fileprivate func targets(of channel: String, unit: String? = nil) -> [Target] {
        allTargets(of: channel, unit: unit).first ?? []
    }
}
