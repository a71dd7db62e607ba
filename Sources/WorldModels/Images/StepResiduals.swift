import Episodes
import Networks
public import Tensors

/// What was seen less what was predicted a step before, for the rows of some episodes.
public struct StepResiduals {
    /// Encoded less predicted representations as heads see them, `[steps, summary width]`.
    public let values: Tensor
    /// Which of them belong to each episode; empty for one that is too short.
    public let episodes: [Range<Int>]
    /// The row of an episode that its first value is of: rows before have not as many pictures behind them as prediction
    /// looks at.
    public let firstRow: Int

    /// Residuals that are known already.
    init(values: Tensor, episodes: [Range<Int>], firstRow: Int) {
        (self.values, self.episodes, self.firstRow) = (values, episodes, firstRow)
    }

    /// Predicts each row from the one a step of the model before, by the model's own predictor.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - encoded: Representations of all rows.
    ///   - actions: Normalised actions of the same rows, `[rows, action]`.
    public init(_ model: ImageWorldModel, encoded: EncodedRows, actions: Tensor) {
        self.init(model.architecture, encoded: encoded, memory: 1) {
            let runs = ImageFreeRuns(model, encoded: encoded, actions: actions, steps: 1)
            return (runs.starts, runs.predicted.first)
        }
    }

    /// Predicts each row by a filter that has seen all rows before, or so many of them, a step apart, as `memory` says.
    public init(
        _ filter: RepresentationFilter, of model: ImageWorldModel, encoded: EncodedRows, actions: Tensor,
        memory: Int? = nil
    ) {
        let block = model.architecture.block
        self.init(model.architecture, encoded: encoded, memory: memory ?? 1) {
            filter.predictions(encoded: encoded, actions: actions, block: block, memory: memory)
        }
    }

    /// Takes predictions of rows `starts + block`, rising in each episode, that were made at rows `starts` of all episodes.
    private init(
        _ sizes: ImageArchitecture, encoded: EncodedRows, memory: Int,
        _ predict: () -> (starts: [Int], predicted: Tensor?)
    ) {
        let (block, z) = (sizes.block, encoded.representations)
        // The first picture stands for those before it only where nothing else can.
        let padded = max(sizes.stack - 1, memory - 1) * block
        firstRow = padded + block
        let (starts, predicted) = predict()
        var (ranges, kept, done, at): ([Range<Int>], [Int], Int, Int) = ([], [], 0, 0)
        for rows in encoded.episodes {
            let first = done
            while at < starts.count && starts[at] < rows.upperBound {
                if starts[at] >= rows.lowerBound + padded {
                    kept.append(at)
                    done += 1
                }
                at += 1
            }
            ranges.append(first..<done)
        }
        episodes = ranges
        guard let predicted, !kept.isEmpty else {
            values = Tensor.zeros([0, sizes.summaryWidth])
            return
        }
        values = withInferenceMode {
            let picked = Tensor(kept.map(Int64.init), shape: [kept.count])
            let targets = Tensor(kept.map { Int64(starts[$0] + block) }, shape: [kept.count])
            return z.indexSelect(dim: 0, targets) - predicted.indexSelect(dim: 0, picked)
        }
    }
}
