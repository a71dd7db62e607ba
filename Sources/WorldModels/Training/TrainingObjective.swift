import Networks
import Tensors

/// The loss of a batch as a sum of terms, each by name.
struct TrainingObjective {
    let settings: LossSettings
    /// The model whose encoder gives the targets, when there is a teacher.
    let teacher: SensorWorldModel?
    /// What errors of the readouts are measured in, `[output]`, normalised.
    let errorScale: Tensor
    /// The prediction loss at the start of training, which it is measured in.
    let predictionScale: Double

    /// The weighted sum, and the unweighted terms for the log, of windows with so many rows of history.
    func value(
        model: SensorWorldModel, batch: WindowBatch, history: Int, using generator: TorchGenerator
    ) -> (total: Tensor, terms: [(name: String, value: Tensor)]) {
        let steps = batch.inputs.size(2) - history
        let encoded = model.encode(outputs: batch.outputs, mask: batch.mask, inputs: batch.inputs)
        // The input of the last history row leads to the first predicted row.
        let driving = batch.inputs.narrow(dim: 2, start: history - 1, length: steps)
        let predicted = model.rollout(
            from: encoded[history - 1], inputs: driving,
            after: batch.inputs.narrow(dim: 2, start: history + steps - 1, length: 1))
        let followed = teacher.map { teacher in
            withoutGradients { teacher.encode(outputs: batch.outputs, mask: batch.mask, inputs: batch.inputs) }
        }
        let context = LossContext(
            model: model, targets: batch.outputs.narrow(dim: 2, start: history, length: steps),
            mask: batch.mask.narrow(dim: 2, start: history, length: steps), inputs: batch.inputs, history: history,
            encoded: encoded, predicted: predicted,
            representationTargets: Array((followed ?? encoded).suffix(steps)), generator: generator)
        let terms = weightedTerms(context)
        let total = terms.reduce(Tensor(scalar: 0)) { sum, term in sum + term.value * term.weight }
        return (total, terms.map { ($0.name, $0.value.detached()) })
    }

    private func weightedTerms(_ context: LossContext) -> [(name: String, weight: Double, value: Tensor)] {
        var terms: [(name: String, weight: Double, value: Tensor)] = []
        let model = context.model
        terms.append(
            (
                "grounding", settings.grounding,
                GroundingLoss.value(
                    predicted: model.readAll(context.predicted), targets: context.targets, mask: context.mask,
                    scale: errorScale)
            ))
        if settings.encoding > 0 {
            let steps = context.predicted.count
            let value = GroundingLoss.value(
                predicted: model.readAll(Array(context.encoded.suffix(steps))), targets: context.targets,
                mask: context.mask, scale: errorScale)
            terms.append(("encoding", settings.encoding, value))
        }
        if settings.prediction > 0 {
            let value =
                PredictionLoss.value(
                    predicted: context.predicted, targets: context.representationTargets,
                    scale: model.predictor.scale.value) * (1 / predictionScale)
            terms.append(("prediction", settings.prediction, value))
        }
        terms += antiCollapseTerms(context)
        if settings.inverse > 0 && model.architecture.actions > 0 {
            let value = EndpointInverseDynamics.value(
                model: model, encoded: context.encoded, inputs: context.inputs)
            terms.append(("inverse", settings.inverse, value))
        }
        return terms
    }

    private func antiCollapseTerms(_ context: LossContext) -> [(name: String, weight: Double, value: Tensor)] {
        guard settings.antiCollapseWeight > 0 else { return [] }
        // The last row of each window: rows within a window are not independent samples.
        let samples = context.standardisedEncoding(last: 1).squeezed(2)  // [members, batch, D]
        switch settings.antiCollapse {
        case .sigreg:
            let value = SIGReg.value(samples, directions: settings.directions, using: context.generator)
            return [("sigreg", settings.antiCollapseWeight / Double(samples.size(1)), value)]
        case .vicreg:
            let (variance, covariance) = VICReg.terms(samples)
            return [
                ("variance", settings.antiCollapseWeight, variance),
                ("covariance", settings.antiCollapseWeight / 25, covariance),
            ]
        case .ema, .none: return []
        }
    }
}
