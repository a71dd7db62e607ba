import Basics
import Tensors

/// The tensors of a folder that `save_pretrained` of Hugging Face's `transformers` wrote: `model.safetensors`, or the
/// parts that `model.safetensors.index.json` names. They are mapped; only what is touched is read.
struct PretrainedWeights {
    private let files: [SafetensorsFile]
    private let places: [String: Int]
    /// The folder.
    let folder: String

    /// Opens the files.
    ///
    /// - Throws: `ForesightError.data` when there are none, one is damaged, or two hold the same tensor.
    init(folder: String) throws {
        self.folder = folder
        files = try Self.fileNames(folder).map { try SafetensorsFile(path: "\(folder)/\($0)") }
        var places: [String: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.names where places.updateValue(index, forKey: name) != nil {
                throw ForesightError.data(
                    "two files of \(folder) hold a tensor '\(name)'",
                    remedy: "save the model again into an empty folder")
            }
        }
        self.places = places
    }

    private static func fileNames(_ folder: String) throws -> [String] {
        let present = Folder.names(in: folder)
        let index = "model.safetensors.index.json"
        if present.contains("model.safetensors") { return ["model.safetensors"] }
        guard present.contains(index) else {
            throw ForesightError.data(
                "\(folder) has no model.safetensors",
                remedy: "save the model there with save_pretrained of Hugging Face's transformers")
        }
        let map = try JSONParser.parse(try InputFile.text("\(folder)/\(index)"))["weight_map"]?.object ?? [:]
        let names = Set(map.values.map { $0.string ?? "" }).sorted()
        guard !names.isEmpty, names.allSatisfy(present.contains) else {
            let absent = names.first { !present.contains($0) } ?? ""
            throw ForesightError.data(
                "\(folder)/\(index) names a file '\(absent)' that is not in the folder",
                remedy: "copy the whole folder of the model")
        }
        return names
    }

    /// The names of all tensors.
    var names: Set<String> { Set(places.keys) }

    /// What is known of a tensor without reading it, or `nil`.
    subscript(name: String) -> SafetensorsEntry? { places[name].flatMap { files[$0][name] } }

    /// Reads a tensor.
    ///
    /// - Throws: as `SafetensorsFile.tensor(_:device:)`.
    func tensor(_ name: String) throws -> Tensor { try files[places[name] ?? 0].tensor(name) }
}
