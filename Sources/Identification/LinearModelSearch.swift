import Basics
public import Episodes

/// What a search for the best linear reference model tries.
public struct LinearModelSearch: Sendable, Equatable {
    /// ARX orders.
    public var orders: [Int] = Array(1...12)
    /// Ridge penalties per sample, for standardised signals.
    public var ridges: [Double] = [1e-8, 1e-6, 1e-4, 1e-2]
    /// First lags of the inputs: 1 by the sampling convention.
    public var inputDelays: [Int] = [1]
    /// Orders of subspace models; empty for none.
    public var stateOrders: [Int] = Array(1...12)
    /// How many of the best ARX models are refined on their free-run error.
    public var refinedCandidates = 3
    /// The greatest number of refinement steps of each.
    public var refinementIterations = 12
    /// Samples of the initial window; `nil` for as many as the greatest model looks at.
    public var window: Int?
    /// The greatest number of starts of the validation runs and of the refinement.
    public var maximumStarts = 48

    /// Creates a search with the defaults.
    public init() {}
}

/// A linear model that was tried.
public struct LinearCandidate: Sendable {
    /// The model.
    public var model: any ReferenceModel
    /// Free-run error on validation data: mean over the outputs of RMSE divided by the training standard deviation.
    public var validationError: Double
    /// The number of fitted coefficients.
    public var parameters: Int
    /// The greatest magnitude of the poles.
    public var spectralRadius: Double
    /// Whether a free run over the horizon stays bounded: see ``isStable(spectralRadius:horizon:)``.
    public var isStable: Bool
}

/// The linear model that was chosen, and why.
public struct LinearModelSelection: Sendable {
    /// The chosen model.
    public var model: any ReferenceModel
    /// What was chosen, among how many, by what figure: one line for a report.
    public var summary: String
    /// Every candidate by rising free-run error, stable ones before unstable ones.
    ///
    /// The chosen model has the fewest parameters of those within 0.5 % of the first.
    public var candidates: [LinearCandidate]
}

/// Whether poles of the given magnitude amplify by less than 5 % over the horizon.
///
/// An integrator (1 exactly, or a hair above it after estimation) passes; a mode that grows visibly within the
/// horizon does not.
public func isStable(spectralRadius: Double, horizon: Int) -> Bool {
    guard spectralRadius.isFinite else { return false }
    if spectralRadius <= 1 { return true }
    var growth = 1.0
    for _ in 0..<horizon where growth < 2 { growth *= spectralRadius }
    return growth < 1.05
}

/// Fits ARX and subspace models over grids of orders and penalties and picks the one with the least **free-run** error
/// on validation data; models whose free run would grow are taken only when nothing else is left.
///
/// The best ARX models are refined on their free-run training error, with every step judged on validation data, so that
/// a learned model is compared with a linear model fitted for the very task.
///
/// - Parameters:
///   - train: Episodes for the fits; all at one sampling time.
///   - validation: Episodes for the choice; when empty, the choice falls back on the training episodes.
///   - layout: Outputs and inputs; by default what the roles of the channels tell.
///   - horizon: Samples predicted from each start.
///   - search: The grids.
/// - Returns: The chosen model and every candidate.
/// - Throws: `ForesightError.data` when there are too few complete rows, an episode lacks a channel, or sampling times
///   differ.
public func selectLinearModel(
    train: [Episode], validation: [Episode], layout: SignalLayout? = nil, horizon: Int,
    search: LinearModelSearch = LinearModelSearch()
) throws -> LinearModelSelection {
    guard let first = train.first else {
        throw ForesightError.data("no training episode for a linear model", remedy: "give at least one log")
    }
    let layout = layout ?? SignalLayout(channels: first.channels)
    guard !layout.outputs.isEmpty else {
        throw ForesightError.data("no observation channel to model", remedy: "name some with --observations")
    }
    for episode in train + validation where abs(episode.samplingTime / first.samplingTime - 1) > 1e-6 {
        throw ForesightError.data(
            "episode \(episode.name) is sampled every \(episode.samplingTime) s, \(first.name) every "
                + "\(first.samplingTime) s", remedy: "resample to one sampling time")
    }
    var run = LinearSearchRun(
        try train.map { try layout.record($0) }, try validation.map { try layout.record($0) }, layout, horizon, search)
    try run.tryModels()
    run.refineBest()
    return try run.selection()
}

