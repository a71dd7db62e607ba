/// Where an axis carries labels: round numbers that a person would have chosen.
public struct Ticks: Sendable, Equatable {
    /// The values, rising.
    public var values: [Double]
    /// The text at each value.
    public var labels: [String]

    /// Ticks at multiples of 1, 2 or 5 times a power of ten within the range.
    ///
    /// - Parameters:
    ///   - range: What the axis shows.
    ///   - count: About how many ticks are wanted; at least two, at most about 1.6 times as many, are made.
    /// - Returns: Values and labels; none for a range without extent.
    public static func linear(_ range: ClosedRange<Double>, count: Int) -> Ticks {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, count > 0 else { return Ticks(values: [], labels: []) }
        var step = niceStep(span / Double(count))
        // One tick alone tells no distance: the next smaller steps make two.
        for _ in 0..<2 where inside(range, step) < 2 { step = niceStep(step / 2.2) }
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 1000 else { return Ticks(values: [], labels: []) }
        let values = (0...Int(last - first)).map { (first + Double($0)) * step }
        let decimals = max(0, -Int(log10(step).rounded(.down)))
        let greatest = values.map(\.magnitude).max() ?? 0
        let labels = values.map { value in
            if value.magnitude < step * 1e-6 { return "0" }
            if greatest >= 1e6 || decimals > 5 {
                let digits = max(1, Int(log10(value.magnitude).rounded(.down)) - Int(log10(step).rounded(.down)) + 1)
                return NumberText.scientific(value, digits: digits, minus: "−")
            }
            return NumberText.fixed(value, decimals: decimals)
        }
        return Ticks(values: values, labels: labels)
    }

    /// Ticks at powers of ten, with 2 and 5 between when the range spans less than two decades.
    public static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> Ticks {
        guard range.lowerBound > 0, range.upperBound > range.lowerBound else { return Ticks(values: [], labels: []) }
        let low = log10(range.lowerBound)
        let high = log10(range.upperBound)
        let decades = high - low
        let multiples: [Double] = decades < 2 ? [1, 2, 5] : [1]
        let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
        var values: [Double] = []
        var exponent = Int(low.rounded(.down))
        while Double(exponent) <= high {
            if exponent % stride == 0 {
                for multiple in multiples {
                    let value = multiple * powerOfTen(exponent)
                    if value >= range.lowerBound * (1 - 1e-9), value <= range.upperBound * (1 + 1e-9) {
                        values.append(value)
                    }
                }
            }
            exponent += 1
        }
        // Less than a factor of two or three: a power of ten may not lie inside at all.
        if values.count < 2 { return linear(range, count: count) }
        return Ticks(values: values, labels: values.map { NumberText.significant($0, digits: 1) })
    }

    /// How many multiples of a step lie in a range.
    private static func inside(_ range: ClosedRange<Double>, _ step: Double) -> Double {
        (range.upperBound / step + 1e-9).rounded(.down) - (range.lowerBound / step - 1e-9).rounded(.up) + 1
    }

    /// The step of 1, 2 or 5 times a power of ten that is nearest to the wanted one by ratio.
    static func niceStep(_ wanted: Double) -> Double {
        let power = powerOfTen(Int(log10(wanted).rounded(.down)))
        let leading = wanted / power
        // The limits are the geometric means of neighbours: √2, √10 and √50.
        let nice = leading < 1.414 ? 1.0 : leading < 3.162 ? 2.0 : leading < 7.071 ? 5.0 : 10.0
        return nice * power
    }
}
