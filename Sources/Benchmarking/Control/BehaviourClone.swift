import Basics
public import Episodes
import Foundation
import Networks
import Planning
import Plants
import Tensors

/// Behaviour cloning (Pomerleau, "ALVINN", NIPS 1988): a network that learned by regression which action the log's policy takes
/// after a history of measurements and actions.
///
/// It sees as much of the past as the world model does, from the same log, and the best weights on held-out stretches of it are
/// kept. A log of exploration holds no intention: what is cloned is then the signal that excites the plant.
public final class BehaviourClone {
    /// How well the action of held-out rows is predicted, as the root mean square error in spreads of the actions.
    public struct Validation: Sendable, Codable, Equatable {
        /// The network's.
        public var error: Double
        /// That of the mean action.
        public var ofMean: Double
        /// That of the action before.
        public var ofHolding: Double
    }

    /// How well it predicts held-out rows.
    public private(set) var validation = Validation(error: .nan, ofMean: .nan, ofHolding: .nan)
    private let window: Int
    private let outputs: Int
    private let actions: Int
    private let disturbances: Int
    private let network: MLP
    private let inputMean: [Double]
    private let inputScale: [Double]
    private let actionMean: [Double]
    private let actionScale: [Double]

    /// Rows of a batch.
    private static let batch = 128
    /// Steps of the optimiser between two looks at the held-out rows.
    private static let interval = 100
    /// Of ten stretches of the log, those that are held out.
    private static let heldOut: Set<Int> = [3, 8]

