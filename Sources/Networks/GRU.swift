public import Tensors

/// One step of a gated recurrent unit: Cho et al., arXiv:1406.1078, in PyTorch's form and gate order.
///
/// ```
/// r = σ(W_ir x + b_ir + W_hr h + b_hr)        reset
/// z = σ(W_iz x + b_iz + W_hz h + b_hz)        update
/// n = tanh(W_in x + b_in + r (W_hn h + b_hn)) new
/// h ← (1 − z) n + z h
/// ```
public final class GRUCell: Module {
    /// The weights on the input, gates in the order r, z, n: `[3 hidden, inputs]`.
    public let weightIH: Parameter
    /// The weights on the hidden state: `[3 hidden, hidden]`.
    public let weightHH: Parameter
    /// The biases beside the input: `[3 hidden]`.
    public let biasIH: Parameter
    /// The biases beside the hidden state: `[3 hidden]`.
    public let biasHH: Parameter

    /// Creates the cell with values within ±1/√hidden, as PyTorch does.
    public init(_ inputs: Int, _ hidden: Int, seed: Seed) {
        let draw = { (shape: [Int], name: String) in
            Parameter(Initialiser.uniformFanIn.tensor(shape, inputs: hidden, outputs: hidden, seed: seed[name]))
        }
        weightIH = draw([3 * hidden, inputs], "weight_ih")
        weightHH = draw([3 * hidden, hidden], "weight_hh")
        biasIH = draw([3 * hidden], "bias_ih")
        biasHH = draw([3 * hidden], "bias_hh")
    }

    /// How many numbers go in.
    public var inputs: Int { weightIH.shape[1] }
    /// The size of the hidden state.
    public var hidden: Int { weightHH.shape[1] }

    /// The next hidden state, `[batch, hidden]`, for an input `[batch, inputs]`; the first state is zero.
    public func callAsFunction(_ x: Tensor, hidden: Tensor? = nil) -> Tensor {
        let state = hidden ?? Tensor.zeros([x.shape[0], self.hidden]).to(device: x.device)
        return step(gates: project(x), hidden: state)
    }

    /// The input's part of all gates, `[..., 3 hidden]`, which a sequence computes for all times at once.
    func project(_ x: Tensor) -> Tensor { x.linear(weightIH.value, biasIH.value) }

    /// One step from the input's part of the gates, `[batch, 3 hidden]`.
    func step(gates: Tensor, hidden h: Tensor) -> Tensor {
        let fromInput = gates.chunk(3, dim: -1)
        let fromHidden = h.linear(weightHH.value, biasHH.value).chunk(3, dim: -1)
        let reset = (fromInput[0] + fromHidden[0]).sigmoid()
        let update = (fromInput[1] + fromHidden[1]).sigmoid()
        let new = (fromInput[2] + reset * fromHidden[2]).tanh()
        return new + update * (h - new)
    }
}

/// Gated recurrent units over a sequence, one cell above the other.
public final class GRU: Module {
    /// The cells, from the input up.
    public let cells: [GRUCell]

    /// Creates the stack.
    public init(_ inputs: Int, _ hidden: Int, layers: Int = 1, seed: Seed) {
        precondition(layers > 0, "a GRU needs at least one layer, not \(layers)")
        cells = (0..<layers).map { GRUCell($0 == 0 ? inputs : hidden, hidden, seed: seed[$0]) }
    }

    /// Runs over `[batch, time, inputs]` from hidden states `[layers, batch, hidden]`, which are zero if not given.
    /// - Returns: The top cell's states, `[batch, time, hidden]`, and each cell's last state, `[layers, batch, hidden]`.
    public func callAsFunction(_ x: Tensor, hidden: Tensor? = nil) -> (output: Tensor, final: Tensor) {
        precondition(x.shape.count == 3, "got \(x.shape); expected [batch, time, inputs]")
        let (batch, time) = (x.shape[0], x.shape[1])
        var sequence = x
        var last: [Tensor] = []
        for (index, cell) in cells.enumerated() {
            var state = hidden?.select(dim: 0, index: index) ?? Tensor.zeros([batch, cell.hidden]).to(device: x.device)
            let gates = cell.project(sequence)  // [batch, time, 3 hidden]
            var states: [Tensor] = []
            for t in 0..<time {
                state = cell.step(gates: gates.select(dim: 1, index: t), hidden: state)
                states.append(state)
            }
            sequence = Tensor.stack(states, dim: 1)  // [batch, time, hidden]
            last.append(state)
        }
        return (sequence, Tensor.stack(last, dim: 0))
    }

    /// PyTorch's names are `weight_ih_l0`, with the number of the layer behind.
    public func stateName(for path: String) -> String {
        let parts = path.split(separator: ".")
        guard parts.count == 3, parts[0] == "cells" else { return path }
        return "\(parts[2])_l\(parts[1])"
    }
}
