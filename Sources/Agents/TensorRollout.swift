import Networks
import Tensors
import WorldModels

/// The rollout of a sensor model by libtorch, step by step: the reference that the compiled kernel is held to, and what rolls
/// out models that do not fit into a cache.
struct TensorRollout {
    private let members: Int
    private let width: Int
    private let hidden: Int
    private let activation: BoundedActivation
    private let state, actions, disturbances, offset, correction, readout, readoutOffset: Tensor
    private let leadActions, leadDisturbances: Tensor?
    private let outputMean, outputScale, actionMean, actionFactor: Tensor
    private let whitening: (state: Tensor, actions: Tensor, disturbances: Tensor, offset: Tensor)
    private let novelty: NoveltyWeights

    init(_ weights: RolloutWeights, _ novelty: NoveltyWeights, _ factors: SignalFactors) {
        let sizes = weights.sizes
        (members, width, hidden, activation) = (sizes.members, sizes.width, sizes.hidden, sizes.activation)
        let (columns, known) = (weights.columns, weights.disturbanceCount)
        state = Tensor(weights.state, shape: [members, width, columns])
        actions = Tensor(weights.actions, shape: [members, sizes.actions, columns])
        disturbances = Tensor(weights.disturbances, shape: [members, known, columns])
        offset = Tensor(weights.offset, shape: [members, 1, columns])
        correction = Tensor(weights.correction, shape: [members, hidden, width])
        readout = Tensor(weights.readout, shape: [members, width, sizes.outputs])
        readoutOffset = Tensor(weights.readoutOffset, shape: [members, 1, sizes.outputs])
        leadActions =
            weights.hasLead ? Tensor(weights.leadActions, shape: [members, sizes.actions, width]) : nil
        leadDisturbances = weights.hasLead ? Tensor(weights.leadDisturbances, shape: [members, known, width]) : nil
        (outputMean, outputScale) = (Tensor(factors.outputMean), Tensor(factors.outputScale))
        (actionMean, actionFactor) = (Tensor(factors.actionMean), Tensor(factors.actionFactor))
        let features = novelty.features
        whitening = (
            Tensor(novelty.state, shape: [width, features]), Tensor(novelty.actions, shape: [sizes.actions, features]),
            Tensor(novelty.disturbances, shape: [known, features]), Tensor(novelty.offset)
        )
        self.novelty = novelty
    }

    /// A prediction, step first: `[step, candidate, …]`.
    struct Predicted {
        /// Physical units, `[step, candidate, output]`.
        var outputs: Tensor
        /// Physical units, `[step, candidate, output]`.
        var spread: Tensor
        /// `[step, candidate]`.
        var novelty: Tensor?
    }

    /// Predicts from a representation `[members, D]` under actions `[candidate, step, action]` in physical units and
    /// disturbances, normalised, row-major `[step, disturbance]`, with what adapting to a record adds.
    func predict(
        _ representation: [Float], actions physical: Tensor, disturbances known: [Float],
        _ change: AdaptedForecast.Response?, isNovel: Bool
    ) -> Predicted {
        let start = Tensor(representation, shape: [members, 1, width])
        let actions = ((physical - actionMean) * actionFactor).permuted([1, 0, 2]).contiguous()
        let (steps, candidates) = (actions.size(0), actions.size(1))
        let known = Tensor(known, shape: [steps, known.count / steps])
        let states = rollout(from: start, actions: actions, disturbances: known)
        let predicted = read(states)
        let mean = predicted.mean(dim: 0)
        let spread = ensembleSpread(predicted, mean: mean)
        let score =
            isNovel
            ? score(start: start, states: states, actions: actions, disturbances: known, spread: spread) : nil
        var outputs = mean * outputScale + outputMean
        if let change {
            let rows = actions.permuted([1, 0, 2]).reshaped([candidates, steps * actions.size(2)])
            let (slope, offset) = (
                Tensor(change.slope, shape: [steps * actions.size(2), change.offset.count]), Tensor(change.offset)
            )
            let added = (rows.matmul(slope) + offset).reshaped([candidates, steps, outputs.size(2)])
            outputs = outputs + added.permuted([1, 0, 2])
        }
        return Predicted(outputs: outputs, spread: spread * outputScale, novelty: score)
    }

    /// Rolls out candidates.
    ///
    /// - Parameters:
    ///   - start: `[members, 1, D]`.
    ///   - input: Actions, normalised, `[step, candidate, action]`.
    ///   - known: Disturbances, normalised, `[step, disturbance]`, the same for every candidate.
    /// - Returns: The representations along time, `[members, step, candidate, D]`.
    private func rollout(from start: Tensor, actions input: Tensor, disturbances known: Tensor) -> Tensor {
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
    private func read(_ states: Tensor) -> Tensor {
        let (steps, candidates) = (states.size(1), states.size(2))
        return readoutOffset.baddbmm(states.reshaped([members, steps * candidates, width]), readout)
            .reshaped([members, steps, candidates, readout.size(2)])
    }

    /// Scores every step of every candidate.
    ///
    /// - Parameters:
    ///   - start: The representation before the first step, `[members, 1, D]`.
    ///   - states: The representations after each step, `[members, step, candidate, D]`.
    ///   - input: Actions, normalised, `[step, candidate, action]`.
    ///   - known: Disturbances, normalised, `[step, disturbance]`.
    ///   - spread: Normalised, `[step, candidate, output]`.
    /// - Returns: `[step, candidate]`; 1 is the edge of the training data.
    private func score(start: Tensor, states: Tensor, actions input: Tensor, disturbances known: Tensor, spread: Tensor)
        -> Tensor
    {
        let first = states.select(dim: 0, index: 0)  // [step, candidate, D]
        let (steps, candidates) = (first.size(0), first.size(1))
        let begin = start.narrow(dim: 0, start: 0, length: 1).expanded(to: [1, candidates, first.size(2)])
        // The pair that leads to step k is the representation before it and its input.
        let before = Tensor.concatenate([begin, first.narrow(dim: 0, start: 0, length: steps - 1)], dim: 0)
        var shared = whitening.offset
        if known.count > 0 { shared = (whitening.offset + known.matmul(whitening.disturbances)).unsqueezed(1) }
        let whitened = before.matmul(whitening.state) + input.matmul(whitening.actions) + shared
        let distance = whitened.square().sum(dim: 2).sqrt() * (1 / novelty.distanceThreshold)
        let factors = Tensor(novelty.spreadFactors(steps: steps), shape: [steps, 1, spread.size(2)])
        return distance.maximum((spread * factors).amax(dim: 2))
    }
}
