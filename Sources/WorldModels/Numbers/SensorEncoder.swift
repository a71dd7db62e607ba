/// The observer of a sensor model on plain numbers: `ObserverEncoder.encode` of one history, without libtorch.
///
/// Equal to it but for rounding.
public struct SensorEncoder: Sendable {
    private let sizes: SensorArchitecture
    /// Â, P ⊘ s, B, V, b, c, G, B₁: as ``ContractiveTransition`` has them.
    private let transition, hiddenState, input, hiddenInput, offset, hiddenOffset, correction, lead: [Float]
    private let gain, firstGain, transient, prior, readout, readoutOffset: [Float]

    /// Takes the weights as they are now.
    public init(_ weights: SensorWeights) {
        sizes = weights.sizes
        transition = weights.contraction()
        hiddenState = weights.scaledHiddenState()
        input = weights["predictor.input"]
        hiddenInput = weights["predictor.hidden_input"]
        offset = weights["predictor.offset"]
        hiddenOffset = weights["predictor.hidden_offset"]
        correction = weights["predictor.correction"]
        lead = weights["predictor.lead"]
        gain = weights["encoder.gain"]
        firstGain = weights["encoder.first_gain"]
        transient = weights["encoder.transient"]
        prior = weights["encoder.prior"]
        readout = weights["readout"]
        readoutOffset = weights["readout_offset"]
    }

    /// The representation at the end of a history.
    ///
    /// - Parameters:
    ///   - outputs: Measurements, row-major `[row, output]`, normalised, `NaN` where missing.
    ///   - inputs: Row-major `[row, input]`, normalised.
    /// - Returns: `[members, D]`.
    public func encode(outputs: [Float], inputs: [Float]) -> [Float] {
        let rows = outputs.count / sizes.outputs
        return (0..<sizes.members).flatMap { member -> [Float] in
            var z = Self.slice(prior, member, sizes.width)
            for row in 0..<rows {
                if row > 0 { z = next(z, member, inputs, row: row) }
                correct(&z, member, outputs[(row * sizes.outputs)..<((row + 1) * sizes.outputs)], row: row)
            }
            return z
        }
    }

    /// The representation of a row by the one before it.
    private func next(_ z: [Float], _ member: Int, _ inputs: [Float], row: Int) -> [Float] {
        let (width, hidden, count) = (sizes.width, sizes.hidden, sizes.inputs)
        let held = inputs[((row - 1) * count)..<(row * count)]
        var bent = Self.slice(hiddenOffset, member, hidden)
        Self.add(z[...], hiddenState, member, to: &bent)
        Self.add(held, hiddenInput, member, to: &bent)
        for unit in bent.indices { bent[unit] = Float(sizes.activation.value(Double(bent[unit]))) }
        var result = Self.slice(offset, member, width)
        Self.add(z[...], transition, member, to: &result)
        Self.add(held, input, member, to: &result)
        Self.add(bent[...], correction, member, to: &result)
        if !lead.isEmpty { Self.add(inputs[(row * count)..<((row + 1) * count)], lead, member, to: &result) }
        return result
    }

    /// Corrects a representation by what was measured.
    private func correct(_ z: inout [Float], _ member: Int, _ measured: ArraySlice<Float>, row: Int) {
        var innovation = Self.slice(readoutOffset, member, sizes.outputs)
        Self.add(z[...], readout, member, to: &innovation)
        for (output, value) in measured.enumerated() {
            innovation[output] = value.isFinite ? value - innovation[output] : 0
        }
        if row == 0 {
            Self.add(innovation[...], firstGain, member, to: &z)
        } else if row <= sizes.transient {
            Self.add(innovation[...], transient, member * sizes.transient + row - 1, to: &z)
        } else {
            Self.add(innovation[...], gain, member, to: &z)
        }
    }

    /// Part `index` of a list of parts of one size.
    private static func slice(_ values: [Float], _ index: Int, _ count: Int) -> [Float] {
        Array(values[(index * count)..<((index + 1) * count)])
    }

    /// Adds a row times matrix `index` of a list of matrices `[row, result]`.
    private static func add(_ row: ArraySlice<Float>, _ matrices: [Float], _ index: Int, to result: inout [Float]) {
        let columns = result.count
        var place = index * row.count * columns
        for value in row {
            for column in 0..<columns { result[column] += value * matrices[place + column] }
            place += columns
        }
    }
}

extension SensorWeights {
    /// P ⊘ s, `[members, D, hidden]`: what the hidden units see of a representation that was not divided by its size.
    public func scaledHiddenState() -> [Float] {
        let scale = self["predictor.scale"]
        return self["predictor.hidden_state"].enumerated().map { $1 / scale[$0 / max(1, sizes.hidden)] }
    }
}
