public import Episodes
import Networks
public import Tensors

/// Representations of all rows of some episodes.
public struct EncodedRows {
    /// One for each row as heads see it, `[rows, summary width]`.
    public let representations: Tensor
    /// One for each row as prediction starts from it, `[rows, D]`: the same, but for a frozen encoder, where it may be float16.
    let full: Tensor
    /// The rows of each episode.
    public let episodes: [Range<Int>]

    /// Pictures that are encoded at once, and by a frozen encoder, which is large.
    private static let (chunk, frozenChunk) = (256, 64)

    /// Representations that are known already.
    init(representations: Tensor, episodes: [Range<Int>]) {
        self.representations = representations
        full = representations
        self.episodes = episodes
    }

    /// A table `[rows, D]` that is encoded already, by a model that sums it up for heads.
    init(_ model: ImageWorldModel, full: Tensor, episodes: [Range<Int>]) {
        self.full = full
        self.episodes = episodes
        guard model.summary != nil else {
            representations = full
            return
        }
        representations = withoutGradients {
            let starts = Array(stride(from: 0, to: full.size(0), by: Self.chunk))
            guard !starts.isEmpty else { return Tensor.zeros([0, model.architecture.summaryWidth]) }
            let parts = starts.map { start in
                let rows = full.narrow(dim: 0, start: start, length: min(Self.chunk, full.size(0) - start))
                return model.summarised(rows.to(dtype: .float32))
            }
            return Tensor.concatenate(parts, dim: 0)
        }
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
        let (full, episodes) = try Self.table(
            model, dataset, sensing: sensing, dtype: model.summary == nil ? .float32 : .float16, progress: progress)
        self.init(model, full: full, episodes: episodes)
    }

    /// The representations of all rows, `[rows, D]`, of a type, and the rows of each episode; computed where the model is, and kept
    /// on the processor.
    ///
    /// - Throws: As the initialiser.
    static func table(
        _ model: ImageWorldModel, _ dataset: some FrameDataset, sensing: ActionScaling? = nil, dtype: DType,
        progress: (Int) throws -> Void
    ) throws -> (Tensor, [Range<Int>]) {
        let chunk = model.summary == nil ? Self.chunk : Self.frozenChunk
        let (stack, block, device) = (model.architecture.stack, model.architecture.block, model.device)
        let size = [dataset.layout.frameSize.height, dataset.layout.frameSize.width, 3]
        var (parts, ranges, done): ([Tensor], [Range<Int>], Int) = ([], [], 0)
        model.setTraining(false)
        for (index, length) in dataset.layout.lengths.enumerated() {
            let frames = Tensor(try dataset.frames(episode: index, rows: 0..<length), shape: [length] + size)
            let sensed = try sensing.map { scaling in
                scaling.normalised(
                    rows: try dataset.values(of: FrameColumn.proprioception, episode: index, rows: 0..<length))
            }
            for first in stride(from: 0, to: length, by: chunk) {
                let rows = first..<min(length, first + chunk)
                parts.append(
                    withInferenceMode {
                        let planes = (0..<stack).reversed().map { back in
                            let places = rows.map { row in Int64(row - min(back, row / block) * block) }
                            // As bytes to the device, numbers there.
                            let rows = frames.indexSelect(dim: 0, Tensor(places, shape: [places.count]))
                            return PictureScaling.normalised(rows.to(device: device))
                        }
                        return model.encode(
                            stack == 1 ? planes[0] : Tensor.concatenate(planes, dim: 1),
                            sensed: sensed?.narrow(dim: 0, start: first, length: rows.count).to(device: device)
                        ).to(dtype: dtype).to(device: .cpu)
                    })
            }
            ranges.append(done..<done + length)
            done += length
            try progress(done)
        }
        guard !parts.isEmpty else {
            return (Tensor.zeros([0, model.architecture.width], dtype: dtype), [])
        }
        return (withoutGradients { Tensor.concatenate(parts, dim: 0).clone() }, ranges)
    }
}
