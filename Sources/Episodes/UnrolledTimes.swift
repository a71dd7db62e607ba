extension TimePlan {
    private static let day = 86_400.0

    /// Lets times go on where they begin again: minutes past the hour, times of day past midnight, days of the year past New
    /// Year.
    ///
    /// - Parameters:
    ///   - seconds: As they are written.
    ///   - kind: What is written.
    ///   - leapYear: Whether days of the year are counted with a 29th of February.
    /// - Returns: Seconds that go on.
    static func unrolled(_ seconds: [Double], kind: TimeStamp.Kind, leapYear: Bool = false) -> [Double] {
        let period: Double
        switch kind {
        case .minutesOnly: period = 3600
        case .timeOnly: period = day
        case .yearless: period = (leapYear ? 366 : 365) * day
        case .dateTime, .dateOnly: return seconds
        }
        // How often the period has ended before each row.
        var turns = [Int](repeating: 0, count: seconds.count)
        for i in 1..<max(1, seconds.count) {
            turns[i] = turns[i - 1] + (seconds[i] - seconds[i - 1] < -period / 2 ? 1 : 0)
        }
        guard kind == .yearless, leapYear else { return zip(seconds, turns).map { $0 + Double($1) * period } }
        let leap = leapTurn(seconds, turns)
        // Of four years three have no 29th of February: what stands behind it there is a day earlier.
        return zip(seconds, turns).map { second, turn in
            let isShort = (turn - leap) % 4 != 0 && second >= 60 * day
            let shortYears = (0..<turn).count { ($0 - leap) % 4 != 0 }
            return second + Double(turn) * period - Double(shortYears + (isShort ? 1 : 0)) * day
        }
    }

    /// Which of the years has the 29th of February, the 60th day: rows within it, or where rows stand at ends of days alone, at
    /// its two ends.
    private static func leapTurn(_ seconds: [Double], _ turns: [Int]) -> Int {
        let found =
            seconds.firstIndex { $0 > 59 * day && $0 < 60 * day }
            ?? seconds.indices.dropFirst().first { seconds[$0 - 1] == 59 * day && seconds[$0] == 60 * day }
        return found.map { turns[$0] } ?? 0
    }
}
