import Basics
public import Networks
public import Tensors

/// Learns a ``RepresentationFilter`` from the representations of recorded episodes, by the square error of the next one.
public final class RepresentationFilterTraining {
    /// The filter in training.
    public let filter: RepresentationFilter
    /// Optimiser steps taken.
    public private(set) var step = 0

    private let representations: Tensor
    private let actions: Tensor
    private let block: Int
    /// Where windows may begin.
    private let starts: [Int]
    private let window: Int
    private let optimiser: AdamW
    private let schedule: Schedule
    private let parameters: [Parameter]
    private var generator: SeededGenerator

    /// Sequences of an optimiser step.
    private static let batch = 32
    /// Steps of a sequence at most.
    private static let longest = 48

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - encoded: Representations of all rows.
    ///   - actions: Normalised actions of the same rows, `[rows, action]`.
    ///   - block: Rows of a step.
    ///   - hidden: The size of the filter's state.
    ///   - steps: Optimiser steps in all.
    ///   - seed: What everything random starts from.
    /// - Throws: `ForesightError.data` when no episode is as long as two steps.
    public init(_ encoded: EncodedRows, actions: Tensor, block: Int, hidden: Int, steps: Int, seed: Seed) throws {
        let shortest = encoded.episodes.map { ($0.count - 1) / block }.filter { $0 >= 2 }.min() ?? 0
        guard shortest >= 2 else {
            throw ForesightError.data(
                "no episode is as long as two steps of \(block) rows, so nothing can be remembered",
                remedy: "record longer episodes, or lower block=")
        }
        let window = min(Self.longest, shortest)
        self.window = window
        self.block = block
        representations = encoded.representations
        self.actions = actions
        starts = encoded.episodes.flatMap { Array($0.dropLast(window * block)) }
        let width = encoded.representations.size(1)
        filter = RepresentationFilter(
            width: width, actions: block * actions.size(1), hidden: hidden, seed: seed["filter"])
        optimiser = AdamW(filter, learningRate: 2e-3, weightDecay: 1e-4)
        schedule = Schedule(.cosine, steps: steps, warmUp: min(100, max(1, steps / 20)), floor: 0.01)
        parameters = filter.parameters()
        generator = SeededGenerator(seed: seed.value, stream: 29)
    }

    /// Takes optimiser steps.
    ///
    /// - Returns: The mean loss.
    public func run(_ count: Int) -> Double {
        var sum = 0.0
        for _ in 0..<count {
            let firsts = (0..<Self.batch).map { _ in starts[Int(generator.next(upperBound: UInt64(starts.count)))] }
            let sequences = FilterSequences(firsts, steps: window, block: block)
            let predicted = filter(
                sequences.representations(representations), actions: sequences.actions(actions))
            let loss = predicted.mseLoss(sequences.representations(representations, later: 1))
            optimiser.clearGradients()
            loss.backward()
            if clipGradients(of: parameters, toNorm: 1).isFinite { optimiser.step(factor: schedule.factor(at: step)) }
            sum += loss.item()
            step += 1
        }
        return sum / Double(max(1, count))
    }
}
