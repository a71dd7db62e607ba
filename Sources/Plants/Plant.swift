public import Basics
public import Episodes

/// A simulated system with published or exact equations: a test bed for planning, and true dynamics for comparison.
///
/// A plant is a value without memory: its state, disturbances and noise generator are handed in and out, so that one
/// plant serves any number of simulations at once. Actions and disturbances are held constant over a sampling period.
/// States, outputs, actions and disturbances are in the physical units of their channels.
public protocol Plant: Sendable {
    /// The name by which commands know the plant.
    var name: String { get }
    /// Seconds between samples.
    var samplingTime: Double { get }
    /// The names of the states, in the order of the state vector.
    var stateNames: [String] { get }
    /// The measured channels, with the limits of safe operation.
    var outputChannels: [Channel] { get }
    /// The action channels, with the limits and rate limits of the actuators.
    var actionChannels: [Channel] { get }
    /// What acts on the plant without being decided; empty when there is nothing.
    var disturbanceChannels: [Channel] { get }
    /// Where a simulation starts unless told otherwise.
    var initialState: [Double] { get }
    /// The action that leaves the plant at rest: what a supervisor falls back to.
    var restAction: [Double] { get }
    /// The disturbances on an ordinary day.
    var nominalDisturbance: [Double] { get }
    /// The names of the disturbances that are seeds of what chance does, and no amounts; none by default.
    var seedDisturbances: Set<String> { get }
    /// What the sensors add to the true outputs.
    var noise: SensorNoise { get set }
    /// How outputs answer actions, where it is known beforehand because step responses do not tell: in a plant that
    /// integrates or runs away. `nil`, the default, to find it out by step responses.
    var knownResponse: KnownResponse? { get }
    /// The actions that are worth trying, `[action]`, where most of the limits lead nowhere; `nil`, the default, for all.
    var explorationRanges: [ClosedRange<Double>]? { get }
    /// Whether the rest action is in force when a simulation starts, so that rate limits count from the first action on;
    /// `false`, the default, for a plant that may begin under any action.
    var beginsAtRest: Bool { get }

    /// The state one sampling period later.
    func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double]

    /// What the actuators make of actions within their limits, such as the nearest of the steps that they have.
    func delivered(_ action: [Double]) -> [Double]

    /// The same plant sampled at another rate, or `nil` for a plant that is only known at its own.
    func resampled(every seconds: Double) -> Self?

    /// The true outputs, without noise.
    func outputs(of state: [Double]) -> [Double]

    /// Carries the gradient of a scalar with respect to the next state back through `step`: vector–Jacobian products
    /// with respect to the state and the action.
    func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double])

    /// Carries the gradient of a scalar with respect to the outputs back to the state.
    func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double]

    /// Simulates every candidate from the same state.
    ///
    /// - Parameters:
    ///   - state: The state at the start.
    ///   - actions: Row-major `[candidate, step, action]`.
    ///   - disturbances: Row-major `[step, disturbance]`, the same for every candidate; empty for the nominal ones.
    ///   - horizon: The number of steps.
    ///   - outputs: True outputs, row-major `[candidate, step, output]`; step `k` holds what action `k` leads to.
    func rollout(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, outputs: inout [Float])

    /// Carries gradients with respect to the outputs of a rollout, row-major `[candidate, step, output]`, back to the
    /// actions, row-major `[candidate, step, action]`.
    func rolloutPullback(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, cotangent: [Float]
    ) -> [Float]

    /// How the outputs of one rollout change with its actions: forward sensitivities.
    ///
    /// - Parameters:
    ///   - state: The state at the start.
    ///   - actions: Row-major `[step, action]`.
    ///   - disturbances: Row-major `[step, disturbance]`; empty for the nominal ones.
    ///   - horizon: The number of steps.
    /// - Returns: `∂output/∂action`, row-major `[step · output, step · action]`; zero for actions that come later.
    func rolloutSensitivities(
        from state: [Double], actions: [Double], disturbances: [Double], horizon: Int
    ) -> [Double]
}

extension Plant {
    /// Found out by step responses.
    public var knownResponse: KnownResponse? { nil }
    /// All that the limits allow.
    public var explorationRanges: [ClosedRange<Double>]? { nil }
    /// Any action may be the first.
    public var beginsAtRest: Bool { false }
    /// All disturbances are amounts.
    public var seedDisturbances: Set<String> { [] }
    /// The number of states.
    public var stateCount: Int { stateNames.count }
    /// Outputs, actions, then disturbances: the columns of a log.
    public var channels: [Channel] { outputChannels + actionChannels + disturbanceChannels }

    /// The outputs as the sensors show them.
    public func observe(_ state: [Double], using generator: inout SeededGenerator) -> [Double] {
        noise.apply(to: outputs(of: state), using: &generator)
    }

    /// The actions moved into the limits of their channels and, from the previous actions, into the rate limits.
    public func admissible(_ action: [Double], after previous: [Double]? = nil) -> [Double] {
        delivered(withinLimits(action, after: previous))
    }

    /// Actuators that set every value within their limits, or the nearest of those that they have.
    public func delivered(_ action: [Double]) -> [Double] {
        zip(action, actionChannels).map { wanted, channel in
            channel.values?.min { abs($0 - wanted) < abs($1 - wanted) } ?? wanted
        }
    }

    private func withinLimits(_ action: [Double], after previous: [Double]?) -> [Double] {
        precondition(action.count == actionChannels.count, "\(name) takes \(actionChannels.count) actions")
        return action.indices.map { index in
            let channel = actionChannels[index]
            var value = action[index]
            if let previous, let rate = channel.rateLimit {
                let reach = rate * samplingTime
                value = min(max(value, previous[index] - reach), previous[index] + reach)
            }
            return min(max(value, channel.lowerLimit ?? -.infinity), channel.upperLimit ?? .infinity)
        }
    }

    /// The discrete-time linearisation of one sampling period: `∂next/∂state` `[state, state]` and `∂next/∂action`
    /// `[state, action]`.
    public func linearised(
        at state: [Double], action: [Double], disturbance: [Double]
    ) -> (state: DenseMatrix, action: DenseMatrix) {
        var a = DenseMatrix(rows: stateCount, columns: stateCount)
        var b = DenseMatrix(rows: stateCount, columns: actionChannels.count)
        for row in 0..<stateCount {
            var unit = [Double](repeating: 0, count: stateCount)
            unit[row] = 1
            let back = stepPullback(state, action: action, disturbance: disturbance, cotangent: unit)
            for column in 0..<stateCount { a[row, column] = back.state[column] }
            for column in 0..<actionChannels.count { b[row, column] = back.action[column] }
        }
        return (a, b)
    }

    /// The state after holding the action until nothing moves, at most for the given number of steps.
    public func settled(
        from state: [Double], action: [Double], disturbance: [Double], tolerance: Double = 1e-10, steps: Int = 100_000
    ) -> [Double] {
        var state = state
        for _ in 0..<steps {
            let next = step(state, action: action, disturbance: disturbance)
            let moved = zip(next, state).map { abs($0 - $1) }.max() ?? 0
            state = next
            if moved <= tolerance { break }
        }
        return state
    }
}