    /// Learns from a log whose columns are outputs, actions and, where it records them, disturbances.
    ///
    /// - Parameters:
    ///   - recordings: The log, of channels that are the same in all of it; at least one.
    ///   - window: Rows of history that an action follows from.
    ///   - steps: Steps of the optimiser at most.
    ///   - seed: Decides weights and batches.
    /// - Throws: `ForesightError.data` for a log that is too short.
    public init(_ recordings: [Episode], window: Int, steps: Int = 4000, seed: UInt64) throws {
        precondition(!recordings.isEmpty, "a log of no recordings")
        let log = Episode(
            name: recordings[0].name, channels: recordings[0].channels, samplingTime: recordings[0].samplingTime,
            values: recordings.flatMap(\.values))
        func count(_ role: ChannelRole) -> Int { log.channels.count { $0.role == role } }
        (outputs, actions, disturbances) = (count(.observation), count(.action), count(.disturbance))
        self.window = max(1, window)
        let (first, columns) = (max(1, window), log.channels.count)
        guard log.count >= 10 * (first + 10) else {
            throw ForesightError.data(
                "a log of \(log.count) rows is too short to clone from", remedy: "record \(10 * (first + 10)) rows")
        }
        var (mean, scale) = ([Double](repeating: 0, count: columns), [Double](repeating: 1, count: columns))
        for column in 0..<columns {
            let values = log.column(column)
            mean[column] = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean[column]) * ($1 - mean[column]) } / Double(values.count)
            scale[column] = max(variance.squareRoot(), 1e-9)
        }
        (inputMean, inputScale) = (mean, scale)
        actionMean = Array(mean[outputs..<outputs + actions])
        actionScale = Array(scale[outputs..<outputs + actions])
        let width = first * (outputs + disturbances + actions)
        network = MLP([width, 64, 64, actions], activation: .silu, seed: Seed(seed)["clone"])
        try learn(log, of: recordings.map(\.count), steps: steps, seed: seed)
    }

    private func learn(_ log: Episode, of counts: [Int], steps: Int, seed: UInt64) throws {
        var (training, held): ([Int], [Int]) = ([], [])
        var start = 0
        for count in counts {
            for row in start + window..<max(start + window, start + count) {
                let stretch = 10 * row / log.count
                // A window does not reach from one stretch into another.
                guard 10 * (row - window) / log.count == stretch else { continue }
                if Self.heldOut.contains(stretch) { held.append(row) } else { training.append(row) }
            }
            start += count
        }
        guard !training.isEmpty, !held.isEmpty else {
            throw ForesightError.data(
                "\(counts.count) recordings of \(log.count) rows are too short for windows of \(window) rows",
                remedy: "record longer ones")
        }
        let columns = outputs..<outputs + actions
        func target(_ row: Int) -> [Float] {
            columns.map { Float((log[row, $0] - inputMean[$0]) / inputScale[$0]) }
        }
        func tensors(_ rows: [Int]) -> (inputs: Tensor, targets: Tensor) {
            let inputs = rows.flatMap { row in features(rows: (row - window + 1...row).map { sample(log, $0) }) }
            return (
                Tensor(inputs, shape: [rows.count, inputs.count / rows.count]),
                Tensor(rows.flatMap(target), shape: [rows.count, actions])
            )
        }
        let (all, probe) = (tensors(training), tensors(held))
        let optimiser = AdamW(network, learningRate: 1e-3, weightDecay: 1e-4)
        let schedule = Schedule(.cosine, steps: steps, warmUp: min(100, max(1, steps / 20)), floor: 0.01)
        var generator = SeededGenerator(seed: seed, stream: 0xC10E)
        var (best, kept) = (Double.infinity, [[Float]]())
        for step in 0..<steps {
            let drawn = (0..<Self.batch).map { _ in Int64(generator.next(upperBound: UInt64(training.count))) }
            let places = Tensor(drawn, shape: [Self.batch])
            let (inputs, targets) = (
                all.inputs.indexSelect(dim: 0, places), all.targets.indexSelect(dim: 0, places)
            )
            let loss = (network(inputs) - targets).square().mean()
            optimiser.clearGradients()
            loss.backward()
            clipGradients(of: network.parameters(), toNorm: 1)
            optimiser.step(factor: schedule.factor(at: step))
            guard (step + 1) % Self.interval == 0 || step == steps - 1 else { continue }
            let error = network.evaluating { (network(probe.inputs) - probe.targets).square().mean().item() }
            if error < best {
                best = error
                kept = network.parameters().map { $0.value.floats() }
            }
        }
        withoutGradients {
            for (parameter, values) in zip(network.parameters(), kept) {
                _ = parameter.value.copy_(Tensor(values, shape: parameter.value.shape))
            }
        }
        func error(_ guess: (Int) -> [Float]) -> Double {
            let squares = held.flatMap { row in zip(guess(row), target(row)).map { Double(($0 - $1) * ($0 - $1)) } }
            return (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
        }
        validation = Validation(
            error: best.squareRoot(), ofMean: error { _ in [Float](repeating: 0, count: actions) },
            ofHolding: error { target($0 - 1) })
    }

    /// One row of history: what is measured, what disturbs, and the actions in force until then.
    struct Sample {
        var outputs: [Double]
        var disturbances: [Double]
        var before: [Double]
    }

    private func sample(_ log: Episode, _ row: Int) -> Sample {
        let before = max(0, row - 1)
        return Sample(
            outputs: (0..<outputs).map { log[row, $0] },
            disturbances: (outputs + actions..<log.channels.count).map { log[row, $0] },
            before: (outputs..<outputs + actions).map { log[before, $0] })
    }

    /// Standardised rows, oldest first.
    private func features(rows: [Sample]) -> [Float] {
        rows.flatMap { row -> [Float] in
            let values = row.outputs + row.before + row.disturbances
            return values.indices.map { Float((values[$0] - inputMean[$0]) / inputScale[$0]) }
        }
    }

    /// The action that the log's policy would take after a history, physical units.
    ///
    /// - Parameter rows: The last rows; the first is repeated where there are fewer than the window has.
    /// - Returns: The action `[action]`.
    func action(after rows: [Sample]) -> [Double] {
        var rows = Array(rows.suffix(window))
        if let first = rows.first, rows.count < window {
            rows = [Sample](repeating: first, count: window - rows.count) + rows
        }
        let inputs = features(rows: rows)
        let scaled = network.evaluating { network(Tensor(inputs, shape: [1, inputs.count])).floats() }
        return scaled.indices.map { actionMean[$0] + actionScale[$0] * Double(scaled[$0]) }
    }

    /// The action in a situation of a loop on the plant of the log.
    func action(in situation: ControlSituation, nominal: [Double]) -> [Double] {
        let width = outputs + actions
        let past = situation.history.count / width
        func disturbance(_ row: Int) -> [Double] {
            guard disturbances > 0 else { return [] }
            if row < past, situation.pastDisturbances.count >= (row + 1) * disturbances {
                return Array(situation.pastDisturbances[row * disturbances..<(row + 1) * disturbances])
            }
            return row >= past && situation.forecast.count >= disturbances
                ? Array(situation.forecast[0..<disturbances]) : nominal
        }
        func acted(_ row: Int) -> [Double] {
            guard row >= 0, row < past else { return situation.previousAction }
            return Array(situation.history[row * width + outputs..<(row + 1) * width])
        }
        let rows = (max(0, past - window + 1)...past).map { row in
            Sample(
                outputs: row < past
                    ? Array(situation.history[row * width..<row * width + outputs]) : situation.observation,
                disturbances: disturbance(row), before: row == past ? situation.previousAction : acted(row - 1))
        }
        return action(after: rows)
    }
}

/// A clone as the agent of a plant.
struct CloneAgent: LoopAgent {
    let clone: BehaviourClone
    let nominal: [Double]
    let clock: any PlanningClock = MonotonicClock()

    mutating func begin(seed: UInt64) {}

    mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        let began = clock.now()
        let action = clone.action(in: situation, nominal: nominal)
        return LoopDecision(action: action, seconds: clock.now() - began)
    }
}
