public import Networks
public import Tensors

/// Encodes a window of measurements by running the world model along it and correcting it with what was measured.
///
/// With the transition f, the readout g and the gain K (Luenberger, "Observing the state of a linear system", 1964; with
/// learned f, g and K):
/// ```
/// z⁻_{t+1} = f(z_t, u_t),    z_{t+1} = z⁻_{t+1} + K (y_{t+1} − g(z⁻_{t+1}))
/// ```
/// Encoder and predictor share the transition, so that a few hundred samples are enough to learn both; a missing
/// measurement corrects nothing. A window begins at the prior z₀, corrected by its first row with a gain of its own: one
/// row says more about a state that nothing is known of than the next row about one that is followed, as the gain of a
/// Kalman filter falls from its first step to its steady state. Rows behind it may have gains of their own, too, until
/// the filter is in its steady state. The encoder of a window's end is the representation that a prediction starts from,
/// and the encoder along the future is what the prediction is compared with in representation space.
public final class ObserverEncoder: Module {
    /// The gain K, `[members, outputs, D]`, for rows of innovations.
    public let gain: Parameter
    /// The gain K₀ of the first row, `[members, outputs, D]`.
    public let firstGain: Parameter
    /// The gains of the rows behind the first before K has the word, `[members, rows, outputs, D]`; `nil` for none.
    public let transient: Buffer?
    /// The representation before the first measurement, `[members, 1, D]`.
    public let prior: Parameter

    /// Creates the encoder from initial values of the gain `[members, outputs, D]`.
    ///
    /// - Parameters:
    ///   - gain: K, and every other gain at first.
    ///   - transient: Rows behind the first that have a gain of their own.
    public init(gain: Tensor, transient: Int = 0) {
        self.gain = Parameter(gain, decays: false)
        firstGain = Parameter(gain.clone(), decays: false)
        let (members, outputs, width) = (gain.size(0), gain.size(1), gain.size(2))
        self.transient =
            transient > 0
            ? Buffer(gain.unsqueezed(1).expanded(to: [members, transient, outputs, width]).clone()) : nil
        prior = Parameter(Tensor.zeros([members, 1, width]), decays: false)
    }

    /// The representations along a window.
    ///
    /// - Parameters:
    ///   - outputs: Measurements `[members, batch, time, output]`, normalised, anything where missing.
    ///   - mask: 1 where a measurement is there and 0 where it is missing, of the shape of the measurements.
    ///   - inputs: Inputs `[members, batch, time, input]`, normalised; that of the last row is only used by
    ///     transitions that see the input at the end of a step.
    ///   - transition: The predictor.
    ///   - readout: Outputs `[members, batch, output]` of a representation.
    /// - Returns: One representation `[members, batch, D]` for each row.
    public func encode(
        outputs: Tensor, mask: Tensor, inputs: Tensor, transition: some LatentTransition,
        readout: (Tensor) -> Tensor
    ) -> [Tensor] {
        let (batch, time) = (outputs.size(1), outputs.size(2))
        let measured = outputs.unbind(dim: 2)  // time × [members, batch, output]
        let masks = mask.unbind(dim: 2)
        let drive = transition.drive(inputs, after: nil)
        var states: [Tensor] = []
        states.reserveCapacity(time)
        var z = prior.value.expanded(to: [gain.value.size(0), batch, gain.value.size(2)])
        for step in 0..<time {
            if step > 0 { z = transition.next(z, drive, step: step - 1) }
            let innovation = (measured[step] - readout(z)) * masks[step]
            z = z.baddbmm(innovation, gain(ofRow: step))  // z + innovation K
            states.append(z)
        }
        return states
    }

    /// The gain of a row of a history, `[members, outputs, D]`.
    private func gain(ofRow row: Int) -> Tensor {
        if row == 0 { return firstGain.value }
        guard let transient, row <= transient.value.size(1) else { return gain.value }
        return transient.value.select(dim: 1, index: row - 1)
    }

    /// Sets prior and first gain to the best linear estimate of a representation from one row of measurements, by ridge
    /// regression.
    ///
    /// - Parameters:
    ///   - states: Representations `[members, N, D]`.
    ///   - outputs: The measurements of their rows `[members, N, output]`.
    ///   - mask: 1 where measured, of the shape of the measurements.
    ///   - readout: Outputs `[members, N, output]` of representations.
    /// - Throws: `ForesightError` when the regression has no solution.
    public func fitFirstGain(
        states: Tensor, outputs: Tensor, mask: Tensor, readout: (Tensor) -> Tensor
    ) throws {
        try withoutGradients {
            let mean = states.mean(dim: 1, keepDim: true)
            prior.assign(mean)
            let innovations = (outputs - readout(mean)) * mask  // [members, N, output]
            let rows = innovations.transposed(1, 2)
            let count = Double(states.size(1))
            let moments = rows.matmul(innovations) * (1 / count)
            let ridge = Tensor.eye(outputs.size(2)) * 1e-3
            firstGain.assign(try (moments + ridge).solve(rows.matmul(states - mean) * (1 / count)))
        }
    }
}
