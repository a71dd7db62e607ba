#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes whole files so that a reader, a crash or a full disk finds either the old file or the new one.
///
/// The bytes go to a temporary name in the same folder and are synced; then the file is renamed and the folder synced.
/// On any failure the temporary file is removed, the old one is as it was, and the error names path and cause.
///
///     try AtomicFile.write("steps: 20\n", to: "runs/demo/config.yaml")
public enum AtomicFile {
    /// Writes text as UTF-8.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public static func write(_ text: String, to path: String, storage: some FileStorage = DiskStorage()) throws {
        var text = text
        try write(to: path, storage: storage) { writer in
            try text.withUTF8 { try writer.append(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Writes bytes.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public static func write(_ bytes: [UInt8], to path: String, storage: some FileStorage = DiskStorage()) throws {
        try write(to: path, storage: storage) { writer in try bytes.withUnsafeBytes(writer.append) }
    }

    /// Writes what the body appends, piece by piece.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, or what the body throws.
    public static func write(
        to path: String, storage: some FileStorage = DiskStorage(), _ body: (Writer) throws -> Void
    ) throws {
        // A link keeps pointing where it points; its target is replaced.
        let target = resolvedLink(path)
        let (folder, name) = splitPath(target)
        var isRenamed = false
        do {
            let (temporary, descriptor) = try createTemporary(folder: folder, name: name, storage: storage)
            var isOpen = true
            do {
                try body(Writer(descriptor: descriptor, storage: storage))
                try storage.synchronize(descriptor)
                isOpen = false
                try storage.close(descriptor)
                try storage.rename(temporary, to: target)
                isRenamed = true
            } catch {
                if isOpen { try? storage.close(descriptor) }
                storage.remove(temporary)
                throw error
            }
            try storage.synchronizeFolder(folder)
        } catch let fault as SystemFault {
            let old = !isRenamed && access(target, F_OK) == 0 ? "the earlier file is unchanged; " : ""
            throw ForesightError.failure("cannot save \(path): \(fault)", remedy: old + fault.writingRemedy)
        }
    }

    /// Appends to a file that is being written.
    public struct Writer {
        private let descriptor: Int32
        private let storage: any FileStorage

        fileprivate init(descriptor: Int32, storage: any FileStorage) {
            self.descriptor = descriptor
            self.storage = storage
        }

        /// Appends bytes.
        public func append(_ bytes: UnsafeRawBufferPointer) throws {
            try storage.write(bytes, to: descriptor)
        }
    }

    /// A new file beside the target. A name left behind by a killed process is passed over.
    private static func createTemporary(
        folder: String, name: String, storage: some FileStorage
    ) throws -> (path: String, descriptor: Int32) {
        var attempt = 0
        while true {
            let path = "\(folder)/.\(name).\(getpid())-\(attempt).partial"
            do {
                return (path, try storage.create(path))
            } catch let fault as SystemFault where fault.number == EEXIST && attempt < 1000 {
                attempt += 1
            }
        }
    }

    private static func resolvedLink(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// The folder and the last component of a path; "." is the folder of a bare name.
func splitPath(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
}
