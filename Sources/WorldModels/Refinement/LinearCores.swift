import Episodes
import Identification

/// Linear models that refinement starts from: one a member for each order and input delay.
struct LinearCores: Sendable {
    /// Predicted channels.
    let outputs: Int
    /// Driving channels.
    let inputs: Int
    private let forms: [Key: [ObserverForm]]

    private struct Key: Hashable {
        var order: Int
        var hasLead: Bool
    }

    /// Fits all orders and delays for each member without its fold.
    ///
    /// - Parameters:
    ///   - episodes: The log at the model's step.
    ///   - folds: The parts that members leave out.
    ///   - layout: Outputs and inputs.
    ///   - orders: The orders to fit.
    ///   - leads: Whether steps see the input at their end.
    ///   - scaling: The units that members work in.
    init(
        _ episodes: [Episode], folds: Folds, layout: SignalLayout, orders: [Int], leads: [Bool],
        scaling: SignalScaling
    ) {
        outputs = layout.outputs.count
        inputs = layout.inputs.count
        var forms: [Key: [ObserverForm]] = [:]
        for hasLead in leads {
            let fits = (0..<folds.count).map { fold in
                ARXModel.fits(
                    folds.without(fold, of: episodes), layout: layout, orders: orders, ridges: [Self.ridge],
                    inputDelay: hasLead ? 0 : 1)
            }
            for order in orders {
                let models = fits.compactMap { $0.first { $0.order == order } }
                guard models.count == folds.count else { continue }
                forms[Key(order: order, hasLead: hasLead)] = models.map {
                    ObserverForm($0, scaling: scaling)
                }
            }
        }
        self.forms = forms
    }

    /// Small: what the regression cannot tell, the free run will.
    private static let ridge = 1e-6

    /// The structures there are models for, without free components and hidden units.
    var structures: [Structure] {
        forms.keys.sorted { ($0.order, $0.hasLead ? 1 : 0) < ($1.order, $1.hasLead ? 1 : 0) }
            .map { Structure(order: $0.order, hasLead: $0.hasLead, free: 0, hidden: 0) }
    }

    /// The linear model of a member.
    func form(_ structure: Structure, member: Int) -> ObserverForm? {
        forms[Key(order: structure.order, hasLead: structure.hasLead)]?[member]
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
