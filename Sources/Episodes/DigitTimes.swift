/// What the digits of all numbers of a column may say besides a number.
enum DigitTimes {
    /// Eight of them are year, month and day from 1900 to 2199: 20260131.
    case date
    /// Six of them are hours, minutes and seconds, with zeros in front and perhaps a fraction behind: 093000.25.
    case clock

    /// Seconds since 1970 of the years 1900 … 2199.
    private static let years = -2_208_988_800.0..<7_258_118_400.0

    /// Looks at fields; `nil` where one of them is neither, or is not what those before it are.
    init?(_ fields: [Slice<UnsafeBufferPointer<UInt8>>]) {
        let scanner = TimeStampScanner(dayFirst: false, readsDigits: true)
        var found: DigitTimes?
        for field in fields {
            let digits = field.prefix(while: Ascii.isDigit).count
            // Most columns of numbers are told by their first.
            guard digits == 8 ? field.count == 8 : digits == 6, let stamp = scanner.scan(field) else { return nil }
            let kind: DigitTimes
            switch stamp.kind {
            case .dateOnly where DigitTimes.years.contains(stamp.seconds): kind = .date
            case .timeOnly: kind = .clock
            default: return nil
            }
            guard found == nil || found == kind else { return nil }
            found = kind
        }
        guard let kind = found else { return nil }
        self = kind
    }
}

extension TimePlan {
    /// A column of dates that are written as eight digits, and the column of times of day beside it, which are written with colons
    /// or as six digits.
    ///
    /// Digits alone say too little: a counter of eight digits may look like dates, and 3600 seconds like 00:36. So the column has
    /// to be called as a date is, and one of six digits as a time without a unit is; all rows that were looked at are dates and
    /// times; and there are no dates that are written otherwise.
    static func digitTimes(
        _ layout: DelimitedLayout, options: LogOptions, mayBeTime: (Int) -> Bool
    ) -> (date: Int, clock: Int)? {
        let (headings, kinds, digits) = (layout.headings, layout.kinds, layout.digits)
        let hasOthers = kinds.contains { kind in
            guard case .time(let written) = kind else { return false }
            return written != .timeOnly
        }
        guard !hasOthers else { return nil }
        for date in headings.indices where digits[date] == .date && TimeNames.isDate(headings[date].name) {
            for clock in [date + 1, date - 1] where headings.indices.contains(clock) {
                let isDigits =
                    digits[clock] == .clock && options.timeUnit == nil && TimeNames.isClock(headings[clock])
                guard isDigits || kinds[clock] == .time(.timeOnly) else { continue }
                switch options.time {
                case .none: continue
                case .named(let name):
                    let isNamed = [date, clock].contains { headings[$0].name == name || headings[$0].written == name }
                    if isNamed { return (date, clock) }
                case .automatic:
                    if mayBeTime(date), mayBeTime(clock) { return (date, clock) }
                }
            }
        }
        return nil
    }
}
