import Basics

/// One `Event` of TensorBoard as a protocol buffer, and the record that frames it.
///
/// Field numbers from `tensorboard/compat/proto/event.proto` and `summary.proto`.
struct TensorBoardEvent {
    enum Content {
        /// The first event of each file.
        case fileVersion
        /// A start: readers drop what they hold from this step on.
        case sessionStart
        /// Values by tag.
        case scalars([(name: String, value: Double)])
    }

    var time: Double
    var step: Int
    var content: Content

    /// The event with length and checksums.
    func record() -> [UInt8] {
        let data = message()
        let length = Self.bytes(UInt64(data.count))
        return length + Self.bytes(Self.masked(length)) + data + Self.bytes(Self.masked(data))
    }

    /// The event as a protocol buffer.
    private func message() -> [UInt8] {
        var out = Self.key(1, .fixed64) + Self.bytes(time.bitPattern)
        if step != 0 { out += Self.key(2, .varint) + Self.varint(UInt64(bitPattern: Int64(step))) }
        switch content {
        case .fileVersion: out += Self.field(3, Array("brain.Event:2".utf8))
        case .sessionStart: out += Self.field(7, Self.key(1, .varint) + Self.varint(1))
        case .scalars(let values):
            let summary = values.flatMap { name, value in
                let scalar = Self.key(2, .fixed32) + Self.bytes(Float(value).bitPattern)
                return Self.field(1, Self.field(1, Array(name.utf8)) + scalar)
            }
            out += Self.field(5, summary)
        }
        return out
    }

    private enum WireType: UInt64 { case varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 }

    private static func key(_ number: UInt64, _ type: WireType) -> [UInt8] { varint(number << 3 | type.rawValue) }

    private static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        key(number, .delimited) + varint(UInt64(content.count)) + content
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var out: [UInt8] = []
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// The checksum as records bear it: rotated and shifted, so that the checksum of a checksum is none.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let crc = CRC32C.checksum(of: bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
