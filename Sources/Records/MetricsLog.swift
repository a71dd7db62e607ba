public import Basics
import Foundation

/// The file `metrics.jsonl`: one JSON object a line, with the step first.
///
///     {"step":200,"loss/prediction":0.0312,"throughput/samples_per_second":5120}
///
/// A line is written in one call, so a killed run leaves at most its last line torn; opening the file again drops that
/// line, and on resuming those that the checkpoint does not know yet.
public final class MetricsLog {
    private let path: String
    private let storage: any FileStorage
    private let descriptor: Int32

    /// Opens the log for appending, and makes it where it is missing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - lastStep: On resuming, the step of the checkpoint: later lines go. `nil` begins an empty log.
    ///   - storage: Where it is written.
    /// - Throws: `ForesightError.data` for a line that is no metric; `ForesightError.failure` with path and cause.
    public init(path: String, resumingAfter lastStep: Int?, storage: some FileStorage = DiskStorage()) throws {
        self.path = path
        self.storage = storage
        var kept = ""
        if let lastStep, FileManager.default.fileExists(atPath: path) {
            for row in try Self.rows(path) where row.step <= lastStep { kept += row.line + "\n" }
        }
        try AtomicFile.write(kept, to: path, storage: storage)
        descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(path, SystemFault.last) }
    }

    deinit { close(descriptor) }

    /// Appends one line; values that are not finite become `null`.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(step: Int, _ values: KeyValuePairs<String, Double>) throws {
        try append(step: step, values.map { ($0.key, $0.value) })
    }

    /// Appends one line; values that are not finite become `null`.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(step: Int, _ values: [(name: String, value: Double)]) throws {
        var line = "{\"step\":\(step)"
        for (name, value) in values { line += ",\(JSONValue.string(name).text()):\(JSONValue.number(value).text())" }
        line += "}\n"
        do {
            try line.withUTF8 { try storage.write(UnsafeRawBufferPointer($0), to: descriptor) }
        } catch let fault as SystemFault {
            throw Self.fault(path, fault)
        }
    }

    /// All whole lines of a log, with the values by name.
    ///
    /// - Throws: `ForesightError.data` with the line that is no metric.
    public static func read(_ path: String) throws -> [(step: Int, values: [String: Double?])] {
        try rows(path).map { row in (row.step, row.values.mapValues(\.double)) }
    }

    private struct Row {
        var line: String
        var step: Int
        var values: [String: JSONValue]
    }

    private static func rows(_ path: String) throws -> [Row] {
        let bytes = try InputFile.bytes(path)
        // What stands behind the last line break was torn by a kill.
        let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
        return try whole.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            let members = try? line.withUnsafeBytes { try JSONParser.parse($0) }.object
            guard var members, let step = members.removeValue(forKey: "step")?.int else {
                throw ForesightError.data(
                    "line \(index + 1) of \(path) is no metric", remedy: "remove that line or start a new run")
            }
            return Row(line: String(decoding: line, as: UTF8.self), step: step, values: members)
        }
    }

    private static func fault(_ path: String, _ fault: SystemFault) -> ForesightError {
        .failure("cannot append to \(path): \(fault)", remedy: "free space on that disk or choose another folder")
    }
}