/// The state of one search.
private struct LinearSearchRun {
    let train: [SignalRecord]
    let validation: [SignalRecord]
    let layout: SignalLayout
    let horizon: Int
    let search: LinearModelSearch
    var rules: FreeRunProtocol
    var regressions: [ARXRegression] = []
    var candidates: [LinearCandidate] = []
    let scale: [Double]

    init(
        _ train: [SignalRecord], _ validation: [SignalRecord], _ layout: SignalLayout, _ horizon: Int,
        _ search: LinearModelSearch
    ) {
        self.train = train
        self.layout = layout
        self.horizon = horizon
        self.search = search
        let longest = (search.orders.max() ?? 1) + max(0, (search.inputDelays.max() ?? 1) - 1)
        rules = FreeRunProtocol(
            window: search.window ?? longest, horizon: horizon, maximumStarts: search.maximumStarts)
        // Validation episodes too short for a single start cannot judge anything.
        let window = rules.window
        let usable = validation.filter { $0.count > window }
        self.validation = usable.isEmpty ? train : usable
        if let longest = self.validation.map(\.count).max(), longest <= window { rules.window = max(1, longest / 2) }
        scale = Standardisation(columns: layout.outputs.count, records: train.map(\.outputs)).scale
    }

    mutating func tryModels() throws {
        for delay in search.inputDelays {
            let regression = try ARXRegression(
                train, layout: layout, maximumOrder: search.orders.max() ?? 1, inputDelay: delay)
            regressions.append(regression)
            for order in search.orders where order >= 1 && order <= regression.maximumOrder {
                for ridge in search.ridges {
                    for persistence in ridge >= 1e-6 ? [false, true] : [false] {
                        guard
                            let model = regression.fit(order: order, ridge: ridge, towardsPersistence: persistence)
                        else { continue }
                        add(model, parameters: model.parameterCount, radius: model.spectralRadius)
                    }
                }
            }
            guard let widest = search.stateOrders.max(),
                let subspace = SubspaceRegression(regression, maximumOrder: widest)
            else { continue }
            for order in search.stateOrders where order >= 1 && order <= subspace.maximumOrder {
                if let model = subspace.fit(order: order) {
                    add(model, parameters: model.parameterCount, radius: model.spectralRadius)
                }
            }
        }
    }

    mutating func refineBest() {
        guard search.refinedCandidates > 0, search.refinementIterations > 0 else { return }
        var seen: Set<[Int]> = []
        let best = ranked.compactMap { $0.model as? ARXModel }.filter {
            seen.insert([$0.order, $0.inputDelay]).inserted
        }
        for model in best.prefix(search.refinedCandidates) {
            guard let regression = regressions.first(where: { $0.inputDelay == model.inputDelay }) else { continue }
            let refinement = ARXRefinement(
                regression, history: model.history, rules: rules, maximumSegments: search.maximumStarts)
            for refined in refinement.refine(model, iterations: search.refinementIterations) {
                add(refined, parameters: refined.parameterCount, radius: refined.spectralRadius)
            }
        }
    }

    private mutating func add(_ model: some ReferenceModel, parameters: Int, radius: Double) {
        let errors = model.freeRunErrors(validation, rules)
        let relative = layout.outputs.indices.map { errors.overall($0) / scale[$0] }.filter(\.isFinite)
        guard !relative.isEmpty else { return }
        candidates.append(
            LinearCandidate(
                model: model, validationError: relative.reduce(0, +) / Double(relative.count), parameters: parameters,
                spectralRadius: radius, isStable: isStable(spectralRadius: radius, horizon: horizon)))
    }

    private var ranked: [LinearCandidate] {
        candidates.sorted { first, second in
            if first.isStable != second.isStable { return first.isStable }
            return first.validationError < second.validationError
        }
    }

    func selection() throws -> LinearModelSelection {
        let ranked = ranked
        guard let leader = ranked.first else {
            throw ForesightError.data(
                "no linear model could be judged: validation outputs are all missing",
                remedy: "give validation data with measured outputs")
        }
        let close = ranked.filter {
            $0.isStable == leader.isStable && $0.validationError <= 1.005 * leader.validationError
        }
        let best = close.min { $0.parameters < $1.parameters } ?? leader
        let unstable = ranked.count { !$0.isStable }
        let warning = best.isStable ? "" : "; no stable candidate"
        let summary =
            "\(best.model.summary), least free-run error on validation data of \(ranked.count) candidates "
            + "(\(unstable) unstable)\(warning)"
        return LinearModelSelection(model: best.model, summary: summary, candidates: ranked)
    }
}
