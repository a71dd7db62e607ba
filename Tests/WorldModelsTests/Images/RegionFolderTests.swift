import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Regions of a model from pictures", .enabled(if: torchIsSetUp))
struct RegionFolderTests {
    /// Squares with a column that labels the left half, and a model that learned from them.
    private static func labelled() throws -> (frames: InMemoryFrames, labels: RegionLabels) {
        let frames = TinyImages.frames([Int](repeating: 30, count: 6), seed: 4)
        let labels = try (0..<6).map { episode in
            let states = try frames.values(of: FrameColumn.state, episode: episode, rows: 0..<30)
            return stride(from: 0, to: 60, by: 2).map { states[$0] < 6 ? Float(1) : 0 }
        }
        return (frames, RegionLabels(labels))
    }

    private static func model() throws -> TrainedImageModel {
        var model = try TinyImages.model()
        let (frames, labels) = try labelled()
        try model.learnRegion("left", labels: labels, in: frames, heldOut: 0.5)
        return model
    }

    private func scores(_ model: TrainedImageModel) -> [Float] {
        withInferenceMode {
            let z = Tensor.normal([5, 8], using: TorchGenerator(seed: 2))
            return model.regions.flatMap { $0.classifier(from: z, to: z * 2).floats() }
        }
    }

    @Test("A region that is learned later leaves the world model as it is, to the byte")
    func roundTrip() throws {
        let bare = try TinyImages.model()
        var model = bare
        let (frames, labels) = try Self.labelled()
        try model.learnRegion("left", labels: labels, in: frames, heldOut: 0.5)
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(bare, to: folder + "/bare")
            try ImageModelFolder.save(model, to: folder + "/model")
            let more = Set(Folder.names(in: folder + "/model")).subtracting(Folder.names(in: folder + "/bare"))
            #expect(more == ["regions.json", "regions.safetensors"])
            for name in ["model.safetensors", "calibration.json"] {
                #expect(
                    try InputFile.bytes("\(folder)/bare/\(name)") == InputFile.bytes("\(folder)/model/\(name)"),
                    "\(name)")
            }
            let loaded = try ImageModelFolder.load(folder + "/model")
            #expect(loaded.regions.map(\.name) == ["left"] && loaded.regions[0].bands == model.regions[0].bands)
            #expect(scores(loaded) == scores(model) && scores(model).count == 5)
            #expect(try InputFile.text(folder + "/model/card.md").contains("Closer to the region left than its band"))
            try ImageModelFolder.save(loaded, to: folder + "/again")
            for name in Folder.names(in: folder + "/model") {
                #expect(try InputFile.bytes("\(folder)/model/\(name)") == InputFile.bytes("\(folder)/again/\(name)"))
            }
            // As folders were before there were regions.
            let sheet = folder + "/bare/model.yaml"
            let text = try InputFile.text(sheet)
            #expect(text.contains("regions: null\n"))
            try AtomicFile.write(text.replacingOccurrences(of: "regions: null\n", with: ""), to: sheet)
            #expect(try ImageModelFolder.load(folder + "/bare").regions.isEmpty)
        }
    }

    @Test("A region of the same name is replaced, and one of a taken name refused")
    func names() throws {
        var model = try TinyImages.model()
        let (frames, labels) = try Self.labelled()
        for name in ["left", "other", "left"] { try model.learnRegion(name, labels: labels, in: frames, heldOut: 0.5) }
        #expect(model.regions.map(\.name) == ["other", "left"])
        for name in ["distance", "proprio_0", "right", "distance_home", "novelty", ""] {
            let error = #expect(throws: ForesightError.self) {
                try model.learnRegion(name, labels: labels, in: frames, heldOut: 0.5)
            }
            #expect(error?.code == .usage, "\(name)")
        }
        #expect(model.regions.map(\.name) == ["other", "left"])
    }

    @Test("Labels of one side, and pictures of another size, are refused")
    func refusals() throws {
        var model = try TinyImages.model()
        let (frames, labels) = try Self.labelled()
        let all = RegionLabels(labels.episodes.map { $0.map { _ in 1 } })
        var error = #expect(throws: ForesightError.self) {
            try model.learnRegion("left", labels: all, in: frames, heldOut: 0.5)
        }
        #expect(error?.code == .data && error?.message.contains("outside of the region left") == true)
        var large = InMemoryFrames(
            frameSize: FrameSize(height: 32, width: 32), columns: frames.layout.columns, source: "large")
        large.append(
            FrameEpisode(frames: [UInt8](repeating: 0, count: 32 * 32 * 3), columns: [[0, 0], [0, 0], [0, 0]]))
        error = #expect(throws: ForesightError.self) {
            try model.learnRegion("left", labels: RegionLabels([[1]]), in: large)
        }
        #expect(error?.message == "large holds pictures of 32 × 32 pixels, the model sees 16 × 16")
    }

    @Test("Of what a model learned from no more is held out than was, also after loading; of as much else it may be")
    func ownRecording() throws {
        let model = try TinyImages.model()
        func error(_ model: TrainedImageModel, seed: UInt64, heldOut: Double?) -> ForesightError? {
            let frames = TinyImages.frames(seed: seed)
            let labels = RegionLabels(frames.layout.lengths.map { (0..<$0).map { $0 % 8 < 4 ? 1 : 0 } })
            var model = model
            return #expect(throws: ForesightError.self) {
                try model.learnRegion("zone", labels: labels, in: frames, heldOut: heldOut)
            }
        }
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(model, to: folder + "/model")
            let loaded = try ImageModelFolder.load(folder + "/model")
            #expect(loaded.recording == model.recording && model.recording != nil)
            // As models are from before it was kept: as many episodes and rows are taken for the same.
            let sheet = folder + "/model/model.yaml"
            let lines = try InputFile.text(sheet).split(separator: "\n").filter { !$0.hasPrefix("recording:") }
            try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: sheet)
            let older = try ImageModelFolder.load(folder + "/model")
            #expect(older.recording == nil)
            for model in [model, loaded, older] {
                let refused = error(model, seed: 1, heldOut: 0.6)
                #expect(refused?.code == .usage && refused?.message.contains("2 of 5 episodes aside") == true)
                // Two episodes are too few to promise anything, and no more can be had of these.
                let few = error(model, seed: 1, heldOut: nil)
                #expect(
                    few?.code == .data && few?.remedy.contains("did not learn from") == true,
                    "\(String(describing: few))")
            }
            let other = error(loaded, seed: 2, heldOut: 0.6)
            #expect(other?.code == .data && other?.remedy.contains("hold out more of them") == true)
        }
    }

    @Test("A column that labels is enough in training, and what it lacks is told before it begins")
    func training() throws {
        let frames = try Self.labelled().frames
        var other = InMemoryFrames(
            frameSize: frames.layout.frameSize, columns: frames.layout.columns + [FrameColumn("left", shape: [])])
        for index in 0..<6 {
            var episode = try frames.episode(index)
            // Whoever is held out, enough rows lie on either side.
            episode.columns.append((0..<30).map { $0 % 20 < 8 ? 1 : 0 })
            other.append(episode)
        }
        let training = try TinyImages.training(TinyImages.settings(), other)
        try training.check(regions: ["left"])
        #expect(throws: ForesightError.self) { try training.check(regions: ["letf"]) }
        _ = try training.run(6)
        try training.learnHeads(regions: ["left"])
        let region = try #require(training.model().regions.first)
        #expect(region.name == "left" && region.bands.steps == 3)
        #expect(zip(region.bands.inside, region.bands.outside).allSatisfy { $0 + $1 == 48 })
    }

    @Test("Files of regions that are missing, changed or edited are refused")
    func damaged() throws {
        let model = try Self.model()
        try withTemporaryFolder { folder in
            func refusal(_ change: (String) throws -> Void) throws -> String {
                let path = folder + "/model"
                try ImageModelFolder.save(model, to: path)
                try change(path)
                let error = #expect(throws: ForesightError.self) { _ = try ImageModelFolder.load(path) }
                #expect(error?.code == .data)
                return error?.message ?? ""
            }
            func edit(_ path: String, _ old: String, _ new: String) throws {
                let text = try InputFile.text(path)
                #expect(text.contains(old), "nothing to replace: \(old)")
                try AtomicFile.write(text.replacingOccurrences(of: old, with: new), to: path)
            }
            for name in ["regions.json", "regions.safetensors"] {
                let message = try refusal { try FileManager.default.removeItem(atPath: "\($0)/\(name)") }
                #expect(message.contains("has no \(name)"))
            }
            let changed = try refusal { path in
                var bytes = try InputFile.bytes(path + "/regions.safetensors")
                bytes[bytes.count - 50] ^= 1
                try AtomicFile.write(bytes, to: path + "/regions.safetensors")
            }
            #expect(changed.contains("checksum"))
            // With its digest as a forger would write it.
            for (old, new) in [("\"left\"", "\"distance\""), ("\"steps\":3", "\"steps\":2"), ("0.9", "1.9")] {
                let message = try refusal { path in
                    let before = try SHA256.hex(ofFile: path + "/regions.json")
                    try edit(path + "/regions.json", old, new)
                    try edit(path + "/model.yaml", before, SHA256.hex(ofFile: path + "/regions.json"))
                }
                #expect(message.contains("regions.json: what it holds is damaged"), "\(old): \(message)")
            }
        }
    }
}
