public import Basics

/// How left-out parts judge structures.
public enum JudgingRule: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// The error over all parts has to fall, and the mean gain, part by part, to exceed its standard error.
    case standardError = "standard_error"
    /// The error over all parts has to fall.
    case sum
}

/// How far the free runs of the search go where `reach` is `auto`.
public enum SearchSpan: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// As far as the horizon.
    case horizon
    /// Four horizons, and at least 256 steps.
    case beyond
    /// As `beyond`, and 1024 steps where the linear model has a pole so slow that errors have not settled before.
    case settled
}

/// The parts of the search for a structure, each of which can be left out to see what it is worth.
public struct SearchSettings: ConfigurationSection, Equatable {
    /// Whether hidden units are tried.
    public var nonlinear = true
    /// The highest order of the linear models that are tried.
    public var mostOrder = 12
    /// Whether linear models may be chosen as their regressions give them, not fitted on free runs.
    public var regressions = true
    /// The strongest penalty of those regressions.
    public var strongestPenalty = 1.0
    /// Whether models of many lags, reduced to few states, are tried.
    public var reduced = true
    /// Whether models of filtered inputs, reduced to few states, are tried.
    public var filtered = true
    /// How left-out parts judge structures.
    public var judge = JudgingRule.standardError
    /// Whether what is larger has to be better by some per cent.
    public var margins = true
    /// From how many starts the nonlinear part of each member is fitted; structures are judged from two of them.
    public var starts = 5
    /// Whether free runs grow from an eighth of their reach to all of it.
    public var grows = true
    /// The least number of histories that free runs start from; brief ones are added to the long ones.
    public var histories = 100
    /// How far free runs go where `reach` is `auto`.
    public var span = SearchSpan.settled
    /// Penalty on the squared weights of the nonlinear part.
    public var weightPenalty = 1e-5
    /// Whether the first rows of a history have gains of their own.
    public var transient = true
    /// Whether epochs follow the search.
    public var polish = true

    /// The defaults.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<SearchSettings>] = [
        .value("nonlinear", \.nonlinear, "Whether hidden units are tried."),
        .value("most_order", \.mostOrder, "Highest order of linear models that are tried.", limit: .between(1, 12)),
        .value("regressions", \.regressions, "Whether linear models may be chosen as their regressions give them."),
        .value(
            "strongest_penalty", \.strongestPenalty, "Strongest penalty of these regressions.", limit: .atLeast(1e-6)),
        .value("reduced", \.reduced, "Whether models of many lags, reduced to few states, are tried."),
        .value("filtered", \.filtered, "Whether models of filtered inputs, reduced to few states, are tried."),
        .value("judge", \.judge, "How left-out parts judge structures."),
        .value("margins", \.margins, "Whether what is larger has to be better by some per cent."),
        .value(
            "starts", \.starts, "Starts of each member's nonlinear part; two of them judge structures.",
            limit: .between(1, 50)),
        .value("grows", \.grows, "Whether free runs grow from an eighth of their reach to all of it."),
        .value(
            "histories", \.histories, "Least number of histories that free runs start from; brief runs are added.",
            limit: .between(0, 10_000)),
        .value("span", \.span, "How far free runs go where reach is auto."),
        .value(
            "weight_penalty", \.weightPenalty, "Penalty on the squared weights of the nonlinear part.",
            limit: .atLeast(0)),
        .value("transient", \.transient, "Whether the first rows of a history have gains of their own."),
        .value("polish", \.polish, "Whether epochs follow the search."),
    ]
}

/// The parts of the epochs, each of which can be left out to see what it is worth.
public struct DescentSettings: ConfigurationSection, Equatable {
    /// Whether rollouts start short and grow to the horizon.
    public var grows = true
    /// Whether one step in four sees a history of random length, for the gain of the first row to learn from.
    public var cuts = false
    /// Whether the linear part learns at a tenth of the rate.
    public var slowLinear = true
    /// Whether terms of the loss are measured in what they are at the start.
    public var relative = true
    /// Whether epochs are a polish at a small rate, as they are behind a fit on free runs.
    public var polish = Auto<Bool>.auto
    /// Whether steps run in the compiled kernel where it can, else all in libtorch.
    public var compiled = true

    /// The defaults.
    public init() {}

    /// The settings.
    public static let fields: [ConfigurationField<DescentSettings>] = [
        .value("grows", \.grows, "Whether rollouts start short and grow to the horizon."),
        .value(
            "cuts", \.cuts, "Whether one step in four sees a history of random length, for the gain of its first row."),
        .value("slow_linear", \.slowLinear, "Whether the linear part learns at a tenth of the rate."),
        .value("relative", \.relative, "Whether terms of the loss are measured in what they are at the start."),
        .value("polish", \.polish, "Whether epochs only polish, at 3 % of the rate, what was fitted on free runs."),
        .value("compiled", \.compiled, "Whether steps run in the compiled kernel where it can, else all in libtorch."),
    ]
}
