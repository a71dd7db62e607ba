import Basics

/// A part of the recipe or a term of the loss that can be left out.
public struct AblationPart: Sendable, Hashable {
    /// What a part is compared with.
    public enum Family: String, Sendable, CaseIterable {
        /// A part of the search: the full recipe.
        case search
        /// A part of the epochs, with which the search all but does away: the recipe without a search.
        case epochs
    }

    /// The name that `--parts` takes.
    public var name: String
    /// What it is compared with.
    public var family: Family
    /// What is left out.
    public var about: String
    /// The settings without it.
    public var settings: [String]
    /// Whether it is there for logs with actions only.
    var needsActions = false

    init(_ name: String, _ family: Family, _ about: String, _ settings: [String], needsActions: Bool = false) {
        self.name = name
        self.family = family
        self.about = about
        self.settings = family == .epochs && settings != Self.withoutSearch ? Self.withoutSearch + settings : settings
        self.needsActions = needsActions
    }

    private static let withoutSearch = ["refine=false"]

    /// Nothing left out.
    public static let full = AblationPart("full", .search, "the recipe as it is", [])
    /// The search as a whole; what the parts of the epochs are compared with.
    public static let search = AblationPart(
        "search", .search, "the search as a whole: epochs from a linear start, sizes by rule", withoutSearch)

    /// What it is compared with.
    public var baseline: AblationPart { family == .search ? .full : .search }

    /// Parts by name.
    ///
    /// - Parameter names: What was typed; all for none.
    /// - Returns: The parts, each once, in the order of the list.
    /// - Throws: `ForesightError.usage` for a name that no part has, with the nearest one.
    public static func named(_ names: [String]) throws -> [AblationPart] {
        let known = all.map(\.name)
        for name in names where !known.contains(name) {
            throw ForesightError.usage(
                "there is no part '\(name)'", remedy: nearestNameRemedy(to: name, among: known, isQuoted: true))
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
    }

    /// The parts and what they are compared with, in the order in which they are trained.
    static func withBaselines(_ parts: [AblationPart]) -> [AblationPart] {
        let baselines = [AblationPart.full, .search].filter { baseline in
            parts.contains { $0.baseline == baseline }
        }
        return baselines + parts.filter { !baselines.contains($0) }
    }
}

extension AblationPart {
    /// All parts.
    public static let all: [AblationPart] =
        [search] + [
            AblationPart("nonlinear", .search, "hidden units: linear models only", ["search.nonlinear=false"]),
            AblationPart("cubic", .search, "hidden units that cube: tanh only", ["activation=tanh"]),
            AblationPart("wide", .search, "more than 8 hidden units", ["hidden=8"]),
            AblationPart("free", .search, "free components", ["free=0"]),
            AblationPart("lead", .search, "sight of the input at a step's end", ["lead=false"]),
            AblationPart("orders", .search, "linear models above order 4", ["search.most_order=4"]),
            AblationPart(
                "regressions", .search, "linear models as regressions give them: only those fitted on free runs",
                ["search.regressions=false"]),
            AblationPart(
                "penalties", .search, "penalties of regressions above 1e-6", ["search.strongest_penalty=1e-6"]),
            AblationPart(
                "reduced", .search, "models of many lags, reduced to few states", ["search.reduced=false"]),
            AblationPart(
                "filtered", .search, "models of filtered inputs, reduced to few states", ["search.filtered=false"]),
            AblationPart(
                "standard_error", .search, "the rule of one standard error: the error over all parts decides",
                ["search.judge=sum"]),
            AblationPart(
                "margins", .search, "the per cent by which larger structures have to be better",
                ["search.margins=false"]),
            AblationPart("starts", .search, "several starts: one", ["search.starts=1"]),
            AblationPart("grows", .search, "free runs that grow: full reach at once", ["search.grows=false"]),
            AblationPart(
                "histories", .search, "brief free runs from a hundred histories", ["search.histories=0"]),
            AblationPart("beyond", .search, "free runs beyond the horizon", ["search.span=horizon"]),
            AblationPart("settled", .search, "free runs of 1024 steps for slow poles", ["search.span=beyond"]),
            AblationPart(
                "weight_penalty", .search, "the penalty on nonlinear weights", ["search.weight_penalty=0"]),
            AblationPart("transient", .search, "gains of the first rows", ["search.transient=false"]),
            AblationPart("polish", .search, "epochs behind the search", ["search.polish=false"]),
            AblationPart("members", .search, "an ensemble of five or ten: two members", ["members=2"]),
            AblationPart("bound", .search, "the bound on the linear part", ["bounded=false"]),
            AblationPart("stride", .search, "the rule for the step: one sample", ["stride=1"]),
            AblationPart("window", .search, "the rule for the window: 16 steps", ["window=16"]),
            AblationPart("horizon", .search, "the rule for the horizon: 20 steps", ["horizon=20"]),
            AblationPart("grounding", .epochs, "grounding: errors of the readouts", ["loss.grounding=0"]),
            AblationPart("encoding", .epochs, "readouts of encoded rows", ["loss.encoding=0"]),
            AblationPart("prediction", .epochs, "prediction of representations", ["loss.prediction=0"]),
            AblationPart("sigreg", .epochs, "SIGReg: nothing against collapse", ["loss.anti_collapse=none"]),
            AblationPart("vicreg", .epochs, "SIGReg: VICReg in its place", ["loss.anti_collapse=vicreg"]),
            AblationPart(
                "inverse", .epochs, "endpoint inverse dynamics", ["loss.inverse=0"], needsActions: true),
            AblationPart("rollout", .epochs, "rollouts that grow: the horizon at once", ["descent.grows=false"]),
            AblationPart(
                "slow_linear", .epochs, "a tenth of the rate for the linear part", ["descent.slow_linear=false"]),
            AblationPart(
                "relative", .epochs, "the loss in units of its start", ["descent.relative=false"]),
            AblationPart("clip", .epochs, "the limit of the gradient", ["clip=1e9"]),
            AblationPart("epochs_bound", .epochs, "the bound on the linear part", ["bounded=false"]),
        ]
}
