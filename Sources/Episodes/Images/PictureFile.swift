import Basics

/// A single picture in a file, PNG or JPEG.
public struct PictureFile: Sendable, Equatable {
    /// Its size.
    public let size: FrameSize
    /// Red, green and blue of each pixel, `[height, width, 3]`.
    public let pixels: [UInt8]

    /// Reads a picture.
    ///
    /// - Throws: `ForesightError.data` when it cannot be read, is damaged or of another kind; `ForesightError.unavailable`
    ///   without the library for its kind.
    public init(_ path: String) throws {
        let bytes = try InputFile.bytes(path)
        let size = try ImageDecoder.size(of: bytes, source: path)
        self.size = size
        pixels = try [UInt8](unsafeUninitializedCapacity: size.byteCount) { buffer, filled in
            try ImageDecoder.decode(
                bytes, size: size, source: path, into: .init(rebasing: buffer[..<size.byteCount]))
            filled = size.byteCount
        }
    }

    /// Writes a picture as PNG.
    ///
    /// - Throws: `ForesightError.unavailable` without the library; `ForesightError.failure` when it cannot be written.
    public static func writePNG(_ pixels: [UInt8], size: FrameSize, to path: String) throws {
        try AtomicFile.write(try ImageDecoder.encode(pixels[...], size: size, as: .png, quality: 0), to: path)
    }

    /// Reads a PNG or JPEG at another size, by averages over areas.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - size: The size that is wanted.
    /// - Returns: Red, green and blue, `[height, width, 3]`.
    /// - Throws: As ``init(_:)`` does.
    public static func read(_ path: String, size: FrameSize) throws -> [UInt8] {
        let picture = try PictureFile(path)
        return picture.size == size ? picture.pixels : scaled(picture.pixels, from: picture.size, to: size)
    }

    /// Scales a picture `[height, width, 3]`: each pixel becomes the mean of the area that it covers.
    public static func scaled(_ pixels: [UInt8], from own: FrameSize, to size: FrameSize) -> [UInt8] {
        precondition(pixels.count == own.byteCount, "\(pixels.count) bytes for a picture of \(own) pixels")
        let rows = shares(own.height, size.height)
        let columns = shares(own.width, size.width)
        var result: [UInt8] = []
        result.reserveCapacity(size.byteCount)
        for row in rows {
            // The mean over rows, then over columns.
            var line = [Double](repeating: 0, count: own.width * 3)
            for (place, share) in row {
                for index in line.indices { line[index] += share * Double(pixels[place * own.width * 3 + index]) }
            }
            for column in columns {
                for colour in 0..<3 {
                    let mean = column.reduce(0) { $0 + $1.share * line[$1.place * 3 + colour] }
                    result.append(UInt8(min(max(mean.rounded(.toNearestOrEven), 0), 255)))
                }
            }
        }
        return result
    }

    /// For each place of the target, the places of the source that it covers and their shares, which add up to 1.
    private static func shares(_ source: Int, _ target: Int) -> [[(place: Int, share: Double)]] {
        let ratio = Double(source) / Double(target)
        return (0..<target).map { index in
            let (low, high) = (Double(index) * ratio, Double(index + 1) * ratio)
            return (Int(low)..<min(source, Int(high.rounded(.up)))).compactMap { place in
                let share = (min(high, Double(place + 1)) - max(low, Double(place))) / ratio
                return share > 1e-9 ? (place, share) : nil
            }
        }
    }
}
