import Basics
public import Episodes

/// Which part of the data trains the model, decides when to stop, and calibrates its bands.
public enum TrainingSplit: Sendable {
    /// Disjoint parts: whole episodes where there are enough of them, else stretches of time in this order.
    case parts(training: [Episode], validation: [Episode], calibration: [Episode], byEpisode: Bool)
    /// Too short for that: every member leaves out one fold of the rows, which judges and calibrates it.
    case folds([Episode])

    /// Episodes from which on whole episodes are set aside.
    static let episodesForSplit = 7

    /// Splits episodes.
    ///
    /// - Parameters:
    ///   - rowsNeeded: Samples that one free-run window needs: history, horizon and some.
    ///   - validation: Share set aside to decide when to stop.
    ///   - calibration: Share set aside to calibrate bands.
    public init(_ episodes: [Episode], rowsNeeded: Int, validation: Double, calibration: Double) {
        let long = episodes.filter { $0.count >= rowsNeeded }
        if long.count >= Self.episodesForSplit {
            let judged = Self.spread(
                max(1, Int((Double(episodes.count) * validation).rounded())), over: long.count, 0.5)
            let left = long.indices.filter { !judged.contains($0) }
            let picked = Self.spread(
                max(1, Int((Double(episodes.count) * calibration).rounded())), over: left.count, 0.25)
            let calibrated = Set(picked.map { left[$0] })
            let aside = Set((judged.union(calibrated)).map { long[$0].name })
            self = .parts(
                training: episodes.filter { !aside.contains($0.name) }, validation: judged.sorted().map { long[$0] },
                calibration: calibrated.sorted().map { long[$0] }, byEpisode: true)
            return
        }
        var (training, judged, calibrated): ([Episode], [Episode], [Episode]) = ([], [], [])
        for episode in episodes {
            let end = Int(Double(episode.count) * (1 - validation - calibration))
            let middle = Int(Double(episode.count) * (1 - calibration))
            // A part is worth having when it holds two windows that do not overlap.
            guard episode.count - middle >= 2 * rowsNeeded, middle - end >= 2 * rowsNeeded, end >= 4 * rowsNeeded else {
                training.append(episode)
                continue
            }
            training.append(episode.slice(0..<end))
            judged.append(episode.slice(end..<middle))
            calibrated.append(episode.slice(middle..<episode.count))
        }
        if judged.isEmpty {
            self = .folds(episodes)
        } else {
            self = .parts(training: training, validation: judged, calibration: calibrated, byEpisode: false)
        }
    }

    /// `count` indices spread evenly over `total`, starting at a fraction of the spacing.
    private static func spread(_ count: Int, over total: Int, _ phase: Double) -> Set<Int> {
        let spacing = Double(total) / Double(max(1, count))
        return Set((0..<count).map { min(total - 1, Int((Double($0) + phase) * spacing)) })
    }

    /// The split in one line, for the card and the terminal.
    public var summary: String {
        switch self {
        case .parts(let training, let validation, let calibration, true):
            "\(training.count) episodes train, \(validation.count) decide when to stop, "
                + "\(calibration.count) calibrate the bands"
        case .parts(let training, let validation, let calibration, false):
            "\(Self.samples(training)) samples train, the \(Self.samples(validation)) after them decide when to stop, "
                + "the last \(Self.samples(calibration)) calibrate the bands"
        case .folds(let episodes):
            "\(Self.samples(episodes)) samples are too few to set some aside: each ensemble member leaves out one fold, "
                + "which judges and calibrates it"
        }
    }

    private static func samples(_ episodes: [Episode]) -> Int { episodes.reduce(0) { $0 + $1.count } }
}
