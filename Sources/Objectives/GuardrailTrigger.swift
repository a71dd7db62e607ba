public import Episodes

/// What a condition such as `always(valve >= 1 implies always[0, 60](T1 <= 40))` asks of what lies ahead in a running loop, by the
/// instants that were observed.
///
/// A plan judges the instants that it predicts. That the valve was opened half a minute ago asks something of the next half of a
/// minute, and no later plan sees it: what is left of the window is asked for by itself, `always[20, 80](T1 <= 40)` where it was opened
/// 20 s after the loop began. Windows that overlap are one.
public struct GuardrailTrigger: Sendable {
    /// What is asked because of what was observed, until its windows end; times count from the first observation.
    public private(set) var asked: [Guardrail] = []
    private let effect: String
    private let window: Syntax.Window
    private let samplingTime: Double
    /// Watches that the cause does not hold.
    private var watch: GuardrailMonitor
    private var observed = 0
    /// Seconds since the first observation; without an end where the window has none.
    private var open: [ClosedRange<Double>] = []

    /// Watches a guardrail from the first observation on; `nil` where it is none whose instants ask for something
    /// (``Guardrail/hasTrigger``).
    ///
    /// - Parameters:
    ///   - guardrail: The guardrail.
    ///   - outputs: The observed channels.
    ///   - actions: The actions.
    ///   - samplingTime: Seconds between observations.
    ///   - options: As for ``Guardrail/compile(context:options:)``.
    /// - Throws: As ``Guardrail/compile(context:options:)``.
    public init?(
        _ guardrail: Guardrail, outputs: [Channel], actions: [Channel], samplingTime: Double,
        options: CompileOptions = CompileOptions()
    ) throws {
        guard let trigger = guardrail.syntax.trigger else { return nil }
        effect = guardrail.text.slice(trigger.effect.range)
        window = trigger.asked
        self.samplingTime = samplingTime
        let cause = "not (\(guardrail.text.slice(trigger.cause.range)))"
        let throughout = Self.always(trigger.window.lower, trigger.window.upper, cause)
        watch = try GuardrailMonitor(
            Guardrail.parse(throughout), outputs: outputs, actions: actions, samplingTime: samplingTime,
            options: options, leavesMissingOpen: true)
    }

    /// Takes in the outputs now and the actions that were in force until now, as ``GuardrailMonitor/observe(outputs:actions:)`` does.
    ///
    /// - Parameters:
    ///   - outputs: One value a channel, physical units; what was not measured asks for nothing.
    ///   - actions: One value an action.
    /// - Returns: Whether this instant asks for something that was not asked before.
    @discardableResult
    public mutating func observe(outputs: [Float], actions: [Float]) -> Bool {
        _ = watch.observe(outputs: outputs, actions: actions)
        let now = Double(observed) * samplingTime
        observed += 1
        // What lies at the end of a window was observed with it.
        let past = now + 1e-6 * samplingTime
        open.removeAll { $0.upperBound <= past }
        var isNew = false
        if let left = watch.latest?.best, left < 0 { isNew = ask(from: now, past: past) }
        let sources = open.map {
            Self.always($0.lowerBound, $0.upperBound.isFinite ? $0.upperBound : nil, effect)
        }
        if sources != asked.map(\.source) { asked = sources.compactMap { try? Guardrail.parse($0) } }
        return isNew
    }

    /// Opens the window of an instant, or lengthens the last one; whether that changes anything.
    private mutating func ask(from now: Double, past: Double) -> Bool {
        let (lower, upper) = (now + window.lower, window.upper.map { now + $0 } ?? .infinity)
        guard upper > past else { return false }
        guard let last = open.last, lower <= last.upperBound else {
            open.append(lower...upper)
            return true
        }
        guard upper > last.upperBound else { return false }
        open[open.count - 1] = last.lowerBound...upper
        return true
    }

    /// A condition over a window, in words.
    private static func always(_ lower: Double, _ upper: Double?, _ condition: String) -> String {
        "always[\(words(lower)), \(upper.map(words) ?? "end")](\(condition))"
    }

    /// Seconds without what sums round.
    private static func words(_ seconds: Double) -> String {
        let text = "\((seconds * 1e9).rounded() / 1e9)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Guardrail {
    /// Whether each instant at which one condition holds asks for another throughout a window ahead, as in
    /// `always(valve >= 1 implies always[0, 60](T1 <= 40))`.
    public var hasTrigger: Bool { syntax.trigger != nil }
}

extension Syntax {
    /// When instants count, what holds in them, and when what else has to hold then; `nil` for anything of another form.
    fileprivate var trigger: (window: Window, cause: Syntax, asked: Window, effect: Syntax)? {
        var (window, body) = (Window(lower: 0, upper: nil, range: range), self)
        if case .temporal(.always, let written, let inner) = kind { (window, body) = (written, inner) }
        guard case .implies(let cause, let after) = body.kind,
            case .temporal(.always, let asked, let effect) = after.kind,
            cause.isOfOneInstant, effect.isOfOneInstant
        else { return nil }
        return (window, cause, asked, effect)
    }

    private var isOfOneInstant: Bool {
        switch kind {
        case .temporal, .until, .share: false
        default: children.allSatisfy(\.isOfOneInstant)
        }
    }
}
