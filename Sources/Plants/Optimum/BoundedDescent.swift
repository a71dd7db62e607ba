/// Minimises a smooth function of numbers between 0 and 1 by projected quasi-Newton steps.
///
/// Numbers that stand at a bound and are pushed outwards stay; for the others the direction is that of L-BFGS (Nocedal, "Updating
/// quasi-Newton matrices with limited storage", Mathematics of Computation 1980, algorithm 2.1), and the way along it is bent at
/// the bounds and shortened until the function falls enough (Bertsekas, "Projected Newton methods for optimization problems with
/// simple constraints", SIAM J. Control and Optimization 1982, equations 10 to 14).
struct BoundedDescent {
    /// The function and its gradient.
    typealias Function = (_ point: [Double]) -> (value: Double, gradient: [Double])

    /// The most iterations.
    var iterations = 500
    /// It ends where no number that may move has a greater slope, as a part of the greatest at the start.
    var tolerance = 1e-7
    /// Steps that curvature is estimated from.
    private let memory = 20

    /// Where a descent ended.
    struct End {
        var point: [Double]
        var value: Double
        /// The greatest slope of a number that may move.
        var slope: Double
        var iterations: Int
    }

    /// Descends from a point between the bounds.
    func minimise(from start: [Double], _ function: Function) -> End {
        var point = start
        var (value, gradient) = function(point)
        var pairs: [(step: [Double], change: [Double], inverse: Double)] = []
        var slope = Self.slope(point, gradient)
        let goal = tolerance * max(slope, 1e-12)
        var iteration = 0
        while iteration < iterations, slope > goal {
            iteration += 1
            let free = Self.free(point, gradient)
            var direction = Self.direction(gradient, free: free, pairs)
            if Self.dot(direction, gradient) >= 0 {
                pairs = []
                direction = Self.direction(gradient, free: free, pairs)
            }
            guard let next = advance(point, value, gradient, direction, isFirst: pairs.isEmpty, function) else {
                // Curvature of elsewhere may mislead: once more without it.
                guard !pairs.isEmpty else { break }
                pairs = []
                continue
            }
            let step = zip(next.point, point).map { $0 - $1 }
            let change = zip(next.gradient, gradient).map { $0 - $1 }
            let curvature = Self.dot(step, change)
            if curvature > 1e-12 * Self.dot(change, change) {
                pairs.append((step, change, 1 / curvature))
                if pairs.count > memory { pairs.removeFirst() }
            }
            (point, value, gradient) = next
            slope = Self.slope(point, gradient)
        }
        return End(point: point, value: value, slope: slope, iterations: iteration)
    }

    /// The first point along a bent way that is low enough; `nil` where there is none.
    private func advance(
        _ point: [Double], _ value: Double, _ gradient: [Double], _ direction: [Double], isFirst: Bool,
        _ function: Function
    ) -> (point: [Double], value: Double, gradient: [Double])? {
        let widest = direction.map(abs).max() ?? 0
        guard widest > 0 else { return nil }
        // Without curvature a first step moves no number by more than a twentieth of its range.
        var length = isFirst ? min(1, 0.05 / widest) : 1
        for _ in 0..<40 {
            let next = zip(point, direction).map { min(max($0 + length * $1, 0), 1) }
            let moved = zip(next, point).map { $0 - $1 }
            let (found, slopes) = function(next)
            if found.isFinite, found <= value + 1e-4 * Self.dot(gradient, moved), moved.contains(where: { $0 != 0 }) {
                return (next, found, slopes)
            }
            length /= 2
        }
        return nil
    }

    /// Those that may move: not at a bound that the slope pushes them against.
    private static func free(_ point: [Double], _ gradient: [Double]) -> [Bool] {
        zip(point, gradient).map { !($0 <= 0 && $1 > 0 || $0 >= 1 && $1 < 0) }
    }

    private static func slope(_ point: [Double], _ gradient: [Double]) -> Double {
        zip(free(point, gradient), gradient).reduce(0) { $1.0 ? max($0, abs($1.1)) : $0 }
    }

    /// The two loops of L-BFGS over the numbers that may move.
    private static func direction(
        _ gradient: [Double], free: [Bool], _ pairs: [(step: [Double], change: [Double], inverse: Double)]
    ) -> [Double] {
        var result = zip(gradient, free).map { $1 ? -$0 : 0 }
        var weights: [Double] = []
        for pair in pairs.reversed() {
            let weight = pair.inverse * dot(pair.step, result)
            for index in result.indices where free[index] { result[index] -= weight * pair.change[index] }
            weights.append(weight)
        }
        if let last = pairs.last {
            let scale = 1 / (last.inverse * dot(last.change, last.change))
            for index in result.indices { result[index] *= scale }
        }
        for (pair, weight) in zip(pairs, weights.reversed()) {
            let other = pair.inverse * dot(pair.change, result)
            for index in result.indices where free[index] { result[index] += (weight - other) * pair.step[index] }
        }
        return result
    }

    private static func dot(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices { sum += one[index] * other[index] }
        return sum
    }
}
