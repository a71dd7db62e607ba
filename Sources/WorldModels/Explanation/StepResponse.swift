import Basics
public import Tensors

/// Where a step is made: a state that the model predicts from, and the inputs that are held beside the step.
public struct OperatingPoint {
    /// The representation, `[members, 1, D]`.
    public let state: Tensor
    /// Inputs that are held, `[input]`, physical units.
    public let inputs: [Double]
    /// What the model takes the outputs to be there, `[output]`, physical units.
    public let outputs: [Double]
    /// Whether nothing moved any more; otherwise the response is the difference from what would have come without a step.
    public let isSettled: Bool
}

/// What one output does after a step of one action, beside what it would have done without.
public struct StepResponse: Sendable, Equatable {
    /// The output.
    public var output: Int
    /// The action, among the inputs.
    public var action: Int
    /// By how much the action steps, physical units; negative where up would leave the recorded range.
    public var size: Double
    /// Seconds behind the step.
    public var seconds: [Double]
    /// The difference to the prediction without a step, physical units.
    public var values: [Double]
    /// The same of each member of the ensemble, `[member][step]`.
    public var members: [[Double]]
    /// Half-width of the band of the members' disagreement about this difference, physical units; empty for one member.
    public var memberHalfWidths: [Double]
    /// Half-width that the difference of two predictions would have were their errors unrelated: `√(h₀² + h₁²)` of their
    /// calibrated half-widths.
    ///
    /// Errors of two predictions from one state under nearly the same actions are mostly the same error (a measurement's
    /// noise, a wrong start, a missing disturbance) and cancel, so that this is an upper bound: variances add up where
    /// errors are unrelated, and less remains where they are alike.
    public var independentHalfWidths: [Double]
    /// The greatest novelty at each step, of both predictions; 1 is the edge of the training data.
    public var novelty: [Double]
    /// Steps that training rolled out; beyond them nothing is calibrated.
    public var trainedSteps: Int
}

extension TrainedModel {
    /// The point where all inputs are at their means over the training log and nothing moves any more.
    ///
    /// - Returns: The settled point, or, where the plant integrates or settles outside of what was recorded, the state of a
    ///   history of means.
    /// - Throws: `ForesightError.data` when the representation is not finite.
    public func typicalPoint() throws -> OperatingPoint {
        let scaling = description.scaling
        let window = PredictionWindow(
            constant: scaling.outputMean, inputs: scaling.inputMean, history: description.window, steps: 1)
        let fresh = try point(window)
        return withoutGradients {
            var state = fresh.state
            let members = description.architecture.members
            let drive = Tensor.zeros([members, 1, description.horizon, description.inputs.count])
            var before = fresh.outputs
            for _ in 0..<Self.settlingHorizons {
                guard let last = network.rollout(from: state, inputs: drive).last else { break }
                state = last
                let now = outputs(of: state)
                let moved = zip(now, before).enumerated().map { abs($1.0 - $1.1) / scaling.outputScale[$0] }.max() ?? 0
                before = now
                guard moved < Self.settledShare else { continue }
                let isInside = now.indices.allSatisfy { description.recordedRanges[$0].contains(now[$0]) }
                return isInside
                    ? OperatingPoint(state: state, inputs: fresh.inputs, outputs: now, isSettled: true) : fresh
            }
            return fresh
        }
    }

    /// The point at the present of a window, with the inputs held that were in force until then.
    ///
    /// - Throws: `ForesightError.data` when nothing was measured.
    public func point(_ window: PredictionWindow) throws -> OperatingPoint {
        let driven = description.inputs.count
        let state = try encode(
            outputs: window.outputs, inputs: Array(window.inputs.prefix(window.history * driven)))
        let before = max(0, window.history - 2)
        return OperatingPoint(
            state: state, inputs: Array(window.inputs[(before * driven)..<((before + 1) * driven)]),
            outputs: withoutGradients { outputs(of: state) }, isSettled: false)
    }

