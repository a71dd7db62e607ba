import Basics
import Episodes

/// In what a margin is told.
public enum MarginUnits: Sendable {
    /// In the unit of the comparison that binds, as people read it.
    case physical
    /// Divided by the scale of the comparison that binds, so that margins of different units compare and add.
    case normalised
}

/// A guardrail made ready for one context: evaluates margins of whole batches.
///
/// A margin is at least 0 where the guardrail holds; its size is how far the binding comparison is from its limit, or the
/// expected share of the time from what is asked for, in percent. A candidate whose channels are not finite has the margin -∞.
public struct CompiledGuardrail: Sendable {
    /// The guardrail as written.
    public let guardrail: Guardrail
    /// What should be known before relying on it: clipped windows, a violation now.
    public let warnings: [ObjectiveWarning]
    /// The margin now, before any action, in the unit of the binding comparison; `nil` when the guardrail says nothing
    /// of now, or only of actions, which the plan decides, and of rates, which one instant does not tell. Negative means that it is
    /// violated already.
    public let startMargin: Double?
    /// The unit of margins when all comparisons share one.
    public let unit: String?
    /// Whether it asks the same of every instant from now on and nothing to come about, as `always(T1 <= 55)` and
    /// `always(valve >= 1 implies always[0, 60](T1 <= 40))` do and `eventually(…)` or `always[5 min, end](…)` do not; or is what an
    /// instant has asked so of a window (``CompileOptions/owed``).
    public let isLimit: Bool
    /// Whether each instant by itself can break it, as one beyond `always(T1 <= 55)` does: of `eventually(…)` or a share of the time
    /// no single instant is to blame.
    public let bindsThroughout: Bool

    let signals: SignalProgram
    /// `nil` when no window lies inside the horizon: then everything holds.
    let formula: FormulaProgram?
    let atoms: [Atom]
    let graph: SignalGraph
    /// The outputs that it speaks of.
    let outputs: Set<Int>
    /// The scale of all atoms when they can be compared in their unit; else margins are compared after normalising.
    let sharedScale: Float?
    let context: TrajectoryContext
    /// What ``prepared(for:)`` has worked out.
    var chances: Chances?

    /// Whether it limits a share of the time, by its expected value: see ``ErrorQuantiles``.
    public var isShare: Bool { formula?.isShare ?? false }
    /// Whether nothing of the guardrail can be judged within the horizon.
    public var isVacuous: Bool { formula == nil }

    init(_ guardrail: Guardrail, _ context: TrajectoryContext, _ options: CompileOptions) throws {
        self.guardrail = guardrail
        self.context = context
        var resolved = try ResolvedGuardrail(guardrail, context, options)
        isLimit = resolved.formula.isLimit || options.owed.contains(guardrail)
        bindsThroughout = resolved.formula.bindsThroughout
        let elapsed = options.elapsed ?? 0
        var builder = StepFormulaBuilder(
            text: guardrail.text, samplingTime: context.samplingTime, horizon: context.horizon,
            elapsed: options.elapsed, interval: options.interval)
        let judged = resolved.formula
        var step = try guardrail.text.pointing { try builder.root(judged) }
        if let whole = step, let interval = options.interval, interval < 0.75 * context.samplingTime {
            step = resolved.paced(whole, decisions: context.samplingTime / interval, horizon: context.horizon)
        }
        (atoms, graph, unit, sharedScale) = (resolved.atoms, resolved.graph, resolved.unit, resolved.sharedScale)
        outputs = graph.outputs(of: atoms.map(\.node))
        let wanted = step.map { FormulaProgram.wanted($0, atoms: resolved.atoms, horizon: context.horizon) } ?? [:]
        var registers: [Int: Int] = [:]
        signals = SignalProgram(graph, wanted: wanted, context: context, elapsed: elapsed, registers: &registers)
        try signals.checkStart(context)
        let normalised = sharedScale == nil
        formula = step.map {
            FormulaProgram(
                $0, atoms: resolved.atoms, horizon: context.horizon, registers: registers, normalised: normalised)
        }
        startMargin = resolved.startMargin(context, elapsed: elapsed)
        var warnings = builder.warnings
        if let startMargin, startMargin < 0 {
            let by = shortNumber(-startMargin) + (unit.map { " \($0)" } ?? "")
            warnings.append(.init(.violatedAtStart, "'\(guardrail.source)' is violated now, by \(by)"))
        }
        if options.elapsed != nil, resolved.formula.countsAnew, !options.remembered.contains(guardrail) {
            warnings.append(
                .init(
                    .notJudged,
                    "'\(guardrail.source)': each plan counts anew what one instant asks of later ones; what was asked before is not "
                        + "judged"))
        }
        self.warnings = warnings
    }
}

