import Basics

/// What is in a data set of pictures: how much, and the ranges of its numbers.
public struct FrameInspection: Sendable {
    /// What the numbers of one column are like.
    public struct Column: Sendable {
        /// The column.
        public var column: FrameColumn
        /// The least number; `nil` where all are missing.
        public var minimum: Float?
        /// The greatest number; `nil` where all are missing.
        public var maximum: Float?
        /// The mean; `nil` where all are missing.
        public var mean: Double?
        /// Numbers that are missing (NaN).
        public var missing: Int
    }

    /// Each column.
    public private(set) var columns: [Column] = []
    /// The mean of the bytes of the pictures that were looked at.
    public private(set) var meanBrightness = 0.0
    /// The least and the greatest byte of the pictures that were looked at.
    public private(set) var brightness: ClosedRange<UInt8> = 0...0
    /// The pictures that were looked at, spread over all episodes.
    public private(set) var framesSeen = 0

    /// Looks at all numbers, and at about so many pictures.
    ///
    /// - Throws: `ForesightError.data` when a file cannot be read or is damaged.
    public init(_ dataset: any FrameDataset, frames limit: Int = 256) throws {
        let layout = dataset.layout
        for column in layout.columns { columns.append(try FrameInspection.summary(of: column, in: dataset)) }
        let stride = max(1, layout.rowCount / max(1, limit))
        var (sum, count) = (0.0, 0)
        var (low, high) = (UInt8.max, UInt8.min)
        for (episode, length) in layout.lengths.enumerated() where framesSeen < limit {
            let start = min(episode % stride, length)
            let bytes = try dataset.frames(episode: episode, rows: start..<length, stride: stride)
            framesSeen += bytes.count / layout.frameSize.byteCount
            count += bytes.count
            for byte in bytes {
                sum += Double(byte)
                low = min(low, byte)
                high = max(high, byte)
            }
        }
        guard count > 0 else { return }
        meanBrightness = sum / Double(count)
        brightness = low...high
    }

    private static func summary(of column: FrameColumn, in dataset: any FrameDataset) throws -> Column {
        var (sum, count, missing) = (0.0, 0, 0)
        var (low, high) = (Float.infinity, -Float.infinity)
        for (episode, length) in dataset.layout.lengths.enumerated() {
            for value in try dataset.values(of: column.name, episode: episode, rows: 0..<length) {
                if value.isNaN {
                    missing += 1
                    continue
                }
                sum += Double(value)
                count += 1
                low = min(low, value)
                high = max(high, value)
            }
        }
        return Column(
            column: column, minimum: count > 0 ? low : nil, maximum: count > 0 ? high : nil,
            mean: count > 0 ? sum / Double(count) : nil, missing: missing)
    }
}
