import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Training from pictures", .enabled(if: torchIsSetUp))
struct ImageTrainerTests {
    /// Everything that decides how a run goes on.
    private func state(_ trainer: ImageTrainer) -> [String: [Float]] {
        var state = trainer.model.stateDict().mapValues { $0.floats() }
        for (name, value) in trainer.optimiser.stateDict() { state["optimiser/\(name)"] = value.floats() }
        for (name, value) in trainer.average?.stateDict() ?? [:] { state["average/\(name)"] = value.floats() }
        state["generator"] = trainer.generator.state().map(Float.init)
        state["step"] = [Float(trainer.step)]
        return state
    }

    @Test(
        "Six steps are three, a restart and three, to the bit",
        arguments: ImageRecipe.all.filter { !$0.isFrozen }.map(\.name))
    func bitExact(recipe: String) throws {
        let settings = TinyImages.settings(recipe: recipe)
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            let straight = try TinyImages.training(settings)
            _ = try straight.run(3)
            try ImageCheckpoint.save(straight, data: "squares", to: path)
            let report = try straight.run(10)
            #expect(report.step == 6 && straight.trainer.isFinished && report.skipped == 0)
            #expect(try ImageCheckpoint.step(of: path) == 3)
            let resumed = try TinyImages.training(settings, startIndex: 3)
            try ImageCheckpoint.restore(resumed, data: "squares", from: path)
            #expect(resumed.trainer.step == 3)
            let later = try resumed.run(10)
            #expect(later.terms.map(\.value) == report.terms.map(\.value))
            #expect(later.gradientNorm == report.gradientNorm)
            #expect(state(resumed.trainer) == state(straight.trainer))
        }
    }

    @Test("Resuming refuses other data, other settings, another format and damage")
    func refusals() throws {
        let settings = TinyImages.settings(steps: 2)
        let training = try TinyImages.training(settings)
        _ = try training.run(1)
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            try ImageCheckpoint.save(training, data: "squares", to: path)
            let data = #expect(throws: ForesightError.self) {
                try ImageCheckpoint.restore(training, data: "circles", from: path)
            }
            #expect(data?.code == .usage)
            #expect(data?.message.contains("the run learned from squares, this is circles") == true)
            // Made anew: as long as before, with other actions.
            let again = try TinyImages.training(settings, TinyImages.frames(seed: 2))
            let recording = #expect(throws: ForesightError.self) {
                try ImageCheckpoint.restore(again, data: "squares", from: path)
            }
            #expect(recording?.code == .usage)
            #expect(recording?.message.contains("a recording with other actions") == true)
            var other = settings
            other.rate = 0.5
            let changed = try TinyImages.training(other)
            let differ = #expect(throws: ForesightError.self) {
                try ImageCheckpoint.restore(changed, data: "squares", from: path)
            }
            #expect(differ?.code == .usage)
            #expect(differ?.message.contains("rate was 0.001, now 0.5") == true, "\(String(describing: differ))")
            let weights = folder + "/weights.safetensors"
            try SafetensorsWriter.write(["a": Tensor.zeros([1])], metadata: ["format": "other 3"], to: weights)
            let format = #expect(throws: ForesightError.self) { _ = try ImageCheckpoint.step(of: weights) }
            #expect(format?.code == .data && format?.message.contains("of the format 'other 3'") == true)
            // A checkpoint of another kind of device draws other numbers.
            let file = try SafetensorsFile(path: path)
            #expect(file.metadata["device"] == "cpu")
            var metadata = file.metadata
            metadata["device"] = "cuda"
            let moved = folder + "/moved.safetensors"
            try SafetensorsWriter.write(try file.loadTensors(), metadata: metadata, to: moved)
            let device = #expect(throws: ForesightError.self) {
                try ImageCheckpoint.restore(training, data: "squares", from: moved)
            }
            #expect(device?.code == .usage && device?.message.contains("on cuda, which draws") == true)
            #expect(device?.remedy.contains("--device cuda") == true)
            var bytes = try InputFile.bytes(path)
            bytes[bytes.count - 9] ^= 1
            try AtomicFile.write(bytes, to: path)
            let damaged = #expect(throws: ForesightError.self) {
                try ImageCheckpoint.restore(training, data: "squares", from: path)
            }
            #expect(damaged?.code == .data)
        }
    }

    @Test("A step whose gradient is no number is left out, and the next one is taken")
    func skipped() throws {
        let training = try TinyImages.training()
        let good = TinyImages.batch(4, pictures: 4)
        let numbers = [Float](repeating: .nan, count: 4 * 3 * 4)
        let bad = ImageBatch(pictures: good.pictures, actions: Tensor(numbers, shape: [4, 3, 4]))
        let trainer = training.trainer
        _ = try trainer.run(1) { good }
        let before = state(trainer).filter { $0.key != "generator" && $0.key != "step" }
        let report = try trainer.run(1) { bad }
        #expect(report.skipped == 1 && report.step == 2 && trainer.step == 2)
        #expect(state(trainer).filter { $0.key != "generator" && $0.key != "step" } == before)
        var isFirst = true
        let mixed = try trainer.run(2) {
            defer { isFirst = false }
            return isFirst ? bad : good
        }
        #expect(mixed.skipped == 1 && mixed.gradientNorm.isFinite && mixed.gradientNorm > 0)
        #expect(state(trainer)["encoder.head.weight"] != before["encoder.head.weight"])
        #expect(state(trainer).values.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test("What cannot be learned from is refused with its reason")
    func data() throws {
        func refusal(_ frames: InMemoryFrames, _ channels: [Channel] = TinyImages.channels) -> ForesightError? {
            #expect(throws: ForesightError.self) {
                _ = try ImageTraining(
                    frames, actions: channels, samplingTime: 0.1, settings: TinyImages.settings())
            }
        }
        let one = refusal(TinyImages.frames([20]))
        #expect(one?.code == .data && one?.message == "squares holds 1 episode: one has to be held out")
        #expect(one?.remedy.contains("ep_len") == true)
        let short = refusal(TinyImages.frames([5, 6, 7]))
        #expect(short?.message.contains("rows, a window of 4 pictures every 2 rows needs 8") == true)
        let fewer = refusal(TinyImages.frames(), [TinyImages.channels[0]])
        #expect(fewer?.message == "squares holds 2 actions a row, 1 are declared")
        var odd = InMemoryFrames(
            frameSize: FrameSize(height: 24, width: 40), columns: [FrameColumn(FrameColumn.action, width: 2)],
            source: "odd")
        for _ in 0..<3 {
            odd.append(
                FrameEpisode(
                    frames: [UInt8](repeating: 0, count: 10 * 24 * 40 * 3), columns: [Array(repeating: 0, count: 20)]))
        }
        let size = refusal(odd)
        #expect(size?.code == .data && size?.message.contains("40 × 24 pixels") == true)
        #expect(size?.remedy.contains("16") == true)
    }

    @Test("Pictures that an encoder cannot halve are refused with another one", arguments: [[18, 16], [16, 6]])
    func sizes(size: [Int]) throws {
        var sizes = TinyImages.architecture()
        (sizes.imageSize, sizes.encoder) = (size, .keypoints)
        let error = #expect(throws: ForesightError.self) { _ = try ImageWorldModel(sizes, seed: Seed(1)) }
        #expect(error?.code == .usage && error?.message.contains("\(size[1]) × \(size[0]) pixels") == true)
        #expect(error?.remedy.contains("encoder=impala") == true)
        sizes.encoder = .impala
        #expect(throws: Never.self) { _ = try ImageWorldModel(sizes, seed: Seed(1)) }
    }

    @Test("Actions that were not recorded count in no mean, and shift no others")
    func missingActions() throws {
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: 16, width: 16), columns: [FrameColumn(FrameColumn.action, width: 2)],
            source: "gaps")
        for episode in 0..<4 {
            let length = 9
            var actions = (0..<length).flatMap { [Float($0), Float(100 + $0)] }
            // The last row of a recording: all of it, or one number alone.
            actions[2 * length - 2] = .nan
            if episode > 0 { actions[2 * length - 1] = .nan }
            frames.append(
                FrameEpisode(frames: [UInt8](repeating: 9, count: length * 16 * 16 * 3), columns: [actions]))
        }
        let training = try TinyImages.training(TinyImages.settings(steps: 1), frames)
        #expect(training.actionScaling.mean == [3.5, 103.5], "\(training.actionScaling)")
        #expect(training.recordedActions == [0...7, 100...107], "\(training.recordedActions)")
    }

    @Test("Episodes that are shorter than a window are counted", arguments: [1, 2])
    func short(stack: Int) throws {
        // Five of eighteen are held out.
        let frames = TinyImages.frames([7, 9, 10].flatMap { [Int](repeating: $0, count: 6) })
        let training = try TinyImages.training(TinyImages.settings(stack: stack), frames)
        // Pictures of two rows each: three steps are rolled out, and one more is seen at once.
        #expect(training.tooShort.rows == (stack == 1 ? 8 : 10))
        let lengths = training.learned.layout.lengths
        #expect(training.tooShort.episodes == lengths.filter { $0 < training.tooShort.rows }.count)
        #expect(training.tooShort.episodes > 0)
    }

    @Test("Episodes are held out by their share, none of which is learned from, the same for a seed")
    func heldOut() throws {
        var settings = TinyImages.settings()
        settings.heldOut = 0.3
        let lengths = Array(repeating: 10, count: 10)
        let training = try TinyImages.training(settings, TinyImages.frames(lengths))
        #expect(training.heldOut.episodes.count == 3 && training.learned.episodes.count == 7)
        #expect(Set(training.heldOut.episodes + training.learned.episodes) == Set(0..<10))
        let again = try TinyImages.training(settings, TinyImages.frames(lengths))
        #expect(again.heldOut.episodes == training.heldOut.episodes)
        settings.seed = 1
        let other = try TinyImages.training(settings, TinyImages.frames(lengths))
        #expect(other.heldOut.episodes != training.heldOut.episodes)
    }
}
