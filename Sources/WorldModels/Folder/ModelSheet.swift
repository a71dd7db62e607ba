import Basics
import Episodes

/// The content of `model.yaml`: all that is needed to build the network and to use it.
struct ModelSheet: ConfigurationSection, Equatable {
    /// The version of the folder's format.
    var format = 0
    /// SHA-256 of `model.safetensors`.
    var weights = ""
    /// SHA-256 of `calibration.json`.
    var calibration = ""
    /// SHA-256 of `adaptation.json`; `nil` for a model that does not adapt.
    var adaptation: String?
    /// SHA-256 of `surprise.json`; `nil` for a model that does not know what is normal.
    var surprise: String?
    /// SHA-256 of `rehearsal.safetensors`; `nil` for a model that keeps nothing of its log.
    var rehearsal: String?
    var timing = TimingSheet()
    var architecture = ArchitectureSheet()
    var outputs: [ChannelSheet] = []
    var inputs: [ChannelSheet] = []
    var settings = TrainingSettings()
    var origin = ModelOrigin()

    static let fields: [ConfigurationField<ModelSheet>] = [
        .value("format", \.format, "Version of this folder's format."),
        .value("weights", \.weights, "SHA-256 digest of model.safetensors."),
        .value("calibration", \.calibration, "SHA-256 digest of calibration.json."),
        .value("adaptation", \.adaptation, "SHA-256 digest of adaptation.json; null for a model that does not adapt."),
        .value(
            "surprise", \.surprise, "SHA-256 digest of surprise.json; null for a model that cannot watch by itself."),
        .value(
            "rehearsal", \.rehearsal, "SHA-256 digest of rehearsal.safetensors; null where nothing of the log is kept."),
        .section("timing", \.timing, "Steps and how many of them."),
        .section("architecture", \.architecture, "Sizes of the network."),
        .list("outputs", \.outputs, "Predicted channels."),
        .list("inputs", \.inputs, "Driving channels: actions, then disturbances."),
        .section("settings", \.settings, "What it was trained with."),
        .section("origin", \.origin, "What it was trained on, and how that went."),
    ]

    /// One channel with its scaling and what was recorded of it.
    struct ChannelSheet: ConfigurationSection, Equatable {
        var name = ""
        var role = ChannelRole.observation
        var unit: String?
        var lowerLimit: Double?
        var upperLimit: Double?
        var rateLimit: Double?
        var values: [Double] = []
        var dwell: Double?
        var mean = 0.0
        var scale = 0.0
        var recordedLeast = 0.0
        var recordedGreatest = 0.0

        static let fields: [ConfigurationField<ChannelSheet>] = [
            .value("name", \.name, "Name in logs, goals and guardrails."),
            .value("role", \.role, "What it is to the system."),
            .value("unit", \.unit, "Physical unit."),
            .value("lower_limit", \.lowerLimit, "Least value that is possible or allowed."),
            .value("upper_limit", \.upperLimit, "Greatest value that is possible or allowed."),
            .value("rate_limit", \.rateLimit, "Fastest allowed change per second."),
            .value("values", \.values, "Values that an action may take; empty for any within the limits."),
            .value("dwell", \.dwell, "Shortest time that an action keeps a value.", unit: "s", limit: .above(0)),
            .value("mean", \.mean, "Mean in the training data, physical units."),
            .value("scale", \.scale, "Physical units of one normalised unit.", limit: .above(0)),
            .value("recorded_least", \.recordedLeast, "Least value in the training data, physical units."),
            .value("recorded_greatest", \.recordedGreatest, "Greatest value in the training data, physical units."),
        ]
    }

    /// Steps in time.
    struct TimingSheet: ConfigurationSection, Equatable {
        var samplingTime = 0.0
        var stride = 0
        var window = 0
        var horizon = 0

        private static let longest = Double(TrainingSettings.longestHorizon)

        static let fields: [ConfigurationField<TimingSheet>] = [
            .value("sampling_time", \.samplingTime, "Time between samples of a log.", unit: "s", limit: .above(0)),
            .value("stride", \.stride, "Samples per step of the model.", limit: .between(1, 1_000_000)),
            .value("window", \.window, "History used in training.", unit: "steps", limit: .between(1, longest)),
            .value("horizon", \.horizon, "Longest rollout in training.", unit: "steps", limit: .between(1, longest)),
        ]
    }

    /// The sizes of the network.
    struct ArchitectureSheet: ConfigurationSection, Equatable {
        var members = 0
        var outputs = 0
        var inputs = 0
        var actions = 0
        var core = 0
        var free = 0
        var hidden = 0
        var activation = BoundedActivation.tanh
        var lead = false
        var transient = 0
        var bounded = true
        var inverseSteps = 0

        static let fields: [ConfigurationField<ArchitectureSheet>] = [
            .value("members", \.members, "Ensemble members.", limit: .between(1, 32)),
            .value("outputs", \.outputs, "Predicted channels.", limit: .between(1, 10_000)),
            .value("inputs", \.inputs, "Driving channels.", limit: .between(0, 10_000)),
            .value("actions", \.actions, "Actions among them, the first ones.", limit: .between(0, 10_000)),
            .value("core", \.core, "Components that start as a linear model's state.", limit: .between(1, 100_000)),
            .value("free", \.free, "Further components.", limit: .between(0, 512)),
            .value("hidden", \.hidden, "Hidden units of the nonlinear part.", limit: .between(1, 1024)),
            .value("activation", \.activation, "What they compute."),
            .value("lead", \.lead, "Whether a step also sees the input at its end."),
            .value(
                "transient", \.transient, "Rows of a history behind the first with gains of their own.",
                limit: .between(0, 512)),
            .value("bounded", \.bounded, "Whether the linear part is held to a spectral norm of 1."),
            .value("inverse_steps", \.inverseSteps, "Steps of the inverse dynamics.", limit: .between(1, 64)),
        ]

        init() {}

        init(_ sizes: SensorArchitecture) {
            (members, outputs, inputs, actions) = (sizes.members, sizes.outputs, sizes.inputs, sizes.actions)
            (core, free, hidden, inverseSteps) = (sizes.core, sizes.free, sizes.hidden, sizes.inverseSteps)
            (activation, lead, transient) = (sizes.activation, sizes.hasLead, sizes.transient)
            bounded = sizes.isBounded
        }

        var sizes: SensorArchitecture {
            SensorArchitecture(
                members: members, outputs: outputs, inputs: inputs, actions: actions, core: core, free: free,
                hidden: hidden, activation: activation, hasLead: lead,
                transient: transient, isBounded: bounded, inverseSteps: inverseSteps)
        }
    }
}
