extension SignalProgram {
    /// Computes for every signal an interval that holds its value for every trajectory inside the bands.
    ///
    /// Interval arithmetic after Moore, "Interval Analysis", 1966; linear expressions are exact, others may be wider
    /// than need be. Bounds are sound up to the rounding of single precision.
    ///
    /// Half-widths are `[step, output]`, and so is how far the middles of bands lie above the predictions, where they do; bounds are registers `[register, sample, lane]`; poison is, per lane, `NaN` where
    /// something was not finite or a divisor may be zero.
    func interval(
        _ block: Block, halfWidth: UnsafePointer<Float>, shift: UnsafePointer<Float>?, low: UnsafeMutablePointer<Float>,
        high: UnsafeMutablePointer<Float>, poison: UnsafeMutablePointer<Float>
    ) {
        let size = registerSize
        for lane in 0..<Self.lanes { poison[lane] = 0 }
        for (index, instruction) in instructions.enumerated() {
            let start = instruction.first * Self.lanes
            let count = (instruction.last - instruction.first + 1) * Self.lanes
            let (outLow, outHigh) = (low + (index * size + start), high + (index * size + start))
            let (aLow, aHigh) = (low + (instruction.a * size + start), high + (instruction.a * size + start))
            let (bLow, bHigh) = (low + (instruction.b * size + start), high + (instruction.b * size + start))
            switch instruction.operation {
            case .output, .action, .novelty:
                gather(instruction, block, low + index * size, poison)
                outHigh.update(from: outLow, count: count)
                if instruction.operation == .output {
                    widen(instruction, halfWidth, shift, low + index * size, high + index * size, poison)
                }
            case .series:
                broadcast(instruction, low + index * size)
                outHigh.update(from: outLow, count: count)
            case .affine: affineInterval(instruction, low, high, start, count, index)
            case .product where instruction.a == instruction.b:
                // A square knows that its factors move together.
                for i in 0..<count {
                    let (x, y) = (aLow[i] * aLow[i], aHigh[i] * aHigh[i])
                    outLow[i] = aLow[i] <= 0 && aHigh[i] >= 0 ? 0 : min(x, y)
                    outHigh[i] = max(x, y)
                }
            case .product:
                for i in 0..<count {
                    (outLow[i], outHigh[i]) = Self.product(aLow[i], aHigh[i], bLow[i], bHigh[i])
                }
            case .quotient:
                for i in 0..<count {
                    if !(bLow[i] > 0 || bHigh[i] < 0) { poison[i % Self.lanes] = .nan }
                    (outLow[i], outHigh[i]) = Self.product(aLow[i], aHigh[i], 1 / bHigh[i], 1 / bLow[i])
                }
            case .absolute:
                for i in 0..<count {
                    let (x, y) = (aLow[i], aHigh[i])
                    outLow[i] = max(0, max(x, -y))
                    outHigh[i] = max(-x, y)
                }
            case .minimum:
                for i in 0..<count { outLow[i] = aLow[i] <= bLow[i] ? aLow[i] : bLow[i] }
                for i in 0..<count { outHigh[i] = aHigh[i] <= bHigh[i] ? aHigh[i] : bHigh[i] }
            case .maximum:
                for i in 0..<count { outLow[i] = aLow[i] >= bLow[i] ? aLow[i] : bLow[i] }
                for i in 0..<count { outHigh[i] = aHigh[i] >= bHigh[i] ? aHigh[i] : bHigh[i] }
            case .rate: rateInterval(instruction, low, high, index)
            }
        }
    }

    private func widen(
        _ instruction: Instruction, _ halfWidth: UnsafePointer<Float>, _ shift: UnsafePointer<Float>?,
        _ low: UnsafeMutablePointer<Float>,
        _ high: UnsafeMutablePointer<Float>, _ poison: UnsafeMutablePointer<Float>
    ) {
        let lanes = Self.lanes
        let first = max(1, instruction.first)
        guard first <= instruction.last else { return }
        for sample in first...instruction.last {
            let place = (sample - 1) * outputCount + instruction.a
            let (half, middle) = (halfWidth[place], shift?[place] ?? 0)
            // A band that is missing or negative promises nothing.
            if !(half >= 0 && half.isFinite) { for lane in 0..<lanes { poison[lane] = .nan } }
            for i in sample * lanes..<(sample + 1) * lanes {
                low[i] += middle - half
                high[i] += middle + half
            }
        }
    }

    private func affineInterval(
        _ instruction: Instruction, _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>,
        _ start: Int, _ count: Int, _ index: Int
    ) {
        let (outLow, outHigh) = (low + (index * registerSize + start), high + (index * registerSize + start))
        outLow.update(repeating: instruction.constant, count: count)
        outHigh.update(repeating: instruction.constant, count: count)
        for term in terms[instruction.a..<instruction.b] {
            let offset = term.register * registerSize + start
            let (down, up) = term.weight > 0 ? (low + offset, high + offset) : (high + offset, low + offset)
            for i in 0..<count { outLow[i] += term.weight * down[i] }
            for i in 0..<count { outHigh[i] += term.weight * up[i] }
        }
    }

    private func rateInterval(
        _ instruction: Instruction, _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>,
        _ index: Int
    ) {
        let lanes = Self.lanes
        let (outLow, outHigh) = (low + index * registerSize, high + index * registerSize)
        let (aLow, aHigh) = (low + instruction.a * registerSize, high + instruction.a * registerSize)
        if instruction.first == 0 {
            outLow.update(repeating: 0, count: lanes)
            outHigh.update(repeating: 0, count: lanes)
        }
        let first = max(1, instruction.first)
        guard first <= instruction.last else { return }
        for i in first * lanes..<(instruction.last + 1) * lanes {
            outLow[i] = (aLow[i] - aHigh[i - lanes]) / samplingTime
            outHigh[i] = (aHigh[i] - aLow[i - lanes]) / samplingTime
        }
    }

    private static func product(_ aLow: Float, _ aHigh: Float, _ bLow: Float, _ bHigh: Float) -> (Float, Float) {
        let (p, q, r, s) = (aLow * bLow, aLow * bHigh, aHigh * bLow, aHigh * bHigh)
        return (min(min(p, q), min(r, s)), max(max(p, q), max(r, s)))
    }
}
