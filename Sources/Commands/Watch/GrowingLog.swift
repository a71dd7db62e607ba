import Basics
import Foundation
import Synchronization

/// A log that others still write: what is whole of it so far, as a file.
///
/// Lines that nobody needs any more can be left out, so that it stays small however long it is followed.
final class GrowingLog: Sendable {
    /// What has happened to it.
    enum News: Equatable {
        /// There are new lines: a file with all whole ones so far, but those that are left out.
        case grown(String)
        /// It is shorter than it was or begins otherwise, as when another log takes its place.
        case replaced
        /// It is not there any more.
        case gone
    }

    private struct State {
        /// Whole lines that were taken up, without those that are left out.
        var text = Data()
        /// What the text would be with more of them left out, and how many these are.
        var shortened: (text: Data, lines: Int)?
        /// What came behind the lines that were taken up.
        var rest = Data()
        /// How many bytes were taken up, those that are left out included.
        var taken = 0
        /// The first of them, by which a file is known again.
        var first = Data()
        /// The last of them, for the same.
        var last = Data()
        var isOver = false
        /// Whether it was there when it was looked for last; `nil` before the first time.
        var isThere: Bool?
        /// What tells the file from itself later, as it was when it was read last.
        var stamp: Stamp?

        /// Bytes at either end that a file is known by.
        private static let mark = 1 << 16

        /// Takes up the whole lines of what came; `nil` when there are none, or no more than so many to begin with.
        mutating func takeUp(leastRows: Int) -> Data? {
            // The last line of what is over is whole, too.
            let end = isOver ? rest.endIndex : (rest.lastIndex(of: 10).map { $0 + 1 } ?? rest.startIndex)
            let new = Data(rest[rest.startIndex..<end])
            guard !new.isEmpty else { return nil }
            // Behind the head.
            guard isOver || taken > 0 || new.count(where: { $0 == 10 }) > leastRows else { return nil }
            text += new
            rest = Data(rest[end...])
            taken += new.count
            if first.count < Self.mark { first += new.prefix(Self.mark - first.count) }
            last = Data((new.count < Self.mark ? last + new : new).suffix(Self.mark))
            return text
        }
    }

    /// When a file was written last, how long it is, and which one it is.
    private struct Stamp: Equatable {
        var time: Date?
        var size: Int?
        var number: Int?

        init?(_ path: String) {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            time = attributes[.modificationDate] as? Date
            size = (attributes[.size] as? NSNumber)?.intValue
            number = (attributes[.systemFileNumber] as? NSNumber)?.intValue
        }
    }

    /// Seconds between two looks at least, and at most.
    private static let (pause, longestPause) = (0.5, 10.0)

    private let path: String
    /// Rows below which nothing can be said.
    private let leastRows: Int
    private let copy: String
    private let state = Mutex(State())

    /// Opens a file, or standard input for `-`, which a thread reads from then on; fewer than so many rows are no news.
    init(_ path: String, leastRows: Int = 2) {
        (self.path, self.leastRows) = (path, leastRows)
        let name = path == "-" ? "stdin.csv" : URL(fileURLWithPath: path).lastPathComponent
        let folder = FileManager.default.temporaryDirectory.path + "/foresight-watch-\(UUID().uuidString)"
        copy = "\(folder)/\(name)"
        if path == "-" {
            Thread.detachNewThread { [self] in
                while true {
                    let part = FileHandle.standardInput.availableData
                    state.withLock {
                        $0.rest += part
                        $0.isOver = part.isEmpty
                    }
                    if part.isEmpty { return }
                }
            }
        }
    }

