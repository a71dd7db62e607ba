/// A date, a time of day, or both, as written in a log.
struct TimeStamp: Equatable {
    /// How much of a date was written.
    enum Kind: Equatable {
        /// Year, month, day and time of day.
        case dateTime
        /// Month, day and time of day; the year is not written.
        case yearless
        /// Year, month and day.
        case dateOnly
        /// Time of day, or hours that go on beyond a day.
        case timeOnly
        /// Minutes, seconds and a fraction, as spreadsheets show short times; the hours are not written.
        case minutesOnly
    }

    var kind: Kind
    /// Seconds since 1970 in universal time, since the start of the year, since midnight, or since the last hour, as the
    /// kind says. A time without a zone is taken as universal time.
    var seconds: Double
}

/// Reads the usual spellings of dates and times from bytes.
///
/// `2020-03-01 15:44:06.25`, `2020-03-01T15:44:06+01:00`, `2020/03/01`, `20200301T154406`, `01.03.2020 15:44`,
/// `3/1/2020 3:44 PM`, `01-Mar-2020`, `08/26  24:00:00`, `15:44:06`, `44:06.25`.
struct TimeStampScanner {
    /// Whether `03/04/2020` is the third of April. A day above twelve in the wrong place makes the scan fail.
    var dayFirst: Bool
    /// Whether years that are not written are leap years.
    var leapYear = false
    /// Whether six digits are a time of day, which else are a number: `093000`.
    var readsDigits = false

    private struct Fields {
        var year: Int?
        var month = 1
        var day = 1
        var hasDate = false
        var second: Double = 0
        var hasTime = false
        var hasHours = true
        var offset = 0
    }

    /// The time stamp that fills the bytes, or `nil` when they hold something else.
    func scan(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> TimeStamp? {
        guard bytes.count >= 4, bytes.count <= 48 else { return nil }
        var cursor = Cursor(bytes: bytes, position: bytes.startIndex)
        var fields = Fields()
        guard cursor.isDigit else { return nil }
        let start = cursor.position
        if let first = cursor.digits(), cursor.byte == Ascii.colon || (readsDigits && first.count == 6) {
            cursor.position = start
            guard time(&cursor, &fields) else { return nil }
        } else {
            cursor.position = start
            guard date(&cursor, &fields) else { return nil }
            if !cursor.isAtEnd {
                guard cursor.skipDateSeparator(), time(&cursor, &fields) else { return nil }
            }
        }
        guard cursor.isAtEnd else { return nil }
        return stamp(fields)
    }

    private func date(_ cursor: inout Cursor, _ fields: inout Fields) -> Bool {
        guard let first = cursor.digits() else { return false }
        fields.hasDate = true
        if first.count == 8 {
            (fields.year, fields.month, fields.day) = (first.value / 10000, first.value / 100 % 100, first.value % 100)
            return isValid(fields)
        }
        guard let separator = cursor.byte, [Ascii.minus, Ascii.slash, Ascii.point].contains(separator) else {
            return false
        }
        cursor.position += 1
        if first.count == 4 {
            guard let month = cursor.digits(), cursor.skip(separator), let day = cursor.digits() else { return false }
            (fields.year, fields.month, fields.day) = (first.value, month.value, day.value)
            return month.count <= 2 && day.count <= 2 && isValid(fields)
        }
        guard first.count <= 2 else { return false }
        var second: (value: Int, count: Int)
        var isNamed = false
        if let month = cursor.monthName() {
            second = (month, 2)
            isNamed = true
        } else if let digits = cursor.digits() {
            second = digits
        } else {
            return false
        }
        guard second.count <= 2 else { return false }
        let dayLeads = isNamed || separator == Ascii.point || dayFirst
        (fields.day, fields.month) = dayLeads ? (first.value, second.value) : (second.value, first.value)
        if cursor.skip(separator), let year = cursor.digits() {
            guard year.count == 4 || year.count == 2 else { return false }
            // Two digits: 1970 … 2069, as POSIX reads them.
            let century = year.value < 70 ? 2000 : 1900
            fields.year = year.count == 4 ? year.value : century + year.value
        } else if separator == Ascii.point || isNamed {
            return false
        }
        return isValid(fields)
    }

    private func time(_ cursor: inout Cursor, _ fields: inout Fields) -> Bool {
        guard let hours = cursor.digits() else { return false }
        fields.hasTime = true
        if hours.count == 6, fields.hasDate || readsDigits {
            let (hour, minute, second) = (hours.value / 10000, hours.value / 100 % 100, hours.value % 100)
            guard hour <= 24, minute < 60, second <= 60 else { return false }
            fields.second = Double(hour * 3600 + minute * 60 + second)
        } else {
            guard hours.count <= (fields.hasDate ? 2 : 5), !fields.hasDate || hours.value <= 24 else { return false }
            guard cursor.skip(Ascii.colon), let minutes = cursor.digits(), minutes.count == 2, minutes.value < 60
            else { return false }
            fields.second = Double(hours.value * 3600 + minutes.value * 60)
            if cursor.skip(Ascii.colon) {
                guard let seconds = cursor.digits(), seconds.count == 2, seconds.value <= 60 else { return false }
                fields.second += Double(seconds.value)
            } else if cursor.byte == Ascii.point || cursor.byte == Ascii.comma {
                // Only seconds have fractions; a date goes with hours.
                guard !fields.hasDate else { return false }
                fields.second = Double(hours.value * 60 + minutes.value)
                fields.hasHours = false
            }
        }
        if cursor.byte == Ascii.point || cursor.byte == Ascii.comma {
            cursor.position += 1
            guard let fraction = cursor.fraction() else { return false }
            fields.second += fraction
        }
        if let isAfternoon = cursor.halfDay() {
            guard fields.hasHours else { return false }
            let hour = Int(fields.second / 3600)
            guard hour >= 1, hour <= 12 else { return false }
            fields.second += (hour == 12 ? -43_200 : 0) + (isAfternoon ? 43_200 : 0)
        }
        return cursor.zone(&fields.offset)
    }

    private func isValid(_ fields: Fields) -> Bool {
        guard fields.month >= 1, fields.month <= 12, fields.day >= 1 else { return false }
        let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][fields.month - 1]
        let isLeap = fields.year.map { $0 % 4 == 0 && ($0 % 100 != 0 || $0 % 400 == 0) } ?? leapYear
        return fields.day <= days + (isLeap && fields.month == 2 ? 1 : 0)
    }

