public import Basics
import Foundation
import Networks
import Tensors

/// Saves the whole state of a training run in one file and takes it up again, to the bit on the CPU.
///
/// The file is a safetensors file: the model's weights, those of the best epoch, the optimiser's moments, the teacher,
/// the generator of libtorch; as texts the sampler's state, the counters, and the settings and data that it belongs to.
/// It is written whole or not at all, so a killed run or a full disk leaves the one before.
public enum TrainingCheckpoint {
    /// The version of the format that this code writes and reads.
    public static let format = 2

    /// Counters and small states, as JSON in the file.
    private struct Progress: Codable {
        var epoch: Int
        var bestEpoch: Int
        var sampler: SeededGenerator
        /// Not in files from before it was kept.
        var startsSteady: Bool?
    }

    /// Saves a run between two epochs.
    ///
    /// - Throws: `ForesightError.failure` with path and cause; an earlier file is then unchanged.
    public static func save(
        _ trainer: Trainer, data: DataFingerprint, to path: String, storage: some FileStorage = DiskStorage()
    ) throws {
        var tensors: [String: Tensor] = [:]
        tensors.add(trainer.model.stateDict(), as: "model")
        tensors.add(trainer.bestState, as: "best")
        tensors.add(trainer.optimiser.stateDict(), as: "optimiser")
        if let average = trainer.average { tensors.add(average.stateDict(), as: "average") }
        tensors["generator"] = Tensor(trainer.generator.state())
        // As a tensor, because a text would round it, and because it may be infinite.
        tensors["best_error"] = Tensor([trainer.best.error])
        // What terms are measured in: a resumed run does not search for its start again.
        tensors["start/outputs"] = trainer.startingErrors.outputs.to(device: .cpu)
        tensors["start/prediction"] = Tensor([trainer.startingErrors.prediction])
        let progress = Progress(
            epoch: trainer.epoch, bestEpoch: trainer.best.epoch, sampler: trainer.sampler,
            startsSteady: trainer.startsSteady)
        let metadata = [
            "format": "foresight checkpoint \(format)", "settings": trainer.settings.yaml(),
            "data": try JSONText.encode(data, pretty: false), "progress": try JSONText.encode(progress, pretty: false),
            "torch": Engine.version,
        ]
        try SafetensorsWriter.write(tensors, metadata: metadata, to: path, storage: storage)
    }

    /// Takes a run up again.
    ///
    /// - Parameters:
    ///   - trainer: Made from the same data and settings; of no use any more when this fails.
    ///   - data: What the trainer was made from.
    ///   - path: The checkpoint.
    /// - Returns: What may keep the rest of the run from being the same to the bit, in words.
    /// - Throws: `ForesightError.data` when the file is damaged or of another format; `ForesightError.usage` when data
    ///   or settings differ, naming what does.
    @discardableResult
    public static func restore(_ trainer: Trainer, data: DataFingerprint, from path: String) throws -> [String] {
        let file = try SafetensorsFile(path: path, checksum: .required)
        let written = file.metadata["format"] ?? "unknown"
        guard written == "foresight checkpoint \(format)" else {
            throw ForesightError.data(
                "\(path) is of the format '\(written)', this version resumes 'foresight checkpoint \(format)'",
                remedy: "train anew, or resume with the version that began the run")
        }
        func text(_ key: String) throws -> String {
            guard let text = file.metadata[key] else {
                throw ForesightError.data("\(path) holds no \(key)", remedy: "train anew")
            }
            return text
        }
        let before = try JSONText.decode(DataFingerprint.self, from: text("data"), source: path)
        if let difference = data.difference(from: before) {
            throw ForesightError.usage(
                "cannot resume with other data: \(difference)", remedy: "give the logs of the run, or start a new one")
        }
        let differences = try changes(from: text("settings"), to: trainer.settings.yaml())
        guard differences.isEmpty else {
            throw ForesightError.usage(
                "cannot resume with other settings: \(differences.joined(separator: ", "))",
                remedy: "leave them as they were, or start a new run")
        }
        try load(file, into: trainer, try JSONText.decode(Progress.self, from: text("progress"), source: path))
        let torch = try text("torch")
        return torch == Engine.version
            ? [] : ["the run began with libtorch \(torch), this is \(Engine.version): last bits may differ"]
    }

    private static func load(_ file: SafetensorsFile, into trainer: Trainer, _ progress: Progress) throws {
        let all = try file.loadTensors()
        guard let generator = all["generator"], let error = all["best_error"]?.doubles().first,
            generator.dtype == .uint8, let outputs = all["start/outputs"],
            outputs.shape == trainer.startingErrors.outputs.shape,
            let prediction = all["start/prediction"]?.doubles().first
        else {
            throw ForesightError.data(
                "the checkpoint holds no generator, best error or starting errors", remedy: "train anew")
        }
        let best = all.part("best")
        // Tried on the model, so that a best state that does not fit is found now and not at the end of the run.
        try trainer.model.load(best)
        try trainer.model.load(all.part("model"))
        try trainer.optimiser.load(all.part("optimiser"))
        try trainer.average?.load(all.part("average"))
        try trainer.generator.restore(generator.values(as: UInt8.self))
        trainer.startingErrors = StartingErrors(outputs: outputs, prediction: prediction)
        trainer.bestState = best
        trainer.sampler = progress.sampler
        trainer.epoch = progress.epoch
        if let steady = progress.startsSteady { trainer.startsSteady = steady }
        trainer.best = (error, progress.bestEpoch)
    }

    /// The settings that differ, as "rate was 0.002, now 0.001".
    static func changes(from before: String, to now: String) throws -> [String] {
        let (old, new) = (try YAMLNode.parse(before, source: "").values(), try YAMLNode.parse(now, source: "").values())
        return Set(old.keys).union(new.keys).sorted().compactMap { key in
            let (was, become) = (old[key] ?? "not there", new[key] ?? "not there")
            return was == become ? nil : "\(key) was \(was), now \(become)"
        }
    }
}

extension YAMLNode {
    /// All single values by their path.
    fileprivate func values(_ path: String = "") -> [String: String] {
        switch content {
        case .scalar(let text, _): return [path: text]
        case .list(let elements):
            return elements.enumerated().reduce(into: [:]) { values, element in
                values.merge(element.element.values("\(path)[\(element.offset)]")) { $1 }
            }
        case .mapping(let members):
            return members.reduce(into: [:]) { values, member in
                values.merge(member.value.values(path.isEmpty ? member.key : "\(path).\(member.key)")) { $1 }
            }
        }
    }
}
