import Networks
import Tensors

/// Free runs of a world model from pictures, from every row of some episodes that has enough rows behind it.
struct ImageFreeRuns {
    /// Where they start, rows of all episodes.
    let starts: [Int]
    /// The predicted representations of each step as heads see them, `steps × [starts, summary width]`.
    let predicted: [Tensor]
    /// For each step ahead the mean square error of prediction, as a share of that of the first representation held; empty
    /// without starts.
    let errors: [Double]
    /// Rows of a step.
    let block: Int

    /// Starts that run at once where a representation has thousands of numbers.
    private static let chunk = 512

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
        let size = model.summary == nil ? max(1, starts.count) : Self.chunk
        let parts = stride(from: 0, to: starts.count, by: size).map { first in
            Self.run(
                model, encoded: encoded, actions: actions, steps: steps,
                starts: Array(starts[first..<min(starts.count, first + size)]))
        }
        predicted = withInferenceMode {
            parts.isEmpty
                ? [] : (0..<steps).map { step in Tensor.concatenate(parts.map { $0.predicted[step] }, dim: 0) }
        }
        errors = (0..<(parts.isEmpty ? 0 : steps)).map { step in
            let sums = parts.reduce((0.0, 0.0)) { ($0.0 + $1.errors[step].missed, $0.1 + $1.errors[step].held) }
            return sums.0 / max(sums.1, 1e-12)
        }
    }

    /// Predictions from some starts, and the sums of squares that they and the first representation, held, missed by.
    private static func run(
        _ model: ImageWorldModel, encoded: EncodedRows, actions: Tensor, steps: Int, starts: [Int]
    ) -> (predicted: [Tensor], errors: [(missed: Double, held: Double)]) {
        let block = model.architecture.block
        return withInferenceMode {
            let rows = (0..<steps * block).map { Self.rows(of: actions, starts, after: $0) }
            let driving = Tensor.stack(rows, dim: 1).reshaped([starts.count, steps, block * actions.size(1)])
            let first = Self.rows(of: encoded.full, starts, after: 0).to(dtype: .float32)
            let predicted = model.rollout(from: first, actions: driving)
            let errors = predicted.enumerated().map { step, guess in
                let truth = Self.rows(of: encoded.full, starts, after: (step + 1) * block).to(dtype: .float32)
                return ((guess - truth).square().sum().item(), (first - truth).square().sum().item())
            }
            return (predicted.map { model.summarised($0) }, errors)
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