    private func stamp(_ fields: Fields) -> TimeStamp? {
        guard fields.hasDate else {
            return TimeStamp(kind: fields.hasHours ? .timeOnly : .minutesOnly, seconds: fields.second)
        }
        let year = fields.year ?? (leapYear ? 2000 : 2001)
        let days = daysSince1970(year: year, month: fields.month, day: fields.day)
        if fields.year == nil {
            guard fields.hasTime else { return nil }
            let first = daysSince1970(year: year, month: 1, day: 1)
            return TimeStamp(kind: .yearless, seconds: Double(days - first) * 86_400 + fields.second)
        }
        let seconds = Double(days * 86_400 - fields.offset) + fields.second
        return TimeStamp(kind: fields.hasTime ? .dateTime : .dateOnly, seconds: seconds)
    }
}

/// Days from 1 January 1970 in the Gregorian calendar.
///
/// Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

/// A place in the bytes of one time stamp.
private struct Cursor {
    let bytes: Slice<UnsafeBufferPointer<UInt8>>
    var position: Int

    var isAtEnd: Bool { position >= bytes.endIndex }
    var byte: UInt8? { isAtEnd ? nil : bytes[position] }
    var isDigit: Bool { byte.map(Ascii.isDigit) ?? false }

    mutating func skip(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        position += 1
        return true
    }

    /// The next run of digits, at most nine.
    mutating func digits() -> (value: Int, count: Int)? {
        let start = position
        var value = 0
        while let byte, Ascii.isDigit(byte), position - start < 9 {
            value = value * 10 + Int(byte - Ascii.zero)
            position += 1
        }
        return position > start ? (value, position - start) : nil
    }

    /// Digits after a decimal mark, as a fraction of one.
    mutating func fraction() -> Double? {
        var (value, scale, count) = (0.0, 1.0, 0)
        while let byte, Ascii.isDigit(byte) {
            // Digits beyond a double's precision would only make the scale overflow.
            if count < 15 {
                value = value * 10 + Double(byte - Ascii.zero)
                scale *= 10
            }
            count += 1
            position += 1
        }
        return count > 0 ? value / scale : nil
    }

    /// Skips what stands between date and time: `T`, spaces, `_`, or a comma and spaces.
    mutating func skipDateSeparator() -> Bool {
        let start = position
        if byte.map({ $0 | 0x20 == 0x74 || $0 == 0x5F || $0 == Ascii.comma }) == true { position += 1 }
        skipSpaces()
        return position > start
    }

    mutating func skipSpaces() {
        while byte == Ascii.space { position += 1 }
    }

    /// The month that three letters name, in English.
    mutating func monthName() -> Int? {
        guard position + 3 <= bytes.endIndex else { return nil }
        let letters = bytes[position..<position + 3].map { $0 | 0x20 }
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard let month = names.firstIndex(where: { Array($0.utf8) == letters }) else { return nil }
        position += 3
        return month + 1
    }

    /// Whether `PM` is written, or `AM`; `nil` when neither is.
    mutating func halfDay() -> Bool? {
        let start = position
        skipSpaces()
        guard position + 2 <= bytes.endIndex, bytes[position + 1] | 0x20 == 0x6D else {
            position = start
            return nil
        }
        let letter = bytes[position] | 0x20
        guard letter == 0x61 || letter == 0x70 else {
            position = start
            return nil
        }
        position += 2
        return letter == 0x70
    }

    /// Reads a zone, if one is written; its seconds east of universal time.
    mutating func zone(_ offset: inout Int) -> Bool {
        skipSpaces()
        guard let byte else { return true }
        if byte | 0x20 == 0x7A {
            position += 1
            return true
        }
        if Ascii.isLetter(byte) {
            let word = bytes[position...].map { $0 | 0x20 }
            guard word.elementsEqual("utc".utf8) || word.elementsEqual("gmt".utf8) else { return false }
            position = bytes.endIndex
            return true
        }
        guard byte == Ascii.plus || byte == Ascii.minus else { return false }
        position += 1
        guard let hours = digits() else { return false }
        var minutes = hours.value * 60
        if hours.count == 4 {
            minutes = hours.value / 100 * 60 + hours.value % 100
        } else if hours.count != 2 {
            return false
        } else if skip(Ascii.colon) {
            guard let rest = digits(), rest.count == 2, rest.value < 60 else { return false }
            minutes += rest.value
        }
        offset = (byte == Ascii.minus ? -60 : 60) * minutes
        return minutes <= 24 * 60
    }
}
