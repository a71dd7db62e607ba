import Foundation

/// The frequency below which nearly all power of a log's channels lies.
///
/// Means over Hann windows of 1024 samples that overlap by half (Welch 1967, https://doi.org/10.1109/TAU.1967.1161901);
/// each window without its mean, so that slow drifts do not hide what is faster.
enum RecordedBand {
    /// The share of power that counts.
    static let share = 0.9
    private static let length = 1024

    /// The highest of the channels' frequencies, Hz; `nil` when none moves in a window without gaps.
    ///
    /// - Parameters:
    ///   - episodes: The log, of one sampling time.
    ///   - columns: Channels to look at: those that are constant say nothing and are passed over.
    ///   - samplingTime: Seconds between samples.
    /// - Returns: The frequency.
    static func highestFrequency(_ episodes: [Episode], columns: [Int], samplingTime: Double) -> Double? {
        let spectra = columns.map { column in
            episodes.reduce(into: [Double](repeating: 0, count: length / 2 + 1)) {
                add($1, column, to: &$0)
            }
        }
        let found = spectra.compactMap { spectrum -> Double? in
            let total = spectrum.reduce(0, +)
            guard total > 0 else { return nil }
            var sum = 0.0
            let bin = spectrum.firstIndex { power in
                sum += power
                return sum >= share * total
            }
            return Double(bin ?? length / 2) / (Double(length) * samplingTime)
        }
        return found.max().map { max($0, 1 / (Double(length) * samplingTime)) }
    }

    /// Adds the power of a channel's windows, `[frequency]`.
    private static func add(_ episode: Episode, _ column: Int, to spectrum: inout [Double]) {
        var start = 0
        while start + length <= episode.count {
            let values = (start..<(start + length)).map { episode[$0, column] }
            start += length / 2
            guard values.allSatisfy(\.isFinite) else { continue }
            let mean = values.reduce(0, +) / Double(length)
            var real = values.indices.map { index in
                (values[index] - mean) * (0.5 - 0.5 * cos(2 * .pi * (Double(index) + 0.5) / Double(length)))
            }
            var imaginary = [Double](repeating: 0, count: length)
            transform(&real, &imaginary)
            for bin in 1..<spectrum.count {
                spectrum[bin] += real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
            }
        }
    }

    /// The discrete Fourier transform of a power of two, in place (Cooley and Tukey 1965).
    static func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
        let count = real.count
        var target = 0
        for source in 0..<count {
            if source < target {
                real.swapAt(source, target)
                imaginary.swapAt(source, target)
            }
            var bit = count / 2
            while bit > 0, target & bit != 0 {
                target ^= bit
                bit /= 2
            }
            target |= bit
        }
        var half = 1
        while half < count {
            for place in 0..<half {
                let angle = -Double.pi * Double(place) / Double(half)
                let (c, s) = (cos(angle), sin(angle))
                for low in stride(from: place, to: count, by: 2 * half) {
                    let high = low + half
                    let x = c * real[high] - s * imaginary[high]
                    let y = c * imaginary[high] + s * real[high]
                    (real[high], imaginary[high]) = (real[low] - x, imaginary[low] - y)
                    (real[low], imaginary[low]) = (real[low] + x, imaginary[low] + y)
                }
            }
            half *= 2
        }
    }
}
