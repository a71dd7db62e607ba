import Basics
import Episodes
import Foundation
import Identification
import Monitoring

/// Parts that not every model has: each a file with its digest in the sheet.
extension ModelFolder {
    static let adaptationName = "adaptation.json"
    static let surpriseName = "surprise.json"

    static let rehearsalName = "rehearsal.safetensors"

    /// The stretches of its log that a model's folder keeps; `nil` where it keeps none or they were removed.
    ///
    /// - Throws: `ForesightError.data` when the file is damaged or of another model.
    public static func rehearsal(of path: String) throws -> RehearsalSet? {
        let folder = try find(path)
        let sheet = try readSheet(folder)
        let file = "\(folder)/\(rehearsalName)"
        guard let digest = sheet.rehearsal, FileManager.default.fileExists(atPath: file) else { return nil }
        try verify(file, digest: digest)
        return try RehearsalSet(path: file, description: sheet.description)
    }

    /// The digest of a model's weights: what tells it from any other.
    ///
    /// - Throws: `ForesightError.data` as `load(_:)`.
    public static func digest(of path: String) throws -> String { try readSheet(find(path)).weights }

    /// Saves a part and returns the file's digest; `nil` when there is none.
    static func writePart(
        _ part: (some Encodable)?, _ name: String, to folder: String, storage: some FileStorage
    ) throws -> String? {
        guard let part else { return nil }
        let path = "\(folder)/\(name)"
        try AtomicFile.write(JSONText.encode(part, pretty: false) + "\n", to: path, storage: storage)
        return try SHA256.hex(ofFile: path)
    }

    /// Loads what a model needs to adapt to other records; `nil` for one that does not adapt, as those that were saved
    /// before there was such a thing.
    ///
    /// - Throws: `ForesightError.data` when the file is missing, damaged or of another model.
    static func readAdaptation(
        _ folder: String, _ sheet: ModelSheet, _ description: ModelDescription
    ) throws -> RecordAdapter? {
        let layout = SignalLayout(outputs: description.outputs.map(\.name), inputs: description.inputs.map(\.name))
        return try readPart(RecordPrior.self, adaptationName, digest: sheet.adaptation, in: folder) {
            $0.isConsistent && $0.model.layout == layout
        }.map { RecordAdapter($0, description) }
    }

    /// Loads what is normal; `nil` for a model that does not know, as those that were saved before there was such a thing.
    ///
    /// - Throws: `ForesightError.data` when the file is missing, damaged or of another model.
    static func readSurprise(
        _ folder: String, _ sheet: ModelSheet, _ description: ModelDescription
    ) throws -> SurpriseReference? {
        try readPart(SurpriseReference.self, surpriseName, digest: sheet.surprise, in: folder) {
            $0.isConsistent && $0.outputs == description.outputs.map(\.name)
                && $0.inputs == description.inputs.map(\.name)
                && ($0.horizons.last ?? 0) <= max(1, description.horizon)
        }
    }

    /// Loads a part that fits; `nil` where the sheet has no digest of it.
    ///
    /// - Throws: `ForesightError.data` when the file is missing, damaged or of another model.
    static func readPart<Part: Decodable>(
        _ type: Part.Type, _ name: String, digest: String?, in folder: String, fits: (Part) -> Bool
    ) throws -> Part? {
        guard let digest else { return nil }
        let path = try present(name, in: folder)
        try verify(path, digest: digest)
        let part = try JSONText.decode(type, from: InputFile.text(path), source: path)
        guard fits(part) else {
            throw ForesightError.data(
                "\(path): what it holds is damaged or of other channels",
                remedy: "the file is damaged or edited; save the model anew")
        }
        return part
    }
}
