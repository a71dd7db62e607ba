import Basics
import Episodes

/// The content of the `model.yaml` of a world model from pictures.
struct ImageModelSheet: ConfigurationSection, Equatable {
    /// The version of the folder's format.
    var format = 0
    /// SHA-256 of `model.safetensors`.
    var weights = ""
    /// SHA-256 of `calibration.json`; `nil` for a model that reads nothing, or was not calibrated.
    var calibration: String?
    /// SHA-256 of `surprise.json`; `nil` for a model that does not know what is ordinary.
    var surprise: String?
    /// SHA-256 of `regions.json`; `nil` for a model without regions, and in models from before there were any.
    var regions: String?
    /// SHA-256 of `frozen.json`; `nil` for a model whose encoder was learned.
    var frozen: String?
    /// SHA-256 of `transformer.json`; `nil` for a model that has neither the encoder `vit-tiny` nor the predictor `lewm`.
    var transformer: String?
    /// What tells the recording that it learned from; `nil` in models from before it was kept.
    var recording: String?
    var samplingTime = 0.0
    var horizon = 0
    var discount: Double?
    var height = 0
    var width = 0
    var stack = 0
    var encoder = ImageEncoderKind.strided
    var channels: [Int] = []
    var representation = 0
    var block = 0
    var predictor = ImagePredictorKind.residual
    var hidden = 0
    var inverseSteps = 0
    var readouts: [String] = []
    var sensedMean: [Double] = []
    var sensedScale: [Double] = []
    var actions: [ModelSheet.ChannelSheet] = []
    var settings = ImageSettings()
    var origin = ModelOrigin()

    static let fields: [ConfigurationField<ImageModelSheet>] = [
        .value("format", \.format, "Version of the format of folders of models from pictures."),
        .value("weights", \.weights, "SHA-256 digest of model.safetensors."),
        .value("calibration", \.calibration, "SHA-256 digest of calibration.json; null for a model without bands."),
        .value("surprise", \.surprise, "SHA-256 digest of surprise.json; null for a model without."),
        .value("regions", \.regions, "SHA-256 digest of regions.json; null for a model without regions."),
        .value("frozen", \.frozen, "SHA-256 digest of frozen.json; null for a model whose encoder was learned."),
        .value(
            "transformer", \.transformer,
            "SHA-256 digest of transformer.json; null for a model without LeWM's encoder and predictor."),
        .value(
            "recording", \.recording,
            "SHA-256 digest of the recording that it learned from: lengths of episodes and actions; null where it is not known."
        ),
        .value("sampling_time", \.samplingTime, "Time between rows of the record.", unit: "s", limit: .above(0)),
        .value("horizon", \.horizon, "Longest rollout in training.", unit: "steps", limit: .between(1, 512)),
        .value(
            "discount", \.discount, "Of the temporal distance, for each row; null for a model without.",
            limit: .between(0.5, 0.99999)),
        .value("height", \.height, "Rows of pixels of a picture.", limit: .between(8, 4096)),
        .value("width", \.width, "Pixels in a row.", limit: .between(8, 4096)),
        .value("stack", \.stack, "Pictures that the encoder sees at once.", limit: .between(1, 8)),
        .value("encoder", \.encoder, "Which network sees."),
        .value("channels", \.channels, "Channels of its layers."),
        .value("representation", \.representation, "Size of a representation.", limit: .between(2, 4_194_304)),
        .value("block", \.block, "Rows of the record to one step.", limit: .between(1, 64)),
        .value("predictor", \.predictor, "Which network predicts."),
        .value("hidden", \.hidden, "Size of hidden layers.", limit: .between(8, 8192)),
        .value("inverse_steps", \.inverseSteps, "Steps of the inverse dynamics.", limit: .between(1, 64)),
        .value("readouts", \.readouts, "Numbers that are read off representations."),
        .value("sensed_mean", \.sensedMean, "Mean of each number of proprioception; empty for a model that only sees."),
        .value("sensed_scale", \.sensedScale, "Deviation of each number of proprioception."),
        .list("actions", \.actions, "What can be done."),
        .section("settings", \.settings, "What it was trained with."),
        .section("origin", \.origin, "What it was trained on, and how that went."),
    ]

    /// Keys that models from before there were such parts do not have.
    private static let later = [
        "surprise", "regions", "frozen", "transformer", "recording", "sensed_mean", "sensed_scale",
    ]

    init() {}

