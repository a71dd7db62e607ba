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
        let total = try Self.total(self.lengths, source: source)
        guard total > 0 else {
            throw ForesightError.data(
                "\(source) has no rows of any episode", remedy: "check its \(Self.lengthName), or record it again")
        }
        if let offsets {
            self.offsets = offsets
        } else {
            var next = 0
            self.offsets = self.lengths.map { length in
                defer { next += length }
                return next
            }
        }
        guard self.lengths.count == self.offsets.count else {
            throw ForesightError.data(
                "\(source): \(Self.lengthName) has \(self.lengths.count) episodes, \(Self.offsetName) "
                    + "\(self.offsets.count)", remedy: "write both with one number an episode")
        }
        for (episode, (length, offset)) in zip(self.lengths, self.offsets).enumerated()
        where offset > rows || length > rows - offset {
            throw ForesightError.data(
                "\(source): episode \(episode) is to end with row \(UInt(offset) + UInt(length)), there are \(rows)",
                remedy: Self.strange)
        }
        try checkApart(source: source)
    }

    /// Checks that no row belongs to two episodes, of which one may be held out while the other is learned from.
    ///
    /// - Throws: `ForesightError.data` with the first two that share rows.
    private func checkApart(source: String) throws {
        let filled = lengths.indices.filter { lengths[$0] > 0 }.sorted { offsets[$0] < offsets[$1] }
        for (one, other) in zip(filled, filled.dropFirst()) where offsets[other] < offsets[one] + lengths[one] {
            let end = min(offsets[one] + lengths[one], offsets[other] + lengths[other])
            throw ForesightError.data(
                "\(source): episodes \(min(one, other)) and \(max(one, other)) share the rows \(offsets[other]) to \(end - 1), "
                    + "so that what is held out would be learned from",
                remedy: "write \(Self.offsetName) and \(Self.lengthName) so that a row belongs to one episode")
        }
    }

    /// Checks what a file says of episodes that all have room for so many rows, `[episodes, room, …]`.
    ///
    /// - Parameters:
    ///   - lengths: The rows of each episode; `nil` where all fill their room.
    ///   - offsets: The first row of each, of all rows of all; `nil` where each begins with its room.
    ///   - episodes: How many episodes there is room for.
    ///   - room: The rows for which each has room.
    ///   - source: The file, for messages.
    /// - Throws: `ForesightError.data` when they do not fit.
    init(lengths: [Int]?, offsets: [Int]?, episodes: Int, room: Int, source: String) throws {
        let lengths = lengths ?? [Int](repeating: room, count: episodes)
        if offsets == nil {
            guard lengths.count == episodes else {
                throw ForesightError.data(
                    "\(source): \(Self.lengthName) has \(lengths.count) episodes, the pictures have \(episodes)",
                    remedy: Self.strange)
            }
            if let episode = lengths.firstIndex(where: { $0 > room }) {
                throw ForesightError.data(
                    "\(source): episode \(episode) is to have \(lengths[episode]) rows, there is room for \(room)",
                    remedy: Self.strange)
            }
        }
        try self.init(
            lengths: lengths, offsets: offsets ?? (0..<episodes).map { $0 * room }, rows: episodes * room,
            source: source)
    }

    private static let strange = "the file was cut off, or its \(lengthName) does not belong to it"

    /// The rows of all episodes.
    ///
    /// - Throws: `ForesightError.data` when that is no number.
    static func total(_ lengths: [Int], source: String) throws -> Int {
        try lengths.reduce(0) { sum, length in
            let (next, overflow) = sum.addingReportingOverflow(length)
            guard !overflow else {
                throw ForesightError.data(
                    "\(source): an episode is to have \(lengths.max() ?? 0) rows", remedy: Self.strange)
            }
            return next
        }
    }

    /// Says how many of so many rows belong to no episode; `nil` where all do.
    func note(rows: Int) -> String? {
        var (covered, end) = (0, 0)
        for (offset, length) in zip(offsets, lengths).sorted(by: { $0.0 < $1.0 }) {
            covered += max(0, offset + length - max(end, offset))
            end = max(end, offset + length)
        }
        guard covered < rows else { return nil }
        return "\(rows - covered) of \(rows) rows belong to no episode of \(Self.lengthName): left out"
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
