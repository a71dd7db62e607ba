public import Episodes
import Foundation

/// Outputs as sums of filtered inputs: a regression on orthonormal basis functions.
///
/// Each input goes through a chain of first-order sections with real poles `a_j`, by the network of Takenaka and Malmquist
///
/// ```
/// v¹ = u,    s_j(t+1) = a_j s_j(t) + n_j vʲ(t),    vʲ⁺¹(t) = n_j s_j(t) − a_j vʲ(t),    n_j = √(1 − a_j²)
/// ```
///
/// whose responses are orthonormal (Heuberger, Van den Hof and Bosgra, IEEE Transactions on Automatic Control 40, 1995;
/// Heuberger, de Hoog, Van den Hof and Wahlberg 2003, https://doi.org/10.1137/S0363012902405340). Time constants lie in a
/// geometric series, each of them twice, so that dead times and responses that turn have room.
///
/// No regressor is a measured output. However the noise on these is correlated in time, it biases nothing, while it
/// does bias a regression on lagged outputs: a sensor of glucose that wanders by 12 mg/dL within half an hour makes that
/// lose an insulin that acts for five hours. What filtered inputs leave over becomes an autoregression of second order
/// for each output, which follows the measurements.
public struct BasisRegression: Sendable {
    /// Poles of the sections that every input goes through, rising.
    public let poles: [Double]
    private let layout: SignalLayout
    private let hasLead: Bool

    /// The shortest and longest time constant, steps.
    private static let constants = (shortest: 2.0, longest: 128.0)
    /// Sections of an input, and states in all.
    private static let (mostSections, mostStates) = (14, 120)
    private static let leastSections = 6
    /// Rows for each coefficient of an output.
    private static let rowsEach = 5

    /// A regression with as many sections as there are enough rows for.
    ///
    /// - Parameters:
    ///   - rows: Rows of the log.
    ///   - longest: Rows of its longest episode: no time constant is longer than an eighth of it.
    ///   - layout: Outputs and inputs.
    ///   - hasLead: Whether a step sees the input at its end.
    ///
    /// `nil` where there are fewer than six sections for each input, or no input.
    public init?(rows: Int, longest: Int, layout: SignalLayout, hasLead: Bool) {
        let inputs = layout.inputs.count
        guard inputs > 0 else { return nil }
        let affordable = min(rows / Self.rowsEach - 1, Self.mostStates) / inputs
        let pairs = min(Self.mostSections, affordable) / 2
        let (first, last) = (Self.constants.shortest, min(Self.constants.longest, Double(longest) / 8))
        guard 2 * pairs >= Self.leastSections, last > 2 * first else { return nil }
        poles = (0..<pairs).flatMap { pair -> [Double] in
            let constant = first * pow(last / first, Double(pair) / Double(pairs - 1))
            return [exp(-1 / constant), exp(-1 / constant)]
        }
        self.layout = layout
        self.hasLead = hasLead
    }

    /// Fits a model for each penalty, in the units that signals are normalised to.
    ///
    /// - Parameters:
    ///   - episodes: Episodes at the model's step.
    ///   - ridges: Penalties on the coefficients, for states of unit variance.
    ///   - outputMean: Means of the outputs, `[output]`, physical units.
    ///   - outputScale: Scales of the outputs, `[output]`.
    ///   - inputMean: Means of the inputs, `[input]`.
    ///   - inputScale: Scales of the inputs, `[input]`.
    /// - Returns: The models with their penalties; those that cannot be fitted missing.
    public func forms(
        _ episodes: [Episode], ridges: [Double], outputMean: [Double], outputScale: [Double], inputMean: [Double],
        inputScale: [Double]
    ) -> [(ridge: Double, form: ObserverForm)] {
        guard let physical = try? episodes.map({ try layout.record($0) }) else { return [] }
        let records = physical.map {
            Filtered(
                $0, self, outputs: Units(mean: outputMean, scale: outputScale),
                inputs: Units(mean: inputMean, scale: inputScale))
        }
        let width = 1 + layout.inputs.count * poles.count
        var sums = NormalEquations(regressors: width, targets: layout.outputs.count)
        for record in records { record.add(to: &sums) }
        guard sums.rows >= 2 * width else { return [] }
        let (gram, cross) = sums.means
        return ridges.compactMap { ridge in
            var left = gram
            for row in 0..<width { left[row, row] += row == 0 ? 1e-12 : ridge * max(gram[row, row], 1e-9) }
            return solvePositiveDefinite(left, cross).map { (ridge, form($0, records)) }
        }
    }

