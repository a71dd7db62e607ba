import Basics
import Episodes

/// Known systems and records of them.
enum Systems {
    static let channels = [
        Channel(name: "y1", unit: "°C", role: .observation), Channel(name: "y2", unit: "bar", role: .observation),
        Channel(name: "u", unit: "%", role: .action), Channel(name: "w", role: .disturbance),
    ]

    /// A stable two-output system of order 2: `y_t = c + A₁ y_{t−1} + A₂ y_{t−2} + B₁ s_{t−1} + B₂ s_{t−2}`.
    static let a1 = [[1.2, 0.1], [0.0, 0.7]]
    static let a2 = [[-0.4, 0.0], [0.05, 0.1]]
    static let b1 = [[0.5, 0.0], [0.2, -0.3]]
    static let b2 = [[0.0, 0.1], [-0.1, 0.0]]
    static let c = [3.0, -1.0]

    /// A record with inputs that change every few samples, and measurement noise on the outputs.
    static func record(
        count: Int, seed: UInt64, noise: Double = 0, processNoise: Double = 0, name: String = "record"
    ) -> Episode {
        var generator = SeededGenerator(seed: seed)
        var inputs: [[Double]] = []
        var held = [0.0, 0.0]
        for time in 0..<count {
            if time % 7 == 0 { held[0] = generator.uniform(in: 0...100) }
            if time % 5 == 0 { held[1] = generator.uniform(in: -5...5) }
            inputs.append(held)
        }
        var y = [[20.0, 1.0], [20.0, 1.0]]
        for time in 2..<max(2, count) {
            y.append(
                (0..<2).map { row in
                    var value = c[row] + processNoise * generator.normal()
                    for column in 0..<2 {
                        value += a1[row][column] * y[time - 1][column] + a2[row][column] * y[time - 2][column]
                        value += b1[row][column] * inputs[time - 1][column]
                        value += b2[row][column] * inputs[time - 2][column]
                    }
                    return value
                })
        }
        let values = (0..<count).flatMap { time in
            y[time].map { $0 + noise * generator.normal() } + inputs[time]
        }
        return Episode(name: name, channels: channels, samplingTime: 1, values: values)
    }

    /// A scalar first-order record `y_t = a y_{t−1} + b u_{t−delay}`.
    static func firstOrder(a: Double, b: Double, delay: Int, count: Int, seed: UInt64, noise: Double = 0) -> Episode {
        var generator = SeededGenerator(seed: seed)
        let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: .action)]
        let inputs = (0..<count).map { _ in generator.uniform(in: -1...1) }
        var y = [0.0]
        for time in 1..<count {
            let driven = time - delay
            y.append(a * y[time - 1] + (driven >= 0 ? b * inputs[driven] : 0))
        }
        let values = (0..<count).flatMap { [y[$0] + noise * generator.normal(), inputs[$0]] }
        return Episode(name: "first order", channels: channels, samplingTime: 1, values: values)
    }
}
