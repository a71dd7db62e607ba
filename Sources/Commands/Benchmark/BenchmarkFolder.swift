import Basics
import Benchmarking
import Records
import Tensors
import WorldModels

/// The run folder of a benchmark on data sets: one command at a time works in it, and what it holds was made with the same settings.
final class BenchmarkFolder {
    /// The folder.
    let folder: RunFolder
    /// All that decides what comes out beside the data, in words.
    let words: String
    /// When the run began, for its page.
    let started: String
    private let lock: FileLock

    /// What says with which settings the folder was made.
    private static let mark = "run.json"

    /// Opens a folder, and says in it where its figures come from.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - words: All that decides what comes out beside the data.
    ///   - provenance: Where the figures come from.
    ///   - settings: The settings of training; `nil` where they are the defaults.
    /// - Throws: `ForesightError.usage` for a folder that was made with other settings, or by a run that nothing goes on with;
    ///   `ForesightError.failure` where another command works in it, or it cannot be written to. What it holds is as it was then.
    init(_ folder: RunFolder, words: String, provenance: Provenance, settings: TrainingSettings? = nil) throws {
        guard let lock = try FileLock.take(folder.file(Self.mark)) else {
            throw ForesightError.failure(
                "another command is working in \(folder.path)",
                remedy: "repeat this one when that has ended, or name another folder by --out")
        }
        (self.folder, self.words, self.started, self.lock) = (folder, words, provenance.started, lock)
        let files = KeptFiles(folder)
        let known: String? = try files.read(Self.mark, words: words)
        // Of a run from before there was something to go on with.
        guard known != nil || !folder.has("results.json") else {
            throw ForesightError.usage(
                "\(folder.path) has the results of a run that this one does not go on with",
                remedy: "name another folder by --out")
        }
        try files.write(words, Self.mark, words: words)
        try provenance.save(in: folder)
        if let settings { try folder.write(settings.yaml(commented: true), to: "settings.yaml") }
    }

    /// Lets other commands work in the folder.
    func release() { lock.release() }

    /// What the folder keeps.
    var archive: BenchmarkArchive { BenchmarkArchive(folder, words: words) }

    /// Ends a run in a folder where Ctrl-C was pressed.
    ///
    /// - Throws: `ForesightError.interrupted`, which says how it goes on.
    static func stopIfAsked(_ path: String) throws {
        if Interrupt.isRequested { throw Interrupt.error(resumeWith: "the same command with --out \(path)") }
    }

    /// What the folder holds of sets that a run does not ask for, for its page.
    ///
    /// - Parameters:
    ///   - sets: The sets.
    ///   - talk: Where it is said of which nothing can be told now, such as without their data.
    ///   - read: What came of a set.
    /// - Returns: What came of the sets.
    /// - Throws: `ForesightError.interrupted`.
    static func others<Outcome>(
        _ sets: [BenchmarkSet], talk: Talk, _ read: (BenchmarkSet) throws -> Outcome
    ) throws -> [Outcome] {
        try sets.compactMap { set -> Outcome? in
            do {
                return try read(set)
            } catch let error as ForesightError where error.code != .interrupted {
                talk.warning("page and results.json are without \(set.name), which the folder holds: \(error)")
                return nil
            }
        }
    }
}

extension RunOptions {
    /// The run folder of a benchmark on data sets, with what was typed and all settings in it; a run that is there goes on.
    ///
    /// - Parameters:
    ///   - name: What is measured: the command's name.
    ///   - isQuick: Whether it is measured roughly.
    ///   - seed: The first seed.
    ///   - settings: The settings of training; `nil` where they are the defaults.
    ///   - words: What else decides what comes out, beside the data.
    /// - Returns: The folder.
    /// - Throws: As `BenchmarkFolder`, and when the folder cannot be made.
    func benchmark(
        _ name: String, isQuick: Bool, seed: Int, settings: TrainingSettings?, words: [String]
    ) throws -> BenchmarkFolder {
        let seed = UInt64(max(0, seed))
        let folder = try folder(
            task: "benchmark", configuration: isQuick ? "\(name)-quick" : name, seed: seed, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: ["first": seed], versions: ["libtorch": Engine.version])
        let all = [name] + (settings.map { [$0.yaml()] } ?? []) + words
        return try BenchmarkFolder(
            folder, words: all.joined(separator: " | "), provenance: provenance, settings: settings)
    }
}
