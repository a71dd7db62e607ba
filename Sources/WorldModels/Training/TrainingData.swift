import Basics
public import Episodes
public import Tensors

/// Normalised tables for training and for judging, with what each member may see.
public struct TrainingData {
    /// The rows that windows are cut from for training.
    public let training: SignalTable
    /// 1 where a member may learn from a row, `[members, row]`; `nil` when all may.
    public let visible: Tensor?
    /// The rows that training is judged by.
    public let validation: SignalTable
    /// The rows that bands are calibrated on.
    public let calibration: SignalTable
    /// The scaling, fitted on the training part.
    public let scaling: SignalScaling
    /// The training episodes, physical units.
    public let trainingEpisodes: [Episode]
    /// The episodes that training is judged by.
    public let validationEpisodes: [Episode]
    /// How the data were split, in one line.
    public let splitSummary: String

    /// Prepares the data.
    ///
    /// - Throws: `ForesightError.data` when an episode lacks a channel or nothing is long enough.
    public init(split: TrainingSplit, outputs: [String], inputs: [String], stride: Int, members: Int) throws {
        splitSummary = split.summary
        switch split {
        case .parts(let training, let validation, let calibration, _):
            scaling = SignalScaling(fitting: training, outputs: outputs, inputs: inputs)
            self.training = try SignalTable(training, scaling: scaling, stride: stride)
            self.validation = try SignalTable(validation, scaling: scaling, stride: stride)
            self.calibration = try SignalTable(calibration, scaling: scaling, stride: stride)
            visible = nil
            trainingEpisodes = training
            validationEpisodes = validation
        case .folds(let episodes):
            scaling = SignalScaling(fitting: episodes, outputs: outputs, inputs: inputs)
            let table = try SignalTable(episodes, scaling: scaling, stride: stride)
            (training, validation, calibration) = (table, table, table)
            visible = members > 1 ? Self.folds(of: table, stride: stride, members: members) : nil
            trainingEpisodes = episodes
            validationEpisodes = episodes
        }
    }

    /// Contiguous folds in the log's time, the same for all phases: member m does not see fold m.
    private static func folds(of table: SignalTable, stride: Int, members: Int) -> Tensor {
        let rows = table.outputs.size(0)
        var visible = [Float](repeating: 1, count: members * rows)
        let lengths = table.segments.reduce(into: [Int: Int]()) { lengths, segment in
            lengths[segment.episode, default: 0] = max(
                lengths[segment.episode, default: 0], segment.phase + segment.count * stride)
        }
        for segment in table.segments {
            let length = lengths[segment.episode] ?? 1
            for row in 0..<segment.count {
                let fold = (segment.phase + row * stride) * members / max(1, length)
                visible[min(fold, members - 1) * rows + segment.start + row] = 0
            }
        }
        return Tensor(visible, shape: [members, rows])
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
    /// - Parameter starts: First predicted rows, one list of equal length for each member.
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
