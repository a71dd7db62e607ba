public import Episodes
import Networks
public import Tensors

/// Representations of all rows of some episodes.
public struct EncodedRows {
    /// One for each row, `[rows, D]`.
    public let representations: Tensor
    /// The rows of each episode.
    public let episodes: [Range<Int>]

    /// Pictures that are encoded at once.
    private static let chunk = 256

    /// Representations that are known already.
    init(representations: Tensor, episodes: [Range<Int>]) {
        self.representations = representations
        self.episodes = episodes
    }

    /// Encodes; where an episode has not as many pictures before a row as the encoder sees at once, the first is taken for
    /// those before it.
    ///
    /// - Parameters:
    ///   - model: The model, which is put into evaluation mode.
    ///   - dataset: What was recorded.
    ///   - sensing: How proprioception is normalised, for a model that has it.
    ///   - progress: Hears how many rows are done; may throw to end it.
    /// - Throws: `ForesightError.data` when pictures or proprioception cannot be read; what `progress` throws.
    public init(
        _ model: ImageWorldModel, _ dataset: some FrameDataset, sensing: ActionScaling? = nil,
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        let (stack, block) = (model.architecture.stack, model.architecture.block)
        let size = [dataset.layout.frameSize.height, dataset.layout.frameSize.width, 3]
        var (parts, ranges, done): ([Tensor], [Range<Int>], Int) = ([], [], 0)
        model.setTraining(false)
        for (index, length) in dataset.layout.lengths.enumerated() {
            let frames = Tensor(try dataset.frames(episode: index, rows: 0..<length), shape: [length] + size)
            let sensed = try sensing.map { scaling in
                scaling.normalised(
                    rows: try dataset.values(of: FrameColumn.proprioception, episode: index, rows: 0..<length))
            }
            for first in stride(from: 0, to: length, by: Self.chunk) {
                let rows = first..<min(length, first + Self.chunk)
                parts.append(
                    withInferenceMode {
                        let planes = (0..<stack).reversed().map { back in
                            let places = rows.map { row in Int64(row - min(back, row / block) * block) }
                            return PictureScaling.normalised(
                                frames.indexSelect(dim: 0, Tensor(places, shape: [places.count])))
                        }
                        return model.encode(
                            stack == 1 ? planes[0] : Tensor.concatenate(planes, dim: 1),
                            sensed: sensed?.narrow(dim: 0, start: first, length: rows.count))
                    })
            }
            ranges.append(done..<done + length)
            done += length
            try progress(done)
        }
        guard !parts.isEmpty else {
            representations = Tensor.zeros([0, model.architecture.width])
            episodes = []
            return
        }
        representations = withoutGradients { Tensor.concatenate(parts, dim: 0).clone() }
        episodes = ranges
    }
}
