/// Minimises the free-run error of an ARX model over training segments: an output-error fit.
///
/// One-step least squares is biased when measurements are noisy, which free run punishes; minimising the simulation
/// error removes that (Ljung, "System Identification", 2nd ed., section 7.3; Levenberg 1944, Marquardt 1963). The
/// gradient of the simulated output comes from the sensitivity equations
/// `∂y_t/∂θ = φ_t + Σ_i A_i ∂y_{t−i}/∂θ`.
struct ARXRefinement {
    let segments: [Segment]
    let outputs: Int
    let inputs: Int

    /// A stretch of standardised training signals.
    struct Segment {
        /// Initial window without gaps, `[window, output]`.
        var window: [Double]
        /// Inputs without gaps, `[window + steps, input]`.
        var inputs: [Double]
        /// What was measured, missing ones missing, `[steps, output]`.
        var truth: [Double]
    }

    /// Cuts evenly spaced segments out of the training records of a regression.
    init(_ regression: ARXRegression, history: Int, rules: FreeRunProtocol, maximumSegments: Int) {
        outputs = regression.layout.outputs.count
        inputs = regression.layout.inputs.count
        let (outputs, inputs) = (outputs, inputs)
        var rules = rules
        rules.window = max(rules.window, history)
        rules.maximumStarts = maximumSegments
        segments = rules.starts(lengths: regression.records.map(\.count)).map { episode, start in
            let record = regression.records[episode]
            let end = min(record.count, start + rules.horizon)
            let from = start - history
            return Segment(
                window: withoutGaps(Array(record.outputs[(from * outputs)..<(start * outputs)]), columns: outputs),
                inputs: withoutGaps(Array(record.inputs[(from * inputs)..<(end * inputs)]), columns: inputs),
                truth: Array(record.outputs[(start * outputs)..<(end * outputs)]))
        }
    }

    /// The model after each accepted step: each errs less on the training segments than the one before.
    func refine(_ model: ARXModel, iterations: Int) -> [ARXModel] {
        var current = model
        var accepted: [ARXModel] = []
        var damping = 1e-3
        var system = linearised(current)
        for _ in 0..<iterations {
            guard system.cost.isFinite, let candidate = step(current, system, damping) else { break }
            let cost = self.cost(candidate)
            if cost < system.cost {
                let gain = (system.cost - cost) / system.cost
                current = candidate
                accepted.append(candidate)
                damping = max(damping / 5, 1e-9)
                if gain < 1e-4 { break }
                system = linearised(current)
            } else {
                damping *= 10
                if damping > 1e6 { break }
            }
        }
        return accepted
    }

    /// The mean square of the free-run error over all segments.
    func cost(_ model: ARXModel) -> Double {
        var (sum, count) = (0.0, 0)
        for segment in segments {
            let predicted = model.freeRun(segment.window, segment.inputs, horizon: segment.truth.count / outputs)
            for (guess, truth) in zip(predicted, segment.truth) where truth.isFinite {
                sum += (guess - truth) * (guess - truth)
                count += 1
            }
        }
        return count > 0 ? sum / Double(count) : .infinity
    }

    /// The normal equations of one step.
    struct System {
        /// The mean of JᵀJ.
        var hessian: RealMatrix
        /// The mean of Jᵀr: half the gradient of the cost.
        var gradient: RealMatrix
        var cost: Double
    }

    /// `(JᵀJ + μ diag(JᵀJ)) δ = −Jᵀ r`.
    private func step(_ model: ARXModel, _ system: System, _ damping: Double) -> ARXModel? {
        var left = system.hessian
        for row in 0..<left.rows { left[row, row] += damping * (left[row, row] + 1e-9) + 1e-12 }
        guard let delta = solvePositiveDefinite(left, system.gradient) else { return nil }
        var result = model
        result.isRefined = true
        for index in result.parameters.elements.indices { result.parameters.elements[index] -= delta.elements[index] }
        return result
    }

