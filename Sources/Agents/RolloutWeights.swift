import WorldModels

/// A model's weights as a rollout over many candidates needs them: products that no action changes done once.
///
/// The two products with ẑ of a step are one: `[Â | P ⊘ s]` is `[members, D, D + hidden]`, and so are the inputs'. All are
/// row-major.
struct RolloutWeights {
    /// The sizes.
    let sizes: SensorArchitecture
    /// `[Â | P ⊘ s]`, `[members, D, D + hidden]`.
    let state: [Float]
    /// `[B | V]` of the actions, `[members, action, D + hidden]`.
    let actions: [Float]
    /// B₁ of the actions at the end of a step, `[members, action, D]`; empty where outputs answer only later.
    let leadActions: [Float]
    /// B₁ of the disturbances, `[members, disturbance, D]`.
    let leadDisturbances: [Float]
    /// `[B | V]` of the disturbances, `[members, disturbance, D + hidden]`.
    let disturbances: [Float]
    /// `[b | c]`, `[members, 1, D + hidden]`.
    let offset: [Float]
    /// G, `[members, hidden, D]`.
    let correction: [Float]
    /// C, `[members, D, output]`.
    let readout: [Float]
    /// The offset of the readout, `[members, 1, output]`.
    let readoutOffset: [Float]

    init(_ weights: SensorWeights) {
        sizes = weights.sizes
        let (width, hidden, inputs, actionCount) = (sizes.width, sizes.hidden, sizes.inputs, sizes.actions)
        state = Self.beside(weights.contraction(), width, weights.scaledHiddenState(), hidden)
        let driven = Self.beside(weights["predictor.input"], width, weights["predictor.hidden_input"], hidden)
        func rows(_ matrices: [Float], _ columns: Int, _ range: Range<Int>) -> [Float] {
            guard !matrices.isEmpty else { return [] }
            return (0..<weights.sizes.members).flatMap { member -> ArraySlice<Float> in
                let first = member * inputs
                return matrices[((first + range.lowerBound) * columns)..<((first + range.upperBound) * columns)]
            }
        }
        actions = rows(driven, width + hidden, 0..<actionCount)
        disturbances = rows(driven, width + hidden, actionCount..<inputs)
        leadActions = rows(weights["predictor.lead"], width, 0..<actionCount)
        leadDisturbances = rows(weights["predictor.lead"], width, actionCount..<inputs)
        offset = Self.beside(weights["predictor.offset"], width, weights["predictor.hidden_offset"], hidden)
        correction = weights["predictor.correction"]
        readout = weights["readout"]
        readoutOffset = weights["readout_offset"]
    }

    /// Columns `[D + hidden]` of a product with ẑ or an input.
    var columns: Int { sizes.width + sizes.hidden }
    /// Disturbances among the inputs.
    var disturbanceCount: Int { sizes.inputs - sizes.actions }
    /// Whether a step also sees the input at its end.
    var hasLead: Bool { sizes.hasLead }

    /// Row by row, the numbers of one list and then those of the other.
    private static func beside(_ left: [Float], _ width: Int, _ right: [Float], _ hidden: Int) -> [Float] {
        let rows = left.count / width
        var joined: [Float] = []
        joined.reserveCapacity(left.count + right.count)
        for row in 0..<rows {
            joined += left[(row * width)..<((row + 1) * width)]
            joined += right[(row * hidden)..<((row + 1) * hidden)]
        }
        return joined
    }

    /// The outputs of representations `[members, D]`, the mean of the members, normalised, `[output]`.
    func read(_ representation: [Float]) -> [Float] {
        let (width, outputs) = (sizes.width, sizes.outputs)
        var mean = [Float](repeating: 0, count: outputs)
        for member in 0..<sizes.members {
            for output in 0..<outputs {
                var sum = readoutOffset[member * outputs + output]
                for component in 0..<width {
                    let place = member * width + component
                    sum += representation[place] * readout[place * outputs + output]
                }
                mean[output] += sum / Float(sizes.members)
            }
        }
        return mean
    }
}
