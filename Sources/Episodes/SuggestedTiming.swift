/// Step, window and horizon for a model of a log, from its time constants.
///
/// The rules, in order:
/// 1. the model's step is a twentieth of the shortest dominant time constant among the observations, so that even the
///    fastest of them is followed in ten steps or more over its rise, and never below the sampling time; observations
///    that answer within two samples do not count, unless all do: no step could follow them;
/// 2. where actions are held for a while, the step is at most half of their median hold, so that no move is lost;
/// 3. the window of history covers half of the longest dominant time constant, from 8 to 32 steps;
/// 4. the horizon covers one and a half of it, after which 78 % of a response is there, from 10 to 60 steps;
/// 5. window and horizon together take at most a quarter of the longest episode: the window is shortened to 8 steps,
///    then the horizon to 8, then both to 4.
///
/// Without any time constant, the step is the sampling time, the window 16 and the horizon 20 steps.
public struct SuggestedTiming: Sendable, Equatable, Codable {
    /// Recorded samples to one step of the model.
    public var stride: Int
    /// Seconds of one step of the model.
    public var step: Double
    /// Steps of history that the model sees.
    public var window: Int
    /// Steps that the model is trained to predict.
    public var horizon: Int

    /// Applies the rules.
    ///
    /// - Parameters:
    ///   - constants: the time constants of the observations.
    ///   - samplingTime: seconds between samples.
    ///   - hold: rows for which actions are held, by the median; `nil` when they move all the time or never.
    ///   - longest: rows of the longest episode.
    public init(constants: [TimeConstants], samplingTime: Double, hold: Int?, longest: Int) {
        let dominant = constants.compactMap { constant in
            // What never settles shows at least a fifth of the record.
            constant.dominant ?? (constant.isSlowerThanRecord ? Double(longest) * samplingTime / 5 : nil)
        }
        let limit = max(8, longest / 4)
        let followed = dominant.filter { $0 > 2 * samplingTime }
        if let shortest = followed.min() ?? dominant.min(), let slowest = dominant.max() {
            stride = max(1, Int(shortest / 20 / samplingTime))
            if let hold, hold >= 2 { stride = min(stride, max(1, hold / 2)) }
            // At least eight steps have to fit.
            stride = max(1, min(stride, limit / 8))
            let seconds = Double(stride) * samplingTime
            window = SuggestedTiming.steps(slowest / 2 / seconds, 8...32)
            horizon = SuggestedTiming.steps(slowest * 1.5 / seconds, 10...60)
        } else {
            (stride, window, horizon) = (1, 16, 20)
        }
        let steps = limit / stride
        for floor in [8, 4] {
            if window + horizon > steps { window = min(window, max(floor, steps - horizon)) }
            if window + horizon > steps { horizon = min(horizon, max(floor, steps - window)) }
        }
        step = Double(stride) * samplingTime
    }

    private static func steps(_ value: Double, _ range: ClosedRange<Int>) -> Int {
        guard value.isFinite, value < 1e6 else { return range.upperBound }
        return min(max(Int(value.rounded(.up)), range.lowerBound), range.upperBound)
    }
}
