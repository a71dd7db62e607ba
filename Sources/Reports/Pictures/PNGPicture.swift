import CZlib

/// Writes pictures as PNG, for pages that hold them.
///
/// W3C, "Portable Network Graphics (PNG) Specification (Third Edition)". Rows are stored as they are or as differences
/// from the row above, whichever is said to pack better by the specification's rule (least sum of differences).
public enum PNGPicture {
    /// The bytes of a file with pixels `[height, width, 3]` of red, green and blue.
    public static func encode(_ pixels: some Collection<UInt8>, width: Int, height: Int) -> [UInt8] {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3,
            "\(pixels.count) bytes for a picture of \(width) × \(height) pixels")
        let pixels = Array(pixels)
        let stride = width * 3
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (stride + 1))
        for y in 0..<height {
            let row = pixels[y * stride..<(y + 1) * stride]
            guard y > 0 else {
                rows.append(0)
                rows += row
                continue
            }
            // Filter 2: the difference from the byte above.
            let up = zip(row, pixels[(y - 1) * stride..<y * stride]).map { $0 &- $1 }
            let isBetter = cost(up) < cost(row)
            rows.append(isBetter ? 2 : 0)
            rows += isBetter ? up[...] : row
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // Eight bits, colour 2 (red, green, blue), no interlacing.
        chunk("IHDR", word(width) + word(height) + [8, 2, 0, 0, 0], to: &file)
        chunk("IDAT", packed(rows), to: &file)
        chunk("IEND", [], to: &file)
        return file
    }

    /// The sum of differences as signed bytes.
    private static func cost(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) }
    }

    private static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(size))
        let status = compress2(&result, &size, bytes, uLong(bytes.count), 9)
        precondition(status == Z_OK, "zlib cannot pack \(bytes.count) bytes: status \(status)")
        return Array(result[..<Int(size)])
    }

    private static func chunk(_ kind: String, _ content: [UInt8], to file: inout [UInt8]) {
        let body = Array(kind.utf8) + content
        file += word(content.count) + body + word(Int(crc32(0, body, UInt32(body.count))))
    }

    private static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
