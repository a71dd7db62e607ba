import Basics
import Episodes
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("A core of fewer states than lags", .enabled(if: torchIsSetUp))
struct ReducedCoreTests {
    private static func settings() throws -> TrainingSettings {
        try TrainingSettings.load(overrides: [
            "members=2", "batch=8", "steps_per_epoch=4", "epochs=1", "states=3", "hidden=2", "free=0",
            "search.starts=1",
        ])
    }

    @Test("It is found, predicts, and is the same once it was saved and loaded")
    func folder() throws {
        let model = try TinyLog.model(settings: Self.settings())
        // Three states are no multiple of two outputs.
        #expect(model.description.architecture.core == 3 && model.description.settings.states == .value(3))
        let episode = TinyLog.episodes(seed: 8)[0]
        func column(_ name: String) -> [Double] { episode.channelIndex(name).map { episode.column($0) } ?? [] }
        let measured = (0..<20).flatMap { [column("T")[$0], column("p")[$0]] }
        let inputs = (0..<200).flatMap { [column("Q")[$0], column("wind")[$0]] }
        let run = try model.freeRun(measured: measured, inputs: inputs)
        let errors = (0..<180).map { run.outputs[2 * $0] - column("T")[20 + $0] }
        let error = (errors.reduce(0) { $0 + $1 * $1 } / 180).squareRoot()
        // The temperature moves by some 15 °C under heat, by 0.5 under noise and wind.
        #expect(error < 1, "\(error) °C")
        try withTemporaryFolder { folder in
            try ModelFolder.save(model, to: "\(folder)/model")
            let loaded = try ModelFolder.load("\(folder)/model")
            #expect(loaded.description == model.description)
            #expect(try loaded.freeRun(measured: measured, inputs: inputs).outputs == run.outputs)
        }
    }

    @Test("States that cannot be had are refused, not passed over", arguments: ["refine=false", "states=500"])
    func refused(setting: String) throws {
        var overrides = ["members=2", "states=3", "hidden=2", "free=0", "search.starts=1"]
        overrides.append(setting)
        let settings = try TrainingSettings.load(overrides: overrides)
        let error = #expect(throws: ForesightError.self) { _ = try TinyLog.preparation(settings: settings) }
        #expect(error?.message.contains("states=") == true && error?.code == .usage)
    }

    @Test("A run that is taken up again has a network of its size")
    func resumed() throws {
        let first = try TinyLog.preparation(settings: Self.settings())
        let again = try TrainingPreparation(
            TinyLog.episodes(), timing: TinyLog.timing, settings: first.settings, refines: false)
        #expect(again.model.architecture == first.model.architecture)
        #expect(again.settings.states == .value(3))
    }
}
