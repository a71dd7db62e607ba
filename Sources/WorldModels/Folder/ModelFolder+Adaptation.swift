import Basics
import Episodes
import Identification

extension ModelFolder {
    static let adaptationName = "adaptation.json"

    /// Saves what a model needs to adapt to other records, and returns the file's digest; `nil` for a model that does not
    /// adapt.
    static func writeAdaptation(_ model: TrainedModel, to folder: String, storage: some FileStorage) throws -> String? {
        guard let adapter = model.adapter else { return nil }
        let path = "\(folder)/\(adaptationName)"
        try AtomicFile.write(JSONText.encode(adapter.prior, pretty: false) + "\n", to: path, storage: storage)
        return try SHA256.hex(ofFile: path)
    }

    /// Loads it; `nil` for a model that does not adapt, as those that were saved before there was such a thing.
    ///
    /// - Throws: `ForesightError.data` when the file is missing, damaged or of another model.
    static func readAdaptation(
        _ folder: String, _ sheet: ModelSheet, _ description: ModelDescription
    ) throws -> RecordAdapter? {
        guard let digest = sheet.adaptation else { return nil }
        let path = try present(adaptationName, in: folder)
        try verify(path, digest: digest)
        let prior = try JSONText.decode(RecordPrior.self, from: InputFile.text(path), source: path)
        let layout = SignalLayout(outputs: description.outputs.map(\.name), inputs: description.inputs.map(\.name))
        guard prior.isConsistent, prior.model.layout == layout else {
            throw ForesightError.data(
                "\(path): the linear model in it is damaged or of other channels",
                remedy: "the file is damaged or edited; save the model anew")
        }
        return RecordAdapter(prior, description)
    }
}
