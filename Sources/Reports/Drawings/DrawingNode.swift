/// An element of a drawing, whose attributes may move.
struct DrawingNode {
    /// What an attribute is.
    enum Value {
        case text(String)
        /// A number, and the decimals that it is written with.
        case number(Motion, decimals: Int)
        /// A path of straight lines through points that may move.
        case path([(x: Motion, y: Motion)])
        case translation(Motion, Motion)
        /// Degrees about a place, clockwise.
        case rotation(Motion, Double, Double)
    }

    var name: String
    var attributes: [(name: String, value: Value)]
    var children: [DrawingNode] = []
    var text = ""
    /// The frames in which the element is there; `nil` for all.
    var shown: Range<Int>?
    /// The text of each frame, where children show it some times only: for a frame that stands still.
    var readings: [String] = []

    /// How the time of frames becomes that of playing.
    struct Clock {
        /// Frames.
        let frames: Int
        /// Seconds that the frames take.
        let seconds: Double
        /// Seconds that the last frame stands still before all begins anew.
        let rest = 1.0

        var cycle: Double { seconds + rest }

        func time(_ frame: Int) -> String {
            let share = frames > 1 ? Double(frame) / Double(frames - 1) : 0
            return trimmed(share * seconds / cycle, decimals: 4)
        }
    }

    /// The element as it moves.
    func moving(_ clock: Clock) -> String {
        var (opening, inside) = ("<\(name)", "")
        for attribute in attributes {
            opening += " \(Self.svgName(attribute))=\"\(Self.written(attribute.value, at: 0))\""
            inside += Self.animation(attribute, clock)
        }
        if let shown { inside += Self.appearance(shown, clock) }
        inside += escaped(text) + children.map { $0.moving(clock) }.joined()
        return inside.isEmpty ? opening + "/>" : opening + ">\(inside)</\(name)>"
    }

    /// The element in one frame; empty where it is not there.
    func still(at frame: Int) -> String {
        if let shown, !shown.contains(frame) { return "" }
        var opening = "<\(name)"
        for attribute in attributes {
            opening += " \(Self.svgName(attribute))=\"\(Self.written(attribute.value, at: frame))\""
        }
        if var reading = children.first, frame < readings.count {
            (reading.text, reading.shown) = (readings[frame], nil)
            return reading.still(at: frame)
        }
        let inside = escaped(text) + children.map { $0.still(at: frame) }.joined()
        return inside.isEmpty ? opening + "/>" : opening + ">\(inside)</\(name)>"
    }

    private static func svgName(_ attribute: (name: String, value: Value)) -> String {
        switch attribute.value {
        case .translation, .rotation: "transform"
        default: attribute.name
        }
    }

    private static func written(_ value: Value, at frame: Int) -> String {
        switch value {
        case .text(let text): return escaped(text)
        case .number(let motion, let decimals): return trimmed(motion.value(at: frame), decimals: decimals)
        case .path(let points): return path(points, frame)
        case .translation(let x, let y): return "translate(\(pixel(x.value(at: frame))) \(pixel(y.value(at: frame))))"
        case .rotation(let angle, let x, let y):
            return "rotate(\(pixel(angle.value(at: frame))) \(pixel(x)) \(pixel(y)))"
        }
    }

    private static func path(_ points: [(x: Motion, y: Motion)], _ frame: Int) -> String {
        "M" + points.map { "\(pixel($0.x.value(at: frame))),\(pixel($0.y.value(at: frame)))" }.joined(separator: "L")
    }

    private static func animation(_ attribute: (name: String, value: Value), _ clock: Clock) -> String {
        switch attribute.value {
        case .text: return ""
        case .number(let motion, let decimals):
            guard !motion.isStill else { return "" }
            let tolerance = decimals > 1 ? 0.01 : 0.3
            return animate(attribute.name, [motion], clock, tolerance) {
                trimmed(motion.value(at: $0), decimals: decimals)
            }
        case .path(let points):
            let courses = points.flatMap { [$0.x, $0.y] }
            guard !courses.allSatisfy(\.isStill) else { return "" }
            return animate("d", courses, clock, 0.5) { path(points, $0) }
        case .translation(let x, let y):
            guard !x.isStill || !y.isStill else { return "" }
            return animate("transform", [x, y], clock, 0.3, type: "translate") {
                "\(pixel(x.value(at: $0))) \(pixel(y.value(at: $0)))"
            }
        case .rotation(let angle, let x, let y):
            guard !angle.isStill else { return "" }
            return animate("transform", [angle], clock, 2, type: "rotate") {
                "\(pixel(angle.value(at: $0))) \(pixel(x)) \(pixel(y))"
            }
        }
    }

    private static func animate(
        _ name: String, _ courses: [Motion], _ clock: Clock, _ tolerance: Double, type: String? = nil,
        _ value: (Int) -> String
    ) -> String {
        let frames = Motion.corners(of: courses, frames: clock.frames, tolerance: tolerance)
        let times = frames.map(clock.time) + ["1"]
        let values = frames.map(value) + [value(clock.frames - 1)]
        let element =
            type.map { "animateTransform attributeName=\"transform\" type=\"\($0)\"" }
            ?? "animate attributeName=\"\(name)\""
        return "<\(element) values=\"\(values.joined(separator: ";"))\" keyTimes=\"\(times.joined(separator: ";"))\""
            + ending(clock)
    }

    /// An element that is there for some frames alone.
    private static func appearance(_ shown: Range<Int>, _ clock: Clock) -> String {
        var (values, times) = (["hidden"], ["0"])
        if shown.lowerBound == 0 {
            values = ["visible"]
        } else {
            values.append("visible")
            times.append(clock.time(shown.lowerBound))
        }
        if shown.upperBound < clock.frames {
            values.append("hidden")
            times.append(clock.time(shown.upperBound))
        }
        return
            "<animate attributeName=\"visibility\" calcMode=\"discrete\" values=\"\(values.joined(separator: ";"))\" "
            + "keyTimes=\"\(times.joined(separator: ";"))\"" + ending(clock)
    }

    private static func ending(_ clock: Clock) -> String {
        " dur=\"\(trimmed(clock.cycle, decimals: 1))s\" repeatCount=\"indefinite\"/>"
    }
}

/// A number with at most some decimals, without zeros behind.
func trimmed(_ value: Double, decimals: Int) -> String {
    var text = NumberText.fixed(value, decimals: decimals, minus: "-")
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
}
