import Foundation

extension Sketch {
    /// The limits and the target of a signal as lines across a vessel whose height is a range.
    mutating func mark(
        _ signal: EpisodeScene.Signal?, of range: ClosedRange<Double>, x: Double, y: Double, width: Double,
        height: Double
    ) {
        guard let signal else { return }
        func place(_ value: Double) -> Double {
            let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            return y + height * (1 - min(1, max(0, share)))
        }
        for limit in [signal.upper, signal.lower].compactMap({ $0 }) {
            path("ink danger dashed", "M\(pixel(x)),\(pixel(place(limit)))h\(pixel(width))", width: 2)
        }
        guard !signal.targets.isEmpty else { return }
        let target = Motion(signal.targets.map(place))
        polyline("ink green", [(Motion(x - 7), target), (Motion(x + width + 7), target)], width: 2.5)
    }

    /// Wheels and blades are drawn by this many straight strokes.
    mutating func wheel(_ look: String, x: Double, y: Double, radius: Double, strokes: Int, turned angle: Motion) {
        group(turned: angle, x: x, y: y) { wheel in
            for stroke in 0..<strokes {
                wheel.group(turned: Motion(180 * Double(stroke) / Double(strokes)), x: x, y: y) {
                    $0.path(look, "M\(pixel(x)),\(pixel(y - radius))V\(pixel(y + radius))", width: 3)
                }
            }
        }
    }
}

/// The cosine of an angle.
func cosine(radians angle: Double) -> Double { cos(angle) }
/// The sine of an angle.
func sine(radians angle: Double) -> Double { sin(angle) }
/// The cosine of degrees.
func cosine(degrees angle: Double) -> Double { cos(angle * .pi / 180) }
/// The sine of degrees.
func sine(degrees angle: Double) -> Double { sin(angle * .pi / 180) }
