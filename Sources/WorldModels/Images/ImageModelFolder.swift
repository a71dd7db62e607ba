public import Basics
import Foundation
import Networks
import Tensors

/// Saves and loads a world model from pictures as a folder that is enough by itself: `model.safetensors`,
/// `calibration.json` where something is read, `surprise.json` where it is known what is ordinary, `regions.json` and
/// `regions.safetensors` where regions were learned, `frozen.json` where others have trained the encoder, `transformer.json`
/// where there are networks of LeWM's, `model.yaml` with the digests of these, and `card.md`. Folders from before there was such a part are read all the same.
public enum ImageModelFolder {
    /// The version of the format that this code writes and reads.
    public static let format = 1

    static let frozenName = "frozen.json"
    static let transformerName = "transformer.json"

    /// Checks that a model can be saved at a place and nothing else goes with what is replaced: there is nothing, an empty
    /// folder, or a model from pictures and no file beside its own.
    ///
    /// - Throws: `ForesightError.usage` with what is there.
    public static func check(place folder: String) throws {
        try ModelFolder.check(place: folder, names: ownNames, isModel: isHere)
    }

    /// The files of a model.
    private static let ownNames: Set<String> = [
        ModelFolder.sheetName, ModelFolder.weightsName, ModelFolder.cardName, ModelFolder.calibrationName,
        ModelFolder.surpriseName, regionsName, regionWeightsName, frozenName, transformerName,
    ]

    /// Saves a model; a model that is there already is replaced as a whole.
    ///
    /// - Throws: `ForesightError.failure` when the model holds numbers that are not finite, or with path and cause when it
    ///   cannot be written; an earlier folder is then unchanged. `ForesightError.usage` where there is anything else.
    public static func save(
        _ model: TrainedImageModel, to folder: String, storage: some FileStorage = DiskStorage()
    ) throws {
        try check(place: folder)
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in model.network.stateDict() { tensors["network.\(name)"] = tensor }
        for (name, tensor) in model.distance?.stateDict() ?? [:] { tensors["distance.\(name)"] = tensor }
        for (name, tensor) in model.readout?.network.stateDict() ?? [:] { tensors["readout.\(name)"] = tensor }
        let checked = tensors.merging(regionTensors(model)) { tensor, _ in tensor }
        for (name, tensor) in checked where tensor.isfinite().all().item() == 0 {
            throw ForesightError.failure(
                "not saved: the weights \(name) hold numbers that are not finite",
                remedy: "training went wrong; lower rate= and train again")
        }
        guard model.readout?.bands?.isConsistent ?? true, model.regions.allSatisfy(\.bands.isConsistent) else {
            throw ForesightError.failure(
                "not saved: the bands of what is read hold numbers that are not finite, since predictions run away",
                remedy: "training went wrong; take more steps, or lower rate= or free_run=, and train again")
        }
        try AtomicFolder.write(to: folder, storage: storage) { partial in
            let weights = "\(partial)/\(ModelFolder.weightsName)"
            try SafetensorsWriter.write(
                tensors.mapValues { $0.to(device: .cpu) }, metadata: ["format": "foresight images \(format)"],
                to: weights, storage: storage)
            try AtomicFile.write(
                ImageModelCard(model).text, to: "\(partial)/\(ModelFolder.cardName)", storage: storage)
            let calibration = try ModelFolder.writePart(
                model.readout?.bands, ModelFolder.calibrationName, to: partial, storage: storage)
            let surprise = try ModelFolder.writePart(
                model.surprise, ModelFolder.surpriseName, to: partial, storage: storage)
            let sheet = ImageModelSheet(
                model, format: format, weights: try SHA256.hex(ofFile: weights), calibration: calibration,
                surprise: surprise, regions: try writeRegions(model, to: partial, storage: storage),
                frozen: try ModelFolder.writePart(
                    model.network.architecture.frozen, frozenName, to: partial, storage: storage),
                transformer: try ModelFolder.writePart(
                    model.network.architecture.transformer, transformerName, to: partial, storage: storage))
            let remark =
                "# A world model of Foresight that learned from pictures; card.md says in words what it is good for.\n"
            try AtomicFile.write(remark + sheet.yaml(), to: "\(partial)/\(ModelFolder.sheetName)", storage: storage)
        }
    }

    /// The folder of the model itself, where that of a run may be named.
    ///
    /// - Throws: `ForesightError.data` when there is no such folder.
    public static func place(_ path: String) throws -> String { try ModelFolder.find(path) }

