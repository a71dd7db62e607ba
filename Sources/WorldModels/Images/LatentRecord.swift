import Basics
public import Episodes
public import Tensors

/// Representations of recorded rows with the actions that were taken there: what a linear system is identified from.
public struct LatentRecord {
    /// Rows of a step of the model.
    public let block: Int
    let representations: Tensor
    let actions: Tensor
    let episodes: [Range<Int>]
    /// Rows at the beginning of an episode whose representation knows fewer pictures than others.
    private let settling: Int

    /// The size of a representation.
    var width: Int { representations.size(1) }

    /// Takes what was recorded.
    ///
    /// - Parameters:
    ///   - encoded: Representations of all rows.
    ///   - actions: What was done in each row, normalised, `[rows, action]`.
    ///   - block: Rows of a step of the model.
    ///   - stack: Pictures, a step apart, that the encoder sees at once.
    public init(_ encoded: EncodedRows, actions: Tensor, block: Int, stack: Int = 1) {
        precondition(
            actions.size(0) == encoded.representations.size(0),
            "actions of \(actions.size(0)) rows for \(encoded.representations.size(0)) representations")
        representations = encoded.representations.to(dtype: .float64)
        self.actions = actions.to(dtype: .float64)
        (episodes, self.block, settling) = (encoded.episodes, block, (stack - 1) * block)
    }

    /// Encodes what was recorded.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - frames: Pictures and actions.
    /// - Throws: `ForesightError.data` when pictures, actions or proprioception cannot be read, a number of the latter is
    ///   missing, or an action that a row follows.
    public init(_ model: TrainedImageModel, _ frames: some FrameDataset) throws {
        try frames.checkActions()
        if model.sensing != nil { try frames.checkComplete(FrameColumn.proprioception) }
        let sizes = model.network.architecture
        self.init(
            try EncodedRows(model.network, frames, sensing: model.sensing),
            actions: model.actionScaling.normalised(try frames.table(FrameColumn.action)), block: sizes.block,
            stack: sizes.stack)
    }

    private init(_ other: LatentRecord, episodes: [Range<Int>]) {
        (representations, actions, self.episodes) = (other.representations, other.actions, episodes)
        (block, settling) = (other.block, other.settling)
    }

    /// All episodes but every n-th, and these.
    func split(every n: Int) -> (learned: LatentRecord, heldOut: LatentRecord) {
        let numbered = episodes.enumerated()
        return (
            LatentRecord(self, episodes: numbered.filter { $0.offset % n != 0 }.map(\.element)),
            LatentRecord(self, episodes: numbered.filter { $0.offset % n == 0 }.map(\.element))
        )
    }

    /// Rows before which `lags` steps, their own among them, and after which so many steps are in the same episode.
    func starts(lags: Int, steps: Int) -> [Int] {
        episodes.flatMap { episode in
            let first = episode.lowerBound + settling + (lags - 1) * block
            return Array(first..<max(first, episode.upperBound - steps * block))
        }
    }

    /// Representations some steps after these rows, `[rows, D]`.
    func representations(_ rows: [Int], steps: Int) -> Tensor {
        representations.indexSelect(dim: 0, Tensor(rows.map { Int64($0 + steps * block) }, shape: [rows.count]))
    }

    /// The actions of the step that begins some steps after these rows, `[rows, block · action]`.
    func actions(_ rows: [Int], steps: Int) -> Tensor {
        Tensor.concatenate(
            (0..<block).map { row in
                let places = rows.map { Int64($0 + steps * block + row) }
                return actions.indexSelect(dim: 0, Tensor(places, shape: [rows.count]))
            }, dim: 1)
    }
}

/// The normal equations of a ``LatentAutoregression``, which all ridges share.
struct LatentRegression {
    let record: LatentRecord
    let lags: Int
    /// Of centred regressors divided by their deviations, `[regressors, regressors]`.
    private let gram: Tensor
    /// With centred targets, `[regressors, D]`.
    private let products: Tensor
    private let scales: Tensor
    private let means: (regressors: Tensor, targets: Tensor)

    /// Sums up all steps of a record.
    ///
    /// - Throws: `ForesightError.data` when there are fewer steps than regressors.
    init(_ record: LatentRecord, lags: Int) throws {
        precondition(lags > 0, "\(lags) lags")
        (self.record, self.lags) = (record, lags)
        let rows = record.starts(lags: lags, steps: 1)
        let count = lags * (record.width + record.block * record.actions.size(1))
        guard rows.count > count else {
            throw ForesightError.data(
                "\(rows.count) steps to identify \(count) coefficients of each component from",
                remedy: "record more or longer episodes")
        }
        let regressors = Tensor.concatenate(
            (0..<lags).map { record.representations(rows, steps: -$0) }
                + (0..<lags).map { record.actions(rows, steps: -$0) }, dim: 1)
        let targets = record.representations(rows, steps: 1)
        means = (regressors.mean(dim: 0), targets.mean(dim: 0))
        let centred = regressors - means.regressors
        // What never moved is left as it is.
        let deviations = centred.square().mean(dim: 0).doubles().map { $0 > 1e-18 ? $0.squareRoot() : 1 }
        scales = Tensor(deviations, shape: [deviations.count])
        let scaled = (centred / scales).transposed(0, 1)
        gram = scaled.matmul(scaled.transposed(0, 1)) * (1 / Double(rows.count))
        products = scaled.matmul(targets - means.targets) * (1 / Double(rows.count))
    }

    /// The coefficients `[D, regressors]` and the offset `[D]` for a ridge.
    ///
    /// - Throws: `ForesightError.data` when there is no solution.
    func solve(ridge: Double) throws -> (coefficients: Tensor, offset: Tensor) {
        do {
            let solution = try (gram + Tensor.eye(gram.size(0), dtype: .float64) * ridge).solve(products)
            let coefficients = (solution / scales.unsqueezed(1)).transposed(0, 1)
            return (coefficients, means.targets - coefficients.matmul(means.regressors))
        } catch {
            throw ForesightError.data(
                "the linear system of representations has no solution with a ridge of \(ridge)",
                remedy: "record episodes in which actions and representations move")
        }
    }
}
