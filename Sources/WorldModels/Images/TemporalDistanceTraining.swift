import Basics
public import Networks
public import Tensors

/// Learns a ``TemporalDistance`` from the representations of recorded episodes.
public final class TemporalDistanceTraining {
    /// The distance in training.
    public let distance: TemporalDistance
    /// Optimiser steps taken.
    public private(set) var step = 0

    private let representations: Tensor
    private let episodes: [Range<Int>]
    private let episodeOfRow: [Int32]
    private let starts: [Int]
    private let follower: TemporalDistance
    private let average: MovingAverage
    private let optimiser: AdamW
    private let schedule: Schedule
    private let parameters: [Parameter]
    private var generator: SeededGenerator

    /// Rows and goals of an optimiser step.
    private static let batch = 512
    /// τ: how much more a way that is shorter than expected counts than one that is longer; in worlds without chance, high.
    private static let expectile = 0.9
    /// How often the goal is the row itself, and a later row of its episode; otherwise it is any row.
    private static let (own, later) = (0.1, 0.5)
    private static let followerHalfLife = 50.0
    /// Lengths of the recorded ways that a step looks along, rows; the last is the rest of the episode.
    private static let reaches = [1, 4, 16, 1_000_000]

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - representations: Those of all rows, `[rows, D]`.
    ///   - episodes: The rows of each episode; those of fewer than two rows teach nothing.
    ///   - hidden: Size of hidden layers.
    ///   - discount: γ for each row.
    ///   - steps: Optimiser steps in all.
    ///   - seed: What everything random starts from.
    /// - Throws: `ForesightError.data` when no episode has two rows.
    public init(
        _ representations: Tensor, episodes: [Range<Int>], hidden: Int, discount: Double, steps: Int, seed: Seed
    ) throws {
        self.representations = representations
        self.episodes = episodes
        starts = episodes.flatMap { $0.dropLast() }
        guard !starts.isEmpty else {
            throw ForesightError.data(
                "no episode has two rows, so nothing tells how far apart they are",
                remedy: "record longer episodes, or go without by distance_steps=0")
        }
        var owner = [Int32](repeating: 0, count: representations.size(0))
        for (index, rows) in episodes.enumerated() { for row in rows { owner[row] = Int32(index) } }
        episodeOfRow = owner
        let width = representations.size(1)
        distance = TemporalDistance(width: width, hidden: hidden, discount: discount, seed: seed["distance"])
        follower = TemporalDistance(width: width, hidden: hidden, discount: discount, seed: seed["distance"])
        average = try MovingAverage(
            of: distance, into: follower, decay: MovingAverage.decay(forHalfLife: Self.followerHalfLife))
        optimiser = AdamW(distance, learningRate: 1e-3, weightDecay: 1e-4)
        schedule = Schedule(.cosine, steps: steps, warmUp: min(200, max(1, steps / 20)), floor: 0.01)
        parameters = distance.parameters()
        generator = SeededGenerator(seed: seed.value, stream: 23)
    }

    /// Takes optimiser steps.
    ///
    /// - Returns: The mean loss.
    public func run(_ count: Int) -> Double {
        var sum = 0.0
        for _ in 0..<count {
            let drawn = draw()
            let (rows, goals) = (pick(drawn.rows), pick(drawn.goals))
            let target = withoutGradients { self.target(drawn, goals) }
            // In distances the better way is the shorter one.
            let error = distance.discounted(rows, goals) - target
            let weight = withoutGradients { Self.weight(error) }
            let loss = (weight * error.square()).mean()
            optimiser.clearGradients()
            loss.backward()
            if clipGradients(of: parameters, toNorm: 10).isFinite {
                optimiser.step(factor: schedule.factor(at: step))
                average.update()
            }
            sum += loss.item()
            step += 1
        }
        return sum / Double(max(1, count))
    }

    /// How much each error counts: more where the way is shorter than expected.
    private static func weight(_ error: Tensor) -> Tensor {
        let isShorter = error.greater(0).to(dtype: .float32)
        return isShorter * (2 * expectile - 1) + (1 - expectile)
    }

    /// The least that is known of the way to each goal: over recorded ways of a few lengths, and then on by the follower.
    private func target(_ drawn: (rows: [Int], goals: [Int]), _ goals: Tensor) -> Tensor {
        let gamma = distance.discount
        var least: Tensor?
        for reach in Self.reaches {
            // How far along the record: to the goal if it comes first, not beyond the end of the episode.
            let steps = zip(drawn.rows, drawn.goals).map { row, goal in
                let last = episodes[Int(episodeOfRow[row])].upperBound - 1
                let ahead = min(reach, last - row)
                return goal >= row && goal - row <= ahead ? goal - row : ahead
            }
            let (rows, ends) = (drawn.rows, zip(drawn.rows, steps).map { $0 + $1 })
            let there = Tensor(zip(ends, drawn.goals).map { $0 == $1 ? Float(0) : 1 }, shape: [rows.count])
            let kept = Tensor(steps.map { Float($0) }, shape: [rows.count]) * logarithm(gamma)
            let discount = kept.exp()  // γ^n
            let passed = (1 - discount) * (1 / (1 - gamma))
            let value = passed + discount * there * follower.discounted(pick(ends), goals)
            least = least?.minimum(value) ?? value
        }
        return least ?? Tensor.zeros([drawn.rows.count])
    }

    private func draw() -> (rows: [Int], goals: [Int]) {
        var (rows, goals): ([Int], [Int]) = ([], [])
        for _ in 0..<Self.batch {
            let row = starts[Int(generator.next(upperBound: UInt64(starts.count)))]
            let kind = generator.uniform()
            if kind < Self.own {
                goals.append(row)
            } else if kind < Self.own + Self.later {
                let end = episodes[Int(episodeOfRow[row])].upperBound
                goals.append(row + 1 + Int(generator.next(upperBound: UInt64(end - row - 1))))
            } else {
                goals.append(Int(generator.next(upperBound: UInt64(episodeOfRow.count))))
            }
            rows.append(row)
        }
        return (rows, goals)
    }

    private func pick(_ rows: [Int]) -> Tensor {
        representations.indexSelect(dim: 0, Tensor(rows.map(Int64.init), shape: [rows.count]))
    }
}
