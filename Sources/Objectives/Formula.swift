/// One comparison of a guardrail, as a margin that is at least 0 where it holds.
struct Atom: Sendable {
    /// The signal of the margin, in `unit`.
    var node: Int
    /// The size of an ordinary step of the margin, in `unit`, positive.
    var scale: Double
    /// The unit of the margin, where known.
    var unit: String?
    /// The comparison as written.
    var text: String
}

/// A condition in signal temporal logic, in negation normal form: `not` stands at the atoms, where it turns the sign.
///
/// Quantitative semantics after Fainekos and Pappas, "Robustness of temporal logic specifications for continuous-time
/// signals", TCS 2009, https://doi.org/10.1016/j.tcs.2009.06.021, and Donzé and Maler, "Robust satisfaction of
/// temporal logic over real-valued signals", FORMATS 2010, https://doi.org/10.1007/978-3-642-15297-9_9, over sampled
/// signals: `and` is the least margin, `or` the greatest, `always` the least over its window, `eventually` the
/// greatest, and
///
///     ρ(φ until[a,b] ψ, t) = max over t' in [t+a, t+b] of min(ρ(ψ, t'), min over t'' in [t, t') of ρ(φ, t'')).
///
/// A share of the time is no signal temporal logic: its margin is the expected share of the steps of its window in which a
/// condition holds, less what is asked for, in percent. By the linearity of the expectation it takes only the distribution of
/// each step (`ChanceTable`).
///
/// `release` is the dual of `until` and comes only from negation.
indirect enum Formula: Sendable {
    case atom(Int)
    case both([Formula])
    case either([Formula])
    case always(Syntax.Window, Formula)
    case eventually(Syntax.Window, Formula)
    case until(Syntax.Window, Formula, Formula)
    case release(Syntax.Window, Formula, Formula)
    /// The least share of the window's steps in which a condition on one instant holds.
    case share(Syntax.Window, Formula, Double)

    /// Whether an atom stands outside every window, and so speaks of no stretch of time.
    private var speaksOfAnInstant: Bool {
        switch self {
        case .atom: true
        case .both(let parts), .either(let parts): parts.contains(where: \.speaksOfAnInstant)
        case .always, .eventually, .until, .release, .share: false
        }
    }

    /// Whether it asks the same of every instant from now on, and nothing to come about: a limit.
    var isLimit: Bool {
        switch self {
        case .both(let parts): parts.allSatisfy(\.isLimit)
        case .always(let window, let inner): window.lower <= 0 && window.upper == nil && !inner.asksToComeAbout
        case .atom, .either, .eventually, .until, .release, .share: false
        }
    }

    /// Whether anything has to come about for it to hold, some time in a window.
    private var asksToComeAbout: Bool {
        switch self {
        case .atom: false
        case .both(let parts), .either(let parts): parts.contains(where: \.asksToComeAbout)
        case .always(_, let inner): inner.asksToComeAbout
        case .release(_, let holds, let comes): holds.asksToComeAbout || comes.asksToComeAbout
        case .eventually, .until, .share: true
        }
    }

    /// Whether it asks something of every instant of its windows, so that each instant by itself can break it.
    var bindsThroughout: Bool {
        switch self {
        case .both(let parts): parts.allSatisfy(\.bindsThroughout)
        case .always: true
        case .atom, .either, .eventually, .until, .release, .share: false
        }
    }

    /// Whether one instant after another asks something of those that follow it: a plan that begins between them knows nothing of what
    /// was asked before.
    var countsAnew: Bool {
        switch self {
        case .atom, .eventually, .share: false
        case .both(let parts), .either(let parts): parts.contains(where: \.countsAnew)
        case .always(_, let inner), .until(_, let inner, _), .release(_, _, let inner): !inner.looksAtOneInstant
        }
    }

    private var looksAtOneInstant: Bool {
        switch self {
        case .atom: true
        case .both(let parts), .either(let parts): parts.allSatisfy(\.looksAtOneInstant)
        case .always, .eventually, .until, .release, .share: false
        }
    }

    /// Whether it limits a share of the time.
    var isShare: Bool { if case .share = self { true } else { false } }

    /// The formula in which every conjunct that speaks of an instant holds at every step: `T1 <= 55` becomes
    /// `always(T1 <= 55)`.
    func quantified(over range: Range<Int>) -> Formula {
        guard speaksOfAnInstant else { return self }
        if case .both(let parts) = self { return .both(parts.map { $0.quantified(over: range) }) }
        return .always(Syntax.Window(lower: 0, upper: nil, range: range), self)
    }
}

