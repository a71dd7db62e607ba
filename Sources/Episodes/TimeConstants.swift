/// How fast one observation answers, estimated from a log.
public struct TimeConstants: Sendable, Equatable, Codable {
    /// The observation.
    public var channel: String
    /// Seconds after which most of a response is there; `nil` when the log does not show it.
    public var dominant: Double?
    /// Seconds of the fastest part of the response that the log shows; at most the dominant one.
    public var fastest: Double?
    /// Whether the response is slower than a fifth of the longest episode, or never settles.
    public var isSlowerThanRecord: Bool
}

/// Estimates time constants by low-order models with external input (ARX).
///
/// For a distance s between samples, `y(t+s) = a · y(t) + b · mean of u over [t, t+s) + c` is fitted, and
/// `τ = -s / ln a`. Noise on y would make a too small, so y(t) has the instrument y(t-s), which shares the plant's
/// state but not the noise. The distance grows in factors of two until a falls below 0.75, where τ is told best:
/// closer, a is indistinguishable from one; farther, from zero. A second-order fit at a tenth of that τ gives the
/// fastest one: the smaller of its two poles.
struct TimeConstantEstimator {
    private let samplingTime: Double
    private let longest: Int
    /// Normalised series of each episode, `[episode][channel][row]`.
    private let series: [[[Double]]]
    private let channels: [Channel]
    private let inputs: [Int]

    init(_ log: LoadedLog, rowLimit: Int = 20_000) {
        samplingTime = log.samplingTime
        channels = log.channels
        var left = rowLimit
        var kept: [Episode] = []
        // The first rows of a long log tell as much as all of them.
        for episode in log.episodes where left > 0 {
            kept.append(episode.count > left ? episode.slice(0..<left) : episode)
            left -= episode.count
        }
        longest = kept.map(\.count).max() ?? 0
        let scales = ChannelScales(kept)
        series = kept.map { episode in episode.channels.indices.map { scales.standardised(episode, $0) } }
        let moving = log.channels.indices.filter { channel in
            kept.contains { episode in
                let known = episode.column(channel).filter { !$0.isNaN }
                return known.contains { $0 != known[0] }
            }
        }
        inputs = Array(moving.filter { log.channels[$0].role != .observation }.prefix(16))
    }

    /// The time constants of one observation.
    func estimate(_ channel: Int) -> TimeConstants {
        var result = TimeConstants(channel: channels[channel].name, isSlowerThanRecord: false)
        var distance = 1
        var last: (a: Double, distance: Int)?
        while distance * 10 <= longest {
            guard let a = pole(channel, distance: distance) else { break }
            last = (a, distance)
            if a < 0.75 { break }
            distance *= 2
        }
        guard let last, last.a > 0.02 else {
            // No memory from one sample to the next: the response is over within a sample.
            if last != nil { result.dominant = samplingTime }
            result.fastest = result.dominant
            return result
        }
        if last.a >= 0.98 {
            result.isSlowerThanRecord = true
            return result
        }
        let dominant = -Double(last.distance) * samplingTime / Logarithm.natural(last.a)
        result.dominant = dominant
        result.isSlowerThanRecord = dominant * 5 > Double(longest) * samplingTime
        let step = max(1, Int(dominant / samplingTime / 10))
        result.fastest = min(dominant, fastest(channel, distance: step) ?? dominant)
        return result
    }

    /// The decay of an observation over a number of rows; `nil` when the log does not determine it.
    private func pole(_ channel: Int, distance s: Int) -> Double? {
        var plain = LinearFit(size: inputs.count + 2)
        var instrumental = LinearFit(size: inputs.count + 2)
        for episode in series {
            let y = episode[channel]
            guard y.count > 2 * s else { continue }
            let means = inputs.map { blockMeans(episode[$0], s) }
            for t in s..<(y.count - s) {
                let rest = means.map { $0[t] } + [1]
                plain.add([y[t]] + rest, target: y[t + s])
                instrumental.add([y[t]] + rest, instruments: [y[t - s]] + rest, target: y[t + s])
            }
        }
        // A weak instrument gives an impossible or random pole; least squares is the better guess then.
        if isRemembered(channel, distance: s), let a = instrumental.solve()?[0], a > 0, a < 1 { return a }
        return plain.solve().map { min(max($0[0], 0), 1) }
    }

    /// Whether samples at a distance are correlated beyond chance, so that one can be an instrument for the other.
    private func isRemembered(_ channel: Int, distance s: Int) -> Bool {
        var (products, squares, count) = (0.0, 0.0, 0.0)
        for episode in series {
            let y = episode[channel]
            for t in stride(from: s, to: y.count, by: 1) where y[t].isFinite && y[t - s].isFinite {
                products += y[t] * y[t - s]
                squares += y[t] * y[t]
                count += 1
            }
        }
        return squares > 0 && products / squares > max(0.05, 3 / count.squareRoot())
    }

    /// The smaller time constant of a second-order fit, in seconds.
    private func fastest(_ channel: Int, distance s: Int) -> Double? {
        var fit = LinearFit(size: 2 * inputs.count + 3)
        for episode in series {
            let y = episode[channel]
            guard y.count > 4 * s else { continue }
            let means = inputs.map { blockMeans(episode[$0], s) }
            for t in (3 * s)..<(y.count - s) {
                let rest = means.map { $0[t] } + means.map { $0[t - s] } + [1]
                fit.add([y[t], y[t - s]] + rest, instruments: [y[t - 2 * s], y[t - 3 * s]] + rest, target: y[t + s])
            }
        }
        guard let solution = fit.solve() else { return nil }
        // Poles are the roots of z² - a₁ z - a₂.
        let (a1, a2) = (solution[0], solution[1])
        let discriminant = a1 * a1 + 4 * a2
        let size: Double
        if discriminant >= 0 {
            let root = discriminant.squareRoot()
            let (large, small) = ((a1 + root) / 2, (a1 - root) / 2)
            guard large < 1, large > 0 else { return nil }
            // A pole at or below zero has died out within the distance.
            size = small
        } else {
            size = (-a2).squareRoot()
        }
        guard size < 1 else { return nil }
        guard size > 0.02 else { return max(samplingTime, Double(s) * samplingTime / 4) }
        return max(samplingTime, -Double(s) * samplingTime / Logarithm.natural(size))
    }

    /// The mean of `values[t ..< t + s]` for each t.
    private func blockMeans(_ values: [Double], _ s: Int) -> [Double] {
        var sums = [0.0]
        for value in values { sums.append(sums[sums.count - 1] + value) }
        return values.indices.map { t in
            let end = min(values.count, t + s)
            return (sums[end] - sums[t]) / Double(end - t)
        }
    }
}
