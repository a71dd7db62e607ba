import Basics

/// Puts episodes together, file by file.
struct EpisodeAssembly {
    let policy: SamplingPolicy
    let settings: [ChannelSettings]
    let channels: [Channel]
    private var episodes: [Episode] = []
    private var files: [LoadedLog.File] = []
    private var ignored: [String] = []
    private var warnings: [(source: String, kind: String, words: String)] = []
    private var hasValue: [Bool]

    init(policy: SamplingPolicy, settings: [ChannelSettings], channels: [Channel]) {
        self.policy = policy
        self.settings = settings
        self.channels = channels
        hasValue = channels.map { _ in false }
    }

    mutating func add(_ table: LogTable) throws {
        guard table.rowCount >= 2 else {
            throw ForesightError.data(
                "\(table.source) holds \(table.rowCount) sample, an episode needs at least 2",
                remedy: "give more of its rows, the oldest first; check that the recording was written to the file")
        }
        let report: SamplingReport
        if let times = table.times {
            report = SamplingReport(times: times)
            guard report.samplingTime > 0, report.samplingTime.isFinite else {
                throw ForesightError.data(
                    "\(table.source): time does not advance in column \(table.timeName ?? "")",
                    remedy: "sort the rows, the oldest first, or name another time column")
            }
        } else {
            report = SamplingReport(samplingTime: table.samplingTime ?? 1, count: table.rowCount)
            if table.samplingTime == nil {
                warn(table, "no times", "there are no times; samples are taken as 1 s apart (--sampling-time)")
            }
        }
        for (kind, words) in report.warnings(table, isResampled: policy.resample != nil) { warn(table, kind, words) }
        let columns = settings.compactMap { table.columnIndex($0.column) }
        let first = episodes.count
        let stretches = report.stretches(
            rowCount: table.rowCount, bridge: policy.bridged(samplingTime: report.samplingTime))
        let long = stretches.filter { $0.count >= 2 }
        if long.count < stretches.count {
            let count = stretches.count - long.count
            warn(table, "single", "\(count) single \(count == 1 ? "sample" : "samples") between gaps left out")
        }
        for (number, rows) in long.enumerated() {
            let name = long.count == 1 ? table.source : "\(table.source)#\(number + 1)"
            episodes.append(try episode(table, rows, columns: columns, report: report, name: name))
        }
        let used = Set(columns)
        for (index, column) in table.columns.enumerated() where !used.contains(index) { ignore(column.name) }
        for name in table.availableColumns + table.textColumns
        where table.columnIndex(name) == nil && !(table.timeName ?? "").contains(name) {
            ignore(name)
        }
        files.append(
            LoadedLog.File(
                source: table.source, rowCount: table.rowCount, sampling: report, hasTimes: table.times != nil,
                episodes: first..<episodes.count, notes: table.notes, firstLine: table.lines.first))
    }

    private mutating func warn(_ table: LogTable, _ kind: String, _ words: String) {
        warnings.append((table.source, kind, words))
    }

    /// The warnings in the order in which they came; those that many files share are said once.
    private func summarisedWarnings() -> [String] {
        var said: [String: Int] = [:]
        let counts = Dictionary(warnings.map { ($0.kind, 1) }, uniquingKeysWith: +)
        return warnings.compactMap { warning in
            let count = counts[warning.kind] ?? 1
            said[warning.kind, default: 0] += 1
            guard count > 3 else { return "\(warning.source): \(warning.words)" }
            guard said[warning.kind] == 1 else { return nil }
            return "\(warning.source): \(warning.words) (\(count - 1) more files are alike)"
        }
    }

    private mutating func ignore(_ name: String) { if !ignored.contains(name) { ignored.append(name) } }

