/// The checks behind an inspection's warnings.
struct LogChecks {
    let log: LoadedLog
    let channels: [ChannelSummary]

    private func value(_ value: Double, _ channel: Channel) -> String {
        significant(value, 4) + (channel.unit.map { " \($0)" } ?? "")
    }

    private func percent(_ share: Double) -> String { significant(share * 100, 2) + " %" }

    func constants() -> [LogWarning] {
        channels.compactMap { summary in
            guard summary.isConstant, let only = summary.minimum else { return nil }
            let name = summary.channel.name
            if summary.channel.role == .action {
                return LogWarning(
                    .constantAction, [name],
                    "\(name) never moved (always \(value(only, summary.channel))): its effect can't be learned, and a "
                        + "model of this log alone expects none; record steps of it, or leave it out of the actions")
            }
            return LogWarning(
                .constant, [name], "\(name) is constant (\(value(only, summary.channel))): nothing to learn from it")
        }
    }

    func missing() -> [LogWarning] {
        channels.compactMap { summary in
            let name = summary.channel.name
            if summary.minimum == nil { return LogWarning(.allMissing, [name], "\(name) has no value at all") }
            guard summary.missing > 0.05 else { return nil }
            return LogWarning(.missing, [name], "\(name) is missing in \(percent(summary.missing)) of the samples")
        }
    }

    /// Values beyond the limits that were stated.
    func limits() -> [LogWarning] {
        channels.flatMap { summary -> [LogWarning] in
            let channel = summary.channel
            var found: [LogWarning] = []
            if let limit = channel.upperLimit, let maximum = summary.maximum, maximum > limit {
                found.append(
                    LogWarning(
                        .beyondLimits, [channel.name],
                        "\(channel.name) reaches \(value(maximum, channel)), above its limit of \(value(limit, channel))"
                    ))
            }
            if let limit = channel.lowerLimit, let minimum = summary.minimum, minimum < limit {
                found.append(
                    LogWarning(
                        .beyondLimits, [channel.name],
                        "\(channel.name) falls to \(value(minimum, channel)), below its limit of \(value(limit, channel))"
                    ))
            }
            return found
        }
    }

    /// Values of actions that are none of those that were stated.
    func values() -> [LogWarning] {
        channels.compactMap { summary in
            let channel = summary.channel
            guard let allowed = channel.values, let other = summary.otherValue else { return nil }
            return LogWarning(
                .otherValue, [channel.name],
                "\(channel.name) is at \(value(other, channel)), which is none of its values \(SwitchValues.words(allowed))"
            )
        }
    }

    /// Sensors that stop at an end of their range: many samples exactly there, few just before it.
    func saturation() -> [LogWarning] {
        log.indices(of: .observation).flatMap { index -> [LogWarning] in
            let summary = channels[index]
            guard let least = summary.minimum, let greatest = summary.maximum, summary.distinctValues > 20 else {
                return []
            }
            let band = 0.02 * (greatest - least)
            return zip([least, greatest], summary.shareAtEnds).compactMap { end, share -> LogWarning? in
                // A plant at rest before the first move stays at one value too.
                var (there, near) = (0, 0)
                for episode in log.episodes {
                    let moved = episode.column(index).drop { $0 == end }
                    there += moved.count { $0 == end }
                    near += moved.count { $0 != end && abs($0 - end) <= band }
                }
                guard there >= 5, Double(there) > 0.003 * Double(summary.count), there > 2 * near else { return nil }
                let name = summary.channel.name
                return LogWarning(
                    .saturation, [name],
                    "\(name) stops at \(value(end, summary.channel)) in \(percent(share)) of the samples, as a sensor "
                        + "at the end of its range does: what lies beyond is not recorded")
            }
        }
    }

    /// Sensors whose steps are coarse beside what they measure.
    func resolution() -> [LogWarning] {
        log.indices(of: .observation).compactMap { index in
            let summary = channels[index]
            guard let step = summary.resolution, let deviation = summary.deviation, summary.distinctValues > 8,
                step > 0.1 * deviation
            else { return nil }
            let name = summary.channel.name
            return LogWarning(
                .coarseSensor, [name],
                "\(name) moves in steps of \(value(step, summary.channel)), \(percent(step / deviation)) of its standard "
                    + "deviation: finer predictions can't be checked")
        }
    }

    /// Channels that are the same as an earlier one up to factor and offset.
    func duplicates() -> [LogWarning] {
        let candidates = channels.indices.filter { !channels[$0].isConstant && channels[$0].minimum != nil }
        let columns = candidates.map(standardised)
        var found: [LogWarning] = []
        for (position, index) in candidates.enumerated() {
            for earlier in 0..<position {
                guard let sign = agreement(columns[earlier], columns[position]) else { continue }
                let (a, b) = (channels[candidates[earlier]], channels[index])
                let isEqual = a.minimum == b.minimum && a.maximum == b.maximum && sign > 0
                let how = isEqual ? "repeats" : "is a scaled copy of"
                found.append(
                    LogWarning(
                        .duplicate, [b.channel.name, a.channel.name],
                        "\(b.channel.name) \(how) \(a.channel.name): one of them is enough"))
                break
            }
        }
        return found
    }

