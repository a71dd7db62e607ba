import Networks
import Tensors

/// How the transition of all objectives makes the next representation.
public enum ObjectiveTransition: String, Sendable, CaseIterable {
    /// `z⁺ = z + g ⊙ (3 tanh h − z)` with gates `g` in (0, 1), as in a GRU: stays where representations are.
    case gated
    /// `z⁺ = z + h`: nothing keeps it from leaving.
    case residual
}

/// The sizes of the networks that all objectives share.
public struct ObjectiveSizes: Sendable, Equatable {
    /// Rows of history that the encoder sees.
    public var window = 32
    /// Components of a representation.
    public var width = 16
    /// Hidden units of each of two layers.
    public var hidden = 64
    /// Steps that training rolls out.
    public var horizon = 20
    /// Steps between the representations that inverse dynamics see.
    public var inverseSteps = 5

    /// The form of the transition.
    public var transition = ObjectiveTransition.gated

    /// Creates the sizes.
    public init() {}
}

/// Encoder, transition and decoder of plain perceptrons, one of each for every seed: no linear core, no bound on the norm.
///
/// ```
/// z_t = e(y_{t−W+1…t}, u_{t−W+1…t}),    z_{t+1} = f(z_t, u_t, u_{t+1}),    y_t = d(z_t)
/// ```
/// In the space of signals, the same three make `y_{t+1} = y_t + d(z_{t+1})`, and the next window is encoded anew. Where an
/// input would give the measurement of its own row away, under a controller, neither `u_{t+1}` nor the last input of the
/// window is seen.
final class ObjectiveNetwork: Module {
    let encoder: EnsembleMLP
    let transition: EnsembleMLP
    let decoder: EnsembleMLP
    /// The logarithm of the variance of each component, for the variational objective.
    let variance: EnsembleMLP
    let inverse: EnsembleMLP
    let sizes: ObjectiveSizes
    let seesOwnRow: Bool
    let outputs: Int

    init(
        members: Int, outputs: Int, inputs: Int, actions: Int, sizes: ObjectiveSizes, seesOwnRow: Bool, seed: Seed
    ) {
        (self.sizes, self.seesOwnRow, self.outputs) = (sizes, seesOwnRow, outputs)
        let (seen, width, hidden) = (sizes.window * (outputs + inputs), sizes.width, sizes.hidden)
        func network(_ name: String, _ sizes: [Int]) -> EnsembleMLP {
            EnsembleMLP(members: members, sizes, activation: .silu, seed: seed[name])
        }
        encoder = network("encoder", [seen, hidden, hidden, width])
        let changed = sizes.transition == .gated ? 2 * width : width
        transition = network("transition", [width + (seesOwnRow ? 2 : 1) * inputs, hidden, hidden, changed])
        decoder = network("decoder", [width, hidden, outputs])
        variance = network("variance", [seen, hidden, width])
        inverse = network("inverse", [2 * width, hidden, sizes.inverseSteps * max(1, actions)])
    }

    /// Parameters of one seed that a prediction uses: encoder, transition and decoder.
    var size: Int {
        [encoder, transition, decoder].reduce(0) { sum, part in
            sum + part.parameters().reduce(0) { $0 + $1.value.count }
        } / max(1, encoder.layers[0].members)
    }

    /// Windows that end at rows, as the encoder sees them: `[members, batch · ends, window · channel]`, end after end for
    /// each of the batch.
    func windows(_ outputs: Tensor, _ inputs: Tensor, endingAt ends: Range<Int>) -> Tensor {
        let (members, batch, window) = (outputs.size(0), outputs.size(1), sizes.window)
        var rows = Tensor.concatenate([outputs, inputs], dim: 3)  // [members, batch, time, channel]
        let channels = rows.size(3)
        let each = ends.map { end -> Tensor in
            var cut = rows.narrow(dim: 2, start: end - window + 1, length: window)
            if !seesOwnRow {
                let mask = Tensor(
                    (0..<(window * channels)).map { Float($0 >= (window - 1) * channels + self.outputs ? 0 : 1) },
                    shape: [window, channels])
                cut = cut * mask
            }
            return cut.reshaped([members, batch, 1, window * channels])
        }
        rows = each.count == 1 ? each[0] : Tensor.concatenate(each, dim: 2)
        return rows.reshaped([members, batch * ends.count, window * channels])
    }

    /// Representations of windows that end at rows, one `[members, batch, D]` for each.
    func encode(_ outputs: Tensor, _ inputs: Tensor, endingAt ends: Range<Int>) -> [Tensor] {
        encoder(windows(outputs, inputs, endingAt: ends))
            .reshaped([outputs.size(0), outputs.size(1), ends.count, sizes.width]).unbind(dim: 2)
    }

    /// What a step from a row sees of the inputs, `[members, batch, input]` or twice as many.
    func drive(_ inputs: Tensor, row: Int) -> Tensor {
        let now = inputs.select(dim: 2, index: row)
        return seesOwnRow ? Tensor.concatenate([now, inputs.select(dim: 2, index: row + 1)], dim: 2) : now
    }

    /// The next representation.
    func next(_ z: Tensor, _ inputs: Tensor, row: Int) -> Tensor {
        let made = transition(Tensor.concatenate([z, drive(inputs, row: row)], dim: 2))
        guard sizes.transition == .gated else { return z + made }
        let width = sizes.width
        let goal = made.narrow(dim: 2, start: 0, length: width).tanh() * Self.reach
        return z + made.narrow(dim: 2, start: width, length: width).sigmoid() * (goal - z)
    }

    /// How far a gated transition takes a component: three deviations of what SIGReg and VICReg ask for.
    private static let reach = 3.0

    /// Representations predicted from one at row `window − 1`, `steps × [members, batch, D]`.
    func rollout(from start: Tensor, _ inputs: Tensor, steps: Int) -> [Tensor] {
        var z = start
        return (0..<steps).map { step in
            z = next(z, inputs, row: sizes.window - 1 + step)
            return z
        }
    }

    /// Measurements predicted in the space of signals, fed back: `steps × [members, batch, output]`.
    func feedBack(_ outputs: Tensor, _ inputs: Tensor, steps: Int) -> [Tensor] {
        let window = sizes.window
        var known = outputs.narrow(dim: 2, start: 0, length: window)
        return (0..<steps).map { step in
            let seen = inputs.narrow(dim: 2, start: step, length: window)
            let z = encoder(windows(known, seen, endingAt: (window - 1)..<window))
            let change = decoder(next(z, inputs, row: window - 1 + step))
            let predicted = known.select(dim: 2, index: window - 1) + change
            known = Tensor.concatenate(
                [known.narrow(dim: 2, start: 1, length: window - 1), predicted.unsqueezed(2)], dim: 2)
            return predicted
        }
    }
}
