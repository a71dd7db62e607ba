public import Basics

/// What keeps representations from collapsing to a point.
public enum AntiCollapse: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// Random projections are made Gaussian: arXiv:2511.08544.
    case sigreg
    /// Variance and covariance of each batch: arXiv:2105.04906.
    case vicreg
    /// The targets come from a slowly following copy of the encoder: arXiv:2006.07733.
    case ema
    /// Nothing but grounding.
    case none
}

/// The weights of the terms of the loss.
public struct LossSettings: ConfigurationSection, Equatable {
    /// Weight of the readout's free-run error.
    public var grounding = 1.0
    /// Weight of the readout's error on encoded rows.
    public var encoding = 0.2
    /// Weight of the prediction in representation space.
    public var prediction = 0.1
    /// Which term keeps representations from collapsing.
    public var antiCollapse = AntiCollapse.sigreg
    /// Weight of that term.
    public var antiCollapseWeight = 0.02
    /// Random directions of SIGReg.
    public var directions = 64
    /// Half-life of the EMA teacher.
    public var teacherHalfLife = 100.0
    /// Weight of the endpoint inverse dynamics.
    public var inverse = 0.05
    /// Steps over which inverse dynamics recover the actions.
    public var inverseSteps = 3

    /// The defaults.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<LossSettings>] = [
        .value("grounding", \.grounding, "Weight of the free-run error of the readouts.", limit: .atLeast(0)),
        .value("encoding", \.encoding, "Weight of the readouts' error on encoded rows.", limit: .atLeast(0)),
        .value("prediction", \.prediction, "Weight of the prediction in representation space.", limit: .atLeast(0)),
        .value("anti_collapse", \.antiCollapse, "What keeps representations from collapsing."),
        .value("anti_collapse_weight", \.antiCollapseWeight, "Weight of that term.", limit: .atLeast(0)),
        .value("directions", \.directions, "Random directions that SIGReg looks along.", limit: .between(1, 65536)),
        .value(
            "teacher_half_life", \.teacherHalfLife, "Half-life of the EMA teacher.", unit: "updates", limit: .above(0)),
        .value("inverse", \.inverse, "Weight of the endpoint inverse dynamics.", limit: .atLeast(0)),
        .value(
            "inverse_steps", \.inverseSteps, "Steps between the two ends of the inverse dynamics.", unit: "steps",
            limit: .between(1, 64)),
    ]
}

/// How a sensor world model is built and trained; what is `auto` is derived from the log.
public struct TrainingSettings: ConfigurationSection, Equatable {
    /// Samples of the log per step of the model.
    public var stride = Auto<Int>.auto
    /// History that the encoder sees.
    public var window = StepSpan.auto
    /// How far training rolls out, and the longest that a plan may use.
    public var horizon = StepSpan.auto
    /// Ensemble members.
    public var members = Auto<Int>.auto
    /// Order of the linear model that the core starts from.
    public var order = Auto<Int>.auto
    /// States of the linear model that the core starts from: order times outputs, or what a model with many lags is
    /// reduced to.
    public var states = Auto<Int>.auto
    /// Free components of the representation.
    public var free = Auto<Int>.auto
    /// Hidden units of the predictor's nonlinear part.
    public var hidden = Auto<Int>.auto
    /// What the hidden units compute.
    public var activation = Auto<BoundedActivation>.auto
    /// Whether a step also sees the input at its end.
    public var lead = Auto<Bool>.auto
    /// Whether structure and start are searched for by Gauss–Newton on free runs.
    public var refine = true
    /// Steps that the free runs of that search reach.
    public var reach = Auto<Int>.auto
    /// Whether the linear part is held to a spectral norm of at most 1.
    public var bounded = true
    /// Windows per member and step.
    public var batch = 48
    /// The most passes; each is `steps_per_epoch` steps.
    public var epochs = 30
    /// Optimiser steps between two validations.
    public var stepsPerEpoch = 30
    /// Epochs without improvement after which training stops.
    public var patience = Auto<Int>.auto
    /// Peak learning rate.
    public var rate = 2e-3
    /// Decoupled weight decay of the nonlinear part.
    public var weightDecay = 0.0
    /// Limit of the gradient's norm.
    public var clip = 1.0
    /// Promised coverage of the bands.
    public var coverage = 0.9
    /// Promised coverage of the bands that guardrails keep clear of, where it is more than `coverage`.
    public var guardCoverage = 0.99
    /// What everything random starts from.
    public var seed = 0
    /// The parts of the search.
    public var search = SearchSettings()
    /// The parts of the epochs.
    public var descent = DescentSettings()
    /// The terms of the loss.
    public var loss = LossSettings()
    /// How predictions adapt to other records.
    public var adaptation = AdaptationSettings()

