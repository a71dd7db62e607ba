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
    func recordedNumbers(_ column: String) throws -> [Float] {
        var numbers: [Float] = []
        for (episode, length) in layout.lengths.enumerated() {
            numbers += try values(of: column, episode: episode, rows: 0..<length)
        }
        return numbers
    }

    /// Checks that no number of a column is missing, which is what the model sees beside the pictures.
    ///
    /// - Parameter column: The column.
    /// - Returns: The numbers of each episode, those of a row one after the other.
    /// - Throws: `ForesightError.data` with the first row where one is, or when the column cannot be read.
    @discardableResult
    func checkComplete(_ column: String) throws -> [[Float]] {
        try layout.lengths.enumerated().map { episode, length -> [Float] in
            let numbers = try values(of: column, episode: episode, rows: 0..<length)
            guard let place = numbers.firstIndex(where: { !$0.isFinite }) else { return numbers }
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

    /// Which rows of an episode hold every number of a column.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    fileprivate func completeRows(_ column: String, episode: Int) throws -> [Bool] {
        let count = layout.lengths[episode]
        let numbers = try values(of: column, episode: episode, rows: 0..<count)
        let width = numbers.count / max(1, count)
        return (0..<count).map { row in numbers[row * width..<(row + 1) * width].allSatisfy(\.isFinite) }
    }

    /// Whether some row holds every number of a column. No episode behind the first such row is read: readouts and probes read all
    /// of them later.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    fileprivate func hasCompleteRow(_ column: String) throws -> Bool {
        for episode in layout.lengths.indices {
            if try completeRows(column, episode: episode).contains(true) { return true }
        }
        return false
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
            guard try learned.hasCompleteRow(column) else {
                throw refuse("no row that is learned from", column)
            }
        }
        if names.contains(FrameColumn.state) {
            guard try heldOut.hasCompleteRow(FrameColumn.state) else {
                throw refuse("no row that is held out", FrameColumn.state)
            }
        }
        guard names.contains(FrameColumn.proprioception) else { return }
        // Steps ahead of which no row is known yet; without starts there are no bands, whatever is known.
        var (unknown, hasStarts) = (Set(1...settings.reach), false)
        for (episode, length) in heldOut.layout.lengths.enumerated() where !unknown.isEmpty {
            let starts = ImageFreeRuns.starts([0..<length], rows: settings.reach * settings.block)
            guard !starts.isEmpty else { continue }
            hasStarts = true
            let known = try heldOut.completeRows(FrameColumn.proprioception, episode: episode)
            unknown = unknown.filter { step in !starts.contains { known[$0 + step * settings.block] } }
        }
        if hasStarts, let step = unknown.min() {
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
