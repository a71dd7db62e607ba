import Basics

/// A picture in a file of its own.
public enum PictureFile {
    /// Reads a PNG or JPEG at another size, by averages over areas.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - size: The size that is wanted.
    /// - Returns: Red, green and blue, `[height, width, 3]`.
    /// - Throws: `ForesightError.data` when it is not there, damaged or another kind of file, `.unavailable` without the
    ///   library for its kind.
    public static func read(_ path: String, size: FrameSize) throws -> [UInt8] {
        let packed = try InputFile.bytes(path)
        let own = try ImageDecoder.size(of: packed, source: path)
        var pixels = [UInt8](repeating: 0, count: own.byteCount)
        try pixels.withUnsafeMutableBufferPointer {
            try ImageDecoder.decode(packed, size: own, source: path, into: $0)
        }
        return own == size ? pixels : scaled(pixels, from: own, to: size)
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
