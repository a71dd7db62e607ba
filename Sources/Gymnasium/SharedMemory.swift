import Basics
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that two processes map: numbers of 64 bits, and bytes of a picture behind them.
///
/// The file has a name only until the other process has mapped it (`forgetName`), so that nothing is left behind however
/// either of them ends.
final class SharedMemory {
    /// Where the other process finds it.
    let path: String
    private let count: Int
    private let numberCount: Int
    private let start: UnsafeMutableRawPointer
    private var hasName = true

    /// The numbers.
    var numbers: UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: Double.self), count: numberCount)
    }

    /// The bytes behind them.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start + 8 * numberCount, count: count - 8 * numberCount)
    }

    /// Creates a file of zeros that only this user may read.
    ///
    /// - Parameters:
    ///   - numbers: How many numbers it holds.
    ///   - bytes: How many bytes come behind them; those that nobody writes take no memory.
    ///   - folder: Where the file is; a folder in memory by default, where there is one.
    /// - Throws: `ForesightError.failure` naming path and cause.
    init(numbers: Int, bytes: Int, folder: String? = nil) throws {
        let folder = folder ?? Self.folder
        path = "\(folder)/foresight-\(getpid())-\(UUID().uuidString)"
        (numberCount, count) = (numbers, 8 * numbers + bytes)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        defer { _ = close(descriptor) }
        guard ftruncate(descriptor, off_t(count)) == 0,
            let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else {
            let failure = Self.failure("map", path)
            unlink(path)
            throw failure
        }
        self.start = start
    }

    deinit {
        forgetName()
        munmap(start, count)
    }

    /// Removes the name of the file; what has mapped it keeps it.
    func forgetName() {
        guard hasName else { return }
        hasName = false
        unlink(path)
    }

    /// A folder in memory, else one for temporary files.
    static var folder: String {
        access("/dev/shm", W_OK) == 0
            ? "/dev/shm" : FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    }

    private static func failure(_ what: String, _ path: String) -> ForesightError {
        ForesightError.failure(
            "cannot \(what) \(path), which is shared with Python: \(SystemFault.last)",
            remedy: "free memory, or choose another folder with TMPDIR")
    }
}
