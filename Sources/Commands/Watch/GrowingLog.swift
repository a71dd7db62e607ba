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
    }

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
            let data = Data(try InputFile.bytes(path))
            let isReplaced = state.withLock { state in
                let isReplaced = data.prefix(state.whole) != state.bytes.prefix(state.whole)
                if isReplaced { state.whole = 0 }
                (state.bytes, state.isThere) = (data, true)
                return isReplaced
            }
            if isReplaced { return .replaced }
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

    /// Waits for more.
    func wait() { Thread.sleep(forTimeInterval: 0.5) }

    /// Removes the copy.
    func close() {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: copy).deletingLastPathComponent())
    }
}
