import Basics
import Episodes
import Monitoring

extension ModelFolder {
    static let surpriseName = "surprise.json"

    /// Saves what is normal, and returns the file's digest; `nil` for a model that does not know.
    static func writeSurprise(_ model: TrainedModel, to folder: String, storage: some FileStorage) throws -> String? {
        guard let reference = model.surprise else { return nil }
        let path = "\(folder)/\(surpriseName)"
        try AtomicFile.write(JSONText.encode(reference, pretty: false) + "\n", to: path, storage: storage)
        return try SHA256.hex(ofFile: path)
    }

    /// Loads it; `nil` for a model that does not know, as those that were saved before there was such a thing.
    ///
    /// - Throws: `ForesightError.data` when the file is missing, damaged or of another model.
    static func readSurprise(
        _ folder: String, _ sheet: ModelSheet, _ description: ModelDescription
    ) throws -> SurpriseReference? {
        guard let digest = sheet.surprise else { return nil }
        let path = try present(surpriseName, in: folder)
        try verify(path, digest: digest)
        let reference = try JSONText.decode(SurpriseReference.self, from: InputFile.text(path), source: path)
        guard reference.isConsistent, reference.outputs == description.outputs.map(\.name),
            reference.inputs == description.inputs.map(\.name),
            (reference.horizons.last ?? 0) <= max(1, description.horizon)
        else {
            throw ForesightError.data(
                "\(path): what is normal in it is damaged or of other channels",
                remedy: "the file is damaged or edited; save the model anew")
        }
        return reference
    }
}
