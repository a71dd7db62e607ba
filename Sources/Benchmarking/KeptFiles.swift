import Basics
public import Records

/// Files of a run folder, each with a digest of the words that it was made under, and of the model that made it: what was made
/// under others is not taken up.
public struct KeptFiles: Sendable {
    private struct File<Content: Codable>: Codable {
        var digest: String
        /// The digest of the model's weights; `nil` where no model acted, and in files from before it was kept.
        var model: String?
        var content: Content
    }

    /// The folder.
    public let folder: RunFolder

    /// Opens the files of a folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// What a file holds; `nil` where there is no such file.
    ///
    /// - Parameters:
    ///   - name: The file below the folder.
    ///   - words: All that decides what the content comes to beside the model.
    ///   - model: The digest of the model; `nil` where none decides, or none is there yet.
    /// - Returns: The content.
    /// - Throws: `ForesightError.usage` for what was made under other words, or by another model; `ForesightError.data` for a
    ///   file that cannot be read.
    public func read<Content: Codable>(_ name: String, words: String, model: String? = nil) throws -> Content? {
        guard folder.has(name) else { return nil }
        let path = folder.file(name)
        let file = try JSONText.decode(File<Content>.self, from: try InputFile.text(path), source: path)
        guard file.digest == Self.digest(words) else {
            throw ForesightError.usage(
                "\(path) was made under another protocol than the one that is asked for",
                remedy: "name another folder with --out, or repeat the settings of the first run")
        }
        guard model == nil || file.model == nil || file.model == model else {
            throw ForesightError.usage(
                "\(path) was made by another model than the one that acts now",
                remedy: "name another folder with --out, or the models of the first run")
        }
        return file.content
    }

    /// Writes a file whole or not at all; its folder is made where it is not there yet.
    ///
    /// - Parameters:
    ///   - content: What it holds.
    ///   - name: The file below the folder.
    ///   - words: As for reading.
    ///   - model: As for reading.
    /// - Throws: `ForesightError.failure` where the file cannot be written.
    public func write(_ content: some Codable, _ name: String, words: String, model: String? = nil) throws {
        if name.contains("/") { _ = try folder.subfolder(String(name.prefix { $0 != "/" })) }
        let file = File(digest: Self.digest(words), model: model, content: content)
        try folder.write(try JSONText.encode(file, pretty: false) + "\n", to: name)
    }

    private static func digest(_ words: String) -> String { SHA256.hex(of: Array(words.utf8)) }
}
