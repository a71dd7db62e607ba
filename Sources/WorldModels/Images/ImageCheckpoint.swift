public import Basics
public import Episodes
import Networks
import Tensors

/// Saves the state of a training from pictures in one file and takes it up again, to the bit on the processor.
///
/// A safetensors file: weights, the optimisers' moments, the teacher and the generator of libtorch; as texts the steps, the
/// settings, and what the data were. Windows follow from seed and step, so that nothing of them has to be kept. It is written
/// whole or not at all.
public enum ImageCheckpoint {
    /// The version of the format that this code writes. It reads those before it, which know nothing of a predictor that
    /// learns alone.
    public static let format = 2

    private static let kind = "foresight picture checkpoint"

    private static let formats = (1...format).map { "\(kind) \($0)" }

    /// Saves a run between two steps of encoder and predictor, or of the predictor alone.
    ///
    /// - Parameters:
    ///   - training: The run.
    ///   - data: What it learns from, in words that differ where the data do.
    ///   - path: The file.
    ///   - storage: Where files are written.
    /// - Throws: `ForesightError.failure` with path and cause; an earlier file is then unchanged.
    public static func save(
        _ training: ImageTraining<some FrameDataset>, data: String, to path: String,
        storage: some FileStorage = DiskStorage()
    ) throws {
        let trainer = training.trainer
        var tensors: [String: Tensor] = [:]
        // A frozen encoder is taken from its folder again.
        let fixed = Set(trainer.frozenNames)
        tensors.add(trainer.model.stateDict().filter { !fixed.contains($0.key) }, as: "model")
        tensors.add(trainer.optimiser.stateDict(), as: "optimiser")
        tensors.add(trainer.average?.stateDict() ?? [:], as: "average")
        let alone = training.predictorState
        tensors.add(alone?.optimiser ?? [:], as: "alone")
        let generator = trainer.generator.state()
        tensors["generator"] = Tensor(generator, shape: [generator.count])
        var metadata = [
            "format": "\(kind) \(format)", "settings": trainer.settings.yaml(), "data": data,
            "step": String(trainer.step), "torch": Engine.version, "device": kind(trainer.generator.device),
            "recording": training.recording,
        ]
        if let alone { metadata["predictor_step"] = String(alone.step) }
        try SafetensorsWriter.write(tensors, metadata: metadata, to: path, storage: storage)
    }

    /// What kind of device it is: whichever of a kind draws the same numbers.
    private static func kind(_ device: Device) -> String {
        switch device {
        case .cpu: "cpu"
        case .cuda: "cuda"
        case .mps: "mps"
        }
    }

    /// The step that a checkpoint was saved at.
    ///
    /// - Throws: `ForesightError.data` when the file is damaged or no such checkpoint.
    public static func step(of path: String) throws -> Int {
        let file = try SafetensorsFile(path: path, checksum: .required)
        let found = file.metadata["format"] ?? "unknown"
        guard formats.contains(found), let step = file.metadata["step"].flatMap({ Int($0) }) else {
            throw ForesightError.data(
                "\(path) is of the format '\(found)', not '\(kind) \(format)'",
                remedy: "train anew, or resume with the version that began the run")
        }
        return step
    }

    /// Takes a run up again.
    ///
    /// - Parameters:
    ///   - training: Made from the same data and settings; of no use any more when this fails.
    ///   - data: What it learns from.
    ///   - path: The checkpoint.
    /// - Throws: `ForesightError.data` when the file is damaged or of another format; `ForesightError.usage` when data, settings or
    ///   the kind of device differ.
    public static func restore(
        _ training: ImageTraining<some FrameDataset>, data: String, from path: String
    ) throws {
        let step = try step(of: path)
        let trainer = training.trainer
        let file = try SafetensorsFile(path: path, checksum: .required)
        guard file.metadata["data"] == data else {
            throw ForesightError.usage(
                "cannot resume with other data: the run learned from \(file.metadata["data"] ?? "unknown"), this is \(data)",
                remedy: "give the data of the run, or start a new one")
        }
        // One that was made anew may have the same sizes; checkpoints from before this was kept say nothing of it.
        guard (file.metadata["recording"] ?? training.recording) == training.recording else {
            throw ForesightError.usage(
                "cannot resume with other data: the run learned from a recording with other actions or lengths of episodes",
                remedy: "give the data of the run, or start a new one")
        }
        let differences = try TrainingCheckpoint.changes(
            from: file.metadata["settings"] ?? "", to: trainer.settings.yaml())
        guard differences.isEmpty else {
            throw ForesightError.usage(
                "cannot resume with other settings: \(differences.joined(separator: ", "))",
                remedy: "leave them as they were, or start a new run")
        }
        let (before, now) = (file.metadata["device"] ?? "cpu", kind(trainer.generator.device))
        guard before == now else {
            throw ForesightError.usage(
                "cannot resume on another device: the run learned on \(before), which draws other numbers than \(now)",
                remedy: "give --device \(before), or start a new run")
        }
        let all = try file.loadTensors()
        guard let generator = all["generator"], generator.dtype == .uint8 else {
            throw ForesightError.data("\(path) holds no generator", remedy: "train anew")
        }
        let fixed = Set(trainer.frozenNames)
        let kept = trainer.model.stateDict().filter { fixed.contains($0.key) }
        try trainer.model.load(all.part("model").merging(kept) { saved, _ in saved })
        try trainer.optimiser.load(all.part("optimiser"))
        try trainer.average?.load(all.part("average"))
        try trainer.generator.restore(generator.values(as: UInt8.self))
        trainer.step = step
        if let alone = file.metadata["predictor_step"].flatMap({ Int($0) }) {
            training.predictorState = PredictorTraining.State(step: alone, optimiser: all.part("alone"))
        }
    }
}
