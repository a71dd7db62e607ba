import Basics
import Episodes
import Objectives
import Planning

/// `x' = A x + B u` with all states measured, in plain loops, differentiable, with a novelty score on request: the
/// trivial implementation of the protocols. A correction of what is predicted stands behind the numbers of a state.
struct LinearTestDynamics: DifferentiableDynamics {
    var a: [[Float]]
    var b: [[Float]]
    var limit: Double = 1
    var trainedHorizon: Int?
    /// The novelty of a step is the absolute value of this output divided by what is familiar.
    var noveltyChannel = 0
    var familiar: Float = .infinity
    var samplingTime: Double = 1

    /// A mass on rails: position and speed, pushed by one force.
    static let doubleIntegrator = LinearTestDynamics(a: [[1, 0.5], [0, 1]], b: [[0.125], [0.5]], limit: 4)

    var outputChannels: [Channel] {
        a.indices.map { Channel(name: "x\($0)", unit: "m", role: .observation) }
    }
    var actionChannels: [Channel] {
        (b.first ?? []).indices.map {
            Channel(name: "u\($0)", unit: "N", role: .action, lowerLimit: -limit, upperLimit: limit)
        }
    }

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        guard state.allSatisfy(\.isFinite) else { throw ForesightError.data("state is not finite") }
        let correction = state.dropFirst(a.count)
        for candidate in 0..<batch.candidates {
            var x = Array(state.prefix(a.count))
            for step in 0..<batch.horizon {
                var next = [Float](repeating: 0, count: x.count)
                for row in x.indices {
                    for column in x.indices { next[row] += a[row][column] * x[column] }
                    for action in 0..<batch.actionCount {
                        next[row] += b[row][action] * batch.action(candidate, step, action)
                    }
                }
                x = next
                let offset = (candidate * batch.horizon + step) * x.count
                for row in x.indices {
                    batch.outputs[offset + row] =
                        x[row] + (correction.isEmpty ? 0 : correction[(step + 1) * x.count + row])
                }
                if !batch.novelty.isEmpty {
                    batch.novelty[candidate * batch.horizon + step] = abs(x[noveltyChannel]) / familiar
                }
            }
        }
    }

    func corrected(_ state: [Float], by correction: [Float]) -> [Float]? { state + correction }

    func rolloutGradient(
        from state: [Float], into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float] {
        try rollout(from: state, into: &batch)
        let seed = try gradient(batch)
        var result = seed.actions
        for candidate in 0..<batch.candidates {
            var adjoint = [Float](repeating: 0, count: a.count)
            for step in (0..<batch.horizon).reversed() {
                let row = candidate * batch.horizon + step
                for index in adjoint.indices { adjoint[index] += seed.outputs[row * a.count + index] }
                if !seed.novelty.isEmpty {
                    let sign: Float = batch.output(candidate, step, noveltyChannel) < 0 ? -1 : 1
                    adjoint[noveltyChannel] += seed.novelty[row] * sign / familiar
                }
                for action in 0..<batch.actionCount {
                    for index in adjoint.indices {
                        result[row * batch.actionCount + action] += b[index][action] * adjoint[index]
                    }
                }
                var previous = [Float](repeating: 0, count: a.count)
                for column in previous.indices {
                    for index in adjoint.indices { previous[column] += a[index][column] * adjoint[index] }
                }
                adjoint = previous
            }
        }
        return result
    }
}

/// Dynamics with the channels of linear ones, whose rollouts are theirs but for what a test adds.
protocol LinearTestVariant: Dynamics where State == [Float] {
    var base: LinearTestDynamics { get }
}

extension LinearTestVariant {
    var outputChannels: [Channel] { base.outputChannels }
    var actionChannels: [Channel] { base.actionChannels }
    var samplingTime: Double { base.samplingTime }
    var trainedHorizon: Int? { nil }
}

/// `Σ_k x_k' diag(q) x_k + r u_k²`.
struct QuadraticTestCost: TrajectoryObjective {
    var q: [Float]
    var r: Float

    func cost(of batch: TrajectoryBatch, into costs: inout [Float], using workspace: inout ObjectiveWorkspace) {
        for candidate in 0..<batch.candidates {
            var sum: Float = 0
            for step in 0..<batch.horizon {
                for channel in q.indices {
                    let value = batch.output(candidate, step, channel)
                    sum += q[channel] * value * value
                }
                for action in 0..<batch.actionCount {
                    let value = batch.action(candidate, step, action)
                    sum += r * value * value
                }
            }
            costs[candidate] = sum
        }
    }

