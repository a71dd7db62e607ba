/// The CRC-32C (Castagnoli) checksum of data that comes in pieces: TensorBoard's records and our tensor files bear it.
///
/// RFC 3720, appendix B.4. Finds every error burst of up to 32 bits; it does not guard against intent.
public struct CRC32C: Sendable, Equatable {
    private var register: UInt32 = 0xFFFF_FFFF

    /// Creates the checksum of nothing yet.
    public init() {}

    /// The checksum of bytes.
    public static func checksum(of bytes: [UInt8]) -> UInt32 {
        var sum = CRC32C()
        bytes.withUnsafeBytes { sum.update($0) }
        return sum.value
    }

    /// The checksum of what was taken in so far.
    public var value: UInt32 { ~register }

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        register = Self.tables.withUnsafeBufferPointer { tables in
            var crc = register
            var offset = 0
            // Eight bytes a step through eight tables (Kounavis and Berry, 2005).
            while offset &+ 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word &>> 32)
                crc = tables[0x700 | Int(low & 0xFF)] ^ tables[0x600 | Int((low &>> 8) & 0xFF)]
                crc ^= tables[0x500 | Int((low &>> 16) & 0xFF)] ^ tables[0x400 | Int(low &>> 24)]
                crc ^= tables[0x300 | Int(high & 0xFF)] ^ tables[0x200 | Int((high &>> 8) & 0xFF)]
                crc ^= tables[0x100 | Int((high &>> 16) & 0xFF)] ^ tables[Int(high &>> 24)]
                offset &+= 8
            }
            while offset < bytes.count {
                crc = tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)] ^ (crc &>> 8)
                offset &+= 1
            }
            return crc
        }
    }

    /// Eight tables of 256 entries; table `k` moves a byte through `k` further zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82F6_3B78 ^ (crc >> 1) : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = tables[Int(previous & 0xFF)] ^ (previous >> 8)
        }
        return tables
    }()
}