    /// Gauss–Newton Hessian, gradient and cost, by forward sensitivities through every segment.
    func linearised(_ model: ARXModel) -> System {
        let count = model.parameters.elements.count
        var hessian = [Double](repeating: 0, count: count * count)
        var gradient = [Double](repeating: 0, count: count)
        var (cost, terms) = (0.0, 0)
        // The Hessian is averaged over a thinned set of samples, at a price that does not grow with the parameters.
        let steps = segments.reduce(0) { $0 + $1.truth.count }
        let thinning = max(1, steps * count * count / 200_000_000)
        for segment in segments {
            var walk = SensitivityWalk(model, segment, outputs: outputs, inputs: inputs)
            for time in 0..<(segment.truth.count / outputs) {
                walk.advance(time)
                for output in 0..<outputs {
                    let truth = segment.truth[time * outputs + output]
                    guard truth.isFinite else { continue }
                    let error = walk.value(time, output) - truth
                    cost += error * error
                    terms += 1
                    walk.withSensitivity(time, output) { row in
                        for index in 0..<count { gradient[index] += error * row[index] }
                        guard terms % thinning == 0 else { return }
                        hessian.withUnsafeMutableBufferPointer { h in
                            for i in 0..<count where row[i] != 0 {
                                let scaled = row[i] * Double(thinning)
                                for j in 0...i { h[i * count + j] += scaled * row[j] }
                            }
                        }
                    }
                }
            }
        }
        let scale = 1 / Double(max(1, terms))
        return System(
            hessian: RealMatrix(rows: count, columns: count, elements: hessian.map { $0 * scale }),
            gradient: RealMatrix(rows: count, columns: 1, elements: gradient.map { $0 * scale }),
            cost: terms > 0 ? cost * scale : .infinity)
    }
}

/// Simulates one segment and carries the derivatives of the outputs with respect to all parameters along.
private struct SensitivityWalk {
    let model: ARXModel
    let segment: ARXRefinement.Segment
    let outputs: Int
    let inputs: Int
    let window: Int
    let count: Int
    /// Outputs of window and future.
    var trajectory: [Double]
    /// Derivatives of the last `order` rows, a ring `[order + 1, output, parameter]`.
    var ring: [Double]

    init(_ model: ARXModel, _ segment: ARXRefinement.Segment, outputs: Int, inputs: Int) {
        self.model = model
        self.segment = segment
        self.outputs = outputs
        self.inputs = inputs
        window = segment.window.count / outputs
        count = model.parameters.elements.count
        trajectory = segment.window + [Double](repeating: 0, count: segment.truth.count)
        ring = [Double](repeating: 0, count: (model.order + 1) * outputs * count)
    }

    func value(_ time: Int, _ output: Int) -> Double { trajectory[(window + time) * outputs + output] }

    func withSensitivity(_ time: Int, _ output: Int, _ body: (UnsafeBufferPointer<Double>) -> Void) {
        let start = slot(time, output)
        ring.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<(start + count)])) }
    }

    private func slot(_ time: Int, _ output: Int) -> Int {
        let length = model.order + 1
        return (((time % length + length) % length) * outputs + output) * count
    }

    mutating func advance(_ time: Int) {
        let theta = model.parameters.elements
        let now = window + time
        let block = outputs + inputs
        for output in 0..<outputs {
            let here = slot(time, output)
            var sum = theta[output]
            ring.withUnsafeMutableBufferPointer { ring in
                for index in 0..<count { ring[here + index] = 0 }
                ring[here + output] = 1
            }
            for lag in 1...model.order {
                let first = 1 + (lag - 1) * block
                for other in 0..<outputs {
                    let weight = theta[(first + other) * outputs + output]
                    let past = trajectory[(now - lag) * outputs + other]
                    sum += weight * past
                    ring[here + (first + other) * outputs + output] += past
                    guard time - lag >= 0 else { continue }
                    let there = slot(time - lag, other)
                    ring.withUnsafeMutableBufferPointer { ring in
                        for index in 0..<count { ring[here + index] += weight * ring[there + index] }
                    }
                }
                let driven = (now - model.inputDelay - lag + 1) * inputs
                for input in 0..<inputs {
                    let value = segment.inputs[driven + input]
                    sum += theta[(first + outputs + input) * outputs + output] * value
                    ring[here + (first + outputs + input) * outputs + output] += value
                }
            }
            trajectory[now * outputs + output] = min(max(sum, -1e9), 1e9)
        }
    }
}
