import Basics
import Tensors
import WorldModels

/// Everything that a training from pictures is made from, in one YAML tree.
struct PictureConfiguration: ConfigurationSection, Equatable {
    /// The data set of pictures, as seen from the folder that the command runs in.
    var pictures = ""
    var samplingTime = 1.0
    var regions: [String] = []
    var threads = 1
    var device = "cpu"
    var training = ImageSettings()

    static let fields: [ConfigurationField<PictureConfiguration>] =
        [
            .value("pictures", \.pictures, "Recorded pictures with actions, seen from the folder the command runs in."),
            .value("sampling_time", \.samplingTime, "Time between rows of the record.", unit: "s", limit: .above(0)),
            .value(
                "regions", \.regions,
                "Columns of 0 and 1 that say which rows lie in a region; goals and guardrails speak of each by its name."
            ),
        ] + ConfigurationField.inline(\.training) + [
            .value(
                "threads", \.threads, "Processor threads; results are the same to the bit only with the same number.",
                limit: .between(1, 256)),
            .value("device", \.device, "Where encoder and predictor learn: cpu, cuda, cuda:N or mps."),
        ]

    func validate(path: String) throws {
        try training.validate(path: path)
        _ = try Device(device)
    }
}
