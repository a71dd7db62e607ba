import Networks
import Perception
import Tensors

extension SensorWorldModel {
    /// The members on plain numbers, as `load(_:spreads:)` takes them, for Gauss–Newton to go on from.
    func stateSpaceMembers() -> [StateSpaceMember] {
        let sizes = architecture
        let shape = StateSpaceShape(
            states: sizes.width, inputs: sizes.inputs, outputs: sizes.outputs, hidden: sizes.hidden,
            activation: sizes.activation, hasLead: sizes.hasLead, isBounded: sizes.isBounded)
        let scale = predictor.scale.value.doubles()  // [members, 1, D]
        let blocks: [(StateSpaceShape.Block, Tensor)] = [
            (shape.transition, predictor.linear.value), (shape.input, predictor.input.value),
            (shape.offset, predictor.offset.value), (shape.correction, predictor.correction.value),
            (shape.hiddenState, predictor.hiddenState.value), (shape.hiddenInput, predictor.hiddenInput.value),
            (shape.hiddenOffset, predictor.hiddenOffset.value), (shape.readout, readout.value),
            (shape.readoutOffset, readoutOffset.value), (shape.gain, encoder.gain.value),
            (shape.firstGain, encoder.firstGain.value), (shape.prior, encoder.prior.value),
        ]
        let all = blocks + (predictor.lead.map { [(shape.lead, $0.value)] } ?? [])
        let numbers = all.map { ($0.0, $0.1.doubles()) }
        let transient = encoder.transient?.value.doubles() ?? []
        let rows = encoder.transient?.value.size(1) ?? 0
        return (0..<sizes.members).map { index in
            var member = StateSpaceMember(shape)
            for (block, values) in numbers {
                let first = index * block.rows * block.columns
                for row in 0..<block.rows {
                    for column in 0..<block.columns {
                        // Tensors act on rows: every matrix is transposed.
                        var value = values[first + column * block.rows + row]
                        // Hidden units see states in units of their size.
                        if block == shape.hiddenState { value /= scale[index * shape.states + column] }
                        member.values[block.start + row * block.columns + column] = value
                    }
                }
            }
            member.transient = (0..<rows).map { row in
                (0..<shape.states * shape.outputs).map { place in
                    let (state, output) = place.quotientAndRemainder(dividingBy: shape.outputs)
                    return transient[((index * rows + row) * shape.outputs + output) * shape.states + state]
                }
            }
            return member
        }
    }

    /// The size of each component of each member, `[member][state]`.
    var componentSizes: [[Double]] {
        let scale = predictor.scale.value.doubles()
        return (0..<architecture.members).map {
            Array(scale[$0 * architecture.width..<($0 + 1) * architecture.width])
        }
    }
}
