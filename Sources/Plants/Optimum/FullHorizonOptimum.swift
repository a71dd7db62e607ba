import Episodes

/// The least cost that anybody could have had in an episode: all actions at once, by the true equations, knowing the
/// disturbances that came.
///
/// What controllers are to be measured by: a planner that looks ahead a little is no upper bound. The cost is that of
/// `ControlTask.score`; limits on outputs and on rates are kept by the augmented Lagrangian method (Nocedal and Wright,
/// "Numerical Optimization", 2nd edition, section 17.4), bounds of actions by the descent itself, and gradients are the exact
/// adjoint of the simulation. The problem need not be convex: the best of several starts counts, and what is found is a local
/// optimum, so that the true one is as good or better.
public struct FullHorizonOptimum {
    /// What was found.
    public struct Solution: Sendable {
        /// The actions, row-major `[step, action]`.
        public var actions: [Double]
        /// The true states after each of them, row-major `[step, state]`.
        public var states: [Double]
        /// The true outputs under them, row-major `[step, output]`.
        public var outputs: [Double]
        /// How good they are.
        public var score: ControlScore
        /// By how much of its range an action moves faster than it may, at most.
        public var rateExcess: Double
        /// The greatest slope of the cost, with multipliers, in an action that may move, per range of an action.
        public var slope: Double
    }

    /// The task.
    public let task: ControlTask
    /// The true state before the first decision `[state]`.
    public let state: [Double]
    /// The actions in force before the first decision `[action]`.
    public let startAction: [Double]
    /// The disturbances of each step, row-major `[step, disturbance]`.
    public let disturbances: [Double]
    /// Iterations of one descent, at most.
    public var iterations = 400
    /// Updates of multipliers, where there are limits.
    public var rounds = 8

    private let ranges: [ClosedRange<Double>]
    /// The greatest move in a step as a part of the range of each action; infinite where it is not limited.
    private let reaches: [Double]
    /// Whether the first actions may be any, as in a simulation that begins there.
    private let beginsAnywhere: Bool
    /// Limits are pursued this far inside, as a part of what counts, so that rounding does not cross them.
    private static let inset = 1e-5

    /// Poses the problem of an episode.
    public init(_ task: ControlTask, from state: [Double], startAction: [Double], disturbances: [Double]) {
        let plant = task.plant
        precondition(state.count == plant.stateCount, "\(plant.name) has \(plant.stateCount) states")
        precondition(disturbances.count == task.steps * plant.disturbanceChannels.count, "disturbances of each step")
        (self.task, self.state, self.startAction, self.disturbances) = (task, state, startAction, disturbances)
        beginsAnywhere = task.warmUpSteps == 0 && !plant.beginsAtRest
        ranges = plant.actionChannels.indices.map { plant.actionRange($0) }
        reaches = zip(plant.actionChannels, ranges).map { channel, range in
            channel.rateLimit.map { $0 * plant.samplingTime / (range.upperBound - range.lowerBound) } ?? .infinity
        }
    }

    /// Poses the problem of an episode that somebody has run.
    public init(_ task: ControlTask, episode: ControlRecord) {
        self.init(
            task, from: episode.startState, startAction: episode.startAction, disturbances: episode.disturbances)
    }

    /// Whether the cost near some actions, row-major `[step, action]`, falls as its gradient says, so that a search makes sense.
    /// It does not where chance decides: with a Gillespie simulation the smallest change of an action draws another fate. Nor
    /// does it where an action takes only some values, between which no gradient leads.
    public func isSmooth(at actions: [Double]) -> Bool {
        guard task.plant.actionChannels.allSatisfy({ $0.values == nil }) else { return false }
        let point = fractions(actions).map { min(max($0, 1e-3), 1 - 1e-3) }
        let gradient = evaluate(point, multipliers: [], weight: 0).gradient
        let size = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard size.isFinite else { return false }
        // Nothing is steep: there is nowhere to go.
        guard size > 0 else { return true }
        let reach = 1e-4 / (gradient.map(abs).max() ?? 1)
        let (more, less) = (zip(point, gradient).map { $0 + reach * $1 }, zip(point, gradient).map { $0 - reach * $1 })
        let (high, low) = (
            evaluate(more, multipliers: [], weight: 0).value, evaluate(less, multipliers: [], weight: 0).value
        )
        return abs((high - low) / (2 * reach) - size * size) < 0.05 * size * size
    }

