public import Basics
import Episodes
public import Perception

/// How a world model from pictures is built and trained.
public struct ImageSettings: ConfigurationSection, Equatable {
    /// Which losses: the name of an ``ImageRecipe``.
    public var recipe = "sigreg-inverse"
    /// Which network sees.
    public var encoder = ImageEncoderKind.strided
    /// Which network predicts.
    public var predictor = ImagePredictorKind.residual
    /// Size of a representation.
    public var width = 64
    /// Size of hidden layers.
    public var hidden = 256
    /// Pictures that the encoder sees at once.
    public var stack = 1
    /// Whether the column `proprio` is encoded beside the pictures.
    public var proprioception = false
    /// Rows of the record to one step of the model.
    public var block = 5
    /// Steps rolled out in training.
    public var horizon = 5
    /// Optimiser steps of the predictor alone, after those of all.
    public var predictorSteps = 0
    /// Steps rolled out in these.
    public var freeRun = 5
    /// Steps over which inverse dynamics recover the actions.
    public var inverseSteps = 1
    /// Windows of an optimiser step.
    public var batch = 64
    /// Windows of one episode in a batch, among which representations are spread.
    public var group = 1
    /// Optimiser steps.
    public var steps = 2000
    /// Peak learning rate.
    public var rate = 1e-3
    /// Decoupled weight decay of matrices and kernels.
    public var weightDecay = 1e-4
    /// Limit of the gradient's norm.
    public var clip = 1.0
    /// Random directions of SIGReg.
    public var directions = 256
    /// Weight of prediction, where it is not to be the recipe's.
    public var prediction: Double?
    /// Weight of SIGReg, the same way.
    public var sigreg: Double?
    /// Weight of VICReg's variance term.
    public var variance: Double?
    /// Weight of VICReg's covariance term.
    public var covariance: Double?
    /// Weight of the change of a representation from step to step.
    public var smoothness: Double?
    /// Weight of the inverse dynamics.
    public var inverse: Double?
    /// Optimiser steps of the temporal distance.
    public var distanceSteps = 4000
    /// Share of the episodes that nothing learns from.
    public var heldOut = 0.05
    /// The folder of the encoder that the recipe `frozen` takes as it is; `nil` for the others.
    public var pretrained: String?
    /// What the shorter side of a picture is resized to for it, pixels; `nil` for the picture's own sides, rounded up to its
    /// patches.
    public var side: Int?
    /// Tokens along the shorter side after averaging; `nil` for `FrozenEncoder.usualGrid` at most.
    public var grid: Int?
    /// Representations that the predictors `patches` and `lewm` look back on.
    public var history = 3
    /// Gibibytes that the tokens of all rows may take.
    public var memory = 4.0
    /// In which numbers networks are computed while they learn.
    public var precision = ImagePrecision.float32
    /// The sizes of the encoder `vit-tiny` and the predictor `lewm`.
    public var transformer = TransformerSizes()
    /// What everything random starts from.
    public var seed = 0

