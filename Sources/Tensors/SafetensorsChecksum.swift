import Basics

/// The checksum that files of ours carry under `__metadata__`, because the format itself has none: a flipped bit in a
/// weight is still a valid file.
///
/// CRC-32C over the header as the writer prints it without the checksum, then over the bytes of all tensors. So it
/// covers names, types, shapes, places, the other metadata and the content, and not the spelling of the header.
enum SafetensorsChecksum {
    static let key = "crc32c"

    /// The checksum as eight hexadecimal digits.
    static func text(header: String, pieces: (_ append: (UnsafeRawBufferPointer) -> Void) -> Void) -> String {
        var sum = CRC32C()
        var header = header
        header.withUTF8 { sum.update(UnsafeRawBufferPointer($0)) }
        pieces { sum.update($0) }
        let digits = String(sum.value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func verify(
        _ header: SafetensorsHeader, file bytes: UnsafeRawBufferPointer, policy: SafetensorsFile.ChecksumPolicy
    ) throws {
        if case .ignored = policy { return }
        guard let stated = header.metadata[key] else {
            if case .verifiedIfPresent = policy { return }
            throw ForesightError.data(
                "the safetensors file has no checksum", remedy: "it is damaged or another program wrote it")
        }
        var metadata = header.metadata
        metadata[key] = nil
        let canonical = SafetensorsWriter.headerText(
            header.entries, metadata: metadata, payloadStart: header.payloadStart)
        let actual = text(header: canonical) { append in
            append(UnsafeRawBufferPointer(rebasing: bytes[header.payloadStart...]))
        }
        guard stated == actual else {
            throw ForesightError.data(
                "the safetensors file has the checksum \(actual), \(stated) was written into it",
                remedy: "it is damaged; take it from a copy")
        }
    }
}
