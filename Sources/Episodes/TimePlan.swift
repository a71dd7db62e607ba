import Basics

/// Which columns of a delimited file are read as times and which as numbers.
struct TimePlan {
    /// Columns of dates and times of day whose seconds are added up: one, or a date and a time beside it.
    var stamps: [Int] = []
    /// Columns of numbers that may be the time, in the order in which they are tried.
    var candidates: [Int] = []
    /// All columns of numbers to read.
    var columns: Set<Int> = []
    /// Columns that nothing can be done with.
    var textColumns: [String] = []
    /// Whether times of day are written as six digits.
    var readsDigits = false
    /// What was assumed, in plain words.
    var notes: [String] = []

    /// Decides by the options, then by what the columns hold and are called.
    ///
    /// - Throws: `ForesightError.data` for a named column that is not there or holds no times.
    init(layout: DelimitedLayout, wanted: Set<String>?, source: String, options: LogOptions) throws {
        let headings = layout.headings
        func isWanted(_ column: Int) -> Bool {
            wanted.map { $0.contains(headings[column].name) || $0.contains(headings[column].written) } ?? true
        }
        var isNumber = headings.indices.map { layout.kinds[$0] == .number }
        // A column that was asked for as a channel is no time.
        let pair = TimePlan.digitTimes(layout, options: options) { wanted == nil || !isWanted($0) }
        if let pair {
            stamps = [pair.date, pair.clock].sorted()
            readsDigits = isNumber[pair.clock]
            let names = (readsDigits ? stamps : [pair.date]).map { headings[$0].name }
            notes = [
                "the numbers of column\(readsDigits ? "s" : "") \(names.joined(separator: " and ")) are read as dates"
                    + (readsDigits ? " and times of day" : "")
            ]
            for column in stamps { isNumber[column] = false }
        }

        switch options.time {
        case _ where pair != nil: break
        case .none: break
        case .named(let name):
            guard let column = headings.firstIndex(where: { $0.name == name || $0.written == name }) else {
                throw TimePlan.missing(name, among: headings.map(\.name), source: source)
            }
            switch layout.kinds[column] {
            case .number: candidates = [column]
            case .time(let kind): stamps = TimePlan.pair(column, kind, layout.kinds)
            case .text:
                throw ForesightError.data(
                    "\(source): column \(name) holds text, not times", remedy: "name another with --time")
            }
        case .automatic:
            let times = layout.kinds.indices.compactMap { column -> (column: Int, kind: TimeStamp.Kind)? in
                guard case .time(let kind) = layout.kinds[column] else { return nil }
                return (column, kind)
            }
            let first = times.first { $0.kind == .dateTime || $0.kind == .yearless } ?? times.first
            if let first {
                stamps = TimePlan.pair(first.column, first.kind, layout.kinds)
            } else {
                let named = headings.indices.filter { isNumber[$0] && TimeNames.isTime(headings[$0].name) }
                // A column that was asked for as a channel is no time.
                candidates = (named + (isNumber.first == true && !named.contains(0) ? [0] : []))
                    .filter { wanted == nil || !isWanted($0) }
            }
        }
        columns = Set(
            headings.indices.filter {
                isNumber[$0]
                    && (isWanted($0) || candidates.contains($0) || SamplingHint.isHint(headings[$0].name))
            })
        for column in headings.indices where !isNumber[column] && !stamps.contains(column) {
            textColumns.append(headings[column].name)
            if wanted != nil, isWanted(column) { columns.insert(column) }
        }
    }

    /// What is done with the fields of a column.
    enum Step { case pass, number, stamp }

    /// What is done with the fields of each column of a row.
    func steps(_ width: Int) -> [Step] {
        (0..<width).map { stamps.contains($0) ? .stamp : columns.contains($0) ? .number : .pass }
    }

    /// A date goes with a time of day beside it.
    private static func pair(_ column: Int, _ kind: TimeStamp.Kind, _ kinds: [DelimitedLayout.Kind]) -> [Int] {
        let other: TimeStamp.Kind
        switch kind {
        case .dateOnly: other = .timeOnly
        case .timeOnly: other = .dateOnly
        case .dateTime, .yearless, .minutesOnly: return [column]
        }
        for neighbour in [column + 1, column - 1] where kinds.indices.contains(neighbour) {
            if kinds[neighbour] == .time(other) { return [column, neighbour].sorted() }
        }
        return [column]
    }

    static func missing(_ name: String, among names: [String], source: String) -> ForesightError {
        let remedy = nearestNameQuestion(to: name, among: names)
        let shown = names.prefix(30).joined(separator: ", ")
        return .data("\(source) has no column \(name)", remedy: remedy ?? "its columns are \(shown)")
    }
}

