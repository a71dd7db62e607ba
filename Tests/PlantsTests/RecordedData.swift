import Foundation

/// Recorded reference data, found through the environment; tests that need them are skipped where it is absent.
enum RecordedData {
    /// The folder, or `nil`.
    static var folder: URL? {
        ProcessInfo.processInfo.environment["FORESIGHT_DATA"].map { URL(fileURLWithPath: $0) }
    }

    /// Whether a file of the folder exists.
    static func has(_ path: String) -> Bool {
        guard let folder else { return false }
        return FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
    }

    /// The bytes of a file.
    static func data(_ path: String) throws -> Data {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return try Data(contentsOf: folder.appendingPathComponent(path))
    }

    /// The numbers of a comma-separated file without its header, by row.
    static func rows(_ path: String, header: Bool) throws -> [[Double]] {
        let text = String(decoding: try data(path), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).dropFirst(header ? 1 : 0).map { line in
            line.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        }
    }
}
