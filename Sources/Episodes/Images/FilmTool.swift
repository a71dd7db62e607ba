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
            let text = String(decoding: complaint.wait(), as: UTF8.self)
            // An option that versions before 5.1 do not know; what they say last of it tells nothing.
            let isOld = text.contains("Unrecognized option 'fps_mode'")
            throw ForesightError.data(
                "\(source): ffmpeg ended with status \(process.terminationStatus): "
                    + (isOld ? "it does not know -fps_mode" : "\(text.split(separator: "\n").last ?? "")"),
                remedy: isOld ? "install ffmpeg 5.1 or newer, or let FORESIGHT_FFMPEG name one" : "check the film")
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

/// A picture in a stream of portable pixmaps, as ffmpeg writes them: "P6 width height 255", then its pixels.
struct Pixmap {
    /// How large it is.
    let size: FrameSize
    /// Where its pixels begin, as an index of the stream.
    let start: Data.Index

    /// Reads what stands before the first picture of a stream; `nil` where there is none.
    init?(_ stream: Data) {
        var place = stream.startIndex
        var words: [String] = []
        while words.count < 4 {
            // No word is as long.
            guard let end = stream[place...].prefix(12).firstIndex(where: { $0 == 10 || $0 == 32 }) else { return nil }
            words.append(String(decoding: stream[place..<end], as: UTF8.self))
            place = end + 1
        }
        guard words[0] == "P6", words[3] == "255", let width = Int(words[1]), let height = Int(words[2]), width > 0,
            height > 0
        else { return nil }
        size = FrameSize(height: height, width: width)
        start = place
    }
}
