import Foundation

/// Writes whole folders so that a reader, a crash or a full disk finds either the old folder or the new one.
///
/// The files go into a folder of a temporary name beside its place, which is then renamed; what stood there goes only once
/// the new one is there.
public enum AtomicFolder {
    /// Writes what the body puts into the folder that it is given; a folder that is there already is replaced as a whole.
    ///
    /// - Throws: `ForesightError.failure` with path and cause; an earlier folder is then unchanged. What the body throws.
    public static func write(
        to folder: String, storage: some FileStorage = DiskStorage(), _ body: (String) throws -> Void
    ) throws {
        let url = URL(fileURLWithPath: folder)
        let parent = url.deletingLastPathComponent().path
        let partial = "\(parent)/.\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial"
        try Folder.create(parent)
        try? FileManager.default.removeItem(atPath: partial)
        try Folder.create(partial)
        var isMoved = false
        defer { if !isMoved { try? FileManager.default.removeItem(atPath: partial) } }
        do {
            try body(partial)
        } catch let error as ForesightError where error.code == .failure {
            // The temporary name would say nothing to anyone.
            throw ForesightError.failure(
                error.message.replacingOccurrences(of: partial, with: folder), remedy: error.remedy)
        }
        try replace(folder, by: partial, storage: storage)
        isMoved = true
    }

    private static func replace(_ folder: String, by partial: String, storage: some FileStorage) throws {
        let former = partial + ".former"
        let exists = Folder.exists(folder)
        do {
            if exists { try storage.rename(folder, to: former) }
            do {
                try storage.rename(partial, to: folder)
            } catch {
                if exists { try? storage.rename(former, to: folder) }
                throw error
            }
            try storage.synchronizeFolder(URL(fileURLWithPath: folder).deletingLastPathComponent().path)
        } catch let fault as SystemFault {
            throw ForesightError.failure(
                "cannot save the folder \(folder): \(fault)", remedy: "choose a folder that you may write to")
        }
        if exists { try? FileManager.default.removeItem(atPath: former) }
    }
}
