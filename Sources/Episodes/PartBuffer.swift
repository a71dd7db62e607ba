import Basics
import Foundation

/// Memory for one part of a text at a time.
struct PartBuffer {
    let text: LogText
    private var memory: UnsafeMutableRawBufferPointer?
    private let bytes: Int
    /// The part fetched last.
    private(set) var part = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// How many bytes behind the last one of the part may be looked at.
    private(set) var slack = 0

    init(text: LogText, bytes: Int) {
        self.text = text
        self.bytes = max(1, bytes)
    }

    /// Fetches the whole lines from a position on; `false` when they cannot be read.
    mutating func fetch(from position: Int) -> Bool {
        var wanted = min(bytes, text.count - position)
        while true {
            let isLast = position + wanted == text.count
            let piece: UnsafeBufferPointer<UInt8>
            switch text {
            case .memory(let all):
                piece = UnsafeBufferPointer(rebasing: all[position..<position + wanted])
            case .file(let file):
                let space = wanted + PlainRows.reach
                if memory.map({ $0.count < space }) ?? true {
                    free()
                    memory = .allocate(byteCount: space, alignment: 64)
                }
                guard let memory, let base = memory.baseAddress else { return false }
                let target = UnsafeMutableRawBufferPointer(rebasing: memory[..<wanted])
                guard let count = try? file.read(into: target, from: position), count == wanted else { return false }
                // What stands behind the last line is no part of it.
                if isLast { memset(base + wanted, 0, PlainRows.reach) }
                piece = UnsafeBufferPointer(target.assumingMemoryBound(to: UInt8.self))
            }
            if let end = isLast ? wanted : piece.lastIndex(of: Ascii.newline).map({ $0 + 1 }) {
                part = UnsafeBufferPointer(rebasing: piece[..<end])
                switch text {
                case .memory(let all): slack = all.count - position - end
                case .file: slack = wanted - end + PlainRows.reach
                }
                return true
            }
            wanted = min(2 * wanted, text.count - position)
        }
    }

    mutating func free() {
        memory?.deallocate()
        memory = nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How often a byte occurs.
    func count(of byte: UInt8) -> Int {
        guard let base = baseAddress else { return 0 }
        let start = UnsafeRawPointer(base)
        let (ones, lows) = (0x0101_0101_0101_0101 as UInt64, 0x7F7F_7F7F_7F7F_7F7F as UInt64)
        let pattern = ones &* UInt64(byte)
        var (total, place) = (0, 0)
        while place + 8 <= count {
            // Each of eight sums counts as far as a byte can.
            let end = Swift.min(count - 7, place + 255 * 8)
            var sums: UInt64 = 0
            while place < end {
                let other = start.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ pattern
                sums &+= (~(((other & lows) &+ lows) | other | lows)) >> 7
                place += 8
            }
            let (even, odd) = (sums & 0x00FF_00FF_00FF_00FF, sums >> 8 & 0x00FF_00FF_00FF_00FF)
            total += Int(((even &+ odd) &* 0x0001_0001_0001_0001) >> 48)
        }
        while place < count {
            total += base[place] == byte ? 1 : 0
            place += 1
        }
        return total
    }
}