    private mutating func episode(
        _ table: LogTable, _ rows: [Int], columns: [Int], report: SamplingReport, name: String
    ) throws -> Episode {
        let start = table.times.map { $0[rows[0]] } ?? Double(rows[0]) * report.samplingTime
        var samplingTime = report.samplingTime
        var values = samples(table, rows, columns: columns)
        note(values)
        if let step = policy.resample {
            let times = times(table, rows, report: report)
            let count = ((times.last ?? 0) - (times.first ?? 0)) / step
            guard count * Double(channels.count) < 1e9 else {
                throw ForesightError.usage(
                    "resampling \(table.source) to every \(step) s makes \(significant(count, 3)) samples",
                    remedy: "choose a greater --resample")
            }
            let resampler = Resampler(
                step: step, method: policy.method, bridge: policy.bridged(samplingTime: samplingTime) ?? step)
            let width = columns.count
            let series = (0..<width).map { channel in
                resampler.resample(
                    stride(from: channel, to: values.count, by: width).map { values[$0] }, times: times,
                    role: channels[channel].role)
            }
            values = (0..<(series.first?.count ?? 0)).flatMap { row in series.map { $0[row] } }
            samplingTime = step
        }
        return Episode(
            name: name, channels: channels, samplingTime: samplingTime, values: values, startTime: start,
            clock: table.clock)
    }

    /// The samples of rows in the units of the channels, row-major `[row, channel]`; those of the table itself where that is
    /// what they are.
    private func samples(_ table: LogTable, _ rows: [Int], columns: [Int]) -> [Double] {
        let factors = settings.map { (scale: $0.scale, offset: $0.offset) }
        if factors.allSatisfy({ $0 == (1, 0) }), columns.count == table.columns.count, rows.count == table.rowCount,
            columns.indices.allSatisfy({ columns[$0] == $0 }), rows.indices.allSatisfy({ rows[$0] == $0 }),
            // 0 added to −0 is 0.
            !(table.mayHoldNegativeZero && table.values.contains(where: { $0.bitPattern == (-0.0).bitPattern }))
        {
            return table.values
        }
        var samples: [Double] = []
        samples.reserveCapacity(rows.count * columns.count)
        for row in rows {
            for (channel, column) in columns.enumerated() {
                samples.append(table[row, column] * factors[channel].scale + factors[channel].offset)
            }
        }
        return samples
    }

    /// Notes which channels have a value.
    private mutating func note(_ values: [Double]) {
        let width = hasValue.count
        for channel in 0..<width where !hasValue[channel] {
            hasValue[channel] = stride(from: channel, to: values.count, by: width).contains { !values[$0].isNaN }
        }
    }

    /// The times of rows; where the clock is too coarse to tell, evenly between the first and the last.
    private func times(_ table: LogTable, _ rows: [Int], report: SamplingReport) -> [Double] {
        guard let times = table.times else { return rows.map { Double($0) * report.samplingTime } }
        guard report.clockResolution != nil, let first = rows.first, let last = rows.last, rows.count > 1 else {
            return rows.map { times[$0] }
        }
        let step = (times[last] - times[first]) / Double(rows.count - 1)
        return rows.indices.map { times[first] + Double($0) * step }
    }

    /// The log; of a part of a longer one a channel may have no value.
    mutating func finished(hasRoles: Bool, isPart: Bool) throws -> LoadedLog {
        guard !episodes.isEmpty else {
            throw ForesightError.data(
                "no two samples follow each other without a gap",
                remedy: "resample (--resample SECONDS) or check the time column")
        }
        if hasRoles, !isPart, let channel = hasValue.firstIndex(of: false) {
            let setting = settings[channel]
            throw ForesightError.data(
                "channel \(setting.name) has no value in \(files.count == 1 ? files[0].source : "any file")",
                remedy: "leave it out, or check the markers of missing values (--missing)")
        }
        let times = episodes.map(\.samplingTime).sorted()
        let common = times[times.count / 2]
        if let other = episodes.first(where: { abs($0.samplingTime - common) > 0.05 * common }) {
            let usual = episodes.first { $0.samplingTime == common }
            throw ForesightError.data(
                "\(other.name) is sampled every \(seconds(other.samplingTime)), \(usual?.name ?? "others") every "
                    + seconds(common), remedy: "resample all to one rate (--resample SECONDS)")
        }
        for index in episodes.indices { episodes[index].samplingTime = common }
        var summary = summarisedWarnings()
        if let step = policy.resample {
            summary.append("samples are resampled to every \(seconds(step)), \(policy.method.words)")
        }
        return LoadedLog(
            episodes: episodes, channels: channels, samplingTime: common, files: files, ignoredColumns: ignored,
            hasRoles: hasRoles, warnings: summary)
    }
}
