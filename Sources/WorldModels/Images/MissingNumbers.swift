import Basics
import Episodes
import Tensors

extension FrameDataset {
    /// A column of all rows as it was recorded, `[rows, width]`: NaN where a number is missing.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    func recorded(_ column: String) throws -> Tensor {
        let numbers = try recordedNumbers(column)
        return Tensor(numbers, shape: [layout.rowCount, numbers.count / max(1, layout.rowCount)])
    }

    /// The same as an array, the numbers of a row one after the other.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    private func recordedNumbers(_ column: String) throws -> [Float] {
        var numbers: [Float] = []
        for (episode, length) in layout.lengths.enumerated() {
            numbers += try values(of: column, episode: episode, rows: 0..<length)
        }
        return numbers
    }

    /// Checks that no number of a column is missing, which is what the model sees beside the pictures.
    ///
    /// - Throws: `ForesightError.data` with the first row where one is, or when the column cannot be read.
    func checkComplete(_ column: String) throws {
        for (episode, length) in layout.lengths.enumerated() {
            let numbers = try values(of: column, episode: episode, rows: 0..<length)
            guard let place = numbers.firstIndex(where: { !$0.isFinite }) else { continue }
            let row = place / (numbers.count / length)
            throw ForesightError.data(
                "the column \(column) of \(source) holds \(numbers[place]) in row \(row) of episode \(episode), both counted "
                    + "from 0, and a model with proprioception sees it in every row",
                remedy: "record it there, leave the episode out, or take a model without proprioception")
        }
    }

    /// Checks that what was done is known in every row that another follows, and infinite in none. In the last row of an episode
    /// it may be missing (NaN): nothing followed.
    ///
    /// A row in the midst would be learned from as if nothing had been done there, or would take the mean of all others with it.
    ///
    /// - Throws: `ForesightError.data` with the first row where it is not, or when there are no actions or they cannot be read.
    func checkActions() throws {
        for (episode, length) in layout.lengths.enumerated() where length > 0 {
            let numbers = try actions(episode: episode, rows: 0..<length)
            let width = max(1, numbers.count / length)
            func isWrong(_ place: Int) -> Bool {
                !numbers[place].isFinite && (place / width < length - 1 || !numbers[place].isNaN)
            }
            guard let place = numbers.indices.first(where: isWrong) else { continue }
            let row = place / width
            throw ForesightError.data(
                "the column \(FrameColumn.action) of \(source) holds \(numbers[place]) in row \(row) of episode \(episode), both "
                    + "counted from 0" + (row < length - 1 ? ", and a picture follows that it led to" : ""),
                remedy: row == 0
                    ? "write in each row what was done after its picture was seen, not what led to it; NaN is for the last row"
                    : "write what was done there, or end the episode at that row and begin another behind it")
        }
    }

    /// Which of all rows hold every number of a column.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    fileprivate func completeRows(_ column: String) throws -> [Bool] {
        let numbers = try recordedNumbers(column)
        let width = numbers.count / max(1, layout.rowCount)
        return (0..<layout.rowCount).map { row in numbers[row * width..<(row + 1) * width].allSatisfy(\.isFinite) }
    }
}

extension ImageTraining {
    /// Checks, before anything is learned, that rows are left to learn from and to judge by where those in which a number of
    /// ``FrameColumn/proprioception`` or ``FrameColumn/state`` is missing are left out.
    ///
    /// - Throws: `ForesightError.data` when none is left, or a column cannot be read.
    static func checkNumbers(
        learned: FrameSubset<Frames>, heldOut: FrameSubset<Frames>, settings: ImageSettings
    ) throws {
        func refuse(_ rows: String, _ column: String) -> ForesightError {
            let width = learned.layout.columns.first { $0.name == column }?.width ?? 0
            return .data(
                "\(rows) has \(width == 1 ? "the number" : "all \(width) numbers") of the column \(column) of \(learned.source)",
                remedy: "record them in more episodes, or leave the column out")
        }
        let names = learned.layout.columns.map(\.name)
        for column in [FrameColumn.proprioception, FrameColumn.state] where names.contains(column) {
            guard try learned.completeRows(column).contains(true) else {
                throw refuse("no row that is learned from", column)
            }
        }
        if names.contains(FrameColumn.state) {
            guard try heldOut.completeRows(FrameColumn.state).contains(true) else {
                throw refuse("no row that is held out", FrameColumn.state)
            }
        }
        guard names.contains(FrameColumn.proprioception) else { return }
        let known = try heldOut.completeRows(FrameColumn.proprioception)
        let episodes = zip(heldOut.layout.offsets, heldOut.layout.lengths).map { $0..<$0 + $1 }
        let starts = ImageFreeRuns.starts(episodes, rows: settings.reach * settings.block)
        // Without starts there are no bands, whatever is known.
        guard !starts.isEmpty else { return }
        for step in 1...settings.reach where !starts.contains(where: { known[$0 + step * settings.block] }) {
            let ahead = "\(step) step\(step == 1 ? "" : "s") ahead"
            throw refuse("no held-out row that is predicted \(ahead)", FrameColumn.proprioception)
        }
    }
}

extension Tensor {
    /// The rows of a table `[N, D]` in which no number is missing, `int64`; `nil` where none is missing in any row.
    var completeRows: Tensor? {
        let isComplete = withoutGradients { isfinite().all(dim: 1).bools() }
        guard isComplete.contains(false) else { return nil }
        let rows = isComplete.indices.filter { isComplete[$0] }
        return Tensor(rows.map(Int64.init), shape: [rows.count])
    }

    /// These rows of a table; the table itself where `nil`.
    func taking(rows: Tensor?) -> Tensor { rows.map { indexSelect(dim: 0, $0) } ?? self }
}
