extension FormulaProgram {
    /// The operand that decides an operator at one sample: the taken branch of least and greatest.
    struct Choice {
        var register: Int
        var sample: Int
    }

    /// What decides the value of a register at a sample, or `nil` at an atom and over an empty window.
    func choice(_ register: Int, _ sample: Int, lane: Int, values: UnsafePointer<Float>) -> Choice? {
        let instruction = instructions[register]
        func value(_ register: Int, _ sample: Int) -> Float {
            values[register * registerSize + sample * Self.lanes + lane]
        }
        var best: (choice: Choice, value: Float)?
        func offer(_ register: Int, _ sample: Int, least: Bool) {
            let candidate = value(register, sample)
            if let known = best, least ? candidate >= known.value : candidate <= known.value { return }
            best = (Choice(register: register, sample: sample), candidate)
        }
        switch instruction.operation {
        case .atom, .chance: return nil
        case .both, .either, .sum:
            for operand in operands[instruction.a..<instruction.b] {
                offer(operand, sample, least: instruction.operation != .either)
            }
        case .always, .eventually, .share:
            for inside in instruction.span.samples(from: sample) {
                offer(instruction.a, inside, least: instruction.operation != .eventually)
            }
        case .until, .release:
            return untilChoice(instruction, sample, value)
        }
        return best?.choice
    }

    private func untilChoice(
        _ instruction: Instruction, _ sample: Int, _ value: (Int, Int) -> Float
    ) -> Choice? {
        let isUntil = instruction.operation == .until
        func precedes(_ x: Float, _ y: Float) -> Bool { isUntil ? x < y : x > y }
        let window = instruction.span.samples(from: sample)
        guard !window.isEmpty else { return nil }
        var running: (choice: Choice, value: Float)?
        var best: (choice: Choice, value: Float)?
        for inside in max(1, sample)..<window.upperBound {
            if inside >= window.lowerBound {
                var here = (
                    choice: Choice(register: instruction.b, sample: inside), value: value(instruction.b, inside)
                )
                if let running, precedes(running.value, here.value) { here = running }
                if best.map({ precedes($0.value, here.value) }) ?? true { best = here }
            }
            guard inside + 1 < window.upperBound else { break }
            let holds = value(instruction.a, inside)
            if running.map({ precedes(holds, $0.value) }) ?? true {
                running = (Choice(register: instruction.a, sample: inside), holds)
            }
        }
        return best?.choice
    }

    /// The atom that binds a register at a sample: its instruction and sample; of a share the one that is least likely to hold.
    func bindingAtom(
        of register: Int, at sample: Int, lane: Int, values: UnsafePointer<Float>
    ) -> Choice? {
        var place = Choice(register: register, sample: sample)
        while ![.atom, .chance].contains(instructions[place.register].operation) {
            guard let next = choice(place.register, place.sample, lane: lane, values: values) else { return nil }
            place = next
        }
        return place
    }

    /// Carries the adjoints of the verdict to the signals: each lane's seed goes down to the one atom that binds it.
    func reverse(
        seeds: UnsafePointer<Float>, values: UnsafePointer<Float>, signalAdjoint: UnsafeMutablePointer<Float>
    ) {
        for lane in 0..<Self.lanes where seeds[lane] != 0 {
            guard let place = bindingAtom(of: root, at: 0, lane: lane, values: values) else { continue }
            let atom = instructions[place.register]
            let target = atom.a * registerSize + place.sample * Self.lanes + lane
            signalAdjoint[target] += seeds[lane] * atom.weight
        }
    }
}
