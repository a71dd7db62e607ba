import Basics

/// How large the pictures of a data set are.
public struct FrameSize: Sendable, Hashable, CustomStringConvertible {
    /// Rows of pixels.
    public var height: Int
    /// Pixels in a row.
    public var width: Int

    /// Creates a size.
    public init(height: Int, width: Int) {
        precondition(height > 0 && width > 0, "pictures of \(width) × \(height) pixels")
        self.height = height
        self.width = width
    }

    /// Bytes of one picture `[height, width, 3]`.
    public var byteCount: Int { height * width * 3 }
    /// Width and height in pixels.
    public var description: String { "\(width) × \(height)" }
}

/// Numbers that a data set holds beside its pictures, some for every row.
public struct FrameColumn: Sendable, Hashable {
    /// The name, such as `action`.
    public var name: String
    /// The shape of one row; empty for a single number that stands without brackets.
    public var shape: [Int]

    /// Numbers in a row.
    public var width: Int { shape.reduce(1, *) }

    /// Creates a column of vectors.
    public init(_ name: String, width: Int) { self.init(name, shape: [width]) }

    /// Creates a column of any shape.
    public init(_ name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    /// The name of the actions: row t holds what was done when the picture of row t had been seen.
    public static let action = "action"
    /// The name of what a body senses of itself.
    public static let proprioception = "proprio"
    /// The name of the privileged state of a simulator: for evaluators and probes, never for a planner.
    public static let state = "state"
    /// The name of the pictures.
    public static let pixels = "pixels"
}

/// What a data set of pictures consists of: the size of a picture, the columns beside them, the length of each episode.
public struct FrameLayout: Sendable, Hashable {
    /// The size of every picture.
    public var frameSize: FrameSize
    /// The columns beside the pictures.
    public var columns: [FrameColumn]
    /// The rows of each episode.
    public var lengths: [Int]

    /// Creates a layout.
    public init(frameSize: FrameSize, columns: [FrameColumn], lengths: [Int] = []) {
        precondition(Set(columns.map(\.name)).count == columns.count, "two columns have one name")
        self.frameSize = frameSize
        self.columns = columns
        self.lengths = lengths
    }

    /// The rows of all episodes.
    public var rowCount: Int { lengths.reduce(0, +) }

    /// The row in which each episode begins, where all episodes stand one after the other.
    public var offsets: [Int] {
        var next = 0
        return lengths.map { length in
            defer { next += length }
            return next
        }
    }

    /// Numbers in an action; 0 when the data set holds none.
    public var actionWidth: Int { columns.first { $0.name == FrameColumn.action }?.width ?? 0 }

    /// The index of a column.
    ///
    /// - Throws: `ForesightError.data` when there is none of that name.
    public func index(of name: String, source: String) throws -> Int {
        if let index = columns.firstIndex(where: { $0.name == name }) { return index }
        let names = columns.map(\.name)
        let near = nearestNameQuestion(to: name, among: names)
        throw ForesightError.data(
            "\(source) has no column \(name)",
            remedy: near ?? (names.isEmpty ? "it holds pictures only" : "it has \(names.joined(separator: ", "))"))
    }
}
