/// Reads times in one pattern, `2020-03-01 15:44:06.25` with any date of ten bytes, and others by the general scanner.
struct ClockScanner {
    let stamps: TimeStampScanner
    /// The date read last, as bytes, and its seconds.
    private var date: (first: UInt64, rest: UInt64, seconds: Double)?

    init(stamps: TimeStampScanner) { self.stamps = stamps }

    /// The time that begins at a position, and where its field ends.
    @inline(__always)
    mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, last: Int, delimiter: UInt8
    ) -> (stamp: TimeStamp, end: Int)? {
        guard position <= last, let start = bytes.baseAddress else { return nil }
        let base = UnsafeRawPointer(start)
        // HH:MM:SS less 00:00:00 is digits below ten, and zeros.
        let clock = base.word(position + 11) ^ 0x3030_3A30_303A_3030
        let separator = base.byte(position + 10)
        let carried = (clock & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7F76_767F_7676
        let isPattern = (carried | clock) & UInt64.highs == 0
        if isPattern, separator == Ascii.space || separator == 0x54, let days = day(base, bytes, position) {
            func digit(_ place: UInt64) -> Int { Int(truncatingIfNeeded: clock >> place) & 0xF }
            func two(_ place: UInt64) -> Int { 10 * digit(place) + digit(place + 8) }
            let (hour, minute, second) = (two(0), two(24), two(48))
            var seconds = Double(hour * 3600 + minute * 60) + Double(second)
            var end = position + 19
            if base.byte(end) == Ascii.point {
                var (value, scale, count) = (0.0, 1.0, 0)
                while count < 15, Ascii.isDigit(base.byte(end + 1 + count)) {
                    value = value * 10 + Double(base.byte(end + 1 + count) & 0xF)
                    scale *= 10
                    count += 1
                }
                if count > 0 { (seconds, end) = (seconds + value / scale, end + 1 + count) }
            }
            if base.byte(end) == 0x5A { end += 1 }
            let byte = base.byte(end)
            if hour <= 24, minute < 60, second <= 60,
                byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn
            {
                return (TimeStamp(kind: .dateTime, seconds: days + seconds), end)
            }
        }
        return general(bytes, position, last: last, delimiter: delimiter)
    }

    /// The seconds of the day that ten bytes name.
    @inline(__always)
    private mutating func day(
        _ base: UnsafeRawPointer, _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Double? {
        let (first, rest) = (base.word(position), base.word(position + 8) & 0xFFFF)
        if let date, date.first == first, date.rest == rest { return date.seconds }
        guard let stamp = stamps.scan(bytes[position..<position + 10]), stamp.kind == .dateOnly else { return nil }
        date = (first, rest, stamp.seconds)
        return stamp.seconds
    }

    @inline(never)
    private func general(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, last: Int, delimiter: UInt8
    ) -> (stamp: TimeStamp, end: Int)? {
        var end = position
        while end < last {
            let byte = bytes[end]
            if byte == Ascii.quote { return nil }
            if byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn { break }
            end += 1
        }
        guard end < last, let stamp = stamps.scan(Ascii.trimmed(bytes[position..<end])) else { return nil }
        return (stamp, end)
    }
}
