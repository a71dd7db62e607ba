/// Long series as a page draws them: the least and the greatest value of each of so many stretches, however long they become.
struct SeriesEnvelope {
    /// Stretches at most; more than a chart has room for.
    static let most = 4096

    /// Series beside each other.
    private let width: Int
    private let most: Int
    /// Samples of a stretch.
    private var each = 1
    private var count = 0
    /// The time of the first sample of each stretch, s.
    private var times: [Double] = []
    /// Row-major `[stretch, series]`, `NaN` where nothing is known.
    private var least: [Double] = []
    private var greatest: [Double] = []

    /// Begins so many series; `most` is even.
    init(width: Int, most: Int = SeriesEnvelope.most) { (self.width, self.most) = (width, most) }

    /// Takes in the next sample of all series.
    mutating func add(_ values: some Collection<Double>, at time: Double) {
        if count % each == 0 {
            if times.count == most { halve() }
            times.append(time)
            least += values
            greatest += values
        } else {
            let start = least.count - width
            for (series, value) in values.enumerated() { include(value, value, start + series) }
        }
        count += 1
    }

    /// A series as points of a line: as it came, or the two extremes of each stretch.
    func points(_ series: Int) -> (x: [Double], y: [Double]) {
        var (x, y): ([Double], [Double]) = ([], [])
        for (stretch, time) in times.enumerated() {
            let place = stretch * width + series
            x.append(time)
            y.append(least[place])
            guard greatest[place] > least[place] else { continue }
            x.append(time)
            y.append(greatest[place])
        }
        return (x, y)
    }

    /// Takes a value or the ends of a range into a place; nothing is known of what is not finite.
    private mutating func include(_ low: Double, _ high: Double, _ place: Int) {
        guard low.isFinite else { return }
        least[place] = least[place].isFinite ? min(least[place], low) : low
        greatest[place] = greatest[place].isFinite ? max(greatest[place], high) : high
    }

    /// Makes one stretch of two.
    private mutating func halve() {
        for stretch in 0..<times.count / 2 {
            times[stretch] = times[2 * stretch]
            for series in 0..<width {
                let (place, from) = (stretch * width + series, 2 * stretch * width + series)
                (least[place], greatest[place]) = (least[from], greatest[from])
                include(least[from + width], greatest[from + width], place)
            }
        }
        times.removeLast(times.count - times.count / 2)
        least.removeLast(least.count - times.count * width)
        greatest.removeLast(greatest.count - times.count * width)
        each *= 2
    }
}
