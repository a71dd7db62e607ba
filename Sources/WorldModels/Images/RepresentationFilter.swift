public import Networks
public import Tensors

/// Predicts the next representation from all that were seen before, by a state that each of them updates: what a model
/// needs to know of what is hidden.
///
/// The predictor of a world model starts from the latest representation alone, so what is behind a screen is forgotten. The
/// filter carries it on. It learns from representations as they are and changes none.
/// ```
/// h_t = GRU([z_t; a_t], h_{t−1}),   ẑ_{t+1} = z_t + W₂ SiLU(norm(W₁ h_t + b₁)) + b₂,   h_0 = 0
/// ```
public final class RepresentationFilter: Module {
    /// Carries on what was seen.
    public let memory: GRU
    /// By how much the representation changes.
    public let change: MLP

    /// Creates a filter that says at first that nothing changes.
    ///
    /// - Parameters:
    ///   - width: The size of a representation.
    ///   - actions: Numbers of the actions of a step.
    ///   - hidden: The size of the state.
    ///   - seed: What weights are drawn from.
    public init(width: Int, actions: Int, hidden: Int, seed: Seed) {
        memory = GRU(width + actions, hidden, seed: seed["memory"])
        change = MLP(
            [hidden, hidden, width], activation: .silu, norm: .layer, last: .normal(0.01), seed: seed["change"])
    }

    /// The prediction of what follows each row, each from the rows up to it.
    ///
    /// - Parameters:
    ///   - z: Representations a step apart, `[batch, time, D]`.
    ///   - actions: The normalised actions that follow each, `[batch, time, A]`.
    /// - Returns: `[batch, time, D]`.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        z + change(memory(Tensor.concatenate([z, actions], dim: -1)).output)
    }

    /// Predictions of all rows of episodes that have one a step before; rows `block` apart make a sequence.
    ///
    /// - Parameters:
    ///   - encoded: Representations of all rows.
    ///   - actions: Normalised actions of the same rows, `[rows, action]`.
    ///   - block: Rows of a step.
    ///   - memory: How many rows a step apart it sees, the others being forgotten; `nil` for all.
    /// - Returns: The rows from which was predicted, rising, and what, `[rows, D]`.
    func predictions(
        encoded: EncodedRows, actions: Tensor, block: Int, memory: Int? = nil
    ) -> (starts: [Int], predicted: Tensor?) {
        // Sequences of one length run at once.
        var groups: [Int: [Int]] = [:]
        for rows in encoded.episodes {
            if let memory {
                groups[memory, default: []] += rows.dropLast(memory * block)
                continue
            }
            for first in rows.prefix(block) {
                let steps = (rows.upperBound - 1 - first) / block
                if steps > 0 { groups[steps, default: []].append(first) }
            }
        }
        var (starts, parts): ([Int], [Tensor]) = ([], [])
        withInferenceMode {
            for (steps, firsts) in groups.sorted(by: { $0.key < $1.key }) {
                for chunk in stride(from: 0, to: firsts.count, by: Self.chunk) {
                    let some = firsts[chunk..<min(firsts.count, chunk + Self.chunk)]
                    let sequences = FilterSequences(Array(some), steps: steps, block: block)
                    let predicted = self(
                        sequences.representations(encoded.representations), actions: sequences.actions(actions))
                    guard let memory else {
                        parts.append(predicted.reshaped([-1, predicted.size(2)]))
                        starts += sequences.rows
                        continue
                    }
                    parts.append(predicted.select(dim: 1, index: steps - 1))
                    starts += some.map { $0 + (memory - 1) * block }
                }
            }
        }
        guard !parts.isEmpty else { return ([], nil) }
        let order = starts.indices.sorted { starts[$0] < starts[$1] }
        return withInferenceMode {
            let all = Tensor.concatenate(parts, dim: 0)
            let sorted = all.indexSelect(dim: 0, Tensor(order.map(Int64.init), shape: [order.count]))
            return (order.map { starts[$0] }, sorted)
        }
    }

    private static let chunk = 256
}

/// Sequences of rows a step apart, all of one length.
struct FilterSequences {
    /// The rows, those of a sequence together.
    let rows: [Int]
    private let count: Int
    private let steps: Int
    private let block: Int

    init(_ firsts: [Int], steps: Int, block: Int) {
        rows = firsts.flatMap { first in (0..<steps).map { first + $0 * block } }
        (count, self.steps, self.block) = (firsts.count, steps, block)
    }

    /// The representations of the rows, or of those so many steps later, `[sequence, step, D]`.
    func representations(_ table: Tensor, later: Int = 0) -> Tensor {
        Self.rows(of: table, rows.map { $0 + later * block }).reshaped([count, steps, table.size(1)])
    }

    /// The actions of all rows of each step, `[sequence, step, block · action]`.
    func actions(_ table: Tensor) -> Tensor {
        let parts = (0..<block).map { offset in Self.rows(of: table, rows.map { $0 + offset }) }
        return Tensor.concatenate(parts, dim: 1).reshaped([count, steps, block * table.size(1)])
    }

    private static func rows(of table: Tensor, _ places: [Int]) -> Tensor {
        table.indexSelect(dim: 0, Tensor(places.map(Int64.init), shape: [places.count]))
    }
}
