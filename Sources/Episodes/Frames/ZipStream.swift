import Basics

/// Writes a ZIP archive piece by piece, stored without packing, of any size.
///
/// A member's checksum follows it, so that it need not be known before. PKWARE, APPNOTE 6.3, 4.3.9 and 4.5.3.
struct ZipStream {
    private struct Entry {
        var name: String
        var size: Int
        var checksum: UInt32
        var offset: Int
    }

    private let output: AtomicFile.Writer
    private var entries: [Entry] = []
    private var offset = 0
    private var written = 0

    init(_ output: AtomicFile.Writer) { self.output = output }

    /// Begins a member of known size.
    mutating func begin(_ name: String, size: Int) throws {
        entries.append(Entry(name: name, size: size, checksum: 0, offset: offset))
        written = 0
        var header = Record()
        // Version 4.5 for long sizes, checksum behind the member, names in UTF-8, 1 January 1980.
        header.add(0x0403_4B50, 4)
        header.add((45, 2), (0x0808, 2), (0, 2), (0, 2), (0x21, 2), (0, 4), (0xFFFF_FFFF, 4), (0xFFFF_FFFF, 4))
        header.add((name.utf8.count, 2), (20, 2))
        header.bytes += name.utf8
        header.add((1, 2), (16, 2), (size, 8), (size, 8))
        try put(header.bytes)
    }

    /// Adds bytes to the member.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        entries[entries.count - 1].checksum = Zip.checksum(bytes, after: entries[entries.count - 1].checksum)
        written += bytes.count
        offset += bytes.count
        try output.append(bytes)
    }

    /// Ends the member.
    mutating func end() throws {
        let entry = entries[entries.count - 1]
        precondition(written == entry.size, "\(entry.name) has \(written) bytes, not \(entry.size)")
        var record = Record()
        record.add((0x0807_4B50, 4), (Int(entry.checksum), 4), (entry.size, 8), (entry.size, 8))
        try put(record.bytes)
    }

    /// Adds an array in NumPy's format; every machine that this runs on is little-endian, as its types say.
    mutating func add<Number>(_ name: String, _ type: String, _ shape: [Int], _ values: [Number]) throws {
        let header = NPYHeader.encoded(type, shape: shape)
        try begin(name + ".npy", size: header.count + values.count * MemoryLayout<Number>.stride)
        try header.withUnsafeBytes { try append($0) }
        try values.withUnsafeBytes { try append($0) }
        try end()
    }

    /// Ends the archive.
    mutating func finish() throws {
        let start = offset
        var record = Record()
        for entry in entries {
            record.add((0x0201_4B50, 4), (45, 2), (45, 2), (0x0808, 2), (0, 2), (0, 2), (0x21, 2))
            record.add((Int(entry.checksum), 4), (0xFFFF_FFFF, 4), (0xFFFF_FFFF, 4), (entry.name.utf8.count, 2))
            record.add((28, 2), (0, 2), (0, 2), (0, 2), (0, 4), (0xFFFF_FFFF, 4))
            record.bytes += entry.name.utf8
            record.add((1, 2), (24, 2), (entry.size, 8), (entry.size, 8), (entry.offset, 8))
        }
        let size = record.bytes.count
        record.add((0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4))
        record.add((entries.count, 8), (entries.count, 8), (size, 8), (start, 8))
        record.add((0x0706_4B50, 4), (0, 4), (start + size, 8), (1, 4))
        record.add((0x0605_4B50, 4), (0, 2), (0, 2), (0xFFFF, 2), (0xFFFF, 2), (0xFFFF_FFFF, 4), (0xFFFF_FFFF, 4))
        record.add((0, 2))
        try put(record.bytes)
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        offset += bytes.count
        try bytes.withUnsafeBytes { try output.append($0) }
    }

    private struct Record {
        var bytes: [UInt8] = []

        mutating func add(_ value: Int, _ width: Int) {
            for i in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
        }
        mutating func add(_ fields: (Int, Int)...) { for (value, width) in fields { add(value, width) } }
    }
}
