import Basics
import Tensors

/// Stretches of a training log that a model folder keeps, so that the model can go on learning without the log: half of
/// every batch is drawn from them (experience replay: Lin, Machine Learning 1992; Rolnick et al., NeurIPS 2019,
/// arXiv:1811.11682).
///
/// Rows are at the model's step and in its normalised units. Each keeps the number of the member that left it out, which
/// goes on judging it. They are recorded data: who passes the folder on passes them on, too.
public struct RehearsalSet: Sendable, Equatable {
    /// Stretches.
    public let windows: Int
    /// Rows of a stretch: history and rollout.
    public let rows: Int
    /// Outputs `[window, row, output]`, `NaN` where missing.
    let outputs: [Float]
    /// Inputs `[window, row, input]`.
    let inputs: [Float]
    /// The member that left a row out, `[window, row]`.
    let folds: [Int]

    /// The most stretches that are kept unless a number is given.
    public static let usualWindows = 200
    /// Numbers that are kept at most, four bytes each.
    private static let mostNumbers = 2_000_000

    /// Puts a set together.
    init(windows: Int, rows: Int, outputs: [Float], inputs: [Float], folds: [Int]) {
        (self.windows, self.rows, self.outputs, self.inputs, self.folds) = (windows, rows, outputs, inputs, folds)
    }

    /// Keeps evenly spaced stretches of a log that do not overlap; `nil` when none is wanted or the log holds none.
    ///
    /// - Parameters:
    ///   - data: The log; where it has old and new parts, half of the stretches are of each.
    ///   - limit: The most stretches.
    ///   - rows: Rows of a stretch.
    init?(_ data: TrainingData, limit: Int, rows: Int) {
        let table = data.table
        let (width, driven) = (table.outputs.size(1), table.inputs.size(1))
        let most = min(limit, max(1, Self.mostNumbers / max(1, rows * (width + driven))))
        guard limit > 0 else { return nil }
        let places = data.parts.map { segments -> [(segment: SignalTable.Segment, first: Int)] in
            // Another phase of the same stretch would tell nearly the same.
            segments.filter { $0.phase == 0 }.flatMap { segment in
                (0..<segment.count / rows).map { (segment, $0 * rows) }
            }
        }
        // Where one part holds few, the other has the rest.
        let fewest = places.map(\.count).min() ?? 0
        let share = places.count > 1 ? max(most / 2, most - fewest) : most
        let picked = places.flatMap { part -> [(segment: SignalTable.Segment, first: Int)] in
            let count = min(part.count, places.count > 1 && part.count == fewest ? min(fewest, most / 2) : share)
            return (0..<count).map { part[$0 * part.count / count] }
        }.prefix(most)
        guard !picked.isEmpty else { return nil }
        let (values, known, drive) = (table.outputs.floats(), table.mask.floats(), table.inputs.floats())
        var (outputs, inputs, folds): ([Float], [Float], [Int]) = ([], [], [])
        for (segment, first) in picked {
            for row in first..<(first + rows) {
                let place = segment.start + row
                for output in 0..<width {
                    outputs.append(known[place * width + output] > 0 ? values[place * width + output] : .nan)
                }
                inputs += drive[place * driven..<(place + 1) * driven]
                folds.append(
                    data.folds.fold(episode: segment.episode, sample: segment.phase + row * data.stride))
            }
        }
        self.init(windows: picked.count, rows: rows, outputs: outputs, inputs: inputs, folds: folds)
    }

    /// The stretches as rows that training cuts windows from, each an episode of its own.
    func table(outputs width: Int, inputs driven: Int) -> SignalTable {
        SignalTable(
            outputs: Tensor(outputs.map { $0.isNaN ? 0 : $0 }, shape: [windows * rows, width]),
            mask: Tensor(outputs.map { $0.isNaN ? 0 : 1 }, shape: [windows * rows, width]),
            inputs: Tensor(inputs, shape: [windows * rows, driven]),
            segments: (0..<windows).map { SignalTable.Segment(start: $0 * rows, count: rows, episode: $0, phase: 0) })
    }

    /// Which member left out which rows.
    func layout(members: Int, stride: Int, windowLength: Int) -> Folds {
        Folds(
            rows: (0..<windows).map { Array(folds[$0 * rows..<($0 + 1) * rows]) }, count: members, stride: stride,
            windowLength: windowLength)
    }
}

extension RehearsalSet {
    private static let format = "foresight rehearsal 1"

    /// Saves it as safetensors.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    func save(to path: String, storage: some FileStorage) throws {
        let count = windows * rows
        try SafetensorsWriter.write(
            [
                "outputs": Tensor(outputs, shape: [windows, rows, outputs.count / count]),
                "inputs": Tensor(inputs, shape: [windows, rows, inputs.count / count]),
                "folds": Tensor(folds.map(Int64.init), shape: [windows, rows]),
            ], metadata: ["format": Self.format], to: path, storage: storage)
    }

    /// Reads what was saved and checks that it is of such a model.
    ///
    /// - Throws: `ForesightError.data` when the file is damaged, of another format or of another model.
    init(path: String, description: ModelDescription) throws {
        let file = try SafetensorsFile(path: path, checksum: .required)
        let shape = try file.entry("outputs").shape
        let (width, driven) = (description.outputs.count, description.inputs.count)
        guard file.metadata["format"] == Self.format, shape.count == 3, shape[2] == width, shape[0] > 0,
            shape[1] >= description.window + 1,
            try file.entry("inputs").shape == [shape[0], shape[1], driven],
            try file.entry("folds").shape == [shape[0], shape[1]]
        else { throw Self.damaged(path) }
        let folds = try file.integers("folds").map(Int.init)
        let inputs = try file.floats("inputs")
        guard folds.allSatisfy({ (0..<description.architecture.members).contains($0) }),
            inputs.allSatisfy(\.isFinite)
        else { throw Self.damaged(path) }
        self.init(
            windows: shape[0], rows: shape[1], outputs: try file.floats("outputs"), inputs: inputs, folds: folds)
    }

    private static func damaged(_ path: String) -> ForesightError {
        .data(
            "\(path): what it holds is damaged or of other channels",
            remedy: "copy the model folder again, or go on with the old log by --old-log")
    }
}
