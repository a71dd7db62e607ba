import ArgumentParser
import Basics
import Foundation
import Records

/// Where a command leaves its files; commands that make a run folder have these.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder for everything that the command makes; a new one in runs/ by default.", valueName: "folder"))
    var out: String?

    /// Makes the run folder.
    ///
    /// - Parameters:
    ///   - task: What is done, such as "train".
    ///   - configuration: What it is done with: the name of the configuration or of the log.
    ///   - seed: The seed, where there is one.
    ///   - existing: Whether a folder named by `--out` may hold files already.
    /// - Returns: The folder, which exists.
    /// - Throws: `ForesightError` with path and cause.
    func folder(
        task: String, configuration: String, seed: UInt64? = nil, existing: RunFolder.Existing = .refused
    ) throws -> RunFolder {
        if let out {
            let made = (try? Data(contentsOf: URL(fileURLWithPath: "\(out)/\(Provenance.fileName)"))).flatMap {
                try? JSONDecoder().decode(Provenance.self, from: $0)
            }
            // Its page and how the model came about would be written over.
            if existing == .reused, made?.command.dropFirst().first == "train" {
                throw ForesightError.usage(
                    "\(out) is the run of foresight train, whose page and provenance foresight \(task) would replace",
                    remedy: "choose another folder with --out, such as \(out)/\(task)")
            }
            return try RunFolder.create(at: out, existing: existing)
        }
        return try RunFolder.create(in: "runs", task: task, configuration: configuration, seed: seed)
    }
}
