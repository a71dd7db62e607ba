import Basics
import Foundation
import Synchronization

/// A disk that takes so many bytes and then is full.
final class FillingStorage: FileStorage {
    private let free: Mutex<Int>
    private let disk = DiskStorage()

    init(capacity: Int) { free = Mutex(capacity) }

    func create(_ path: String) throws -> Int32 { try disk.create(path) }

    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        let count = free.withLock { free in
            let count = min(free, bytes.count)
            free -= count
            return count
        }
        try disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), to: descriptor)
        if count < bytes.count { throw SystemFault(number: ENOSPC) }
    }

    func synchronize(_ descriptor: Int32) throws { try disk.synchronize(descriptor) }
    func close(_ descriptor: Int32) throws { try disk.close(descriptor) }
    func rename(_ source: String, to destination: String) throws { try disk.rename(source, to: destination) }
    func synchronizeFolder(_ path: String) throws { try disk.synchronizeFolder(path) }
    func remove(_ path: String) { disk.remove(path) }
}
