/// A point in which two shapes touch, in the world.
struct ManifoldPoint: Sendable, Hashable {
    var onOther = Planar.zero
    var onBlock = Planar.zero
    var key = 0
}

/// Where a box touches another shape: up to two points with a common normal, which points towards the box.
///
/// The features are those that the algorithms of Gilbert, Johnson and Keerthi and of expanding polytopes find: the edge
/// of the Minkowski difference of both shapes that is nearest to the origin. For a point or a segment against a box the
/// difference has at most six corners, so that it is simply written down and searched.
struct ContactManifold: Sendable, Hashable {
    var normal = Planar.zero
    var count = 0
    var first = ManifoldPoint()
    var second = ManifoldPoint()

    /// The nearest edge of a Minkowski difference so far.
    private struct Nearest {
        var squaredDistance = Double.infinity
        var from = Planar.zero
        var to = Planar.zero
        /// Where on the edge: −1 at `from`, 1 at `to`.
        var place = 0.0

        /// Looks at the edge between two corners of the difference, box minus other, in the order of falling angle.
        @inline(__always)
        mutating func look(from v0: Planar, to v1: Planar) {
            let delta = v1 - v0
            let square = delta.dot(delta)
            let t = square == 0 ? 0 : -min(max(delta.dot(v0 + v1) / square, -1), 1)
            let p = Nearest.mix(v0, v1, t)
            let distance = p.dot(p)
            if distance < squaredDistance {
                squaredDistance = distance
                from = v0
                to = v1
                place = t
            }
        }

        @inline(__always)
        static func mix(_ a: Planar, _ b: Planar, _ t: Double) -> Planar {
            let half = 0.5 * t
            return a * (0.5 - half) + b * (0.5 + half)
        }

        /// The axis of least separation, towards the box, and the distance along it, negative where shapes overlap.
        var separation: (normal: Planar, distance: Double) {
            let p = Nearest.mix(from, to, place)
            let delta = to - from
            let across = Planar(delta.y, -delta.x)
            let n = across * (1 / (across.length + .leastNormalMagnitude))
            let d = n.dot(p)
            if d <= 0 || (place > -1 && place < 1) { return (n, d) }
            // A corner against a corner or a round: the axis is that between the points.
            let length = p.length
            return (p * (1 / (length + .leastNormalMagnitude)), length)
        }
    }

    /// A disc against a box.
    static func disc(at center: Planar, radius: Double, box: Box) -> ContactManifold {
        var nearest = Nearest()
        var next = box.corners[0] - center
        for i in (0..<4).reversed() {
            let here = box.corners[i] - center
            nearest.look(from: next, to: here)
            next = here
        }
        let (normal, distance) = nearest.separation
        var result = ContactManifold()
        guard distance <= radius else { return result }
        let place = nearest.place
        let touched = Nearest.mix(nearest.from, nearest.to, place) + center
        result.normal = normal
        result.count = 1
        result.first = ManifoldPoint(onOther: center + normal * radius, onBlock: touched, key: 0)
        return result
    }

    /// A rounded segment against a box.
    static func segment(_ segment: WallSegment, box: Box) -> ContactManifold {
        // Corners of the difference: each of the box's, less the end of the segment that lies farthest against the
        // normal of the edge before it, and again less that of the edge behind it if that is the other end.
        @inline(__always)
        func end(against normal: Planar) -> Planar {
            segment.a.dot(normal) > segment.b.dot(normal) ? segment.b : segment.a
        }
        var nearest = Nearest()
        var next = box.corners[0] - end(against: box.normals[0])
        for i in (0..<4).reversed() {
            // The edge from corner i to corner i + 1 has the normal of the latter.
            let behind = box.corners[i] - end(against: box.normals[(i + 1) & 3])
            nearest.look(from: next, to: behind)
            let before = box.corners[i] - end(against: box.normals[i])
            if before != behind { nearest.look(from: behind, to: before) }
            next = before
        }
        let (normal, distance) = nearest.separation
        guard distance <= segment.radius else { return ContactManifold() }
        return clip(segment, box: box, normal: normal)
    }

    /// The points of an edge against an edge: each end of either is projected on the other.
    private static func clip(_ segment: WallSegment, box: Box, normal: Planar) -> ContactManifold {
        // The side of the segment that faces the box.
        let front = segment.normal.dot(normal) > 0
        let (a1, b1) = front ? (segment.a, segment.b) : (segment.b, segment.a)
        let (keyA1, keyB1) = front ? (0, 1) : (1, 0)
        // The edge of the box that faces the segment.
        var corner = 0
        var most = -Double.infinity
        for i in 0..<4 {
            let d = -box.corners[i].dot(normal)
            if d > most {
                most = d
                corner = i
            }
        }
        let toward = -normal
        let previous = (corner + 3) & 3
        let following = (corner + 1) & 3
        let isBefore = toward.dot(box.normals[corner]) > toward.dot(box.normals[following])
        let (i2, j2) = isBefore ? (previous, corner) : (corner, following)
        let (a2, b2) = (box.corners[i2], box.corners[j2])
        // Places along the edges, across the normal.
        let (dA1, dB1) = (a1.cross(normal), b1.cross(normal))
        let (dA2, dB2) = (a2.cross(normal), b2.cross(normal))
        let scale1 = 1 / (dB1 - dA1 + .leastNormalMagnitude)
        let scale2 = 1 / (dB2 - dA2 + .leastNormalMagnitude)
        func along(_ a: Planar, _ b: Planar, _ t: Double) -> Planar {
            let s = max(0, min(t, 1))
            return a * (1 - s) + b * s
        }
        var result = ContactManifold()
        result.normal = normal
        func add(_ p1: Planar, _ p2: Planar, _ key: Int) {
            guard (p2 - p1).dot(normal) <= 0 else { return }
            let point = ManifoldPoint(onOther: p1, onBlock: p2, key: key)
            if result.count == 0 { result.first = point } else { result.second = point }
            result.count += 1
        }
        let skin = normal * segment.radius
        add(skin + along(a1, b1, (dB2 - dA1) * scale1), along(a2, b2, (dA1 - dA2) * scale2), keyA1 * 4 + j2)
        add(skin + along(a1, b1, (dA2 - dA1) * scale1), along(a2, b2, (dB1 - dA2) * scale2), keyB1 * 4 + i2)
        return result
    }
}

/// A wall: a segment that is rounded at its ends.
struct WallSegment: Sendable, Hashable {
    let a: Planar
    let b: Planar
    let radius: Double
    /// The normal of the side that is seen with `a` on the left.
    let normal: Planar
    let bounds: ContactSearch.Bounds

    init(_ a: Planar, _ b: Planar, radius: Double) {
        self.a = a
        self.b = b
        self.radius = radius
        let delta = b - a
        let length = delta.length
        normal = Planar(delta.y / length, -delta.x / length)
        bounds = ContactSearch.Bounds(low: pointwiseMin(a, b) - radius, high: pointwiseMax(a, b) + radius)
    }
}
