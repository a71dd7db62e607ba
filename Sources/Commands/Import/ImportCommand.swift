import ArgumentParser
import Basics
import Foundation
import Networks
import Perception
import Records
import Tensors

/// `foresight import MODEL_DIR`: a network that others have trained as a folder of ours.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a network that others have trained usable here.",
        discussion: """
            Reads a downloaded folder with config.json and model.safetensors, and writes one with the same numbers under \
            our names, encoder.yaml and a card, which is loaded again and compared. Families: ViT, DINOv2 with or \
            without registers, I-JEPA and V-JEPA 2 as Hugging Face's transformers saves them; LeWM, PLDM and PreJEPA \
            (DINO-WM) of stable-worldmodel and JEPA of eb_jepa, whose config.json says _target_, and whose state \
            dictionary is saved as safetensors. Pickled weights are refused, with the command that converts them. How colours are \
            normalised is taken from preprocessor_config.json where that is there, too.

              foresight import dinov2-small --out models/dinov2-small
            """)

    @Argument(
        help: ArgumentHelp("Folder of the downloaded model.", valueName: "model-folder"))
    var source: String

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        talking.talk.note("reading \(source)")
        let model = try PretrainedNetwork.read(folder: source)
        let name = URL(fileURLWithPath: source).standardizedFileURL.lastPathComponent
        let folder = try output.folder(task: "import", configuration: name)
        let inputs = Folder.names(in: source).filter {
            ["config.json", "preprocessor_config.json"].contains($0) || $0.hasSuffix(".safetensors")
        }
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:],
            inputs: inputs.map { "\(source)/\($0)" })
        try EncoderFolder.save(model, to: folder.path)
        try provenance.save(in: folder)
        try check(model, folder)
        let result = ImportResult(model, folder: folder.path, source: source)
        talking.report(result.json, text: result.text)
    }

    /// Loads what was saved and compares every number.
    ///
    /// - Throws: `ForesightError.failure` when one differs.
    private func check(_ model: PretrainedNetwork, _ folder: RunFolder) throws {
        let state = try EncoderFolder.load(folder.path).network.stateDict()
        for (name, value) in model.network.stateDict().sorted(by: { $0.key < $1.key }) {
            guard let saved = state[name], saved.shape == value.shape, saved.equal(value).all().item() != 0 else {
                throw ForesightError.failure(
                    "\(folder.path): the weights \(name) are not what was read", remedy: "import the model again")
            }
        }
    }
}
