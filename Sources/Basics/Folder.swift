#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes and lists folders, with errors that name the path and the next step.
public enum Folder {
    /// Makes a folder and those above it; one that exists is left as it is.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public static func create(_ path: String) throws {
        if exists(path) { return }
        let (parent, _) = splitPath(path)
        if parent != path && !exists(parent) { try create(parent) }
        if mkdir(path, 0o777) != 0 {
            var fault = SystemFault.last
            if fault.number == EEXIST {
                if exists(path) { return }
                fault = SystemFault(number: ENOTDIR)
            }
            throw ForesightError.failure("cannot make the folder \(path): \(fault)", remedy: fault.writingRemedy)
        }
    }

    /// Whether there is a folder at the path.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted; empty when there is no such folder.
    public static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
