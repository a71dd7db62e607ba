extension SignalProgram {
    /// The trajectories of a block of candidates, where they lie in memory.
    struct Block {
        let outputs: UnsafePointer<Float>
        let actions: UnsafePointer<Float>
        /// `nil` when the dynamics have no such notion.
        let novelty: UnsafePointer<Float>?
        /// The first candidate of the block.
        var base: Int
        /// How many candidates it holds, at most `SignalProgram.lanes`.
        var count: Int
    }

    /// Computes every signal.
    ///
    /// Values are registers `[register, sample, lane]`. Poison is, per lane, 0 where all was finite, else `NaN`: a
    /// candidate that holds a `NaN`, or divides by zero, is not to be believed even where `min` or `or` would hide it.
    func forward(_ block: Block, values: UnsafeMutablePointer<Float>, poison: UnsafeMutablePointer<Float>) {
        let size = registerSize
        for lane in 0..<Self.lanes { poison[lane] = 0 }
        for (index, instruction) in instructions.enumerated() {
            let start = instruction.first * Self.lanes
            let count = (instruction.last - instruction.first + 1) * Self.lanes
            let out = values + (index * size + start)
            let a = values + (instruction.a * size + start)
            let b = values + (instruction.b * size + start)
            switch instruction.operation {
            case .output, .action, .novelty: gather(instruction, block, values + index * size, poison)
            case .series: broadcast(instruction, values + index * size)
            case .affine: affine(instruction, values, out, start, count)
            case .product: for i in 0..<count { out[i] = a[i] * b[i] }
            case .quotient:
                for i in 0..<count { out[i] = a[i] / b[i] }
                mark(out, count, poison)
            case .absolute: for i in 0..<count { out[i] = abs(a[i]) }
            case .minimum: for i in 0..<count { out[i] = a[i] <= b[i] ? a[i] : b[i] }
            case .maximum: for i in 0..<count { out[i] = a[i] >= b[i] ? a[i] : b[i] }
            case .rate: rate(instruction, values + instruction.a * size, values + index * size)
            }
        }
    }

    /// Copies one channel into a register, lane by lane; lanes without a candidate repeat the last one.
    func gather(
        _ instruction: Instruction, _ block: Block, _ register: UnsafeMutablePointer<Float>,
        _ poison: UnsafeMutablePointer<Float>
    ) {
        let lanes = Self.lanes
        let horizon = samples - 1
        let channel = instruction.a
        var source: UnsafePointer<Float>?
        var channels = 1
        var now: Float = 0
        switch instruction.operation {
        case .output: (source, channels, now) = (block.outputs + channel, outputCount, initialOutputs[channel])
        case .action: (source, channels, now) = (block.actions + channel, actionCount, previousActions[channel])
        default: source = block.novelty
        }
        if instruction.first == 0 { for lane in 0..<lanes { register[lane] = now } }
        let first = max(1, instruction.first)
        guard first <= instruction.last else { return }
        let needed = first...instruction.last
        guard let source else {
            (register + first * lanes).update(repeating: .nan, count: needed.count * lanes)
            for lane in 0..<lanes { poison[lane] = .nan }
            return
        }
        let (start, row) = (source + block.base * horizon * channels, horizon * channels)
        if block.count == lanes {
            for sample in needed {
                let (from, to) = (start + (sample - 1) &* channels, register + sample &* lanes)
                for lane in 0..<lanes { to[lane] = from[lane &* row] }
            }
        } else {
            for lane in 0..<lanes {
                let from = start + min(lane, block.count - 1) * row
                for sample in needed { register[sample * lanes + lane] = from[(sample - 1) * channels] }
            }
        }
        for sample in needed {
            // What is not finite becomes NaN, anything else 0.
            for lane in 0..<lanes { poison[lane] += register[sample &* lanes &+ lane] * 0 }
        }
    }

    /// Fills a register with a series, the same in every lane.
    func broadcast(_ instruction: Instruction, _ register: UnsafeMutablePointer<Float>) {
        for sample in instruction.first...instruction.last {
            let value = seriesValues[instruction.a + sample]
            for lane in 0..<Self.lanes { register[sample * Self.lanes + lane] = value }
        }
    }

    private func affine(
        _ instruction: Instruction, _ values: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>,
        _ start: Int, _ count: Int
    ) {
        let constant = instruction.constant
        guard instruction.a < instruction.b else { return out.update(repeating: constant, count: count) }
        let head = terms[instruction.a]
        let first = UnsafePointer(values + (head.register * registerSize + start))
        for i in 0..<count { out[i] = constant + head.weight * first[i] }
        for index in instruction.a + 1..<instruction.b {
            let term = terms[index]
            let next = UnsafePointer(values + (term.register * registerSize + start))
            for i in 0..<count { out[i] += term.weight * next[i] }
        }
    }

    private func rate(
        _ instruction: Instruction, _ register: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        let lanes = Self.lanes
        if instruction.first == 0 { for lane in 0..<lanes { out[lane] = 0 } }
        let first = max(1, instruction.first)
        guard first <= instruction.last else { return }
        for i in first * lanes..<(instruction.last + 1) * lanes {
            out[i] = (register[i] - register[i - lanes]) / samplingTime
        }
    }

    private func mark(_ values: UnsafeMutablePointer<Float>, _ count: Int, _ poison: UnsafeMutablePointer<Float>) {
        for i in 0..<count { poison[i % Self.lanes] += values[i] * 0 }
    }
}
