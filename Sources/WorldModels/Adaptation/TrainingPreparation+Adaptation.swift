import Basics
import Episodes
import Identification

extension TrainingPreparation {
    /// What a model needs to adapt to other records; `nil` where it does not adapt. `warnings` gets the reason when it should
    /// and cannot.
    func adapter(_ episodes: [Episode], _ description: ModelDescription, warnings: inout [String]) -> RecordAdapter? {
        guard settings.adaptation.on.resolved == true, let order = settings.order.resolved else { return nil }
        let (names, driving) = (description.outputs.map(\.name), description.inputs.map(\.name))
        let coarse = episodes.flatMap { $0.decimated(by: description.stride, outputs: Set(names), phases: 1) }
        do {
            let prior = try RecordPrior(
                fitting: coarse, layout: SignalLayout(outputs: names, inputs: driving), order: order, ridge: ridge)
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
