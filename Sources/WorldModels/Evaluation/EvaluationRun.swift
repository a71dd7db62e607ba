import Basics
import Episodes
import Identification
import Networks
import Tensors

/// The predictions of an evaluation, from every start that was chosen, in physical units.
struct EvaluationRun {
    let model: TrainedModel
    let episodes: [Episode]
    let table: SignalTable
    let steps: Int
    let scope: Evaluation.Scope
    /// Where predictions start.
    let starts: [Start]
    /// What was predicted from each start.
    private(set) var forecasts: [Forecast] = []
    /// The first member's representations at the starts, in units of their size at the start of training.
    private(set) var representations: [Tensor] = []
    /// By how much each forecast was adapted to its record; empty for a model that does not.
    private(set) var adaptations: [AdaptationSummary] = []
    private let record: EvaluationHistory?

    /// Where a prediction starts.
    struct Start: Equatable {
        /// The first predicted row of the table.
        var row: Int
        var episode: Int
        /// The last sample of the episode that was seen.
        var origin: Int
    }

    /// A prediction with what really came, row-major `[step, output]`, physical units.
    struct Forecast {
        var truth: [Double] = []
        var model: [Double] = []
        var halfWidth: [Double] = []
        var persistence: [Double] = []
        /// Empty without a linear reference.
        var linear: [Double] = []
        /// The out-of-distribution score of each step.
        var novelty: [Double] = []

        /// Whether a prediction counts: what came was measured, and everyone predicted.
        func counts(_ index: Int) -> Bool {
            truth[index].isFinite && persistence[index].isFinite && (linear.isEmpty || linear[index].isFinite)
        }
    }

    private var description: ModelDescription { model.description }

