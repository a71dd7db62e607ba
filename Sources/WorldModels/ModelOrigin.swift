public import Basics

/// Where a model comes from: its data by content, and how its training went. Free of dates and machines, so that the
/// same data and settings give the same bytes.
public struct ModelOrigin: ConfigurationSection, Equatable {
    /// The logs it was trained on.
    public var logs: [Log] = []
    /// SHA-256 of the weights that training went on from; empty for a model that was trained from the beginning.
    public var parent = ""
    /// Samples in these logs.
    public var samples = 0
    /// Episodes in these logs.
    public var episodes = 0
    /// How the data were split, in one line.
    public var split = ""
    /// Epochs that were run.
    public var epochs = 0
    /// The epoch whose parameters were kept; 0 is the start.
    public var bestEpoch = 0
    /// Free-run error of that epoch on data not trained on, in standard deviations of the channels.
    public var validationError = 0.0
    /// What a person should know about the data, in plain words.
    public var warnings: [String] = []
    /// The version of Foresight.
    public var foresight = Version.foresight
    /// The version of Swift.
    public var swift = Version.swift
    /// The version of libtorch; empty where it is not known.
    public var torch = ""

    /// Nothing is known.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<ModelOrigin>] = [
        .list("logs", \.logs, "Logs the model was trained on, by content."),
        .value(
            "parent", \.parent, "SHA-256 digest of the weights that training went on from; empty where it began anew."),
        .value("samples", \.samples, "Samples in these logs.", limit: .atLeast(0)),
        .value("episodes", \.episodes, "Episodes in these logs.", limit: .atLeast(0)),
        .value("split", \.split, "How the data were split."),
        .value("epochs", \.epochs, "Epochs that were run.", limit: .atLeast(0)),
        .value("best_epoch", \.bestEpoch, "Epoch whose parameters were kept.", limit: .atLeast(0)),
        .value(
            "validation_error", \.validationError, "Free-run error on data not trained on.",
            unit: "standard deviations", limit: .atLeast(0)),
        .value("warnings", \.warnings, "What a person should know about the data."),
        .value("foresight", \.foresight, "Version of Foresight."),
        .value("swift", \.swift, "Version of Swift."),
        .value("torch", \.torch, "Version of libtorch."),
    ]

    /// A file that went in.
    public struct Log: ConfigurationSection, Equatable {
        /// The name without its folder.
        public var name = ""
        /// The number of bytes.
        public var bytes = 0
        /// The SHA-256 digest in hexadecimal.
        public var sha256 = ""

        /// Creates a log without a name.
        public init() {}

        /// Creates a log by name, size and digest.
        public init(name: String, bytes: Int, sha256: String) {
            self.name = name
            self.bytes = bytes
            self.sha256 = sha256
        }

        /// The settings.
        public static let fields: [ConfigurationField<Log>] = [
            .value("name", \.name, "Name without its folder."),
            .value("bytes", \.bytes, "Size.", unit: "bytes", limit: .atLeast(0)),
            .value("sha256", \.sha256, "SHA-256 digest, hexadecimal."),
        ]
    }
}
