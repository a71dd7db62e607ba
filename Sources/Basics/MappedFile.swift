#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A read-only file whose bytes are mapped into memory; only what is touched is read.
///
/// Whoever shortens the file while it is mapped ends the process that reads it; files of ours are replaced by rename
/// (`AtomicFile`), which leaves a mapping whole.
public final class MappedFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// The number of bytes; at least 1.
    public let count: Int
    private nonisolated(unsafe) let start: UnsafeRawPointer

    /// Maps a file.
    ///
    /// - Throws: `ForesightError.data` when there is no such file, it is empty, a folder, or cannot be read.
    public init(path: String) throws {
        self.path = path
        let descriptor = try InputFile.open(path)
        defer { _ = close(descriptor) }
        count = try InputFile.size(of: descriptor, path: path)
        guard count > 0 else {
            throw ForesightError.data("\(path) is empty (0 bytes)", remedy: "check how it was written")
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            let fault = SystemFault.last
            throw ForesightError.data("cannot map \(path): \(fault)", remedy: fault.readingRemedy)
        }
        self.start = UnsafeRawPointer(start)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: start), count) }

    /// Calls the body with all bytes, which are valid until it returns.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
