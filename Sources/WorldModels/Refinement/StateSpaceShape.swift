import Foundation

/// The sizes of one member of a sensor model, and where each block of its parameters lies in one flat array.
struct StateSpaceShape: Sendable, Equatable {
    /// Components of the representation.
    var states: Int
    /// Driving channels.
    var inputs: Int
    /// Observed channels.
    var outputs: Int
    /// Hidden units of the nonlinear part.
    var hidden: Int
    /// What the hidden units compute.
    var activation = BoundedActivation.tanh
    /// Whether a step also sees the input at its end.
    var hasLead: Bool
    /// Whether the linear part is held to a spectral norm of 1.
    var isBounded = true

    /// A block of parameters.
    struct Block: Sendable, Equatable {
        var start: Int
        var rows: Int
        var columns: Int
        var range: Range<Int> { start..<(start + rows * columns) }
    }

    /// A of `x' = A x`, `[states, states]`.
    var transition: Block { Block(start: 0, rows: states, columns: states) }
    /// B, `[states, inputs]`.
    var input: Block { Block(start: transition.range.upperBound, rows: states, columns: inputs) }
    /// B₁ of the input at the end of a step, `[states, inputs]`; empty without.
    var lead: Block { Block(start: input.range.upperBound, rows: hasLead ? states : 0, columns: inputs) }
    /// b, `[states, 1]`.
    var offset: Block { Block(start: lead.range.upperBound, rows: states, columns: 1) }
    /// G, `[states, hidden]`.
    var correction: Block { Block(start: offset.range.upperBound, rows: states, columns: hidden) }
    /// P, `[hidden, states]`.
    var hiddenState: Block { Block(start: correction.range.upperBound, rows: hidden, columns: states) }
    /// V, `[hidden, inputs]`.
    var hiddenInput: Block { Block(start: hiddenState.range.upperBound, rows: hidden, columns: inputs) }
    /// c, `[hidden, 1]`.
    var hiddenOffset: Block { Block(start: hiddenInput.range.upperBound, rows: hidden, columns: 1) }
    /// C, `[outputs, states]`.
    var readout: Block { Block(start: hiddenOffset.range.upperBound, rows: outputs, columns: states) }
    /// d, `[outputs, 1]`.
    var readoutOffset: Block { Block(start: readout.range.upperBound, rows: outputs, columns: 1) }
    /// K, `[states, outputs]`.
    var gain: Block { Block(start: readoutOffset.range.upperBound, rows: states, columns: outputs) }
    /// K₀ of the first row, `[states, outputs]`.
    var firstGain: Block { Block(start: gain.range.upperBound, rows: states, columns: outputs) }
    /// z₀ before the first row, `[states, 1]`.
    var prior: Block { Block(start: firstGain.range.upperBound, rows: states, columns: 1) }

    /// The number of parameters.
    var count: Int { prior.range.upperBound }

    /// The parameters of the linear part.
    var linearParameters: [Int] {
        [transition, input, lead, offset, readout, readoutOffset, gain, firstGain, prior].flatMap { Array($0.range) }
    }

    /// The weights that multiply something, of the nonlinear part: what a penalty keeps small.
    var nonlinearWeights: [Int] { [correction, hiddenState, hiddenInput].flatMap { Array($0.range) } }
}

/// One member of a sensor model on plain numbers, in double precision: what Gauss–Newton works on.
///
/// ```
/// x⁻ = A x + B u_t + B₁ u_{t+1} + b + G φ(P x + V u_t + c),    y = C x + d
/// ```
/// with x corrected along a history by K (K₀ at its first row), as `ObserverEncoder` does.
struct StateSpaceMember: Sendable {
    let shape: StateSpaceShape
    var values: [Double]
    /// Gains of the second row of a history and those after it, each `[states, outputs]`, before K has the word.
    var transient: [[Double]] = []

    init(_ shape: StateSpaceShape) {
        self.shape = shape
        values = [Double](repeating: 0, count: shape.count)
    }

    /// One parameter.
    subscript(block: StateSpaceShape.Block, row: Int, column: Int) -> Double {
        get { values[block.start + row * block.columns + column] }
        set { values[block.start + row * block.columns + column] = newValue }
    }

    /// The state at the end of a history.
    ///
    /// - Parameters:
    ///   - stretch: The rows.
    ///   - first: The first row of the history.
    ///   - rows: Its length.
    /// - Returns: The state, `[states]`.
    func encoded(_ stretch: SignalStretch, from first: Int, rows: Int) -> [Double] {
        var state = (0..<shape.states).map { self[shape.prior, $0, 0] }
        for row in first..<(first + rows) {
            if row > first { state = next(state, stretch, row - 1) }
            let age = row - first
            let gain = age == 0 ? shape.firstGain : shape.gain
            let innovation = read(state).enumerated().map { output, value -> Double in
                let error = stretch.outputs[row * shape.outputs + output] - value
                return error.isFinite ? error : 0
            }
            for place in state.indices {
                for output in innovation.indices {
                    let factor =
                        age > 0 && age <= transient.count
                        ? transient[age - 1][place * shape.outputs + output] : self[gain, place, output]
                    state[place] += factor * innovation[output]
                }
            }
        }
        return state
    }

    /// The outputs of a state.
    func read(_ state: [Double]) -> [Double] {
        (0..<shape.outputs).map { output in
            state.indices.reduce(self[shape.readoutOffset, output, 0]) {
                $0 + self[shape.readout, output, $1] * state[$1]
            }
        }
    }

    /// The state after the step that starts at a row.
    func next(_ state: [Double], _ stretch: SignalStretch, _ row: Int) -> [Double] {
        func input(_ row: Int, _ channel: Int) -> Double { stretch.inputs[row * shape.inputs + channel] }
        let bends = (0..<shape.hidden).map { unit -> Double in
            var sum = self[shape.hiddenOffset, unit, 0]
            for place in state.indices { sum += self[shape.hiddenState, unit, place] * state[place] }
            for channel in 0..<shape.inputs { sum += self[shape.hiddenInput, unit, channel] * input(row, channel) }
            return shape.activation.value(sum)
        }
        return state.indices.map { place in
            var sum = self[shape.offset, place, 0]
            for from in state.indices { sum += self[shape.transition, place, from] * state[from] }
            for channel in 0..<shape.inputs {
                sum += self[shape.input, place, channel] * input(row, channel)
                if shape.hasLead { sum += self[shape.lead, place, channel] * input(row + 1, channel) }
            }
            for unit in bends.indices { sum += self[shape.correction, place, unit] * bends[unit] }
            return sum
        }
    }
}
