import Basics

/// The number types of the safetensors format that we read and write.
public enum SafetensorsType: String, Sendable, CaseIterable {
    /// IEEE 754, 64 bits.
    case float64 = "F64"
    /// IEEE 754, 32 bits.
    case float32 = "F32"
    /// IEEE 754, 16 bits.
    case float16 = "F16"
    /// The upper half of a 32-bit float.
    case bfloat16 = "BF16"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// One byte, 0 or 1.
    case bool = "BOOL"

    /// Bytes of one element.
    public var width: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// One tensor of a safetensors file: what it is and where its bytes stand.
public struct SafetensorsEntry: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The number type.
    public let type: SafetensorsType
    /// The shape; empty for a scalar.
    public let shape: [Int]
    /// Where the bytes stand, counted from the start of the file.
    public let range: Range<Int>

    /// The number of elements.
    public var count: Int { range.count / type.width }
}

/// The table of contents of a safetensors file, with every bound checked.
///
/// The format (https://github.com/huggingface/safetensors): eight bytes with the length of the header, a JSON header,
/// then the bytes of all tensors without holes. What a reader may meet is written by anyone, so nothing of it is
/// believed before it is checked against the size of the file.
public struct SafetensorsHeader: Sendable, Equatable {
    /// The tensors in the order of their bytes.
    public let entries: [SafetensorsEntry]
    /// The texts under `__metadata__`.
    public let metadata: [String: String]
    /// Where the first tensor's bytes may start, counted from the start of the file.
    public let payloadStart: Int

    /// No header may be longer, in bytes.
    public static let lengthLimit = 100_000_000

    /// Reads and checks the header of a whole file.
    ///
    /// - Throws: `ForesightError.data` with what does not hold.
    public init(file bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count >= 8 else { throw Self.fault("has \(bytes.count) bytes, at least 8 are needed") }
        let stated = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard stated <= UInt64(Self.lengthLimit) else {
            throw Self.fault("states a header of \(stated) bytes, \(Self.lengthLimit) are allowed")
        }
        let length = Int(stated)
        guard length <= bytes.count - 8 else {
            throw Self.fault("states a header of \(length) bytes, \(bytes.count - 8) follow")
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + length])
        guard text.first == UInt8(ascii: "{") else { throw Self.fault("has a header that does not begin with '{'") }
        let root: JSONValue
        do {
            root = try JSONParser.parse(text, depthLimit: 4)
        } catch let error as ForesightError {
            throw Self.fault("has a header that is not valid: \(error.message)")
        }
        guard case .object(var members) = root else { throw Self.fault("has a header that is no object") }
        metadata = try Self.metadata(of: members.removeValue(forKey: "__metadata__"))
        payloadStart = 8 + length
        entries = try Self.entries(of: members, payloadStart: 8 + length, fileCount: bytes.count)
    }

    private static func fault(_ what: String) -> ForesightError {
        .data("the safetensors file \(what)", remedy: "it is damaged or was not written whole")
    }

    private static func metadata(of value: JSONValue?) throws -> [String: String] {
        guard let value else { return [:] }
        guard let members = value.object else { throw fault("has metadata that are no object") }
        return try members.mapValues { value in
            guard let text = value.string else { throw fault("has metadata that are not texts") }
            return text
        }
    }

    /// The entries in the order of their bytes, which must fill the rest of the file one behind the other.
    private static func entries(
        of members: [String: JSONValue], payloadStart: Int, fileCount: Int
    ) throws -> [SafetensorsEntry] {
        var entries = try members.map { name, value in
            try entry(name: name, value: value, payloadStart: payloadStart, fileCount: fileCount)
        }
        sort(&entries)
        var end = payloadStart
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let what = entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
                throw fault("has the tensor '\(entry.name)' at byte \(entry.range.lowerBound), which \(what)")
            }
            end = entry.range.upperBound
        }
        guard end == fileCount else { throw fault("has \(fileCount) bytes, its tensors end at \(end)") }
        return entries
    }

    /// Sorts entries by their place. Tensors without elements share theirs with the next one: they come first.
    static func sort(_ entries: inout [SafetensorsEntry]) {
        entries.sort { a, b in
            (a.range.lowerBound, a.range.upperBound, a.name) < (b.range.lowerBound, b.range.upperBound, b.name)
        }
    }

    private static func entry(
        name: String, value: JSONValue, payloadStart: Int, fileCount: Int
    ) throws -> SafetensorsEntry {
        func wrong(_ what: String) -> ForesightError { fault("has the tensor '\(name)' with \(what)") }
        guard let members = value.object, members.count == 3 else { throw wrong("other keys than the format's three") }
        guard let typeName = members["dtype"]?.string else { throw wrong("no number type") }
        guard let type = SafetensorsType(rawValue: typeName) else {
            let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("the number type \(typeName), known are \(known)")
        }
        guard let sizes = members["shape"]?.array else { throw wrong("no shape") }
        var bytes = type.width
        let shape = try sizes.map { size in
            guard let size = size.int, size >= 0 else { throw wrong("a size that is no whole number from 0 on") }
            let (product, overflows) = bytes.multipliedReportingOverflow(by: size)
            guard !overflows else { throw wrong("a shape beyond all memory") }
            bytes = product
            return size
        }
        guard let offsets = members["data_offsets"]?.array, offsets.count == 2, let begin = offsets[0].int,
            let end = offsets[1].int
        else { throw wrong("no two offsets") }
        let available = fileCount - payloadStart
        guard begin >= 0, begin <= end, end <= available else {
            throw wrong("offsets \(begin) to \(end), the file has \(available) bytes for tensors")
        }
        guard end - begin == bytes else { throw wrong("\(end - begin) bytes, its shape needs \(bytes)") }
        return SafetensorsEntry(
            name: name, type: type, shape: shape, range: payloadStart + begin..<payloadStart + end)
    }
}
