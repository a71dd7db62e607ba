/// The motion of a disc among rectangles that it cannot enter.
///
/// The whole way is swept, not only its end: a step of any length stops at the first wall that it meets and slides on
/// along it with what is left of its direction, without friction. That is Moreau's sweeping process: at each instant the
/// disc moves as the wanted velocity, projected on the directions in which no contact is entered. J. J. Moreau,
/// "Evolution problem associated with a moving convex set in a Hilbert space", Journal of Differential Equations 26
/// (1977), https://doi.org/10.1016/0022-0396(77)90085-7. The sweep of a disc against a box is that of a point against
/// the box rounded by the radius: C. Ericson, "Real-Time Collision Detection", 2005, section 5.5.
struct DiscMotion: Sendable, Hashable {
    /// What cannot be entered.
    var obstacles: [Rectangle]
    /// The radius of the disc.
    var radius: Double

    /// How near counts as touching, in units of the world.
    private static let skin = 1e-9
    /// Around a corner a step along the tangent turns by no more than this, rad.
    private static let turn = 0.02

    /// Moves the disc as far as the walls let it.
    ///
    /// - Parameters:
    ///   - position: The centre, moved.
    ///   - wanted: The way that it would go without walls.
    ///   - velocity: The part of it that runs into walls which are met is taken away, as in an inelastic impact.
    func move(_ position: inout SIMD2<Double>, by wanted: SIMD2<Double>, velocity: inout SIMD2<Double>) {
        let length = (wanted * wanted).sum().squareRoot()
        guard length > 0 else { return }
        let tolerance = 1e-12 * length
        var left = 1.0
        // A corner takes at most some 160 rounds, a side one; who is not through by then stays where it is.
        for _ in 0..<1000 where left > 0 {
            let way = free(wanted, at: position, tolerance: tolerance, velocity: &velocity)
            let speed = (way.direction * way.direction).sum().squareRoot()
            guard speed > tolerance else { return }
            var share = left
            share = min(share, way.reach / speed)
            for obstacle in obstacles {
                share = min(share, entry(obstacle, position, way.direction, tolerance: tolerance, before: share))
            }
            position += share * way.direction
            left -= share
        }
    }

    /// The wanted direction, projected on those in which no obstacle that is touched is entered, and how far it stays so.
    private func free(
        _ wanted: SIMD2<Double>, at position: SIMD2<Double>, tolerance: Double, velocity: inout SIMD2<Double>
    ) -> (direction: SIMD2<Double>, reach: Double) {
        var isBlocked = false
        for obstacle in obstacles {
            guard let normal = contact(obstacle, position), (wanted * normal).sum() < 0 else { continue }
            isBlocked = true
            let into = (velocity * normal).sum()
            if into < 0 { velocity -= into * normal }
        }
        guard isBlocked else { return (wanted, .infinity) }
        // In the plane the projection on the cone lies on the tangent of one of the contacts, or is nothing.
        for obstacle in obstacles {
            guard let normal = contact(obstacle, position) else { continue }
            let into = (wanted * normal).sum()
            guard into < 0 else { continue }
            let tangent = wanted - into * normal
            let isFree = obstacles.allSatisfy { other in
                guard let normal = contact(other, position) else { return true }
                return (tangent * normal).sum() >= -tolerance
            }
            if isFree { return (tangent, reach(of: obstacle, from: position, along: tangent)) }
        }
        return (.zero, 0)
    }

    /// The normal of an obstacle that is touched, or that the disc has been put into, out of it.
    @inline(__always)
    private func contact(_ obstacle: Rectangle, _ position: SIMD2<Double>) -> SIMD2<Double>? {
        let away = position - position.clamped(lowerBound: obstacle.low, upperBound: obstacle.high)
        let square = (away * away).sum()
        let reach = radius + Self.skin
        guard square <= reach * reach else { return nil }
        return square > 0 ? away / square.squareRoot() : depthNormal(obstacle, position)
    }

    /// How far the tangent of an obstacle that is touched can be followed: to the end of a side, around a corner a little.
    private func reach(of obstacle: Rectangle, from position: SIMD2<Double>, along tangent: SIMD2<Double>) -> Double {
        for axis in 0..<2 where tangent[1 - axis] == 0 {
            let side = tangent[axis] > 0 ? obstacle.high[axis] - position[axis] : position[axis] - obstacle.low[axis]
            if side > Self.skin { return side }
        }
        return Self.turn * radius
    }

    /// The shortest way out for a centre that lies in the obstacle itself.
    private func depthNormal(_ obstacle: Rectangle, _ position: SIMD2<Double>) -> SIMD2<Double> {
        let (below, above) = (position - obstacle.low, obstacle.high - position)
        let least = min(below.min(), above.min())
        if below.x == least { return SIMD2(-1, 0) }
        if above.x == least { return SIMD2(1, 0) }
        return below.y == least ? SIMD2(0, -1) : SIMD2(0, 1)
    }

    /// The share of the way after which the obstacle is met, or `latest` where it is not met before.
    @inline(__always)
    private func entry(
        _ obstacle: Rectangle, _ position: SIMD2<Double>, _ way: SIMD2<Double>, tolerance: Double, before latest: Double
    ) -> Double {
        let end = position + latest * way
        let low = obstacle.low - (radius + Self.skin)
        let high = obstacle.high + (radius + Self.skin)
        // Most obstacles are nowhere near.
        if max(position.x, end.x) < low.x || min(position.x, end.x) > high.x { return latest }
        if max(position.y, end.y) < low.y || min(position.y, end.y) > high.y { return latest }
        if let touched = contact(obstacle, position) {
            return (way * touched).sum() < -tolerance ? 0 : latest
        }
        // The box grown by the radius, entered by slabs.
        var (enter, leave) = (0.0, latest)
        for axis in 0..<2 {
            let (from, to) = (
                obstacle.low[axis] - radius - position[axis], obstacle.high[axis] + radius - position[axis]
            )
            if way[axis] == 0 {
                if from > 0 || to < 0 { return latest }
            } else {
                let (a, b) = (from / way[axis], to / way[axis])
                enter = max(enter, min(a, b))
                leave = min(leave, max(a, b))
            }
        }
        guard enter <= leave else { return latest }
        let met = position + enter * way
        let corner = met.clamped(lowerBound: obstacle.low, upperBound: obstacle.high)
        // Beside a corner, the arc around it comes later than the grown box, or not at all.
        guard met.x != corner.x && met.y != corner.y else { return enter }
        let from = position - corner
        let (a, b) = ((way * way).sum(), (way * from).sum())
        let root = b * b - a * ((from * from).sum() - radius * radius)
        guard b < 0, root >= 0 else { return latest }
        return min(max((-b - root.squareRoot()) / a, 0), latest)
    }
}
