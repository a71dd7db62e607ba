import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@Suite("Folders of networks", .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
struct EncoderFolderTests {
    /// One small network of every kind.
    static let architectures: [NetworkArchitecture] = [
        .vision(
            VisionTransformerOptions(
                imageSize: [8, 12], patch: 4, channels: 1, width: 6, depth: 1, heads: 2, hasClassToken: false,
                registers: 2, layerScale: 0.1, positions: .none, output: .patchMean)),
        .video(
            VideoTransformerOptions(
                imageSide: 8, patch: 4, encoder: VideoBlocks(width: 12, depth: 1, heads: 2),
                predictor: VideoBlocks(width: 6, depth: 1, heads: 1), maskTokens: 2)),
        .causalWorld(
            CausalWorldOptions(
                vision: VisionTransformerOptions(imageSize: [8, 8], patch: 4, width: 6, depth: 1, heads: 2),
                projector: nil, projectorNorm: .none,
                predictor: CausalPredictorOptions(
                    width: 6, actionWidth: 2, history: 2, depth: 1, heads: 2, headSize: 4, feedForward: 8,
                    positions: .rotary, projector: 5))),
        .recurrentWorld(
            RecurrentWorldOptions(
                encoder: ImpalaOptions(imageSize: [9, 8], channels: 2, stacks: [2, 3], blocks: 1, width: 5),
                actionWidth: 3)),
        .patchWorld(
            PatchWorldOptions(
                vision: VisionTransformerOptions(
                    imageSize: [8, 8], patch: 4, width: 6, depth: 1, heads: 2, output: .patchTokens),
                predictor: PatchPredictorOptions(
                    patches: 4, patchWidth: 6, extras: [PatchExtra("arm: left", inputs: 2, width: 1)], actionWidth: 2,
                    actionEmbedding: 2, history: 2, depth: 1, heads: 1, headSize: 3, feedForward: 4))),
    ]

    /// Saves a network with numbers of its own.
    private func save(_ architecture: NetworkArchitecture, to folder: String) throws -> any Module {
        let network = try architecture.make(seed: Seed(1))
        redraw(network, seed: 2)
        try EncoderFolder.save(
            PretrainedNetwork(family: "test", architecture: architecture, network: network), to: folder)
        return network
    }

    @Test("What is saved is loaded with every option and number", arguments: architectures)
    func roundTrip(architecture: NetworkArchitecture) throws {
        try withTemporaryFolder { folder in
            let state = try save(architecture, to: folder).stateDict()
            let loaded = try EncoderFolder.load(folder)
            #expect(loaded.family == "test")
            #expect(loaded.architecture == architecture)
            let found = loaded.network.stateDict()
            #expect(Set(found.keys) == Set(state.keys))
            for (name, value) in state { #expect(found[name]?.equal(value).all().item() == 1, "\(name)") }
        }
    }

    @Test("A damaged, foreign or incomplete folder is refused with the reason")
    func refusals() throws {
        try withTemporaryFolder { folder in
            func refusal() -> String {
                let error = #expect(throws: ForesightError.self) { try EncoderFolder.load(folder) }
                #expect(error?.code == .data)
                return (error?.description ?? "").replacingOccurrences(of: folder, with: "…")
            }
            #expect(refusal() == "… has no encoder.yaml; name a folder that foresight import made")
            _ = try save(Self.architectures[3], to: folder)
            let path = "\(folder)/encoder.yaml"
            let sheet = try String(contentsOfFile: path, encoding: .utf8)
            func write(_ old: String, _ new: String) throws {
                #expect(sheet.contains(old))
                try sheet.replacingOccurrences(of: old, with: new).write(
                    toFile: path, atomically: true, encoding: .utf8)
            }
            try write("format: 1", "format: 2")
            #expect(refusal() == "…/encoder.yaml has format 2, this program reads 1; import the model again")
            try write("actionWidth: 3", "actionWidth: 4")
            #expect(
                refusal().hasPrefix("…/model.safetensors: the stored parameters do not fit the model: of another shape")
            )
            try write("actionWidth: 3", "actionwidth: 3")
            #expect(
                refusal()
                    == "…/encoder.yaml: the key 'architecture.options.actionWidth' is missing; copy or make the file again"
            )
            try write("format: 1", "format: 1")
            try SafetensorsWriter.write(["a": Tensor.zeros([1])], to: "\(folder)/model.safetensors")
            #expect(
                refusal()
                    == "…/model.safetensors is not the file that encoder.yaml names: its digest differs; import the model "
                    + "again")
        }
    }

    @Test("How colours are normalised is taken from the processor's file, kept, and said on the card")
    func colours() throws {
        try withTemporaryFolder { folder in
            let source = "\(folder)/source"
            try FileManager.default.copyItem(atPath: WorldModelParity.fixture("dinowm"), toPath: source)
            #expect(try PretrainedNetwork.read(folder: source).colours == nil)
            func write(_ text: String) throws {
                try text.write(toFile: "\(source)/preprocessor_config.json", atomically: true, encoding: .utf8)
            }
            try write(#"{"image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2], "size": 224}"#)
            let model = try PretrainedNetwork.read(folder: source)
            #expect(model.colours == ColourScaling(mean: [0.5, 0.4, 0.3], deviation: [0.5, 0.25, 0.2]))
            try EncoderFolder.save(model, to: "\(folder)/ours")
            #expect(try EncoderFolder.load("\(folder)/ours").colours == model.colours)
            let card = try String(contentsOfFile: "\(folder)/ours/card.md", encoding: .utf8)
            #expect(card.contains("mean 0.5, 0.4, 0.3 and standard deviation 0.5, 0.25, 0.2"))
            try write(#"{"do_normalize": false, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2]}"#)
            let plain = try PretrainedNetwork.read(folder: source).colours
            #expect(plain == ColourScaling(mean: [0, 0, 0], deviation: [1, 1, 1]))
            try write(#"{"image_mean": [0.5, 0.4], "image_std": [0.5, 0, 0.2]}"#)
            let error = #expect(throws: ForesightError.self) { _ = try PretrainedNetwork.read(folder: source) }
            #expect(
                error?.code == .data && error?.message.contains("image_mean [0.5,0.4]") == true,
                "\(String(describing: error))")
        }
    }

    @Test("Numbers that are not finite are not saved")
    func notFinite() throws {
        try withTemporaryFolder { folder in
            let network = try Self.architectures[3].make(seed: Seed(1))
            let parameter = try #require(network.parameters().first)
            parameter.assign(Tensor.full(parameter.shape, .nan))
            let error = #expect(throws: ForesightError.self) {
                try EncoderFolder.save(
                    PretrainedNetwork(family: "test", architecture: Self.architectures[3], network: network),
                    to: "\(folder)/out")
            }
            #expect(
                error?.description == "the model: the weights encoder.stacks.0.input.weight hold numbers that are not "
                    + "finite; take another checkpoint of the model")
            #expect(!Folder.exists("\(folder)/out"))
        }
    }
}
