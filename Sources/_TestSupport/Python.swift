import Foundation

/// A Python interpreter for checks against the packages that other people read our files with.
public struct Python: Sendable {
    /// Where the interpreter is.
    public private(set) var path: String

    /// An interpreter that can import the module, or `nil`: `FORESIGHT_PYTHON`, then `python3` on the search path.
    public init?(importing module: String) {
        let environment = ProcessInfo.processInfo.environment
        let named = environment["FORESIGHT_PYTHON"].map { [$0] } ?? []
        let searched = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        path = ""
        // Whole paths, since tests run programs in other folders.
        for path in (named + searched).map({ URL(fileURLWithPath: $0).path })
        where FileManager.default.isExecutableFile(atPath: path) {
            self.path = path
            if (try? run("import \(module)")) != nil { return }
        }
        return nil
    }

    /// Runs a script with arguments and returns what it printed.
    ///
    /// - Throws: `Failure` when it does not end with status 0.
    @discardableResult
    public func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-W", "ignore", "-c", script] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(complaint: complaint) }
        return text
    }

    /// A script that failed, with what it said.
    public struct Failure: Error {
        /// What the script wrote to standard error.
        public let complaint: String
    }
}
