public import Episodes
import Tensors

extension Evaluation {
    /// Evaluates a model on logs.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - episodes: Logs with the model's channels at its sampling time.
    ///   - reference: Linear models to compare with.
    ///   - options: How far, and from how many starts.
    /// - Throws: `ForesightError` for a horizon beyond the trained one, logs sampled otherwise, without a channel, too
    ///   short, or without measured outputs.
    public init(
        _ model: TrainedModel, on episodes: [Episode], reference: LinearReference? = nil,
        options: EvaluationOptions = EvaluationOptions()
    ) throws {
        let run = try EvaluationRun(model, on: episodes, reference: reference, options: options)
        let description = model.description
        let residuals = run.residuals(maximumLag: options.maximumLag)
        scope = run.scope
        promised = model.calibration.coverage
        outputs = description.outputs.indices.map { output in
            Output(
                description.outputs[output], rows: run.rows(output, promised: model.calibration.coverage),
                windows: run.scope.independentWindows, residuals: residuals[output])
        }
        let scores = run.forecasts.flatMap(\.novelty)
        outOfDistribution = scores.isEmpty ? 0 : Double(scores.count { $0 > 1 }) / Double(scores.count)
        cost = run.cost(candidates: options.timedCandidates, reference: reference)
        health = RepresentationHealth(Tensor.concatenate(run.representations, dim: 0))
        linearSummaries = reference.map { reference in reference.entries.indices.map(reference.summary) } ?? []
        modelPoles = run.modelPoles()
        linearPoles = reference.map { run.linearPoles($0) } ?? []
        samples = run.samples()
        adaptation = AdaptationSummary(run.adaptations)
        excursions = Excursion.find(in: episodes, description)
    }
}

extension EvaluationRun {
    /// The figures of one output at each step.
    func rows(_ output: Int, promised: Double) -> [Evaluation.Row] {
        let width = model.description.outputs.count
        return (0..<steps).map { step in
            let place = step * width + output
            var (own, held, linear, inside, halfWidth) = (0.0, 0.0, 0.0, 0, 0.0)
            var absolute: [Double] = []
            let hasLinear = forecasts.contains { !$0.linear.isEmpty }
            for forecast in forecasts where forecast.counts(place) {
                let truth = forecast.truth[place]
                let error = (forecast.model[place] - truth).magnitude
                own += error * error
                held += (forecast.persistence[place] - truth) * (forecast.persistence[place] - truth)
                if hasLinear { linear += (forecast.linear[place] - truth) * (forecast.linear[place] - truth) }
                if error <= forecast.halfWidth[place] { inside += 1 }
                halfWidth += forecast.halfWidth[place]
                absolute.append(error)
            }
            let count = Double(absolute.count)
            let rank = max(1, Int((promised * count).rounded(.up)))
            return Evaluation.Row(
                seconds: scope.seconds[step], rmse: (own / count).squareRoot(),
                persistence: (held / count).squareRoot(),
                linear: hasLinear ? (linear / count).squareRoot() : nil, coverage: Double(inside) / count,
                halfWidth: halfWidth / count,
                errorQuantile: absolute.isEmpty ? .nan : absolute.sorted()[min(rank, absolute.count) - 1],
                count: absolute.count)
        }
    }

