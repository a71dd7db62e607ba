public import Basics
import Foundation
import Networks
import Tensors

/// Saves and loads a network of ``PretrainedNetwork`` as a folder of ours.
///
/// | file | holds |
/// |---|---|
/// | `model.safetensors` | the weights under our names, float32, with a checksum |
/// | `encoder.yaml` | the architecture, the family, and the digest of the weights |
/// | `card.md` | in words where it comes from, what it takes and gives |
public enum EncoderFolder {
    /// The version of the format that this code writes and reads.
    public static let format = 1

    static let weightsName = "model.safetensors"
    static let sheetName = "encoder.yaml"
    static let cardName = "card.md"

    /// Saves a network into a folder; `encoder.yaml` is written last, so that it stands for a whole folder.
    ///
    /// - Throws: `ForesightError.data` when weights are not finite; `ForesightError.failure` with path and cause when it
    ///   cannot be written.
    public static func save(
        _ model: PretrainedNetwork, to folder: String, storage: some FileStorage = DiskStorage()
    ) throws {
        let state = model.network.stateDict().mapValues { $0.to(device: .cpu) }
        try check(state, source: "the model")
        try Folder.create(folder)
        try SafetensorsWriter.write(
            state, metadata: ["format": "foresight encoder \(format)"], to: "\(folder)/\(weightsName)",
            storage: storage)
        let sheet = EncoderSheet(
            format: format, family: model.family, parameters: count(state),
            weights: try SHA256.hex(ofFile: "\(folder)/\(weightsName)"), architecture: model.architecture,
            colours: model.colours)
        try AtomicFile.write(EncoderCard(sheet).text, to: "\(folder)/\(cardName)", storage: storage)
        let remark = "# A network of Foresight; card.md says in words what it is.\n"
        try AtomicFile.write(remark + (try sheet.yaml()), to: "\(folder)/\(sheetName)", storage: storage)
    }

    /// Loads a network, on the processor and in evaluation mode.
    ///
    /// - Throws: `ForesightError.data` with what is missing, damaged, of another format, or does not fit together;
    ///   `ForesightError.unavailable` when libtorch is not set up.
    public static func load(_ folder: String) throws -> PretrainedNetwork {
        guard Folder.names(in: folder).contains(sheetName) else {
            throw ForesightError.data(
                "\(folder) has no \(sheetName)", remedy: "name a folder that foresight import made")
        }
        let sheet = try EncoderSheet.read("\(folder)/\(sheetName)", format: format)
        let path = "\(folder)/\(weightsName)"
        guard try SHA256.hex(ofFile: path) == sheet.weights else {
            throw ForesightError.data(
                "\(path) is not the file that \(sheetName) names: its digest differs", remedy: "import the model again")
        }
        try Engine.load()
        let network: any Module
        do {
            network = try sheet.architecture.make(seed: Seed(0))
        } catch let error as ForesightError {
            throw ForesightError.data("\(folder)/\(sheetName): \(error.message)", remedy: "import the model again")
        }
        let state = try SafetensorsFile(path: path).loadTensors()
        try check(state, source: path)
        do {
            try network.load(state)
        } catch let error as ForesightError {
            throw ForesightError(error.code, "\(path): \(error.message)", remedy: "import the model again")
        }
        network.setTraining(false)
        guard sheet.colours?.isConsistent != false else {
            throw ForesightError.data(
                "\(folder)/\(sheetName): the scaling of colours makes no sense", remedy: "import the model again")
        }
        return PretrainedNetwork(
            family: sheet.family, architecture: sheet.architecture, network: network, colours: sheet.colours)
    }

    private static func check(_ state: [String: Tensor], source: String) throws {
        for (name, value) in state.sorted(by: { $0.key < $1.key }) where value.dtype.isFloatingPoint {
            guard value.isfinite().all().item() != 0 else {
                throw ForesightError.data(
                    "\(source): the weights \(name) hold numbers that are not finite",
                    remedy: "take another checkpoint of the model")
            }
        }
    }

    /// How many numbers there are, running statistics included.
    private static func count(_ state: [String: Tensor]) -> Int {
        state.values.reduce(0) { $0 + ($1.dtype.isFloatingPoint ? $1.count : 0) }
    }
}
