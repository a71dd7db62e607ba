/// How good one episode was.
public struct ControlScore: Sendable, Hashable, Codable {
    /// The cost: squared scaled deviations from the targets plus squared moves and levels, summed over the steps that
    /// count.
    public var cost: Double
    /// The steps in which a limit was crossed by the true outputs.
    public var violations: Int
    /// The greatest distance beyond a limit, in the unit of the output.
    public var violationDepth: Double
    /// The time beyond a limit, s.
    public var violationSeconds: Double
    /// The share of the steps in which every band that had to be held was held; 1 where none had to be.
    public var held: Double
    /// Whether every band was held whenever it had to be and no limit was crossed, or no more often than the task allows.
    public var success: Bool
}

extension ControlTask {
    /// The score of an episode.
    public func score(_ record: ControlRecord) -> ControlScore {
        score(outputs: record.outputs, actions: record.actions, startAction: record.startAction)
    }

    /// The score of true outputs, row-major `[step, output]`, under actions, row-major `[step, action]`.
    public func score(outputs: [Double], actions: [Double], startAction: [Double]) -> ControlScore {
        let rows = plant.outputChannels.count
        let width = plant.actionChannels.count
        precondition(outputs.count == steps * rows && actions.count == steps * width, "an episode of another length")
        var cost = 0.0
        var violations = 0
        var depth = 0.0
        var due = 0
        var kept = 0
        for step in 0..<steps {
            let row = Array(outputs[(step * rows)..<((step + 1) * rows)])
            if step >= freeSteps { cost += stepCost(row, actions, startAction, step) }
            let beyond = limits.map { limit in
                max((limit.lower ?? -.infinity) - row[limit.output], row[limit.output] - (limit.upper ?? .infinity), 0)
            }
            let worst = beyond.max() ?? 0
            // A plant that is lost, whose values are no numbers, keeps no limit.
            if worst > 0 || row.contains(where: { !$0.isFinite }) { violations += 1 }
            if worst.isFinite { depth = max(depth, worst) }
            let checked = targets.filter { mustHold($0, at: step) }
            guard !checked.isEmpty else { continue }
            due += 1
            let values = reference(at: step)
            if checked.allSatisfy({ abs(row[$0.output] - (values[$0.output] ?? .nan)) <= $0.band }) { kept += 1 }
        }
        return ControlScore(
            cost: cost, violations: violations, violationDepth: depth,
            violationSeconds: Double(violations) * plant.samplingTime,
            held: due == 0 ? 1 : Double(kept) / Double(due), success: kept == due && violations <= allowedViolations)
    }

    /// Whether a limit was crossed by the true outputs, `[step]`, or the plant was lost.
    public func isBeyondLimit(_ record: ControlRecord) -> [Bool] {
        let rows = plant.outputChannels.count
        return (0..<steps).map { step in
            let row = Array(record.outputs[step * rows..<(step + 1) * rows])
            return !row.allSatisfy(\.isFinite)
                || limits.contains { limit in
                    row[limit.output] > limit.upper ?? .infinity || row[limit.output] < limit.lower ?? -.infinity
                }
        }
    }

    private func stepCost(_ row: [Double], _ actions: [Double], _ startAction: [Double], _ step: Int) -> Double {
        let width = plant.actionChannels.count
        let values = reference(at: step)
        var cost = 0.0
        for target in targets {
            let error = (row[target.output] - (values[target.output] ?? row[target.output])) / target.scale
            cost += error * error
        }
        for index in 0..<width where moveWeight > 0 {
            let before = step > 0 ? actions[(step - 1) * width + index] : startAction[index]
            let range = plant.actionRange(index)
            let move = (actions[step * width + index] - before) / (range.upperBound - range.lowerBound)
            cost += moveWeight * move * move
        }
        for index in 0..<width where levelWeight > 0 {
            let range = plant.actionRange(index)
            let level = (actions[step * width + index] - range.lowerBound) / (range.upperBound - range.lowerBound)
            cost += levelWeight * level * level
        }
        return cost
    }
}
