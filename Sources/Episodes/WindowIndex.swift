/// Where a window begins.
public struct WindowStart: Sendable, Equatable, Hashable, Codable {
    /// The index of the episode.
    public var episode: Int
    /// The first row.
    public var row: Int
}

/// What is done with windows in which samples are missing.
public enum MissingPolicy: Sendable, Equatable {
    /// They are left out.
    case exclude
    /// They are kept while no action or disturbance is missing and at most this share of the observations is; a mask
    /// tells which.
    case mask(Double)
}

/// All places where a full window fits, within one slice each.
///
/// A window has `length` samples, `stride` rows apart. Row t holds what was observed at t and what was set at t and
/// acted until t + 1; so with a stride above one, observations are those of the sample's row, while actions and
/// disturbances are averaged over the rows up to the next sample.
///
///     let index = WindowIndex(episodes: log.episodes, slices: split.train, length: 40)
///     let batch = index.batch(order[0..<64], episodes: log.episodes, normalizer: normalizer)  // [64 · 40, channel]
public struct WindowIndex: Sendable {
    /// The places, ordered by episode and row.
    public let starts: [WindowStart]
    /// The number of samples in a window.
    public let length: Int
    /// Rows from one sample of a window to the next.
    public let stride: Int

    /// The number of windows.
    public var count: Int { starts.count }

    /// Finds the windows.
    ///
    /// - Parameters:
    ///   - episodes: the episodes that slices speak of.
    ///   - slices: where windows may lie.
    ///   - length: samples in a window, history and horizon together.
    ///   - stride: rows from one sample to the next.
    ///   - hop: rows from one window to the next.
    ///   - missing: what is done with windows in which samples are missing.
    public init(
        episodes: [Episode], slices: [EpisodeSlice], length: Int, stride: Int = 1, hop: Int = 1,
        missing: MissingPolicy = .exclude
    ) {
        precondition(length > 0 && stride > 0 && hop > 0, "length, stride and hop are positive")
        self.length = length
        self.stride = stride
        let span = WindowIndex.rows(length: length, stride: stride)
        var starts: [WindowStart] = []
        for slice in slices where slice.rows.count >= span {
            let missingRows = MissingRows(episodes[slice.episode], rows: slice.rows, stride: stride)
            for row in Swift.stride(from: slice.rows.lowerBound, through: slice.rows.upperBound - span, by: hop)
            where missingRows.allows(row, length: length, policy: missing) {
                starts.append(WindowStart(episode: slice.episode, row: row))
            }
        }
        self.starts = starts
    }

    /// The rows that a window covers, the last block of inputs included.
    public static func rows(length: Int, stride: Int) -> Int { length * stride }

    /// One window in physical units, `[length, channel]`.
    public func window(_ index: Int, episodes: [Episode]) -> PhysicalValues {
        let start = starts[index]
        let episode = episodes[start.episode]
        var values: [Double] = []
        values.reserveCapacity(length * episode.channels.count)
        for sample in 0..<length {
            let row = start.row + sample * stride
            for channel in episode.channels.indices { values.append(value(episode, row, channel)) }
        }
        return PhysicalValues(values, channelCount: max(1, episode.channels.count))
    }

    /// Several windows as networks see them, one after another: `[window, length, channel]`, and their mask.
    public func batch(
        _ indices: some Sequence<Int>, episodes: [Episode], normalizer: Normalizer
    ) -> NormalizedValues {
        var values: [Float] = []
        var mask: [Float] = []
        let width = normalizer.names.count
        for index in indices {
            let start = starts[index]
            let episode = episodes[start.episode]
            precondition(episode.channels.count == width, "episode \(episode.name) has other channels")
            for sample in 0..<length {
                let row = start.row + sample * stride
                for channel in 0..<width {
                    let normal = normalizer.normalize(value(episode, row, channel), channel: channel)
                    values.append(normal.isNaN ? 0 : normal)
                    mask.append(normal.isNaN ? 0 : 1)
                }
            }
        }
        return NormalizedValues(values, mask: mask, channelCount: max(1, width))
    }

    @inline(__always)
    private func value(_ episode: Episode, _ row: Int, _ channel: Int) -> Double {
        if stride == 1 || episode.channels[channel].role == .observation { return episode[row, channel] }
        var sum = 0.0
        for k in 0..<stride { sum += episode[row + k, channel] }
        return sum / Double(stride)
    }
}

/// Counts of missing samples, so that each window is judged in constant time.
private struct MissingRows {
    private let rows: Range<Int>
    private let stride: Int
    private let observations: Int
    /// Missing observations in the rows r, r - stride, r - 2 · stride, ….
    private var sampled: [Int] = []
    /// Missing actions and disturbances in all rows before a row.
    private var inputs: [Int] = [0]

    init(_ episode: Episode, rows: Range<Int>, stride: Int) {
        self.rows = rows
        self.stride = stride
        let isObservation = episode.channels.map { $0.role == .observation }
        observations = isObservation.count { $0 }
        for (offset, row) in rows.enumerated() {
            var (missing, missingInputs) = (0, 0)
            for channel in isObservation.indices where episode[row, channel].isNaN {
                if isObservation[channel] { missing += 1 } else { missingInputs += 1 }
            }
            sampled.append(missing + (offset >= stride ? sampled[offset - stride] : 0))
            inputs.append(inputs[offset] + missingInputs)
        }
    }

    func allows(_ row: Int, length: Int, policy: MissingPolicy) -> Bool {
        let first = row - rows.lowerBound
        let last = first + (length - 1) * stride
        guard inputs[last + stride] == inputs[first] else { return false }
        let missing = sampled[last] - (first >= stride ? sampled[first - stride] : 0)
        switch policy {
        case .exclude: return missing == 0
        case .mask(let share): return Double(missing) <= share * Double(length * observations)
        }
    }
}
