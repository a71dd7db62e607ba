import Episodes
import Identification

/// Linear models that the search starts from: one a member for each order, penalty and input delay, with and without what
/// other outputs say of an output.
struct LinearCores: Sendable {
    /// Predicted channels.
    let outputs: Int
    /// Driving channels.
    let inputs: Int
    private let scaling: SignalScaling
    private let models: [Core: [ARXModel]]
    /// States that models without other outputs may have: with few coefficients for each, their order is no limit.
    private static let mostStates = 100

    /// Fits all orders, penalties and delays for each member without its fold.
    ///
    /// - Parameters:
    ///   - episodes: The log at the model's step.
    ///   - folds: The parts that members leave out.
    ///   - layout: Outputs and inputs.
    ///   - orders: The orders to fit.
    ///   - ownOrders: The orders of models in which each output follows from its own past and the inputs.
    ///   - ridges: The penalties of their regressions.
    ///   - leads: Whether steps see the input at their end.
    ///   - scaling: The units that members work in.
    init(
        _ episodes: [Episode], folds: Folds, layout: SignalLayout, orders: [Int], ownOrders: [Int], ridges: [Double],
        leads: [Bool], scaling: SignalScaling
    ) {
        outputs = layout.outputs.count
        inputs = layout.inputs.count
        let rests = (0..<folds.count).map { folds.without($0, of: episodes) }
        self.scaling = scaling
        let small = ownOrders.filter { $0 * layout.outputs.count <= max(Self.mostStates, layout.outputs.count) }
        var found: [Core: [ARXModel]] = [:]
        for hasLead in leads {
            for isAlone in layout.outputs.count > 1 ? [false, true] : [false] {
                let orders = isAlone ? small : orders
                let fits = concurrently(folds.count) { fold in
                    isAlone
                        ? ARXModel.fitsAlone(
                            rests[fold], layout: layout, orders: orders, ridges: ridges, inputDelay: hasLead ? 0 : 1)
                        : ARXModel.fits(
                            rests[fold], layout: layout, orders: orders, ridges: ridges, inputDelay: hasLead ? 0 : 1)
                }
                for order in orders {
                    for ridge in ridges {
                        let models = fits.compactMap { $0.first { $0.order == order && $0.ridge == ridge } }
                        guard models.count == folds.count else { continue }
                        found[Core(order: order, ridge: ridge, hasLead: hasLead, isAlone: isAlone)] = models
                    }
                }
            }
        }
        models = found
    }

    /// The linear models there are, small ones and large penalties first.
    var all: [Core] {
        func rank(_ core: Core) -> (Int, Int, Int, Double) {
            (core.order, core.hasLead ? 1 : 0, core.isAlone ? 0 : 1, -core.ridge)
        }
        return models.keys.sorted { rank($0) < rank($1) }
    }

    /// The linear model of a member.
    func form(_ core: Core, member: Int) -> ObserverForm? {
        if core.equations.isEmpty { return models[core].map { ObserverForm($0[member], scaling: scaling) } }
        let parts = core.equations.compactMap {
            models[Core(order: $0.order, ridge: $0.ridge, hasLead: core.hasLead, isAlone: $0.isAlone)]?[member]
        }
        return ARXModel.joining(parts).map { ObserverForm($0, scaling: scaling) }
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
