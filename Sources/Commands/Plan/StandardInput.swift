import Basics
import Foundation

/// A log that comes on standard input, as a file.
enum StandardInput {
    /// What stands for it where a file is named.
    static let sign = "-"
    /// What it is called where the log is.
    static let name = "standard input"

    /// Calls the body with a file of all that comes, which is removed afterwards.
    ///
    /// - Throws: `ForesightError.data` when nothing comes, and what the body throws.
    static func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        let data = FileHandle.standardInput.readDataToEndOfFile()
        guard !data.isEmpty else {
            throw ForesightError.data(
                "nothing came on standard input", remedy: "write the last rows of the log to it as CSV, names first")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "foresight-plan-\(UUID().uuidString)")
        try Folder.create(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("stdin.csv")
        try data.write(to: file)
        return try body(file.path)
    }
}
