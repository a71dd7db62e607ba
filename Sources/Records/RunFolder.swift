public import Basics
public import Foundation

/// The folder that holds everything a command made: configuration, provenance, metrics, checkpoints, report.
///
///     let run = try RunFolder.create(in: "runs", task: "train", configuration: "heater", seed: 7)
///     try run.write(settings.yaml(), to: "config.yaml")
///     run.file("metrics.jsonl")
public struct RunFolder: Sendable, Equatable {
    /// What to do about a folder that is there already and not empty.
    public enum Existing: Sendable {
        /// Refuse it, so that no earlier result is overwritten.
        case refused
        /// Go on in it: resuming, and commands that say so.
        case reused
    }

    /// The path.
    public let path: String

    /// Makes a folder named `task__config__seed__time` (UTC, without a seed where nothing is drawn), so that a listing
    /// sorts runs by what they did; a number is added when the name is taken.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public static func create(
        in parent: String, task: String, configuration: String, seed: UInt64?, time: Date = Date()
    ) throws -> RunFolder {
        let parts = [task, configuration] + (seed.map { ["seed\($0)"] } ?? []) + [stamp(time)]
        let name = parts.map(fileName).joined(separator: "__")
        try Folder.create(parent)
        var path = "\(parent)/\(name)"
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(parent)/\(name)-\(number)"
            number += 1
        }
        try Folder.create(path)
        return RunFolder(path: path)
    }

    /// Makes the folder at a path of the caller's choice.
    ///
    /// - Throws: `ForesightError.usage` when it holds something and `existing` refuses that; `ForesightError.failure`
    ///   with path and cause.
    public static func create(at path: String, existing: Existing = .refused) throws -> RunFolder {
        if existing == .refused && !Folder.names(in: path).isEmpty {
            // Who can go on in a folder says how before it comes to this.
            throw ForesightError.usage(
                "the run folder \(path) is not empty", remedy: "name another, or remove what it holds")
        }
        try Folder.create(path)
        return RunFolder(path: path)
    }

    /// Opens the folder of an earlier run.
    ///
    /// - Throws: `ForesightError.data` when there is no such folder.
    public static func open(_ path: String) throws -> RunFolder {
        guard Folder.exists(path) else {
            let (parent, name) = split(path)
            let near = nearestName(to: name, among: Folder.names(in: parent))
            throw ForesightError.data(
                "no run folder at \(path)", remedy: near.map { "did you mean \(parent)/\($0)?" } ?? "check the path")
        }
        return RunFolder(path: path)
    }

    /// The path of a file in the folder.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Whether the folder has a file of that name.
    public func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Makes a folder inside and returns its path.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public func subfolder(_ name: String) throws -> String {
        try Folder.create(file(name))
        return file(name)
    }

    /// Writes a text file whole or not at all.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public func write(_ text: String, to name: String, storage: some FileStorage = DiskStorage()) throws {
        try AtomicFile.write(text, to: file(name), storage: storage)
    }

    /// Writes a JSON file whole or not at all, indented, keys sorted.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public func write(_ value: JSONValue, to name: String) throws {
        try write(value.text(pretty: true) + "\n", to: name)
    }

    /// Time in UTC, to the second, without characters that file systems mind.
    static func stamp(_ time: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        return formatter.string(from: time)
    }

    /// A part of a name: letters, digits, dot and hyphen stay, the rest becomes a hyphen.
    private static func fileName(_ part: String) -> String {
        let name = String(part.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
        return name.isEmpty ? "-" : String(name.prefix(60))
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        let url = URL(fileURLWithPath: path)
        let parent = path.contains("/") ? url.deletingLastPathComponent().relativePath : "."
        return (parent, url.lastPathComponent)
    }
}
