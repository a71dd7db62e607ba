/// The sampling time that a log tells by a column or a scalar of its own, such as `Ts`, `dt` or `Fs`.
enum SamplingHint {
    /// Seconds between samples, when a name with one value tells them; `nil` otherwise.
    static func samplingTime(name: String, unit: String?, value: Double) -> Double? {
        guard value.isFinite, value > 0 else { return nil }
        let unit = unit?.lowercased()
        switch name.lowercased().filter({ $0.isLetter }) {
        case "ts", "dt", "samplingtime", "sampletime", "samplingperiod", "sampleperiod", "samplinginterval":
            switch unit {
            case nil, "s": return value
            case "ms": return value * 1e-3
            case "min": return value * 60
            case "h": return value * 3600
            default: return nil
            }
        case "fs", "samplingrate", "samplerate", "samplingfrequency":
            switch unit {
            case nil, "hz": return 1 / value
            case "khz": return 1e-3 / value
            default: return nil
            }
        default: return nil
        }
    }

    /// Whether a column of this name may tell the sampling time.
    static func isHint(_ name: String) -> Bool { samplingTime(name: name, unit: nil, value: 1) != nil }

    /// Finds a column with a single value that tells the sampling time; values may be missing below the first row.
    static func find(in table: LogTable) -> (column: Int, samplingTime: Double)? {
        for (index, column) in table.columns.enumerated() {
            guard samplingTime(name: column.name, unit: column.unit, value: 1) != nil else { continue }
            let values = table.column(index).filter { !$0.isNaN }
            guard let first = values.first, values.allSatisfy({ $0 == first }) else { continue }
            if let time = samplingTime(name: column.name, unit: column.unit, value: first) { return (index, time) }
        }
        return nil
    }
}
