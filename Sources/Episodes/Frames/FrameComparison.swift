import Basics

/// How two data sets differ that ought to hold the same: the check behind every conversion.
///
/// Two storage formats may stand for each other only after equal episode counts, lengths and offsets, equal columns and
/// a stated difference of pictures have been shown (CLEAR-LeWM 0.5).
public struct FrameComparison: Sendable {
    /// Pictures compared.
    public private(set) var frames = 0
    /// Mean difference of bytes, of 255.
    public private(set) var meanDifference = 0.0
    /// Greatest difference of bytes.
    public private(set) var greatestDifference = 0
    /// Actions of last rows that are not in the copy, since its format has one action less than pictures.
    public private(set) var droppedActions = 0

    /// Compares every row of a copy with the original.
    ///
    /// - Parameters:
    ///   - copy: What was written.
    ///   - original: What it was written from.
    ///   - format: The format of the copy, which says what may be lost.
    ///   - progress: Called with the number of each episode that was compared.
    /// - Throws: `ForesightError.failure` for the first difference that the format does not explain.
    public init(
        _ copy: any FrameDataset, with original: any FrameDataset, format: FrameFormat,
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        func fault(_ what: String) -> ForesightError {
            .failure("\(copy.source) does not hold what \(original.source) holds: \(what)", remedy: "convert it again")
        }
        let (new, old) = (copy.layout, original.layout)
        guard new.frameSize == old.frameSize else { throw fault("pictures of \(new.frameSize), not \(old.frameSize)") }
        guard new.lengths == old.lengths, new.offsets == old.offsets else {
            throw fault("\(new.lengths.count) episodes with \(new.rowCount) rows, not the same lengths")
        }
        var sum = 0.0
        for episode in old.lengths.indices {
            let rows = 0..<old.lengths[episode]
            for column in old.columns {
                var name = column.name
                if format == .minari { name = MinariSpaces.key(name) }
                let a = try copy.values(of: name, episode: episode, rows: rows)
                let b = try original.values(of: column.name, episode: episode, rows: rows)
                // Minari has nothing beside the last picture: NaN stands there.
                let isShort = format == .minari && MinariSpaces.outside.contains(column.name)
                let kept = isShort ? (rows.count - 1) * column.width : b.count
                guard
                    a.count == b.count,
                    zip(a.prefix(kept), b).allSatisfy({ $0 == $1 || ($0.isNaN && $1.isNaN) })
                else { throw fault("\(column.name) of episode \(episode) differs") }
                if isShort, column.name == FrameColumn.action, b.dropFirst(kept).contains(where: { !$0.isNaN }) {
                    droppedActions += 1
                }
            }
            // In stretches, so that a long episode does not stand in memory twice.
            for start in stride(from: 0, to: rows.count, by: 64) {
                let stretch = start..<min(start + 64, rows.count)
                let a = try copy.frames(episode: episode, rows: stretch)
                let b = try original.frames(episode: episode, rows: stretch)
                frames += stretch.count
                guard a != b else { continue }
                for (x, y) in zip(a, b) {
                    let difference = abs(Int(x) - Int(y))
                    greatestDifference = max(greatestDifference, difference)
                    sum += Double(difference)
                }
            }
            try progress(episode + 1)
        }
        meanDifference = frames == 0 ? 0 : sum / Double(frames * old.frameSize.byteCount)
        guard meanDifference <= format.tolerance else {
            throw ForesightError.failure(
                "\(copy.source): pixels differ by \(meanDifference) of 255 in the mean, \(format.tolerance) is the limit",
                remedy: format.isLossless
                    ? "convert it again"
                    : (format == .jpeg ? "raise the quality, or " : "") + "choose a format without loss")
        }
    }
}
