import Basics
import Episodes
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Folder of a model from pictures", .enabled(if: torchIsSetUp))
struct ImageModelFolderTests {
    /// What a model makes of pictures and actions, with how far that is and what is read off it.
    private func outcome(_ model: TrainedImageModel) throws -> [Float] {
        let frames = TinyImages.frames([8], seed: 77)
        let z = model.encode(try (0..<3).map { try frames.frames(episode: 0, rows: 2 * $0..<2 * $0 + 1) })
        return try withoutGradients {
            let actions = model.actionScaling.normalised(Tensor([Float]([1, -2, 0, 0.5]), shape: [1, 1, 4]))
            let next = model.network.rollout(from: z, actions: actions)[0]
            let readout = try #require(model.readout)
            return z.floats() + next.floats() + (model.distance?.rows(z, next).floats() ?? [])
                + readout.network(next)
                .floats()
        }
    }

    @Test("A saved model does the same to the bit after loading", arguments: [1, 2])
    func roundTrip(stack: Int) throws {
        let model = try TinyImages.model(TinyImages.settings(stack: stack))
        try withTemporaryFolder { folder in
            let path = folder + "/runs/squares/model"
            try ImageModelFolder.save(model, to: path)
            // A run folder stands for the model in it.
            let loaded = try ImageModelFolder.load(folder + "/runs/squares")
            #expect(try outcome(loaded) == outcome(model))
            #expect(loaded.network.architecture == model.network.architecture)
            #expect(loaded.settings == model.settings && loaded.origin == model.origin)
            #expect(loaded.actionChannels == model.actionChannels && loaded.actionScaling == model.actionScaling)
            #expect(loaded.recordedActions == model.recordedActions && loaded.samplingTime == 0.1)
            #expect(loaded.horizon == 3 && loaded.distance?.discount == model.distance?.discount)
            #expect(loaded.readout?.names == ["proprio_0", "proprio_1"])
            #expect(loaded.readout?.bands == model.readout?.bands && model.readout?.bands != nil)
            #expect(Folder.names(in: path) == ["calibration.json", "card.md", "model.safetensors", "model.yaml"])
            // Saved once more, every byte is the same.
            try ImageModelFolder.save(loaded, to: folder + "/again")
            for name in Folder.names(in: path) {
                #expect(try InputFile.bytes("\(path)/\(name)") == InputFile.bytes("\(folder)/again/\(name)"))
            }
        }
    }

