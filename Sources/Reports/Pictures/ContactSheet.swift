/// Many pictures of one size as one: rows of them, with white gaps.
public struct ContactSheet: Sendable {
    /// Pixels in a row of the sheet.
    public let width: Int
    /// Rows of pixels of the sheet.
    public let height: Int
    /// The pixels, `[height, width, 3]`.
    public private(set) var pixels: [UInt8]

    /// Lays a sheet out.
    ///
    /// - Parameters:
    ///   - rows: The pictures of each row, `[height, width, 3]`; rows may be of different length.
    ///   - width: Pixels in a row of a picture.
    ///   - height: Rows of a picture.
    ///   - gap: White pixels between two pictures.
    public init(_ rows: [[[UInt8]]], width: Int, height: Int, gap: Int = 2) {
        let across = rows.map(\.count).max() ?? 0
        precondition(across > 0 && width > 0 && height > 0 && gap >= 0, "no pictures on a sheet")
        self.width = across * (width + gap) - gap
        self.height = rows.count * (height + gap) - gap
        pixels = [UInt8](repeating: 255, count: self.width * self.height * 3)
        for (y, row) in rows.enumerated() {
            for (x, picture) in row.enumerated() {
                precondition(picture.count == width * height * 3, "a picture is not of \(width) × \(height) pixels")
                for line in 0..<height {
                    let start = ((y * (height + gap) + line) * self.width + x * (width + gap)) * 3
                    pixels.replaceSubrange(
                        start..<start + width * 3, with: picture[line * width * 3..<(line + 1) * width * 3])
                }
            }
        }
    }

    /// The sheet as PNG.
    public var png: [UInt8] { PNGPicture.encode(pixels, width: width, height: height) }
}
