/// How values are spread along an axis.
public enum AxisScale: String, Sendable {
    /// Equal steps, equal distances.
    case linear
    /// Equal ratios, equal distances; values that are not positive are left out.
    case logarithmic
}

/// Maps values to pixels.
struct Scale {
    let kind: AxisScale
    /// What the axis shows.
    let range: ClosedRange<Double>
    /// Pixel of the lower bound and of the upper bound.
    let pixels: (from: Double, to: Double)

    /// The pixel of a value; NaN for a value that the axis cannot show.
    func callAsFunction(_ value: Double) -> Double {
        let position: Double
        switch kind {
        case .linear: position = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case .logarithmic:
            guard value > 0 else { return .nan }
            let low = log10(range.lowerBound)
            position = (log10(value) - low) / (log10(range.upperBound) - low)
        }
        return pixels.from + position * (pixels.to - pixels.from)
    }

    /// Round numbers along the axis.
    func ticks(count: Int) -> Ticks {
        kind == .linear ? .linear(range, count: count) : .logarithmic(range, count: count)
    }

    private static let greatest = 5e307

    /// A range that holds all values up to ±5e307, with some room; whole when there is nothing to show.
    static func range(
        of values: some Sequence<Double>, kind: AxisScale, room: Double, includesZero: Bool
    ) -> ClosedRange<Double> {
        var low = Double.infinity
        var high = -Double.infinity
        for value in values where value.isFinite && (kind == .linear || value > 0) {
            // Well within what doubles reach, so that the span between two of them is finite.
            let value = min(max(value, -greatest), greatest)
            low = min(low, value)
            high = max(high, value)
        }
        if kind == .logarithmic {
            guard low <= high else { return 0.1...1 }
            // A floor keeps one vanishing value from flattening everything else.
            low = max(low, high * 1e-12)
            return low < high ? (low / 1.3)...(high * 1.3) : (low / 3)...(high * 3)
        }
        guard low <= high else { return 0...1 }
        if includesZero {
            low = min(low, 0)
            high = max(high, 0)
        }
        let span = high - low
        // Below what doubles can tell apart the axis would have no ticks.
        guard span > 1e-9 * max(low.magnitude, high.magnitude), span > 1e-300 else {
            let half = max(low.magnitude * 0.05, 0.5)
            return (low - half)...(high + half)
        }
        let lower = includesZero && low == 0 ? 0 : low - room * span
        let upper = includesZero && high == 0 ? 0 : high + room * span
        return lower...upper
    }
}
