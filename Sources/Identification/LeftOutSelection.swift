import Basics
public import Episodes

/// One part of a log that is left out of a fit, to judge it.
public struct LeftOutPart: Sendable {
    /// What remains, in contiguous pieces.
    public var rest: [Episode]
    /// The rows left out, one range for each episode of the log; empty where nothing of it is.
    public var rows: [Range<Int>]

    /// Creates a part.
    public init(rest: [Episode], rows: [Range<Int>]) {
        self.rest = rest
        self.rows = rows
    }
}

/// The best linear model of one output, chosen by left-out parts and fitted on the whole log.
public struct LeftOutChoice: Sendable {
    /// The model; it may predict other outputs too.
    public var model: any ReferenceModel
    /// Root mean square free-run error of that output on the left-out parts, physical units.
    public var error: Double
    /// How many models were compared.
    public var candidates: Int
}

/// Chooses a linear model for each output by its **free-run** error on parts of the log that each fit leaves out, and
/// fits it on the whole log: what few data allow instead of a validation record of its own.
///
/// Predictions start anywhere in the log and run over the whole horizon; only what lies in the left-out part is compared.
/// The best autoregressive models are refined on their free-run training error, judged the same way.
///
/// - Parameters:
///   - episodes: The log, at one sampling time.
///   - parts: What each fit leaves out; none judges models by their training error.
///   - layout: Outputs and inputs.
///   - horizon: Samples predicted from each start.
///   - search: The grids; its window is what predictions start from.
/// - Returns: A choice for each output of the layout.
/// - Throws: `ForesightError.data` when there are too few complete rows or an episode lacks a channel.
public func selectLinearModels(
    _ episodes: [Episode], leavingOut parts: [LeftOutPart], layout: SignalLayout, horizon: Int,
    search: LinearModelSearch
) throws -> [LeftOutChoice] {
    var run = try LeftOutSearch(episodes, parts, layout: layout, horizon: horizon, search: search)
    run.tryAll()
    run.tryRefined()
    return try layout.outputs.indices.map { try run.choice($0) }
}

/// The state of one search.
private struct LeftOutSearch {
    /// What tells one candidate from another.
    private struct Recipe: Hashable {
        var order: Int
        /// `nil` for a subspace model.
        var ridge: Double?
        var towardsPersistence = false
        var isRefined = false
    }

    /// A candidate with its left-out errors.
    private struct Judged {
        var recipe: Recipe
        var parameters: Int
        var isStable: Bool
        /// Root mean square error of each output.
        var errors: [Double]
    }

    /// One part, ready for fits and judgement.
    private struct Part {
        var regression: ARXRegression
        var subspace: SubspaceRegression?
        /// What is compared: missing outside of the part.
        var truth: [SignalRecord]
    }

    private let records: [SignalRecord]
    private let whole: Part
    private let parts: [Part]
    private let horizon: Int
    private let search: LinearModelSearch
    private let rules: FreeRunProtocol
    private let layout: SignalLayout
    private var judged: [Judged] = []

    init(
        _ episodes: [Episode], _ leftOut: [LeftOutPart], layout: SignalLayout, horizon: Int, search: LinearModelSearch
    ) throws {
        self.layout = layout
        self.search = search
        let greatest = search.orders.max() ?? 1
        let records = try episodes.map { try layout.record($0) }
        self.records = records
        let longest = records.map(\.count).max() ?? 0
        let window = min(search.window ?? greatest, max(1, longest - 1))
        self.horizon = horizon
        rules = FreeRunProtocol(
            window: window, horizon: min(horizon, max(1, longest - window)), maximumStarts: search.maximumStarts)
        func part(_ training: [SignalRecord], _ truth: [SignalRecord]) throws -> Part {
            let regression = try ARXRegression(training, layout: layout, maximumOrder: greatest, inputDelay: 1)
            let subspace = search.stateOrders.max().flatMap { SubspaceRegression(regression, maximumOrder: $0) }
            return Part(regression: regression, subspace: subspace, truth: truth)
        }
        whole = try part(records, records)
        parts = try leftOut.map { leftOut in
            precondition(leftOut.rows.count == episodes.count, "a range of rows for each episode")
            let truth = zip(records, leftOut.rows).map { record, rows in record.keeping(rows, layout.outputs.count) }
            return try part(leftOut.rest.map { try layout.record($0) }, truth)
        }
    }

    private var recipes: [Recipe] {
        search.orders.flatMap { order in
            search.ridges.flatMap { ridge in
                [false, true].map { Recipe(order: order, ridge: ridge, towardsPersistence: $0) }
            }
        } + search.stateOrders.map { Recipe(order: $0, ridge: nil) }
    }

    mutating func tryAll() {
        for recipe in recipes { judge(recipe) }
    }

