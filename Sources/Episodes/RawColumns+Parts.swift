import Basics
import Dispatch
import Foundation
import Synchronization

/// How many threads read a file at once.
struct ReadingParts: Sendable {
    /// Threads at most: beyond eight, memory is what all wait for.
    var threads = min(8, ProcessInfo.processInfo.activeProcessorCount)
    /// Bytes that a thread takes at a time: few enough to stay in a core's cache between being fetched and being read.
    var leastBytes = 1 << 18
    /// Files from this size on are never in memory as a whole.
    var pieceByPiece = 1 << 20
    /// Bytes that are looked at, at each of some places, to guess how many rows there are.
    var guessedBytes = 1 << 14
}

/// Where the text of a log is.
enum LogText {
    case memory(UnsafeBufferPointer<UInt8>)
    case file(PositionedFile)

    var count: Int {
        switch self {
        case .memory(let bytes): bytes.count
        case .file(let file): file.count
        }
    }
}

extension RawColumns {
    /// Reads all rows, large files in parts by several threads at once.
    ///
    /// What is read does not depend on how many there are. Where a part cannot be read, the text is read from its start, so that
    /// the error is that of its first line that does not fit.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, layout: DelimitedLayout, plan: TimePlan, stamps: TimeStampScanner,
        source: String, options: LogOptions, parts: ReadingParts
    ) throws -> RawColumns {
        let reading = PartsReading(
            text: .memory(bytes), layout: layout, plan: plan, stamps: stamps, source: source, options: options,
            policy: parts)
        var whole =
            try reading.columns()
            ?? rows(bytes, layout: layout, plan: plan, stamps: stamps, source: source, options: options)
        whole.dropEmptyEnd()
        return whole
    }
}

/// Reads a text in parts that end where lines do, each row to where it belongs among all.
///
/// Parts are taken in their order: one thread at a time fetches the next part and counts its lines, which says where its rows
/// go, and reads it while others fetch theirs. A row that does not end with its line (a quoted line end, an old line end without a
/// line feed) makes the part before the next one fail or come out longer than its lines; then nothing is read in parts.
struct PartsReading {
    let text: LogText
    let layout: DelimitedLayout
    let plan: TimePlan
    let stamps: TimeStampScanner
    let source: String
    let options: LogOptions
    let policy: ReadingParts

    /// What a part held, beside its numbers.
    private struct Part {
        /// The place of its first row among all.
        var row: Int
        var rest: RawColumns
    }

    /// How far reading has come; threads share it.
    private final class Shared: Sendable {
        let progress: Mutex<Progress>

        init(_ progress: Progress) { self.progress = Mutex(progress) }
    }

    private struct Progress {
        var position: Int
        var row = 0
        var line: Int
        /// Whether reading in parts is given up, and whether there were only more rows than memory for them.
        var hasFailed = false
        var isFull = false
        var parts: [Part] = []
    }

    /// The columns; `nil` where a part cannot be read by itself.
    ///
    /// - Throws: nothing but what reading the file does.
    func columns() throws -> RawColumns? {
        guard layout.position < text.count else { return nil }
        // Rows are guessed from some places of the text, and counted when there are more than that.
        for guess in [true, false] {
            guard let capacity = try rowCapacity(guess: guess) else { return nil }
            var raw = RawColumns(source: source, layout: layout, plan: plan)
            let width = raw.columns.count
            let shared = Shared(Progress(position: layout.position, line: layout.line))
            raw.values = [Double](unsafeUninitializedCapacity: max(1, capacity * width)) { memory, count in
                PositionedFile.prefersLargePages(UnsafeMutableRawBufferPointer(memory))
                fill(memory, rows: capacity, shared)
                let parts = shared.progress.withLock { progress in
                    progress.parts.sort { $0.row < $1.row }
                    return progress.hasFailed ? [] : progress.parts
                }
                count = PartsReading.close(parts, memory, width: width) * width
            }
            let end = shared.progress.withLock { progress in
                defer { progress.parts = [] }
                return progress
            }
            if end.isFull { continue }
            if end.hasFailed { return nil }
            for part in end.parts { raw.append(part.rest) }
            return raw
        }
        return nil
    }

    /// Fills memory by as many threads as there may be.
    private func fill(_ memory: UnsafeMutableBufferPointer<Double>, rows: Int, _ shared: Shared) {
        guard let base = memory.baseAddress else { return }
        // Each thread writes rows that no other has.
        nonisolated(unsafe) let (reading, numbers) = (self, base)
        let threads = max(1, min(policy.threads, (text.count - layout.position) / policy.leastBytes))
        if threads == 1 { return work(numbers, rows: rows, shared) }
        DispatchQueue.concurrentPerform(iterations: threads) { _ in reading.work(numbers, rows: rows, shared) }
    }

