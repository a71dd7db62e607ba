/// A column of numbers that holds the time.
struct NumericTime {
    var column: Int
    var scale: Double
    var isEpoch = false
    /// Whether the digits of a number are those of a date, or of a date and a time of day: 20200301, 20200301154406.
    var isCalendar = false
    var note: String?

    init(column: Int, heading: ColumnHeading, numbers: [Double], options: LogOptions, isNamed: Bool) {
        self.column = column
        let named = options.timeUnit ?? TimeNames.secondsPerUnit(heading)
        scale = named ?? 1
        if named == nil, NumericTime.calendarSeconds(numbers) != nil {
            isCalendar = true
            let isDate = numbers[0] < 1e8
            note = "the numbers of column \(heading.name) are read as dates\(isDate ? "" : " and times of day")"
            return
        }
        let middle = numbers.isEmpty ? 0 : numbers.sorted()[numbers.count / 2]
        if named == nil, isNamed, TimeNames.mayBeEpoch(heading.name), let unit = NumericTime.epochUnit(middle) {
            (scale, isEpoch) = (unit, true)
        } else if named == 1, middle > 5e8, middle < 5e9 {
            isEpoch = true
        }
        let unit = named == nil && !isEpoch ? ", in seconds" : ""
        if !isNamed {
            note = "column \(heading.name) grows in equal steps and is read as the time\(unit)"
        } else if named == nil && !isEpoch {
            note = "column \(heading.name) is read as the time in seconds"
        }
    }

    func seconds(_ numbers: [Double]) -> ([Double], LogClock) {
        if isCalendar, let seconds = NumericTime.calendarSeconds(numbers) { return (seconds, .absolute) }
        return (scale == 1 ? numbers : numbers.map { $0 * scale }, isEpoch ? .absolute : .relative)
    }

    /// Seconds of the unit in which a number would be a time of the years 1986 … 2128 counted from 1970.
    private static func epochUnit(_ value: Double) -> Double? {
        [1, 1e-3, 1e-6, 1e-9].first { value * $0 > 5e8 && value * $0 < 5e9 }
    }

    /// Seconds since 1970 of numbers whose fourteen digits are year, month, day, hour, minute and second, or whose twelve are
    /// these without seconds, or whose eight the date alone; `nil` where one of them is no such date from 1900 to 2199.
    static func calendarSeconds(_ numbers: [Double]) -> [Double]? {
        guard let first = numbers.first else { return nil }
        // Most columns of numbers are told from dates by their first.
        let isLong = first >= 1e13 && first < 1e14
        let isDate = first >= 1.9e7 && first < 2.2e7
        guard isLong || isDate || (first >= 1e11 && first < 1e12) else { return nil }
        var seconds: [Double] = []
        seconds.reserveCapacity(numbers.count)
        for number in numbers {
            guard var rest = Int(exactly: number) else { return nil }
            var (second, isOther) = (0, false)
            if isLong { (rest, second) = rest.quotientAndRemainder(dividingBy: 100) }
            if isDate { (rest, isOther) = rest.multipliedReportingOverflow(by: 10_000) }
            guard !isOther else { return nil }
            let (year, month, day) = (rest / 100_000_000, rest / 1_000_000 % 100, rest / 10_000 % 100)
            let (hour, minute) = (rest / 100 % 100, rest % 100)
            guard (1900..<2200).contains(year), (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60,
                day <= daysSince1970(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
                    - daysSince1970(year: year, month: month, day: 1)
            else { return nil }
            seconds.append(
                Double(daysSince1970(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second))
        }
        return seconds
    }

    /// Whether rows are in the order of a time that runs backwards.
    static func runsBackwards(_ numbers: [Double]) -> Bool {
        numbers.count >= 3 && zip(numbers.dropFirst(), numbers).allSatisfy { $0 <= $1 }
            && numbers[0] > (numbers.last ?? 0)
    }

    /// A named time has to grow more often than not; any other column has to grow always, in nearly equal steps.
    static func isPlausible(_ numbers: [Double], isNamed: Bool) -> Bool {
        guard numbers.allSatisfy(\.isFinite) else { return false }
        if isNamed && numbers.count < 3 { return true }
        let steps = zip(numbers.dropFirst(), numbers).map { $0 - $1 }
        guard steps.count >= 2 else { return false }
        if isNamed {
            let (first, last) = (numbers[0], numbers[numbers.count - 1])
            let growing = steps.count { $0 > 0 }
            return steps.count { $0 < 0 } * 2 < growing || (growing > 0 && last > first && !steps.contains { $0 < 0 })
        }
        guard steps.allSatisfy({ $0 > 0 }) else { return false }
        if calendarSeconds(numbers) != nil { return true }
        let middle = steps.sorted()[steps.count / 2]
        return steps.count { abs($0 - middle) <= 0.1 * middle } * 10 >= steps.count * 9
    }
}
