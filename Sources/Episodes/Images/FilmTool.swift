import Basics
import Foundation

/// The program ffmpeg, which reads and writes films.
enum FilmTool {
    /// Where it is: what `FORESIGHT_FFMPEG` names, else on the search path.
    ///
    /// - Throws: `ForesightError.unavailable` when it is not there, with what brings it.
    static func path() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["FORESIGHT_FFMPEG"], !named.isEmpty {
            if FileManager.default.isExecutableFile(atPath: named) { return named }
            throw ForesightError(
                .unavailable, "FORESIGHT_FFMPEG names \(named), which is no program",
                remedy: "correct the variable, or unset it")
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        if let found = folders.map({ "\($0)/ffmpeg" }).first(where: FileManager.default.isExecutableFile) {
            return found
        }
        #if os(macOS)
            let remedy = "run brew install ffmpeg"
        #else
            let remedy = "run sudo apt-get install ffmpeg"
        #endif
        throw ForesightError(
            .unavailable, "films need the program ffmpeg, which is not on the search path", remedy: remedy)
    }

    /// Runs it to its end and returns what it wrote to standard output.
    ///
    /// - Throws: `ForesightError.data` with its complaint when it fails.
    static func run(_ arguments: [String], about source: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = ["-nostdin", "-hide_banner", "-loglevel", "error"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let complaint = Complaint()
        // Read beside the output: a full pipe would stop the program.
        let thread = Thread { complaint.finish(errors.fileHandleForReading.readDataToEndOfFile()) }
        thread.start()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = String(decoding: complaint.wait(), as: UTF8.self).split(separator: "\n").last ?? ""
            throw ForesightError.data(
                "\(source): ffmpeg ended with status \(process.terminationStatus): \(words)", remedy: "check the film")
        }
        return data
    }

    private final class Complaint: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var text = Data()

        func finish(_ text: Data) {
            self.text = text
            done.signal()
        }
        func wait() -> Data {
            done.wait()
            return text
        }
    }
}
