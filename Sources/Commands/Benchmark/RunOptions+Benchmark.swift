import Basics
import Records
import Tensors
import WorldModels

extension RunOptions {
    /// The run folder of a benchmark, with what was typed and all settings in it.
    ///
    /// - Parameters:
    ///   - name: What is measured: the command's name.
    ///   - isQuick: Whether it is measured roughly.
    ///   - settings: The settings of training.
    /// - Returns: The folder, and where its figures come from.
    /// - Throws: `ForesightError` when the folder cannot be made or written to.
    func benchmark(
        _ name: String, isQuick: Bool, _ settings: TrainingSettings
    ) throws -> (folder: RunFolder, provenance: Provenance) {
        let seed = UInt64(max(0, settings.seed))
        let folder = try folder(task: "benchmark", configuration: isQuick ? "\(name)-quick" : name, seed: seed)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: ["first": seed],
            versions: ["libtorch": Engine.version])
        try provenance.save(in: folder)
        try folder.write(settings.yaml(commented: true), to: "settings.yaml")
        return (folder, provenance)
    }
}
