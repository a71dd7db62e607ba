import Foundation

/// Tells an on/off controller from someone who switches as they please.
///
/// A thermostat switches where a measurement crosses a threshold; an experiment switches after some time, whatever is
/// measured. So what says best at which rows an action moves is fitted twice: from its level and how long it has had it,
/// and from the measurements before, too (linear discriminants, Fisher 1936). Each says of left-out rows how probable a
/// move is; the area under the curve of hits against false alarms says how well. It is a controller where measurements
/// halve what dwelling leaves open.
///
/// Only measurements of earlier rows count: one of the same row may be what the action did.
struct SwitchingCheck {
    private let log: LoadedLog
    private let scales: [(mean: Double, deviation: Double)]

    private static let folds = 5
    private static let mostRows = 20_000
    /// Moves that tell something.
    private static let leastMoves = 40
    /// Beyond this share of rows an action does not switch, it moves.
    private static let mostMoves = 0.25
    /// The least area under the curve of a controller.
    private static let leastArea = 0.8
    /// What measurements leave open at most of what dwelling alone leaves open.
    private static let openShare = 0.5
    private static let mostChannels = 16

    /// Row by row, what a move may follow from.
    private struct Rows {
        var dwelling: [[Double]] = []
        var measured: [[Double]] = []
        var moves: [Bool] = []
    }

    init(_ log: LoadedLog, _ channels: [ChannelSummary]) {
        self.log = log
        scales = channels.map { ($0.mean ?? 0, max($0.deviation ?? 1, 1e-300)) }
    }

    /// How well left-out moves of an action are told by dwelling alone and by measurements, too; `nil` when it is not
    /// held, or moves too seldom to tell.
    func areas(_ action: Int, by others: [Int]) -> (dwelling: Double, measured: Double)? {
        let rows = rows(action, by: Array(others.prefix(Self.mostChannels)))
        let moves = rows.moves.count { $0 }
        guard moves >= Self.leastMoves, Double(moves) < Self.mostMoves * Double(rows.moves.count),
            let dwelling = area(rows.dwelling, rows.moves), let measured = area(rows.measured, rows.moves)
        else { return nil }
        return (dwelling, measured)
    }

    /// Whether an action is switched by what is measured.
    func isControlled(_ action: Int, by others: [Int]) -> Bool {
        guard let areas = areas(action, by: others) else { return false }
        return areas.measured >= Self.leastArea && 1 - areas.measured < Self.openShare * (1 - areas.dwelling)
    }

    private func rows(_ action: Int, by others: [Int]) -> Rows {
        var result = Rows()
        for episode in log.episodes {
            func value(_ row: Int, _ channel: Int) -> Double {
                (episode[row, channel] - scales[channel].mean) / scales[channel].deviation
            }
            var dwell = 1.0
            for row in stride(from: 2, to: episode.count, by: 1) where result.moves.count < Self.mostRows {
                let level = value(row - 1, action)
                let hasMoved = value(row, action) != level
                let held = [1, level, 1 / dwell, log1p(dwell), level * log1p(dwell)]
                let seen = others.flatMap { [value(row - 1, $0), value(row - 1, $0) - value(row - 2, $0)] }
                dwell = hasMoved ? 1 : dwell + 1
                guard value(row, action).isFinite, (held + seen).allSatisfy(\.isFinite) else { continue }
                result.dwelling.append(held)
                result.measured.append(held + seen + seen.map { level * $0 })
                result.moves.append(hasMoved)
            }
        }
        return result
    }

    /// The area under the curve of hits against false alarms on left-out fifths.
    private func area(_ regressors: [[Double]], _ moves: [Bool]) -> Double? {
        guard let size = regressors.first?.count else { return nil }
        let count = moves.count
        var scores: [Double] = []
        for fold in 0..<Self.folds {
            let left = (fold * count / Self.folds)..<((fold + 1) * count / Self.folds)
            var fit = LinearFit(size: size)
            for row in 0..<count where !left.contains(row) { fit.add(regressors[row], target: moves[row] ? 1 : 0) }
            guard let solution = fit.solve() else { return nil }
            scores += left.map { row in zip(regressors[row], solution).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        // The rank sum of Mann and Whitney; equal scores do not occur where rows differ, and cancel where they do not.
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let hits = Double(moves.count { $0 })
        let sum = order.enumerated().reduce(0.0) { moves[$1.element] ? $0 + Double($1.offset + 1) : $0 }
        return (sum - hits * (hits + 1) / 2) / (hits * (Double(count) - hits))
    }
}

extension LogChecks {
    /// Actions that are switched by what is measured.
    func switching(except known: Set<String>) -> [LogWarning] {
        let others = log.channels.indices.filter {
            !channels[$0].isConstant && channels[$0].missing < 0.5
        }.sorted { log.channels[$0].role == .observation && log.channels[$1].role != .observation }
        let check = SwitchingCheck(log, channels)
        return log.indices(of: .action).compactMap { action in
            let name = log.channels[action].name
            guard !known.contains(name), channels[action].moves >= 20,
                check.isControlled(action, by: others.filter { $0 != action })
            else { return nil }
            return LogWarning(
                .closedLoop, [name],
                "\(name) is switched by what is measured, as a thermostat switches: closed-loop data; a model may mistake "
                    + "the controller for the plant (and its setpoint for a cause), so add switching at random")
        }
    }
}
