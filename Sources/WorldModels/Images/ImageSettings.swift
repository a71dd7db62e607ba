public import Basics
import Episodes

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
    /// Steps over which inverse dynamics recover the actions.
    public var inverseSteps = 1
    /// Windows of an optimiser step.
    public var batch = 64
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
    /// Optimiser steps of the temporal distance.
    public var distanceSteps = 4000
    /// Share of the episodes that nothing learns from.
    public var heldOut = 0.05
    /// What everything random starts from.
    public var seed = 0

    /// The defaults.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<ImageSettings>] = [
        .value(
            "recipe", \.recipe,
            "Which losses: \(ImageRecipe.all.map(\.name).joined(separator: ", "))."),
        .value("encoder", \.encoder, "Which network sees."),
        .value("predictor", \.predictor, "Which network predicts."),
        .value("width", \.width, "Size of a representation.", limit: .between(2, 4096)),
        .value("hidden", \.hidden, "Size of hidden layers.", limit: .between(8, 8192)),
        .value("stack", \.stack, "Pictures that the encoder sees at once.", limit: .between(1, 8)),
        .value(
            "proprioception", \.proprioception,
            "Encode the column \(FrameColumn.proprioception) beside the pictures; plans then need it, too."),
        .value("block", \.block, "Rows of the record to one step of the model.", unit: "rows", limit: .between(1, 64)),
        .value("horizon", \.horizon, "Steps rolled out in training.", unit: "steps", limit: .between(1, 64)),
        .value(
            "inverse_steps", \.inverseSteps, "Steps between the two ends of the inverse dynamics.", unit: "steps",
            limit: .between(1, 64)),
        .value("batch", \.batch, "Windows of an optimiser step.", limit: .between(2, 4096)),
        .value("steps", \.steps, "Optimiser steps.", limit: .between(1, 10_000_000)),
        .value("rate", \.rate, "Peak learning rate.", limit: .above(0)),
        .value("weight_decay", \.weightDecay, "Decoupled weight decay of matrices and kernels.", limit: .atLeast(0)),
        .value("clip", \.clip, "Limit of the gradient's norm.", limit: .above(0)),
        .value("directions", \.directions, "Random directions that SIGReg looks along.", limit: .between(1, 65536)),
        .value(
            "distance_steps", \.distanceSteps, "Optimiser steps of the temporal distance; 0 goes without.",
            limit: .between(0, 10_000_000)),
        .value(
            "held_out", \.heldOut, "Share of the episodes that nothing learns from, for health and errors.",
            limit: .between(0.01, 0.5)),
        .value("seed", \.seed, "What everything random starts from.", limit: .atLeast(0)),
    ]

    /// Checks what single settings cannot see.
    ///
    /// - Throws: `ForesightError.usage` for a recipe that does not exist, or inverse dynamics over more steps than are
    ///   rolled out.
    public func validate(path: String) throws {
        _ = try ImageRecipe.named(recipe)
        guard inverseSteps <= horizon else {
            throw ForesightError.usage(
                "\(path)inverse_steps \(inverseSteps) exceeds the horizon of \(horizon) steps",
                remedy: "choose inverse_steps of at most \(horizon), or a longer horizon")
        }
    }

    /// The sizes of the model for pictures `[height, width]`, actions and proprioception of a size.
    public func architecture(imageSize: [Int], actions: Int, sensed: Int = 0) -> ImageArchitecture {
        ImageArchitecture(
            imageSize: imageSize, stack: stack, encoder: encoder, width: width, actions: actions, block: block,
            predictor: predictor, hidden: hidden, inverseSteps: inverseSteps, sensed: sensed)
    }
}