extension RawColumns {
    /// The table: channels told from the time.
    ///
    /// Takes the samples out of the columns, which are not to be asked again.
    ///
    /// Where `leapYear` says so, days of years that are not written are counted as in leap years.
    mutating func table(
        plan: TimePlan, wanted: Set<String>?, options: LogOptions, leapYear: Bool = false
    ) throws -> LogTable {
        var rows = Array(0..<lines.count)
        var notes = layout.notes + plan.notes
        var times: [Double]?
        var clock = LogClock.none
        var timeName: String?
        var timeColumn: Int?

        if !plan.stamps.isEmpty {
            let empty = Set(emptyRows)
            rows.removeAll { empty.contains($0) }
            if let row = rows.first(where: { !stamps[$0].isFinite }) {
                throw noTime(row, column: plan.stamps[0])
            }
            let kind: TimeStamp.Kind = plan.stamps.count == 2 ? .dateTime : stampKind ?? .dateTime
            times = TimePlan.unrolled(rows.map { stamps[$0] }, kind: kind, leapYear: leapYear)
            switch kind {
            case .yearless: clock = .yearless
            case .timeOnly, .minutesOnly: clock = .relative
            case .dateTime, .dateOnly: clock = .absolute
            }
            timeName = plan.stamps.map { layout.headings[$0].name }.joined(separator: " ")
        } else if let found = try numericTime(plan: plan, options: options) {
            let empty = Set(emptyRows)
            rows.removeAll { empty.contains($0) }
            timeColumn = found.column
            timeName = layout.headings[found.column].name
            (times, clock) = found.seconds(rows.map { values(row: $0, column: found.column) })
            if let note = found.note { notes.append(note) }
            if let row = times?.firstIndex(where: { !$0.isFinite }) { throw noTime(rows[row], column: found.column) }
        }
        let kept = columns.filter { column in
            guard column != timeColumn else { return false }
            let heading = layout.headings[column]
            guard let wanted, !SamplingHint.isHint(heading.name) else { return true }
            return wanted.contains(heading.name) || wanted.contains(heading.written)
        }
        let positions = kept.compactMap { columns.firstIndex(of: $0) }
        if kept.isEmpty && wanted == nil {
            let held = plan.textColumns.isEmpty ? "times only" : "text in \(plan.textColumns.joined(separator: ", "))"
            throw ForesightError.data(
                "\(source) holds no column of numbers, but \(held)",
                remedy: "check the file, its delimiter and its decimal mark")
        }
        var table = LogTable(
            source: source,
            columns: kept.map {
                let heading = layout.headings[$0]
                return LogColumn(name: heading.name, unit: heading.unit, heading: heading.written)
            },
            values: takeSamples(rows, positions), times: times, timeName: timeName, clock: clock,
            lines: rows.map { lines[$0] },
            textColumns: plan.textColumns,
            availableColumns: layout.headings.map(\.name), notes: notes)
        table.rowCount = rows.count
        table.mayHoldNegativeZero = false
        return table
    }

    /// The values of some rows and columns, both in ascending order, moved together in the memory where they are.
    private mutating func takeSamples(_ rows: [Int], _ positions: [Int]) -> [Double] {
        let width = columns.count
        var samples: [Double] = []
        swap(&samples, &values)
        guard rows.count * positions.count < samples.count else { return samples }
        samples.withUnsafeMutableBufferPointer { samples in
            var place = 0
            for row in rows {
                for position in positions {
                    samples[place] = samples[row * width + position]
                    place += 1
                }
            }
        }
        samples.removeLast(samples.count - rows.count * positions.count)
        return samples
    }

    private func values(row: Int, column: Int) -> Double {
        values[row * columns.count + (columns.firstIndex(of: column) ?? 0)]
    }

    private func noTime(_ row: Int, column: Int) -> ForesightError {
        .data(
            "\(source) line \(lines[row]): column \(layout.headings[column].name) holds no time",
            remedy: "correct the line, or name another time column (--time COLUMN, --time none)")
    }

    /// The first candidate that behaves like a time.
    private func numericTime(plan: TimePlan, options: LogOptions) throws -> NumericTime? {
        let empty = Set(emptyRows)
        let rows = lines.indices.filter { !empty.contains($0) }
        for column in plan.candidates {
            let heading = layout.headings[column]
            let numbers = rows.map { values(row: $0, column: column) }
            if case .named = options.time {
                if let gap = numbers.firstIndex(where: { !$0.isFinite }) { throw noTime(rows[gap], column: column) }
                return NumericTime(column: column, heading: heading, numbers: numbers, options: options, isNamed: true)
            }
            let isNamed = TimeNames.isTime(heading.name)
            if isNamed, case .automatic = options.time, NumericTime.runsBackwards(numbers) {
                throw ForesightError.data(
                    "\(source): column \(heading.name) falls from row to row: the newest sample comes first",
                    remedy: "sort the rows, the oldest first, or say --time none if it is no time and they are in order"
                )
            }
            guard NumericTime.isPlausible(numbers, isNamed: isNamed) else { continue }
            return NumericTime(column: column, heading: heading, numbers: numbers, options: options, isNamed: isNamed)
        }
        return nil
    }
}
