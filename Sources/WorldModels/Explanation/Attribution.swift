import Basics
import Tensors

/// What a prediction is compared with when it is explained: the prediction that these values would have given.
public enum AttributionBaseline: String, Sendable, CaseIterable {
    /// Every channel at its mean over the training log.
    case mean
    /// Every channel as it is at the present: measurements at their last value, inputs at what was in force until now.
    case held
}

/// Why a prediction is what it is: what each channel at each time adds to it, by integrated gradients.
///
/// For the prediction f of one output at one step, the window x and a baseline x⁰ (Sundararajan, Taly and Yan, "Axiomatic
/// Attribution for Deep Networks", ICML 2017, arXiv:1703.01365, equation 1):
/// ```
/// a_j = (x_j − x⁰_j) ∫₀¹ ∂f/∂x_j (x⁰ + α (x − x⁰)) dα,      Σ_j a_j = f(x) − f(x⁰)
/// ```
/// The integral is a Gauss–Legendre sum; `gap` is what it leaves of the second equation, the axiom of completeness. Beside
/// it stands what the prediction loses when one channel alone is put to its baseline, which does not add up where channels
/// work together.
public struct Attribution: Sendable, Equatable {
    /// The explained output.
    public var output: Int
    /// The step that is predicted, from 0.
    public var step: Int
    /// Rows of history, the present included.
    public var history: Int
    /// The prediction, physical units.
    public var prediction: Double
    /// The prediction of the baseline, physical units.
    public var baseline: Double
    /// What each measurement adds, row-major `[history, output]`, in the unit of the explained output; 0 where missing.
    public var outputs: [Double]
    /// What each input adds, row-major `[history + step + 1, input]`, in the unit of the explained output.
    public var inputs: [Double]
    /// What the prediction loses when the history of a channel is put to its baseline, `[output]`.
    public var withoutOutput: [Double]
    /// The same of the inputs until the present, `[input]`.
    public var withoutPast: [Double]
    /// The same of the inputs from the present on, `[input]`: what is planned or expected.
    public var withoutPlanned: [Double]

    /// Σ a − (f(x) − f(x⁰)): 0 but for what the quadrature leaves.
    public var gap: Double { outputs.reduce(0, +) + inputs.reduce(0, +) - (prediction - baseline) }
}

extension TrainedModel {
    /// Explains predictions of one step ahead, the ensemble's mean as the network gives it: what adapting to a record adds
    /// is not in it.
    ///
    /// - Parameters:
    ///   - window: What the prediction is made from.
    ///   - step: The predicted step, from 0; of the window's steps.
    ///   - chosen: The outputs to explain.
    ///   - baseline: What the prediction is compared with.
    ///   - nodes: Nodes of the quadrature.
    /// - Returns: One explanation for each output.
    /// - Throws: `ForesightError.data` when nothing was measured in the history.
    public func attributions(
        of window: PredictionWindow, step: Int, outputs chosen: [Int], from baseline: AttributionBaseline = .mean,
        nodes: Int = 32
    ) throws -> [Attribution] {
        precondition(step >= 0 && step < window.steps, "step \(step) of \(window.steps)")
        let normalised = NormalisedWindow(window, rows: window.history + step + 1, description)
        guard normalised.mask.contains(1) else {
            throw ForesightError.data(
                "nothing was measured in the \(window.history) rows of history",
                remedy: "explain a prediction from another moment")
        }
        let start = normalised.baseline(baseline)
        let (width, driven) = (description.outputs.count, description.inputs.count)
        let ends = withoutGradients {
            read(normalised.replaced(by: start), normalised, step: step)
        }
        let rule = GaussLegendre.rule(nodes)
        let rows = normalised.rows
        func path(_ from: [Float], _ to: [Float], _ count: Int) -> Tensor {
            let points = rule.nodes.flatMap { node -> [Float] in
                from.indices.map { from[$0] + Float(node) * (to[$0] - from[$0]) }
            }
            return Tensor(points, shape: [nodes, count, from.count / max(1, count)])
        }
        let weights = Tensor(rule.weights.map(Float.init), shape: [nodes, 1, 1])
        return withGradients {
            let measured = path(start.outputs, normalised.outputs, window.history).requiresGrad()
            let inputs = path(start.inputs, normalised.inputs, rows).requiresGrad()
            let predicted = read((measured, inputs), normalised, step: step)
            return chosen.enumerated().map { place, output in
                let sum = predicted.select(dim: 1, index: output).sum()
                // A model without inputs has nothing there to differentiate by.
                let gradients = Tensor.gradients(
                    of: sum, withRespectTo: driven > 0 ? [measured, inputs] : [measured],
                    retainGraph: place < chosen.count - 1)
                let scale = description.scaling.outputScale[output]
                func shares(_ gradient: Tensor, _ from: [Float], _ to: [Float]) -> [Double] {
                    let mean = (gradient * weights).sum(dim: 0).doubles()
                    return mean.indices.map { mean[$0] * Double(to[$0] - from[$0]) * scale }
                }
                func physical(_ row: Int) -> Double {
                    Double(ends.floats()[row * width + output]) * scale + description.scaling.outputMean[output]
                }
                func losses(_ range: Range<Int>) -> [Double] { range.map { physical(0) - physical($0) } }
                return Attribution(
                    output: output, step: step, history: window.history, prediction: physical(0),
                    baseline: physical(1), outputs: shares(gradients[0], start.outputs, normalised.outputs),
                    inputs: driven > 0 ? shares(gradients[1], start.inputs, normalised.inputs) : [],
                    withoutOutput: losses(2..<(2 + width)),
                    withoutPast: losses((2 + width)..<(2 + width + driven)),
                    withoutPlanned: losses((2 + width + driven)..<(2 + width + 2 * driven)))
            }
        }
    }