    /// Whether nothing more will come.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// What has happened since it was asked last; `nil` when nothing has.
    ///
    /// - Throws: `ForesightError` when it was never there, or cannot be read or copied.
    func next() throws -> News? {
        if path != "-" {
            let wasThere = state.withLock { $0.isThere }
            if let wasThere, !FileManager.default.fileExists(atPath: path) {
                // Others put it aside, and begin it again in a moment or tomorrow.
                state.withLock { $0.isThere = false }
                return wasThere ? .gone : nil
            }
            // Before it is read: what is written meanwhile is seen the next time.
            let stamp = Stamp(path)
            let isKnown = state.withLock { state in
                let isKnown = stamp != nil && stamp == state.stamp
                if isKnown { state.isThere = true }
                return isKnown
            }
            guard !isKnown else { return nil }
            let file = try PositionedFile(path: path)
            let known = state.withLock { (taken: $0.taken, first: $0.first, last: $0.last) }
            guard file.count >= known.taken, try Self.bytes(of: file, 0..<known.first.count) == known.first,
                try Self.bytes(of: file, known.taken - known.last.count..<known.taken) == known.last
            else {
                state.withLock {
                    $0 = State()
                    $0.isThere = true
                }
                return .replaced
            }
            let rest = try Self.bytes(of: file, known.taken..<file.count)
            state.withLock { ($0.rest, $0.isThere, $0.stamp) = (rest, true, stamp) }
        }
        guard let text = state.withLock({ $0.takeUp(leastRows: leastRows) }) else { return nil }
        return .grown(try write(text))
    }

    /// The copy with all lines left out between the first and the last so many; `nil` where these are all there are.
    ///
    /// They stay left out once ``leaveOut()`` is called, and are there again at the next news otherwise.
    ///
    /// - Throws: `ForesightError` when it cannot be copied.
    func shortened(first: Int, last: Int) throws -> String? {
        let shortened = state.withLock { state -> Data? in
            state.shortened = nil
            let text = state.text
            var (start, end) = (text.startIndex, text.endIndex)
            for _ in 0..<first {
                guard let line = text[start...].firstIndex(of: 10) else { return nil }
                start = line + 1
            }
            // The end of the last line is no beginning of one.
            if end > start, text[end - 1] == 10 { end -= 1 }
            for _ in 0..<last {
                guard start < end, let line = text[start..<end].lastIndex(of: 10) else { return nil }
                end = line
            }
            let kept = Data(text[..<start] + text[(end + 1)...])
            state.shortened = (kept, text[start...end].count { $0 == 10 })
            return kept
        }
        return try shortened.map { try write($0) }
    }

    /// Leaves out for good what the copy was shortened by last, and says how many lines that is.
    func leaveOut() -> Int {
        state.withLock { state in
            guard let shortened = state.shortened else { return 0 }
            (state.text, state.shortened) = (shortened.text, nil)
            return shortened.lines
        }
    }

    /// Waits for more: the longer it takes to read what there is, the longer, so that a long log does not keep a processor busy.
    ///
    /// - Parameters:
    ///   - seconds: What the last reading took.
    ///   - isOver: Says that nobody waits any more.
    func wait(afterReading seconds: Double, until isOver: () -> Bool) {
        let pause = min(max(Self.pause, 3 * seconds), Self.longestPause)
        let start = ContinuousClock.now
        while !isOver() && ContinuousClock.now - start < .seconds(pause) { Thread.sleep(forTimeInterval: 0.1) }
    }

    /// Removes the copy.
    func close() {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: copy).deletingLastPathComponent())
    }

    private static func bytes(of file: PositionedFile, _ range: Range<Int>) throws -> Data {
        var data = Data(count: range.count)
        let count = try data.withUnsafeMutableBytes { try file.read(into: $0, from: range.lowerBound) }
        return Data(data.prefix(count))
    }

    /// Writes the copy, which is read under the log's own name.
    private func write(_ text: Data) throws -> String {
        if !FileManager.default.fileExists(atPath: copy) {
            try Folder.create(URL(fileURLWithPath: copy).deletingLastPathComponent().path)
            // What is known about the channels stands beside the log, and is looked for beside the copy.
            if path != "-", let channels = try ChannelsFile.beside([path]) {
                try AtomicFile.write(InputFile.text(channels), to: ChannelsFile.path(of: copy))
            }
        }
        try text.write(to: URL(fileURLWithPath: copy))
        return copy
    }
}
