/// Shares of time: expected values in place of least and greatest ones.
extension FormulaProgram {
    /// What margins of shares are told in.
    static let percent: Float = 100

    /// Computes the registers of one instruction of a share.
    ///
    /// That all of n conditions hold is at least as likely as `1 - Σ (1 - pᵢ)`, exactly so where no two can fail at once, as both
    /// sides of a band; that one does, as the likeliest. So the share is never promised too high.
    func share(
        _ index: Int, _ plain: UnsafePointer<Float>, _ table: ChanceTable?, _ values: UnsafeMutablePointer<Float>
    ) {
        let instruction = instructions[index]
        let (size, lanes) = (registerSize, Self.lanes)
        let register = values + index * size
        switch instruction.operation {
        case .chance:
            for sample in instruction.first...instruction.last {
                for i in sample * lanes..<(sample + 1) * lanes {
                    let margin = plain[instruction.a * size + i]
                    if let table, sample > 0, margin.isFinite {
                        register[i] = 1 - table.below(-margin, step: sample - 1).probability
                    } else {
                        register[i] = margin >= 0 ? 1 : 0
                    }
                }
            }
        case .sum:
            let parts = operands[instruction.a..<instruction.b]
            for i in instruction.first * lanes..<(instruction.last + 1) * lanes {
                register[i] = 1 - parts.reduce(0) { $0 + 1 - values[$1 * size + i] }
            }
        default:
            let window = instruction.span.samples(from: 0)
            for lane in 0..<lanes {
                let total = window.reduce(Float(0)) { $0 + values[instruction.a * size + $1 * lanes + lane] }
                register[lane] = Self.percent * (total / Float(max(1, window.count)) - instruction.level)
            }
        }
    }

    /// Carries the seed of a share to the signals: each step adds its part.
    func shareReverse(
        seeds: UnsafePointer<Float>, plain: UnsafePointer<Float>, chances: ChanceTables,
        values: UnsafePointer<Float>, signalAdjoint: UnsafeMutablePointer<Float>
    ) {
        let share = instructions[root]
        let window = share.span.samples(from: 0)
        func spread(_ register: Int, _ place: Int, _ seed: Float) {
            let instruction = instructions[register]
            switch instruction.operation {
            case .chance:
                guard let table = chances[register] else { return }
                let source = instruction.a * registerSize + place
                let density = table.below(-plain[source], step: place / Self.lanes - 1).density
                // Where errors are known to be none the density has no end, and no slope is of use.
                if density.isFinite { signalAdjoint[source] += seed * density }
            case .sum: for operand in operands[instruction.a..<instruction.b] { spread(operand, place, seed) }
            default:
                let likeliest = operands[instruction.a..<instruction.b].max {
                    values[$0 * registerSize + place] < values[$1 * registerSize + place]
                }
                if let likeliest { spread(likeliest, place, seed) }
            }
        }
        for lane in 0..<Self.lanes where seeds[lane] != 0 {
            let part = seeds[lane] * Self.percent / Float(max(1, window.count))
            for sample in window { spread(share.a, sample * Self.lanes + lane, part) }
        }
    }
}
