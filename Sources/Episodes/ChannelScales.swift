/// Mean and standard deviation of every channel of a log, so that channels in different units can be set side by side.
///
/// What networks see is scaled elsewhere, by the training rows alone.
struct ChannelScales {
    /// The mean of each channel, in its unit.
    private(set) var means: [Double] = []
    /// The standard deviation of each channel, in its unit; 1 where it never moves, so that nothing is divided by zero.
    private(set) var scales: [Double] = []

    /// Measures episodes of the same channels; missing samples do not count.
    init(_ episodes: [Episode]) {
        for channel in episodes.first?.channels.indices ?? 0..<0 {
            let known = episodes.flatMap { $0.column(channel).filter { !$0.isNaN } }
            let count = max(1, Double(known.count))
            // Two passes: the sum of squares around the mean loses no digits.
            let mean = known.reduce(0, +) / count
            let deviation = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
            means.append(mean)
            scales.append(deviation <= 1e-9 * max(1e-30, abs(mean)) || deviation < 1e-150 ? 1 : deviation)
        }
    }

    /// A channel of an episode, standardised; `NaN` where missing.
    func standardised(_ episode: Episode, _ channel: Int) -> [Double] {
        episode.column(channel).map { ($0 - means[channel]) / scales[channel] }
    }
}
