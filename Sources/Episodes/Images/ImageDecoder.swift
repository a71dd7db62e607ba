import Basics
import CImages

/// Unpacks and packs PNG and JPEG by libpng and TurboJPEG, loaded when they are first needed.
///
/// Loaded libraries rather than the program ffmpeg, which films need: a window of pictures in files of their own is
/// decoded one by one in the middle of training, and starting a program for each would take longer than a step of it.
enum ImageDecoder {
    private static let png = RunTimeLibrary.load(
        "FORESIGHT_PNG", candidates: { names("png16", [".16"], "libpng") },
        missing: missing("PNG", "libpng 1.6", debian: "libpng16-16", brew: "libpng")
    ) { path in ci_load_png(path).map { String(cString: $0) } }

    private static let jpeg = RunTimeLibrary.load(
        "FORESIGHT_TURBOJPEG", candidates: { names("turbojpeg", [".0"], "jpeg-turbo") },
        missing: missing("JPEG", "TurboJPEG", debian: "libturbojpeg0", brew: "jpeg-turbo")
    ) { path in ci_load_jpeg(path).map { String(cString: $0) } }

    private static func names(_ name: String, _ versions: [String], _ brew: String) -> [String] {
        #if os(macOS)
            let folders = ["/opt/homebrew/opt/\(brew)/lib/", "/usr/local/opt/\(brew)/lib/", ""]
            return folders.map { "\($0)lib\(name).dylib" }
        #else
            return versions.map { "lib\(name).so\($0)" } + ["lib\(name).so"]
        #endif
    }

    private static func missing(_ format: String, _ name: String, debian: String, brew: String) -> ForesightError {
        #if os(macOS)
            let remedy = "run brew install \(brew)"
        #else
            let remedy = "run sudo apt-get install \(debian)"
        #endif
        return ForesightError(
            .unavailable, "\(format) pictures need the library \(name), which is not there", remedy: remedy)
    }

    /// Where the library for a kind of picture is, or why it is not there.
    static func place(_ kind: ImageKind) -> Result<String, ForesightError> {
        switch kind {
        case .png: png
        case .jpeg: jpeg
        }
    }

    /// Finds the library for a kind of picture.
    ///
    /// - Throws: `ForesightError.unavailable` when there is none, with what brings one.
    static func require(_ kind: ImageKind) throws(ForesightError) { _ = try place(kind).get() }

    /// The size of a packed picture.
    ///
    /// - Throws: `ForesightError.data` for a damaged picture or one too large to read, `.unavailable` without the library.
    static func size(of bytes: [UInt8], source: String) throws -> FrameSize {
        var (width, height) = (Int32(0), Int32(0))
        try call(source) { problem in
            switch try ImageKind(bytes, source: source) {
            case .png: ci_png_size(bytes, bytes.count, &width, &height, problem)
            case .jpeg: ci_jpeg_size(bytes, bytes.count, &width, &height, problem)
            }
        }
        // A few damaged bytes at the beginning can claim more than any memory holds.
        guard width > 0, height > 0, Int(width) * Int(height) <= mostPixels else {
            throw ForesightError.data(
                "\(source) is to have \(width) × \(height) pixels; \(mostPixels) are the most that are read",
                remedy: "scale it, or write it again if that is wrong")
        }
        return FrameSize(height: Int(height), width: Int(width))
    }

    /// The most pixels of a picture.
    static let mostPixels = 1 << 28

    /// Unpacks a picture of known size into a buffer, `[height, width, 3]`.
    ///
    /// - Throws: `ForesightError.data` for a damaged picture or another size, `.unavailable` without the library.
    static func decode(
        _ bytes: [UInt8], size: FrameSize, source: String, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        precondition(buffer.count == size.byteCount, "a buffer of \(buffer.count) for a picture of \(size) pixels")
        let (width, height) = (Int32(size.width), Int32(size.height))
        try call(source) { problem in
            switch try ImageKind(bytes, source: source) {
            case .png: ci_png_decode(bytes, bytes.count, width, height, buffer.baseAddress, problem)
            case .jpeg: ci_jpeg_decode(bytes, bytes.count, width, height, buffer.baseAddress, problem)
            }
        }
    }

    /// Packs a picture, `[height, width, 3]`.
    ///
    /// - Throws: `ForesightError.unavailable` without the library.
    static func encode(_ pixels: ArraySlice<UInt8>, size: FrameSize, as kind: ImageKind, quality: Int) throws
        -> [UInt8]
    {
        precondition(pixels.count == size.byteCount, "\(pixels.count) bytes for a picture of \(size) pixels")
        try require(kind)
        let (width, height) = (Int32(size.width), Int32(size.height))
        var packed: UnsafeMutableRawPointer?
        var count = 0
        try call("a picture") { problem in
            pixels.withUnsafeBufferPointer { pixels in
                switch kind {
                case .png: ci_png_encode(pixels.baseAddress, width, height, &packed, &count, problem)
                case .jpeg:
                    ci_jpeg_encode(pixels.baseAddress, width, height, Int32(quality), &packed, &count, problem)
                }
            }
        }
        defer { ci_free(packed) }
        return Array(UnsafeRawBufferPointer(start: packed, count: count))
    }

    private static func call(_ source: String, _ body: (UnsafeMutablePointer<CChar>) throws -> Int32) throws {
        let problem = UnsafeMutablePointer<CChar>.allocate(capacity: 256)
        problem.initialize(repeating: 0, count: 256)
        defer { problem.deallocate() }
        guard try body(problem) != 0 else { return }
        let reason = String(cString: problem)
        throw ForesightError.data("\(source) cannot be decoded: \(reason)", remedy: "write it again")
    }
}

/// How a picture is packed.
public enum ImageKind: String, Sendable, CaseIterable {
    /// Without loss.
    case png
    /// With loss.
    case jpeg

    /// Recognises a packed picture by its first bytes, and finds the library for it.
    ///
    /// - Throws: `ForesightError.data` for another kind, `.unavailable` without the library.
    init(_ bytes: [UInt8], source: String) throws {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            throw ForesightError.data("\(source) is neither PNG nor JPEG", remedy: "convert it to one of them")
        }
        try ImageDecoder.require(self)
    }
}
