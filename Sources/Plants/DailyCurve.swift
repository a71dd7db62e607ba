/// What the hour of the day adds to a disturbance: straight lines between points of a day that repeats.
public struct DailyCurve: Sendable, Hashable, Codable {
    /// A value at an hour.
    public struct Point: Sendable, Hashable, Codable {
        /// The hour of the day, 0…24.
        public var hour: Double
        /// The value, in the unit of the channel.
        public var value: Double

        /// Creates a point.
        public init(_ hour: Double, _ value: Double) {
            self.hour = hour
            self.value = value
        }
    }

    /// The points in the order of their hours; from the last to the first of the next day goes a straight line, too.
    public var points: [Point]
    /// The hour of the day at which a simulation starts.
    public var startHour: Double

    /// Creates a curve.
    ///
    /// - Parameters:
    ///   - points: Points in the order of their hours, at least one.
    ///   - startHour: The hour of the day at which a simulation starts.
    public init(_ points: [Point], startHour: Double = 0) {
        precondition(!points.isEmpty, "a daily curve of no points")
        precondition(
            zip(points, points.dropFirst()).allSatisfy { $0.hour < $1.hour }
                && points.allSatisfy { (0...24).contains($0.hour) },
            "hours of a daily curve rise within 0 and 24: \(points.map(\.hour))")
        self.points = points
        self.startHour = startHour
    }

    /// A curve that keeps a value from each hour on until that of the next point, as of a timetable; changes take a minute.
    ///
    /// - Parameters:
    ///   - points: Points in the order of their hours, which are later than 0 and earlier than 24.
    ///   - startHour: The hour of the day at which a simulation starts.
    /// - Returns: The curve.
    public static func steps(_ points: [Point], startHour: Double = 0) -> DailyCurve {
        let half = 0.5 / 60
        let corners = points.indices.flatMap { index in
            let before = points[(index + points.count - 1) % points.count].value
            return [Point(points[index].hour - half, before), Point(points[index].hour + half, points[index].value)]
        }
        return DailyCurve(corners, startHour: startHour)
    }

    /// The value some seconds after the start.
    public func value(at seconds: Double) -> Double {
        let hours = startHour + seconds / 3600
        let hour = hours - (hours / 24).rounded(.down) * 24
        let next = points.firstIndex { $0.hour > hour } ?? points.count
        let (first, last) = (points[0], points[points.count - 1])
        let left = next > 0 ? points[next - 1] : Point(last.hour - 24, last.value)
        let right = next < points.count ? points[next] : Point(first.hour + 24, first.value)
        guard right.hour > left.hour else { return right.value }
        return left.value + (right.value - left.value) * (hour - left.hour) / (right.hour - left.hour)
    }
}
