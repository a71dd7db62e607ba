/// A number that may change over the frames of a drawing.
struct Motion: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// One value for all frames, or one for each.
    var values: [Double]

    init(_ values: [Double]) { self.values = values }
    init(_ value: Double) { values = [value] }
    init(floatLiteral value: Double) { values = [value] }
    init(integerLiteral value: Int) { values = [Double(value)] }

    var isStill: Bool { values.allSatisfy { $0 == values[0] } }

    func value(at frame: Int) -> Double { values.count == 1 ? values[0] : values[min(frame, values.count - 1)] }

    func map(_ change: (Double) -> Double) -> Motion { Motion(values.map(change)) }

    /// The sum over frames, as a dash runs and a wheel turns: each frame adds its value times a factor.
    func accumulated(times factor: Double) -> Motion {
        var sum = 0.0
        return Motion(
            values.map { value in
                defer { sum += factor * value }
                return sum
            })
    }

    /// The frames whose values a piecewise linear course needs to stay within a tolerance of all (Douglas and Peucker, 1973).
    static func corners(of courses: [Motion], frames: Int, tolerance: Double) -> [Int] {
        guard frames > 1 else { return [0] }
        var kept: Set<Int> = [0, frames - 1]
        var open = [(0, frames - 1)]
        while let (first, last) = open.popLast() {
            guard last - first > 1 else { continue }
            var (farthest, distance) = (first, tolerance)
            for course in courses {
                let (start, end) = (course.value(at: first), course.value(at: last))
                for frame in first + 1..<last {
                    let share = Double(frame - first) / Double(last - first)
                    let off = abs(course.value(at: frame) - start - share * (end - start))
                    if off > distance { (farthest, distance) = (frame, off) }
                }
            }
            guard farthest != first else { continue }
            kept.insert(farthest)
            open += [(first, farthest), (farthest, last)]
        }
        return kept.sorted()
    }
}