/// Turns a written condition into a formula over the signals of a context.
struct FormulaResolver {
    var signals: SignalResolver
    private(set) var atoms: [Atom] = []

    init(_ signals: SignalResolver) { self.signals = signals }

    /// The formula of a piece of text, or of its opposite.
    mutating func resolve(_ syntax: Syntax, negated: Bool = false) throws -> Formula {
        switch syntax.kind {
        case .comparison(let operands, let relations):
            let parts = try relations.indices.map {
                try atom(operands[$0], relations[$0], operands[$0 + 1], negated: negated)
            }
            return combine(parts, conjunction: !negated)
        case .not(let inner): return try resolve(inner, negated: !negated)
        case .and(let left, let right):
            return combine(
                [try resolve(left, negated: negated), try resolve(right, negated: negated)], conjunction: !negated)
        case .or(let left, let right):
            return combine(
                [try resolve(left, negated: negated), try resolve(right, negated: negated)], conjunction: negated)
        case .implies(let left, let right):
            return combine(
                [try resolve(left, negated: !negated), try resolve(right, negated: negated)], conjunction: negated)
        case .temporal(let temporal, let window, let inner):
            let formula = try resolve(inner, negated: negated)
            return (temporal == .always) != negated ? .always(window, formula) : .eventually(window, formula)
        case .until(let window, let left, let right):
            let holds = try resolve(left, negated: negated)
            let comes = try resolve(right, negated: negated)
            return negated ? .release(window, holds, comes) : .until(window, holds, comes)
        case .share(let window, let inner, let relation, let share):
            // At most so often is the opposite at least for the rest.
            let isOpposite = relation.ascends != negated
            let before = atoms.count
            let formula = try resolve(inner, negated: isOpposite)
            for atom in atoms[before...] where !signals.graph.isSumOfChannels(atom.node) {
                throw FormulaError(
                    "a share takes comparisons of sums of channels, and '\(atom.text)' is none",
                    remedy: "write 1 <= x <= 3 in place of abs(x - 2) <= 1", at: inner.range.lowerBound)
            }
            return .share(window, formula, isOpposite ? 1 - share : share)
        default: throw FormulaError.notACondition(syntax)
        }
    }

    private func combine(_ parts: [Formula], conjunction: Bool) -> Formula {
        if parts.count == 1 { return parts[0] }
        var flat: [Formula] = []
        for part in parts {
            switch part {
            case .both(let inner) where conjunction: flat += inner
            case .either(let inner) where !conjunction: flat += inner
            default: flat.append(part)
            }
        }
        return conjunction ? .both(flat) : .either(flat)
    }

    private mutating func atom(
        _ left: Syntax, _ relation: Syntax.Relation, _ right: Syntax, negated: Bool
    ) throws -> Formula {
        let leftSignal = try signals.resolve(left)
        let rightSignal = try signals.resolve(right)
        let (a, b, dimension) = try signals.aligned(leftSignal, rightSignal, left, right)
        let ascends = relation.ascends != negated
        let node = ascends ? signals.graph.difference(b.node, a.node) : signals.graph.difference(a.node, b.node)
        guard signals.graph.dependsOnTrajectory(node) else {
            throw FormulaError(
                "this comparison holds no channel, so no action can change it", at: left.range.lowerBound)
        }
        let scale = max(a.scale, b.scale)
        var unit: String?
        if case .known(let known) = dimension { unit = known.text }
        let words = "\(signals.text.slice(left.range)) \(relation.rawValue) \(signals.text.slice(right.range))"
        let usable = scale > 0 && scale.isFinite
        atoms.append(
            Atom(
                node: signals.graph.exactAtLimit(node), scale: usable ? scale : 1, unit: unit,
                text: negated ? "not (\(words))" : words))
        return .atom(atoms.count - 1)
    }
}

extension FormulaError {
    /// A value or goal stands where a condition should.
    static func notACondition(_ syntax: Syntax) -> FormulaError {
        let offset = syntax.range.lowerBound
        switch syntax.kind {
        case .equality:
            return FormulaError(
                "'=' sets a goal; a guardrail needs a limit", remedy: "write abs(T1 - 45) <= 1 or 44 <= T1 <= 46",
                at: offset)
        case .timed:
            return FormulaError(
                "'at' sets a goal's time; a guardrail needs a window", remedy: "write always[60, 300](…)", at: offset)
        default:
            return FormulaError(
                "expected a condition, found \(syntax.sort.rawValue)",
                remedy: "compare it with a limit, as in T1 <= 55",
                at: offset)
        }
    }
}
