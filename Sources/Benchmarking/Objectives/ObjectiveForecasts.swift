import Networks
import Tensors
import WorldModels

extension ObjectiveTraining.Trained {
    /// Predictions of a test by each seed, from every start of the test.
    ///
    /// - Parameters:
    ///   - test: Predictions from many starts, with the network's window as history.
    ///   - scaling: That of the training part.
    ///   - seeds: How many there are.
    ///   - usesDecoder: Whether the network's own decoder reads representations, and not the readout.
    /// - Returns: For each seed, one prediction for each start.
    /// - Throws: `ForesightError.data` when a record lacks a channel.
    func forecasts(
        of test: BenchmarkTest, scaling: SignalScaling, seeds: Int, usesDecoder: Bool = false
    ) throws -> [[TestForecast]] {
        let (window, horizon) = (network.sizes.window, test.horizon)
        let table = try SignalTable(test.episodes, scaling: scaling, stride: 1)
        let stretches = test.stretches()
        let starts = stretches.map { stretch in
            (table.segments.first { $0.episode == stretch.episode }?.start ?? 0) + stretch.start
        }
        let width = scaling.outputs.count
        var result = [[TestForecast]](repeating: [], count: seeds)
        withoutGradients {
            for first in stride(from: 0, to: starts.count, by: 128) {
                let part = Array(starts[first..<min(starts.count, first + 128)])
                let batch = WindowBatch(
                    table, visible: nil, starts: [[Int]](repeating: part, count: seeds), history: window, steps: horizon
                )
                let predicted: [Tensor]
                if let readout {
                    let start = network.encode(batch.outputs, batch.inputs, endingAt: (window - 1)..<window)[0]
                    let states = network.rollout(from: start, batch.inputs, steps: horizon)
                    predicted = states.map { usesDecoder ? network.decoder($0) : readout($0) }
                } else {
                    predicted = network.feedBack(batch.outputs, batch.inputs, steps: horizon)
                }
                let values = Tensor.stack(predicted, dim: 2).doubles()  // [members, batch, step, output]
                for seed in 0..<seeds {
                    for index in part.indices {
                        let from = (seed * part.count + index) * horizon * width
                        let outputs = (0..<(horizon * width)).map { place -> Double in
                            let output = place % width
                            return values[from + place] * scaling.outputScale[output] + scaling.outputMean[output]
                        }
                        let stretch = stretches[first + index]
                        result[seed].append(
                            TestForecast(episode: stretch.episode, start: stretch.start, outputs: outputs))
                    }
                }
            }
        }
        return result
    }
}