    /// The model in observer form: the sections of all inputs, then two states for what each output has left.
    private func form(_ coefficients: RealMatrix, _ records: [Filtered]) -> ObserverForm {
        let (inputs, outputs, sections) = (layout.inputs.count, layout.outputs.count, poles.count)
        let filtered = inputs * sections
        let size = filtered + 2 * outputs
        var transition = RealMatrix(rows: size, columns: size)
        var drive = RealMatrix(rows: size, columns: inputs)
        var offset = RealMatrix(rows: size, columns: 1)
        var readout = RealMatrix(rows: outputs, columns: size)
        var gain = RealMatrix(rows: size, columns: outputs)
        for input in 0..<inputs {
            let first = input * sections
            for (place, pole) in poles.enumerated() {
                let size = (1 - pole * pole).squareRoot()
                transition[first + place, first + place] = pole
                // Back along the chain: what earlier sections and the input send through all-passes.
                var through = size
                for earlier in stride(from: place - 1, through: 0, by: -1) {
                    let other = poles[earlier]
                    transition[first + place, first + earlier] = through * (1 - other * other).squareRoot()
                    through *= -other
                }
                drive[first + place, input] = through
            }
        }
        for output in 0..<outputs {
            for state in 0..<filtered { readout[output, state] = coefficients[1 + state, output] }
            let level = coefficients[0, output]
            let rest = Self.autoregression(records.map { $0.residuals(coefficients, output: output) }, about: level)
            let state = filtered + 2 * output
            transition[state, state] = rest.first
            transition[state, state + 1] = 1
            transition[state + 1, state] = rest.second
            offset[state, 0] = level * (1 - rest.first - rest.second)
            readout[output, state] = 1
            gain[state, output] = 1
        }
        let none = RealMatrix(rows: size, columns: inputs)
        return ObserverForm(
            transition: transition, input: hasLead ? none : drive, lead: hasLead ? drive : none, offset: offset,
            readout: readout, gain: gain, isReduced: true)
    }

    /// The autoregression `r_t = a₁ r_{t−1} + a₂ r_{t−2}` of residuals about their level, poles within the circle.
    private static func autoregression(
        _ residuals: [[Double]], about level: Double
    ) -> (first: Double, second: Double) {
        var sums = NormalEquations(regressors: 2, targets: 1)
        for run in residuals where run.count > 2 {
            for time in 2..<run.count where run[(time - 2)...time].allSatisfy(\.isFinite) {
                let values = [run[time - 1] - level, run[time - 2] - level, run[time] - level]
                values.withUnsafeBufferPointer {
                    sums.add(.init(rebasing: $0[..<2]), .init(rebasing: $0[2...]))
                }
            }
        }
        var (gram, cross) = sums.means
        for place in 0..<2 { gram[place, place] += 1e-9 }
        guard sums.rows > 10, let found = solvePositiveDefinite(gram, cross) else { return (0, 0) }
        var (first, second) = (found[0, 0], found[1, 0])
        for _ in 0..<50 {
            let companion = RealMatrix(rows: 2, columns: 2, elements: [first, 1, second, 0])
            let radius = spectralRadius(of: companion)
            guard radius > ObserverForm.greatestPole else { break }
            let factor = radius.isFinite ? min(ObserverForm.greatestPole / radius, 0.99999) : 0.9
            (first, second) = (first * factor, second * factor * factor)
        }
        return (first, second)
    }

    /// What signals are normalised by.
    private struct Units {
        let mean: [Double]
        let scale: [Double]
    }

    /// An episode with its inputs filtered.
    private struct Filtered {
        /// Normalised, missing values still missing, `[time, output]`.
        let outputs: [Double]
        /// `[time, 1 + input · section]`, the first of each row 1.
        let regressors: [Double]
        let (count, width, targets): (Int, Int, Int)
        /// Rows at the start that the filters need to forget what was before them.
        let settling: Int

        init(_ record: SignalRecord, _ regression: BasisRegression, outputs: Units, inputs: Units) {
            let (sections, driven) = (regression.poles.count, inputs.mean.count)
            let width = 1 + sections * driven
            (count, self.width, targets) = (record.count, width, outputs.mean.count)
            self.outputs = record.outputs.enumerated().map { place, value in
                (value - outputs.mean[place % outputs.mean.count]) / outputs.scale[place % outputs.mean.count]
            }
            var values = [Double](repeating: 1, count: record.count * width)
            let sizes = regression.poles.map { (1 - $0 * $0).squareRoot() }
            for input in 0..<driven {
                var state = [Double](repeating: 0, count: sections)
                var last = 0.0
                for time in 0..<record.count {
                    func write() {
                        let row = time * width + 1 + input * sections
                        for place in 0..<sections { values[row + place] = state[place] }
                    }
                    let value = (record.inputs[time * driven + input] - inputs.mean[input]) / inputs.scale[input]
                    if !regression.hasLead { write() }
                    if value.isFinite { last = value }
                    var signal = last
                    for place in 0..<sections {
                        let next = sizes[place] * state[place] - regression.poles[place] * signal
                        state[place] = regression.poles[place] * state[place] + sizes[place] * signal
                        signal = next
                    }
                    if regression.hasLead { write() }
                }
            }
            regressors = values
            let longest = regression.poles.max().map { 1 / (1 - $0) } ?? 0
            settling = min(Int(2 * longest), count / 4)
        }

        func add(to sums: inout NormalEquations) {
            outputs.withUnsafeBufferPointer { outputs in
                regressors.withUnsafeBufferPointer { regressors in
                    for time in settling..<max(settling, count) {
                        let target = UnsafeBufferPointer(rebasing: outputs[(time * targets)..<((time + 1) * targets)])
                        guard target.allSatisfy(\.isFinite) else { continue }
                        sums.add(.init(rebasing: regressors[(time * width)..<((time + 1) * width)]), target)
                    }
                }
            }
        }

        /// What filtered inputs leave of an output, its level still in it; missing where the output is.
        func residuals(_ coefficients: RealMatrix, output: Int) -> [Double] {
            (settling..<max(settling, count)).map { time in
                var value = outputs[time * targets + output]
                for place in 1..<width { value -= regressors[time * width + place] * coefficients[place, output] }
                return value
            }
        }
    }
}
