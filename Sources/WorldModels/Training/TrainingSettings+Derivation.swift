import Basics
import Foundation

extension TrainingSettings {
    /// Fills in what is `auto`.
    ///
    /// - Stride, window and horizon come from the time constants of the observations; durations become steps.
    /// - Capacity grows with the number n of windows that do not overlap: `n / 4` free components, at most 8, and `3n`
    ///   hidden units, 2 to 32. On a record of a few time constants, anything beyond the linear model's state is
    ///   learned by heart: the free-run error on another record doubles.
    /// - Free runs of the search for a structure reach four horizons, and at least 256 steps; 1024 where the linear model
    ///   has a pole so slow that its error has not settled by then: what drifts has to be seen drifting.
    ///
    /// No rule looks at names.
    /// - Throws: `ForesightError.usage` when a duration is too short or too long for the step, or the inverse dynamics reach
    ///   beyond the windows.
    mutating func derive(
        timing: (stride: Int, window: Int, horizon: Int), samples: Int, samplingTime: Double, hasActions: Bool = true
    ) throws {
        let stride = stride.resolve { timing.stride }
        let stepTime = samplingTime * Double(stride)
        let window = try Self.steps(&window, "window", timing.window, stepTime)
        let horizon = try Self.steps(&horizon, "horizon", timing.horizon, stepTime)
        reach.resolve { search.span == .horizon ? horizon : max(4 * horizon, Self.leastReach) }
        let windows = samples / max(1, stride * (window + horizon))
        free.resolve { min(8, windows / 4) }
        hidden.resolve { min(32, max(2, 3 * windows)) }
        if hasActions { try checkInverse(window: window, horizon: horizon) }
    }

    /// Checks that the shortest windows of training hold both ends of the inverse dynamics.
    ///
    /// - Throws: `ForesightError.usage` with the most steps that fit.
    func checkInverse(window: Int, horizon: Int) throws {
        let most = (descent.cuts ? 1 : window) + rollout(of: horizon, epoch: 0) - 1
        guard loss.inverse > 0, loss.inverseSteps > most else { return }
        throw ForesightError.usage(
            "loss.inverse_steps=\(loss.inverseSteps) reaches beyond windows of training, the shortest of which have "
                + "\(most + 1) rows",
            remedy: "ask for \(most) or fewer, or leave the term out with loss.inverse=0")
    }

    /// Epochs over which rollouts grow to the full horizon: 40 % of them, as long ones are hard to learn from while the model
    /// is bad (scheduled horizons; Talvitie, AAAI 2017).
    var rampEpochs: Int { descent.grows ? epochs * 2 / 5 : 0 }

    /// Steps that training rolls out in an epoch.
    func rollout(of horizon: Int, epoch: Int) -> Int {
        let share = min(1, Double(epoch + 1) / Double(max(1, rampEpochs)))
        return max(min(Self.shortestRollout, horizon), Int((Double(horizon) * share).rounded()))
    }

    /// What rollouts start with.
    private static let shortestRollout = 8

    /// Lets free runs of the search reach further where the slowest pole needs it.
    mutating func lengthenReach(radius: Double) {
        guard search.span == .settled, let reach = reach.resolved,
            -Double(reach) * log(min(radius, 1)) < Self.settledConstants
        else { return }
        self.reach = .value(max(reach, Self.slowReach))
    }

    /// Time constants of the slowest pole within the reach after which errors have settled.
    private static let settledConstants = 3.0
    private static let slowReach = 1024

    /// Steps that free runs of the search reach at least: what a short rollout hides, a long one adds up.
    private static let leastReach = 256

    /// The steps of a span; a duration is held against the limits of its setting here, where the step is known.
    private static func steps(
        _ span: inout StepSpan, _ name: String, _ suggested: Int, _ stepTime: Double
    ) throws -> Int {
        let duration = span.seconds
        let count = span.resolve(stepTime: stepTime) { suggested }
        if let duration, !(2...longestHorizon).contains(count) {
            let step = "steps of \((stepTime * 1e4).rounded() / 1e4) s"
            throw ForesightError.usage(
                "\(name)=\(duration.yaml)s is \(count) \(step), and training takes 2 to \(longestHorizon)",
                remedy: count < 2 ? "ask for more, or lower stride=" : "ask for less, or raise stride=")
        }
        return count
    }
}

extension TrainingSettings {
    /// Ensemble members, resolved in preparation: one for each fold.
    var memberCount: Int { members.resolved ?? 5 }
}