    /// The ensemble's mean at a step, `[batch, output]`, normalised, of windows `[batch, row, channel]`.
    private func read(
        _ windows: (outputs: Tensor, inputs: Tensor), _ window: NormalisedWindow, step: Int
    ) -> Tensor {
        let (members, batch, history) = (description.architecture.members, windows.outputs.size(0), window.history)
        func shared(_ x: Tensor) -> Tensor {
            x.unsqueezed(0).expanded(to: [members, batch, x.size(1), x.size(2)])
        }
        let mask = Tensor(window.mask, shape: [1, history, window.width])
            .expanded(to: [batch, history, window.width])
        let inputs = shared(windows.inputs)
        let encoded = network.encode(
            outputs: shared(windows.outputs), mask: shared(mask),
            inputs: inputs.narrow(dim: 2, start: 0, length: history))
        let states = network.rollout(
            from: encoded[history - 1], inputs: inputs.narrow(dim: 2, start: history - 1, length: step + 1),
            after: inputs.narrow(dim: 2, start: history + step, length: 1))
        return network.read(states[step]).mean(dim: 0)
    }
}

/// A window in normalised units.
struct NormalisedWindow {
    let history: Int
    /// Outputs of the model.
    let width: Int
    let outputs: [Float]
    let mask: [Float]
    let inputs: [Float]
    /// Rows of inputs, also where there are none.
    let rows: Int
    private let driven: Int

    /// As many rows of a window.
    init(_ window: PredictionWindow, rows: Int, _ model: ModelDescription) {
        let scaling = model.scaling
        self.rows = rows
        (history, width, driven) = (window.history, model.outputs.count, model.inputs.count)
        let width = width
        outputs = window.outputs.enumerated().map { index, value in
            let channel = index % width
            let scaled = (value - scaling.outputMean[channel]) / scaling.outputScale[channel]
            return value.isFinite ? Float(scaled) : 0
        }
        mask = window.outputs.map { $0.isFinite ? 1 : 0 }
        let driven = driven
        inputs = window.inputs.prefix(rows * driven).enumerated().map { index, value in
            let channel = index % driven
            return Float((value - scaling.inputMean[channel]) / scaling.inputScale[channel])
        }
    }

    /// The baseline, of the same layout.
    func baseline(_ kind: AttributionBaseline) -> (outputs: [Float], inputs: [Float]) {
        guard kind == .held else {
            return ([Float](repeating: 0, count: outputs.count), [Float](repeating: 0, count: inputs.count))
        }
        let last = (0..<width).map { channel -> Float in
            let row = (0..<history).last { mask[$0 * width + channel] == 1 }
            return row.map { outputs[$0 * width + channel] } ?? 0
        }
        let before = max(0, history - 2)
        return (
            outputs.indices.map { last[$0 % width] },
            inputs.indices.map { inputs[before * driven + $0 % driven] }
        )
    }

    /// The window, the baseline, and the window with one channel after the other replaced: histories of the outputs, inputs
    /// until the present, inputs from it on.
    func replaced(by baseline: (outputs: [Float], inputs: [Float])) -> (outputs: Tensor, inputs: Tensor) {
        var measured = [outputs, baseline.outputs]
        var driving = [inputs, baseline.inputs]
        for channel in 0..<width {
            measured.append(outputs.indices.map { $0 % width == channel ? baseline.outputs[$0] : outputs[$0] })
            driving.append(inputs)
        }
        for isPlanned in [false, true] {
            for channel in 0..<driven {
                measured.append(outputs)
                driving.append(
                    inputs.indices.map { index in
                        let isReplaced = index % driven == channel && (index / driven >= history - 1) == isPlanned
                        return isReplaced ? baseline.inputs[index] : inputs[index]
                    })
            }
        }
        return (
            Tensor(measured.flatMap { $0 }, shape: [measured.count, history, width]),
            Tensor(driving.flatMap { $0 }, shape: [driving.count, rows, driven])
        )
    }
}