    @Test(
        "Every encoder and predictor learns, and does the same to the bit after loading",
        arguments: zip([ImageEncoderKind.impala, .vit, .strided], [ImagePredictorKind.recurrent, .causal, .causal]))
    func kinds(encoder: ImageEncoderKind, predictor: ImagePredictorKind) throws {
        var settings = TinyImages.settings()
        (settings.encoder, settings.predictor) = (encoder, predictor)
        let model = try TinyImages.model(settings)
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(model, to: folder + "/model")
            let loaded = try ImageModelFolder.load(folder + "/model")
            #expect(try outcome(loaded) == outcome(model))
            #expect(loaded.network.architecture == model.network.architecture)
        }
    }

    @Test("Pictures that a strided encoder cannot halve are loaded with another encoder")
    func oddPictures() throws {
        let sizes = ImageArchitecture(
            imageSize: [20, 20], stack: 1, encoder: .impala, width: 4, actions: 1, block: 1, hidden: 8, inverseSteps: 1)
        let model = TrainedImageModel(
            network: .drawn(sizes, seed: Seed(1)), distance: nil, actionChannels: [Channel(name: "a", role: .action)],
            actionScaling: ActionScaling(mean: [0], deviation: [1]), recordedActions: [-1...1], samplingTime: 1,
            horizon: 2, settings: ImageSettings(), origin: ModelOrigin())
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(model, to: folder + "/model")
            #expect(try ImageModelFolder.load(folder + "/model").network.architecture == sizes)
        }
    }

    @Test("Bands that are no numbers are not saved: the model could not be loaded again")
    func runAway() throws {
        let model = try TinyImages.model()
        let readout = try #require(model.readout)
        let bands = ReadoutBands(
            steps: 1, count: readout.network.count, halfWidth: [1, 1], guardHalfWidth: [1, .infinity], predictions: 9)
        let broken = TrainedImageModel(
            network: model.network, distance: nil,
            readout: ImageReadout(network: readout.network, names: readout.names, bands: bands),
            actionChannels: model.actionChannels, actionScaling: model.actionScaling,
            recordedActions: model.recordedActions, samplingTime: 1, horizon: 1, settings: model.settings,
            origin: ModelOrigin())
        try withTemporaryFolder { folder in
            let error = #expect(throws: ForesightError.self) {
                try ImageModelFolder.save(broken, to: folder + "/model")
            }
            #expect(error?.message.contains("predictions run away") == true)
            #expect(!Folder.exists(folder + "/model"))
        }
    }

    @Test("A model without distance and readouts is saved without them, and its card says so")
    func bare() throws {
        var settings = TinyImages.settings(steps: 2)
        settings.distanceSteps = 0
        let model = try TinyImages.model(settings, hasSense: false)
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(model, to: folder + "/model")
            #expect(Folder.names(in: folder + "/model") == ["card.md", "model.safetensors", "model.yaml"])
            let loaded = try ImageModelFolder.load(folder + "/model")
            #expect(loaded.distance == nil && loaded.readout == nil)
            let card = try InputFile.text(folder + "/model/card.md")
            #expect(card.contains("representations of what lies behind a wall may look near"))
            #expect(card.contains("it reads no numbers off what it sees"), "\(card)")
        }
    }

    @Test("A model with proprioception keeps how it is normalised, and what only it decides")
    func proprioception() throws {
        var settings = TinyImages.settings()
        settings.proprioception = true
        let model = try TinyImages.model(settings)
        let picture = try TinyImages.frames([3], seed: 7).frames(episode: 0, rows: 0..<1)
        func parts(_ model: TrainedImageModel, _ sensed: [Double]?) -> [Float] {
            model.encode([picture], proprioception: sensed).floats()
        }
        try withTemporaryFolder { folder in
            try ImageModelFolder.save(model, to: folder + "/model")
            let loaded = try ImageModelFolder.load(folder + "/model")
            #expect(loaded.sensing == model.sensing && loaded.network.architecture == model.network.architecture)
            #expect(model.network.architecture.sensed == 2 && model.network.architecture.seenWidth == 6)
            let (here, there) = (parts(loaded, [3, 4]), parts(loaded, [9, 1]))
            #expect(here == parts(model, [3, 4]) && here.count == 8)
            // Pictures alone decide the first components, and without proprioception there is no other.
            #expect(here[..<6] == there[..<6] && here[6...] != there[6...])
            #expect(parts(loaded, nil) == Array(here[..<6]))
            #expect(try InputFile.text(folder + "/model/card.md").contains("with 2 numbers that the body senses"))
            #expect(throws: ForesightError.self) { try loaded.check(proprioception: [1]) }
            // As folders were before there was such a thing.
            try ImageModelFolder.save(try TinyImages.model(), to: folder + "/model")
            let text = try InputFile.text(folder + "/model/model.yaml")
            let lines = text.split(separator: "\n").filter {
                !$0.hasPrefix("sensed_") && !$0.contains("proprioception:")
            }
            #expect(lines.count == text.split(separator: "\n").count - 3)
            try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: folder + "/model/model.yaml")
            #expect(try ImageModelFolder.load(folder + "/model").sensing == nil)
        }
        #expect(throws: ForesightError.self) {
            _ = try TinyImages.training(settings, TinyImages.frames(hasSense: false))
        }
    }

    @Test("The card names what is driven, read and promised")
    func card() throws {
        let model = try TinyImages.model()
        let text = ImageModelCard(model).text
        for words in [
            "under chosen right -2 … 2, down -2 … 2", "pictures of 16 × 16 pixels", "recipe sigreg-inverse",
            "57 pictures in 5 episodes. 2 episodes were held out.", "Further ahead than 3 steps",
            "no recorded way, or ways joined, went", "proprio_0, proprio_1",
        ] { #expect(text.contains(words), "\(words) in \(text)") }
        #expect(!text.contains("it reads no numbers"))
        let count = [
            model.network.parameterCount, model.distance?.parameterCount ?? 0,
            model.readout?.network.parameterCount ?? 0,
        ].reduce(0, +)
        #expect(text.contains("\(count) parameters"))
    }
}

