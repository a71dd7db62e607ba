import Foundation

/// Nodes and weights of Gauss–Legendre quadrature on [0, 1]: exact for polynomials of degree 2n − 1.
///
/// Nodes are the roots of the Legendre polynomial, by Newton's method from `cos(π (i − ¼) / (n + ½))` (Abramowitz and
/// Stegun, 1964, 25.4.29).
enum GaussLegendre {
    /// The rule with so many nodes.
    static func rule(_ count: Int) -> (nodes: [Double], weights: [Double]) {
        precondition(count > 0, "a quadrature of \(count) nodes")
        var (nodes, weights): ([Double], [Double]) = ([], [])
        for index in 1...count {
            var x = cos(Double.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<50 {
                var (value, before) = (1.0, 0.0)
                for degree in 1...count {
                    let n = Double(degree)
                    (value, before) = (((2 * n - 1) * x * value - (n - 1) * before) / n, value)
                }
                slope = Double(count) * (x * value - before) / (x * x - 1)
                let change = value / slope
                x -= change
                if abs(change) < 1e-15 { break }
            }
            nodes.append((1 - x) / 2)
            weights.append(1 / ((1 - x * x) * slope * slope))
        }
        return (nodes, weights)
    }
}
