/// How well alarms of each row fit labels of each row.
public struct AlarmScore: Sendable, Equatable {
    /// Rows of a fault with alarm.
    public var hits = 0
    /// Rows of a fault without.
    public var misses = 0
    /// Normal rows with alarm.
    public var falseAlarms = 0
    /// Normal rows without.
    public var quiet = 0

    /// Creates a score of nothing.
    public init() {}

    /// Counts rows.
    public mutating func add(alarms: [Bool], faults: [Bool]) {
        for (alarm, fault) in zip(alarms, faults) {
            switch (alarm, fault) {
            case (true, true): hits += 1
            case (false, true): misses += 1
            case (true, false): falseAlarms += 1
            case (false, false): quiet += 1
            }
        }
    }

    /// Twice the hits, divided by twice the hits, the false alarms and the misses.
    public var f1: Double { Double(2 * hits) / Double(max(1, 2 * hits + falseAlarms + misses)) }
    /// The share of normal rows with alarm.
    public var falseAlarmRate: Double { Double(falseAlarms) / Double(max(1, falseAlarms + quiet)) }
    /// The share of rows of a fault without alarm.
    public var missedRate: Double { Double(misses) / Double(max(1, misses + hits)) }
}

/// The first row from which on a statistic stays beyond its threshold for so many rows.
///
/// - Parameters:
///   - alarms: Whether each row is beyond.
///   - first: The first row that counts.
///   - consecutive: Rows in a row.
/// - Returns: `nil` when that never comes.
public func detection(_ alarms: [Bool], from first: Int, consecutive: Int) -> Int? {
    var run = 0
    for row in first..<max(first, alarms.count) {
        run = alarms[row] ? run + 1 : 0
        if run == consecutive { return row - consecutive + 1 }
    }
    return nil
}
