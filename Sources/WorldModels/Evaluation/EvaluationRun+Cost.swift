import Networks
import Tensors

extension EvaluationRun {
    /// Takes the time of predictions: the median of several runs after a first one that warms up.
    func cost(candidates: Int, reference: LinearReference?) -> PredictionCost {
        let (history, members) = (model.description.window, model.description.architecture.members)
        let first = [[Int]](repeating: [starts[0].row], count: members)
        return withoutGradients {
            let windows = WindowBatch(table, visible: nil, starts: first, history: history, steps: steps)
            func past(_ x: Tensor) -> Tensor { x.narrow(dim: 2, start: 0, length: history) }
            let (outputs, mask, inputs) = (past(windows.outputs), past(windows.measured), past(windows.inputs))
            func encode() -> Tensor {
                model.network.encode(outputs: outputs, mask: mask, inputs: inputs)[history - 1]
            }
            let z = encode()
            let one = windows.inputs[0].narrow(dim: 1, start: history - 1, length: steps)
            let many = one.expanded(to: [candidates, steps, one.size(2)]).contiguous()
            let single = Self.microseconds { _ = model.predict(from: z, inputs: one).outputs.floats() }
            let batch = Self.microseconds { _ = model.predict(from: z, inputs: many).outputs.floats() }
            return PredictionCost(
                single: single, perStep: batch / Double(candidates * steps), candidates: candidates,
                encoding: Self.microseconds { _ = encode().floats() },
                linear: reference.map { reference in Self.microseconds { linearPrediction(reference) } })
        }
    }

    private static func microseconds(_ body: () -> Void) -> Double {
        body()
        let clock = ContinuousClock()
        let times = (0..<5).map { _ in clock.measure(body) }.sorted()
        let (seconds, attoseconds) = times[2].components
        return Double(seconds) * 1e6 + Double(attoseconds) * 1e-12
    }
}
