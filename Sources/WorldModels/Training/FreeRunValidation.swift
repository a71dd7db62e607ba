import Networks
import Tensors

/// The free-run error that training is judged by: predictions from an initial window, root mean square over all steps,
/// in normalised units.
struct FreeRunValidation {
    let table: SignalTable
    /// 0 where a row was left out of a member's training and so judges it; `nil` when the table is new to all members.
    let visible: Tensor?
    let history: Int
    let steps: Int
    let starts: [Int]

    /// Evenly spaced starts in the data of a training, at most so many; as many of old data as of new where it has both.
    init(_ data: TrainingData, history: Int, steps: Int, maximumStarts: Int = 64) {
        guard data.oldSegments > 0 else {
            self.init(data.table, visible: data.visible, history: history, steps: steps, maximumStarts: maximumStarts)
            return
        }
        let parts = Self.parts(data, history: history, steps: steps, maximumStarts: maximumStarts)
        self.init(
            table: data.table, visible: data.visible, history: history, steps: parts.map(\.steps).min() ?? steps,
            starts: parts.flatMap(\.starts))
    }

    /// The same of each part by itself, old data and new ones, each with as many steps as it holds.
    static func parts(_ data: TrainingData, history: Int, steps: Int, maximumStarts: Int) -> [FreeRunValidation] {
        data.parts.map { segments in
            FreeRunValidation(
                SignalTable(data.table, segments: segments), visible: data.visible, history: history, steps: steps,
                maximumStarts: maximumStarts / data.parts.count)
        }
    }

    private init(table: SignalTable, visible: Tensor?, history: Int, steps: Int, starts: [Int]) {
        (self.table, self.visible, self.history) = (table, visible, history)
        (self.steps, self.starts) = (steps, starts)
    }

    /// Evenly spaced starts, at most so many.
    init(_ table: SignalTable, visible: Tensor?, history: Int, steps: Int, maximumStarts: Int = 64) {
        self.table = table
        self.visible = visible
        self.history = history
        var steps = steps
        var all = table.starts(history: history, steps: steps)
        while all.isEmpty && steps > 1 {
            steps -= max(1, steps / 8)
            all = table.starts(history: history, steps: steps)
        }
        self.steps = steps
        let count = min(maximumStarts, all.count)
        starts = count > 1 ? (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] } : Array(all.prefix(1))
    }

    /// The root mean square of each member's error on the rows it left out; of the ensemble's mean when nothing was.
    func error(of model: SensorWorldModel) -> Double {
        guard !starts.isEmpty else { return .nan }
        return withoutGradients {
            let runs = runs(of: model)
            guard let hidden = runs.hidden else {
                let error = (runs.predicted.mean(dim: 0) - runs.targets[0]).square() * runs.measured[0]
                return (error.sum().item() / max(1, runs.measured[0].sum().item())).squareRoot()
            }
            let error = (runs.predicted - runs.targets).square() * hidden
            return (error.sum().item() / max(1, hidden.sum().item())).squareRoot()
        }
    }

    /// Free runs from every start, `[members, window, step, output]`, normalised, with what judges them.
    struct Runs {
        var predicted: Tensor
        var targets: Tensor
        /// 1 where the target was measured.
        var measured: Tensor
        /// 1 where it was measured and left out of the member's training; `nil` when the table is new to all members, so
        /// that whatever was measured judges the ensemble's mean.
        var hidden: Tensor?
    }

    /// The free runs of a model's members; there has to be a start.
    func runs(of model: SensorWorldModel) -> Runs {
        let batch = WindowBatch(
            table, visible: visible, starts: [[Int]](repeating: starts, count: model.architecture.members),
            history: history, steps: steps)
        func future(_ x: Tensor) -> Tensor { x.narrow(dim: 2, start: history, length: steps) }
        let measured = future(batch.measured)
        return Runs(
            predicted: freeRun(model, batch, history: history), targets: future(batch.outputs), measured: measured,
            hidden: visible == nil ? nil : measured - future(batch.mask))
    }
}

/// The predicted outputs `[members, batch, steps, output]` of windows, normalised.
func freeRun(_ model: SensorWorldModel, _ batch: WindowBatch, history: Int) -> Tensor {
    let steps = batch.inputs.size(2) - history
    func past(_ x: Tensor) -> Tensor { x.narrow(dim: 2, start: 0, length: history) }
    // History is given in use too: what is left out is left out of learning, not of what a prediction starts from.
    let encoded = model.encode(outputs: past(batch.outputs), mask: past(batch.measured), inputs: past(batch.inputs))
    let states = model.rollout(
        from: encoded[history - 1], inputs: batch.inputs.narrow(dim: 2, start: history - 1, length: steps),
        after: batch.inputs.narrow(dim: 2, start: history + steps - 1, length: 1))
    return model.readAll(states)
}
