/// A closed track in a square of 3.2 m, and a map of it that is looked up instead of computed.
///
/// The centre line is `r(u) = 1 + 0.18·cos(3u) + 0.1·sin(2u)` in polar coordinates around the origin. The map holds, of
/// points 2.5 cm apart, the distance to the centre line, negative inside of it, a wave along it that makes its dashes, and the shade of the
/// ground, by which places are told apart.
struct RaceTrack: Sendable {
    /// The one track; its map takes some milliseconds to make.
    static let shared = RaceTrack()

    /// Half of the side of the square.
    static let reach = 1.6
    /// Points of the centre line, at equal angles.
    let line: [SIMD2<Double>]
    private let side: Int
    private let points: [SIMD4<Float>]

    init() {
        let count = 240
        let line = (0..<count).map { index in
            let u = 2 * Double.pi * Double(index) / Double(count)
            let r = 1 + 0.18 * cosine(3 * u) + 0.1 * sine(2 * u)
            return SIMD2(r * cosine(u), r * sine(u))
        }
        self.line = line
        var lengths = [0.0]
        for index in 0..<count {
            let step = line[(index + 1) % count] - line[index]
            lengths.append(lengths[index] + (step * step).sum().squareRoot())
        }
        let side = 129
        self.side = side
        points = (0..<side * side).map { cell in
            let spot = SIMD2(Double(cell % side), Double(cell / side)) / Double(side - 1) * 2 * Self.reach - Self.reach
            let (index, share, distance) = Self.nearest(spot, line)
            let along = lengths[index] + share * (lengths[index + 1] - lengths[index])
            let wave = sine(2 * Double.pi * 24 * along / lengths[count])
            let shade = sine(2.3 * spot.x + 1) * sine(2.9 * spot.y - 0.5) + 0.3 * sine(9 * spot.x) * sine(8 * spot.y)
            // With a sign, so that nothing has a kink where it is interpolated.
            let step = line[(index + 1) % count] - line[index]
            let away = spot - line[index]
            let isInside = step.x * away.y - step.y * away.x > 0
            return SIMD4(Float(isInside ? -distance : distance), Float(wave), Float(shade), 0)
        }
    }

    /// Hands out the map for looking up many places.
    func withMap(_ body: (TrackMap) -> Void) {
        points.withUnsafeBufferPointer { body(TrackMap(points: $0, side: side)) }
    }

    /// The distance from the centre line, m, at a place within the square.
    func distance(_ place: SIMD2<Double>) -> Double {
        var found: Float = 0
        withMap { found = abs($0.look(SIMD2<Float>(place))[0]) }
        return Double(found)
    }

    /// The place on the centre line some way ahead of where a place is nearest to, and the direction there.
    func ahead(of place: SIMD2<Double>, by way: Double) -> (place: SIMD2<Double>, direction: SIMD2<Double>) {
        var (index, share, _) = Self.nearest(place, line)
        var left = way
        while true {
            let (from, to) = (line[index], line[(index + 1) % line.count])
            let step = to - from
            let length = (step * step).sum().squareRoot()
            let rest = (1 - share) * length
            if left <= rest { return (from + (share + left / length) * step, step / length) }
            left -= rest
            share = 0
            index = (index + 1) % line.count
        }
    }

    /// The part of the line that is nearest to a place, by its first point, where in it, and how far away.
    ///
    /// The line goes once around the origin, so that only its points around the angle of the place are looked at.
    private static func nearest(_ place: SIMD2<Double>, _ line: [SIMD2<Double>]) -> (Int, Double, Double) {
        let count = line.count
        let guess = Int((arctangent(place.y, place.x) / (2 * Double.pi) * Double(count)).rounded(.down)) + count
        var best = (0, 0.0, Double.infinity)
        for offset in -24...24 {
            let index = (guess + offset) % count
            let from = line[index]
            let step = line[(index + 1) % count] - from
            let away = place - from
            let share = min(max((away * step).sum() / (step * step).sum(), 0), 1)
            let rest = away - share * step
            let square = (rest * rest).sum()
            if square < best.2 { best = (index, share, square) }
        }
        return (best.0, best.1, best.2.squareRoot())
    }
}

/// A map of a track, for as long as it is handed out.
struct TrackMap {
    fileprivate let points: UnsafeBufferPointer<SIMD4<Float>>
    fileprivate let side: Int
    private let scale: Float

    fileprivate init(points: UnsafeBufferPointer<SIMD4<Float>>, side: Int) {
        self.points = points
        self.side = side
        scale = Float(side - 1) / Float(2 * RaceTrack.reach)
    }

    /// Signed distance, wave and shade at a place, between the points of the map; beyond the square as at its edge.
    @inline(__always)
    func look(_ place: SIMD2<Float>) -> SIMD4<Float> {
        let most = Float(side - 1) - 0.001
        // What is not a number is the edge.
        func within(_ value: Float) -> Float { value > 0 ? (value < most ? value : most) : 0 }
        let x = within((place.x + Float(RaceTrack.reach)) * scale)
        let y = within((place.y + Float(RaceTrack.reach)) * scale)
        let (column, row) = (Int(Int32(x)), Int(Int32(y)))
        let (u, v) = (x - Float(column), y - Float(row))
        let at = row * side + column
        let upper = points[at] + (points[at + 1] - points[at]) * u
        let lower = points[at + side] + (points[at + side + 1] - points[at + side]) * u
        return upper + (lower - upper) * v
    }
}
