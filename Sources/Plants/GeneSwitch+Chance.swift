import Basics

extension GeneSwitch {
    /// One sampling period of one cell, molecule by molecule.
    ///
    /// The direct method: the time to the next event is exponential with the sum of all rates, the event is drawn in
    /// proportion to them (D. T. Gillespie, "Exact stochastic simulation of coupled chemical reactions", Journal of
    /// Physical Chemistry 1977, https://doi.org/10.1021/j100540a008). IPTG within is not counted in molecules: it follows
    /// the medium exactly, in steps of at most half a minute within which the rates of transcription see its mean.
    ///
    /// - Parameters:
    ///   - state: The state; counts are rounded to whole molecules.
    ///   - action: The inducers in the medium.
    ///   - seed: Decides the events.
    /// - Returns: The state one sampling period later.
    func chanceStep(_ state: [Double], action: [Double], seed: UInt64) -> [Double] {
        precondition(action.count == 2, "\(name) takes 2 actions")
        var generator = SeededGenerator(seed: seed, stream: 6)
        var counts = state[..<4].map { max(0, $0.rounded()) }
        var iptg = state[4]
        let minutes = samplingTime / 60 / Double(subSteps)
        let kept = exponential(-Rates.exchange * minutes)
        // The mean of an exponential approach over the step.
        let share = (1 - kept) / (Rates.exchange * minutes)
        for _ in 0..<subSteps {
            let mean = action[1] + (iptg - action[1]) * share
            advance(&counts, aTc: action[0], iptg: mean, minutes: minutes, using: &generator)
            iptg = action[1] + (iptg - action[1]) * kept
        }
        return counts + [iptg]
    }

    /// Events until some minutes have passed: the four kinds of molecule are made, then lost.
    private func advance(
        _ counts: inout [Double], aTc: Double, iptg: Double, minutes: Double, using generator: inout SeededGenerator
    ) {
        var time = 0.0
        while true {
            let made = transcription(
                lacI: RealNumber(counts[2]), tetR: RealNumber(counts[3]), aTc: RealNumber(aTc),
                iptg: RealNumber(iptg))
            let rates = (
                made.lacI.value, made.tetR.value, counts[0] * Rates.lacI, counts[1] * Rates.tetR,
                counts[0] * Rates.messengerLoss, counts[1] * Rates.messengerLoss, counts[2] * Rates.proteinLoss,
                counts[3] * Rates.proteinLoss
            )
            let births = rates.0 + rates.1 + rates.2 + rates.3
            let total = births + rates.4 + rates.5 + rates.6 + rates.7
            time -= logarithm(1 - generator.uniform()) / total
            guard time < minutes else { return }
            let draw = generator.uniform() * total
            if draw < births {
                let kind = Self.choice(draw, rates.0, rates.1, rates.2)
                counts[kind] += 1
            } else {
                let kind = Self.choice(draw - births, rates.4, rates.5, rates.6)
                counts[kind] = max(0, counts[kind] - 1)
            }
        }
    }

    /// Which of four rates a draw falls into.
    private static func choice(_ draw: Double, _ a: Double, _ b: Double, _ c: Double) -> Int {
        draw < a ? 0 : draw < a + b ? 1 : draw < a + b + c ? 2 : 3
    }
}
