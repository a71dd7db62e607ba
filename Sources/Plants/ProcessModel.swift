import Episodes

/// A first-order model with dead time of how one output answers one action: gain, time constant, delay.
public struct ProcessModel: Sendable, Hashable {
    /// The steady-state gain, unit of the output per unit of the action.
    public var gain: Double
    /// The time constant, s.
    public var timeConstant: Double
    /// The dead time, s.
    public var delay: Double

    /// Creates a model.
    public init(gain: Double, timeConstant: Double, delay: Double) {
        self.gain = gain
        self.timeConstant = timeConstant
        self.delay = delay
    }
}

/// How the outputs of a plant answer its actions, as far as supervisors and exploration need it.
public struct KnownResponse: Sendable, Hashable {
    /// How far a unit of each action moves each output, and which way, `[output, action]`; 0 where it hardly does.
    public var gains: DenseMatrix
    /// The time over which actions take effect, s.
    public var timeConstant: Double
    /// The time before they do, actuators included, s: how far ahead a supervisor looks.
    public var delay: Double

    /// Creates a response.
    public init(gains: DenseMatrix, timeConstant: Double, delay: Double = 0) {
        precondition(timeConstant > 0 && delay >= 0, "a time constant of \(timeConstant) s, a delay of \(delay) s")
        self.gains = gains
        self.timeConstant = timeConstant
        self.delay = delay
    }
}

extension Plant {
    /// The model of one output's answer to one action, from a small noise-free step around an operating point, by the
    /// times at which 28.3 % and 63.2 % of the change are reached (Smith, "Digital Computer Process Control", 1972).
    ///
    /// - Parameters:
    ///   - output: The index of the output.
    ///   - action: The index of the action.
    ///   - point: The actions of the operating point, `[action]`; the middle of their limits by default.
    /// - Returns: The model, or `nil` when the output does not settle or does not answer.
    public func processModel(output: Int, action: Int, around point: [Double]? = nil) -> ProcessModel? {
        let point = point ?? middleAction
        // Fine sampling resolves the times far better than one sampling period.
        let fine = resampled(every: samplingTime / 10) ?? self
        let start = settled(from: initialState, action: point, disturbance: nominalDisturbance, steps: 20_000)
        var stepped = point
        let range = actionRange(action)
        let size = 0.05 * (range.upperBound - range.lowerBound)
        stepped[action] += stepped[action] + size <= range.upperBound ? size : -size
        let change = stepped[action] - point[action]
        let end = settled(from: start, action: stepped, disturbance: nominalDisturbance, steps: 20_000)
        let before = outputs(of: start)[output]
        let total = outputs(of: end)[output] - before
        let after = step(end, action: stepped, disturbance: nominalDisturbance)
        guard total.isFinite, abs(total) > 1e-9, abs(outputs(of: after)[output] - before - total) < 1e-7 * abs(total)
        else { return nil }
        var state = start
        var last = 0.0
        var crossings: [Double] = []
        for index in 1...1_000_000 {
            state = fine.step(state, action: stepped, disturbance: nominalDisturbance)
            let share = (outputs(of: state)[output] - before) / total
            for level in [0.283, 0.632].dropFirst(crossings.count) where share >= level {
                let part = (level - last) / max(share - last, 1e-300)
                crossings.append((Double(index - 1) + part) * fine.samplingTime)
            }
            last = share
            if crossings.count == 2 { break }
        }
        guard crossings.count == 2 else { return nil }
        let timeConstant = 1.5 * (crossings[1] - crossings[0])
        return ProcessModel(
            gain: total / change, timeConstant: timeConstant, delay: max(0, crossings[1] - timeConstant))
    }

    /// The steady-state gains around an operating point, `[output, action]`; zero where an output does not answer, those
    /// of `knownResponse` where there is one.
    public func gains(around point: [Double]? = nil) -> DenseMatrix {
        if let known = knownResponse { return known.gains }
        var gains = DenseMatrix(rows: outputChannels.count, columns: actionChannels.count)
        for output in 0..<gains.rows {
            for action in 0..<gains.columns {
                gains[output, action] = processModel(output: output, action: action, around: point)?.gain ?? 0
            }
        }
        return gains
    }

    /// The limits of an action; −1…1 where the channel has none.
    public func actionRange(_ index: Int) -> ClosedRange<Double> {
        let channel = actionChannels[index]
        let low = channel.lowerLimit ?? min(-1, (channel.upperLimit ?? 1) - 2)
        return low...max(low, channel.upperLimit ?? max(1, low + 2))
    }

    /// The middle of the limits of every action.
    public var middleAction: [Double] {
        actionChannels.indices.map { (actionRange($0).lowerBound + actionRange($0).upperBound) / 2 }
    }

    /// The slowest time constant with which an output answers an action, s; ten sampling times when nothing settles.
    public var slowestTimeConstant: Double {
        if let known = knownResponse { return known.timeConstant }
        var slowest = 0.0
        for output in outputChannels.indices {
            for action in actionChannels.indices {
                guard let model = processModel(output: output, action: action) else { continue }
                slowest = max(slowest, model.timeConstant + model.delay)
            }
        }
        return slowest > 0 ? slowest : 10 * samplingTime
    }
}

/// The relative gain array of a square gain matrix, `Λ = G ∘ (G⁻¹)ᵀ` (Bristol, "On a new measure of interaction",
/// IEEE Transactions on Automatic Control 1966, https://doi.org/10.1109/TAC.1966.1098266): pair where it is near 1.
///
/// - Parameter gains: A matrix of two outputs and two actions.
/// - Returns: The array, or `nil` when the matrix has no inverse.
public func relativeGainArray(_ gains: DenseMatrix) -> DenseMatrix? {
    precondition(gains.rows == 2 && gains.columns == 2, "the relative gain array is for two outputs and two actions")
    let determinant = gains[0, 0] * gains[1, 1] - gains[0, 1] * gains[1, 0]
    guard determinant != 0 else { return nil }
    let direct = gains[0, 0] * gains[1, 1] / determinant
    return DenseMatrix([[direct, 1 - direct], [1 - direct, direct]])
}
