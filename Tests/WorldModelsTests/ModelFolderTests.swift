import Basics
import Episodes
import Foundation
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Model folder", .enabled(if: torchIsSetUp))
struct ModelFolderTests {
    /// Predictions of a model under fixed inputs, with their spread and novelty.
    private func outcome(_ model: TrainedModel) throws -> [Float] {
        let episode = TinyLog.episodes(seed: 9)[0]
        let rows = 0..<20
        let history = episode.slice(rows)
        let start = try model.encode(
            outputs: rows.flatMap { [history[$0, 0], history[$0, 1]] },
            inputs: rows.flatMap { [history[$0, 2], history[$0, 3]] })
        let inputs = (0..<8).flatMap { step in [Float(20 + 9 * step), Float(0.1)] }
        let prediction = withoutGradients {
            model.predict(from: start, inputs: model.normalisedInputs(inputs, batch: 1, steps: 8))
        }
        return prediction.outputs.floats() + prediction.spread.floats() + prediction.novelty.floats()
    }

    @Test("A saved model predicts the same to the bit after loading")
    func roundTrip() throws {
        let model = try TinyLog.model()
        try withTemporaryFolder { folder in
            let path = folder + "/runs/heater/model"
            try ModelFolder.save(model, to: path)
            let loaded = try ModelFolder.load(path)
            #expect(loaded.description == model.description)
            #expect(loaded.calibration == model.calibration)
            #expect(loaded.novelty == model.novelty)
            #expect(try outcome(loaded) == outcome(model))
            #expect(try ModelFolder.description(of: folder + "/runs/heater") == model.description)
            #expect(Folder.names(in: path) == ["calibration.json", "card.md", "model.safetensors", "model.yaml"])
            #expect(Folder.names(in: folder + "/runs/heater") == ["model"])
        }
    }
}
