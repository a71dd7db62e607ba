import Basics
import Dispatch
import Foundation
import Synchronization

/// How many threads read a file at once.
struct ReadingParts: Sendable {
    /// Threads at most: beyond eight, memory is what all wait for.
    var threads = min(8, ProcessInfo.processInfo.activeProcessorCount)
    /// Bytes that are worth a thread of their own.
    var leastBytes = 1 << 20
}

extension RawColumns {
    /// Reads all rows, large files in parts by several threads at once.
    ///
    /// What is read does not depend on how many there are. Where a part cannot be read, the file is read from its start, so that
    /// the error is that of its first line that does not fit.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, layout: DelimitedLayout, plan: TimePlan, stamps: TimeStampScanner,
        source: String, options: LogOptions, parts policy: ReadingParts
    ) throws -> RawColumns {
        let starts = starts(of: bytes, from: layout.position, policy)
        // Read by all threads and written by none, until they have ended.
        nonisolated(unsafe) let shared = bytes
        @Sendable func part(_ index: Int, of starts: [Int]) throws -> RawColumns {
            let end = index + 1 < starts.count ? starts[index + 1] : shared.count
            return try rows(
                UnsafeBufferPointer(rebasing: shared[..<end]), from: starts[index],
                line: index == 0 ? layout.line : 0, share: index == 0 ? starts.count : 1, layout: layout, plan: plan,
                stamps: stamps, source: source, options: options)
        }
        var parts = [RawColumns?](repeating: nil, count: starts.count)
        if starts.count > 1 {
            let read = Mutex(parts)
            DispatchQueue.concurrentPerform(iterations: starts.count) { index in
                let columns = try? part(index, of: starts)
                read.withLock { $0[index] = columns }
            }
            parts = read.withLock { columns in
                defer { columns = [] }
                return columns
            }
        }
        var whole: RawColumns
        if let first = parts[0], parts.allSatisfy({ $0 != nil }) {
            whole = first
            parts[0] = nil  // So that its memory is this one's alone, and the others go behind it.
            for next in parts.dropFirst() { if let next { whole.append(next, firstLine: layout.line) } }
        } else {
            whole = try part(0, of: [layout.position])
        }
        whole.dropEmptyEnd()
        return whole
    }

    /// Where parts begin, each at the start of a line: one part where quotes may hold line ends.
    private static func starts(of bytes: UnsafeBufferPointer<UInt8>, from first: Int, _ policy: ReadingParts) -> [Int] {
        let count = min(policy.threads, (bytes.count - first) / policy.leastBytes)
        guard count > 1, let base = bytes.baseAddress, memchr(base, Int32(Ascii.quote), bytes.count) == nil else {
            return [first]
        }
        var starts = [first]
        for index in 1..<count {
            let wanted = first + (bytes.count - first) / count * index
            guard wanted > starts[starts.count - 1],
                let found = memchr(base + wanted, Int32(Ascii.newline), bytes.count - wanted)
            else { continue }
            let start = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
            if start < bytes.count, start > starts[starts.count - 1] { starts.append(start) }
        }
        return starts
    }

    /// Puts rows behind these that stand behind them in the file.
    private mutating func append(_ next: RawColumns, firstLine: Int) {
        let (rows, line) = (lines.count, firstLine + passedLines)
        values += next.values
        stamps += next.stamps
        stampKind = stampKind ?? next.stampKind
        lines.append(contentsOf: next.lines.lazy.map { $0 + line })
        emptyRows.append(contentsOf: next.emptyRows.lazy.map { $0 + rows })
        passedLines += next.passedLines
    }
}
