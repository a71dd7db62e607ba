public import Basics

/// A tensor's content on its way into a safetensors file.
public struct SafetensorsData: Sendable, Equatable {
    /// The number type.
    public let type: SafetensorsType
    /// The shape; empty for a scalar.
    public let shape: [Int]
    /// The elements, row-major, little-endian.
    public let bytes: [UInt8]

    /// Creates content from bytes, which must fit type and shape.
    public init(type: SafetensorsType, shape: [Int], bytes: [UInt8]) {
        let count = shape.reduce(1, *)
        precondition(bytes.count == count * type.width, "\(bytes.count) bytes do not fill \(shape) of \(type.rawValue)")
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// Creates content of 32-bit floats, row-major.
    public init(floats: [Float], shape: [Int]) {
        let words = floats.map(\.bitPattern.littleEndian)
        self.init(type: .float32, shape: shape, bytes: words.withUnsafeBytes { Array($0) })
    }

    /// Creates content of 64-bit whole numbers, row-major.
    public init(integers: [Int64], shape: [Int]) {
        let words = integers.map(\.littleEndian)
        self.init(type: .int64, shape: shape, bytes: words.withUnsafeBytes { Array($0) })
    }
}

/// Writes safetensors files, the same bytes for the same content.
///
/// Tensors stand by width, widest first, then by name; the header is padded with spaces to a multiple of eight bytes:
/// so every tensor is aligned to its width. The metadata get a checksum, `crc32c`.
public enum SafetensorsWriter {
    /// Writes a file under a temporary name, syncs it and renames it.
    ///
    /// - Throws: `ForesightError.failure` with path and cause; the old file is then unchanged.
    public static func write(
        _ tensors: [String: SafetensorsData], metadata: [String: String] = [:], to path: String,
        storage: some FileStorage = DiskStorage()
    ) throws {
        let (header, order) = layout(tensors, metadata: metadata)
        try AtomicFile.write(to: path, storage: storage) { writer in
            try header.withUnsafeBytes(writer.append)
            for tensor in order { try tensor.bytes.withUnsafeBytes(writer.append) }
        }
    }

    /// The bytes of the file.
    public static func bytes(_ tensors: [String: SafetensorsData], metadata: [String: String] = [:]) -> [UInt8] {
        let (header, order) = layout(tensors, metadata: metadata)
        return order.reduce(into: header) { $0 += $1.bytes }
    }

    /// Length and header with padding, and the contents in their order.
    private static func layout(
        _ tensors: [String: SafetensorsData], metadata: [String: String]
    ) -> (header: [UInt8], order: [SafetensorsData]) {
        let sorted = tensors.sorted { a, b in
            (-a.value.type.width, a.key) < (-b.value.type.width, b.key)
        }
        var end = 0
        precondition(tensors["__metadata__"] == nil, "the format keeps the name __metadata__ for itself")
        var entries = sorted.map { name, data in
            defer { end += data.bytes.count }
            return SafetensorsEntry(name: name, type: data.type, shape: data.shape, range: end..<end + data.bytes.count)
        }
        SafetensorsHeader.sort(&entries)
        var metadata = metadata
        metadata[SafetensorsChecksum.key] = nil
        let plain = headerText(entries, metadata: metadata, payloadStart: 0)
        metadata[SafetensorsChecksum.key] = SafetensorsChecksum.text(header: plain) { append in
            for (_, data) in sorted { data.bytes.withUnsafeBytes { append($0) } }
        }
        var text = Array(headerText(entries, metadata: metadata, payloadStart: 0).utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        return (length + text, sorted.map(\.value))
    }

    /// The JSON header of entries in the order of their bytes.
    static func headerText(_ entries: [SafetensorsEntry], metadata: [String: String], payloadStart: Int) -> String {
        var parts: [String] = []
        if !metadata.isEmpty {
            parts.append("\"__metadata__\":" + JSONValue.object(metadata.mapValues { .string($0) }).text())
        }
        for entry in entries {
            let name = JSONValue.string(entry.name).text()
            let shape = entry.shape.map(String.init).joined(separator: ",")
            let (begin, end) = (entry.range.lowerBound - payloadStart, entry.range.upperBound - payloadStart)
            let offsets = "\(begin),\(end)"
            parts.append(
                "\(name):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}")
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}
