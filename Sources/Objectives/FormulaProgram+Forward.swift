extension FormulaProgram {
    /// Computes the margins of all operators from those of the atoms.
    ///
    /// - Parameters:
    ///   - signals: Registers of the signals: values, or lower bounds for a robust verdict. Since `not` stands at the
    ///     atoms, every operator is monotone, and lower bounds of atoms give a lower bound of the verdict.
    ///   - plain: Registers of the signals' values, which chances are judged from.
    ///   - chances: How likely errors are, by instruction; what has none is taken for certain.
    ///   - values: Registers of the formula.
    func forward(
        signals: UnsafePointer<Float>, plain: UnsafePointer<Float>, chances: ChanceTables = [:],
        values: UnsafeMutablePointer<Float>
    ) {
        let size = registerSize
        let lanes = Self.lanes
        for (index, instruction) in instructions.enumerated() {
            let start = instruction.first * lanes
            let count = (instruction.last - instruction.first + 1) * lanes
            let register = values + index * size
            let out = register + start
            switch instruction.operation {
            case .atom:
                let source = signals + (instruction.a * size + start)
                let weight = instruction.weight
                for i in 0..<count {
                    let margin = source[i] * weight
                    // What is not a number can't be relied on.
                    out[i] = margin - margin == 0 ? margin : -.infinity
                }
            case .both, .either:
                out.update(from: values + (operands[instruction.a] * size + start), count: count)
                for operand in operands[instruction.a + 1..<instruction.b] {
                    Self.fold(instruction.operation == .both, values + (operand * size + start), into: out, count)
                }
            case .always, .eventually:
                let isLeast = instruction.operation == .always
                let inner = values + instruction.a * size
                for sample in instruction.first...instruction.last {
                    let target = register + sample * lanes
                    target.update(repeating: isLeast ? .infinity : -.infinity, count: lanes)
                    for inside in instruction.span.samples(from: sample) {
                        Self.fold(isLeast, inner + inside * lanes, into: target, lanes)
                    }
                }
            case .until, .release: until(instruction, values, register)
            case .share, .chance, .sum: share(index, plain, chances[index], values)
            }
        }
    }

    /// `into = min(into, from)`, or the greatest.
    @inline(__always)
    static func fold(
        _ isLeast: Bool, _ from: UnsafeMutablePointer<Float>, into: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        if isLeast {
            for i in 0..<count { into[i] = from[i] < into[i] ? from[i] : into[i] }
        } else {
            for i in 0..<count { into[i] = from[i] > into[i] ? from[i] : into[i] }
        }
    }

    private func until(
        _ instruction: Instruction, _ values: UnsafeMutablePointer<Float>, _ register: UnsafeMutablePointer<Float>
    ) {
        let lanes = Self.lanes
        // `release` is `until` seen through a mirror: least and greatest change places.
        let isUntil = instruction.operation == .until
        let holds = values + instruction.a * registerSize
        let comes = values + instruction.b * registerSize
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * lanes) { buffer in
            guard let running = buffer.baseAddress else { return }
            let both = running + lanes
            for sample in instruction.first...instruction.last {
                let target = register + sample * lanes
                target.update(repeating: isUntil ? -.infinity : .infinity, count: lanes)
                running.update(repeating: isUntil ? .infinity : -.infinity, count: lanes)
                let window = instruction.span.samples(from: sample)
                guard !window.isEmpty else { continue }
                for inside in max(1, sample)..<window.upperBound {
                    if inside >= window.lowerBound {
                        both.update(from: running, count: lanes)
                        Self.fold(isUntil, comes + inside * lanes, into: both, lanes)
                        Self.fold(!isUntil, both, into: target, lanes)
                    }
                    if inside + 1 < window.upperBound {
                        Self.fold(isUntil, holds + inside * lanes, into: running, lanes)
                    }
                }
            }
        }
    }
}
