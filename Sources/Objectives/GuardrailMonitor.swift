import Basics
public import Episodes

/// Watches one guardrail over what a running loop observes, sample by sample.
///
/// What lies ahead is unknown, so the verdict is an interval that every observation narrows: robust satisfaction
/// intervals, Deshmukh et al., "Robust online monitoring of signal temporal logic", FMSD 2017,
/// https://doi.org/10.1007/s10703-017-0286-7. Windows count from the first observation, which itself is not judged.
public struct GuardrailMonitor: Sendable {
    /// What is known after an observation.
    public struct Reading: Sendable, Equatable {
        /// What the observations so far say.
        public enum Verdict: String, Sendable {
            /// Holds whatever comes.
            case holds
            /// Violated whatever comes.
            case violated
            /// Depends on what comes.
            case open
        }

        /// Seconds since the first observation.
        public var time: Double
        /// The margin that can be reached at best: for `always(…)`, the least margin so far; +∞ before anything is
        /// judged.
        public var margin: Double
        /// The margin that is left at worst; -∞ while the future can still break the guardrail.
        public var assured: Double

        /// What the observations so far say.
        public var verdict: Verdict { margin < 0 ? .violated : assured >= 0 ? .holds : .open }
    }

    /// The guardrail that is watched.
    public let guardrail: Guardrail
    /// The unit of the margins; `nil` when the log has none, or when comparisons of different units are mixed: then
    /// margins are in parts of the scale.
    public let unit: String?

    private let resolved: ResolvedGuardrail
    private let step: StepFormula
    private let samplingTime: Double
    private let horizon: Int?
    private let outputCount: Int
    private let actionCount: Int
    /// Whether what is missing shows nothing, where by itself it counts as violated.
    private let leavesMissingOpen: Bool
    private var outputs: [Float] = []
    private var actions: [Float] = []
    private var count = 0
    /// For each conjunct at the root: how many samples of its window are settled, and their extreme.
    private var settled: [Settled]

    private struct Settled: Sendable {
        var next: Int
        var value: Bounds

        init(next: Int, value: Double) { (self.next, self.value) = (next, Bounds(low: value, high: value)) }
    }

    private struct Bounds: Sendable {
        var low: Double
        var high: Double
        static let unknown = Bounds(low: -.infinity, high: .infinity)
    }

    /// Creates a monitor for a loop with these channels.
    ///
    /// `duration` is how many steps the loop will run, where that is known: windows are cut there as a plan's are at its
    /// horizon, and the last reading is the margin that a plan of that length reports.
    ///
    /// - Throws: As ``Guardrail/compile(context:options:)``.
    public init(
        _ guardrail: Guardrail, outputs: [Channel], actions: [Channel], samplingTime: Double, duration: Int? = nil,
        options: CompileOptions = CompileOptions()
    ) throws {
        try self.init(
            guardrail, outputs: outputs, actions: actions, samplingTime: samplingTime, duration: duration,
            options: options, leavesMissingOpen: false)
    }

    /// The same, where a sample that is missing may show nothing: what a loop goes by is what was seen, either way.
    init(
        _ guardrail: Guardrail, outputs: [Channel], actions: [Channel], samplingTime: Double, duration: Int? = nil,
        options: CompileOptions, leavesMissingOpen: Bool
    ) throws {
        self.leavesMissingOpen = leavesMissingOpen
        let context = TrajectoryContext(
            outputs: outputs, actions: actions, samplingTime: samplingTime, horizon: duration ?? 1,
            initialOutputs: [Float](repeating: 0, count: outputs.count),
            previousActions: [Float](repeating: 0, count: actions.count))
        resolved = try ResolvedGuardrail(guardrail, context, options)
        var builder = StepFormulaBuilder(
            text: guardrail.text, samplingTime: samplingTime, horizon: duration, elapsed: nil)
        let formula = resolved.formula
        guard let step = try guardrail.text.pointing({ try builder.root(formula) }) else {
            throw ForesightError.usage("'\(guardrail.source)' judges nothing")
        }
        self.guardrail = guardrail
        self.step = step
        self.samplingTime = samplingTime
        horizon = duration
        outputCount = outputs.count
        actionCount = actions.count
        unit = resolved.unit
        let conjuncts = if case .both(let parts) = step { parts } else { [step] }
        settled = conjuncts.map { conjunct in
            switch conjunct {
            case .always(let span, _): Settled(next: span.samples(from: 0).lowerBound, value: .infinity)
            case .eventually(let span, _): Settled(next: span.samples(from: 0).lowerBound, value: -.infinity)
            case .share(let span, _, _): Settled(next: span.samples(from: 0).lowerBound, value: 0)
            default: Settled(next: 1, value: .nan)
            }
        }
    }