    /// The digest of a model's weights: what tells it from any other.
    ///
    /// - Throws: `ForesightError.data` with what is missing, damaged or of another format.
    public static func digest(of path: String) throws -> String {
        let source = try ModelFolder.present(ModelFolder.sheetName, in: ModelFolder.find(path))
        return try ImageModelSheet.read(InputFile.text(source), source: source, format: format).weights
    }

    /// Whether a folder holds a model from pictures, as its `model.yaml` says.
    public static func isHere(_ folder: String) -> Bool {
        let text = try? InputFile.text("\(folder)/\(ModelFolder.sheetName)")
        return text?.split(separator: "\n").contains { $0.hasPrefix("encoder:") } == true
    }

    /// Loads a model; a run folder stands for the model in it.
    ///
    /// - Throws: `ForesightError.data` with what is missing, damaged, of another format, or does not fit together;
    ///   `ForesightError.unavailable` when libtorch is not set up.
    public static func load(_ path: String) throws -> TrainedImageModel {
        let folder = try ModelFolder.find(path)
        let source = try ModelFolder.present(ModelFolder.sheetName, in: folder)
        let sheet = try ImageModelSheet.read(InputFile.text(source), source: source, format: format)
        let weights = try ModelFolder.present(ModelFolder.weightsName, in: folder)
        try Engine.load()
        let file = try SafetensorsFile(path: weights, checksum: .required)
        try ModelFolder.verify(weights, digest: sheet.weights)
        let seed = Seed(UInt64(max(0, sheet.settings.seed)))
        let frozen = try ModelFolder.readPart(
            FrozenSizes.self, frozenName, digest: sheet.frozen, in: folder
        ) { $0.isConsistent(stack: sheet.stack, representation: sheet.representation) }
        let transformer = try ModelFolder.readPart(
            TransformerSizes.self, transformerName, digest: sheet.transformer, in: folder
        ) { $0.isConsistent(width: sheet.representation) }
        let sizes = sheet.architecture(frozen, transformer)
        let network = try ImageWorldModel(sizes, seed: seed)
        let distance = sheet.discount.map { discount in
            TemporalDistance(width: sizes.seenSummaryWidth, hidden: sheet.hidden, discount: discount, seed: seed)
        }
        let count = sheet.readouts.count
        let readout = count > 0 ? StateReadout(width: sizes.summaryWidth, outputs: count, seed: seed) : nil
        do {
            let tensors = try file.loadTensors()
            let parts = ["network."] + (distance == nil ? [] : ["distance."]) + (readout == nil ? [] : ["readout."])
            if let other = tensors.keys.sorted().first(where: { name in !parts.contains { name.hasPrefix($0) } }) {
                throw ForesightError.data(
                    "it holds the weights \(other), which model.yaml knows nothing of",
                    remedy: "the sheet was edited; save the model anew")
            }
            func part(_ prefix: String) -> [String: Tensor] {
                var state: [String: Tensor] = [:]
                for (name, tensor) in tensors where name.hasPrefix(prefix) {
                    state[String(name.dropFirst(prefix.count))] = tensor
                }
                return state
            }
            try network.load(part("network."))
            try distance?.load(part("distance."))
            try readout?.load(part("readout."))
        } catch let error as ForesightError {
            throw ForesightError(error.code, "\(weights): \(error.message)", remedy: error.remedy)
        }
        let bands = try ModelFolder.readPart(
            ReadoutBands.self, ModelFolder.calibrationName, digest: sheet.calibration, in: folder
        ) { $0.isConsistent && $0.count == count && $0.steps == sheet.horizon }
        let surprise = try ModelFolder.readPart(
            PictureSurprise.self, ModelFolder.surpriseName, digest: sheet.surprise, in: folder
        ) { $0.isConsistent(width: sizes.summaryWidth) }
        var model = TrainedImageModel(
            network: network, distance: distance,
            readout: readout.map { ImageReadout(network: $0, names: sheet.readouts, bands: bands) }, surprise: surprise,
            regions: try readRegions(sheet, width: sizes.summaryWidth, in: folder),
            actionChannels: sheet.actions.map(\.channel),
            actionScaling: ActionScaling(
                mean: sheet.actions.map { Float($0.mean) }, deviation: sheet.actions.map { Float($0.scale) }),
            sensing: sheet.sensedMean.isEmpty
                ? nil
                : ActionScaling(
                    mean: sheet.sensedMean.map { Float($0) }, deviation: sheet.sensedScale.map { Float($0) }),
            recordedActions: sheet.actions.map { $0.recordedLeast...$0.recordedGreatest },
            samplingTime: sheet.samplingTime, horizon: sheet.horizon, settings: sheet.settings, origin: sheet.origin)
        model.recording = sheet.recording
        return model
    }
}
