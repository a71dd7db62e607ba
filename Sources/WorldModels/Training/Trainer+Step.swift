import Networks
import Tensors

extension Trainer {
    /// The kernel that does the steps of an epoch; `nil` where libtorch does.
    func compiledStep(_ objective: TrainingObjective) -> CompiledStep? {
        settings.descent.compiled ? CompiledStep(model: model, data: data, objective: objective) : nil
    }

    /// Gives the weights the gradient of the loss of windows.
    ///
    /// - Parameters:
    ///   - objective: The loss.
    ///   - compiled: What computes it; `nil` for libtorch, operation by operation.
    ///   - starts: First predicted rows, one list of equal length for each member.
    ///   - history: Rows before each start.
    ///   - steps: Rows from each start on.
    /// - Returns: The terms of the loss, not weighted.
    func gradients(
        of objective: TrainingObjective, by compiled: CompiledStep?, starts: [[Int]], history: Int, steps: Int
    ) -> [(name: String, value: Double)] {
        optimiser.clearGradients()
        if let compiled {
            return compiled.gradients(starts: starts, history: history, steps: steps, using: generator)
        }
        let batch = WindowBatch(data.table, visible: data.visible, starts: starts, history: history, steps: steps)
        let (total, terms) = objective.value(model: model, batch: batch, history: history, using: generator)
        total.backward()
        return terms.map { ($0.name, $0.value.item()) }
    }
}
