import Basics
import Foundation
import Synchronization

/// A log that others still write: what is whole of it so far, as a file.
final class GrowingLog: Sendable {
    /// What has happened to it.
    enum News: Equatable {
        /// There are new lines: a file with all whole ones so far.
        case grown(String)
        /// It is shorter than it was or begins otherwise, as when another log takes its place.
        case replaced
        /// It is not there any more.
        case gone
    }

    private struct State {
        var bytes = Data()
        var whole = 0
        var isOver = false
        /// Whether it was there when it was looked for last; `nil` before the first time.
        var isThere: Bool?
        /// What tells the file from itself later, as it was when it was read last.
        var stamp: Stamp?
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
                        $0.bytes += part
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
            let data = Data(try InputFile.bytes(path))
            let isReplaced = state.withLock { state in
                let isReplaced = data.prefix(state.whole) != state.bytes.prefix(state.whole)
                if isReplaced { state.whole = 0 }
                (state.bytes, state.isThere, state.stamp) = (data, true, stamp)
                return isReplaced
            }
            if isReplaced {
                state.withLock { $0.stamp = nil }
                return .replaced
            }
        }
        let whole = state.withLock { state -> Data? in
            // The last line of what is over is whole, too.
            let end = state.isOver ? state.bytes.endIndex : (state.bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0)
            guard end > state.whole else { return nil }
            // Behind the head.
            guard state.bytes[..<end].count(where: { $0 == 10 }) > leastRows || state.isOver else { return nil }
            state.whole = end
            return state.bytes[..<end]
        }
        guard let whole else { return nil }
        if !FileManager.default.fileExists(atPath: copy) {
            try Folder.create(URL(fileURLWithPath: copy).deletingLastPathComponent().path)
            // What is known about the channels stands beside the log, and is looked for beside the copy.
            if path != "-", let channels = try ChannelsFile.beside([path]) {
                try AtomicFile.write(InputFile.text(channels), to: ChannelsFile.path(of: copy))
            }
        }
        try whole.write(to: URL(fileURLWithPath: copy))
        return .grown(copy)
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
}
