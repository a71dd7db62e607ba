extension ResamplingMethod {
    /// What is done, in plain words.
    var words: String {
        switch self {
        case .interpolate: "linearly between samples, actions as last set"
        case .average: "averaged over each new step"
        }
    }
}

extension SamplingReport {
    /// What a person should know, by kind and in plain words.
    ///
    /// - Parameters:
    ///   - table: The table that the report is of, which knows its lines.
    ///   - isResampled: Whether it is resampled, so that nobody has to be told to.
    /// - Returns: Kinds, which are told once for many files, and words.
    func warnings(_ table: LogTable, isResampled: Bool = false) -> [(kind: String, words: String)] {
        var found: [(kind: String, words: String)] = []
        if let longest = gaps.max(by: { $0.seconds < $1.seconds }) {
            let many = "\(gaps.count) \(gaps.count == 1 ? "gap" : "gaps")"
            let place = "\(seconds(longest.seconds)) before \(place(longest.row, table))"
            found.append(("gap", "\(many) in the sampling, the longest \(place)"))
        }
        if let first = duplicates.first {
            let many = duplicates.count == 1 ? "1 row repeats" : "\(duplicates.count) rows repeat"
            let place = "first \(place(first, table))"
            found.append(("duplicate", "\(many) the time of the row before, left out, \(place)"))
        }
        if let first = reversals.first {
            let often = reversals.count == 1 ? "once" : "\(reversals.count) times"
            let place = "first at \(place(first, table))"
            found.append(("reversal", "time runs backwards \(often), \(place); each time an episode begins"))
        }
        let step = seconds(samplingTime)
        if let clockResolution {
            let tick = "the clock steps by \(seconds(clockResolution))"
            found.append(("clock", "\(tick); samples are taken as evenly spaced, every \(step)"))
        }
        if isIrregular {
            let remedy = isResampled ? "" : "; resample it (--resample \(SamplingReport.rounded(samplingTime)))"
            found.append(("irregular", "sampling is irregular around \(step)\(remedy)"))
        } else if jitter > 0.005 {
            let share = (jitter * 1000).rounded() / 10
            found.append(("jitter", "the clock jitters by \(share) % around \(step), which is taken as even"))
        }
        return found
    }

    private func place(_ row: Int, _ table: LogTable) -> String {
        row < table.lines.count ? "line \(table.lines[row])" : "row \(row + 1)"
    }
}

/// A duration in seconds, to four digits.
func seconds(_ value: Double) -> String { "\(significant(value, 4)) s" }

/// A number to a number of digits, without a fraction where it is whole.
func significant(_ value: Double, _ digits: Int) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    // Powers of ten are exact up to 10²², their inverses never: large numbers are divided, small ones multiplied.
    var (up, down) = (1.0, 1.0)
    let limit = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    while abs(value) * up < limit / 10, up < 1e300 { up *= 10 }
    while abs(value) / down >= limit, down < 1e300 { down *= 10 }
    let rounded = (value * up / down).rounded() / up * down
    if abs(rounded) < 1e15, rounded == rounded.rounded() { return String(Int(rounded)) }
    return "\(rounded)"
}
