import Basics
import Networks
import Tensors
import WorldModels

/// Trains one objective for all seeds at once: each seed has weights and windows of its own, in one batched network.
struct ObjectiveTraining {
    /// Windows of a step, for each seed.
    static let batch = 64
    /// The rate of AdamW at its height.
    static let rate = 1e-3
    /// The norm that a seed's gradient is cut to.
    static let clip = 1.0
    /// Steps of the readout.
    static let readoutSteps = 1000

    let objective: LearningObjective
    let seeds: [Int]
    let table: SignalTable
    let actions: Int
    let sizes: ObjectiveSizes
    let seesOwnRow: Bool
    let steps: Int

    /// A trained network.
    struct Trained {
        var network: ObjectiveNetwork
        /// What turns a representation into measurements; `nil` in the space of signals.
        var readout: ObjectiveReadout?
        /// Components of the representation in use, of each seed; `NaN` in the space of signals.
        var ranks: [Double]
        /// Root mean square deviation of a component, of each seed.
        var spreads: [Double]
    }

    /// Trains, then fits the readout on what was encoded.
    ///
    /// - Parameter progress: Hears each step; may throw to end training.
    /// - Returns: The networks of all seeds.
    /// - Throws: `ForesightError.data` when no episode is long enough; what `progress` throws.
    func run(progress: () throws -> Void) throws -> Trained {
        let members = seeds.count
        let (outputs, inputs) = (table.outputs.size(1), table.inputs.size(1))
        let root = Seed(UInt64(max(0, seeds[0])))
        func network() -> ObjectiveNetwork {
            ObjectiveNetwork(
                members: members, outputs: outputs, inputs: inputs, actions: actions, sizes: sizes,
                seesOwnRow: seesOwnRow, seed: root)
        }
        let model = network()
        let horizon = objective == .oneStep ? 1 : sizes.horizon
        let starts = table.starts(history: sizes.window, steps: horizon)
        guard !starts.isEmpty else {
            throw ForesightError.data(
                "no episode has the \(sizes.window + horizon) rows of one window", remedy: "name another set")
        }
        let twin = objective == .teacher ? network() : nil
        let average = try twin.map {
            try MovingAverage(of: model.encoder, into: $0.encoder, decay: ObjectiveLoss.teacherDecay)
        }
        let loss = ObjectiveLoss(
            objective: objective, network: model, teacher: twin, actions: actions,
            generator: root["noise"].generator())
        try Self.optimise(model, steps: steps, seeds: seeds, starts: starts, progress: progress) { starts in
            loss.value(
                WindowBatch(table, visible: nil, starts: starts, history: sizes.window, steps: horizon))
        } after: {
            average?.update()
        }
        guard objective.family != .signal else {
            let none = [Double](repeating: .nan, count: members)
            return Trained(network: model, readout: nil, ranks: none, spreads: none)
        }
        let readout = try ObjectiveReadout(
            model, table: table, seeds: seeds, steps: min(Self.readoutSteps, steps), progress: progress)
        let samples = readout.samples(512)
        return Trained(
            network: model, readout: readout,
            ranks: (0..<members).map { RepresentationHealth(samples[$0]).effectiveRank },
            spreads: (0..<members).map { member in
                let z = samples[member]
                return (z - z.mean(dim: 0, keepDim: true)).square().mean().item().squareRoot()
            })
    }

    /// Steps of AdamW on windows that each seed draws by itself; the same seed draws the same for all objectives.
    static func optimise(
        _ module: any Module, steps: Int, seeds: [Int], starts: [Int], progress: () throws -> Void,
        loss: ([[Int]]) -> Tensor, after: () -> Void = {}
    ) throws {
        let optimiser = AdamW(module, learningRate: rate, weightDecay: 1e-4)
        let schedule = Schedule(.cosine, steps: steps, warmUp: min(100, max(1, steps / 20)), floor: 0.01)
        let parameters = module.parameters()
        var generators = seeds.map { SeededGenerator(seed: UInt64(max(0, $0)), stream: 17) }
        for step in 0..<steps {
            let drawn = generators.indices.map { member in
                (0..<batch).map { _ in starts[Int(generators[member].next(upperBound: UInt64(starts.count)))] }
            }
            let total = loss(drawn)
            optimiser.clearGradients()
            total.backward()
            clipEach(parameters)
            optimiser.step(factor: schedule.factor(at: step))
            after()
            try progress()
        }
    }