    /// The sheet of a model whose other files have these digests.
    init(
        _ model: TrainedImageModel, format: Int, weights: String, calibration: String?, surprise: String?,
        regions: String?, frozen: String?, transformer: String?
    ) {
        let sizes = model.network.architecture
        self.format = format
        (self.weights, self.calibration, self.surprise) = (weights, calibration, surprise)
        (self.regions, self.frozen, self.transformer) = (regions, frozen, transformer)
        readouts = model.readout?.names ?? []
        (samplingTime, horizon, discount) = (model.samplingTime, model.horizon, model.distance?.discount)
        (height, width, stack) = (sizes.imageSize[0], sizes.imageSize[1], sizes.stack)
        (encoder, channels, representation) = (sizes.encoder, sizes.channels, sizes.width)
        (block, predictor, hidden) = (sizes.block, sizes.predictor, sizes.hidden)
        inverseSteps = sizes.inverseSteps
        (sensedMean, sensedScale) = (
            (model.sensing?.mean ?? []).map(Double.init), (model.sensing?.deviation ?? []).map(Double.init)
        )
        actions = model.actionChannels.indices.map { index in
            let channel = model.actionChannels[index]
            let (mean, scale) = (model.actionScaling.mean[index], model.actionScaling.deviation[index])
            return ModelSheet.ChannelSheet(
                channel, mean: Double(mean), scale: Double(scale), recorded: model.recordedActions[index])
        }
        (settings, origin, recording) = (model.settings, model.origin, model.recording)
    }

    /// The sizes of the network, with those of a frozen encoder and of LeWM's networks where it has them.
    func architecture(_ frozen: FrozenSizes?, _ transformer: TransformerSizes?) -> ImageArchitecture {
        ImageArchitecture(
            imageSize: [height, width], stack: stack, encoder: encoder, channels: channels, width: representation,
            actions: actions.count, block: block, predictor: predictor, hidden: hidden, inverseSteps: inverseSteps,
            sensed: sensedMean.count, frozen: frozen, transformer: transformer)
    }

    /// Reads the text of a `model.yaml`.
    ///
    /// - Throws: `ForesightError.data` for another format, a key that is unknown or missing, a value out of its limits, or
    ///   parts that disagree.
    static func read(_ text: String, source: String, format: Int) throws -> ImageModelSheet {
        do {
            let tree = try YAMLNode.sheet(text, source: source, format: format)
            // Settings of training that came later have their defaults in models from before; behind them stands the origin,
            // so that a file that was cut off among them is noticed all the same.
            for key in keys
            where !key.path.hasPrefix("settings.") && !later.contains(key.path) && !ModelSheet.isLater(key.path) {
                try tree.require(key.path, source: source)
            }
            let sheet = try parse(yaml: text, source: source)
            func refuse(_ reason: String) -> ForesightError {
                .data("\(source): \(reason)", remedy: "the file was edited or damaged; save the model anew")
            }
            guard !sheet.actions.isEmpty, sheet.actions.allSatisfy({ $0.role == .action && $0.scale.isFinite }) else {
                throw refuse("it names no actions, or channels that are none")
            }
            for channel in sheet.actions {
                let numbers = [channel.mean, channel.recordedLeast, channel.recordedGreatest]
                guard numbers.allSatisfy(\.isFinite), channel.recordedLeast <= channel.recordedGreatest,
                    (channel.lowerLimit ?? -.infinity) <= (channel.upperLimit ?? .infinity), channel.hasUsableValues
                else { throw refuse("mean, range or limits of the action \(channel.name) make no sense") }
            }
            guard sheet.sensedMean.count == sheet.sensedScale.count,
                sheet.sensedMean.count < sheet.representation,
                sheet.sensedMean.allSatisfy(\.isFinite), sheet.sensedScale.allSatisfy({ $0.isFinite && $0 > 0 })
            else { throw refuse("what it says of proprioception makes no sense") }
            guard (1...10).contains(sheet.channels.count), sheet.channels.allSatisfy({ (1...4096).contains($0) }) else {
                throw refuse("layers of \(sheet.channels) channels make no sense")
            }
            guard (sheet.encoder == .frozen) == (sheet.frozen != nil),
                sheet.encoder == .frozen || (sheet.representation <= 4096 && sheet.predictor != .patches)
            else { throw refuse("what it says of a frozen encoder does not go together") }
            guard (sheet.encoder == .vitTiny || sheet.predictor == .lewm) == (sheet.transformer != nil) else {
                throw refuse("what it says of encoder, predictor and transformer does not go together")
            }
            let shrink = 1 << sheet.channels.count
            guard sheet.encoder != .strided || (sheet.height % shrink == 0 && sheet.width % shrink == 0) else {
                throw refuse(
                    "layers of \(sheet.channels) channels do not halve pictures of \(sheet.width) × \(sheet.height)")
            }
            return sheet
        } catch let error as ForesightError {
            // A wrong key in a model is data that do not fit, not a wrong command.
            throw ForesightError(.data, error.message, remedy: error.remedy)
        }
    }
}
