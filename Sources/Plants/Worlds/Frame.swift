/// A picture of a world: red, green and blue of each pixel, 0 to 255.
public struct Frame: Sendable, Hashable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The values, row-major `[height, width, 3]`, the top row first.
    public var pixels: [UInt8]

    /// Creates a black picture.
    public init(width: Int = 64, height: Int = 64) {
        precondition(width > 0 && height > 0, "a picture of \(width) × \(height) pixels")
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height * 3)
    }
}
