/// A formula whose windows count samples. Sample 0 is now, sample `k + 1` is the end of step `k`.
///
/// The horizon cuts windows so that nothing unknown is judged:
/// - `always` over a window that reaches beyond the horizon is judged on the part inside;
/// - `eventually` and `until` must come true inside the horizon (what lies beyond can't be relied on); of an `until` whose window
///   begins beyond it, what has to hold before is judged;
/// - `share` counts the steps of the window that lie inside;
/// - inside another window, a formula is judged only from samples for which its own window begins inside the horizon, and inside
///   what must come true only from those for which all of it lies there: what has to last is not shown by its first instant.
///
/// Now itself is never judged, since no action can change it: windows begin at sample 1 at the earliest.
indirect enum StepFormula: Sendable {
    /// Offsets in samples from where the formula is judged; `limit` is the last sample that may be looked at.
    struct Span: Sendable {
        var lower: Int
        var upper: Int?
        var limit: Int

        /// The samples of the window when judged at a sample; may be empty.
        func samples(from sample: Int) -> Range<Int> {
            let first = max(1, sample + lower)
            let last = min(limit, upper.map { sample + $0 } ?? limit)
            return first..<max(first, last + 1)
        }
    }

    case atom(Int)
    case both([StepFormula])
    case either([StepFormula])
    case always(Span, StepFormula)
    case eventually(Span, StepFormula)
    case until(Span, StepFormula, StepFormula)
    case release(Span, StepFormula, StepFormula)
    case share(Span, StepFormula, Double)
}

/// Cuts the windows of a formula to the steps of a horizon.
struct StepFormulaBuilder {
    /// The last sample of a horizon without end: far, yet safe to add to.
    static let endless = 1 << 40

    let text: FormulaText
    let samplingTime: Double
    /// The number of steps; `nil` when there is no end.
    let horizon: Int?
    /// Seconds since windows count, `nil` when they count from now and must lie inside the horizon.
    let elapsed: Double?
    /// Seconds until a loop looks again, where that is sooner than a step.
    let interval: Double?
    private(set) var warnings: [ObjectiveWarning] = []

    init(text: FormulaText, samplingTime: Double, horizon: Int?, elapsed: Double?, interval: Double? = nil) {
        self.text = text
        self.samplingTime = samplingTime
        self.horizon = horizon
        self.elapsed = elapsed
        self.interval = interval
    }

    /// The formula judged from now, or `nil` when nothing of it can be judged in this horizon.
    ///
    /// One of several ways is left out as long as its window lies beyond the horizon.
    mutating func root(_ formula: Formula, isWay: Bool = false) throws -> StepFormula? {
        switch formula {
        case .atom: preconditionFailure("a root formula is quantified")
        case .both(let parts): return try roots(parts, areWays: isWay).map { .both($0) }
        case .either(let parts): return try roots(parts, areWays: true).map { .either($0) }
        case .always(let window, let inner):
            let child = try nested(inner)
            let cut = try span(window, need: need(child), partial: true)
            return cut.map { .always($0, child) }
        case .share(let window, let inner, let share):
            let child = try nested(inner)
            return try span(window, need: 0, partial: true).map { .share($0, child, share) }
        case .eventually(let window, let inner):
            let child = try nested(inner)
            let cut = try span(window, need: need(child, entirely: true), partial: false)
            return cut.map { .eventually($0, child) }
        case .until(let window, let left, let right), .release(let window, let left, let right):
            let (holds, comes) = (try nested(left), try nested(right))
            let isUntil = if case .until = formula { true } else { false }
            let need = need(holds, comes, entirely: isUntil)
            let cut = try span(window, need: need, partial: !isUntil)
            guard let cut else { return isUntil && !isWay ? before(window, holds) : nil }
            return isUntil ? .until(cut, holds, comes) : .release(cut, holds, comes)
        }
    }

    private mutating func roots(_ parts: [Formula], areWays: Bool) throws -> [StepFormula]? {
        var judged: [StepFormula] = []
        for part in parts { if let step = try root(part, isWay: areWays) { judged.append(step) } }
        return judged.isEmpty ? nil : judged
    }

    /// What an `until` asks for at every step before its window, where that begins beyond the horizon.
    private func before(_ window: Syntax.Window, _ holds: StepFormula) -> StepFormula? {
        guard let horizon else { return nil }
        let last = min(horizon - need(holds), first(window.lower - (elapsed ?? 0)) - 1)
        return last >= 1 ? .always(StepFormula.Span(lower: 0, upper: nil, limit: last), holds) : nil
    }

    private func nested(_ formula: Formula) throws -> StepFormula {
        switch formula {
        case .atom(let index): return .atom(index)
        case .share: preconditionFailure("a share stands alone")
        case .both(let parts): return .both(try parts.map(nested))
        case .either(let parts): return .either(try parts.map(nested))
        case .always(let window, let inner):
            let child = try nested(inner)
            return .always(try offsets(window, need: need(child)), child)
        case .eventually(let window, let inner):
            let child = try nested(inner)
            return .eventually(try offsets(window, need: need(child, entirely: true)), child)
        case .until(let window, let left, let right):
            let (holds, comes) = (try nested(left), try nested(right))
            return .until(try offsets(window, need: need(holds, comes, entirely: true)), holds, comes)
        case .release(let window, let left, let right):
            let (holds, comes) = (try nested(left), try nested(right))
            return .release(try offsets(window, need: need(holds, comes)), holds, comes)
        }
    }

