/// A rectangle with sides along the axes.
struct Rectangle: Sendable, Hashable {
    var low: SIMD2<Double>
    var high: SIMD2<Double>

    init(low: SIMD2<Double>, high: SIMD2<Double>) {
        self.low = low
        self.high = high
    }

    init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
        self.init(low: SIMD2(x.lowerBound, y.lowerBound), high: SIMD2(x.upperBound, y.upperBound))
    }

    /// The four rectangles around this one, far beyond any step: a room as its walls.
    var surroundings: [Rectangle] {
        let far = 1e6
        return [
            Rectangle(x: (low.x - far)...low.x, y: (low.y - far)...(high.y + far)),
            Rectangle(x: high.x...(high.x + far), y: (low.y - far)...(high.y + far)),
            Rectangle(x: (low.x - far)...(high.x + far), y: (low.y - far)...low.y),
            Rectangle(x: (low.x - far)...(high.x + far), y: high.y...(high.y + far)),
        ]
    }

    /// The distance from a point, 0 within.
    func distance(to point: SIMD2<Double>) -> Double {
        let away = point - point.clamped(lowerBound: low, upperBound: high)
        return (away * away).sum().squareRoot()
    }
}
