import Basics

/// Reads one log file of any supported format.
public enum LogFile {
    /// The endings of names that are taken for logs when a folder is given.
    public static let endings = ["csv", "tsv", "dat", "txt", "npz", "npy"]

    /// Reads the table in a file: NumPy archives by their ending, everything else as delimited text.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - options: how it is read where it does not say so itself.
    ///   - wanted: the columns that are needed; others are passed over, whatever they hold. `nil` reads all.
    /// - Returns: the columns of numbers, and the times.
    /// - Throws: `ForesightError.data` when the file is missing, empty, damaged or holds no samples.
    public static func table(
        _ path: String, options: LogOptions = LogOptions(), wanted: Set<String>? = nil
    ) throws -> LogTable {
        let lowered = path.lowercased()
        var table: LogTable
        if lowered.hasSuffix(".npz") {
            table = try NPZReader(options: options).table(InputFile.bytes(path), source: path, wanted: wanted)
        } else if lowered.hasSuffix(".npy") {
            table = try NPZReader(options: options).singleArray(InputFile.bytes(path), source: path)
        } else {
            table = try DelimitedReader(options: options).table(path: path, wanted: wanted)
        }
        if table.times == nil, table.samplingTime == nil, let hint = SamplingHint.find(in: table) {
            table.samplingTime = hint.samplingTime
            table.notes.append(
                "column \(table.columns[hint.column].name) gives the sampling time: \(hint.samplingTime) s")
            table.removeColumn(hint.column)
        }
        if let samplingTime = options.samplingTime { table.setSamplingTime(samplingTime) }
        return table
    }
}

extension LogTable {
    /// Removes a column that is no channel.
    mutating func removeColumn(_ index: Int) {
        let width = columns.count
        values = values.indices.filter { $0 % width != index }.map { values[$0] }
        columns.remove(at: index)
    }

    /// Applies a sampling time that the caller states: times that count samples are stretched to it, so that gaps
    /// stay visible.
    mutating func setSamplingTime(_ seconds: Double) {
        samplingTime = seconds
        guard let times, clock != .absolute, times.count > 1 else { return }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > 0 }.sorted()
        guard !steps.isEmpty else { return }
        let scale = seconds / steps[steps.count / 2]
        self.times = times.map { $0 * scale }
        clock = .relative
    }
}