    /// Refines the best model of each output and of all together.
    mutating func tryRefined() {
        guard search.refinementIterations > 0 else { return }
        var chosen: Set<Recipe> = []
        let stable = judged.filter { $0.isStable && $0.recipe.ridge != nil }
        for output in layout.outputs.indices {
            let best = stable.sorted { $0.errors[output] < $1.errors[output] }
            for candidate in best.prefix(max(0, search.refinedCandidates)) { chosen.insert(candidate.recipe) }
        }
        for var recipe in judged.map(\.recipe) where chosen.contains(recipe) {
            recipe.isRefined = true
            judge(recipe)
        }
    }

    /// The best candidate of an output: of those within 0.5 % of the first, the one with the fewest parameters.
    func choice(_ output: Int) throws -> LeftOutChoice {
        let known = judged.filter { $0.errors[output].isFinite }
        let stable = known.filter(\.isStable)
        let usable = stable.isEmpty ? known : stable
        let least = usable.map { $0.errors[output] }.min() ?? .nan
        let close = usable.filter { $0.errors[output] <= 1.005 * least }
        guard let best = close.min(by: { $0.parameters < $1.parameters }), let model = fit(best.recipe, whole) else {
            throw ForesightError.data(
                "no linear model of \(layout.outputs[output]) could be judged",
                remedy: "give a log with more measured samples of it")
        }
        return LeftOutChoice(model: model, error: best.errors[output], candidates: judged.count)
    }

    /// Fits a recipe without each part, judges it there, and keeps the outcome.
    private mutating func judge(_ recipe: Recipe) {
        guard let model = fit(recipe, whole) else { return }
        let width = layout.outputs.count
        var (squares, counts) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        for part in parts.isEmpty ? [whole] : parts {
            guard let fitted = parts.isEmpty ? model : fit(recipe, part) else { return }
            add(fitted, part.truth, &squares, &counts)
        }
        judged.append(
            Judged(
                recipe: recipe, parameters: parameters(model),
                isStable: isStable(spectralRadius: radius(model), horizon: horizon),
                errors: zip(squares, counts).map { $1 > 0 ? ($0 / $1).squareRoot() : .nan }))
    }

    private func add(
        _ model: any ReferenceModel, _ truth: [SignalRecord], _ squares: inout [Double], _ counts: inout [Double]
    ) {
        let width = layout.outputs.count
        for (episode, start) in rules.starts(lengths: truth.map(\.count)) {
            let record = truth[episode]
            let steps = min(rules.horizon, record.count - start)
            let compared = record.outputs[(start * width)..<((start + steps) * width)]
            guard compared.contains(where: \.isFinite) else { continue }
            let predicted = model.simulate(records[episode], from: start, horizon: steps)
            for (index, value) in compared.enumerated() where value.isFinite {
                squares[index % width] += (predicted[index] - value) * (predicted[index] - value)
                counts[index % width] += 1
            }
        }
    }

    private func fit(_ recipe: Recipe, _ part: Part) -> (any ReferenceModel)? {
        guard let ridge = recipe.ridge else {
            guard let subspace = part.subspace, recipe.order <= subspace.maximumOrder else { return nil }
            return subspace.fit(order: recipe.order)
        }
        guard recipe.order <= part.regression.maximumOrder,
            let model = part.regression.fit(
                order: recipe.order, ridge: ridge, towardsPersistence: recipe.towardsPersistence)
        else { return nil }
        guard recipe.isRefined else { return model }
        let refinement = ARXRefinement(
            part.regression, history: model.history, rules: rules, maximumSegments: refinementSegments(model))
        return refinement.refine(model, iterations: search.refinementIterations).last ?? model
    }

    /// Segments to refine on: fewer where every one of many parameters is followed through a long run.
    private func refinementSegments(_ model: ARXModel) -> Int {
        let operations = rules.horizon * model.parameterCount * model.order * layout.outputs.count
        return max(8, min(search.maximumStarts, 30_000_000 / max(1, operations)))
    }

    private func parameters(_ model: any ReferenceModel) -> Int {
        (model as? ARXModel)?.parameterCount ?? (model as? SubspaceModel)?.parameterCount ?? 0
    }

    private func radius(_ model: any ReferenceModel) -> Double {
        (model as? ARXModel)?.spectralRadius ?? (model as? SubspaceModel)?.spectralRadius ?? .infinity
    }
}

extension SignalRecord {
    /// The record with outputs missing outside of some rows.
    fileprivate func keeping(_ rows: Range<Int>, _ width: Int) -> SignalRecord {
        var result = self
        for index in result.outputs.indices where !rows.contains(index / width) { result.outputs[index] = .nan }
        return result
    }
}
