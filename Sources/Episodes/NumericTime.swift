/// A column of numbers that holds the time.
struct NumericTime {
    var column: Int
    var scale: Double
    var isEpoch = false
    var note: String?

    init(column: Int, heading: ColumnHeading, numbers: [Double], options: LogOptions, isNamed: Bool) {
        self.column = column
        let named = options.timeUnit ?? TimeNames.secondsPerUnit(heading)
        scale = named ?? 1
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
        (scale == 1 ? numbers : numbers.map { $0 * scale }, isEpoch ? .absolute : .relative)
    }

    /// Seconds of the unit in which a number would be a time of the years 1986 … 2128 counted from 1970.
    private static func epochUnit(_ value: Double) -> Double? {
        [1, 1e-3, 1e-6, 1e-9].first { value * $0 > 5e8 && value * $0 < 5e9 }
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
        let middle = steps.sorted()[steps.count / 2]
        return steps.count { abs($0 - middle) <= 0.1 * middle } * 10 >= steps.count * 9
    }
}
