public import Basics
import Foundation
import Networks
import Tensors

/// Saves and loads a world model as a folder that is enough by itself.
///
/// | file | holds |
/// |---|---|
/// | `model.safetensors` | the network's weights, with a checksum |
/// | `calibration.json` | conformal bands and the out-of-distribution score |
/// | `adaptation.json` | for models that adapt to other records: the linear model of the log, and how uncertain it is |
/// | `surprise.json` | what is normal, for `foresight watch`; not there when the log was too short for it |
/// | `rehearsal.safetensors` | stretches of the training log, for `foresight train --from`; may be removed |
/// | `model.yaml` | channels, scaling, timing, sizes, settings, data hashes, and the digests of the files above |
/// | `reference.json` | the linear models that evaluation compares with, a `LinearReference`; may be missing |
/// | `card.md` | what a person should know before trusting it |
///
/// A folder is made under a temporary name beside its place and renamed, so it is there whole or not at all.
public enum ModelFolder {
    /// The version of the format that this code writes and reads.
    public static let format = 3

    static let weightsName = "model.safetensors"
    static let calibrationName = "calibration.json"
    static let sheetName = "model.yaml"
    static let cardName = "card.md"

    /// Bands and score, as `calibration.json` holds them.
    struct CalibrationFile: Codable {
        var calibration: Calibration
        var novelty: NoveltyScore
    }

    /// Saves a model; a model that is there already is replaced as a whole.
    ///
    /// - Throws: `ForesightError.failure` when the model holds numbers that are not finite, or with path and cause when
    ///   it cannot be written; an earlier folder is then unchanged. `ForesightError.usage` where there is anything else, as
    ///   ``check(place:)`` does.
    public static func save(_ model: TrainedModel, to folder: String, storage: some FileStorage = DiskStorage()) throws
    {
        try check(place: folder)
        do {
            try check(model.weights, source: "the model")
            try check(
                CalibrationFile(calibration: model.calibration, novelty: model.novelty), model.description,
                source: "the model")
            let sheet = ModelSheet(
                model.description, format: format, weights: "", calibration: "",
                adaptation: model.adapter.map { _ in "" }, surprise: model.surprise.map { _ in "" })
            _ = try ModelSheet.read(sheet.yaml(), source: "the model's description", format: format)
        } catch let error as ForesightError {
            throw ForesightError.failure(
                "not saved: \(error.message)", remedy: "training went wrong; lower rate= or clip= and train again")
        }
        try AtomicFolder.write(to: folder, storage: storage) { try write(model, to: $0, storage: storage) }
    }

    private static func write(_ model: TrainedModel, to folder: String, storage: some FileStorage) throws {
        let file = { (name: String) in "\(folder)/\(name)" }
        try SafetensorsWriter.write(
            model.weights.stored, metadata: ["format": "foresight \(format)"], to: file(weightsName), storage: storage)
        let calibration = try JSONText.encode(
            CalibrationFile(calibration: model.calibration, novelty: model.novelty))
        try AtomicFile.write(calibration + "\n", to: file(calibrationName), storage: storage)
        let adaptation = try writePart(model.adapter?.prior, adaptationName, to: folder, storage: storage)
        let surprise = try writePart(model.surprise, surpriseName, to: folder, storage: storage)
        let rehearsal = try model.rehearsal.map { kept -> String in
            try kept.save(to: file(rehearsalName), storage: storage)
            return try SHA256.hex(ofFile: file(rehearsalName))
        }
        try AtomicFile.write(ModelCard(model).text, to: file(cardName), storage: storage)
        let sheet = ModelSheet(
            model.description, format: format, weights: try SHA256.hex(ofFile: file(weightsName)),
            calibration: try SHA256.hex(ofFile: file(calibrationName)), adaptation: adaptation, surprise: surprise,
            rehearsal: rehearsal)
        let remark = "# A world model of Foresight; card.md says in words what it is good for.\n"
        try AtomicFile.write(remark + sheet.yaml(), to: file(sheetName), storage: storage)
    }