    /// Chooses starts and predicts from all of them.
    ///
    /// - Throws: `ForesightError` for logs that do not fit the model or are too short.
    init(
        _ model: TrainedModel, on episodes: [Episode], reference: LinearReference?, options: EvaluationOptions
    ) throws {
        let description = model.description
        try description.check(samplingOf: episodes)
        let wanted = try options.steps(description)
        self.model = model
        self.episodes = episodes.map { $0.holdingInputs(description.inputs.map(\.name)) }
        table = try SignalTable(episodes, scaling: description.scaling, stride: description.stride)
        record = EvaluationHistory(model, table)
        let longest = (table.segments.map(\.count).max() ?? 0) - description.window
        guard longest >= 1 else {
            let needed = Double((description.window + 1) * description.stride) * description.samplingTime
            throw ForesightError.data(
                "the longest of \(episodes.count) episodes has \(episodes.map(\.count).max() ?? 0) samples, a history of "
                    + "\(description.window) steps and one prediction need \((description.window + 1) * description.stride)",
                remedy: "give logs of \(needed.yaml) s or more without a gap")
        }
        let steps = min(wanted, longest)
        self.steps = steps
        let (stepTime, stride, window) = (description.stepTime, description.stride, description.window)
        let all = table.starts(history: window, steps: steps)
        let count = min(options.maximumStarts, all.count)
        let rows = count > 1 ? (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] } : Array(all.prefix(1))
        starts = rows.map { [table] row in Self.start(row, table, stride) }
        let windows = episodes.map { ($0.count - window * stride) / (steps * stride) }
        let needed = (window + steps) * stride
        scope = Evaluation.Scope(
            seconds: (1...steps).map { Double($0) * stepTime }, starts: rows.count, allowedStarts: all.count,
            independentWindows: max(1, windows.reduce(0) { $0 + max(0, $1) }),
            shortEpisodes: episodes.count { $0.count < needed }, usedEpisodes: episodes.count { $0.count >= needed },
            shortenedFrom: steps < wanted ? Double(wanted) * stepTime : nil)
        for batch in Swift.stride(from: 0, to: starts.count, by: 128) {
            predict(Array(starts[batch..<min(starts.count, batch + 128)]), reference)
        }
    }

    private static func start(_ row: Int, _ table: SignalTable, _ stride: Int) -> Start {
        // Segments are in the order of their rows.
        var (low, high) = (0, table.segments.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if table.segments[middle].start <= row { low = middle } else { high = middle }
        }
        let segment = table.segments[low]
        return Start(
            row: row, episode: segment.episode, origin: segment.phase + (row - segment.start - 1) * stride)
    }

    /// Adds the forecasts of a batch of starts.
    private mutating func predict(_ batch: [Start], _ reference: LinearReference?) {
        let (history, members) = (description.window, description.architecture.members)
        let width = description.outputs.count
        var outcome: (outputs: [Double], spread: [Float], novelty: [Double]) = ([], [], [])
        withoutGradients {
            let windows = WindowBatch(
                table, visible: nil, starts: [[Int]](repeating: batch.map(\.row), count: members), history: history,
                steps: steps)
            func past(_ x: Tensor) -> Tensor { x.narrow(dim: 2, start: 0, length: history) }
            let encoded = model.network.encode(
                outputs: past(windows.outputs), mask: past(windows.measured), inputs: past(windows.inputs))
            let z = encoded[history - 1]
            representations.append((z / model.network.predictor.scale.value)[0])
            let prediction = model.predict(
                from: z, inputs: windows.inputs[0].narrow(dim: 1, start: history - 1, length: steps),
                after: windows.inputs[0].narrow(dim: 1, start: history + steps - 1, length: 1))
            outcome = (
                prediction.outputs.doubles(), prediction.spread.floats(), prediction.novelty.doubles()
            )
        }
        let size = steps * width
        for (index, start) in batch.enumerated() {
            var forecast = comparisons(start, reference)
            forecast.model = Array(outcome.outputs[(index * size)..<((index + 1) * size)])
            let correction = record?.correction(row: start.row, steps: steps)
            if let correction {
                for place in 0..<size { forecast.model[place] += correction.change[place] }
                adaptations.append(correction.summary)
            }
            forecast.novelty = Array(outcome.novelty[(index * steps)..<((index + 1) * steps)])
            forecast.halfWidth = (0..<size).map { place in
                let spread = Double(outcome.spread[index * size + place])
                return model.calibration.halfWidth(
                    step: place / width, output: place % width, spread: spread,
                    variance: correction?.variance[place] ?? 0)
            }
            forecasts.append(forecast)
        }
    }

    /// What came, the last value held, and the linear models' predictions.
    private func comparisons(_ start: Start, _ reference: LinearReference?) -> Forecast {
        let episode = episodes[start.episode]
        let (stride, width) = (description.stride, description.outputs.count)
        let columns = description.outputs.map { episode.channelIndex($0.name) ?? 0 }
        let first = max(0, start.origin + 1 - description.window * stride)
        var forecast = Forecast()
        let held = columns.map { column in
            (first...start.origin).reversed().first { episode[$0, column].isFinite }.map { episode[$0, column] } ?? .nan
        }
        for step in 1...steps {
            for column in columns { forecast.truth.append(episode[start.origin + step * stride, column]) }
            forecast.persistence += held
        }
        guard let reference else { return forecast }
        forecast.linear = [Double](repeating: .nan, count: steps * width)
        for (output, entry) in reference.entries.enumerated() {
            for (step, value) in linear(entry, start).enumerated() { forecast.linear[step * width + output] = value }
        }
        return forecast
    }

    /// One prediction of all outputs by the linear models, for the sake of its time.
    func linearPrediction(_ reference: LinearReference) {
        for entry in reference.entries { _ = linear(entry, starts[0]) }
    }

    /// A linear model's prediction of its output at the world model's steps, from what the world model sees.
    private func linear(_ entry: LinearReference.Entry, _ start: Start) -> [Double] {
        let (stride, window) = (description.stride, description.window)
        guard let linear = entry.model, let position = linear.layout.outputs.firstIndex(of: entry.output) else {
            return []
        }
        let episode = episodes[start.episode]
        let isCoarse = entry.stride > 1
        let span = isCoarse ? (window - 1) * stride : window * stride - 1
        let first = max(0, start.origin - span)
        var view = episode.slice(first..<min(episode.count, start.origin + (steps + 1) * stride))
        if isCoarse {
            view = view.decimated(by: stride, outputs: Set(linear.layout.outputs), phases: 1).first ?? view
        }
        let from = isCoarse ? window : start.origin + 1 - first
        let horizon = isCoarse ? steps : steps * stride
        guard let predicted = try? linear.simulate(view, from: from, horizon: horizon) else { return [] }
        let width = linear.layout.outputs.count
        return (1...steps).map { predicted[(($0 * (isCoarse ? 1 : stride)) - 1) * width + position] }
    }
}

extension Episode {
    /// The episode with missing inputs held, as the world model sees them.
    fileprivate func holdingInputs(_ names: [String]) -> Episode {
        var result = self
        for name in names {
            guard let column = channelIndex(name) else { continue }
            for (row, value) in SignalTable.held(self.column(column)).enumerated() { result[row, column] = value }
        }
        return result
    }
}
