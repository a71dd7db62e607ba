extension ActionSet {
    /// The set tightened by every guardrail that is a limit of single actions at all steps, such as
    /// `always(0 <= Q1 <= 80)` or `rate(Q1) <= 10 %/min`: projection then keeps them exactly, and a search need not
    /// find them.
    ///
    /// Guardrails that say more, or that leave nothing of the set, are left to be judged with the others.
    public func tightened(by guardrails: [CompiledGuardrail]) -> ActionSet {
        guardrails.reduce(self) { $1.tightening($0) ?? $0 }
    }
}

extension CompiledGuardrail {
    /// The set with this guardrail's limits, or `nil` when the guardrail is not made of such limits alone.
    fileprivate func tightening(_ set: ActionSet) -> ActionSet? {
        guard let formula else { return nil }
        var set = set
        var pending = [formula.root]
        var isEverywhere = [false]
        while let register = pending.popLast(), let everywhere = isEverywhere.popLast() {
            let instruction = formula.instructions[register]
            switch instruction.operation {
            case .both:
                let operands = formula.operands[instruction.a..<instruction.b]
                pending += operands
                isEverywhere += operands.map { _ in everywhere }
            case .always where !everywhere:
                let window = instruction.span.samples(from: 0)
                guard window.lowerBound == 1, window.upperBound == formula.samples else { return nil }
                pending.append(instruction.a)
                isEverywhere.append(true)
            case .atom where everywhere:
                guard tighten(&set, atoms[instruction.b].node) else { return nil }
            default: return nil
            }
        }
        return set
    }

    /// Adds one atom's limit: `weight · signal + constant ≥ 0` for an action or its rate.
    private func tighten(_ set: inout ActionSet, _ node: Int) -> Bool {
        guard let limit = limit(node) else { return false }
        var value = Float(limit.value)
        switch graph.nodes[limit.node] {
        case .action(let channel):
            // As the margin is computed: a limit that is rounded outwards would be broken by what is projected onto it.
            for _ in 0..<8 where Float(limit.constant) + Float(limit.weight) * value < 0 {
                value = limit.isUpper ? value.nextDown : value.nextUp
            }
            return limit.isUpper ? set.tighten(channel, upper: value) : set.tighten(channel, lower: value)
        case .rate(let inner):
            guard case .action(let channel) = graph.nodes[inner] else { return false }
            return limit.isUpper ? set.tighten(channel, rise: value) : set.tighten(channel, fall: -value)
        case .absolute(let inner):
            guard limit.isUpper, case .rate(let signal) = graph.nodes[inner],
                case .action(let channel) = graph.nodes[signal]
            else { return false }
            return set.tighten(channel, rise: value, fall: value)
        default: return false
        }
    }

    private func limit(
        _ node: Int
    ) -> (node: Int, value: Double, isUpper: Bool, weight: Double, constant: Double)? {
        guard case .affine(let terms, let constant) = graph.nodes[node] else {
            return (node, 0, false, 1, 0)
        }
        guard terms.count == 1 else { return nil }
        let weight = terms[0].weight
        return (terms[0].node, -constant / weight, weight < 0, weight, constant)
    }
}