    /// Loads a model; a run folder stands for the model in it.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - isForPlanning: Leaves libtorch, which takes longer to load than all else, until something asks for the network:
    ///     plans by the compiled rollout never do.
    /// - Returns: The model.
    /// - Throws: `ForesightError.data` with what is missing, damaged, of another format, or does not fit together;
    ///   `ForesightError.unavailable` when libtorch, or for planning the compiled kernels are not set up.
    public static func load(_ path: String, isForPlanning: Bool = false) throws -> TrainedModel {
        let folder = try find(path)
        let sheet = try readSheet(folder)
        let description = sheet.description
        let calibration = try readCalibration(folder, sheet)
        let adapter = try readAdaptation(folder, sheet, description)
        let surprise = try readSurprise(folder, sheet, description)
        try isForPlanning ? Kernels.load() : Engine.load()
        let weights = try readWeights(folder, sheet, description)
        return TrainedModel(
            description: description, weights: weights, calibration: calibration.calibration,
            novelty: calibration.novelty, adapter: adapter, surprise: surprise)
    }

    /// What a model says about itself, without loading its weights; libtorch is not needed.
    ///
    /// - Throws: `ForesightError.data` as `load(_:)`.
    public static func description(of path: String) throws -> ModelDescription {
        try readSheet(find(path)).description
    }

    static func find(_ path: String) throws -> String {
        guard Folder.exists(path) else {
            let url = URL(fileURLWithPath: path)
            let parent = path.contains("/") ? url.deletingLastPathComponent().relativePath : "."
            guard !FileManager.default.fileExists(atPath: path) else {
                throw ForesightError.data(
                    "\(path) is a file, not a model folder", remedy: "name the folder that foresight train made")
            }
            let near = nearestName(to: url.lastPathComponent, among: Folder.names(in: parent))
            let remedy = near.map { "did you mean \(parent == "." ? "" : parent + "/")\($0)?" }
            throw ForesightError.data(
                "no model folder at \(path)", remedy: remedy ?? "name the folder that foresight train made")
        }
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
        return !has(sheetName) && has("model/\(sheetName)") ? "\(path)/model" : path
    }

    static func readSheet(_ folder: String) throws -> ModelSheet {
        let path = try present(sheetName, in: folder)
        return try ModelSheet.read(InputFile.text(path), source: path, format: format)
    }

    private static func readCalibration(_ folder: String, _ sheet: ModelSheet) throws -> CalibrationFile {
        let path = try present(calibrationName, in: folder)
        try verify(path, digest: sheet.calibration)
        let file = try JSONText.decode(CalibrationFile.self, from: InputFile.text(path), source: path)
        try check(file, sheet.description, source: path)
        return file
    }

    private static func readWeights(
        _ folder: String, _ sheet: ModelSheet, _ description: ModelDescription
    ) throws -> SensorWeights {
        let path = try present(weightsName, in: folder)
        let file = try SafetensorsFile(path: path, checksum: .required)
        try verify(path, digest: sheet.weights)
        let sizes = description.architecture
        // Before anything of that size is made: one shape in the file must be what the sizes promise.
        let linear = try file.entry("predictor.linear").shape
        guard linear == [sizes.members, sizes.width, sizes.width] else {
            throw ForesightError.data(
                "\(path) holds a transition of shape \(linear), the sizes in \(sheetName) need "
                    + "\([sizes.members, sizes.width, sizes.width])",
                remedy: "the two files are of different models; copy the whole folder again")
        }
        do {
            let weights = try SensorWeights(file, sizes: sizes)
            try check(weights, source: path)
            return weights
        } catch let error as ForesightError where !error.message.hasPrefix(path) {
            throw ForesightError(error.code, "\(path): \(error.message)", remedy: error.remedy)
        }
    }

    static func present(_ name: String, in folder: String) throws -> String {
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw ForesightError.data(
                "\(folder) has no \(name), so it is no whole model folder",
                remedy: "name the folder that foresight train made, or copy it again")
        }
        return path
    }

    static func verify(_ path: String, digest: String) throws {
        let actual = try SHA256.hex(ofFile: path)
        guard actual == digest else {
            throw ForesightError.data(
                "\(path) is not the file that \(sheetName) was saved with: its SHA-256 begins with "
                    + "\(actual.prefix(12)), expected \(digest.prefix(12))",
                remedy: "the files are of different models or damaged; copy the whole folder again")
        }
    }
}
