import Basics
import Episodes
import Identification

extension TrainingPreparation {
    /// What a model needs to adapt to other records; `nil` where it does not adapt. `warnings` gets the reason when it should
    /// and cannot.
    func adapter(_ description: ModelDescription, warnings: inout [String]) -> RecordAdapter? {
        guard settings.adaptation.on.resolved == true, let order = settings.order.resolved else { return nil }
        let layout = SignalLayout(outputs: description.outputs.map(\.name), inputs: description.inputs.map(\.name))
        let (coarse, folds) = data.coarse(windowLength: description.window + description.horizon)
        do {
            // A search may have chosen another order than training began with, and each order has a penalty of its own.
            let core = try LinearCore(
                coarse, folds: folds, layout: layout, horizon: description.horizon, orders: [order])
            let prior = try RecordPrior(fitting: coarse, layout: layout, order: order, ridge: core.ridge)
            guard !prior.model.grows(within: description.horizon) else {
                warnings.append("predictions will not adapt to other records: the linear model grows in free run")
                return nil
            }
            return RecordAdapter(prior, description)
        } catch {
            warnings.append("predictions will not adapt to other records: \(error)")
            return nil
        }
    }
}
