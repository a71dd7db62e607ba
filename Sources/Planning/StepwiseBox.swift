/// The box of a sequence value by value, for spaces whose blocks are single steps: points and actions are then lists of the
/// same length, and one loop over neighbours turns one into the other.
struct StepwiseBox: Sendable {
    /// Row-major `[step, action]`, physical units.
    private let lower: [Float]
    private let upper: [Float]
    private let range: [Float]

    /// Creates the box of a horizon from limits `[action]`.
    init(lower: [Float], upper: [Float], horizon: Int) {
        func repeated(_ values: [Float]) -> [Float] { (0..<horizon).flatMap { _ in values } }
        self.lower = repeated(lower)
        self.upper = repeated(upper)
        range = repeated(zip(upper, lower).map { $0 - $1 })
    }

    /// Turns points `[candidate, step, action]` into actions of the box; what is not a number becomes the lower limit.
    func decode(_ points: [Float], candidates: Int, into actions: inout [Float]) {
        withPointers { lower, upper, range, length in
            points.withUnsafeBufferPointer { points in
                actions.withUnsafeMutableBufferPointer { actions in
                    guard let points = points.baseAddress, let actions = actions.baseAddress else { return }
                    for candidate in 0..<candidates {
                        let (point, action) = (points + candidate &* length, actions + candidate &* length)
                        for index in 0..<length {
                            let share = (min(1, max(-1, point[index])) + 1) / 2
                            let value = lower[index] + share * range[index]
                            action[index] = min(upper[index], max(lower[index], value))
                        }
                    }
                }
            }
        }
    }

    /// Reads points from actions `[candidate, step, action]`; 0 where the box leaves no choice.
    func encode(_ actions: [Float], candidates: Int, into points: inout [Float]) {
        withPointers { lower, _, range, length in
            actions.withUnsafeBufferPointer { actions in
                points.withUnsafeMutableBufferPointer { points in
                    guard let actions = actions.baseAddress, let points = points.baseAddress else { return }
                    for candidate in 0..<candidates {
                        let (action, point) = (actions + candidate &* length, points + candidate &* length)
                        for index in 0..<length {
                            let place = min(1, max(-1, 2 * (action[index] - lower[index]) / range[index] - 1))
                            point[index] = range[index] > 0 ? place : 0
                        }
                    }
                }
            }
        }
    }

    private func withPointers(
        _ body: (
            _ lower: UnsafePointer<Float>, _ upper: UnsafePointer<Float>, _ range: UnsafePointer<Float>, _ length: Int
        ) -> Void
    ) {
        lower.withUnsafeBufferPointer { lower in
            upper.withUnsafeBufferPointer { upper in
                range.withUnsafeBufferPointer { range in
                    guard let low = lower.baseAddress, let high = upper.baseAddress, let range = range.baseAddress
                    else {
                        return
                    }
                    body(low, high, range, lower.count)
                }
            }
        }
    }
}
