import Basics
import Foundation

/// Writes files and folders by libraries and programs that want a path: under another name until they are whole.
enum UnfinishedOutput {
    /// Checks, before hours of work, that nothing is in the way of a file, or of a folder.
    ///
    /// - Throws: `ForesightError.failure` when there is a folder that is not empty, a file in place of a folder, or a folder in
    ///   place of a file.
    static func check(_ path: String, isFolder: Bool) throws {
        if Folder.exists(path), !isFolder || !Folder.names(in: path).isEmpty {
            throw ForesightError.failure(
                "\(path) is a folder\(isFolder ? " that is not empty" : ", and a file is to be written")",
                remedy: "name another, or remove it first")
        }
        if isFolder, !Folder.exists(path), FileManager.default.fileExists(atPath: path) {
            throw ForesightError.failure(
                "\(path) is a file, and a folder is to be written", remedy: "name another, or remove it first")
        }
    }

    /// Calls the body with a path beside the final one, and renames what it made.
    ///
    /// - Throws: `ForesightError.failure` as ``check(_:isFolder:)`` does, or when it cannot be renamed; else what the body
    ///   throws. What was there before stays.
    static func write(to path: String, isFolder: Bool, _ body: (String) throws -> Void) throws {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try check(path, isFolder: isFolder)
        let url = URL(fileURLWithPath: path)
        try Folder.create(url.deletingLastPathComponent().path)
        let unfinished = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial")
        try? FileManager.default.removeItem(at: unfinished)
        do {
            try body(unfinished.path)
            // Takes the place of a file or an empty folder in one step.
            guard rename(unfinished.path, path) == 0 else {
                throw ForesightError.failure(
                    "cannot save \(path): \(SystemFault.last)", remedy: "check that its folder may be written")
            }
        } catch {
            try? FileManager.default.removeItem(at: unfinished)
            throw error
        }
    }
}
