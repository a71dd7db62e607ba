extension ElasticProgram {
    /// The greatest part of the changes that leaves everything positive.
    func longest(_ unit: Double) -> Double {
        var part = 1.0
        func keep(_ value: Double, _ change: Double) {
            if change < 0 { part = min(part, -value / change) }
        }
        for index in 0..<variables {
            keep(step[index] - lower[index], change[index])
            keep(upper[index] - step[index], -change[index])
            keep(lowDual[index], lowChange[index])
            keep(highDual[index], highChange[index])
        }
        for row in 0..<rows {
            keep(slack[row], slackChange[row])
            keep(multipliers[row], dualChange[row])
            guard prices[row].isFinite else { continue }
            keep(give[row], giveChange[row])
            keep(prices[row] * unit - multipliers[row], -dualChange[row])
        }
        return part
    }

    func gapAfter(_ part: Double, _ unit: Double) -> Double {
        var gap = 0.0
        for index in 0..<variables {
            let moved = step[index] + part * change[index]
            gap += (lowDual[index] + part * lowChange[index]) * (moved - lower[index])
            gap += (highDual[index] + part * highChange[index]) * (upper[index] - moved)
        }
        for row in 0..<rows {
            let dual = multipliers[row] + part * dualChange[row]
            gap += dual * (slack[row] + part * slackChange[row])
            if prices[row].isFinite { gap += (prices[row] * unit - dual) * (give[row] + part * giveChange[row]) }
        }
        return gap
    }

    mutating func take(_ part: Double) {
        for index in 0..<variables {
            step[index] += part * change[index]
            lowDual[index] += part * lowChange[index]
            highDual[index] += part * highChange[index]
        }
        for row in 0..<rows {
            slack[row] += part * slackChange[row]
            multipliers[row] += part * dualChange[row]
            if prices[row].isFinite { give[row] += part * giveChange[row] }
        }
    }

    mutating func finish(_ scale: Double, _ isSolved: Bool) -> Bool {
        for row in 0..<rows { multipliers[row] *= scale }
        return isSolved && step.allSatisfy(\.isFinite)
    }
}
