import Episodes
import Identification

/// Linear models that the search starts from: one a member for each order, penalty and input delay.
struct LinearCores: Sendable {
    /// Predicted channels.
    let outputs: Int
    /// Driving channels.
    let inputs: Int
    private let scaling: SignalScaling
    private let models: [Core: [ARXModel]]
    /// Models with fewer states than lags, `[member]`.
    private let reduced: [Core: [ObserverForm]]

    /// Fits all orders, penalties and delays for each member without its fold.
    ///
    /// - Parameters:
    ///   - episodes: The log at the model's step.
    ///   - folds: The parts that members leave out.
    ///   - layout: Outputs and inputs.
    ///   - orders: The orders to fit.
    ///   - ridges: The penalties of their regressions.
    ///   - leads: Whether steps see the input at their end.
    ///   - scaling: The units that members work in.
    ///   - reduction: What is left of a model with many lags; `nil` to leave it out.
    init(
        _ episodes: [Episode], folds: Folds, layout: SignalLayout, orders: [Int], ridges: [Double], leads: [Bool],
        scaling: SignalScaling, reduction: CoreReduction? = nil
    ) {
        outputs = layout.outputs.count
        inputs = layout.inputs.count
        let rests = (0..<folds.count).map { folds.without($0, of: episodes) }
        self.scaling = scaling
        var found: [Core: [ARXModel]] = [:]
        for hasLead in leads {
            let fits = concurrently(folds.count) { fold in
                ARXModel.fits(
                    rests[fold], layout: layout, orders: orders, ridges: ridges, inputDelay: hasLead ? 0 : 1)
            }
            for order in orders {
                for ridge in ridges {
                    let models = fits.compactMap { $0.first { $0.order == order && $0.ridge == ridge } }
                    guard models.count == folds.count else { continue }
                    found[Core(order: order, ridge: ridge, hasLead: hasLead)] = models
                }
            }
        }
        models = found
        var left: [Core: [ObserverForm]] = [:]
        for (hasLead, source) in leads.flatMap({ lead in (reduction?.sources ?? []).map { (lead, $0) } }) {
            guard let reduction else { continue }
            let fits = concurrently(folds.count) { fold in
                reduction.forms(from: source, rests[fold], layout: layout, hasLead: hasLead, scaling: scaling)
            }
            for core in Set(fits.flatMap(\.keys)) {
                let forms = fits.compactMap { $0[core] }
                if forms.count == folds.count { left[core] = forms }
            }
        }
        reduced = left
    }

    /// The states of a linear model.
    func states(_ core: Core) -> Int { core.states ?? core.order * outputs }

    /// The linear models there are, small ones and large penalties first.
    var all: [Core] {
        // All that tells them apart, so that equal ones do not come in the order of a dictionary.
        func rank(_ core: Core) -> (Int, Int, Double, Int) {
            (states(core), core.hasLead ? 1 : 0, -core.ridge, core.source == .lags ? 0 : 1)
        }
        return models.keys.sorted { rank($0) < rank($1) } + reduced.keys.sorted { rank($0) < rank($1) }
    }

    /// The linear model of a member.
    func form(_ core: Core, member: Int) -> ObserverForm? {
        if core.states != nil { return reduced[core]?[member] }
        return models[core].map { ObserverForm($0[member], scaling: scaling) }
    }
}

/// What models with many lags are reduced to: lightly damped or many-channelled plants take more lags than a state has
/// room for, yet few states.
struct CoreReduction: Sendable {
    /// Lags of the model that is reduced.
    let order: Int
    /// States to keep, rising.
    let states: [Int]
    /// What is reduced.
    let sources: [CoreSource]
    /// Penalties of a regression on lags, and of one on filtered inputs.
    private static let (lagRidges, filterRidges) = ([1e-6, 1e-4, 1e-2], [1e-4, 1e-2])

    /// Most lags, and most states of the model that is reduced.
    private static let (mostLags, mostStates) = (40, 120)
    private static let sizes = [4, 6, 8, 10, 12]

    /// As many lags as there are enough rows for; `nil` when the states that are kept would not be fewer.
    init?(rows: Int, outputs: Int, inputs: Int, sources: [CoreSource], wanted: Int? = nil) {
        let affordable = (rows / 5 - 1) / max(1, outputs + inputs)
        order = min(Self.mostLags, Self.mostStates / max(1, outputs), affordable)
        let whole = order * outputs
        states = wanted.map { $0 < whole ? [$0] : [] } ?? Self.sizes.filter { $0 >= outputs && 2 * $0 <= whole }
        self.sources = sources
        guard order >= 2, !states.isEmpty, !sources.isEmpty else { return nil }
    }

    /// The reduced models of a log.
    func forms(
        from source: CoreSource, _ episodes: [Episode], layout: SignalLayout, hasLead: Bool, scaling: SignalScaling
    ) -> [Core: ObserverForm] {
        var found: [Core: ObserverForm] = [:]
        for (ridge, whole) in models(source, episodes, layout: layout, hasLead: hasLead, scaling: scaling) {
            for form in whole.reduced(to: states) {
                let core = Core(
                    order: order, ridge: ridge, hasLead: hasLead, states: form.transition.rows, source: source)
                found[core] = form
            }
        }
        return found
    }

    private func models(
        _ source: CoreSource, _ episodes: [Episode], layout: SignalLayout, hasLead: Bool, scaling: SignalScaling
    ) -> [(ridge: Double, form: ObserverForm)] {
        switch source {
        case .lags:
            ARXModel.fits(
                episodes, layout: layout, orders: [order], ridges: Self.lagRidges, inputDelay: hasLead ? 0 : 1
            ).map { ($0.ridge, ObserverForm($0, scaling: scaling)) }
        case .filters:
            BasisRegression(
                rows: episodes.reduce(0) { $0 + $1.count }, longest: episodes.map(\.count).max() ?? 0, layout: layout,
                hasLead: hasLead
            )?.forms(
                episodes, ridges: Self.filterRidges, outputMean: scaling.outputMean, outputScale: scaling.outputScale,
                inputMean: scaling.inputMean, inputScale: scaling.inputScale) ?? []
        }
    }
}

extension ObserverForm {
    /// An ARX model in the normalised units of a world model.
    init(_ model: ARXModel, scaling: SignalScaling) {
        self.init(
            model, outputMean: scaling.outputMean, outputScale: scaling.outputScale, inputMean: scaling.inputMean,
            inputScale: scaling.inputScale)
    }
}