    /// The defaults.
    public init() {}

    /// The most steps that training takes for a horizon, and for a window.
    public static let longestHorizon = 512

    /// The settings.
    public static let fields: [ConfigurationField<TrainingSettings>] = [
        .value(
            "stride", \.stride, "Samples of the log per step of the model.", unit: "samples",
            limit: .between(1, 1_000_000)),
        .value(
            "window", \.window, "History that the encoder sees; 60s is a duration.", unit: "steps",
            limit: .between(2, Double(longestHorizon))),
        .value(
            "horizon", \.horizon, "Rollout in training, and the longest plan; 300s, 5min, 6h are durations.",
            unit: "steps",
            limit: .between(2, Double(longestHorizon))),
        .value("members", \.members, "Ensemble members.", limit: .between(1, 32)),
        .value("order", \.order, "Order of the linear model that training starts from.", limit: .between(1, 12)),
        .value(
            "states", \.states, "States of the linear model, where they are fewer than its lags.",
            limit: .between(1, 512)),
        .value("free", \.free, "Components of the representation beyond that model's.", limit: .between(0, 512)),
        .value("hidden", \.hidden, "Hidden units of the predictor's nonlinear part.", limit: .between(1, 1024)),
        .value("activation", \.activation, "What the hidden units compute."),
        .value("lead", \.lead, "Whether a step of the model also sees the input at its end."),
        .value("refine", \.refine, "Search structure and start by Gauss-Newton on free runs."),
        .value(
            "reach", \.reach, "How far the free runs of that search go.", unit: "steps", limit: .between(2, 100_000)),
        .value("bounded", \.bounded, "Hold the linear part to a spectral norm of 1, so that no free run grows."),
        .value("batch", \.batch, "Windows per member and step.", limit: .between(2, 4096)),
        .value("epochs", \.epochs, "The most epochs.", limit: .between(1, 100_000)),
        .value("steps_per_epoch", \.stepsPerEpoch, "Optimiser steps between validations.", limit: .between(1, 100_000)),
        .value("patience", \.patience, "Epochs without improvement before it stops.", limit: .atLeast(1)),
        .value("rate", \.rate, "Peak learning rate.", limit: .between(1e-9, 10)),
        .value("weight_decay", \.weightDecay, "Decoupled weight decay of the nonlinear part.", limit: .atLeast(0)),
        .value("clip", \.clip, "Limit of the gradient's norm.", limit: .above(0)),
        .value("coverage", \.coverage, "Promised coverage of the bands.", limit: .between(0.5, 0.999)),
        .value(
            "guard_coverage", \.guardCoverage,
            "Promised coverage of the bands that guardrails keep clear of; half of what is missed lies on either side.",
            limit: .between(0.5, 0.999)),
        .value("seed", \.seed, "What everything random starts from.", limit: .atLeast(0)),
        .section("search", \.search, "The parts of the search for a structure."),
        .section("descent", \.descent, "The parts of the epochs."),
        .section("loss", \.loss, "The terms of the loss."),
        .section("adaptation", \.adaptation, "How predictions adapt to the record that they start in."),
    ]
}
