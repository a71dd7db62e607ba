import Basics
import Testing

@testable import WorldModels

@Suite("Settings derived from the log")
struct DerivationTests {
    private func training(_ yaml: String) throws -> TrainingSettings {
        try TrainingSettings.parse(yaml: yaml + "\n", source: "train.yaml")
    }

    @Test(
        "Durations become the steps that cover them",
        arguments: [
            ("horizon: 300s", 3.0, 100), ("horizon: 5min", 7, 43), ("horizon: 6h", 300, 72), ("horizon: 40", 7, 40),
            ("horizon: auto", 7, 20), ("horizon: 2.1s", 0.3, 7),
        ])
    func spans(yaml: String, samplingTime: Double, steps: Int) throws {
        var settings = try training(yaml)
        // What was typed can be saved and read again, before and after it is resolved.
        #expect(try training("horizon: \(settings.horizon.yaml)").horizon == settings.horizon)
        try settings.derive(timing: (1, 8, 20), samples: 5000, samplingTime: samplingTime)
        #expect(settings.horizon == .steps(steps))
        #expect(settings.window == .steps(8))
        #expect(try training("horizon: \(settings.horizon.yaml)").horizon == .steps(steps))
    }

    @Test("A duration that is no whole step, or too many, is refused with the step", arguments: ["2s", "3h"])
    func outOfReach(duration: String) throws {
        var settings = try training("horizon: \(duration)")
        let error = #expect(throws: ForesightError.self) {
            try settings.derive(timing: (2, 8, 20), samples: 5000, samplingTime: 1)
        }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("steps of 2.0 s") == true, "\(error?.message ?? "")")
    }

    @Test(
        "Inverse dynamics reach no further than the shortest windows of training",
        arguments: [
            // A history of 6 and first rollouts of 8, or of the whole horizon of 10; a cut history may have one row.
            ("{}", 13), ("descent: {grows: false}", 15), ("epochs: 2", 15), ("descent: {cuts: true}", 8),
        ])
    func inverse(yaml: String, most: Int) throws {
        func derive(_ steps: Int, weight: Double = 0.05, hasActions: Bool = true) throws {
            var settings = try training(yaml)
            (settings.loss.inverseSteps, settings.loss.inverse) = (steps, weight)
            try settings.derive(
                timing: (1, 6, 10), samples: 5000, samplingTime: 1, hasActions: hasActions)
        }
        try derive(most)
        let error = #expect(throws: ForesightError.self) { try derive(most + 1) }
        #expect(error?.code == .usage && error?.remedy.contains("ask for \(most) or fewer") == true)
        // Nothing asks for what is left out, or without actions.
        try derive(64, weight: 0)
        try derive(64, hasActions: false)
    }

    @Test("What is no span of time is refused", arguments: ["-3", "5 parsecs", "0s", "1e400s", "s", "1"])
    func noSpan(text: String) {
        #expect(throws: ForesightError.self) { try training("horizon: \(text)") }
    }

    @Test("Orders to choose from leave five rows for each coefficient")
    func orders() {
        #expect(LinearCore.orders(rows: 10, signals: 4, isShort: false) == [1])
        #expect(LinearCore.orders(rows: 50, signals: 4, isShort: false) == [1, 2])
        #expect(LinearCore.orders(rows: 100, signals: 4, isShort: false) == [1, 2, 3, 4])
        #expect(LinearCore.orders(rows: 100, signals: 4, isShort: true) == [1, 2, 3, 4, 6, 8, 12])
        #expect(LinearCore.orders(rows: 40, signals: 4, isShort: true) == [1, 2, 3, 4])
        #expect(LinearCore.orders(rows: 100_000, signals: 4, isShort: false) == [1, 2, 3, 4, 6, 8, 12])
    }
}