    /// At most 20,000 rows of a channel, with mean 0 and deviation 1.
    private func standardised(_ index: Int) -> [Float] {
        guard let mean = channels[index].mean, let deviation = channels[index].deviation, deviation > 0 else {
            return []
        }
        var values: [Float] = []
        let stride = max(1, log.sampleCount / 20_000)
        var row = 0
        for episode in log.episodes {
            while row < episode.count {
                values.append(Float((episode[row, index] - mean) / deviation))
                row += stride
            }
            row -= episode.count
        }
        return values
    }

    /// 1 or -1 when two standardised channels agree up to sign; `nil` otherwise.
    private func agreement(_ a: [Float], _ b: [Float]) -> Float? {
        for sign: Float in [1, -1] {
            var compared = 0
            let agrees = zip(a, b).allSatisfy { x, y in
                if x.isNaN || y.isNaN { return x.isNaN == y.isNaN }
                compared += 1
                return abs(x - sign * y) < 1e-4 * max(1, abs(x))
            }
            if agrees, compared >= 10 { return sign }
        }
        return nil
    }

    /// Actions whose moves follow from the observations.
    ///
    /// A linear controller's move is a linear function of observations, set points and its last output; the moves of
    /// an experiment are not. So each move `u(t) - u(t-1)` is fitted on the observations and disturbances at t, t-1
    /// and t-2 and on the last four actions. Closed-loop data are told by an explained share above 0.95, of which the
    /// observations explain at least nine tenths of what the action's own past leaves open; jumps aside. The moves are fitted and
    /// not the values, because a held action is always told by its own past; and so is a smooth one.
    func closedLoop() -> [LogWarning] {
        let actions = log.indices(of: .action)
        let others = log.channels.indices.filter {
            log.channels[$0].role != .action && !channels[$0].isConstant && channels[$0].missing < 0.5
        }.prefix(24)
        guard !others.isEmpty else { return [] }
        return actions.compactMap { action in
            guard channels[action].moves >= 20 else { return nil }
            var rows: [(regressors: [Double], move: Double)] = []
            for episode in log.episodes where rows.count < 4000 && episode.count > 5 {
                let count = min(episode.count, 4004 - rows.count)
                let regressors = others.map { normalised(episode, $0, count) }
                let values = normalised(episode, action, count)
                for t in 4..<count {
                    var row = [values[t - 1], values[t - 2], values[t - 3], values[t - 4], 1]
                    for series in regressors { row += [series[t], series[t - 1], series[t - 2]] }
                    rows.append((row, values[t] - values[t - 1]))
                }
            }
            rows = withoutJumps(rows)
            var fit = LinearFit(size: 3 * others.count + 5)
            var alone = LinearFit(size: 5)
            for row in rows {
                fit.add(row.regressors, target: row.move)
                alone.add(Array(row.regressors[..<5]), target: row.move)
            }
            guard let share = fit.explainedShare(), share > 0.95 else { return nil }
            let own = max(0, alone.explainedShare() ?? 0)
            guard 1 - share < 0.1 * (1 - own) else { return nil }
            let name = log.channels[action].name
            return LogWarning(
                .closedLoop, [name],
                "\(name) only follows the observations (\(percent(share)) of its moves are told by them): closed-loop "
                    + "data; a model may mistake the controller for the plant, so add steps of its own")
        }
    }

    /// Rows without the fiftieth part that a fit to all misses most: a controller jumps with its set point, which may
    /// not be in the log.
    private func withoutJumps(
        _ rows: [(regressors: [Double], move: Double)]
    ) -> [(regressors: [Double], move: Double)] {
        var fit = LinearFit(size: rows.first?.regressors.count ?? 0)
        for row in rows { fit.add(row.regressors, target: row.move) }
        guard let solution = fit.solve() else { return rows }
        let misses = rows.map { row in abs(row.move - zip(row.regressors, solution).reduce(0) { $0 + $1.0 * $1.1 }) }
        let limit = misses.filter { !$0.isNaN }.sorted().dropLast(rows.count / 50).last ?? .infinity
        return zip(rows, misses).filter { $0.1 <= limit }.map(\.0)
    }

    /// The first rows of a channel with mean 0 and deviation 1 over the log.
    private func normalised(_ episode: Episode, _ channel: Int, _ rows: Int) -> [Double] {
        let (mean, deviation) = (channels[channel].mean ?? 0, max(channels[channel].deviation ?? 1, 1e-300))
        return (0..<rows).map { (episode[$0, channel] - mean) / deviation }
    }
}
