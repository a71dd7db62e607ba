import Networks
import Tensors
import WorldModels

/// A model's weights as a rollout over many candidates needs them: cut off from training, products that no action
/// changes done once.
///
/// The two products with ẑ of a step are one: `[Â | P ⊘ s]` is `[members, D, D + hidden]`, and so are the inputs'.
struct RolloutWeights {
    /// Ensemble members.
    let members: Int
    /// The size D of a representation.
    let width: Int
    /// Hidden units of the nonlinear part.
    let hidden: Int
    /// What the hidden units compute.
    let activation: BoundedActivation
    /// `[Â | P ⊘ s]`, `[members, D, D + hidden]`.
    let state: Tensor
    /// `[B | V]` of the actions, `[members, action, D + hidden]`.
    let actions: Tensor
    /// B₁ of the actions at the end of a step, `[members, action, D]`; `nil` where outputs answer only later.
    let leadActions: Tensor?
    /// B₁ of the disturbances, `[members, disturbance, D]`.
    let leadDisturbances: Tensor?
    /// `[B | V]` of the disturbances, `[members, disturbance, D + hidden]`.
    let disturbances: Tensor
    /// `[b | c]`, `[members, 1, D + hidden]`.
    let offset: Tensor
    /// G, `[members, hidden, D]`.
    let correction: Tensor
    /// C, `[members, D, output]`.
    let readout: Tensor
    /// The offset of the readout, `[members, 1, output]`.
    let readoutOffset: Tensor

    init(_ network: SensorWorldModel) {
        let predictor = network.predictor
        members = network.architecture.members
        width = predictor.width
        activation = predictor.activation
        hidden = predictor.hiddenState.value.size(2)
        let actionCount = network.architecture.actions
        let disturbanceCount = network.architecture.inputs - actionCount
        (leadActions, leadDisturbances) = withoutGradients {
            func part(_ start: Int, _ length: Int) -> Tensor? {
                predictor.lead?.value.detached().narrow(dim: 1, start: start, length: length).clone()
            }
            return (part(0, actionCount), part(actionCount, disturbanceCount))
        }
        (state, actions, disturbances, offset, correction, readout, readoutOffset) = withoutGradients {
            func beside(_ left: Tensor, _ right: Tensor) -> Tensor {
                Tensor.concatenate([left, right], dim: 2).detached()
            }
            let inputs = beside(predictor.input.value, predictor.hiddenInput.value)
            return (
                beside(predictor.contraction(), predictor.hiddenState.value / predictor.scale.value.transposed(1, 2)),
                inputs.narrow(dim: 1, start: 0, length: actionCount).clone(),
                inputs.narrow(dim: 1, start: actionCount, length: disturbanceCount).clone(),
                beside(predictor.offset.value, predictor.hiddenOffset.value),
                predictor.correction.value.detached().clone(), network.readout.value.detached().clone(),
                network.readoutOffset.value.detached().clone()
            )
        }
    }

    /// Rolls out candidates.
    ///
    /// - Parameters:
    ///   - start: `[members, 1, D]`.
    ///   - input: Actions, normalised, `[step, candidate, action]`.
    ///   - known: Disturbances, normalised, `[step, disturbance]`, the same for every candidate.
    /// - Returns: The representations along time, `[members, step, candidate, D]`.
    func rollout(from start: Tensor, actions input: Tensor, disturbances known: Tensor) -> Tensor {
        let (steps, candidates, columns) = (input.size(0), input.size(1), width + hidden)
        let rows = input.reshaped([1, steps * candidates, input.size(2)])
            .expanded(to: [members, steps * candidates, input.size(2)])
        var shared = offset  // [members, 1 or step, D + hidden]
        if known.count > 0 {
            shared = offset + known.unsqueezed(0).matmul(disturbances)
        }
        // One product for all steps; a step's slice is then [members, candidate, D + hidden].
        let drive =
            rows.bmm(actions).reshaped([members, steps, candidates, columns])
            + shared.unsqueezed(2)
        let ends = leadDrive(input, known)
        var z = start.expanded(to: [members, candidates, width])
        var states: [Tensor] = []
        states.reserveCapacity(steps)
        for step in 0..<steps {
            let linear = drive.select(dim: 1, index: step).baddbmm(z, state)
            let bent = activation(linear.narrow(dim: 2, start: width, length: hidden))
            z = linear.narrow(dim: 2, start: 0, length: width).baddbmm(bent, correction)
            if let ends { z = z + ends.select(dim: 1, index: step) }
            states.append(z)
        }
        return Tensor.stack(states, dim: 1)
    }

    /// What the inputs at the end of each step add, `[members, step, candidate, D]`: those of the next step, the last held.
    private func leadDrive(_ input: Tensor, _ known: Tensor) -> Tensor? {
        guard let leadActions, let leadDisturbances else { return nil }
        let (steps, candidates) = (input.size(0), input.size(1))
        func shifted(_ x: Tensor) -> Tensor {
            Tensor.concatenate(
                [x.narrow(dim: 0, start: 1, length: steps - 1), x.narrow(dim: 0, start: steps - 1, length: 1)], dim: 0)
        }
        let rows = shifted(input).reshaped([1, steps * candidates, input.size(2)])
            .expanded(to: [members, steps * candidates, input.size(2)])
        let acted = rows.bmm(leadActions).reshaped([members, steps, candidates, width])
        guard known.count > 0 else { return acted }
        return acted + shifted(known).unsqueezed(0).matmul(leadDisturbances).unsqueezed(2)
    }

    /// The outputs of representations `[members, step, candidate, D]`, normalised, `[members, step, candidate, output]`.
    func read(_ states: Tensor) -> Tensor {
        let (steps, candidates) = (states.size(1), states.size(2))
        return readoutOffset.baddbmm(states.reshaped([members, steps * candidates, width]), readout)
            .reshaped([members, steps, candidates, readout.size(2)])
    }
}
