public import Basics

/// What a sensor adds to the truth: Gaussian noise, noise in proportion to the value, errors that wander, the steps of a
/// converter, and the ends of its scale.
public struct SensorNoise: Sendable, Hashable, Codable {
    /// Standard deviation per output, in the unit of the output; one entry counts for all outputs.
    public var standardDeviation: [Double]
    /// Standard deviation per output as a fraction of the value; one entry counts for all outputs.
    public var proportion: [Double]
    /// The step of the converter per output, in the unit of the output, 0 for none; one entry counts for all outputs.
    public var quantum: [Double]
    /// Whether an output's reading stays as it is while the true output does not change, as an analyser's does between
    /// its analyses; one entry counts for all outputs.
    public var repeats: [Bool]
    /// Errors that wander, drawn for each output by itself; `nil` for none.
    public var drift: SensorDrift?
    /// The ends of the sensors' scales, in the unit of the outputs; `nil` for none.
    public var scale: ClosedRange<Double>?

    /// Creates the noise of a set of sensors.
    public init(
        standardDeviation: [Double] = [0], proportion: [Double] = [0], quantum: [Double] = [0],
        repeats: [Bool] = [false], drift: SensorDrift? = nil, scale: ClosedRange<Double>? = nil
    ) {
        precondition(
            (standardDeviation + proportion + quantum).allSatisfy { $0 >= 0 && $0.isFinite },
            "noise is not negative: \(standardDeviation), \(proportion), \(quantum)")
        self.standardDeviation = standardDeviation
        self.proportion = proportion
        self.quantum = quantum
        self.repeats = repeats
        self.drift = drift
        self.scale = scale
    }

    /// Sensors that show the truth.
    public static let none = SensorNoise()

    /// The outputs as the sensors show them, `drift` holding the errors that wander, if any, `[output]`. Draws two
    /// numbers per output whatever the settings, so that simulations with different noise stay comparable draw by draw.
    public func apply(
        to outputs: [Double], drift: [Double] = [], using generator: inout SeededGenerator
    ) -> [Double] {
        outputs.indices.map { index in
            var value = outputs[index]
            let additive = generator.normal()
            let relative = generator.normal()
            value += additive * entry(standardDeviation, index)
            value += relative * entry(proportion, index) * outputs[index]
            if !drift.isEmpty { value += drift[index] }
            let step = entry(quantum, index)
            if step > 0 { value = (value / step).rounded() * step }
            return scale.map { min(max(value, $0.lowerBound), $0.upperBound) } ?? value
        }
    }

    /// The outputs as the sensors show them a sampling period after they showed `reading` of the true outputs `before`.
    func apply(
        to outputs: [Double], after reading: [Double], of before: [Double], drift: [Double] = [],
        using generator: inout SeededGenerator
    ) -> [Double] {
        let fresh = apply(to: outputs, drift: drift, using: &generator)
        return outputs.indices.map { index in
            entry(repeats, index) && outputs[index] == before[index] ? reading[index] : fresh[index]
        }
    }

    private func entry<Value>(_ values: [Value], _ index: Int) -> Value {
        values.count == 1 ? values[0] : values[index]
    }
}

extension SensorNoise {
    /// The standard deviation of one output's reading at a value, a converter's step counted as uniform error, a drift
    /// with its spread in the long run.
    public func deviation(of output: Int, at value: Double) -> Double {
        let additive = entry(standardDeviation, output)
        let relative = entry(proportion, output) * value
        let step = entry(quantum, output)
        let wandering = drift?.standardDeviation ?? 0
        return (additive * additive + relative * relative + wandering * wandering + step * step / 12).squareRoot()
    }
}
