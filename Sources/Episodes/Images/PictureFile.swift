public import Basics

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
}
