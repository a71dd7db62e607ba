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
    init(
        _ episodes: [Episode], folds: Folds, layout: SignalLayout, orders: [Int], ridges: [Double], leads: [Bool],
        scaling: SignalScaling
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
    }

    /// The linear models there are, small ones and large penalties first.
    var all: [Core] {
        models.keys.sorted { ($0.order, $0.hasLead ? 1 : 0, -$0.ridge) < ($1.order, $1.hasLead ? 1 : 0, -$1.ridge) }
    }

    /// The linear model of a member.
    func form(_ core: Core, member: Int) -> ObserverForm? {
        if core.equations.isEmpty { return models[core].map { ObserverForm($0[member], scaling: scaling) } }
        let parts = core.equations.compactMap {
            models[Core(order: $0.order, ridge: $0.ridge, hasLead: core.hasLead)]?[member]
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
