#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The steps of a durable write. Tests hand in storage that fails at a chosen step, as a full disk does.
public protocol FileStorage: Sendable {
    /// Creates a file that must not exist yet and returns its descriptor.
    func create(_ path: String) throws -> Int32
    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws
    /// Waits until the file is on the disk.
    func synchronize(_ descriptor: Int32) throws
    /// Closes the file.
    func close(_ descriptor: Int32) throws
    /// Gives a file its final name, in place of any file that bears it.
    func rename(_ source: String, to destination: String) throws
    /// Waits until the entries of a folder are on the disk.
    func synchronizeFolder(_ path: String) throws
    /// Removes a file, if it is there.
    func remove(_ path: String)
}

/// The file system of the machine. Its steps throw `SystemFault`.
public struct DiskStorage: FileStorage {
    /// Creates a handle of the file system.
    public init() {}

    /// Creates a file that must not exist yet and returns its descriptor.
    public func create(_ path: String) throws -> Int32 {
        try SystemFault.check { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    }

    /// Writes all bytes, in as many calls as it takes.
    public func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Glibc)
                let written = try SystemFault.check { Glibc.write(descriptor, rest.baseAddress, rest.count) }
            #elseif canImport(Musl)
                let written = try SystemFault.check { Musl.write(descriptor, rest.baseAddress, rest.count) }
            #else
                // One call takes less than 2 GiB there.
                let count = min(rest.count, 1 << 30)
                let written = try SystemFault.check { Darwin.write(descriptor, rest.baseAddress, count) }
            #endif
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }

    /// Waits until the file is on the disk.
    public func synchronize(_ descriptor: Int32) throws {
        #if canImport(Darwin)
            // fsync there leaves the data in the drive's cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        try SystemFault.check { fsync(descriptor) }
    }

    /// Closes the file.
    public func close(_ descriptor: Int32) throws {
        #if canImport(Glibc)
            let status = Glibc.close(descriptor)
        #elseif canImport(Musl)
            let status = Musl.close(descriptor)
        #else
            let status = Darwin.close(descriptor)
        #endif
        // After EINTR the descriptor is closed already, and closing again could hit another file.
        if status != 0 && errno != EINTR { throw SystemFault.last }
    }

    /// Gives a file its final name, in place of any file that bears it.
    public func rename(_ source: String, to destination: String) throws {
        #if canImport(Glibc)
            try SystemFault.check { Glibc.rename(source, destination) }
        #elseif canImport(Musl)
            try SystemFault.check { Musl.rename(source, destination) }
        #else
            try SystemFault.check { Darwin.rename(source, destination) }
        #endif
    }

    /// Waits until the entries of a folder are on the disk; file systems that cannot do so are passed over.
    public func synchronizeFolder(_ path: String) throws {
        let descriptor = try SystemFault.check { open(path, O_RDONLY | O_CLOEXEC) }
        defer { try? close(descriptor) }
        do {
            try SystemFault.check { fsync(descriptor) }
        } catch let fault as SystemFault where fault.number == EINVAL || fault.number == ENOTSUP {
        }
    }

    /// Removes a file, if it is there.
    public func remove(_ path: String) { _ = unlink(path) }
}
