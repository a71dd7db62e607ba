#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file whose parts are read where they are asked for.
///
/// Unlike a mapping, it may be shortened or removed by others while it is read: reading then ends early.
public final class PositionedFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// The number of bytes when it was opened; 0 for pipes and the like, which have no positions.
    public let count: Int
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `ForesightError.data` when there is no such file, it is a folder, or cannot be read.
    public init(path: String) throws {
        self.path = path
        descriptor = try InputFile.open(path)
        do { count = try InputFile.size(of: descriptor, path: path) } catch {
            _ = close(descriptor)
            throw error
        }
    }

    deinit { _ = close(descriptor) }

    /// Reads bytes from a position on, until the buffer is full or the file ends; how many were read.
    ///
    /// - Throws: `ForesightError.data` when the disk does not give them.
    public func read(into buffer: UnsafeMutableRawBufferPointer, from position: Int) throws -> Int {
        var filled = 0
        do {
            while filled < buffer.count, let start = buffer.baseAddress {
                let count = try SystemFault.check {
                    pread(descriptor, start + filled, buffer.count - filled, off_t(position + filled))
                }
                if count == 0 { break }
                filled += count
            }
        } catch let fault as SystemFault {
            throw ForesightError.data("cannot read \(path): \(fault)", remedy: fault.readingRemedy)
        }
        return filled
    }

    /// Asks the system to back memory that is about to be filled by large pages, where it has them.
    public static func prefersLargePages(_ memory: UnsafeMutableRawBufferPointer) {
        #if os(Linux)
            let page = 1 << 21
            guard memory.count >= 4 * page, let base = memory.baseAddress else { return }
            let first = (Int(bitPattern: base) + page - 1) & ~(page - 1)
            let last = (Int(bitPattern: base) + memory.count) & ~(page - 1)
            // 14 is MADV_HUGEPAGE. Memory is as good without, so what comes back is of no interest.
            if last > first { _ = madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, 14) }
        #endif
    }
}