    /// Takes in the outputs now and the actions that were in force until now, and says what is left.
    ///
    /// Both in physical units, one value a channel; `NaN` counts as violated. At the first call, the actions are those in
    /// force before the loop.
    public mutating func observe(outputs: [Float], actions: [Float]) -> Reading {
        precondition(outputs.count == outputCount && actions.count == actionCount, "one value a channel")
        self.outputs += outputs
        self.actions += actions
        count += 1
        let conjuncts = if case .both(let parts) = step { parts } else { [step] }
        var verdict = Bounds(low: .infinity, high: .infinity)
        for (index, conjunct) in conjuncts.enumerated() {
            let bounds = root(conjunct, index)
            verdict = Bounds(low: min(verdict.low, bounds.low), high: min(verdict.high, bounds.high))
        }
        return Reading(time: Double(count - 1) * samplingTime, margin: verdict.high, assured: verdict.low)
    }

    /// What the last observation by itself leaves of the margin at worst and at best, where the guardrail is one `always`; `nil` where
    /// its window does not look.
    var latest: (worst: Double, best: Double)? {
        guard case .always(let span, let inner) = step, span.samples(from: 0).contains(count - 1) else { return nil }
        let bounds = bounds(inner, at: count - 1)
        return (bounds.low, bounds.high)
    }

    /// The bounds of a conjunct, folding samples that can no longer change into one number.
    private mutating func root(_ formula: StepFormula, _ index: Int) -> Bounds {
        let (span, inner, least): (StepFormula.Span, StepFormula, Bool)
        switch formula {
        case .always(let window, let child): (span, inner, least) = (window, child, true)
        case .eventually(let window, let child): (span, inner, least) = (window, child, false)
        case .share(let window, let child, let level):
            return share(window.samples(from: 0), child, level, index)
        default: return bounds(formula, at: 0)
        }
        let window = span.samples(from: 0)
        let known = min(window.upperBound, count)
        while settled[index].next < known {
            let next = bounds(inner, at: settled[index].next)
            guard next.low == next.high || isPast(inner, settled[index].next) else { break }
            settled[index].value = Self.extreme(settled[index].value, next, least: least)
            settled[index].next += 1
        }
        var result = settled[index].value
        func fold(_ next: Bounds) { result = Self.extreme(result, next, least: least) }
        var sample = settled[index].next
        while sample < known {
            fold(bounds(inner, at: sample))
            sample += 1
        }
        if sample < window.upperBound { fold(.unknown) }
        return result
    }

    /// Whether all that a formula looks at from a sample on has been observed: what is open there, since a sample is missing, stays so.
    private func isPast(_ formula: StepFormula, _ sample: Int) -> Bool {
        leavesMissingOpen && reach(formula).map { sample + $0 < count } ?? false
    }

    /// How many samples ahead a formula looks; `nil` where there is no end.
    private func reach(_ formula: StepFormula) -> Int? {
        func furthest(_ parts: [StepFormula]) -> Int? {
            let all = parts.map(reach)
            return all.contains(nil) ? nil : all.compactMap { $0 }.max() ?? 0
        }
        switch formula {
        case .atom: return 0
        case .both(let parts), .either(let parts): return furthest(parts)
        case .always(let span, let inner), .eventually(let span, let inner), .share(let span, let inner, _):
            return span.upper.flatMap { upper in furthest([inner]).map { upper + $0 } }
        case .until(let span, let holds, let comes), .release(let span, let holds, let comes):
            return span.upper.flatMap { upper in furthest([holds, comes]).map { upper + $0 } }
        }
    }