    /// Reads parts until there are no more.
    private func work(_ numbers: UnsafeMutablePointer<Double>, rows capacity: Int, _ shared: Shared) {
        var buffer = PartBuffer(text: text, bytes: policy.leastBytes)
        defer { buffer.free() }
        var raw = RawColumns(source: source, layout: layout, plan: plan)
        let width = raw.columns.count
        let hasStamps = !plan.stamps.isEmpty
        while true {
            let taken = shared.progress.withLock { progress -> (row: Int, line: Int, lines: Int, feeds: Int)? in
                guard !progress.hasFailed, progress.position < text.count else { return nil }
                guard buffer.fetch(from: progress.position) else {
                    progress.hasFailed = true
                    return nil
                }
                let feeds = buffer.part.count(of: Ascii.newline)
                // The last line of a text need not have an end.
                let lines = feeds + (buffer.part.last == Ascii.newline ? 0 : 1)
                guard progress.row + lines <= capacity else {
                    (progress.hasFailed, progress.isFull) = (true, true)
                    return nil
                }
                defer {
                    progress.position += buffer.part.count
                    progress.row += lines
                    progress.line += feeds
                }
                return (progress.row, progress.line, lines, feeds)
            }
            guard let taken else { return }
            (raw.lines, raw.stamps, raw.emptyRows, raw.stampKind) = ([], [], [], nil)
            raw.lines.reserveCapacity(taken.lines)
            if hasStamps { raw.stamps.reserveCapacity(taken.lines) }
            var reader = RowReader(
                buffer.part, slack: buffer.slack, from: 0, line: taken.line, layout: layout, plan: plan,
                stamps: stamps, source: source, options: options)
            var (place, left) = (numbers + taken.row * width, taken.lines)
            do {
                while left > 0, let row = try reader.next(into: place) {
                    raw.append(row, hasStamps: hasStamps)
                    place += width
                    left -= 1
                }
            } catch {
                return shared.progress.withLock { $0.hasFailed = true }
            }
            // Every line has been read, and no other.
            let hasFailed = reader.position != buffer.part.count || reader.line != taken.line + taken.feeds
            raw.stampKind = reader.stampKind
            let part = Part(row: taken.row, rest: raw)
            shared.progress.withLock {
                if hasFailed { $0.hasFailed = true }
                $0.parts.append(part)
            }
            if hasFailed { return }
        }
    }

    /// Closes the gaps that lines without samples left; the number of rows.
    private static func close(_ parts: [Part], _ memory: UnsafeMutableBufferPointer<Double>, width: Int) -> Int {
        guard let base = memory.baseAddress else { return 0 }
        var rows = 0
        for part in parts {
            let count = part.rest.lines.count
            if rows < part.row, count > 0 {
                memmove(base + rows * width, base + part.row * width, count * width * MemoryLayout<Double>.stride)
            }
            rows += count
        }
        return rows
    }

    /// For how many rows there is memory: some more than places all over the text let expect, or as many as there are lines.
    private func rowCapacity(guess: Bool) throws -> Int? {
        let (first, all) = (layout.position, text.count - layout.position)
        let (places, length) = (64, policy.guessedBytes)
        guard guess, all > 4 * places * length else { return try lines(first, all).map { $0 + 1 } }
        var found = 0
        for place in 0..<places {
            guard let lines = try lines(first + all / places * place, length) else { return nil }
            found += lines
        }
        return Int(1.06 * Double(found) * Double(all) / Double(places * length)) + 1024
    }

    /// The number of line ends in a stretch of the text.
    private func lines(_ first: Int, _ count: Int) throws -> Int? {
        switch text {
        case .memory(let bytes):
            return UnsafeBufferPointer(rebasing: bytes[first..<first + count]).count(of: Ascii.newline)
        case .file(let file):
            var found = 0
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 18), alignment: 64)
            defer { buffer.deallocate() }
            for start in stride(from: first, to: first + count, by: buffer.count) {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, first + count - start)])
                guard try file.read(into: part, from: start) == part.count else { return nil }
                found += UnsafeBufferPointer(part.assumingMemoryBound(to: UInt8.self)).count(of: Ascii.newline)
            }
            return found
        }
    }
}

extension RawColumns {
    /// Puts what is known of rows behind these that stand behind them in the file; their numbers stand there already.
    fileprivate mutating func append(_ next: RawColumns) {
        let rows = lines.count
        emptyRows.append(contentsOf: next.emptyRows.lazy.map { $0 + rows })
        stamps += next.stamps
        lines += next.lines
        stampKind = stampKind ?? next.stampKind
    }
}
