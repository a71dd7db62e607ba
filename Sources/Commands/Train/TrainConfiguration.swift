import Basics
import Episodes
import WorldModels

/// Everything that a training run is made from, in one YAML tree: logs, how they are read, how the model is trained.
struct TrainConfiguration: ConfigurationSection, Equatable {
    /// Files, folders and patterns, as seen from the folder that the command runs in.
    var logs: [String] = []
    var training = TrainingSettings()
    var threads = 1
    var device = "cpu"
    var schema = LogSchema()
    /// Stretches of the log that the model folder keeps, so that training can go on without the log.
    var rehearsal = RehearsalSet.usualWindows
    /// The model that training goes on from, and how.
    var continuing = ContinuingSettings()

    static let fields: [ConfigurationField<TrainConfiguration>] =
        [.value("logs", \.logs, "Logs: files, folders or patterns, seen from the folder the command runs in.")]
        + ConfigurationField.inline(\.training) + [
            .value(
                "threads", \.threads,
                "Processor threads; results are the same to the bit only with the same number.",
                limit: .between(1, 256)),
            .value("device", \.device, "Where tensors live."),
            .value(
                "rehearsal", \.rehearsal,
                "Stretches of the log that the model folder keeps, for going on without the log; 0 keeps none.",
                limit: .between(0, 10_000)),
            .section("continuing", \.continuing, "The model that training goes on from, where it does."),
        ] + ConfigurationField.inline(\.schema)

    func validate(path: String) throws {
        try training.validate(path: path)
        try schema.validate(path: path)
        guard device == "cpu" else {
            throw ForesightError.usage(
                "device \(device) cannot train sensor models yet: their tensors are too small to gain from it",
                remedy: "leave device=cpu")
        }
    }
}