    /// Searches.
    ///
    /// - Parameter starts: Actions to start from, row-major `[step, action]` each; at least one.
    /// - Returns: The best that was found: of those that keep all limits the cheapest, else the one nearest to keeping them.
    public func solve(from starts: [[Double]]) -> Solution {
        let found = starts.map { descend(from: $0) }
        let best = found.min { one, other in
            let (first, second) = (excess(one), excess(other))
            return first == second ? one.score.cost < other.score.cost : first < second
        }
        guard let best else { preconditionFailure("a search starts somewhere") }
        return best
    }

    /// How far beyond limits, where that is more than a thousandth of what counts; 0 within.
    private func excess(_ solution: Solution) -> Double {
        let beyond = (limitExcess(solution.outputs).max() ?? 0) - Self.inset
        let worst = max(beyond, solution.rateExcess)
        return worst > 1e-3 ? worst : 0
    }

    private func descend(from actions: [Double]) -> Solution {
        var point = fractions(actions)
        let hasLimits = !task.limits.isEmpty || reaches.contains { $0.isFinite }
        var multipliers = [Double](repeating: 0, count: constraints(of: point, simulate(point).outputs).count)
        let first = evaluate(point, multipliers: multipliers, weight: 0)
        // At first a limit exceeded by a seventh of what counts costs as much as a step of the start does on average.
        var weight = max(first.value, 1e-6) / Double(max(1, task.steps)) * 1e2
        var slope = 0.0
        var before = Double.infinity
        for round in 0..<(hasLimits ? max(1, rounds) : 1) {
            let descent = BoundedDescent(iterations: iterations)
            let end = descent.minimise(from: point) { evaluate($0, multipliers: multipliers, weight: weight) }
            (point, slope) = (end.point, end.slope)
            let excesses = constraints(of: point, simulate(point).outputs)
            let worst = max(0, excesses.max() ?? 0)
            for index in multipliers.indices {
                multipliers[index] = max(0, multipliers[index] + weight * excesses[index])
            }
            if worst < 1e-6, round > 0 { break }
            if worst > 0.25 * before { weight *= 5 }
            before = worst
        }
        let run = simulate(point)
        let score = task.score(outputs: run.outputs, actions: run.actions, startAction: startAction)
        let rates = (rateExcess(point).max() ?? 0) - Self.inset
        return Solution(
            actions: run.actions, states: run.states.dropFirst().flatMap { $0 }, outputs: run.outputs, score: score,
            rateExcess: max(0, rates), slope: slope)
    }
}

extension FullHorizonOptimum {
    /// Actions as parts of their ranges, 0 to 1.
    private func fractions(_ actions: [Double]) -> [Double] {
        actions.indices.map { index in
            let range = ranges[index % ranges.count]
            return min(max((actions[index] - range.lowerBound) / (range.upperBound - range.lowerBound), 0), 1)
        }
    }

    private func physical(_ point: [Double]) -> [Double] {
        point.indices.map { index in
            let range = ranges[index % ranges.count]
            return range.lowerBound + point[index] * (range.upperBound - range.lowerBound)
        }
    }

    private func disturbance(_ step: Int) -> [Double] {
        let count = task.plant.disturbanceChannels.count
        return Array(disturbances[step * count..<(step + 1) * count])
    }

    /// The episode under actions between 0 and 1.
    private func simulate(_ point: [Double]) -> (actions: [Double], states: [[Double]], outputs: [Double]) {
        let (plant, width) = (task.plant, ranges.count)
        let actions = physical(point)
        var states = [state]
        var outputs: [Double] = []
        for step in 0..<task.steps {
            let action = Array(actions[step * width..<(step + 1) * width])
            states.append(plant.step(states[step], action: action, disturbance: disturbance(step)))
            outputs += plant.outputs(of: states[step + 1])
        }
        return (actions, states, outputs)
    }

