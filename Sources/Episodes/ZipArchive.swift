import Basics
import CZlib

/// One file in a ZIP archive.
struct ZipMember {
    var name: String
    var method: Int
    var checksum: UInt32
    var compressedSize: Int
    var size: Int
    var headerOffset: Int
}

/// Reads the members of a ZIP archive, stored or deflated, with every offset checked.
///
/// PKWARE, "APPNOTE.TXT – .ZIP File Format Specification", 6.3.
struct ZipArchive<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
    typealias Member = ZipMember

    let bytes: Bytes
    let source: String
    let members: [Member]

    /// Reads the list of members.
    ///
    /// - Throws: `ForesightError.data` when the archive is truncated or damaged.
    init(_ bytes: Bytes, source: String) throws {
        self.bytes = bytes
        self.source = source
        let fault = ForesightError.data(
            "\(source) is not a whole ZIP archive", remedy: "copy the file again; it may have been cut off")
        // The end record is 22 bytes and a remark of at most 65,535.
        let earliest = max(0, bytes.count - 22 - 65_535)
        guard bytes.count >= 22,
            let end = stride(from: bytes.count - 22, through: earliest, by: -1).first(where: {
                bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4B && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
            })
        else { throw fault }
        let view = LittleEndian(bytes)
        guard var count = view.integer(end + 10, 2), var offset = view.integer(end + 16, 4) else { throw fault }
        if count == 0xFFFF || offset == 0xFFFF_FFFF {
            guard let record = view.integer(end - 20 + 8, 8), end >= 20, view.integer(record, 4) == 0x0606_4B50,
                let longCount = view.integer(record + 32, 8), let longOffset = view.integer(record + 48, 8)
            else { throw fault }
            (count, offset) = (longCount, longOffset)
        }
        var members: [Member] = []
        for _ in 0..<count {
            guard view.integer(offset, 4) == 0x0201_4B50, let method = view.integer(offset + 10, 2),
                let checksum = view.integer(offset + 16, 4), var compressed = view.integer(offset + 20, 4),
                var size = view.integer(offset + 24, 4), let nameLength = view.integer(offset + 28, 2),
                let extraLength = view.integer(offset + 30, 2), let remarkLength = view.integer(offset + 32, 2),
                var header = view.integer(offset + 42, 4), offset + 46 + nameLength + extraLength <= bytes.count
            else { throw fault }
            let extras = offset + 46 + nameLength
            Self.readLongSizes(view, extras..<extras + extraLength, &size, &compressed, &header)
            members.append(
                Member(
                    name: Ascii.text(bytes[offset + 46..<extras]), method: method, checksum: UInt32(checksum),
                    compressedSize: compressed, size: size, headerOffset: header))
            offset = extras + extraLength + remarkLength
        }
        self.members = members
    }

    /// Sizes that do not fit into 32 bits stand in an extra field, in this order, those that are needed only.
    private static func readLongSizes(
        _ view: LittleEndian<Bytes>, _ extras: Range<Int>, _ size: inout Int, _ compressed: inout Int,
        _ header: inout Int
    ) {
        var offset = extras.lowerBound
        while offset + 4 <= extras.upperBound, let kind = view.integer(offset, 2),
            let length = view.integer(offset + 2, 2)
        {
            if kind == 1 {
                var field = offset + 4
                func long(_ value: inout Int) {
                    guard value == 0xFFFF_FFFF, let wide = view.integer(field, 8) else { return }
                    value = wide
                    field += 8
                }
                long(&size)
                long(&compressed)
                long(&header)
            }
            offset += 4 + length
        }
    }

    /// The content of a member, unpacked and compared with its checksum.
    ///
    /// - Throws: `ForesightError.data` when it is truncated, damaged, or packed in another way.
    func content(_ member: Member) throws -> [UInt8] {
        let fault = damage(member)
        let packed = bytes[try range(of: member)]
        let content: [UInt8]
        switch member.method {
        case 0:
            guard member.size == member.compressedSize else { throw fault }
            content = Array(packed)
        case 8:
            // Deflate cannot pack tighter than about 1032 to one: a greater size is a lie.
            guard member.size >= 0, member.size / 1040 <= member.compressedSize,
                let unpacked = Zip.inflate(Array(packed), size: member.size)
            else { throw fault }
            content = unpacked
        default:
            throw ForesightError.data(
                "\(source): member \(member.name) is packed by method \(member.method), not stored or deflated",
                remedy: "write the archive with numpy.savez or numpy.savez_compressed")
        }
        guard Zip.checksum(content) == member.checksum else { throw fault }
        return content
    }

    /// Where the content of a member stands in the archive, packed as it is.
    ///
    /// - Throws: `ForesightError.data` when it does not lie within.
    func range(of member: Member) throws -> Range<Int> {
        let view = LittleEndian(bytes)
        guard view.integer(member.headerOffset, 4) == 0x0403_4B50,
            let nameLength = view.integer(member.headerOffset + 26, 2),
            let extraLength = view.integer(member.headerOffset + 28, 2)
        else { throw damage(member) }
        let start = member.headerOffset + 30 + nameLength + extraLength
        guard member.compressedSize >= 0, start <= bytes.count, member.compressedSize <= bytes.count - start else {
            throw damage(member)
        }
        return start..<start + member.compressedSize
    }

    private func damage(_ member: Member) -> ForesightError {
        .data("\(source): member \(member.name) is damaged", remedy: "copy the file again; it may have been cut off")
    }
}

/// What packing and unpacking of ZIP archives need.
enum Zip {

    /// The CRC-32 of bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0) }
    }

    /// The CRC-32 of bytes that follow others.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        var checksum = UInt(earlier)
        var start = 0
        while start < bytes.count {
            let count = min(bytes.count - start, 1 << 30)
            let pointer = bytes.bindMemory(to: UInt8.self).baseAddress.map { $0 + start }
            checksum = UInt(crc32(uLong(checksum), pointer, UInt32(count)))
            start += count
        }
        return UInt32(truncatingIfNeeded: checksum)
    }

    /// Unpacks a raw deflate stream of known size; `nil` when it is damaged or has another size.
    static func inflate(_ packed: [UInt8], size: Int) -> [UInt8]? {
        guard packed.count <= UInt32.max else { return nil }
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var packed = packed
        var result: [UInt8] = []
        result.reserveCapacity(size)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        return packed.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while true {
                let (status, produced) = chunk.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return (status, output.count - Int(stream.avail_out))
                }
                result.append(contentsOf: chunk[..<produced])
                if result.count > size { return nil }
                if status == Z_STREAM_END { return result.count == size ? result : nil }
                if status != Z_OK || (produced == 0 && stream.avail_in == 0) { return nil }
            }
        }
    }
}

/// Reads little-endian integers with bounds checked.
struct LittleEndian<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
    let bytes: Bytes

    init(_ bytes: Bytes) { self.bytes = bytes }

    /// The unsigned integer at an offset; `nil` beyond the end, or when it does not fit.
    func integer(_ offset: Int, _ width: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - width else { return nil }
        var value: UInt64 = 0
        for i in (0..<width).reversed() { value = value << 8 | UInt64(bytes[bytes.startIndex + offset + i]) }
        return Int(exactly: value)
    }
}
