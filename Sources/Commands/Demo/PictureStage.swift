import Plants

/// What a moving picture of a demo shows: what is seen, with predicted ways drawn over it, and the goal beside it.
struct PictureStage {
    /// Pixels of the stage for one of the pictures.
    let scale: Int
    /// Pixels in a row of a picture.
    let side: Int
    /// Pixels in a row of the stage.
    var width: Int { 2 * side * scale + Self.gap }
    /// Rows of the stage.
    var height: Int { side * scale }

    private static let gap = 6

    /// A way in pixels of the pictures, with its colour and how wide and how opaque it is drawn.
    struct Way {
        var points: [(x: Double, y: Double)]
        var colour: (red: Double, green: Double, blue: Double)
        var width: Double
        var opacity: Double
    }

    /// One picture of the stage, `[height, width, 3]`.
    func draw(_ seen: Frame, _ ways: [Way], goal: Frame) -> [UInt8] {
        var pixels = [UInt8](repeating: 255, count: width * height * 3)
        copy(seen, into: &pixels, at: 0)
        for way in ways { draw(way, into: &pixels) }
        copy(goal, into: &pixels, at: side * scale + Self.gap)
        return pixels
    }

    private func copy(_ frame: Frame, into pixels: inout [UInt8], at left: Int) {
        for row in 0..<height {
            for column in 0..<side * scale {
                let source = ((row / scale) * frame.width + column / scale) * 3
                let target = (row * width + left + column) * 3
                for colour in 0..<3 { pixels[target + colour] = frame.pixels[source + colour] }
            }
        }
    }

    private func draw(_ way: Way, into pixels: inout [UInt8]) {
        let scale = Double(scale)
        let points = way.points.map { (x: ($0.x + 0.5) * scale, y: ($0.y + 0.5) * scale) }
        for (start, end) in zip(points, points.dropFirst()) {
            let reach = way.width / 2 + 1
            let rows = range(start.y, end.y, reach, below: height)
            let columns = range(start.x, end.x, reach, below: side * self.scale)
            for row in rows {
                for column in columns {
                    let distance = Self.distance((Double(column) + 0.5, Double(row) + 0.5), start, end)
                    // Covered wholly within the line, not at all a pixel beyond it.
                    let share = way.opacity * min(1, max(0, way.width / 2 + 0.5 - distance))
                    guard share > 0 else { continue }
                    let place = (row * width + column) * 3
                    for (offset, wanted) in [way.colour.red, way.colour.green, way.colour.blue].enumerated() {
                        let mixed = Double(pixels[place + offset]) * (1 - share) + wanted * share
                        pixels[place + offset] = UInt8(min(255, max(0, mixed)))
                    }
                }
            }
        }
    }

    private func range(_ one: Double, _ other: Double, _ reach: Double, below limit: Int) -> Range<Int> {
        guard one.isFinite, other.isFinite else { return 0..<0 }
        let low = min(max(0, Int(max(-1e6, min(one, other) - reach))), limit)
        let high = min(max(low, Int(min(1e6, max(one, other) + reach)) + 1), limit)
        return low..<max(low, high)
    }

    /// From a point to a segment.
    private static func distance(
        _ point: (Double, Double), _ start: (x: Double, y: Double), _ end: (x: Double, y: Double)
    ) -> Double {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let length = dx * dx + dy * dy
        let along = length > 0 ? ((point.0 - start.x) * dx + (point.1 - start.y) * dy) / length : 0
        let held = min(1, max(0, along))
        let (x, y) = (start.x + held * dx - point.0, start.y + held * dy - point.1)
        return (x * x + y * y).squareRoot()
    }
}
