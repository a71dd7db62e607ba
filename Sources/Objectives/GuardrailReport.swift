/// What it means that a guardrail holds.
public enum GuardrailPromise: String, Sendable, Codable {
    /// That the prediction keeps it, however wrong that may be.
    case prediction
    /// That every trajectory within the bands keeps it.
    case bands
    /// That its share of the time is kept on average over what may come: see ``ErrorQuantiles``.
    case expectedShare = "expected_share"
}

/// What one trajectory leaves of a guardrail's margin, and where it is least.
public struct GuardrailReport: Sendable, Equatable {
    /// The guardrail as written.
    public var source: String
    /// What it means that it holds.
    public var promise: GuardrailPromise
    /// The unit of the margins: that of the comparison that binds; `nil` when the log does not say.
    public var unit: String?
    /// The margin of the prediction; at least 0 where the guardrail holds. Of a share of the time, with what is predicted taken
    /// for certain.
    public var margin: Double
    /// A lower bound of the margin over all trajectories within the bands, or the expected share less what is asked for, taking what
    /// has no band for certain; `nil` where nothing that it speaks of has one.
    public var guaranteedMargin: Double?
    /// The margin divided by its scale, of the bound where there are bands.
    public var normalisedMargin: Double
    /// When the margin is least, in seconds from now; `nil` when nothing is judged.
    public var worstTime: Double?
    /// The comparison that binds then, as written; `nil` when nothing is judged.
    public var bindingCondition: String?
    /// The margin at the end of each step `[step]`; `nil` where no window looks.
    public var timeline: [Double?]
    /// The bound of the margin at the end of each step; empty without bands.
    public var guaranteedTimeline: [Double?]

    /// Whether the guardrail holds, over all of the bands where there are bands.
    public var holds: Bool { (guaranteedMargin ?? margin) >= 0 }
}

extension CompiledGuardrail {
    /// What one candidate leaves of the margin, instant by instant.
    ///
    /// Of a guardrail on a channel without a band, one of which every half-width is 0, nothing is promised but its prediction; where
    /// others that it speaks of have bands, it is held against these all the same.
    public func report(of batch: TrajectoryBatch, candidate: Int = 0, bands: Bands? = nil) -> GuardrailReport {
        let banded = bands.map { bands in outputs.filter { hasBand($0, in: bands) } } ?? []
        let isCovered = bands != nil && banded.count == outputs.count
        let plain = look(at: batch, candidate, nil)
        let bound = bands.flatMap { isCovered || !banded.isEmpty ? look(at: batch, candidate, $0) : nil }
        let deciding = bound ?? plain
        return GuardrailReport(
            source: guardrail.source, promise: !isCovered ? .prediction : isShare ? .expectedShare : .bands,
            unit: isShare ? unit : deciding.binding.flatMap { atoms[$0.atom].unit } ?? unit,
            margin: plain.margin, guaranteedMargin: bound?.margin, normalisedMargin: deciding.normalised,
            worstTime: deciding.binding.map { Double($0.sample) * context.samplingTime },
            bindingCondition: deciding.binding.map { atoms[$0.atom].text }, timeline: plain.timeline,
            guaranteedTimeline: bound?.timeline ?? [])
    }

    /// Whether bands say of an output how wrong its prediction may be.
    private func hasBand(_ output: Int, in bands: Bands) -> Bool {
        stride(from: output, to: bands.halfWidth.count, by: context.outputs.count).contains { bands.halfWidth[$0] != 0 }
    }

    private struct Look {
        var margin = Double.infinity
        var normalised = Double.infinity
        var binding: (atom: Int, sample: Int)?
        var timeline: [Double?]
    }

    private func look(at batch: TrajectoryBatch, _ candidate: Int, _ bands: Bands?) -> Look {
        var look = Look(timeline: [Double?](repeating: nil, count: batch.horizon))
        guard let formula else { return look }
        let single = batch.extracting(candidate)
        var workspace = ObjectiveWorkspace()
        withBlocks(of: single, bands: bands, formula, &workspace) { _, memory in
            look.margin = Double(margin(0, formula, memory, .physical))
            look.normalised = Double(margin(0, formula, memory, .normalised))
            let timeline = GuardrailTimeline(formula: formula, values: memory.formula)
            if let place = formula.bindingAtom(of: formula.root, at: 0, lane: 0, values: memory.formula) {
                look.binding = (formula.instructions[place.register].b, place.sample)
            }
            for step in look.timeline.indices {
                look.timeline[step] = timeline.margin(formula.root, at: step + 1)?.physical
            }
        }
        return look
    }
}

/// Reads the margin at each instant out of a formula's registers.
private struct GuardrailTimeline {
    typealias Margin = (comparable: Double, physical: Double)

    let formula: FormulaProgram
    let values: UnsafeMutablePointer<Float>

    /// The margin that the root's windows find at a sample, or `nil` where none looks.
    func margin(_ register: Int, at sample: Int) -> Margin? {
        let instruction = formula.instructions[register]
        switch instruction.operation {
        case .atom, .chance, .sum: return instant(register, sample)
        case .share:
            guard instruction.span.samples(from: 0).contains(sample) else { return nil }
            let chance = values[instruction.a * formula.registerSize + sample * FormulaProgram.lanes]
            let margin = Double(FormulaProgram.percent * (chance - instruction.level))
            return (margin, margin)
        case .both:
            return operands(instruction, sample).min { $0.comparable < $1.comparable }
        case .either:
            return operands(instruction, sample).max { $0.comparable < $1.comparable }
        case .always, .eventually:
            return instruction.span.samples(from: 0).contains(sample) ? instant(instruction.a, sample) : nil
        case .until, .release:
            // Until the second comes, the first must hold: at every instant one of them is what counts.
            let window = instruction.span.samples(from: 0)
            let holds = (1..<max(1, window.upperBound - 1)).contains(sample) ? instant(instruction.a, sample) : nil
            let comes = window.contains(sample) ? instant(instruction.b, sample) : nil
            let known = [holds, comes].compactMap { $0 }
            return instruction.operation == .until
                ? known.max { $0.comparable < $1.comparable } : known.min { $0.comparable < $1.comparable }
        }
    }

    private func operands(_ instruction: FormulaProgram.Instruction, _ sample: Int) -> [Margin] {
        formula.operands[instruction.a..<instruction.b].compactMap { margin($0, at: sample) }
    }

    private func instant(_ register: Int, _ sample: Int) -> Margin? {
        let comparable = values[register * formula.registerSize + sample * FormulaProgram.lanes]
        guard let place = formula.bindingAtom(of: register, at: sample, lane: 0, values: values) else { return nil }
        return (Double(comparable), Double(comparable / formula.instructions[place.register].weight))
    }
}

extension TrajectoryBatch {
    /// A batch of one candidate of this one.
    public func extracting(_ candidate: Int) -> TrajectoryBatch {
        precondition((0..<candidates).contains(candidate), "candidate \(candidate) of \(candidates)")
        var single = TrajectoryBatch(
            candidates: 1, horizon: horizon, actionCount: actionCount, outputCount: outputCount)
        func rows(_ values: [Float], _ width: Int) -> [Float] {
            values.isEmpty ? [] : Array(values[candidate * horizon * width..<(candidate + 1) * horizon * width])
        }
        single.actions = rows(actions, actionCount)
        single.outputs = rows(outputs, outputCount)
        single.spread = rows(spread, outputCount)
        single.novelty = rows(novelty, 1)
        return single
    }
}
