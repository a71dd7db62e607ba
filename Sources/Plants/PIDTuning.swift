import Episodes

extension PIDSettings {
    /// The settings that the SIMC rule gives for a first-order process with dead time, with half a sampling period
    /// added to the dead time for the hold.
    ///
    /// `τc = θ`, `K = τ / (k·(τc + θ))`, `Ti = min(τ, 4·(τc + θ))`, no derivative (Skogestad, "Simple analytic rules
    /// for model reduction and PID controller tuning", Journal of Process Control 2003,
    /// https://doi.org/10.1016/S0959-1524(02)00062-8).
    public static func simc(_ model: ProcessModel, samplingTime: Double) -> PIDSettings {
        let delay = model.delay + samplingTime / 2
        let closed = 2 * delay
        return PIDSettings(
            gain: model.timeConstant / (model.gain * closed), integralTime: min(model.timeConstant, 4 * closed))
    }
}

extension ControlTask {
    /// Which action each target is given to.
    ///
    /// The pairing with relative gains nearest 1 where there are two targets and two actions, else the action with the
    /// strongest answer for its range. For the four tanks h3 answers only v2 and h4 only v1 (relative gains of exactly
    /// 1), since each pump feeds the upper tank of the other side; for the heater lab T1 goes to Q1 and T2 to Q2.
    public func pairings(around point: [Double]? = nil) -> [(output: Int, action: Int, model: ProcessModel)] {
        let models = targets.map { target in
            plant.actionChannels.indices.map {
                plant.processModel(output: target.output, action: $0, around: point)
            }
        }
        var chosen = targets.indices.map { row in
            plant.actionChannels.indices.max { strength(models[row][$0], $0) < strength(models[row][$1], $1) } ?? 0
        }
        if targets.count == 2, plant.actionChannels.count == 2 {
            let gains = DenseMatrix(models.map { $0.map { $0?.gain ?? 0 } })
            if let relative = relativeGainArray(gains) {
                chosen = abs(relative[0, 0] - 1) <= abs(relative[0, 1] - 1) ? [0, 1] : [1, 0]
            }
        }
        return targets.indices.compactMap { row in
            models[row][chosen[row]].map { (targets[row].output, chosen[row], $0) }
        }
    }

    private func strength(_ model: ProcessModel?, _ action: Int) -> Double {
        let range = plant.actionRange(action)
        return abs(model?.gain ?? 0) * (range.upperBound - range.lowerBound)
    }

    /// One loop per target, tuned by rule from the plant's own step responses around the middle of its actions; the
    /// loops that the task names, where it does.
    public func ruleTunedPID() -> MultiLoopPID {
        if let baselineLoops { return MultiLoopPID(pairings: baselineLoops, for: plant) }
        return MultiLoopPID(
            pairings: pairings().map { pairing in
                .init(
                    output: pairing.output, action: pairing.action,
                    settings: .simc(pairing.model, samplingTime: plant.samplingTime))
            }, for: plant)
    }

    /// What planners are compared with: what is customary on the plant, of several the one that costs least in some episodes, and
    /// loops tuned on these where nothing is.
    ///
    /// - Parameter seeds: The episodes to choose by, other than those of the comparison.
    /// - Returns: The controller with its name; loops are called “tuned PID”.
    public func baseline(seeds: some Collection<UInt64>) -> NamedController {
        guard customary.count > 1 else {
            return customary.first ?? NamedController("tuned PID", tunedPID(seeds: seeds))
        }
        let costs = customary.map { tuningCost($0.controller, seeds: seeds) }
        return customary[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
    }

    /// What holds the plant while a log is made: the customary controller where the task says so, else the loops that it
    /// names.
    var pilot: (any Controller)? {
        if let holder { return holder.controller }
        return baselineLoops == nil ? nil : ruleTunedPID()
    }

    /// The mean cost of a controller over episodes, plus a penalty for crossed limits that outweighs any saving: per
    /// step beyond, 10 and as much again per 1 % of the channel's range in depth.
    public func tuningCost(_ controller: some Controller, seeds: some Sequence<UInt64>) -> Double {
        var sum = 0.0
        var count = 0.0
        for seed in seeds {
            let score = score(run(seed: seed, controller: controller))
            let ranges = limits.map { limit in
                let channel = plant.outputChannels[limit.output]
                return (channel.upperLimit ?? 1) - (channel.lowerLimit ?? 0)
            }
            // A channel with a least value alone may have no width.
            let depth = score.violationDepth / (0.01 * (ranges.filter { $0 > 0 }.max() ?? 1))
            sum += score.cost + 10 * Double(score.violations) + 10 * depth
            count += 1
        }
        return count > 0 ? sum / count : .infinity
    }

    /// The rule-tuned loops, refined by a pattern search on simulated episodes of this task, so that a comparison with
    /// them is fair.
    ///
    /// Every loop's gain, integral time, derivative time and target weight are moved in turn, by factors that shrink
    /// when nothing helps (Hooke and Jeeves, Journal of the ACM 1961, https://doi.org/10.1145/321062.321069). The
    /// seeds must differ from those of the comparison.
    public func tunedPID(seeds: some Collection<UInt64>, rounds: Int = 12) -> MultiLoopPID {
        var best = ruleTunedPID()
        var bestCost = tuningCost(best, seeds: seeds)
        var factor = 1.6
        for _ in 0..<rounds {
            var improved = false
            for loop in best.pairings.indices {
                for variation in PIDVariation.all {
                    for direction in [factor, 1 / factor] {
                        var pairings = best.pairings
                        pairings[loop].settings = variation.apply(
                            pairings[loop].settings, direction, samplingTime: plant.samplingTime)
                        let candidate = MultiLoopPID(pairings: pairings, for: plant)
                        let cost = tuningCost(candidate, seeds: seeds)
                        if cost < bestCost {
                            (best, bestCost, improved) = (candidate, cost, true)
                            break
                        }
                    }
                }
            }
            if !improved { factor = 1 + (factor - 1) / 2 }
            if factor < 1.05 { break }
        }
        return best
    }
}

/// One way to change the settings of a loop.
private enum PIDVariation: CaseIterable {
    case gain, integral, derivative, weight

    static var all: [PIDVariation] { allCases }

    func apply(_ settings: PIDSettings, _ factor: Double, samplingTime: Double) -> PIDSettings {
        var settings = settings
        switch self {
        case .gain: settings.gain *= factor
        case .integral: settings.integralTime *= factor
        case .derivative:
            // From zero, a derivative of one sampling period is the first step.
            let next = (settings.derivativeTime == 0 ? samplingTime / 1.6 : settings.derivativeTime) * factor
            settings.derivativeTime = next < samplingTime / 4 ? 0 : next
        case .weight: settings.targetWeight = min(1, max(0, settings.targetWeight + (factor > 1 ? 1 : -1) * 0.25))
        }
        return settings
    }
}
