extension SignalProgram {
    /// Sets the adjoints of all needed samples to zero.
    func clear(_ adjoint: UnsafeMutablePointer<Float>) {
        for (index, instruction) in instructions.enumerated() {
            let start = index * registerSize + instruction.first * Self.lanes
            let count = (instruction.last - instruction.first + 1) * Self.lanes
            (adjoint + start).update(repeating: 0, count: count)
        }
    }

    /// Carries adjoints from users back to operands. `min`, `max` and `abs` pass them to the branch that was taken
    /// (a subgradient at ties and kinks).
    func reverse(values: UnsafeMutablePointer<Float>, adjoint: UnsafeMutablePointer<Float>) {
        let size = registerSize
        for index in instructions.indices.reversed() {
            let instruction = instructions[index]
            let start = instruction.first * Self.lanes
            let count = (instruction.last - instruction.first + 1) * Self.lanes
            let own = adjoint + (index * size + start)
            let (a, b) = (instruction.a * size + start, instruction.b * size + start)
            switch instruction.operation {
            case .output, .action, .novelty, .series: break
            case .affine:
                for term in terms[instruction.a..<instruction.b] {
                    let operand = adjoint + (term.register * size + start)
                    for i in 0..<count { operand[i] += term.weight * own[i] }
                }
            case .product:
                // Two loops: both operands may be the same register.
                for i in 0..<count { adjoint[a + i] += own[i] * values[b + i] }
                for i in 0..<count { adjoint[b + i] += own[i] * values[a + i] }
            case .quotient:
                for i in 0..<count { adjoint[a + i] += own[i] / values[b + i] }
                for i in 0..<count {
                    adjoint[b + i] -= own[i] * values[a + i] / (values[b + i] * values[b + i])
                }
            case .absolute:
                for i in 0..<count {
                    let value = values[a + i]
                    adjoint[a + i] += value > 0 ? own[i] : value < 0 ? -own[i] : 0
                }
            case .minimum:
                for i in 0..<count {
                    if values[a + i] <= values[b + i] { adjoint[a + i] += own[i] } else { adjoint[b + i] += own[i] }
                }
            case .maximum:
                for i in 0..<count {
                    if values[a + i] >= values[b + i] { adjoint[a + i] += own[i] } else { adjoint[b + i] += own[i] }
                }
            case .rate: rateReverse(instruction, adjoint + index * size, adjoint + instruction.a * size)
            }
        }
    }

    private func rateReverse(
        _ instruction: Instruction, _ own: UnsafeMutablePointer<Float>, _ operand: UnsafeMutablePointer<Float>
    ) {
        let lanes = Self.lanes
        let first = max(1, instruction.first)
        guard first <= instruction.last else { return }
        for i in first * lanes..<(instruction.last + 1) * lanes { operand[i] += own[i] / samplingTime }
        for i in first * lanes..<(instruction.last + 1) * lanes { operand[i - lanes] -= own[i] / samplingTime }
    }

    /// Adds the adjoints of channels to the gradient of the block's candidates, leaving out poisoned lanes.
    func scatter(
        _ block: Block, adjoint: UnsafeMutablePointer<Float>, poison: UnsafeMutablePointer<Float>,
        outputs: UnsafeMutablePointer<Float>, actions: UnsafeMutablePointer<Float>
    ) {
        let horizon = samples - 1
        for (index, instruction) in instructions.enumerated() {
            let isOutput = instruction.operation == .output
            guard isOutput || instruction.operation == .action else { continue }
            let first = max(1, instruction.first)
            guard first <= instruction.last else { continue }
            let channels = isOutput ? outputCount : actionCount
            let target = (isOutput ? outputs : actions) + instruction.a
            let register = adjoint + index * registerSize
            for lane in 0..<block.count where poison[lane] == 0 {
                let row = target + (block.base + lane) * horizon * channels
                for sample in first...instruction.last {
                    row[(sample - 1) * channels] += register[sample * Self.lanes + lane]
                }
            }
        }
    }
}
