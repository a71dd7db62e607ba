import Basics
public import Networks
import Tensors

/// A network that others have trained, with what is known of it.
public struct PretrainedNetwork {
    /// The family: `model_type` of Hugging Face's `transformers`, or lewm, pldm, dino_wm, eb_jepa.
    public let family: String
    /// Everything but the numbers.
    public let architecture: NetworkArchitecture
    /// The network, on the processor and in evaluation mode.
    public let network: any Module
    /// How colours are normalised for it, where the folder said so.
    public var colours: ColourScaling?

    /// Creates the description of a network.
    public init(
        family: String, architecture: NetworkArchitecture, network: any Module, colours: ColourScaling? = nil
    ) {
        self.family = family
        self.architecture = architecture
        self.network = network
        self.colours = colours
    }

    /// Reads a network from a folder with `config.json` and `model.safetensors`.
    ///
    /// With `model_type` in it, the configuration is one of Hugging Face's `transformers`: ViT, DINOv2 with or without
    /// registers, I-JEPA, V-JEPA 2. With `_target_`, it is one of Hydra's, as stable-worldmodel saves it beside its
    /// weights: LeWM, PLDM, or PreJEPA, which is DINO-WM; or of eb_jepa's encoder and predictor. The tensors are then those
    /// of the state dictionary, saved as safetensors. The numbers become float32 whatever the file holds. How colours are
    /// normalised is read from `preprocessor_config.json` where that was downloaded, too.
    ///
    /// - Throws: `ForesightError.data` for a family that is not known, a configuration of wrong kinds or of an
    ///   architecture that cannot be had, and a missing, surplus or misshapen tensor; `ForesightError.unavailable` when
    ///   libtorch is not set up.
    public static func read(folder: String) throws -> PretrainedNetwork {
        try check(folder)
        let configuration = try PretrainedConfiguration(path: "\(folder)/config.json")
        var result: PretrainedNetwork
        if configuration.has("model_type") || !configuration.has("_target_") {
            result = try readEncoder(folder: folder, modelType: try configuration.text("model_type"))
        } else {
            result = try readWorld(folder: folder, try configuration.world())
        }
        result.network.setTraining(false)
        result.colours = try colours(folder)
        return result
    }

    /// How colours are normalised, as Hugging Face's processors of images say it.
    private static func colours(_ folder: String) throws -> ColourScaling? {
        guard Folder.names(in: folder).contains(processorName) else { return nil }
        let path = "\(folder)/\(processorName)"
        let content = try JSONParser.parse(InputFile.text(path))
        // Said to be left as they are, from 0 to 1.
        if content["do_normalize"]?.bool == false { return ColourScaling(mean: [0, 0, 0], deviation: [1, 1, 1]) }
        guard let mean = content["image_mean"], let deviation = content["image_std"] else { return nil }
        func numbers(_ value: JSONValue) -> [Double] { value.array?.compactMap(\.double) ?? [] }
        let found = ColourScaling(mean: numbers(mean), deviation: numbers(deviation))
        guard found.isConsistent else {
            throw ForesightError.data(
                "\(path): image_mean \(mean.text()) and image_std \(deviation.text()) are not three numbers each",
                remedy: "take the file of the model, or leave it out for mean and deviation of ImageNet")
        }
        return found
    }

    private static let processorName = "preprocessor_config.json"

    /// Refuses what is no folder of a model, before anything in it is looked at.
    private static func check(_ folder: String) throws {
        guard Folder.exists(folder) else {
            try PickledWeights.refuse(file: folder)
            throw ForesightError.data(
                "no folder at \(folder)", remedy: "name the folder that holds config.json and model.safetensors")
        }
        let present = Folder.names(in: folder)
        if present.contains(EncoderFolder.sheetName) {
            throw ForesightError.usage(
                "\(folder) is a folder of Foresight already", remedy: "load it as it is")
        }
        try PickledWeights.refuse(in: folder)
        guard present.contains("config.json") else {
            throw ForesightError.data(
                "\(folder) has no config.json", remedy: "download the model's config.json into the folder as well")
        }
    }

    private static func readEncoder(folder: String, modelType: String) throws -> PretrainedNetwork {
        if modelType == PretrainedNames.vjepa2.modelType {
            let model = try VideoJEPA.pretrained(folder: folder)
            return PretrainedNetwork(
                family: modelType, architecture: .video(model.encoder.options), network: model)
        }
        let encoder = try VisionTransformer.pretrained(folder: folder)
        return PretrainedNetwork(family: modelType, architecture: .vision(encoder.options), network: encoder)
    }

    private static func readWorld(folder: String, _ world: PretrainedWorld) throws -> PretrainedNetwork {
        let weights = try PretrainedWeights(folder: folder)
        try Engine.load()
        // Every number is written over below.
        let network = try world.architecture.make(seed: Seed(0))
        let isNewer = weights.names.contains { $0.hasSuffix("attention.q_proj.weight") }
        try network.load(weights, named: isNewer ? world.newerNames : world.names)
        return PretrainedNetwork(family: world.family, architecture: world.architecture, network: network)
    }
}
