import Episodes

/// Makes monitors of conditions over what a running loop observes, in which a sample that is missing shows nothing.
struct LoopWatch {
    /// The observed channels.
    let outputs: [Channel]
    /// The actions.
    let actions: [Channel]
    /// Seconds between observations.
    let samplingTime: Double
    let options: CompileOptions

    /// By how much times of samples and of windows may differ by rounding, s.
    var tolerance: Double { 1e-6 * samplingTime }

    func monitor(_ guardrail: Guardrail) throws -> GuardrailMonitor {
        try GuardrailMonitor(
            guardrail, outputs: outputs, actions: actions, samplingTime: samplingTime, options: options,
            leavesMissingOpen: true)
    }

    /// Watches a condition on one instant, in words, in each instant of a window.
    func instants(_ condition: String, from lower: Double = 0, to upper: Double? = nil) throws -> GuardrailMonitor {
        try monitor(Guardrail.parse(WindowWords.always(lower, upper, condition)))
    }
}

/// Conditions over windows, in words.
enum WindowWords {
    /// A condition all of the time between two times, s; without an end where there is none.
    static func always(_ lower: Double, _ upper: Double?, _ condition: String) -> String {
        "\(Syntax.Temporal.always.rawValue)\(window(lower, upper))(\(condition))"
    }

    /// A condition that comes about between two times, s.
    static func eventually(_ lower: Double, _ upper: Double?, _ condition: String) -> String {
        "\(Syntax.Temporal.eventually.rawValue)\(window(lower, upper))(\(condition))"
    }

    private static func window(_ lower: Double, _ upper: Double?) -> String {
        let end = upper.flatMap { $0.isFinite ? words($0) : nil } ?? "end"
        return "[\(words(lower)), \(end)]"
    }

    /// Seconds without what sums round.
    private static func words(_ seconds: Double) -> String {
        let text = "\((seconds * 1e9).rounded() / 1e9)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension FormulaText {
    /// A condition, or its opposite, in words.
    func words(of condition: Syntax, isOpposite: Bool) -> String {
        isOpposite ? "not (\(slice(condition.range)))" : slice(condition.range)
    }
}
