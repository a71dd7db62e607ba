#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// A shape in pixels: where it lies and how much of a pixel it covers.
protocol Silhouette {
    /// A rectangle around all that it covers.
    var bounds: (low: SIMD2<Float>, high: SIMD2<Float>) { get }
    /// How much of the pixel with this centre is covered, 0 to 1.
    func coverage(_ point: SIMD2<Float>) -> Float
}

extension Canvas {
    /// A disc.
    func disc(_ centre: SIMD2<Double>, radius: Double, _ colour: Colour) {
        paint(Capsule(from: pixel(centre), to: pixel(centre), radius: scale * Float(radius)), colour)
    }

    /// A line of some width with round ends.
    func segment(_ from: SIMD2<Double>, _ to: SIMD2<Double>, width: Double, _ colour: Colour) {
        paint(Capsule(from: pixel(from), to: pixel(to), radius: scale * Float(width) / 2), colour)
    }

    /// A rectangle turned by an angle, rad, from the first axis of the world towards the second.
    func box(_ centre: SIMD2<Double>, halfSize: SIMD2<Double>, angle: Double, _ colour: Colour) {
        let axis = SIMD2(cos(angle), sin(angle))
        let along = pixel(centre + axis) - pixel(centre)
        paint(
            TurnedBox(
                centre: pixel(centre), axis: along / scale,
                half: SIMD2(scale * Float(halfSize.x), scale * Float(halfSize.y))), colour)
    }

    /// A convex polygon of three corners and more, in either sense of turning.
    func polygon(_ corners: [SIMD2<Double>], _ colour: Colour) {
        precondition(corners.count >= 3, "a polygon of \(corners.count) corners")
        // Pixels in a buffer on the stack: nothing is allocated.
        withUnsafeTemporaryAllocation(of: SIMD2<Float>.self, capacity: corners.count) { buffer in
            for (index, corner) in corners.enumerated() { buffer.initializeElement(at: index, to: pixel(corner)) }
            paint(ConvexPolygon(UnsafeBufferPointer(buffer)), colour)
        }
    }

    /// A rectangle with sides along the axes; pixels on its edge are covered by exactly what lies in them.
    func fill(_ rectangle: Rectangle, _ colour: Colour) {
        let (a, b) = (pixel(rectangle.low), pixel(rectangle.high))
        let low = pointwiseMin(a, b)
        let high = pointwiseMax(a, b)
        let (left, right) = (index(low.x, width), index(high.x.rounded(.up), width))
        let (top, bottom) = (index(low.y, height), index(high.y.rounded(.up), height))
        // What is covered wholly is written, not blended.
        let (first, last) = (index(low.x.rounded(.up), width), index(high.x, width))
        var solid = -1
        for row in top..<max(top, bottom) {
            let share = min(high.y, Float(row) + 1) - max(low.y, Float(row))
            let isSolid = share >= 1 && first < last
            if isSolid {
                if solid < 0 {
                    write(colour, row: row, from: first, to: last)
                    solid = row
                } else {
                    copy(row: solid, to: row, from: first, to: last)
                }
            }
            var column = left
            while column < right {
                if isSolid && column == first {
                    column = last
                    continue
                }
                let covered = share * (min(high.x, Float(column) + 1) - max(low.x, Float(column)))
                if covered > 0 { blend(pixels + (row * width + column) * 3, colour, covered) }
                column += 1
            }
        }
    }

    /// A dot that fades as a Gaussian of a standard deviation, as the two-room environments draw their agent.
    func glow(_ centre: SIMD2<Double>, deviation: Double, _ colour: Colour) {
        let middle = pixel(centre)
        let spread = max(scale * Float(deviation), 0.1)
        // Beyond 3.4 standard deviations less than 1/256 is left.
        let reach = 3.4 * spread
        let (left, right) = (index(middle.x - reach, width), index(middle.x + reach + 1, width))
        let (top, bottom) = (index(middle.y - reach, height), index(middle.y + reach + 1, height))
        guard left < right, top < bottom else { return }
        let rate = -0.5 / (spread * spread)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: right - left) { across in
            for column in left..<right {
                let offset = Float(column) + 0.5 - middle.x
                across[column - left] = expf(rate * offset * offset)
            }
            for row in top..<bottom {
                let offset = Float(row) + 0.5 - middle.y
                let down = expf(rate * offset * offset)
                var pixel = pixels + (row * width + left) * 3
                for column in 0..<(right - left) {
                    blend(pixel, colour, down * across[column])
                    pixel += 3
                }
            }
        }
    }
}

