extension ActionSet {
    /// The set tightened by every guardrail that is a limit of single actions at all steps, such as
    /// `always(0 <= Q1 <= 80)` or `rate(Q1) <= 10 %/min`, or joins one to something else by `and`: projection then keeps them
    /// exactly, and a search need not find them. A rate is kept from decision to decision so, where a step is several; rates that are not
    /// are judged at each decision (``CompileOptions/interval``).
    ///
    /// Guardrails that say more are judged with the others all the same, and those that leave nothing of the set are left to that.
    public func tightened(by guardrails: [CompiledGuardrail]) -> ActionSet {
        guardrails.reduce(self) { $1.tightening($0) ?? $0 }
    }
}

extension CompiledGuardrail {
    /// The set with the limits of single actions that this guardrail asks for at all steps, or `nil` when they leave nothing.
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
                guard window.lowerBound == 1, window.upperBound == formula.samples else { continue }
                pending.append(instruction.a)
                isEverywhere.append(true)
            case .atom where everywhere:
                guard tighten(&set, atoms[instruction.b].node) ?? true else { return nil }
            default: continue
            }
        }
        return set
    }

    /// Adds one atom's limit: `weight · signal + constant ≥ 0` for an action or its rate; `nil` for any other.
    private func tighten(_ set: inout ActionSet, _ node: Int) -> Bool? {
        guard let limit = graph.limit(node) else { return nil }
        let value = Float(limit.value)
        switch graph.nodes[limit.node] {
        case .action(let channel):
            // The margin is exactly 0 there (`SignalGraph.exactAtLimit`): what is projected onto a limit keeps it.
            return limit.isUpper ? set.tighten(channel, upper: value) : set.tighten(channel, lower: value)
        case .rate(let inner):
            guard case .action(let channel) = graph.nodes[inner] else { return nil }
            return limit.isUpper ? set.tighten(channel, rise: value) : set.tighten(channel, fall: -value)
        case .absolute(let inner):
            guard limit.isUpper, case .rate(let signal) = graph.nodes[inner],
                case .action(let channel) = graph.nodes[signal]
            else { return nil }
            return set.tighten(channel, rise: value, fall: value)
        default: return nil
        }
    }
}
