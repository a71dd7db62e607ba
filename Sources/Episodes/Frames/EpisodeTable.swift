import Basics

/// Where the episodes stand in arrays that hold the rows of all one after the other.
struct EpisodeTable: Sendable, Equatable {
    var lengths: [Int]
    var offsets: [Int]

    /// The names under which stable-worldmodel writes lengths and offsets.
    static let lengthName = "ep_len"
    static let offsetName = "ep_offset"

    /// Checks what a file says of its episodes.
    ///
    /// - Parameters:
    ///   - lengths: The rows of each episode; `nil` where the file has one episode.
    ///   - offsets: The first row of each; `nil` where one follows the other.
    ///   - rows: How many rows the file has.
    ///   - source: The file, for messages.
    /// - Throws: `ForesightError.data` when they do not fit.
    init(lengths: [Int]?, offsets: [Int]?, rows: Int, source: String) throws {
        self.lengths = lengths ?? [rows]
        var next = 0
        let following = self.lengths.map { length in
            defer { next += length }
            return next
        }
        self.offsets = offsets ?? following
        guard self.lengths.count == self.offsets.count else {
            throw ForesightError.data(
                "\(source): \(Self.lengthName) has \(self.lengths.count) episodes, \(Self.offsetName) "
                    + "\(self.offsets.count)", remedy: "write both with one number an episode")
        }
        for (episode, (length, offset)) in zip(self.lengths, self.offsets).enumerated()
        where offset > rows || length > rows - offset {
            throw ForesightError.data(
                "\(source): episode \(episode) is to end with row \(offset + length), there are \(rows)",
                remedy: "the file was cut off, or its \(Self.lengthName) does not belong to it")
        }
    }

    /// Rows of an episode as rows of the arrays.
    func rows(_ rows: Range<Int>, of episode: Int) -> Range<Int> {
        rows.lowerBound + offsets[episode]..<rows.upperBound + offsets[episode]
    }
}

/// How the pictures of a data set are found where it does not follow a convention.
public struct FrameReading: Sendable, Hashable {
    /// The name of the pictures; by default `pixels`, or the only array that can be pictures.
    public var pixels: String?

    /// Creates options.
    public init(pixels: String? = nil) { self.pixels = pixels }

    /// Chooses the pictures among names that could be them.
    ///
    /// - Throws: `ForesightError.data` when there is none, or no telling which.
    func choose(among candidates: [String], of all: [String], source: String) throws -> String {
        if let pixels {
            if candidates.contains(pixels) { return pixels }
            throw ForesightError.data(
                all.contains(pixels)
                    ? "\(source): \(pixels) holds no pictures of bytes [height, width, 3]"
                    : "\(source) has no \(pixels)",
                remedy: candidates.isEmpty
                    ? "it holds no pictures at all" : "it has pictures in \(candidates.joined(separator: ", "))")
        }
        if candidates.contains(FrameColumn.pixels) { return FrameColumn.pixels }
        if candidates.count == 1 { return candidates[0] }
        throw ForesightError.data(
            candidates.isEmpty
                ? "\(source) holds no pictures: none of \(all.joined(separator: ", ")) are bytes [rows, height, width, 3]"
                : "\(source) holds pictures in \(candidates.joined(separator: ", "))",
            remedy: candidates.isEmpty ? "store them as \(FrameColumn.pixels)" : "say which to take with --pixels")
    }
}