    /// Horizons that a plant has to come to rest.
    private static let settlingHorizons = 20
    /// What may still move over a horizon at rest, in standard deviations of an output.
    private static let settledShare = 1e-3

    private func outputs(of state: Tensor) -> [Double] {
        physical(network.read(state).mean(dim: 0)).doubles()
    }

    /// By how much an action may step at a point without leaving what was recorded: up where there is room, else down, else
    /// the greater of what room there is.
    ///
    /// - Parameters:
    ///   - action: The action, among the inputs.
    ///   - share: The wanted size, as a share of the recorded range.
    ///   - point: Where.
    /// - Returns: The size in physical units; 0 for an action that never moved.
    public func stepSize(of action: Int, share: Double, at point: OperatingPoint) -> Double {
        let range = description.recordedRanges[description.outputs.count + action]
        let wanted = share * (range.upperBound - range.lowerBound)
        let (up, down) = (range.upperBound - point.inputs[action], point.inputs[action] - range.lowerBound)
        if up >= wanted { return wanted }
        if down >= wanted { return -wanted }
        return up >= down ? max(0, up) : -max(0, down)
    }

    /// The responses of all outputs to a step of one action that is held.
    ///
    /// - Parameters:
    ///   - action: The action, among the inputs.
    ///   - size: By how much it steps, physical units.
    ///   - point: From where.
    ///   - steps: Steps of the model that are predicted.
    /// - Returns: One response for each output.
    public func stepResponses(
        of action: Int, size: Double, at point: OperatingPoint, steps: Int
    ) -> [StepResponse] {
        let (width, driven, members) = (
            description.outputs.count, description.inputs.count, description.architecture.members
        )
        var stepped = point.inputs
        stepped[action] += size
        let rows = [point.inputs, stepped].flatMap { inputs in
            (0..<steps).flatMap { _ in inputs.map(Float.init) }
        }
        return withoutGradients {
            let inputs = normalisedInputs(rows, batch: 2, steps: steps)
            let start = point.state.expanded(to: [members, 2, point.state.size(2)])
            let states = network.rollout(
                from: start, inputs: inputs.unsqueezed(0).expanded(to: [members, 2, steps, driven]))
            let predicted = network.readAll(states)  // [members, 2, step, output]
            let prediction = predict(from: point.state, inputs: inputs)
            let differences = (predicted.select(dim: 1, index: 1) - predicted.select(dim: 1, index: 0)).doubles()
            let (spread, novelty) = (prediction.spread.doubles(), prediction.novelty.doubles())
            let quantile = NormalDistribution.quantile((1 + calibration.coverage) / 2) * calibration.spreadFactor
            return (0..<width).map { output in
                let scale = description.scaling.outputScale[output]
                let each = (0..<members).map { member in
                    (0..<steps).map { differences[(member * steps + $0) * width + output] * scale }
                }
                let values = (0..<steps).map { step in each.reduce(0) { $0 + $1[step] } / Double(members) }
                return StepResponse(
                    output: output, action: action, size: size,
                    seconds: (1...steps).map { Double($0) * description.stepTime }, values: values, members: each,
                    memberHalfWidths: members < 2
                        ? []
                        : (0..<steps).map { step in
                            let squares = each.reduce(0) { $0 + ($1[step] - values[step]) * ($1[step] - values[step]) }
                            return quantile * (squares / Double(members - 1)).squareRoot()
                        },
                    independentHalfWidths: (0..<steps).map { step in
                        let halves = (0..<2).map { run in
                            calibration.halfWidth(
                                step: step, output: output, spread: spread[(run * steps + step) * width + output])
                        }
                        return (halves[0] * halves[0] + halves[1] * halves[1]).squareRoot()
                    },
                    novelty: (0..<steps).map { max(novelty[$0], novelty[steps + $0]) },
                    trainedSteps: description.horizon)
            }
        }
    }
}