    /// What is left of a share, in percent: at best all of what comes holds, at worst nothing does.
    private mutating func share(_ window: Range<Int>, _ inner: StepFormula, _ level: Double, _ index: Int) -> Bounds {
        while settled[index].next < min(window.upperBound, count) {
            settled[index].value.low += bounds(inner, at: settled[index].next).low >= 0 ? 1 : 0
            settled[index].next += 1
        }
        let open = Double(max(0, window.upperBound - settled[index].next))
        let (held, all) = (settled[index].value.low, Double(max(1, window.count)))
        func margin(_ steps: Double) -> Double { Double(FormulaProgram.percent) * (steps / all - level) }
        return Bounds(low: margin(held), high: margin(held + open))
    }

    private func bounds(_ formula: StepFormula, at sample: Int) -> Bounds {
        switch formula {
        case .share: preconditionFailure("a share stands alone")
        case .atom(let index): return atom(index, at: sample)
        case .both(let parts):
            return parts.reduce(Bounds(low: .infinity, high: .infinity)) {
                Self.extreme($0, bounds($1, at: sample), least: true)
            }
        case .either(let parts):
            return parts.reduce(Bounds(low: -.infinity, high: -.infinity)) {
                Self.extreme($0, bounds($1, at: sample), least: false)
            }
        case .always(let span, let inner): return window(span, inner, sample, least: true)
        case .eventually(let span, let inner): return window(span, inner, sample, least: false)
        case .until(let span, let holds, let comes): return until(span, holds, comes, sample, isUntil: true)
        case .release(let span, let holds, let comes): return until(span, holds, comes, sample, isUntil: false)
        }
    }

    private func window(_ span: StepFormula.Span, _ inner: StepFormula, _ sample: Int, least: Bool) -> Bounds {
        let neutral: Double = least ? .infinity : -.infinity
        var result = Bounds(low: neutral, high: neutral)
        let window = span.samples(from: sample)
        for inside in window.lowerBound..<max(window.lowerBound, min(window.upperBound, count)) {
            result = Self.extreme(result, bounds(inner, at: inside), least: least)
        }
        return window.upperBound > count ? Self.extreme(result, .unknown, least: least) : result
    }

    private func until(
        _ span: StepFormula.Span, _ holds: StepFormula, _ comes: StepFormula, _ sample: Int, isUntil: Bool
    ) -> Bounds {
        let (start, neutral): (Double, Double) = isUntil ? (-.infinity, .infinity) : (.infinity, -.infinity)
        var result = Bounds(low: start, high: start)
        var running = Bounds(low: neutral, high: neutral)
        let window = span.samples(from: sample)
        for inside in max(1, sample)..<max(max(1, sample), min(window.upperBound, count)) {
            if inside >= window.lowerBound {
                let here = Self.extreme(running, bounds(comes, at: inside), least: isUntil)
                result = Self.extreme(result, here, least: !isUntil)
            }
            running = Self.extreme(running, bounds(holds, at: inside), least: isUntil)
        }
        guard window.upperBound > count else { return result }
        return Self.extreme(result, Self.extreme(running, .unknown, least: isUntil), least: !isUntil)
    }

    private func atom(_ index: Int, at sample: Int) -> Bounds {
        guard sample < count else { return .unknown }
        let atom = resolved.atoms[index]
        let margin = resolved.graph.value(atom.node, sample: sample, samplingTime: samplingTime, time: 0) {
            leaf, sample in
            switch leaf {
            case .output(let channel): Double(outputs[sample * outputCount + channel])
            case .action(let channel): Double(actions[sample * actionCount + channel])
            default: .nan
            }
        }
        guard margin.isFinite || !leavesMissingOpen else { return .unknown }
        let value = margin.isFinite ? (resolved.sharedScale == nil ? margin / atom.scale : margin) : -.infinity
        return Bounds(low: value, high: value)
    }

    private static func extreme(_ a: Bounds, _ b: Bounds, least: Bool) -> Bounds {
        least
            ? Bounds(low: min(a.low, b.low), high: min(a.high, b.high))
            : Bounds(low: max(a.low, b.low), high: max(a.high, b.high))
    }
}
