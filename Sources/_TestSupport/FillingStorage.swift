public import Basics
import Foundation
import Synchronization

/// A disk that takes so many bytes and then is full.
public final class FillingStorage: FileStorage {
    private let free: Mutex<Int>
    private let disk = DiskStorage()

    /// Creates a disk with so many bytes free.
    public init(capacity: Int) { free = Mutex(capacity) }

    /// Creates a file.
    public func create(_ path: String) throws -> Int32 { try disk.create(path) }

    /// Writes what still fits, then fails as a full disk does.
    public func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        let count = free.withLock { free in
            let count = min(free, bytes.count)
            free -= count
            return count
        }
        try disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), to: descriptor)
        if count < bytes.count { throw SystemFault(number: ENOSPC) }
    }

    /// Syncs a file.
    public func synchronize(_ descriptor: Int32) throws { try disk.synchronize(descriptor) }
    /// Closes a file.
    public func close(_ descriptor: Int32) throws { try disk.close(descriptor) }
    /// Renames a file.
    public func rename(_ source: String, to destination: String) throws { try disk.rename(source, to: destination) }
    /// Syncs a folder.
    public func synchronizeFolder(_ path: String) throws { try disk.synchronizeFolder(path) }
    /// Removes a file.
    public func remove(_ path: String) { disk.remove(path) }
}
