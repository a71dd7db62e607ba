import Networks
import Tensors

/// Free runs of a world model from pictures, from every row of some episodes that has enough rows behind it.
struct ImageFreeRuns {
    /// Where they start, rows of all episodes.
    let starts: [Int]
    /// The predicted representations of each step, `steps × [starts, D]`.
    let predicted: [Tensor]
    /// Rows of a step.
    let block: Int

    /// Runs.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - encoded: Representations of all rows of the episodes.
    ///   - actions: Normalised actions of the same rows, `[rows, action]`.
    ///   - steps: Steps of the model.
    init(_ model: ImageWorldModel, encoded: EncodedRows, actions: Tensor, steps: Int) {
        let block = model.architecture.block
        self.block = block
        let starts = Self.starts(encoded.episodes, rows: steps * block)
        self.starts = starts
        predicted = withInferenceMode {
            guard !starts.isEmpty else { return [] }
            let rows = (0..<steps * block).map { Self.rows(of: actions, starts, after: $0) }
            let driving = Tensor.stack(rows, dim: 1).reshaped([starts.count, steps, block * actions.size(1)])
            return model.rollout(from: Self.rows(of: encoded.representations, starts, after: 0), actions: driving)
        }
    }

    /// The rows that have so many behind them in their episode.
    static func starts(_ episodes: [Range<Int>], rows count: Int) -> [Int] {
        episodes.flatMap { rows in Array(rows.lowerBound..<max(rows.lowerBound, rows.upperBound - count)) }
    }

    /// What a table of all rows holds so many steps of the model after each start, `[starts, …]`.
    func rows(of table: Tensor, after steps: Int) -> Tensor { Self.rows(of: table, starts, after: steps * block) }

    private static func rows(of table: Tensor, _ starts: [Int], after rows: Int) -> Tensor {
        table.indexSelect(dim: 0, Tensor(starts.map { Int64($0 + rows) }, shape: [starts.count]))
    }
}