    func addGradient(
        of batch: TrajectoryBatch, upstream: [Float]?, into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {
        for index in batch.outputs.indices {
            let factor = upstream?[index / (batch.horizon * q.count)] ?? 1
            gradient.outputs[index] += factor * 2 * q[index % q.count] * batch.outputs[index]
        }
        for index in batch.actions.indices {
            let factor = upstream?[index / (batch.horizon * batch.actionCount)] ?? 1
            gradient.actions[index] += factor * 2 * r * batch.actions[index]
        }
    }

    func terms(
        of trajectory: TrajectoryBatch, into squares: inout TrajectoryRows, linear: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool {
        for (index, value) in trajectory.outputs.enumerated() {
            let root = Double(q[index % q.count]).squareRoot()
            squares.add(root, at: index)
            squares.endRow(root * Double(value))
        }
        for (index, value) in trajectory.actions.enumerated() {
            squares.add(Double(r).squareRoot(), at: squares.actionColumns + index)
            squares.endRow(Double(r).squareRoot() * Double(value))
        }
        return true
    }
}

/// `always(sign · x_channel ≤ limit)` for one channel, judged at the edge of the bands.
struct BoundTestConstraint: TrajectoryConstraint {
    var channel: Int
    var limit: Float
    var sign: Float = 1
    var count: Int { 1 }

    private func margin(_ batch: TrajectoryBatch, _ bands: Bands?, _ candidate: Int, _ step: Int) -> Float {
        let width = bands.map { $0.halfWidth[step * batch.outputCount + channel] } ?? 0
        return limit - sign * batch.output(candidate, step, channel) - width
    }

    private func worst(_ batch: TrajectoryBatch, _ bands: Bands?, _ candidate: Int) -> (step: Int, margin: Float) {
        var worst = (step: 0, margin: Float.infinity)
        for step in 0..<batch.horizon {
            let margin = margin(batch, bands, candidate, step)
            if margin < worst.margin || margin.isNaN { worst = (step, margin) }
        }
        return worst
    }

    func margins(
        of batch: TrajectoryBatch, bands: Bands?, into margins: inout [Float],
        using workspace: inout ObjectiveWorkspace
    ) {
        for candidate in 0..<batch.candidates { margins[candidate] = worst(batch, bands, candidate).margin }
    }

    func addGradient(
        of batch: TrajectoryBatch, bands: Bands?, upstream: [Float], into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {
        for candidate in 0..<batch.candidates {
            let step = worst(batch, bands, candidate).step
            let index = (candidate * batch.horizon + step) * batch.outputCount + channel
            gradient.outputs[index] -= sign * upstream[candidate]
        }
    }

    func conjuncts(
        of trajectory: TrajectoryBatch, bands: Bands?, into rows: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool {
        for step in 0..<trajectory.horizon {
            rows.add(-Double(sign), at: step * trajectory.outputCount + channel)
            rows.endRow(Double(margin(trajectory, bands, 0, step)))
        }
        return true
    }
}

/// A search over the linear test system.
func makeSearch(
    _ system: LinearTestDynamics, from state: [Float], horizon: Int, cost: QuadraticTestCost,
    constraint: BoundTestConstraint? = nil, chunk: Int = 128, guesses: [[Float]] = [],
    clock: any PlanningClock = MonotonicClock(),
    deadline: Double? = nil, blocks: [Int] = []
) throws -> CandidateSearch<LinearTestDynamics> {
    let space = try ActionSpace(
        ActionSet(channels: system.actionChannels, samplingTime: system.samplingTime), horizon: horizon, blocks: blocks,
        previous: [0])
    let context = TrajectoryContext(
        outputs: system.outputChannels, actions: system.actionChannels, samplingTime: system.samplingTime,
        horizon: horizon, initialOutputs: state, previousActions: [0])
    let problem = SearchProblem(
        space: space, context: context, objective: cost, constraint: constraint,
        noveltyLimit: system.familiar.isFinite ? 1 : nil)
    return CandidateSearch(
        problem, dynamics: system, state: state, guesses: guesses, chunk: chunk, clock: clock, deadline: deadline)
}