@Suite("A folder of a model from pictures that does not fit is refused", .enabled(if: torchIsSetUp))
struct ImageModelFolderRefusalTests {
    // Tests only read it, and reading tensors is safe from several threads.
    nonisolated(unsafe) private static let model = torchIsSetUp ? try? TinyImages.model() : nil

    /// Saves a model, changes its folder, and gives the error of loading.
    private func refusal(_ change: (String) throws -> Void) throws -> ForesightError {
        let model = try #require(Self.model)
        return try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ImageModelFolder.save(model, to: path)
            try change(path)
            let error = #expect(throws: ForesightError.self) { _ = try ImageModelFolder.load(path) }
            let found = try #require(error)
            #expect(found.code == .data && !found.remedy.isEmpty)
            return found
        }
    }

    private func edit(_ path: String, _ old: String, _ new: String) throws {
        let text = try InputFile.text(path)
        #expect(text.contains(old), "nothing to replace: \(old)")
        try AtomicFile.write(text.replacingOccurrences(of: old, with: new), to: path)
    }

    @Test("Each of its files missing", arguments: ["model.safetensors", "model.yaml", "calibration.json"])
    func missing(_ name: String) throws {
        let error = try refusal { try FileManager.default.removeItem(atPath: $0 + "/" + name) }
        #expect(error.message.contains("has no \(name)"))
    }

    @Test("Each of its files cut off", arguments: ["model.safetensors", "model.yaml", "calibration.json"])
    func truncated(_ name: String) throws {
        let error = try refusal { folder in
            let bytes = try InputFile.bytes("\(folder)/\(name)")
            try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: "\(folder)/\(name)")
        }
        #expect(error.message.contains(name))
    }

    @Test("A weight that was changed by one bit") func flipped() throws {
        let error = try refusal { folder in
            var bytes = try InputFile.bytes(folder + "/model.safetensors")
            bytes[bytes.count - 50] ^= 1
            try AtomicFile.write(bytes, to: folder + "/model.safetensors")
        }
        #expect(error.message.contains("checksum"))
    }

    @Test("Weights of another model") func otherWeights() throws {
        var settings = TinyImages.settings(steps: 2)
        settings.seed = 9
        let other = try TinyImages.model(settings)
        let error = try refusal { folder in
            try ImageModelFolder.save(other, to: folder + "-other")
            let data = try InputFile.bytes(folder + "-other/model.safetensors")
            try AtomicFile.write(data, to: folder + "/model.safetensors")
        }
        #expect(error.message.contains("is not the file that model.yaml was saved with"))
    }

    @Test(
        "Changes of model.yaml, each with its reason",
        arguments: [
            ("format: 1\n", "format: 2\n", "is of format 2, this version reads format 1"),
            ("format: 1\n", "", "is of format unknown"), ("stack: 1\nencoder", "encoder", "lacks the key 'stack'"),
            ("origin:\n", "origen:\n", "lacks the key 'origin'"),
            ("readouts: [proprio_0, proprio_1]", "readouts: []", "the weights readout."),
            ("representation: 8", "representation: 9", "of another shape"),
            ("hidden: 16\ninverse", "hidden: 32\ninverse", "of another shape"),
            ("stack: 1\nencoder", "stack: 2\nencoder", "of another shape"),
            ("height: 16", "height: 24", "do not halve pictures of 16 × 24"),
            ("discount: 0.99", "discount: null", "the weights distance.network"),
            ("proprio_1", "proprio_1, proprio_2", "of another shape"),
            ("horizon: 3\ndis", "horizon: 5\ndis", "damaged or of other channels"),
            ("role: action", "role: observation", "it names no actions, or channels that are none"),
            ("lower_limit: -2", "lower_limit: 3", "limits"),
            ("recorded_greatest: 1", "recorded_greatest: -9", "limits"),
            ("block: 2\npre", "block: 2\nblokc: 2\npre", "unknown key 'blokc'"),
            ("sampling_time: 0.1", "sampling_time: 0", "outside its limit"),
        ])
    func yaml(_ old: String, _ new: String, _ reason: String) throws {
        let error = try refusal { try edit($0 + "/model.yaml", old, new) }
        #expect(error.message.contains(reason), "\(error)")
    }

    @Test("Bands of other sizes, or that are no numbers, with their digest as a forger would write it")
    func calibration() throws {
        for (count, width) in [(2, "-1"), (3, "1")] {
            let error = try refusal { folder in
                let path = folder + "/calibration.json"
                let before = try SHA256.hex(ofFile: path)
                let widths = (0..<6).map { _ in width }.joined(separator: ",")
                try AtomicFile.write(
                    """
                    {"steps":3,"count":\(count),"halfWidth":[\(widths)],"guardHalfWidth":[\(widths)],"predictions":4}
                    """, to: path)
                try edit(folder + "/model.yaml", before, SHA256.hex(ofFile: path))
            }
            #expect(error.message.contains("calibration.json: what it holds is damaged"), "\(error)")
        }
    }

    @Test("Weights that are no numbers are refused on saving, and leave the earlier folder") func notFinite() throws {
        let model = try TinyImages.model(TinyImages.settings(steps: 1))
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ImageModelFolder.save(model, to: path)
            let before = try InputFile.bytes(path + "/model.safetensors")
            let weight = model.network.strided.head.weight
            weight.assign(weight.value * Double.nan)
            let error = #expect(throws: ForesightError.self) { try ImageModelFolder.save(model, to: path) }
            #expect(error?.code == .failure)
            #expect(error?.message.contains("encoder.head.weight hold numbers that are not finite") == true)
            #expect(try InputFile.bytes(path + "/model.safetensors") == before)
        }
    }

    @Test("A folder that holds anything but a model is not replaced by one") func otherFolders() throws {
        let model = try #require(Self.model)
        try withTemporaryFolder { folder in
            func message(_ name: String) -> String? {
                let error = #expect(throws: ForesightError.self) {
                    try ImageModelFolder.save(model, to: "\(folder)/\(name)")
                }
                #expect(error?.code == .usage)
                return error?.message
            }
            try Folder.create(folder + "/empty")
            for name in ["empty", "empty", "new"] { try ImageModelFolder.save(model, to: "\(folder)/\(name)") }
            // A file beside those of the model would go with them.
            try AtomicFile.write("remember", to: folder + "/new/notes.txt")
            #expect(message("new")?.contains("there is notes.txt") == true)
            #expect(try InputFile.text(folder + "/new/notes.txt") == "remember")
            // Models of logs have files of the same names.
            try ModelFolder.save(try TinyLog.model(), to: folder + "/log")
            let names = Folder.names(in: folder + "/log")
            #expect(message("log") != nil && Folder.names(in: folder + "/log") == names)
            try AtomicFile.write("remember", to: folder + "/file")
            #expect(message("file")?.contains("is a file") == true)
        }
    }

    @Test("A full disk leaves the earlier folder whole, and no other behind") func fullDisk() throws {
        let model = try #require(Self.model)
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ImageModelFolder.save(model, to: path)
            let before = try InputFile.bytes(path + "/model.safetensors")
            let size = try Folder.names(in: path).reduce(0) { try $0 + InputFile.bytes("\(path)/\($1)").count }
            for capacity in [0, 3000, size - 100] {
                let error = #expect(throws: ForesightError.self) {
                    try ImageModelFolder.save(model, to: path, storage: FillingStorage(capacity: capacity))
                }
                #expect(error?.code == .failure && error?.message.contains("no space left") == true)
                #expect(error?.message.contains("partial") == false)
                #expect(Folder.names(in: folder) == ["model"])
                #expect(try InputFile.bytes(path + "/model.safetensors") == before)
            }
            _ = try ImageModelFolder.load(path)
        }
    }
}
