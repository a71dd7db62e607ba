/// Brings samples at uneven times to an even rate.
struct Resampler {
    /// Seconds between new samples.
    var step: Double
    var method: ResamplingMethod
    /// Longest pause, in seconds, that is interpolated over; values stay missing in longer ones.
    var bridge: Double

    /// The new samples of one channel, from the first recorded time on.
    func resample(_ values: [Double], times: [Double], role: ChannelRole) -> [Double] {
        guard let start = times.first, let end = times.last else { return [] }
        let count = Int(((end - start) / step + 1e-6).rounded(.down)) + 1
        let known = values.indices.filter { !values[$0].isNaN }
        return (0..<count).map { k in
            let time = start + Double(k) * step
            if method == .average {
                // A recorded sample stands for the time around it; an action for the time after it.
                let offset = role == .observation ? -step / 2 : 0
                if let mean = mean(values, times, known, from: time + offset, to: time + offset + step) { return mean }
            }
            return role == .action
                ? held(values, times, known, at: time) : interpolated(values, times, known, at: time)
        }
    }

    /// The position among known samples of the last one at or before a time; `nil` before the first.
    private func position(_ times: [Double], _ known: [Int], at time: Double) -> Int? {
        // Times computed by adding steps may fall short of recorded ones by rounding.
        let limit = time + 1e-6 * step
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if times[known[middle]] <= limit { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    private func held(_ values: [Double], _ times: [Double], _ known: [Int], at time: Double) -> Double {
        guard let position = position(times, known, at: time) else { return .nan }
        return time - times[known[position]] <= bridge ? values[known[position]] : .nan
    }

    private func interpolated(_ values: [Double], _ times: [Double], _ known: [Int], at time: Double) -> Double {
        guard let position = position(times, known, at: time) else { return .nan }
        let before = known[position]
        if abs(times[before] - time) <= 1e-6 * step { return values[before] }
        guard position + 1 < known.count else { return .nan }
        let after = known[position + 1]
        let pause = times[after] - times[before]
        guard pause <= bridge else { return .nan }
        return values[before] + (values[after] - values[before]) * (time - times[before]) / pause
    }

    private func mean(
        _ values: [Double], _ times: [Double], _ known: [Int], from start: Double, to end: Double
    ) -> Double? {
        var index = position(times, known, at: start - 2e-6 * step).map { $0 + 1 } ?? 0
        var (sum, count) = (0.0, 0.0)
        while index < known.count, times[known[index]] < end - 1e-6 * step {
            sum += values[known[index]]
            count += 1
            index += 1
        }
        return count > 0 ? sum / count : nil
    }
}