    /// How many samples ahead must lie inside the horizon for a formula to be judged, or for all of its windows that end to lie there.
    private func need(_ formula: StepFormula, entirely: Bool = false) -> Int {
        switch formula {
        case .atom, .share: 0
        case .both(let parts), .either(let parts): parts.map { need($0, entirely: entirely) }.max() ?? 0
        case .always(let span, let inner):
            (entirely ? span.upper ?? span.lower : span.lower) + need(inner, entirely: entirely)
        case .eventually(let span, let inner): (span.upper ?? span.lower) + need(inner, entirely: true)
        case .until(let span, let holds, let comes):
            (span.upper ?? span.lower) + need(holds, comes, entirely: true)
        case .release(let span, let holds, let comes):
            (entirely ? span.upper ?? span.lower : span.lower) + need(holds, comes, entirely: entirely)
        }
    }

    /// The same of what holds until something comes, judged from where that comes.
    private func need(_ holds: StepFormula, _ comes: StepFormula, entirely: Bool = false) -> Int {
        max(need(comes, entirely: entirely), need(holds, entirely: entirely) - 1)
    }

    private func first(_ seconds: Double) -> Int { Int((seconds / samplingTime - 1e-6).rounded(.up)) }
    private func last(_ seconds: Double) -> Int { Int((seconds / samplingTime + 1e-6).rounded(.down)) }

    private func offsets(_ window: Syntax.Window, need: Int) throws -> StepFormula.Span {
        try checkSize(window)
        let lower = first(window.lower)
        let upper = window.upper.map(last)
        if let upper, upper < lower { throw noSample(window) }
        let limit = (horizon ?? Self.endless) - need
        return StepFormula.Span(lower: lower, upper: upper, limit: limit)
    }

    private mutating func span(
        _ window: Syntax.Window, need: Int, partial: Bool
    ) throws -> StepFormula.Span? {
        try checkSize(window)
        let start = elapsed ?? 0
        var lower = max(0, first(window.lower - start))
        var upper = window.upper.map { last($0 - start) }
        if let end = upper, end < max(1, lower) {
            guard start > 0 || (interval != nil && isWithinStep(window, start)) else { throw noSample(window) }
            guard end >= 1 || isWithinStep(window, start) else {
                warnings.append(.init(.notJudged, "\(words(window)): past, no longer judged"))
                return nil
            }
            // A loop that decides within a step comes to where no step ends in the window: those around it count, now excepted.
            (lower, upper) = (max(1, end), max(1, lower))
        }
        guard let horizon else { return StepFormula.Span(lower: lower, upper: upper, limit: Self.endless - need) }
        let limit = horizon - need
        let end = shortNumber(Double(horizon) * samplingTime)
        guard limit >= max(1, lower) else {
            let wanted = shortNumber(Double(max(1, lower) + need) * samplingTime)
            guard elapsed != nil, limit >= 1 else {
                throw FormulaError(
                    "can't be judged within the horizon of \(end) s: it needs \(wanted) s",
                    remedy: "lengthen the horizon or shorten the window", at: window.range.lowerBound)
            }
            warnings.append(
                .init(.notJudged, "\(words(window)): begins beyond the horizon of \(end) s, not judged yet"))
            return nil
        }
        if upper.map({ $0 > limit }) ?? (need > 0) {
            let until = shortNumber(Double(limit) * samplingTime)
            let how = partial ? "judged up to \(until) s only" : "must come true by \(until) s"
            warnings.append(.init(.windowClipped, "\(words(window)) reaches beyond the horizon of \(end) s: \(how)"))
        }
        return StepFormula.Span(lower: lower, upper: upper, limit: limit)
    }

    /// Whether what is left of a window lies before the next step ends, for a decision within a step, a loop that decides again within
    /// the step while the window lasts, or a window that is still to come. Of one that ends soon after a step, the ends of steps alone
    /// count otherwise, as in a single plan.
    private func isWithinStep(_ window: Syntax.Window, _ start: Double) -> Bool {
        guard let upper = window.upper, upper - start > 1e-6 * samplingTime else { return false }
        if let interval, upper - start > interval - 1e-6 * samplingTime { return true }
        let steps = start / samplingTime
        return window.lower > start || abs(steps - steps.rounded()) > 1e-6
    }

    private func checkSize(_ window: Syntax.Window) throws {
        guard max(window.lower, window.upper ?? 0) / samplingTime < 1e9 else {
            throw FormulaError("the window is longer than 10⁹ steps", at: window.range.lowerBound)
        }
    }

    private func noSample(_ window: Syntax.Window) -> FormulaError {
        FormulaError(
            "no step ends in this window: steps end every \(shortNumber(samplingTime)) s after now",
            remedy: "widen the window", at: window.range.lowerBound)
    }

    private func words(_ window: Syntax.Window) -> String {
        "the window '\(text.slice(window.range))'"
    }
}
