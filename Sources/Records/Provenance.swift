import Basics
public import Foundation

/// How a run came about: command, versions, seeds and data, by content. Nothing in it tells whose machine it was.
public struct Provenance: Sendable, Codable, Equatable {
    /// A file that went in.
    public struct Input: Sendable, Codable, Equatable {
        /// The name without its folder.
        public var name: String
        /// The number of bytes.
        public var bytes: Int
        /// The SHA-256 digest in hexadecimal.
        public var sha256: String
    }

    /// The file that it is saved in.
    public static let fileName = "provenance.json"

    /// The command with its arguments; paths are cut to their last part.
    public var command: [String]
    /// When it began, UTC, ISO 8601.
    public var started: String
    /// Versions by name: Foresight, Swift, platform, and what the caller adds, such as libtorch.
    public var versions: [String: String]
    /// Seeds by what they seed.
    public var seeds: [String: UInt64]
    /// The files that went in, by name.
    public var inputs: [Input]

    /// Collects what is known at the start of a run.
    ///
    /// - Throws: `ForesightError.data` when an input cannot be read.
    public init(
        command: [String], seeds: [String: UInt64], inputs paths: [String] = [], versions: [String: String] = [:],
        time: Date = Date()
    ) throws {
        self.command = command.map(Self.withoutFolders)
        started = time.formatted(.iso8601)
        self.versions = versions.merging([
            "foresight": Version.foresight, "swift": Version.swift, "platform": Version.platform,
        ]) { given, _ in given }
        self.seeds = seeds
        inputs = try paths.map { path in
            Input(
                name: Self.withoutFolders(path), bytes: try MappedFile(path: path).count,
                sha256: try SHA256.hex(ofFile: path))
        }.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
    }

    /// Saves it as `provenance.json`.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public func save(in folder: RunFolder) throws {
        try folder.write(JSONText.encode(self) + "\n", to: Self.fileName)
    }

    /// An argument with its paths cut to their last part, also behind `key=`.
    private static func withoutFolders(_ argument: String) -> String {
        guard argument.contains("/") else { return argument }
        let (key, value) =
            argument.firstIndex(of: "=").map {
                (String(argument[...$0]), argument[argument.index(after: $0)...])
            } ?? ("", argument[...])
        // Only what looks like a path: a rate such as `10 %/min` stays.
        let isPath = value.hasPrefix("/") || value.hasPrefix("~") || value.hasPrefix(".") || !value.contains(" ")
        guard isPath, let name = value.split(separator: "/").last else { return argument }
        return key + name
    }
}
