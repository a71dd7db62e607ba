import Basics
import Foundation
import Identification
import Networks
import Perception
import Tensors

extension StateSpaceMember {
    /// A member that starts as a linear model: its observer form in coordinates in which it contracts, and free
    /// components that are lags of the inputs, unread at first.
    ///
    /// - Parameters:
    ///   - form: The linear model, normalised units.
    ///   - free: Components beyond its state.
    ///   - hidden: Hidden units; they add nothing until they are drawn and learned.
    ///   - hasLead: Whether a step sees the input at its end.
    ///   - isBounded: Whether the linear part is held to a spectral norm of 1.
    ///   - horizon: Steps; lags get time constants from 2 steps to half of it.
    ///   - generator: Where the free components' input weights come from.
    init(
        _ form: ObserverForm, free: Int, hidden: Int, hasLead: Bool, isBounded: Bool = true, horizon: Int,
        using generator: inout SeededGenerator
    ) {
        let start = form.contractive()
        let core = start.transition.rows
        let shape = StateSpaceShape(
            states: core + free, inputs: start.input.columns, outputs: start.readout.rows, hidden: hidden,
            hasLead: hasLead, isBounded: isBounded)
        self.init(shape)
        put(start.transition, shape.transition)
        put(start.input, shape.input)
        if hasLead { put(start.lead, shape.lead) }
        put(start.offset, shape.offset)
        put(start.readout, shape.readout)
        put(start.gain, shape.gain)
        put(start.gain, shape.firstGain)
        for index in 0..<free {
            let constant = 2 * pow(max(2, Double(horizon) / 2), (Double(index) + 0.5) / Double(free))
            let (place, decay) = (core + index, exp(-1 / constant))
            values[shape.transition.start + place * shape.states + place] = decay
            for input in 0..<shape.inputs {
                values[shape.input.start + place * shape.inputs + input] = (1 - decay) * generator.normal()
            }
        }
    }

    /// Writes a matrix into the upper left of a block.
    private mutating func put(_ matrix: RealMatrix, _ block: StateSpaceShape.Block) {
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                values[block.start + row * block.columns + column] = matrix[row, column]
            }
        }
    }

    /// The same member with hidden units that see states and inputs at their typical size, and add nothing yet.
    ///
    /// - Parameters:
    ///   - hidden: How many.
    ///   - activation: What they compute.
    ///   - states: Means and spreads of the states over the training rows.
    ///   - generator: Where their weights come from.
    /// - Returns: The wider member.
    func withHidden(
        _ hidden: Int, _ activation: BoundedActivation, states: (mean: [Double], spread: [Double]),
        using generator: inout SeededGenerator
    ) -> StateSpaceMember {
        var wider = shape
        wider.hidden = hidden
        wider.activation = activation
        var result = StateSpaceMember(wider)
        let pairs: [(StateSpaceShape.Block, StateSpaceShape.Block)] = [
            (shape.transition, wider.transition), (shape.input, wider.input), (shape.lead, wider.lead),
            (shape.offset, wider.offset), (shape.readout, wider.readout), (shape.readoutOffset, wider.readoutOffset),
            (shape.gain, wider.gain), (shape.firstGain, wider.firstGain), (shape.prior, wider.prior),
        ]
        for (from, to) in pairs { result.values.replaceSubrange(to.range, with: values[from.range]) }
        let size = 1 / Double(shape.states + shape.inputs).squareRoot()
        for unit in 0..<hidden {
            var threshold = 0.5 * generator.normal()
            for state in 0..<shape.states {
                let weight = size * generator.normal() / states.spread[state]
                result.values[wider.hiddenState.start + unit * shape.states + state] = weight
                threshold -= weight * states.mean[state]
            }
            for input in 0..<shape.inputs {
                result.values[wider.hiddenInput.start + unit * shape.inputs + input] = size * generator.normal()
            }
            result.values[wider.hiddenOffset.start + unit] = threshold
        }
        return result
    }
}

extension SensorWorldModel {
    /// Takes over what a search came to.
    ///
    /// - Parameters:
    ///   - found: What was chosen and fitted.
    ///   - data: The rows that it was fitted on.
    ///   - seed: Where the weights come from of hidden units that a linear model gets.
    func load(_ found: StructureSearch.Outcome, data: RefinementData, seed: UInt64) {
        // A linear model gets one hidden unit that adds nothing: training may give it something to do.
        var generator = SeededGenerator(seed: seed, stream: 3000)
        let members = found.fits.indices.map { index -> StateSpaceMember in
            let member = found.fits[index].member
            guard member.shape.hidden == 0 else { return member }
            return member.withHidden(
                architecture.hidden, architecture.activation, states: data.states(member, member: index),
                using: &generator)
        }
        load(members, spreads: members.indices.map { data.states(members[$0], member: $0).spread })
    }

    /// Takes over members, all of one shape, with the typical size of their states.
    func load(_ members: [StateSpaceMember], spreads: [[Double]]) {
        guard let shape = members.first?.shape else { return }
        func block(_ block: StateSpaceShape.Block) -> Tensor {
            // Tensors act on rows: every matrix is transposed.
            let numbers = members.flatMap { member -> [Float] in
                (0..<block.columns).flatMap { column in
                    (0..<block.rows).map { Float(member.values[block.start + $0 * block.columns + column]) }
                }
            }
            return Tensor(numbers, shape: [members.count, block.columns, block.rows])
        }
        let scale = Tensor(spreads.flatMap { $0.map(Float.init) }, shape: [members.count, 1, shape.states])
        predictor.scale.assign(scale)
        predictor.linear.assign(block(shape.transition))
        predictor.input.assign(block(shape.input))
        predictor.lead?.assign(block(shape.lead))
        predictor.offset.assign(block(shape.offset))
        predictor.hiddenState.assign(block(shape.hiddenState) * scale.transposed(1, 2))
        predictor.hiddenInput.assign(block(shape.hiddenInput))
        predictor.hiddenOffset.assign(block(shape.hiddenOffset))
        predictor.correction.assign(block(shape.correction))
        readout.assign(block(shape.readout))
        readoutOffset.assign(block(shape.readoutOffset))
        encoder.gain.assign(block(shape.gain))
        encoder.firstGain.assign(block(shape.firstGain))
        encoder.prior.assign(block(shape.prior))
        guard let transient = encoder.transient, let rows = members.map(\.transient.count).min() else { return }
        let length = transient.value.size(1)
        let numbers = members.flatMap { member in
            (0..<length).flatMap { row -> [Float] in
                // Tensors act on rows, here too.
                let gain = row < rows ? member.transient[row] : Array(member.values[shape.gain.range])
                return (0..<shape.outputs).flatMap { output in
                    (0..<shape.states).map { Float(gain[$0 * shape.outputs + output]) }
                }
            }
        }
        transient.assign(Tensor(numbers, shape: [members.count, length, shape.outputs, shape.states]))
    }
}