    /// The defaults.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<ImageSettings>] = [
        .value(
            "recipe", \.recipe,
            "Which losses: \(ImageRecipe.all.map(\.name).joined(separator: ", "))."),
        .value("encoder", \.encoder, "Which network sees; the recipe frozen has its own."),
        .value("predictor", \.predictor, "Which network predicts; patches and residual with the recipe frozen."),
        .value(
            "width", \.width,
            "Size of a representation; with the recipe frozen, principal components that temporal distance, readouts and health see.",
            limit: .between(2, 4096)),
        .value("hidden", \.hidden, "Size of hidden layers.", limit: .between(8, 8192)),
        .value("stack", \.stack, "Pictures that the encoder sees at once.", limit: .between(1, 8)),
        .value(
            "proprioception", \.proprioception,
            "Encode the column \(FrameColumn.proprioception) beside the pictures; plans then need it, too."),
        .value("block", \.block, "Rows of the record to one step of the model.", unit: "rows", limit: .between(1, 64)),
        .value(
            "horizon", \.horizon,
            "Steps rolled out in training; the predictors patches and lewm learn one from encoded ones instead.",
            unit: "steps", limit: .between(1, 64)),
        .value(
            "predictor_steps", \.predictorSteps,
            "Optimiser steps of the predictor alone, after those of all, on representations that are encoded once; 0 goes "
                + "without.", limit: .between(0, 10_000_000)),
        .value(
            "free_run", \.freeRun, "Steps rolled out in these, for which a model with predictor_steps is meant.",
            unit: "steps", limit: .between(1, 64)),
        .value(
            "inverse_steps", \.inverseSteps, "Steps between the two ends of the inverse dynamics.", unit: "steps",
            limit: .between(1, 64)),
        .value("batch", \.batch, "Windows of an optimiser step.", limit: .between(2, 4096)),
        .value(
            "group", \.group,
            "Windows of one episode in a batch. From 2 on, representations are spread among these alone, so that what is "
                + "constant in an episode, such as colours, earns nothing; 1 spreads them among all windows.",
            limit: .between(1, 512)),
        .value("steps", \.steps, "Optimiser steps.", limit: .between(1, 10_000_000)),
        .value("rate", \.rate, "Peak learning rate.", limit: .between(1e-9, 10)),
        .value("weight_decay", \.weightDecay, "Decoupled weight decay of matrices and kernels.", limit: .atLeast(0)),
        .value("clip", \.clip, "Limit of the gradient's norm.", limit: .above(0)),
        .value("directions", \.directions, "Random directions that SIGReg looks along.", limit: .between(1, 65536)),
        .value(
            "prediction", \.prediction, "Weight of prediction; null for the recipe's, as for those below.",
            limit: .above(0)),
        .value("sigreg", \.sigreg, "Weight of SIGReg.", limit: .atLeast(0)),
        .value("variance", \.variance, "Weight of VICReg's variance term.", limit: .atLeast(0)),
        .value("covariance", \.covariance, "Weight of VICReg's covariance term.", limit: .atLeast(0)),
        .value(
            "smoothness", \.smoothness, "Weight of the change of a representation from step to step.",
            limit: .atLeast(0)),
        .value("inverse", \.inverse, "Weight of the inverse dynamics.", limit: .atLeast(0)),
        .value(
            "distance_steps", \.distanceSteps, "Optimiser steps of the temporal distance; 0 goes without.",
            limit: .between(0, 10_000_000)),
        .value(
            "held_out", \.heldOut, "Share of the episodes that nothing learns from, for health and errors.",
            limit: .between(0.01, 0.5)),
        .value(
            "pretrained", \.pretrained,
            "Folder of foresight import with a ViT, DINOv2 or I-JEPA, whose patch tokens the recipe frozen predicts."),
        .value(
            "side", \.side,
            "Shorter side that pictures are resized to for it, a multiple of its patch; null for their own, rounded up.",
            unit: "pixels", limit: .between(1, 4096)),
        .value(
            "grid", \.grid,
            "Its tokens along the shorter side after averaging; null for \(FrozenEncoder.usualGrid) at most. A row takes "
                + "4 · grid² · numbers of a token bytes: 16 tokens of 384 numbers take 24 KiB, 100 000 pictures 2.3 GiB.",
            limit: .between(1, 256)),
        .value(
            "history", \.history, "Steps that the predictors patches and lewm look back on, and learn from.",
            unit: "steps", limit: .between(1, 64)),
        .value(
            "memory", \.memory,
            "What the tokens of all pictures may take, which are encoded once; as float16 where float32 does not fit.",
            unit: "GiB", limit: .above(0)),
        .value(
            "precision", \.precision,
            "In which numbers networks are computed while they learn; parameters and losses are float32 in either case."
        ),
        .section(
            "transformer", \.transformer, "Sizes of the encoder vit-tiny and of the predictor lewm, which are LeWM's."),
        .value("seed", \.seed, "What everything random starts from.", limit: .atLeast(0)),
    ]

    /// Checks what single settings cannot see.
    ///
    /// - Throws: `ForesightError.usage` for a recipe that does not exist, or inverse dynamics over more steps than are
    ///   rolled out.
    public func validate(path: String) throws {
        if try isFrozen { try validateFrozen(path: path) } else { try validateLearned(path: path) }
        guard batch % group == 0 else {
            throw ForesightError.usage(
                "\(path)batch \(batch) is no multiple of \(path)group \(group)",
                remedy: "choose a batch such as \((batch / group + 1) * group)")
        }
        // LeWM's predictor learns in windows of its history, others in those of the horizon.
        let (span, name) = predictor == .lewm ? (history, "history") : (horizon, "horizon")
        guard inverseSteps <= span else {
            throw ForesightError.usage(
                "\(path)inverse_steps \(inverseSteps) exceeds the \(name) of \(span) steps",
                remedy: "choose inverse_steps of at most \(span), or a longer \(name)")
        }
        guard hasTransformer || transformer == TransformerSizes() else {
            throw ForesightError.usage(
                "\(path)transformer with the encoder \(encoder.rawValue) and the predictor \(predictor.rawValue): its sizes are "
                    + "those of others",
                remedy: "choose encoder=vit-tiny or predictor=lewm, or leave transformer out")
        }
    }

    /// Whether there is a network that ``transformer`` gives sizes to.
    private var hasTransformer: Bool { encoder == .vitTiny || predictor == .lewm }

    /// Steps of a window that is learned from: those that are rolled out, or that the predictor looks back on where all of its
    /// predictions start from encoded representations.
    public var windowSteps: Int { predictor == .patches || predictor == .lewm ? history : horizon }

    /// Steps that the predictor has learned to run freely.
    public var reach: Int { predictorSteps > 0 ? max(horizon, freeRun) : horizon }

    /// The recipe with the weights that are to differ.
    ///
    /// - Throws: `ForesightError.usage` for a recipe that does not exist.
    public var weightedRecipe: ImageRecipe {
        get throws {
            var recipe = try ImageRecipe.named(recipe)
            recipe.prediction = prediction ?? recipe.prediction
            recipe.sigreg = sigreg ?? recipe.sigreg
            recipe.variance = variance ?? recipe.variance
            recipe.covariance = covariance ?? recipe.covariance
            recipe.smoothness = smoothness ?? recipe.smoothness
            recipe.inverse = inverse ?? recipe.inverse
            return recipe
        }
    }

    /// Whether the recipe takes the encoder as it is.
    ///
    /// - Throws: `ForesightError.usage` for a recipe that does not exist.
    public var isFrozen: Bool { get throws { try ImageRecipe.named(recipe).isFrozen } }

    /// Checks what goes with a frozen encoder.
    private func validateFrozen(path: String) throws {
        guard let pretrained, !pretrained.isEmpty else {
            throw ForesightError.usage(
                "\(path)recipe \(recipe) has no encoder to take",
                remedy: "name the folder of one by pretrained=FOLDER; foresight import makes it")
        }
        guard encoder == .strided || encoder == .frozen else {
            throw ForesightError.usage(
                "\(path)encoder \(encoder.rawValue) beside the encoder in \(pretrained)",
                remedy: "leave encoder out, or choose another recipe")
        }
        guard predictor == .residual || predictor == .patches else {
            throw ForesightError.usage(
                "\(path)predictor \(predictor.rawValue) does not predict thousands of numbers of tokens",
                remedy: "choose predictor=patches, as DINO-WM, or predictor=residual")
        }
        for (name, value) in [
            ("sigreg", sigreg), ("variance", variance), ("covariance", covariance), ("smoothness", smoothness),
            ("inverse", inverse),
        ] where value ?? 0 > 0 {
            throw ForesightError.usage(
                "\(path)\(name) \(value ?? 0) beside a frozen encoder, which no such term could teach anything",
                remedy: "leave \(name) out, or choose another recipe")
        }
        guard predictorSteps == 0 else {
            throw ForesightError.usage(
                "\(path)predictor_steps \(predictorSteps) beside a frozen encoder, where the predictor alone learns anyway",
                remedy: "leave predictor_steps out and choose more steps")
        }
        guard !proprioception else {
            throw ForesightError.usage(
                "\(path)proprioception beside a frozen encoder is not there yet",
                remedy: "leave proprioception out, or choose another recipe")
        }
    }

    /// Checks what goes with an encoder that learns.
    private func validateLearned(path: String) throws {
        if let pretrained {
            throw ForesightError.usage(
                "\(path)pretrained \(pretrained) with the recipe \(recipe), which learns an encoder of its own",
                remedy: "choose recipe=frozen, or leave pretrained out")
        }
        guard encoder != .frozen, predictor != .patches else {
            throw ForesightError.usage(
                "\(path)encoder \(encoder.rawValue) and predictor \(predictor.rawValue) with the recipe \(recipe): patches are "
                    + "those of a frozen encoder",
                remedy: "choose recipe=frozen with pretrained=FOLDER, or others")
        }
        for (name, value) in [("side", side), ("grid", grid)] {
            guard let value else { continue }
            throw ForesightError.usage(
                "\(path)\(name) \(value) with the recipe \(recipe): it is for a frozen encoder",
                remedy: "choose recipe=frozen with pretrained=FOLDER, or leave \(name) out")
        }
    }

    /// The sizes of the model for pictures `[height, width]`, actions and proprioception of a size, and a frozen encoder where the
    /// recipe has one.
    public func architecture(
        imageSize: [Int], actions: Int, sensed: Int = 0, frozen: FrozenEncoder? = nil
    ) -> ImageArchitecture {
        if let frozen {
            return ImageArchitecture(
                imageSize: imageSize, stack: stack, encoder: .frozen, width: frozen.width, actions: actions,
                block: block, predictor: predictor, hidden: hidden, inverseSteps: inverseSteps,
                frozen: FrozenSizes(encoder: frozen.options, components: width, history: history))
        }
        var sizes = hasTransformer ? transformer : nil
        sizes?.history = history
        return ImageArchitecture(
            imageSize: imageSize, stack: stack, encoder: encoder, width: width, actions: actions, block: block,
            predictor: predictor, hidden: hidden, inverseSteps: inverseSteps, sensed: sensed, transformer: sizes)
    }
}
