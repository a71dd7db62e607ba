import Basics

/// Reads NumPy archives (`.npz`): a key for each channel, arrays `[time]` or `[time, k]`.
///
/// An array `[time, k]` gives the channels `key_0` … `key_{k-1}`. A key named like a time gives the times; a scalar
/// `dt`, `Ts` or `fs` the sampling.
public struct NPZReader: Sendable {
    /// How the file is read where it does not say so itself.
    public var options: LogOptions

    /// Creates a reader.
    public init(options: LogOptions = LogOptions()) { self.options = options }

    /// Reads a table from the bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - source: the name of the file, for errors.
    ///   - wanted: the names of the channels that are needed, or `nil` for all.
    /// - Returns: the channels, and the times.
    /// - Throws: `ForesightError.data` for damaged files, or a needed array whose length is not that of the others.
    public func table(_ bytes: [UInt8], source: String, wanted: Set<String>? = nil) throws -> LogTable {
        let archive = try ZipArchive(bytes, source: source)
        var arrays: [(key: String, array: NPYArray)] = []
        var text: [String] = []
        for member in archive.members where member.name.hasSuffix(".npy") {
            let key = String(member.name.dropLast(4))
            let content = try archive.content(member)
            if let array = try NPYArray(content, source: "\(source): \(key)") {
                arrays.append((key, array))
            } else {
                text.append(key)
            }
        }
        let lengths = arrays.compactMap { $0.array.shape.count >= 1 ? $0.array.shape[0] : nil }
        let tally = Dictionary(lengths.map { ($0, 1) }, uniquingKeysWith: +)
        guard let count = tally.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key, count > 0 else {
            throw ForesightError.data("\(source) holds no samples", remedy: "store arrays [time] or [time, channel]")
        }
        return try table(arrays, count: count, text: text, source: source, wanted: wanted)
    }

    /// Reads a table from the bytes of a single array (`.npy`), `[time]` or `[time, channel]`.
    ///
    /// - Throws: `ForesightError.data` when it is damaged or has another shape.
    public func singleArray(_ bytes: [UInt8], source: String) throws -> LogTable {
        guard let array = try NPYArray(bytes, source: source), array.shape.count == 1 || array.shape.count == 2,
            array.shape.allSatisfy({ $0 > 0 })
        else {
            throw ForesightError.data(
                "\(source) is not an array of numbers [time, channel]", remedy: "write it with numpy.save")
        }
        let width = array.shape.count == 1 ? 1 : array.shape[1]
        let columns = (0..<width).map { LogColumn(name: "column\($0 + 1)") }
        return LogTable(source: source, columns: columns, values: array.values.map(cleaned))
    }

    private func table(
        _ arrays: [(key: String, array: NPYArray)], count: Int, text: [String], source: String, wanted: Set<String>?
    ) throws -> LogTable {
        var notes: [String] = []
        var time: (key: String, seconds: [Double], clock: LogClock)?
        var timeKey: String?
        switch options.time {
        case .none: break
        case .named(let name):
            guard arrays.contains(where: { $0.key == name && $0.array.shape == [count] }) else {
                throw TimePlan.missing(name, among: arrays.map(\.key), source: source)
            }
            timeKey = name
        case .automatic:
            timeKey =
                arrays.first { key, array in
                    array.shape == [count] && wanted?.contains(key) != true
                        && (array.secondsPerUnit != nil
                            || (TimeNames.isTime(key) && NumericTime.isPlausible(array.values, isNamed: true)))
                }?.key
        }
        var columns: [LogColumn] = []
        var available: [String] = []
        var samples: [[Double]] = []
        var samplingTime: Double?
        for (key, array) in arrays {
            let heading = ColumnHeading(key)
            if key == timeKey {
                let numeric = NumericTime(
                    column: 0, heading: heading, numbers: array.values, options: options, isNamed: true)
                if let unit = array.secondsPerUnit {
                    time = (key, array.values.map { $0 * unit }, .absolute)
                } else {
                    let (seconds, clock) = numeric.seconds(array.values)
                    time = (key, seconds, clock)
                }
            } else if array.shape.reduce(1, *) == 1, count != 1 {
                samplingTime = SamplingHint.samplingTime(name: key, unit: heading.unit, value: array.values[0])
            } else if array.shape.first == count, array.shape.count <= 2 {
                let width = array.shape.count == 1 ? 1 : array.shape[1]
                for k in 0..<width {
                    let name = array.shape.count == 1 ? heading.name : "\(heading.name)_\(k)"
                    available.append(name)
                    guard wanted?.contains(name) ?? true else { continue }
                    columns.append(LogColumn(name: name, unit: heading.unit, heading: width == 1 ? key : name))
                    samples.append((0..<count).map { cleaned(array.values[$0 * width + k]) })
                }
            } else if wanted?.contains(key) == true {
                throw ForesightError.data(
                    "\(source): array \(key) has shape \(array.shape), the others have \(count) samples",
                    remedy: "store arrays [time] or [time, channel] of one length")
            } else {
                notes.append("array \(key) of shape \(array.shape) is not a channel of \(count) samples: ignored")
            }
        }
        if let time, let row = time.seconds.firstIndex(where: { !$0.isFinite }) {
            throw ForesightError.data("\(source): \(time.key) holds no time in row \(row + 1)", remedy: "correct it")
        }
        var table = LogTable(
            source: source, columns: columns, values: (0..<count).flatMap { row in samples.map { $0[row] } },
            times: time?.seconds, timeName: time?.key, clock: time?.clock ?? .none, samplingTime: samplingTime,
            textColumns: text, availableColumns: available + text, notes: notes)
        table.rowCount = count
        return table
    }

    private func cleaned(_ value: Double) -> Double {
        abs(value) > DecimalScanner.greatest || options.missing.contains { Double($0) == value } ? .nan : value
    }
}
