public import Episodes

/// What is left to ask of one guardrail in a running loop, by what was observed: of several ways to keep it, those that are not lost,
/// and of what has to hold together, what is not kept to its end yet.
///
/// A plan sees only what lies ahead. Without what was, the rest of a window would look like a way to keep
/// `always[0, 60](a) or always[0, 300](b)` though `a` has failed in it, and `b` would be let go. It is the progression of formulas
/// (Bacchus and Kabanza, "Using temporal logics to express search control knowledge for planning", Artificial Intelligence 2000)
/// for what `and` and `or` join outside of all windows, and for what has to last once it has come about: of
/// `eventually[0, 300](always[0, 60](c))` what began 20 s before the window ended is asked for after that, too, `always[280, 340](c)`.
public struct GuardrailRest: Sendable {
    /// What is left of the guardrail.
    public private(set) var guardrail: Guardrail
    private var part: Part

    /// Watches a guardrail from the first observation on.
    ///
    /// - Parameters:
    ///   - guardrail: The guardrail.
    ///   - outputs: The observed channels.
    ///   - actions: The actions.
    ///   - samplingTime: Seconds between observations.
    ///   - options: As for ``Guardrail/compile(context:options:)``.
    /// - Throws: As ``Guardrail/compile(context:options:)``.
    public init(
        _ guardrail: Guardrail, outputs: [Channel], actions: [Channel], samplingTime: Double,
        options: CompileOptions = CompileOptions()
    ) throws {
        self.guardrail = guardrail
        part = try Part.of(
            guardrail.syntax, in: guardrail.text, negated: false,
            LoopWatch(outputs: outputs, actions: actions, samplingTime: samplingTime, options: options))
    }

    /// Takes in the outputs now and the actions that were in force until now, as ``GuardrailMonitor/observe(outputs:actions:)`` does.
    ///
    /// - Parameters:
    ///   - outputs: One value a channel, physical units; what was not measured loses no way.
    ///   - actions: One value an action.
    /// - Returns: What is known of the whole.
    public mutating func observe(outputs: [Float], actions: [Float]) -> GuardrailMonitor.Reading.Verdict {
        let before = part.source
        let verdict = part.observe(outputs, actions)
        let source = part.source
        if source != before, let left = try? Guardrail.parse(source) { guardrail = left }
        return verdict
    }
}

extension GuardrailRest {
    fileprivate typealias Verdict = GuardrailMonitor.Reading.Verdict

    /// A condition, or several of which all or one have to hold.
    fileprivate struct Part: Sendable {
        /// Whether one of the parts is enough.
        private let isChoice: Bool
        private var parts: [Part] = []
        /// Of a condition that is not made of others, what it is and who watches it.
        private var text = ""
        private var monitor: GuardrailMonitor?
        /// Where that has to last once it has come about, how it began.
        private var stay: Stay?

        /// What a piece of text, or its opposite, is made of.
        static func of(
            _ syntax: Syntax, in whole: FormulaText, negated: Bool, _ watch: LoopWatch
        ) throws -> Part {
            func part(_ inner: Syntax, _ isOpposite: Bool) throws -> Part {
                try of(inner, in: whole, negated: isOpposite, watch)
            }
            switch syntax.kind {
            case .not(let inner): return try part(inner, !negated)
            case .and(let left, let right) where syntax.isWindowed:
                return try Part([part(left, negated), part(right, negated)], isChoice: negated)
            case .or(let left, let right) where syntax.isWindowed:
                return try Part([part(left, negated), part(right, negated)], isChoice: !negated)
            case .implies(let left, let right) where syntax.isWindowed:
                return try Part([part(left, !negated), part(right, negated)], isChoice: !negated)
            default:
                let guardrail = try Guardrail.parse(whole.words(of: syntax, isOpposite: negated))
                return Part(
                    guardrail.source, try watch.monitor(guardrail),
                    try syntax.stay(negated: negated).map { try Stay($0, in: whole, watch) })
            }
        }

        private init(_ text: String, _ monitor: GuardrailMonitor, _ stay: Stay?) {
            isChoice = false
            self.text = text
            self.monitor = monitor
            self.stay = stay
        }

        private init(_ parts: [Part], isChoice: Bool) {
            self.isChoice = isChoice
            self.parts = parts.flatMap { $0.monitor == nil && $0.isChoice == isChoice ? $0.parts : [$0] }
        }

        /// The conditions that are left.
        var leaves: Int { monitor == nil ? parts.reduce(0) { $0 + $1.leaves } : 1 }

        /// What is left, in words.
        var source: String {
            guard monitor == nil else { return text }
            guard parts.count > 1 else { return parts.first?.source ?? "" }
            let sources = parts.map { $0.leaves > 1 ? "(\($0.source))" : $0.source }
            return sources.joined(separator: isChoice ? " or " : " and ")
        }

        /// Takes in an observation, and leaves out parts that say nothing any more.
        mutating func observe(_ outputs: [Float], _ actions: [Float]) -> Verdict {
            if let reading = monitor?.observe(outputs: outputs, actions: actions) {
                if let begun = stay?.observe(outputs, actions) { text = begun }
                return reading.verdict
            }
            let (decides, drops): (Verdict, Verdict) = isChoice ? (.holds, .violated) : (.violated, .holds)
            var verdicts: [Verdict] = []
            for index in parts.indices { verdicts.append(parts[index].observe(outputs, actions)) }
            if verdicts.contains(decides) { return decides }
            guard verdicts.contains(.open) else { return drops }
            if verdicts.contains(drops) { parts = zip(parts, verdicts).filter { $0.1 != drops }.map(\.0) }
            return .open
        }
    }
}

extension Guardrail {
    /// Whether one of several conditions is enough, each of which speaks of stretches of time alone: what the past says of one of
    /// them decides what is asked of the others.
    public var hasWays: Bool { syntax.isWindowed && syntax.isChoice(negated: false) }
}

extension Syntax {
    /// Whether it speaks of stretches of time alone, and of no instant outside of a window.
    fileprivate var isWindowed: Bool {
        switch kind {
        case .temporal, .until: true
        case .not(let inner): inner.isWindowed
        case .and(let left, let right), .or(let left, let right), .implies(let left, let right):
            left.isWindowed && right.isWindowed
        default: false
        }
    }

    /// Whether it, or its opposite, is one of several conditions.
    fileprivate func isChoice(negated: Bool) -> Bool {
        switch kind {
        case .not(let inner): inner.isChoice(negated: !negated)
        case .or, .implies: !negated
        case .and: negated
        default: false
        }
    }
}
