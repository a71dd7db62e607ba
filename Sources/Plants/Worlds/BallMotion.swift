/// How a ball flies and rebounds in a room; see `BouncingBall`.
struct BallMotion: Sendable, Hashable {
    /// A place, m, and a velocity, m/s.
    struct Body: Sendable, Hashable {
        var position: SIMD2<Double>
        var velocity: SIMD2<Double>
    }

    let radius: Double
    let block: Rectangle
    private let gravity: Double
    private let rebound: Double
    private let wind: Double
    private let hasFloor: Bool
    private let hasBlock: Bool

    /// Width and height of the room, m.
    private static let size = 4.0
    /// Flights between two looks for impacts in a step.
    private static let parts = 16
    /// Below this speed into what is met there is no rebound, m/s.
    private static let rest = 0.15

    init(_ table: FactorTable) {
        radius = table["ball_radius"]
        let middle = table["block_position"]
        block = Rectangle(x: (middle - 0.15)...(middle + 0.15), y: 0...table["block_height"])
        (gravity, rebound, wind) = (table["gravity"], table["rebound"], table["wind"])
        (hasFloor, hasBlock) = (table["solid_floor"] == 1, table["solid_block"] == 1)
    }

    /// Moves a ball under a wind, a part of the greatest.
    func move(_ body: inout Body, wind share: Double, seconds: Double) {
        let acceleration = SIMD2(share * wind, -gravity)
        let time = seconds / Double(Self.parts)
        for _ in 0..<Self.parts {
            body.position += time * body.velocity + (0.5 * time * time) * acceleration
            body.velocity += time * acceleration
            func meet(_ depth: Double, _ normal: SIMD2<Double>) {
                self.meet(&body, depth: depth, normal: normal, acceleration)
            }
            if hasFloor { meet(radius - body.position.y, SIMD2(0, 1)) }
            meet(body.position.y + radius - Self.size, SIMD2(0, -1))
            meet(radius - body.position.x, SIMD2(1, 0))
            meet(body.position.x + radius - Self.size, SIMD2(-1, 0))
            if hasBlock { meetBlock(&body, acceleration) }
        }
    }

    /// Puts a ball that is too deep in something back to its face, and reverses what of its velocity points into it: that which
    /// it had at the face, before it went on for the depth, else each impact would add to its energy.
    private func meet(
        _ body: inout Body, depth: Double, normal: SIMD2<Double>, _ acceleration: SIMD2<Double>
    ) {
        guard depth > 0 else { return }
        body.position += depth * normal
        let into = (body.velocity * normal).sum()
        guard into < 0 else { return }
        let gained = -2 * (acceleration * normal).sum() * depth
        let there = max(into * into - gained, 0).squareRoot()
        body.velocity += ((there > Self.rest ? rebound * there : 0) - into) * normal
    }

    private func meetBlock(_ body: inout Body, _ acceleration: SIMD2<Double>) {
        let nearest = body.position.clamped(lowerBound: block.low, upperBound: block.high)
        let away = body.position - nearest
        let distance = (away * away).sum().squareRoot()
        if distance > 0 {
            meet(&body, depth: radius - distance, normal: away / distance, acceleration)
            return
        }
        // The middle lies in the block itself: out by the nearest of the three sides that are free.
        let ways = [
            (body.position.x - block.low.x, SIMD2(-1.0, 0)), (block.high.x - body.position.x, SIMD2(1, 0)),
            (block.high.y - body.position.y, SIMD2(0, 1)),
        ]
        if let way = ways.min(by: { $0.0 < $1.0 }) { meet(&body, depth: way.0 + radius, normal: way.1, acceleration) }
    }
}
