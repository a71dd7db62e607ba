import Basics
public import Episodes
public import Tensors

/// Episodes as normalised rows at the model's step, ready to cut windows from.
///
/// A model's step may be several samples of the log (its stride). Then every phase of the log is a segment of its own, so
/// that no sample is lost, and the input of a row is the mean over the samples that it covers.
public struct SignalTable {
    /// A contiguous run of rows at the model's step.
    public struct Segment: Sendable, Equatable {
        /// The first row in the table.
        public var start: Int
        /// The number of rows.
        public var count: Int
        /// Which of the episodes it comes from.
        public var episode: Int
        /// The sample of the episode that its first row is.
        public var phase: Int
    }

    /// Outputs `[row, output]`, normalised, 0 where missing.
    public let outputs: Tensor
    /// 1 where an output was measured, 0 where it is missing, `[row, output]`.
    public let mask: Tensor
    /// Inputs `[row, input]`, normalised; a missing input holds the last known one.
    public let inputs: Tensor
    /// The contiguous runs.
    public let segments: [Segment]

    /// Reads episodes.
    ///
    /// - Throws: `ForesightError.data` when a channel is missing.
    public init(_ episodes: [Episode], scaling: SignalScaling, stride: Int) throws {
        var (outputs, mask, inputs): ([Float], [Float], [Float]) = ([], [], [])
        var segments: [Segment] = []
        var row = 0
        for (index, episode) in episodes.enumerated() {
            let outputColumns = try Self.columns(scaling.outputs, in: episode)
            let inputColumns = try Self.columns(scaling.inputs, in: episode)
            let held = inputColumns.map { Self.held(episode.column($0)) }
            for phase in 0..<min(stride, episode.count) {
                let count = (episode.count - phase) / stride
                guard count > 0 else { continue }
                segments.append(Segment(start: row, count: count, episode: index, phase: phase))
                row += count
                for step in 0..<count {
                    let sample = phase + step * stride
                    for (position, column) in outputColumns.enumerated() {
                        let value = episode[sample, column]
                        let scaled = (value - scaling.outputMean[position]) / scaling.outputScale[position]
                        outputs.append(value.isFinite ? Float(scaled) : 0)
                        mask.append(value.isFinite ? 1 : 0)
                    }
                    for position in inputColumns.indices {
                        let mean = held[position][sample..<(sample + stride)].reduce(0, +) / Double(stride)
                        inputs.append(Float((mean - scaling.inputMean[position]) / scaling.inputScale[position]))
                    }
                }
            }
        }
        self.outputs = Tensor(outputs, shape: [row, scaling.outputs.count])
        self.mask = Tensor(mask, shape: [row, scaling.outputs.count])
        self.inputs = Tensor(inputs, shape: [row, scaling.inputs.count])
        self.segments = segments
    }

    /// The same rows, of which only some segments are looked at.
    init(_ table: SignalTable, segments: [Segment]) {
        (outputs, mask, inputs) = (table.outputs, table.mask, table.inputs)
        self.segments = segments
    }

    /// Rows that were normalised before.
    init(outputs: Tensor, mask: Tensor, inputs: Tensor, segments: [Segment]) {
        (self.outputs, self.mask, self.inputs, self.segments) = (outputs, mask, inputs, segments)
    }

    /// The rows of one table behind those of another; episodes of the second are counted on.
    init(_ first: SignalTable, followedBy second: SignalTable) {
        let (rows, episodes) = (first.outputs.size(0), (first.segments.map(\.episode).max() ?? -1) + 1)
        self.init(
            outputs: Tensor.concatenate([first.outputs, second.outputs], dim: 0),
            mask: Tensor.concatenate([first.mask, second.mask], dim: 0),
            inputs: Tensor.concatenate([first.inputs, second.inputs], dim: 0),
            segments: first.segments
                + second.segments.map {
                    Segment(start: $0.start + rows, count: $0.count, episode: $0.episode + episodes, phase: $0.phase)
                })
    }

    private static func columns(_ names: [String], in episode: Episode) throws -> [Int] {
        try names.map { name in
            guard let column = episode.channelIndex(name) else {
                let near = nearestName(to: name, among: episode.channels.map(\.name))
                throw ForesightError.data(
                    "episode \(episode.name) has no channel “\(name)”, which the model needs",
                    remedy: near.map { "did you mean “\($0)”?" } ?? "give a log with the model's channels")
            }
            return column
        }
    }

    /// The inputs that never move, by their places.
    var stillInputs: [Int] { Self.still(inputs) }

    /// The columns of a table `[row, column]` of normalised values that never move.
    static func still(_ values: Tensor) -> [Int] {
        guard values.size(0) > 0, values.size(1) > 0 else { return [] }
        // What moves is scaled to a standard deviation of 1.
        let span = (values.amax(dim: 0) - values.amin(dim: 0)).doubles()
        return span.indices.filter { span[$0] <= 1e-6 }
    }

    /// The samples with missing ones replaced by the last known, leading ones by the first known.
    static func held(_ values: [Double]) -> [Double] {
        var last = values.first(where: \.isFinite) ?? 0
        return values.map { value in
            if value.isFinite { last = value }
            return last
        }
    }

    /// The rows that a prediction may start at: `history` rows before and `steps` rows from there on are in one segment.
    public func starts(history: Int, steps: Int, in chosen: [Segment]? = nil) -> [Int] {
        (chosen ?? segments).flatMap { segment -> [Int] in
            let (first, last) = (segment.start + history, segment.start + segment.count - steps)
            return first <= last ? Array(first...last) : []
        }
    }
}
