import Basics
import Episodes
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("A predictor that learns alone", .enabled(if: torchIsSetUp))
struct PredictorTrainingTests {
    private func settings(_ predictorSteps: Int = 150, stack: Int = 1) -> ImageSettings {
        var settings = TinyImages.settings(steps: 20, stack: stack)
        (settings.horizon, settings.predictorSteps, settings.freeRun) = (1, predictorSteps, 3)
        settings.distanceSteps = 0
        return settings
    }

    private let lengths = [12, 12, 10, 14, 9, 12, 16, 12]

    @Test("It learns to run freely, and nothing else changes", arguments: [1, 2])
    func learns(stack: Int) throws {
        let training = try TinyImages.training(settings(stack: stack), TinyImages.frames(lengths))
        _ = try training.run(20)
        let before = training.trainer.model.stateDict().mapValues { $0.floats() }
        var heard: [String] = []
        try training.learnHeads { _, words in heard.append(words) }
        let after = training.trainer.model.stateDict().mapValues { $0.floats() }
        for (name, values) in before {
            #expect((values == after[name]) == !name.hasPrefix("predictor."), "\(name)")
        }
        let errors = heard.filter { $0.hasPrefix("predictor alone") }
        #expect(errors.count == 2)
        // The same representations, predicted better than by the predictor of single steps.
        let others = try training.heldOut.table(FrameColumn.action)
        let encoded = try #require(training.encodings).heldOut
        let actions = training.actionScaling.normalised(others)
        let untaught = try TinyImages.training(settings(0, stack: stack), TinyImages.frames(lengths))
        _ = try untaught.run(20)
        let later = ImageFreeRuns(training.trainer.model, encoded: encoded, actions: actions, steps: 3)
        let earlier = ImageFreeRuns(untaught.trainer.model, encoded: encoded, actions: actions, steps: 3)
        #expect(later.errors.count == 3 && later.errors[2] < 0.7 * earlier.errors[2])
        // The model may be planned with as far ahead as its predictor has run.
        #expect(training.model().horizon == 3 && untaught.model().horizon == 1)
        #expect(try #require(training.health).predictionError.count == 3)
    }

    @Test("The same seed gives the same predictor")
    func repeats() throws {
        func learned() throws -> [String: [Float]] {
            let training = try TinyImages.training(settings(5), TinyImages.frames(lengths))
            _ = try training.run(3)
            try training.learnHeads()
            return training.trainer.model.stateDict().mapValues { $0.floats() }
        }
        #expect(try learned() == learned())
    }

    @Test("Saved in its midst, it goes on to the bit; checkpoints from before it are read")
    func goesOn() throws {
        func weights(_ training: ImageTraining<InMemoryFrames>) -> [String: [Float]] {
            training.trainer.model.stateDict().mapValues { $0.floats() }
        }
        try withTemporaryFolder { folder in
            let (path, old) = (folder + "/checkpoint.safetensors", folder + "/old.safetensors")
            let straight = try TinyImages.training(settings(), TinyImages.frames(lengths))
            _ = try straight.run(20)
            #expect(straight.progressWords == "step 20")
            try ImageCheckpoint.save(straight, data: "squares", to: old)
            try straight.learnHeads { _, words in
                guard words.hasPrefix("predictor alone"), straight.predictorState?.step == 100 else { return }
                try ImageCheckpoint.save(straight, data: "squares", to: path)
            }
            let resumed = try TinyImages.training(settings(), TinyImages.frames(lengths), startIndex: 20)
            try ImageCheckpoint.restore(resumed, data: "squares", from: path)
            #expect(resumed.progressWords == "step 20 and step 100 of the predictor alone")
            var heard = 0
            try resumed.learnHeads { _, words in heard += words.hasPrefix("predictor alone") ? 1 : 0 }
            #expect(heard == 1 && weights(resumed) == weights(straight))
            // The format before this one knows nothing of it: the predictor then begins.
            var file = try SafetensorsFile(path: old)
            var metadata = file.metadata
            #expect(metadata["format"] == "foresight picture checkpoint 2")
            metadata["format"] = "foresight picture checkpoint 1"
            try SafetensorsWriter.write(try file.loadTensors(), metadata: metadata, to: old)
            let former = try TinyImages.training(settings(), TinyImages.frames(lengths), startIndex: 20)
            try ImageCheckpoint.restore(former, data: "squares", from: old)
            try former.learnHeads()
            #expect(weights(former) == weights(straight))
            file = try SafetensorsFile(path: old)
            metadata["format"] = "foresight picture checkpoint 3"
            try SafetensorsWriter.write(try file.loadTensors(), metadata: metadata, to: old)
            #expect(throws: ForesightError.self) { _ = try ImageCheckpoint.step(of: old) }
        }
    }

    @Test("Episodes that are too short for a free run are refused before anything is learned")
    func refusal() throws {
        var settings = settings()
        settings.freeRun = 9
        let error = #expect(throws: ForesightError.self) { try TinyImages.training(settings) }
        #expect(error?.code == .data)
        #expect(error?.message.contains("a free run of 9 steps needs 19") == true)
        #expect(error?.remedy.contains("smaller free_run or block") == true)
    }
}