    /// The augmented Lagrangian and its gradient.
    private func evaluate(
        _ point: [Double], multipliers: [Double], weight: Double
    ) -> (value: Double, gradient: [Double]) {
        let (plant, width) = (task.plant, ranges.count)
        let rows = plant.outputChannels.count
        let run = simulate(point)
        var (value, slopes, gradient) = task.costGradient(
            outputs: run.outputs, actions: run.actions, startAction: startAction)
        for index in gradient.indices {
            let range = ranges[index % width]
            gradient[index] *= range.upperBound - range.lowerBound
        }
        if weight > 0 {
            let excesses = constraints(of: point, run.outputs)
            let forces = zip(excesses, multipliers).map { max(0, $1 + weight * $0) }
            value += zip(forces, multipliers).reduce(0) { $0 + ($1.0 * $1.0 - $1.1 * $1.1) / (2 * weight) }
            spread(forces, outputs: &slopes, actions: &gradient)
        }
        var cotangent = [Double](repeating: 0, count: plant.stateCount)
        for step in (0..<task.steps).reversed() {
            let seen = plant.outputPullback(
                run.states[step + 1], cotangent: Array(slopes[step * rows..<(step + 1) * rows]))
            for index in cotangent.indices { cotangent[index] += seen[index] }
            let back = plant.stepPullback(
                run.states[step], action: Array(run.actions[step * width..<(step + 1) * width]),
                disturbance: disturbance(step), cotangent: cotangent)
            cotangent = back.state
            for index in 0..<width {
                gradient[step * width + index] +=
                    back.action[index] * (ranges[index].upperBound - ranges[index].lowerBound)
            }
        }
        return (value, gradient)
    }

    // MARK: Limits, each as a part of what counts: of a target's scale or of the channel's own value, of an action's range.

    private func constraints(of point: [Double], _ outputs: [Double]) -> [Double] {
        limitExcess(outputs) + rateExcess(point)
    }

    /// What an excess of a limit is measured by.
    private func scale(_ limit: OutputLimit) -> Double {
        task.targets.first { $0.output == limit.output }?.scale
            ?? max(0.01 * max(abs(limit.upper ?? 0), abs(limit.lower ?? 0)), 1e-6)
    }

    /// How far outputs are beyond their limits, negative within: `[step, limit, lower then upper]` of those that exist.
    private func limitExcess(_ outputs: [Double]) -> [Double] {
        let rows = task.plant.outputChannels.count
        return (0..<task.steps).flatMap { step in
            task.limits.flatMap { limit -> [Double] in
                let value = outputs[step * rows + limit.output]
                return [limit.lower.map { $0 - value }, limit.upper.map { value - $0 }].compactMap { $0 }
                    .map { $0 / scale(limit) + Self.inset }
            }
        }
    }

    /// How much faster actions move than they may, negative within: `[step, action, down then up]` of those with a limit.
    private func rateExcess(_ point: [Double]) -> [Double] {
        let width = ranges.count
        return point.indices.flatMap { index -> [Double] in
            let reach = reaches[index % width] - Self.inset
            guard reach.isFinite, index >= width || !beginsAnywhere else { return [] }
            let move = point[index] - before(index, point)
            return [-move - reach, move - reach]
        }
    }

    /// The same action a step before, 0 to 1.
    private func before(_ index: Int, _ point: [Double]) -> Double {
        let width = ranges.count
        guard index < width else { return point[index - width] }
        return (startAction[index] - ranges[index].lowerBound) / (ranges[index].upperBound - ranges[index].lowerBound)
    }

    /// Adds what forces on the constraints mean to the gradients with respect to outputs and actions.
    private func spread(_ forces: [Double], outputs: inout [Double], actions: inout [Double]) {
        let (rows, width) = (task.plant.outputChannels.count, ranges.count)
        var next = forces.makeIterator()
        for step in 0..<task.steps {
            for limit in task.limits {
                let place = step * rows + limit.output
                if limit.lower != nil { outputs[place] -= (next.next() ?? 0) / scale(limit) }
                if limit.upper != nil { outputs[place] += (next.next() ?? 0) / scale(limit) }
            }
        }
        for index in actions.indices where reaches[index % width].isFinite && (index >= width || !beginsAnywhere) {
            let (down, up) = (next.next() ?? 0, next.next() ?? 0)
            actions[index] += up - down
            if index >= width { actions[index - width] -= up - down }
        }
    }
}
