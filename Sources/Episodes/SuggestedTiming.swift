/// Step, window and horizon for a model of a log, from its time constants.
///
/// The rules, in order:
/// 1. the model's step is a twentieth of the shortest dominant time constant among the observations, so that even the
///    fastest of them is followed in ten steps or more over its rise, and never below the sampling time; observations
///    that answer within two samples do not count, unless all do: no step could follow them; where one never settles, the
///    longest episode holds a thousand steps; where that makes every sample a step, yet the log is sampled far more often
///    than anything in it moves, the step is an eighth of the period of the frequency below which nine tenths of the power
///    of every channel lie, as far as the log then still holds ten thousand steps, more than a fit looks at;
/// 2. where actions are held for a while, the step is at most half of their median hold, so that no move is lost;
/// 3. the window of history covers half of the longest dominant time constant, from 8 to 32 steps; 32 where the log is
///    sampled so often: what vibrates has modes that no time constant tells of, and four periods of that frequency tell
///    their state;
/// 4. the horizon covers one and a half of it, after which 78 % of a response is there, from 10 to 60 steps;
/// 5. the horizon takes at most half of the longest episode and the window an eighth of it, though never less than 4
///    steps each where these fit: beyond that, predictions would start at hardly more than one place.
///
/// Who asks for a horizon as a duration gets it: the step grows until 60 steps reach it, though not beyond a fifth of the
/// shortest dominant time constant, so that responses keep their shape; then the number of steps grows. The window keeps
/// to rules 3 and 5.
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

    /// The most steps of a horizon that nobody asked for.
    static let usualSteps = 60

    /// Steps that a log holds at least when its step is longer than its time constants ask for.
    private static let plenty = 10_000

    /// Applies the rules.
    ///
    /// - Parameters:
    ///   - constants: the time constants of the observations.
    ///   - samplingTime: seconds between samples.
    ///   - hold: rows for which actions are held, by the median; `nil` when they move all the time or never.
    ///   - longest: rows of the longest episode.
    ///   - reach: seconds that the horizon has to cover; `nil` to suggest it.
    ///   - fixedStride: samples of a step that someone decided; `nil` to suggest it.
    ///   - highestFrequency: the frequency in Hz below which nearly all power of every channel lies; `nil` if unknown.
    ///   - total: rows of all episodes.
    public init(
        constants: [TimeConstants], samplingTime: Double, hold: Int?, longest: Int, reach: Double? = nil,
        fixedStride: Int? = nil, highestFrequency: Double? = nil, rows total: Int = 0
    ) {
        let dominant = constants.compactMap { constant in
            // What never settles shows at least a fifth of the record.
            constant.dominant ?? (constant.isSlowerThanRecord ? Double(longest) * samplingTime / 5 : nil)
        }
        let followed = dominant.filter { $0 > 2 * samplingTime }
        // What never settles says nothing of how fast it moves: a thousand steps to the record leave room for that.
        let unsettled = constants.contains { $0.dominant == nil && $0.isSlowerThanRecord }
        let shortest = (unsettled ? followed + [Double(longest) * samplingTime / 50] : followed).min() ?? dominant.min()
        stride = 1
        var isOversampled = false
        if let shortest {
            stride = max(1, Int(shortest / 20 / samplingTime))
            if stride == 1, let highestFrequency {
                let bearable = 1 / (8 * highestFrequency * samplingTime)
                stride = max(stride, Int(min(bearable, Double(total / Self.plenty))))
                isOversampled = stride > 1
            }
            if let hold, hold >= 2 { stride = min(stride, max(1, hold / 2)) }
            // At least eight steps have to fit.
            stride = max(1, min(stride, max(8, longest / 4) / 8))
        }
        if let reach {
            let needed = (reach / Double(Self.usualSteps) / samplingTime * (1 - 1e-9)).rounded(.up)
            let bearable = max(1, (shortest ?? .infinity) / 5 / samplingTime)
            stride = max(stride, Int(min(needed, bearable, 1e6)))
        }
        stride = fixedStride ?? stride
        let seconds = Double(stride) * samplingTime
        step = seconds
        (window, horizon) = (16, 20)
        if let slowest = dominant.max() {
            window = Self.steps(isOversampled ? .infinity : slowest / 2 / seconds, 8...32)
            horizon = Self.steps(slowest * 1.5 / seconds, 10...Self.usualSteps)
        }
        let rows = longest / stride
        window = min(window, max(4, rows / 8))
        horizon = reach.map { Self.steps($0 / seconds * (1 - 1e-9), 2...1_000_000) } ?? min(horizon, max(4, rows / 2))
    }

    private static func steps(_ value: Double, _ range: ClosedRange<Int>) -> Int {
        guard value.isFinite, value < 1e6 else { return range.upperBound }
        return min(max(Int(value.rounded(.up)), range.lowerBound), range.upperBound)
    }
}
