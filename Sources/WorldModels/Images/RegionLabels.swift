import Basics
public import Episodes

/// Which rows of recorded pictures lie in a region, as a person, a sensor or a simulator said.
public struct RegionLabels: Sendable, Equatable {
    /// For each episode one number a row: 1 inside, 0 outside, NaN where nobody said.
    public let episodes: [[Float]]

    /// Takes labels, one for each row of each episode: 1 inside, 0 outside, NaN unknown.
    public init(_ episodes: [[Float]]) { self.episodes = episodes }

    /// Reads a column of the recording.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, it holds more than a number a row, or other numbers than
    ///   0 and 1.
    public init(column name: String, of frames: some FrameDataset) throws {
        let column = frames.layout.columns[try frames.layout.index(of: name, source: frames.source)]
        guard column.width == 1 else {
            throw ForesightError.data(
                "the column \(name) of \(frames.source) holds \(column.width) numbers a row, labels are one",
                remedy: "record a column of 0 outside and 1 inside")
        }
        episodes = try frames.layout.lengths.enumerated().map { episode, length in
            let values = try frames.values(of: name, episode: episode, rows: 0..<length)
            if let row = values.firstIndex(where: { $0 != 0 && $0 != 1 && !$0.isNaN }) {
                throw ForesightError.data(
                    "the column \(name) of \(frames.source) holds \(values[row]) in row \(row) of episode \(episode), labels are "
                        + "0 and 1",
                    remedy: "record 0 outside, 1 inside, and NaN where it is not known")
            }
            return values
        }
    }

    /// Reads a table with the columns `episode`, `row` and `label`, all counted from 0; rows that it does not name are not
    /// known.
    ///
    /// - Throws: `ForesightError.data` for another heading, a line that is not three whole numbers, a row that the recording
    ///   does not have, and a label that is neither 0 nor 1.
    public init(table path: String, for layout: FrameLayout) throws {
        var labels = layout.lengths.map { [Float](repeating: .nan, count: $0) }
        let lines = try InputFile.text(path).split(omittingEmptySubsequences: false) { $0.isNewline }
        func fields(_ line: Substring) -> [String] {
            line.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
        }
        guard let heading = lines.first, fields(heading) == ["episode", "row", "label"] else {
            throw ForesightError.data(
                "\(path) does not begin with the line episode,row,label", remedy: "write it above the labels")
        }
        for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
            let numbers = fields(line).compactMap { Int($0) }
            guard numbers.count == 3, fields(line).count == 3 else {
                throw ForesightError.data(
                    "\(path) line \(index + 1) is '\(line)', not three whole numbers", remedy: "write such as 3,17,1")
            }
            let (episode, row, label) = (numbers[0], numbers[1], numbers[2])
            guard labels.indices.contains(episode), labels[episode].indices.contains(row) else {
                throw ForesightError.data(
                    "\(path) line \(index + 1) labels row \(row) of episode \(episode), which the recording does not have",
                    remedy: "count both from 0")
            }
            guard label == 0 || label == 1 else {
                throw ForesightError.data(
                    "\(path) line \(index + 1) has the label \(label)", remedy: "write 0 outside and 1 inside")
            }
            labels[episode][row] = Float(label)
        }
        episodes = labels
    }

    /// Those of some episodes, one after the other.
    func joined(_ chosen: [Int]) -> [Float] { chosen.flatMap { episodes[$0] } }
}