extension Guardrail {
    /// Makes the guardrail ready for a context.
    ///
    /// - Throws: `ForesightError` (usage) for unknown channels, units that don't match and windows that can't be judged
    ///   within the horizon; (data) when a channel that it needs is not a number now.
    public func compile(context: TrajectoryContext, options: CompileOptions = CompileOptions()) throws
        -> CompiledGuardrail
    {
        try CompiledGuardrail(self, context, options)
    }
}

/// A guardrail whose channels and units are found.
struct ResolvedGuardrail {
    let formula: Formula
    var atoms: [Atom]
    var graph: SignalGraph
    /// The unit of all atoms when they share one.
    let unit: String?
    /// The scale of all atoms when they can be compared in their unit.
    let sharedScale: Float?

    init(_ guardrail: Guardrail, _ context: TrajectoryContext, _ options: CompileOptions) throws {
        let syntax = guardrail.syntax
        var resolver = FormulaResolver(SignalResolver(text: guardrail.text, context: context, options: options))
        formula = try guardrail.text.pointing { try resolver.resolve(syntax).quantified(over: syntax.range) }
        atoms = resolver.atoms
        graph = resolver.signals.graph
        let sameUnit = Set(atoms.map(\.unit)).count == 1
        if formula.isShare {
            (unit, sharedScale) = ("%", FormulaProgram.percent)
            return
        }
        unit = sameUnit ? atoms[0].unit : nil
        // Margins in one known unit compare as they are; where a unit is unknown or another, only scales can tell.
        let sameScale = Set(atoms.map(\.scale)).count == 1
        sharedScale = sameUnit && (unit != nil || sameScale) ? atoms.map { Float($0.scale) }.max() : nil
    }

    /// The margin at sample 0 of what the guardrail says of now.
    func startMargin(_ context: TrajectoryContext, elapsed: Double) -> Double? {
        func leaf(_ node: SignalNode, _ sample: Int) -> Double {
            switch node {
            case .output(let channel): Double(context.initialOutputs[channel])
            case .action(let channel): Double(context.previousActions[channel])
            default: .nan
            }
        }
        /// The margin that compares, and the same in its own unit.
        typealias Margin = (comparable: Double, physical: Double)
        func least(_ margins: [Margin]) -> Margin? { margins.min { $0.comparable < $1.comparable } }
        func greatest(_ margins: [Margin]) -> Margin? { margins.max { $0.comparable < $1.comparable } }
        func now(_ formula: Formula) -> Margin? {
            switch formula {
            case .always(let window, let inner):
                guard window.lower <= elapsed, window.upper.map({ $0 >= elapsed }) ?? true else { return nil }
                return instant(inner)
            case .both(let parts): return least(parts.compactMap(now))
            case .either(let parts):
                let known = parts.compactMap(now)
                return known.count == parts.count ? greatest(known) : nil
            default: return nil
            }
        }
        func instant(_ formula: Formula) -> Margin? {
            switch formula {
            case .atom(let index):
                let atom = atoms[index]
                guard graph.isMeasured(atom.node) else { return nil }
                let margin = graph.value(
                    atom.node, sample: 0, samplingTime: context.samplingTime, time: elapsed, leaf: leaf)
                return margin.isFinite ? (sharedScale == nil ? margin / atom.scale : margin, margin) : nil
            // One part that fails is enough, whatever the others are.
            case .both(let parts): return least(parts.compactMap(instant))
            case .either(let parts):
                let known = parts.compactMap(instant)
                return known.count == parts.count ? greatest(known) : nil
            default: return nil
            }
        }
        return now(formula)?.physical
    }
}

extension SignalProgram {
    /// Refuses a start that is not a number where the program reads it.
    func checkStart(_ context: TrajectoryContext) throws {
        for instruction in instructions where instruction.first == 0 {
            let channel = instruction.a
            let (name, value): (String, Float)
            switch instruction.operation {
            case .output: (name, value) = (context.outputs[channel].name, context.initialOutputs[channel])
            case .action: (name, value) = (context.actions[channel].name, context.previousActions[channel])
            default: continue
            }
            guard value.isFinite else {
                throw ForesightError.data(
                    "the value of '\(name)' now is \(value)",
                    remedy: "start from a record whose last samples are present")
            }
        }
    }
}
