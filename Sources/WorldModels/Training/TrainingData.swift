import Basics
public import Episodes
public import Tensors

/// A log as normalised rows, with what each member of the ensemble may learn from.
public struct TrainingData {
    /// The rows that windows are cut from.
    public let table: SignalTable
    /// 1 where a member may learn from a row, `[members, row]`; `nil` for a single member, which learns from all.
    public let visible: Tensor?
    /// The parts that members leave out.
    public let folds: Folds
    /// The scaling.
    public let scaling: SignalScaling
    /// The log, physical units; without what is kept of an older one.
    public let episodes: [Episode]
    /// Samples of the log per row.
    let stride: Int
    /// Segments of the table, the first ones, that are of an older log: 0 but where a model is trained on.
    let oldSegments: Int

    /// Prepares the data.
    ///
    /// - Throws: `ForesightError.data` when an episode lacks a channel.
    public init(_ episodes: [Episode], folds: Folds, outputs: [String], inputs: [String], stride: Int) throws {
        let scaling = SignalScaling(fitting: episodes, outputs: outputs, inputs: inputs)
        self.init(
            table: try SignalTable(episodes, scaling: scaling, stride: stride), folds: folds, scaling: scaling,
            episodes: episodes, stride: stride, oldSegments: 0)
    }

    /// Puts rows and folds together.
    init(
        table: SignalTable, folds: Folds, scaling: SignalScaling, episodes: [Episode], stride: Int, oldSegments: Int
    ) {
        self.table = table
        self.scaling = scaling
        self.folds = folds
        self.episodes = episodes
        self.stride = stride
        self.oldSegments = oldSegments
        guard folds.count > 1 else {
            visible = nil
            return
        }
        let rows = table.outputs.size(0)
        var visible = [Float](repeating: 1, count: folds.count * rows)
        for segment in table.segments {
            for row in 0..<segment.count {
                let fold = folds.fold(episode: segment.episode, sample: segment.phase + row * stride)
                visible[fold * rows + segment.start + row] = 0
            }
        }
        self.visible = Tensor(visible, shape: [folds.count, rows])
    }

    /// The segments of each part: one of everything, or the old ones and the new ones.
    var parts: [[SignalTable.Segment]] {
        oldSegments > 0
            ? [Array(table.segments[..<oldSegments]), Array(table.segments[oldSegments...])] : [table.segments]
    }

    /// The log at the model's step, of one phase, with what members leave out of it: the same parts that judge and
    /// calibrate.
    ///
    /// - Parameter windowLength: Steps of one free-run window.
    /// - Returns: The episodes that have a row at that step, and the folds of their rows.
    func coarse(windowLength: Int) -> (episodes: [Episode], folds: Folds) {
        let outputs = Set(scaling.outputs)
        let found = episodes.enumerated().flatMap { index, episode in
            episode.decimated(by: stride, outputs: outputs, phases: 1).map { (index, $0) }
        }
        let rows = found.map(\.1)
        return (
            rows,
            Folds(folds, coarse: rows, kept: found.map(\.0), stride: stride, windowLength: windowLength)
        )
    }

    /// The rows that a prediction may start at, of each part.
    func starts(history: Int, steps: Int) -> [[Int]] {
        parts.map { table.starts(history: history, steps: steps, in: $0) }
    }
}

/// Windows cut from a table, one batch for each member.
public struct WindowBatch {
    /// `[members, batch, time, output]`, normalised.
    public let outputs: Tensor
    /// 1 where measured, `[members, batch, time, output]`.
    public let measured: Tensor
    /// 1 where measured and allowed for the member, `[members, batch, time, output]`.
    public let mask: Tensor
    /// `[members, batch, time, input]`, normalised.
    public let inputs: Tensor

    /// Cuts windows of `history + steps` rows that begin `history` rows before each start.
    ///
    /// - Parameters:
    ///   - table: The rows.
    ///   - visible: What each member may learn from, `[members, row]`.
    ///   - starts: First predicted rows, one list of equal length for each member.
    ///   - history: Rows before each start.
    ///   - steps: Rows from each start on.
    public init(_ table: SignalTable, visible: Tensor?, starts: [[Int]], history: Int, steps: Int) {
        let (members, batch, time) = (starts.count, starts[0].count, history + steps)
        var rows: [Int64] = []
        rows.reserveCapacity(members * batch * time)
        for list in starts {
            for start in list {
                for row in (start - history)..<(start + steps) { rows.append(Int64(row)) }
            }
        }
        let index = Tensor(rows, shape: [rows.count])
        func cut(_ table: Tensor) -> Tensor {
            table.indexSelect(dim: 0, index).reshaped([members, batch, time, table.size(1)])
        }
        outputs = cut(table.outputs)
        measured = cut(table.mask)
        inputs = cut(table.inputs)
        guard let visible else {
            mask = measured
            return
        }
        let rowCount = Int64(visible.size(1))
        let perMember = batch * time
        let shifted = rows.enumerated().map { Int64($0.offset / perMember) * rowCount + $0.element }
        let allowed = visible.reshaped([visible.count]).indexSelect(dim: 0, Tensor(shifted, shape: [shifted.count]))
        mask = measured * allowed.reshaped([members, batch, time, 1])
    }
}