/// All points within a radius of a line.
private struct Capsule: Silhouette {
    let from: SIMD2<Float>
    let along: SIMD2<Float>
    let radius: Float
    private let inverse: Float
    private let most: Float

    init(from: SIMD2<Float>, to: SIMD2<Float>, radius: Float) {
        self.from = from
        along = to - from
        let square = (along * along).sum()
        inverse = square > 0 ? 1 / square : 0
        // A smooth edge of one pixel adds π/12 to the area of a disc.
        self.radius = square > 0 ? radius : max(radius * radius - 1.0 / 12, 0).squareRoot()
        // What is thinner than a pixel is drawn fainter instead of vanishing between two of them.
        most = min(1, square > 0 ? 2 * radius : 3.14159 * radius * radius)
    }

    var bounds: (low: SIMD2<Float>, high: SIMD2<Float>) {
        let margin = SIMD2<Float>(repeating: radius + 0.5)
        return (pointwiseMin(from, from + along) - margin, pointwiseMax(from, from + along) + margin)
    }

    @inline(__always)
    func coverage(_ point: SIMD2<Float>) -> Float {
        let offset = point - from
        let share = min(max((offset * along).sum() * inverse, 0), 1)
        let away = offset - share * along
        let square = (away * away).sum()
        let (outer, inner) = (max(radius, 0.5) + 0.5, max(radius - 0.5, 0))
        if square >= outer * outer { return 0 }
        if square <= inner * inner { return most }
        return min(outer - square.squareRoot(), 1) * most
    }
}

/// A rectangle along an axis of unit length.
private struct TurnedBox: Silhouette {
    let centre: SIMD2<Float>
    let axis: SIMD2<Float>
    let half: SIMD2<Float>

    var bounds: (low: SIMD2<Float>, high: SIMD2<Float>) {
        let (c, s) = (abs(axis.x), abs(axis.y))
        let reach = SIMD2(c * half.x + s * half.y, s * half.x + c * half.y) + 0.5
        return (centre - reach, centre + reach)
    }

    @inline(__always)
    func coverage(_ point: SIMD2<Float>) -> Float {
        let offset = point - centre
        let u = abs((offset * axis).sum())
        let v = abs(offset.y * axis.x - offset.x * axis.y)
        // The overlap with a pixel turned like the box: exact where the box is not turned.
        let across = min(u + 0.5, half.x) - max(u - 0.5, -half.x)
        let down = min(v + 0.5, half.y) - max(v - 0.5, -half.y)
        return max(across, 0) * max(down, 0)
    }
}

/// A convex polygon: where the pixel is inside of all edges.
private struct ConvexPolygon: Silhouette {
    let corners: UnsafeBufferPointer<SIMD2<Float>>
    /// 1, or −1 where the corners turn the other way.
    let sense: Float
    let bounds: (low: SIMD2<Float>, high: SIMD2<Float>)

    init(_ corners: UnsafeBufferPointer<SIMD2<Float>>) {
        self.corners = corners
        var (low, high) = (corners[0], corners[0])
        var area: Float = 0
        var last = corners[corners.count - 1]
        for corner in corners {
            low = pointwiseMin(low, corner)
            high = pointwiseMax(high, corner)
            area += last.x * corner.y - last.y * corner.x
            last = corner
        }
        bounds = (low - 0.5, high + 0.5)
        sense = area < 0 ? -1 : 1
    }

    @inline(__always)
    func coverage(_ point: SIMD2<Float>) -> Float {
        var least: Float = 1
        var last = corners[corners.count - 1]
        for corner in corners {
            let edge = corner - last
            let length = (edge * edge).sum().squareRoot()
            if length > 0 {
                let offset = point - last
                let inward = sense * (edge.x * offset.y - edge.y * offset.x) / length
                least = min(least, inward + 0.5)
                if least <= 0 { return 0 }
            }
            last = corner
        }
        return least
    }
}
