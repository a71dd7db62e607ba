import Basics
import Foundation
import Synchronization

/// A log that others still write: what is whole of it so far, as a file.
final class GrowingLog: Sendable {
    private struct State {
        var bytes = Data()
        var whole = 0
        var isOver = false
    }

    private let path: String
    private let copy: String
    private let state = Mutex(State())

    /// Opens a file, or standard input for `-`, which a thread reads from then on.
    init(_ path: String) {
        self.path = path
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

    /// A file with all whole lines so far; `nil` when there are no new ones.
    func next() throws -> String? {
        if path != "-" {
            let data = Data(try InputFile.bytes(path))
            state.withLock { $0.bytes = data }
        }
        let whole = state.withLock { state -> Data? in
            // The last line of what is over is whole, too.
            let end = state.isOver ? state.bytes.endIndex : (state.bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0)
            guard end > state.whole else { return nil }
            // A head without a row says nothing yet.
            guard state.bytes[..<end].count(where: { $0 == 10 }) > 1 || state.isOver else { return nil }
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
        return copy
    }

    /// Waits for more.
    func wait() { Thread.sleep(forTimeInterval: 0.5) }

    /// Removes the copy.
    func close() {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: copy).deletingLastPathComponent())
    }
}
