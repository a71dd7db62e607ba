import Networks
import Tensors
import WorldModels

/// The losses of the objectives, with the weights of the papers that they come from.
struct ObjectiveLoss {
    /// λ of LeJEPA (Balestriero and LeCun, arXiv:2511.08544): SIGReg against prediction.
    static let sigreg = 0.05
    /// Random directions of SIGReg.
    static let directions = 64
    /// VICReg weighs invariance, variance and covariance by 25, 25 and 1 (arXiv:2105.04906).
    static let covariance = 1.0 / 25
    /// β of the divergence (Higgins et al., ICLR 2017), for reconstruction errors in units of the signals' variance: about
    /// that of a decoder with a noise of 0.03 standard deviations.
    static let divergence = 1e-3
    /// What a teacher keeps at each step; BYOL begins at 0.996 (arXiv:2006.07733) and trains fifty times longer.
    static let teacherDecay = 0.99

    let objective: LearningObjective
    let network: ObjectiveNetwork
    let teacher: ObjectiveNetwork?
    let actions: Int
    let generator: TorchGenerator

    /// The loss of windows of `window + horizon` rows; of `window + 1` for one step.
    func value(_ batch: WindowBatch) -> Tensor {
        let sizes = network.sizes
        let steps = batch.outputs.size(2) - sizes.window
        let (outputs, inputs) = (batch.outputs, batch.inputs)
        func measured(from row: Int, _ count: Int) -> (values: Tensor, mask: Tensor) {
            (
                outputs.narrow(dim: 2, start: row, length: count),
                batch.measured.narrow(dim: 2, start: row, length: count)
            )
        }
        func reconstruction(_ predicted: [Tensor], from row: Int) -> Tensor {
            let (targets, mask) = measured(from: row, predicted.count)
            return GroundingLoss.value(predicted: Tensor.stack(predicted, dim: 2), targets: targets, mask: mask)
        }
        let present = sizes.window - 1
        switch objective {
        case .oneStep, .multiStep:
            return reconstruction(network.feedBack(outputs, inputs, steps: steps), from: sizes.window)
        case .autoencoder:
            let start = network.encode(outputs, inputs, endingAt: present..<(present + 1))[0]
            let states = [start] + network.rollout(from: start, inputs, steps: steps)
            return reconstruction(states.map { network.decoder($0) }, from: present)
        case .variational:
            let seen = network.windows(outputs, inputs, endingAt: present..<(present + 1))
            let (mean, logarithm) = (network.encoder(seen), network.variance(seen).clamp(min: -12, max: 6))
            let start = mean + (logarithm * 0.5).exp() * Tensor.normal(mean.shape, using: generator)
            let states = [start] + network.rollout(from: start, inputs, steps: steps)
            let divergence = (mean.square() + logarithm.exp() - logarithm - 1).mean() * 0.5
            return reconstruction(states.map { network.decoder($0) }, from: present)
                + divergence * (Self.divergence * Double(sizes.width))
        case .sigreg, .vicreg, .teacher, .inverse, .unguarded:
            return representation(outputs, inputs, steps: steps)
        }
    }

    /// Prediction in representation space, with what keeps it from collapsing.
    private func representation(_ outputs: Tensor, _ inputs: Tensor, steps: Int) -> Tensor {
        let sizes = network.sizes
        let present = sizes.window - 1
        let encoded = network.encode(outputs, inputs, endingAt: present..<(present + steps + 1))
        let predicted = network.rollout(from: encoded[0], inputs, steps: steps)
        let followed = teacher.map { teacher in
            withoutGradients { teacher.encode(outputs, inputs, endingAt: (present + 1)..<(present + steps + 1)) }
        }
        let unit = Tensor.ones([outputs.size(0), 1, sizes.width])
        let prediction = PredictionLoss.value(
            predicted: predicted, targets: followed ?? Array(encoded.dropFirst()), scale: unit)
        // Rows of one window are not independent samples: its first and its last are taken apart.
        let samples = [encoded[0], encoded[steps]]
        switch objective {
        case .sigreg:
            let terms = samples.map { SIGReg.value($0, directions: Self.directions, using: generator) }
            return prediction + (terms[0] + terms[1]) * (Self.sigreg / 2)
        case .vicreg:
            let terms = samples.map { samples -> Tensor in
                let (variance, covariance) = VICReg.terms(samples)
                return variance + covariance * Self.covariance
            }
            return prediction + (terms[0] + terms[1]) * 0.5
        case .inverse where actions > 0:
            return prediction
                + EndpointInverseDynamics.value(
                    encoded: encoded,
                    inputs: inputs.narrow(dim: 2, start: present, length: steps + 1),
                    steps: sizes.inverseSteps, actions: actions
                ) { start, end in network.inverse(Tensor.concatenate([start, end], dim: 2)) }
        default: return prediction
        }
    }
}
