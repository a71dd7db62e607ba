#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Smooth semantics for gradients: least and greatest become
///
///     softmin(x) = -τ log Σ exp(-xᵢ/τ),    softmax(x) = τ log Σ exp(xᵢ/τ)
///
/// after Pant, Abbas and Mangharam, "Smooth operator: control using the smooth robustness of temporal logic", CCTA 2017,
/// https://doi.org/10.1109/CCTA.2017.8062628. softmin lies below the least by at most τ log n, softmax as much above
/// the greatest; both are exact as τ → 0.
extension FormulaProgram {
    /// Computes smooth margins where `forward` computes exact ones; `values` must hold those of the atoms already.
    ///
    /// A share of the time is a mean already, and stays what it is.
    func smooth(temperature: Float, values: UnsafeMutablePointer<Float>) {
        guard !isShare else { return }
        for index in instructions.indices where instructions[index].operation != .atom {
            for sample in instructions[index].first...instructions[index].last {
                for lane in 0..<Self.lanes {
                    var log = SoftExtreme(temperature)
                    visit(index, sample, lane, temperature, values) { group in log.add(group.value) }
                    values[place(index, sample, lane)] =
                        outerSign(index) * log.result
                }
            }
        }
    }

    /// Carries the seeds of the verdict to the signals through smooth operators.
    func smoothReverse(
        temperature: Float, seeds: UnsafePointer<Float>, values: UnsafeMutablePointer<Float>,
        adjoint: UnsafeMutablePointer<Float>, signalAdjoint: UnsafeMutablePointer<Float>
    ) {
        guard !isShare else { return }
        for (index, instruction) in instructions.enumerated() {
            let start = index * registerSize + instruction.first * Self.lanes
            let count = (instruction.last - instruction.first + 1) * Self.lanes
            (adjoint + start).update(repeating: 0, count: count)
        }
        for lane in 0..<Self.lanes { adjoint[place(root, 0, lane)] = seeds[lane] }
        for index in instructions.indices.reversed() {
            let instruction = instructions[index]
            for sample in instruction.first...instruction.last {
                for lane in 0..<Self.lanes {
                    let here = place(index, sample, lane)
                    let upstream = adjoint[here]
                    guard upstream != 0 else { continue }
                    if instruction.operation == .atom {
                        let target = instruction.a * registerSize + sample * Self.lanes + lane
                        signalAdjoint[target] += upstream * instruction.weight
                        continue
                    }
                    guard values[here].isFinite else { continue }
                    let total = outerSign(index) * values[here]
                    visit(index, sample, lane, temperature, values) { group in
                        let weight = exp((group.value - total) / temperature)
                        pass(upstream * weight, group, lane, temperature, values, adjoint)
                    }
                }
            }
        }
    }

    /// One operand of an operator's outer extreme, in the sign in which the outer extreme is a greatest. Under `until`
    /// it is itself an extreme over `comes` at one sample and `holds` from `from` to before it.
    private struct Group {
        var value: Float
        var register: Int
        var sample: Int
        var holds: (register: Int, from: Int)?
        var sign: Float
    }

    private func place(_ register: Int, _ sample: Int, _ lane: Int) -> Int {
        register * registerSize + sample * Self.lanes + lane
    }

    /// +1 where the outer extreme is a greatest, -1 where it is a least.
    private func outerSign(_ index: Int) -> Float {
        switch instructions[index].operation {
        case .either, .eventually, .until: 1
        case .atom, .both, .always, .release, .share, .chance, .sum: -1
        }
    }

    private func visit(
        _ index: Int, _ sample: Int, _ lane: Int, _ temperature: Float, _ values: UnsafeMutablePointer<Float>,
        _ body: (Group) -> Void
    ) {
        let instruction = instructions[index]
        let sign = outerSign(index)
        func simple(_ register: Int, _ sample: Int) {
            let value = sign * values[place(register, sample, lane)]
            body(Group(value: value, register: register, sample: sample, holds: nil, sign: sign))
        }
        switch instruction.operation {
        case .atom, .share, .chance, .sum: break
        case .both, .either: for operand in operands[instruction.a..<instruction.b] { simple(operand, sample) }
        case .always, .eventually:
            for inside in instruction.span.samples(from: sample) { simple(instruction.a, inside) }
        case .until, .release:
            let window = instruction.span.samples(from: sample)
            guard !window.isEmpty else { return }
            let from = max(1, sample)
            var running = SoftExtreme(temperature)
            for inside in from..<window.upperBound {
                if inside >= window.lowerBound {
                    var both = running
                    both.add(-sign * values[place(instruction.b, inside, lane)])
                    body(
                        Group(
                            value: -both.result, register: instruction.b, sample: inside,
                            holds: (instruction.a, from), sign: sign))
                }
                if inside + 1 < window.upperBound {
                    running.add(-sign * values[place(instruction.a, inside, lane)])
                }
            }
        }
    }

    private func pass(
        _ upstream: Float, _ group: Group, _ lane: Int, _ temperature: Float, _ values: UnsafeMutablePointer<Float>,
        _ adjoint: UnsafeMutablePointer<Float>
    ) {
        let here = place(group.register, group.sample, lane)
        guard let holds = group.holds else { return adjoint[here] += upstream }
        guard group.value.isFinite else { return }
        adjoint[here] += upstream * exp((group.value - group.sign * values[here]) / temperature)
        for inside in holds.from..<group.sample {
            let before = place(holds.register, inside, lane)
            adjoint[before] += upstream * exp((group.value - group.sign * values[before]) / temperature)
        }
    }
}

/// A running `τ log Σ exp(xᵢ/τ)` that doesn't overflow.
private struct SoftExtreme {
    private let temperature: Float
    private var greatest = -Float.infinity
    private var sum: Float = 0

    init(_ temperature: Float) { self.temperature = temperature }

    mutating func add(_ value: Float) {
        if value > greatest {
            // From -∞ the old sum is empty, and ∞ - ∞ must not be asked for.
            if greatest > -.infinity && value < .infinity { sum *= exp((greatest - value) / temperature) }
            greatest = value
            sum += 1
        } else if value > -.infinity && greatest < .infinity {
            sum += exp((value - greatest) / temperature)
        }
    }

    var result: Float { greatest.isFinite ? greatest + temperature * log(sum) : greatest }
}
