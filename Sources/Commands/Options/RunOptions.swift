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
    /// - Throws: `ForesightError` with path and cause; `ForesightError.usage` for the folder of a run that would be written over.
    func folder(
        task: String, configuration: String, seed: UInt64? = nil, existing: RunFolder.Existing = .refused
    ) throws -> RunFolder {
        if let out {
            let made = (try? Data(contentsOf: URL(fileURLWithPath: "\(out)/\(Provenance.fileName)"))).flatMap {
                try? JSONDecoder().decode(Provenance.self, from: $0)
            }
            if existing == .reused, let former = made.flatMap({ Self.stranger($0.command, task, configuration) }) {
                let name = task == "benchmark" ? "\(task) \(Self.benchmark(configuration))" : task
                throw ForesightError.usage(
                    "\(out) is the run of foresight \(former), whose page and provenance foresight \(name) would replace",
                    remedy: "choose another folder with --out, such as \(out)/\(name.split(separator: " ").last ?? "")")
            }
            return try RunFolder.create(at: out, existing: existing)
        }
        return try RunFolder.create(in: "runs", task: task, configuration: configuration, seed: seed)
    }

    /// The command whose run another one would write over: a training, whose page and whose account of the model would go, and
    /// for a benchmark any but itself, whose models may also be called alike; `nil` where it may go on in the folder.
    private static func stranger(_ command: [String], _ task: String, _ configuration: String) -> String? {
        guard let first = command.dropFirst().first else { return nil }
        guard task == "benchmark" else { return first == "train" ? first : nil }
        guard first == task, let name = command.dropFirst(2).first else { return first }
        return name == benchmark(configuration) ? nil : "\(first) \(name)"
    }

    /// The benchmark that a configuration is of: `pixels` also of `pixels-quick`.
    private static func benchmark(_ configuration: String) -> String {
        configuration.hasSuffix("-quick") ? String(configuration.dropLast("-quick".count)) : configuration
    }
}
