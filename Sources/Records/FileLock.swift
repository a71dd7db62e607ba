import Basics
import Foundation
import Synchronization

/// A file that one command at a time works on, in one folder or by several threads: beside it stands an empty one, `FILE.lock`, as
/// long as the lock is held. A kill frees it, and the empty file that it leaves is taken by the next one.
///
///     guard let lock = try FileLock.take("runs/a/models/wall-seed0") else { … }
///     defer { lock.release() }
public final class FileLock: Sendable {
    private let path: String
    private let descriptor: Mutex<Int32?>

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Takes the lock of a file, which need not be there, in a folder that is.
    ///
    /// - Parameter file: The path of the file.
    /// - Returns: The lock, to be released; `nil` where another has it.
    /// - Throws: `ForesightError.failure` with path and cause, such as a folder that must not be written to.
    public static func take(_ file: String) throws -> FileLock? {
        let path = "\(file).lock"
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard opened >= 0 else {
                throw ForesightError.failure(
                    "cannot write \(path): \(SystemFault.last)",
                    remedy: "free space on that disk or name another folder")
            }
            if flock(opened, LOCK_EX | LOCK_NB) != 0 {
                let fault = SystemFault.last
                if fault.number == EINTR || fault.number == EAGAIN {
                    _ = close(opened)
                    if fault.number == EINTR { continue }
                    return nil
                }
                // Some shared disks know no locks: there it is as without them.
                return FileLock(path, opened)
            }
            if isNamed(path, opened) { return FileLock(path, opened) }
            // Whoever had it has removed it in between.
            _ = close(opened)
        }
    }

    /// Lets others take it. Does nothing the second time.
    public func release() {
        descriptor.withLock { descriptor in
            guard let held = descriptor else { return }
            // First, so that nobody takes what is removed then.
            _ = unlink(path)
            _ = close(held)
            descriptor = nil
        }
    }

    /// Whether an open file is still the one of that name.
    private static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }
}
