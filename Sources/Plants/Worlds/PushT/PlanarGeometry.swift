/// A point or a vector of the plane.
typealias Planar = SIMD2<Double>

extension SIMD2<Double> {
    /// The scalar product.
    @inline(__always)
    func dot(_ other: Self) -> Double { x * other.x + y * other.y }

    /// The third component of the cross product.
    @inline(__always)
    func cross(_ other: Self) -> Double { x * other.y - y * other.x }

    /// The vector turned by a quarter from x to y.
    @inline(__always)
    var quarterTurn: Self { Self(-y, x) }

    /// The length.
    @inline(__always)
    var length: Double { dot(self).squareRoot() }

    /// The vector turned and stretched by another one, as complex numbers are multiplied.
    @inline(__always)
    func rotated(by other: Self) -> Self { Self(x * other.x - y * other.y, x * other.y + y * other.x) }
}

/// Where a rigid body is: a rotation about the body's origin and then a shift.
struct Pose: Sendable, Hashable {
    /// Cosine and sine of the angle.
    let rotation: Planar
    /// Where the body's origin is.
    let origin: Planar

    /// The pose of a body whose centre of mass, which lies at `center` of its own coordinates, is at a place.
    @inline(__always)
    init(centerAt place: Planar, angle: Double, center: Planar) {
        rotation = Planar(cosine(angle), sine(angle))
        origin = Planar(
            place.x - (center.x * rotation.x - center.y * rotation.y),
            place.y - (center.x * rotation.y + center.y * rotation.x))
    }

    /// The pose of a body whose origin is at a place.
    init(originAt place: Planar, angle: Double) {
        self.init(centerAt: place, angle: angle, center: .zero)
    }

    /// A point of the body in the world.
    @inline(__always)
    func callAsFunction(_ point: Planar) -> Planar {
        Planar(
            rotation.x * point.x - rotation.y * point.y + origin.x,
            rotation.y * point.x + rotation.x * point.y + origin.y)
    }
}

/// Four points or vectors of the plane.
struct Quad: Sendable, Hashable {
    var x: SIMD4<Double>
    var y: SIMD4<Double>

    /// Creates the corners of a box in the order from x to y.
    init(_ first: Planar, _ second: Planar, _ third: Planar, _ fourth: Planar) {
        x = SIMD4(first.x, second.x, third.x, fourth.x)
        y = SIMD4(first.y, second.y, third.y, fourth.y)
    }

    /// One of the four.
    @inline(__always)
    subscript(_ index: Int) -> Planar { Planar(x[index], y[index]) }

    /// All four in the world.
    func placed(by pose: Pose) -> Quad {
        var copy = rotated(by: pose.rotation)
        copy.x += pose.origin.x
        copy.y += pose.origin.y
        return copy
    }

    /// All four turned.
    func rotated(by rotation: Planar) -> Quad {
        var copy = self
        copy.x = rotation.x * x - rotation.y * y
        copy.y = rotation.y * x + rotation.x * y
        return copy
    }
}

/// A box: its corners and the outward normals of its edges; each normal is that of the edge that ends in the corner
/// of the same index.
struct Box: Sendable, Hashable {
    var corners: Quad
    var normals: Quad

    /// Creates an upright box.
    init(low: Planar, high: Planar) {
        corners = Quad(low, Planar(high.x, low.y), high, Planar(low.x, high.y))
        normals = Quad(Planar(-1, 0), Planar(0, -1), Planar(1, 0), Planar(0, 1))
    }

    /// The box in the world.
    func placed(by pose: Pose) -> Box {
        var copy = self
        copy.corners = corners.placed(by: pose)
        copy.normals = normals.rotated(by: pose.rotation)
        return copy
    }

    /// The bounds.
    var bounds: ContactSearch.Bounds {
        ContactSearch.Bounds(
            low: Planar(corners.x.min(), corners.y.min()), high: Planar(corners.x.max(), corners.y.max()))
    }
}
