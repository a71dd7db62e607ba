#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads whole files, with errors that name the path and the next step.
public enum InputFile {
    /// All bytes of a file; an empty file gives an empty array.
    ///
    /// - Throws: `ForesightError.data` when there is no such file, it is a folder, or cannot be read.
    public static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = try open(path)
        defer { _ = close(descriptor) }
        let expected = try size(of: descriptor, path: path)
        do {
            var bytes = try [UInt8](unsafeUninitializedCapacity: expected) { buffer, filled in
                while filled < expected, let start = buffer.baseAddress {
                    let count = try SystemFault.check { read(descriptor, start + filled, expected - filled) }
                    if count == 0 { return }
                    filled += count
                }
            }
            // What a pipe holds, or was written meanwhile.
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try SystemFault.check { read(descriptor, &chunk, chunk.count) }
                if count == 0 { return bytes }
                bytes.append(contentsOf: chunk[..<count])
            }
        } catch let fault as SystemFault {
            throw ForesightError.data("cannot read \(path): \(fault)", remedy: fault.readingRemedy)
        }
    }

    /// The text of a UTF-8 file, without its byte order mark.
    ///
    /// - Throws: `ForesightError.data` when it cannot be read, or is not UTF-8.
    public static func text(_ path: String) throws -> String {
        let bytes = try bytes(path)
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            throw ForesightError.data("\(path) is not UTF-8 text", remedy: "save it as UTF-8")
        }
        return text
    }

    /// Opens a file for reading.
    static func open(_ path: String) throws -> Int32 {
        do {
            #if canImport(Glibc)
                return try SystemFault.check { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
            #elseif canImport(Musl)
                return try SystemFault.check { Musl.open(path, O_RDONLY | O_CLOEXEC) }
            #else
                return try SystemFault.check { Darwin.open(path, O_RDONLY | O_CLOEXEC) }
            #endif
        } catch let fault as SystemFault {
            if fault.number == ENOENT {
                let (folder, name) = splitPath(path)
                let near = nearestName(to: name, among: Folder.names(in: folder))
                let remedy = near.map { "did you mean \(folder == "." ? $0 : folder + "/" + $0)?" } ?? "check the path"
                throw ForesightError.data("no such file: \(path)", remedy: remedy)
            }
            throw ForesightError.data("cannot open \(path): \(fault)", remedy: fault.readingRemedy)
        }
    }

    /// The number of bytes of an open file.
    static func size(of descriptor: Int32, path: String) throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ForesightError.data("cannot read \(path): \(SystemFault.last)", remedy: "check the path")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw ForesightError.data("\(path) is a folder, a file is needed", remedy: "name a file in it")
        }
        return Int(status.st_size)
    }
}
