/// Thins long series for drawing so that every extreme stays visible.
enum Downsampling {
    /// Positions to keep, at most about `limit`: of each bucket of samples the first, the least, the greatest and the
    /// last in order of time; a bucket without any value keeps one missing one, so that a gap stays a gap.
    ///
    /// The least and the greatest value of the whole series are always among those kept.
    static func minMax(_ y: [Double], limit: Int) -> [Int] {
        guard y.count > limit, limit >= 8 else { return Array(y.indices) }
        let buckets = limit / 4
        var kept: [Int] = []
        for bucket in 0..<buckets {
            let start = bucket * y.count / buckets
            let end = (bucket + 1) * y.count / buckets
            var (first, last, least, greatest): (Int?, Int?, Int?, Int?) = (nil, nil, nil, nil)
            for index in start..<end where y[index].isFinite {
                if first == nil { first = index }
                last = index
                if y[index] < least.map({ y[$0] }) ?? .infinity { least = index }
                if y[index] > greatest.map({ y[$0] }) ?? -.infinity { greatest = index }
            }
            guard let first, let last, let least, let greatest else {
                kept.append(start)
                continue
            }
            var previous = -1
            for index in [first, min(least, greatest), max(least, greatest), last] where index > previous {
                kept.append(index)
                previous = index
            }
        }
        return kept
    }

    /// Buckets of a band: the outer envelope of each, so that a thinned band never looks narrower than it is.
    static func envelope(
        x: [Double], lower: [Double], upper: [Double], limit: Int
    ) -> (x: [Double], lower: [Double], upper: [Double]) {
        guard x.count > limit, limit >= 2 else { return (x, lower, upper) }
        var result: (x: [Double], lower: [Double], upper: [Double]) = ([], [], [])
        for bucket in 0..<limit {
            let range = (bucket * x.count / limit)..<((bucket + 1) * x.count / limit)
            let known = range.filter { lower[$0].isFinite && upper[$0].isFinite && x[$0].isFinite }
            // The ends of the series keep their own positions.
            let place = bucket == 0 ? range.lowerBound : bucket == limit - 1 ? range.upperBound - 1 : range.lowerBound
            result.x.append(x[place])
            result.lower.append(known.map { lower[$0] }.min() ?? .nan)
            result.upper.append(known.map { upper[$0] }.max() ?? .nan)
        }
        return result
    }
}
