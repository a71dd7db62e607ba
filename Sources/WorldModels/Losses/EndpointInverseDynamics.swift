import Networks
public import Tensors

/// Endpoint inverse dynamics: the actions between two representations must be recoverable from the two.
///
/// ```
/// L = mean ‖D(z_t, z_{t+H}) − a_{t:t+H−1}‖² / (H · actions)
/// ```
/// Toso, LeCun, Anderson and Bounou, "Preserving Unstable Modes Through Inverse Dynamics in JEPA World Models", 2026:
/// prediction with SIGReg alone may discard modes that control needs; this term keeps what the actions can reach.
public enum EndpointInverseDynamics {
    /// Computes the loss over every start row of the window for which the end row lies inside it.
    ///
    /// - Parameters:
    ///   - model: The model whose inverse dynamics are asked.
    ///   - encoded: One `[members, batch, D]` for each row.
    ///   - inputs: `[members, batch, rows, input]`, actions first.
    /// - Returns: A scalar.
    public static func value(model: SensorWorldModel, encoded: [Tensor], inputs: Tensor) -> Tensor {
        let sizes = model.architecture
        return value(
            encoded: encoded, inputs: inputs, steps: sizes.inverseSteps, actions: sizes.actions, inverse: model.inverse)
    }

    /// The same of any model.
    ///
    /// - Parameters:
    ///   - encoded: One `[members, batch, D]` for each row.
    ///   - inputs: `[members, batch, rows, input]`, actions first.
    ///   - steps: Steps H between the two representations.
    ///   - actions: Actions among the inputs.
    ///   - inverse: The actions `[members, N, H · actions]` between representations `[members, N, D]`.
    /// - Returns: A scalar.
    public static func value(
        encoded: [Tensor], inputs: Tensor, steps: Int, actions: Int, inverse: (Tensor, Tensor) -> Tensor
    ) -> Tensor {
        let pairs = encoded.count - steps
        precondition(pairs > 0, "a window of \(encoded.count) rows for inverse dynamics over \(steps)")
        let (members, batch, width) = (inputs.size(0), inputs.size(1), encoded[0].size(2))
        func rows(_ states: ArraySlice<Tensor>) -> Tensor {
            Tensor.stack(Array(states), dim: 2).reshaped([members, batch * pairs, width])
        }
        let recovered = inverse(rows(encoded[0..<pairs]), rows(encoded[steps...]))
        let sets = (0..<steps).map { step in
            inputs.narrow(dim: 2, start: step, length: pairs).narrow(dim: 3, start: 0, length: actions)
        }
        let wanted = Tensor.concatenate(sets, dim: 3)  // [members, batch, pairs, H · actions]
        return recovered.mseLoss(wanted.reshaped([members, batch * pairs, steps * actions]))
    }
}
