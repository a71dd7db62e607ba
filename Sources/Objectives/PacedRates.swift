/// Rates of actions where a step of the model is several decisions.
///
/// A plan holds an action over a step and changes it as the step begins: within the first decision it goes all the way, in the others it
/// rests. Judged over the step, it would seem to go as many times slower as there are decisions. What limits how fast one action changes,
/// at all steps of the plan, is kept by projection from decision to decision (``ActionSet/tightened(by:)``), and needs no more.
extension ResolvedGuardrail {
    /// The same formula with all other rates of actions judged at each decision: what holds always has to hold both where actions change
    /// and where they rest, and what comes about may do so in either.
    ///
    /// - Parameters:
    ///   - step: What is judged.
    ///   - decisions: So many in a step.
    ///   - horizon: Steps of the plan.
    /// - Returns: The formula.
    mutating func paced(_ step: StepFormula, decisions: Double, horizon: Int) -> StepFormula {
        paced(step, isRoot: true, decisions, 1..<horizon + 1)
    }

    /// A formula of windows; at the root those that hold at all steps, `all`, are told from others.
    private mutating func paced(
        _ step: StepFormula, isRoot: Bool, _ decisions: Double, _ all: Range<Int>
    ) -> StepFormula {
        func body(_ inner: StepFormula, isEverywhere: Bool = false, isEvery: Bool) -> StepFormula {
            let moving = instant(inner, isEverywhere, times: decisions, decisions, all)
            guard hasPace(inner, isEverywhere) else { return moving }
            let resting = instant(inner, isEverywhere, times: 0, decisions, all)
            return isEvery ? .both([moving, resting]) : .either([moving, resting])
        }
        switch step {
        case .atom, .share: return step
        case .both(let parts):
            return .both(changed(parts) { $0.paced($1, isRoot: isRoot, decisions, all) })
        case .either(let parts):
            return .either(changed(parts) { $0.paced($1, isRoot: false, decisions, all) })
        case .always(let span, let inner):
            let isEverywhere = isRoot && span.samples(from: 0) == all
            return .always(span, body(inner, isEverywhere: isEverywhere, isEvery: true))
        case .eventually(let span, let inner): return .eventually(span, body(inner, isEvery: false))
        case .until(let span, let holds, let comes):
            let before = body(holds, isEvery: true)
            return .until(span, before, body(comes, isEvery: false))
        case .release(let span, let holds, let comes):
            let before = body(holds, isEvery: false)
            return .release(span, before, body(comes, isEvery: true))
        }
    }

    /// What is asked of an instant, with rates of actions multiplied by a factor; windows in it are for themselves.
    private mutating func instant(
        _ step: StepFormula, _ isEverywhere: Bool, times factor: Double, _ decisions: Double, _ all: Range<Int>
    ) -> StepFormula {
        switch step {
        case .atom(let index):
            guard isPaced(index, isEverywhere) else { return step }
            var atom = atoms[index]
            atom.node = graph.withActionRates(atom.node, times: factor)
            atoms.append(atom)
            return .atom(atoms.count - 1)
        case .both(let parts):
            return .both(changed(parts) { $0.instant($1, isEverywhere, times: factor, decisions, all) })
        case .either(let parts):
            return .either(changed(parts) { $0.instant($1, false, times: factor, decisions, all) })
        case .always, .eventually, .until, .release, .share: return paced(step, isRoot: false, decisions, all)
        }
    }

    private mutating func changed(
        _ parts: [StepFormula], _ change: (inout ResolvedGuardrail, StepFormula) -> StepFormula
    ) -> [StepFormula] {
        var all: [StepFormula] = []
        for part in parts { all.append(change(&self, part)) }
        return all
    }

    /// Whether what is asked of an instant, windows in it aside, speaks of a rate of actions that nothing else holds.
    private func hasPace(_ step: StepFormula, _ isEverywhere: Bool) -> Bool {
        switch step {
        case .atom(let index): isPaced(index, isEverywhere)
        case .both(let parts): parts.contains { hasPace($0, isEverywhere) }
        case .either(let parts): parts.contains { hasPace($0, false) }
        case .always, .eventually, .until, .release, .share: false
        }
    }

    private func isPaced(_ index: Int, _ isEverywhere: Bool) -> Bool {
        let node = atoms[index].node
        return graph.hasActionRate(node) && !(isEverywhere && graph.limitsRate(node))
    }
}

extension SignalGraph {
    /// A node with the rates of all that is made of actions alone multiplied by a factor.
    mutating func withActionRates(_ index: Int, times factor: Double) -> Int {
        switch nodes[index] {
        case .output, .action, .novelty, .series: return index
        case .rate(let inner): return isDecided(inner) ? scaled(index, by: factor) : index
        case .affine(let terms, let constant):
            var changed: [(weight: Double, node: Int)] = []
            for term in terms {
                changed.append((weight: term.weight, node: withActionRates(term.node, times: factor)))
            }
            return changed.map(\.node) == terms.map(\.node) ? index : affine(changed, constant: constant)
        case .product(let a, let b):
            let (left, right) = (withActionRates(a, times: factor), withActionRates(b, times: factor))
            return left == a && right == b ? index : product(left, right)
        case .quotient(let a, let b):
            let (left, right) = (withActionRates(a, times: factor), withActionRates(b, times: factor))
            return left == a && right == b ? index : quotient(left, right)
        case .absolute(let a):
            let inner = withActionRates(a, times: factor)
            return inner == a ? index : absolute(inner)
        case .minimum(let a, let b):
            let (left, right) = (withActionRates(a, times: factor), withActionRates(b, times: factor))
            return left == a && right == b ? index : minimum(left, right)
        case .maximum(let a, let b):
            let (left, right) = (withActionRates(a, times: factor), withActionRates(b, times: factor))
            return left == a && right == b ? index : maximum(left, right)
        }
    }

    /// Whether a node is made of how fast something changes that is made of actions alone.
    func hasActionRate(_ index: Int) -> Bool {
        reads(index) { if case .rate(let inner) = $0 { isDecided(inner) } else { false } }
    }

    /// Whether a margin is that of a limit on how fast one action changes, which a set of actions can hold.
    func limitsRate(_ index: Int) -> Bool {
        guard let limit = limit(index) else { return false }
        switch nodes[limit.node] {
        case .rate(let inner):
            guard case .action = nodes[inner] else { return false }
            return limit.isUpper ? limit.value >= 0 : limit.value <= 0
        case .absolute(let inner):
            guard case .rate(let signal) = nodes[inner], case .action = nodes[signal] else { return false }
            return limit.isUpper && limit.value >= 0
        default: return false
        }
    }

    /// The signal that a margin of one signal is of, the number at which it is 0, and whether it is so much at most.
    func limit(_ index: Int) -> (node: Int, value: Double, isUpper: Bool)? {
        guard case .affine(let terms, let constant) = nodes[index] else { return (index, 0, false) }
        guard terms.count == 1 else { return nil }
        let (inner, weight) = (terms[0].node, terms[0].weight)
        if constant == 0, case .affine(let distance, let shift) = nodes[inner], distance.count == 1 {
            return (distance[0].node, -shift / distance[0].weight, weight < 0)
        }
        return (inner, -constant / weight, weight < 0)
    }
}