    /// One-step errors of the first phase of each episode: each row is predicted from all rows before it.
    func residuals(maximumLag: Int) -> [ResidualSummary] {
        let (width, members) = (model.description.outputs.count, model.description.architecture.members)
        var series = [[Double]](repeating: [], count: width)
        var budget = 6000
        for segment in table.segments where segment.phase == 0 && segment.count > model.description.window + 1 {
            let count = min(segment.count, budget)
            guard count > model.description.window + 1 else { break }
            budget -= count
            let errors = withoutGradients { () -> [Double] in
                let batch = WindowBatch(
                    table, visible: nil, starts: [[Int]](repeating: [segment.start + count], count: members),
                    history: count, steps: 0)
                let states = model.network.encode(
                    outputs: batch.outputs, mask: batch.measured, inputs: batch.inputs)
                // Every row's representation is one element of a batch that is predicted one step ahead.
                let z = Tensor.concatenate(Array(states.dropLast()), dim: 1)  // [members, row, D]
                let inputs = batch.inputs.narrow(dim: 2, start: 0, length: count - 1)
                    .reshaped([members, count - 1, 1, batch.inputs.size(3)])
                // A model with a lead is driven by the inputs of the row that it predicts.
                let after = batch.inputs.narrow(dim: 2, start: 1, length: count - 1)
                    .reshaped([members, count - 1, 1, batch.inputs.size(3)])
                let next = model.network.readAll(model.network.rollout(from: z, inputs: inputs, after: after))
                    .mean(dim: 0)
                let truth = batch.outputs[0][0].narrow(dim: 0, start: 1, length: count - 1)
                let measured = batch.measured[0][0].narrow(dim: 0, start: 1, length: count - 1)
                let error = (truth - next.reshaped([count - 1, width])).doubles()
                return zip(error, measured.doubles()).map { $1 > 0.5 ? $0 : .nan }
            }
            let settled = (model.description.window - 1)..<(count - 1)
            for output in 0..<width {
                let scale = model.description.scaling.outputScale[output]
                // Missing values between episodes keep their residuals from being compared with each other.
                if !series[output].isEmpty { series[output] += [Double](repeating: .nan, count: maximumLag) }
                series[output] += settled.map { errors[$0 * width + output] * scale }
            }
        }
        return series.map { ResidualSummary($0, maximumLag: maximumLag) }
    }

    /// A typical, a poor and the worst prediction.
    func samples() -> [PredictionSample] {
        let scale = model.description.scaling.outputScale
        let width = scale.count
        let ranked = forecasts.indices.map { index -> (index: Int, error: Double) in
            let forecast = forecasts[index]
            let errors = forecast.truth.indices.filter(forecast.counts).map { place in
                (forecast.model[place] - forecast.truth[place]) / scale[place % width]
            }
            let squares = errors.reduce(0) { $0 + $1 * $1 }
            return (index, errors.isEmpty ? -1 : (squares / Double(errors.count)).squareRoot())
        }.filter { $0.error >= 0 }.sorted { $0.error < $1.error }
        guard let last = ranked.indices.last else { return [] }
        let places = [
            (last / 2, "typical: half of all predictions are worse"), (last * 9 / 10, "poor: one in ten is worse"),
            (last, "the worst of all"),
        ]
        var shown: [Int] = []
        return places.reversed().compactMap { place, reason in
            guard !shown.contains(place) else { return nil }
            shown.append(place)
            return sample(ranked[place].index, reason: reason)
        }.reversed()
    }

    private func sample(_ index: Int, reason: String) -> PredictionSample {
        let (start, forecast, description) = (starts[index], forecasts[index], model.description)
        let episode = episodes[start.episode]
        let width = description.outputs.count
        let first = max(0, start.origin + 1 - description.window * description.stride)
        let rows = first...min(episode.count - 1, start.origin + steps * description.stride)
        func recorded(_ channels: [Channel]) -> [[Double]] {
            channels.map { channel in
                let column = episode.channelIndex(channel.name) ?? 0
                return rows.map { episode[$0, column] }
            }
        }
        func perOutput(_ values: [Double]) -> [[Double]] {
            values.isEmpty ? [] : (0..<width).map { output in (0..<steps).map { values[$0 * width + output] } }
        }
        return PredictionSample(
            episode: episode.name, origin: Double(start.origin) * episode.samplingTime, reason: reason,
            time: rows.map { Double($0 - start.origin) * episode.samplingTime }, truth: recorded(description.outputs),
            inputs: recorded(description.inputs), seconds: scope.seconds, predicted: perOutput(forecast.model),
            halfWidth: perOutput(forecast.halfWidth), linear: perOutput(forecast.linear))
    }
}
