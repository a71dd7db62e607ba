import Testing

@testable import Plants

@Suite("Shapes in pictures")
struct CanvasTests {
    /// What a shape covers of a black picture, in pixels, and the middle of it.
    private func covered(
        width: Int = 40, height: Int = 30, view: Viewport? = nil, _ draw: (Canvas) -> Void
    ) -> (area: Double, middle: SIMD2<Double>) {
        var frame = Frame(width: width, height: height)
        frame.draw(
            view ?? Viewport(centre: SIMD2(20, 15), size: SIMD2(40, 30), isUpward: false), draw)
        var (area, moment) = (0.0, SIMD2<Double>())
        for row in 0..<height {
            for column in 0..<width {
                let share = Double(frame.pixels[(row * width + column) * 3]) / 255
                area += share
                moment += share * SIMD2(Double(column) + 0.5, Double(row) + 0.5)
            }
        }
        return (area, moment / max(area, 1e-9))
    }

    private let white = Colour(255, 255, 255)
    /// Places of a shape between pixels.
    private static let offsets = [SIMD2(0.0, 0), SIMD2(0.5, 0.5), SIMD2(0.3, 0.8), SIMD2(0.71, 0.13)]

    @Test("A rectangle covers exactly its area, wherever it lies between pixels", arguments: offsets)
    func rectangle(offset: SIMD2<Double>) {
        for size in [SIMD2(7.3, 4.6), SIMD2(0.4, 9), SIMD2(0.3, 0.5)] {
            let low = SIMD2(10, 8) + offset
            let (area, middle) = covered { $0.fill(Rectangle(low: low, high: low + size), white) }
            // A pixel is rounded to 1/255 of a level.
            #expect(abs(area - size.x * size.y) < 0.06)
            let error = middle - low - size / 2
            // Where in a pixel a part of it lies is not seen.
            if size.min() > 2 { #expect(abs(error.x) < 0.06 && abs(error.y) < 0.06) }
        }
    }

    @Test("Discs, lines, turned boxes and polygons cover their area around their middle", arguments: offsets)
    func shapes(offset: SIMD2<Double>) {
        let centre = SIMD2(18, 14) + offset
        for radius in [1.2, 3, 7.5] {
            let (area, middle) = covered { $0.disc(centre, radius: radius, white) }
            #expect(abs(area / (Double.pi * radius * radius) - 1) < (radius < 2 ? 0.04 : 0.01))
            #expect(abs(middle.x - centre.x) < 0.03 && abs(middle.y - centre.y) < 0.03)
        }
        for angle in [0.0, 0.3, 0.785, 1.2, 2.5] {
            let half = SIMD2(6.2, 2.1)
            let axis = SIMD2(cosine(angle), sine(angle))
            let (area, middle) = covered { $0.box(centre, halfSize: half, angle: angle, white) }
            #expect(abs(area / 52.08 - 1) < 0.02)
            #expect(abs(middle.x - centre.x) < 0.03 && abs(middle.y - centre.y) < 0.03)
            let across = SIMD2(-axis.y, axis.x)
            let corners = [(1.0, 1.0), (-1, 1), (-1, -1), (1, -1)].map { u, v in
                centre + u * half.x * axis + v * half.y * across
            }
            let polygon = covered { $0.polygon(corners, white) }
            let reversed = covered { $0.polygon(corners.reversed(), white) }
            #expect(abs(polygon.area / 52.08 - 1) < 0.03)
            #expect(abs(reversed.area - polygon.area) < 0.1)
            let line = covered { $0.segment(centre - 5 * axis, centre + 5 * axis, width: 3, white) }
            #expect(abs(line.area / (30 + Double.pi * 2.25) - 1) < 0.03)
            // Thinner than a pixel a line is fainter, not gone.
            let thin = covered { $0.segment(centre - 5 * axis, centre + 5 * axis, width: 0.3, white) }
            #expect(abs(thin.area / 3 - 1) < 0.3)
        }
        let (area, middle) = covered { $0.glow(centre, deviation: 2, white) }
        #expect(abs(area / (2 * Double.pi * 4) - 1) < 0.02)
        #expect(abs(middle.x - centre.x) < 0.02 && abs(middle.y - centre.y) < 0.02)
    }

    @Test("What lies outside of the picture is not drawn, wherever it is")
    func outside() {
        for centre in [SIMD2(-60.0, 5), SIMD2(5, 1e30), SIMD2(.nan, 3), SIMD2(.infinity, -.infinity)] {
            let (area, _) = covered { canvas in
                canvas.disc(centre, radius: 3, white)
                canvas.glow(centre, deviation: 2, white)
                canvas.fill(Rectangle(low: centre, high: centre + 4), white)
            }
            #expect(area == 0)
        }
        // A quarter of a disc in the corner.
        let (area, _) = covered { $0.disc(.zero, radius: 8, white) }
        #expect(abs(area / (Double.pi * 16) - 1) < 0.01)
    }

    @Test("A world keeps its proportions in pictures of any shape, upward or downward")
    func views() {
        let view = Viewport(centre: SIMD2(1, 2), size: SIMD2(4, 4), isUpward: true)
        let point = SIMD2(2.0, 3)
        let (area, middle) = covered(width: 80, height: 40, view: view) { $0.disc(point, radius: 0.5, white) }
        // Ten pixels for one unit: one to the right and one up from the middle.
        #expect(abs(area / (Double.pi * 25) - 1) < 0.01)
        #expect(abs(middle.x - 50) < 0.02 && abs(middle.y - 10) < 0.02)
        let turned = covered(width: 80, height: 40, view: view) {
            $0.box(SIMD2(1, 2), halfSize: SIMD2(1, 0.1), angle: 0.5, white)
        }
        let end = covered(width: 80, height: 40, view: view) {
            $0.disc(SIMD2(1 + cosine(0.5), 2 + sine(0.5)), radius: 0.1, white)
        }
        #expect(turned.area > 35 && end.middle.x > 48 && end.middle.y < 16)
    }
}