    /// Cuts the gradient of each seed by itself, so that no seed depends on another; where one is no number, nobody learns
    /// from that step.
    private static func clipEach(_ parameters: [Parameter]) {
        let gradients = parameters.compactMap(\.gradient)
        guard let first = gradients.first else { return }
        withoutGradients {
            let members = first.size(0)
            let squares = gradients.reduce(Tensor.zeros([members])) { sum, gradient in
                sum + gradient.square().reshaped([members, -1]).sum(dim: 1)
            }.doubles()
            guard squares.allSatisfy(\.isFinite) else {
                for gradient in gradients { _ = gradient.zero_() }
                return
            }
            // The loss is a mean over the seeds.
            let factors = squares.map { Float(min(1, clip / ($0.squareRoot() * Double(members) + 1e-9))) }
            let factor = Tensor(factors, shape: [members, 1, 1])
            for gradient in gradients { _ = gradient.mul_(factor) }
        }
    }
}

/// The same for all representations: a perceptron from frozen, standardised representations to measurements.
final class ObjectiveReadout {
    private let network: ObjectiveNetwork
    private let layers: EnsembleMLP
    private let encoded: Tensor
    private let mean: Tensor
    private let scale: Tensor

    /// Encoded rows that the readout is fitted on, at most.
    private static let most = 8192

    /// Fits the readout on rows of the training part.
    init(
        _ network: ObjectiveNetwork, table: SignalTable, seeds: [Int], steps: Int, progress: () throws -> Void
    ) throws {
        self.network = network
        let (sizes, members) = (network.sizes, seeds.count)
        // A start is the row behind the window.
        let all = table.starts(history: sizes.window, steps: 0)
        let count = min(Self.most, all.count)
        let chosen = (0..<count).map { all[$0 * all.count / count] }
        var (states, rows, masks): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
        withoutGradients {
            for first in stride(from: 0, to: count, by: 512) {
                let part = Array(chosen[first..<min(count, first + 512)])
                let batch = WindowBatch(
                    table, visible: nil, starts: [[Int]](repeating: part, count: members), history: sizes.window,
                    steps: 0)
                let last = sizes.window - 1
                states.append(network.encode(batch.outputs, batch.inputs, endingAt: last..<(last + 1))[0])
                rows.append(batch.outputs.select(dim: 2, index: last))
                masks.append(batch.measured.select(dim: 2, index: last))
            }
        }
        let encoded = Tensor.concatenate(states, dim: 1)  // [members, N, D]
        let mean = encoded.mean(dim: 1, keepDim: true)
        let scale = (encoded - mean).square().mean(dim: 1, keepDim: true).sqrt().clamp(min: 1e-6)
        let (targets, mask) = (Tensor.concatenate(rows, dim: 1), Tensor.concatenate(masks, dim: 1))
        let layers = EnsembleMLP(
            members: members, [sizes.width, sizes.hidden, network.outputs], activation: .silu,
            seed: Seed(UInt64(max(0, seeds[0])))["readout"])
        (self.encoded, self.mean, self.scale, self.layers) = (encoded, mean, scale, layers)
        let standardised = (encoded - mean) / scale
        try ObjectiveTraining.optimise(
            layers, steps: steps, seeds: seeds, starts: Array(0..<count), progress: progress
        ) { starts in
            func pick(_ x: Tensor) -> Tensor {
                Tensor.stack(
                    starts.enumerated().map { member, list in
                        x[member].indexSelect(dim: 0, Tensor(list.map(Int64.init), shape: [list.count]))
                    }, dim: 0)
            }
            return GroundingLoss.value(
                predicted: layers(pick(standardised)), targets: pick(targets), mask: pick(mask))
        }
    }

    /// Encoded rows `[members, N, D]`.
    func samples(_ count: Int) -> Tensor {
        let step = max(1, encoded.size(1) / count)
        return encoded.strided(dim: 1, by: step)
    }

    /// Measurements `[members, N, output]`, normalised, of representations `[members, N, D]`.
    func callAsFunction(_ z: Tensor) -> Tensor { layers((z - mean) / scale) }
}
