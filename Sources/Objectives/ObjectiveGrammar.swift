/// The language of goals and guardrails, as tables for help texts.
public enum ObjectiveGrammar {
    /// One form of the language.
    public struct Form: Sendable, Hashable {
        /// How it is written.
        public let form: String
        /// What it means.
        public let meaning: String
    }

    /// What values are made of, in goals and guardrails alike.
    public static let values: [Form] = [
        Form(form: "T1, `zone 1 (°C)`", meaning: "a channel by name; in backticks when it has spaces or signs"),
        Form(form: "55, 55 °C, 10 %/min", meaning: "a number, with a unit where wanted; only times are converted"),
        Form(form: "+ - * / ( )", meaning: "arithmetic; units of sums and comparisons must match"),
        Form(form: "abs(x), min(x, y), max(x, y)", meaning: "absolute value, least, greatest"),
        Form(form: "rate(x)", meaning: "change per second since the step before, from the present at the first step"),
        Form(form: "steps(0: 40, 300: 50)", meaning: "a reference that jumps at the given times"),
        Form(form: "ramp(0: 20, 10 min: 50)", meaning: "a reference in straight lines between the given times"),
        Form(form: "[40, 41, 42]", meaning: "a reference with one value a step; the last one stays"),
        Form(form: "novelty", meaning: "out-of-distribution score: at most 1 where the model has seen data"),
        Form(form: "300, 300 s, 5 min, 2 h, 50 ms, end", meaning: "a time from now, in seconds without a unit"),
    ]

    /// What goals are made of. All terms are means over the steps they count, of values divided by the channel's scale.
    public static let goals: [Form] = [
        Form(form: "T1 = 45", meaning: "squared deviation from a value or reference, over the whole horizon"),
        Form(form: "T1 = 45 at [200 s, 300 s]", meaning: "the same over the steps that end in the window"),
        Form(
            form: "T1 -> 45 at 300 s", meaning: "the same at the step that ends nearest to the time; at the end if none"
        ),
        Form(form: "10 * (T1 = 45 at end)", meaning: "a weight on the last step: a terminal cost"),
        Form(form: "44 <= T1 <= 46", meaning: "squared distance outside the band, nothing inside; 'at' as above"),
        Form(form: "effort(Q1)", meaning: "the square of the action"),
        Form(form: "smooth(Q1)", meaning: "the square of its change from step to step"),
        Form(form: "minimize(Q1 + Q2), maximize(T1)", meaning: "the value itself, or its opposite"),
        Form(form: "2 * (goal)", meaning: "a weight: a plain number, at least 0"),
        Form(form: "goal; goal", meaning: "the sum of terms; '+' joins goals in brackets too"),
    ]

    /// What guardrails are made of. The margin is how far the binding comparison is from its limit, in its unit.
    public static let guardrails: [Form] = [
        Form(form: "T1 <= 55, 20 <= T1 <= 55", meaning: "a limit; alone, it holds at every step"),
        Form(form: "always(c)", meaning: "c at every step of the horizon"),
        Form(form: "always[60, 300](c)", meaning: "c at every step that ends between the times"),
        Form(
            form: "eventually[0, 5 min](c)",
            meaning: "c at one step of the window or more; it must come within the horizon"),
        Form(
            form: "share(1 <= x <= 39) >= 95 %",
            meaning: "expected share of the steps of the horizon in which a condition on one instant holds"),
        Form(
            form: "share(T1 > 55) <= 5 %",
            meaning: "the same, at most; a window stands behind the word, as with 'always'"),
        Form(form: "c until[0, 300] d", meaning: "d comes in the window, and c holds at every step before"),
        Form(form: "c and d, c or d, not c, c implies d", meaning: "as in words; 'and' binds tighter than 'or'"),
        Form(form: "not (T1 > 40 and T2 > 40)", meaning: "a forbidden region"),
        Form(form: "rate(Q1) <= 10 %/min", meaning: "a limit on how fast something rises"),
        Form(form: "abs(rate(Q1)) <= 10 %/min", meaning: "a limit on how fast it moves either way"),
    ]

    /// A table as aligned text, one form a line.
    public static func table(_ forms: [Form], indent: Int = 2) -> String {
        let width = forms.map(\.form.count).max() ?? 0
        return forms.map { form in
            let padding = String(repeating: " ", count: width - form.form.count + 2)
            return String(repeating: " ", count: indent) + form.form + padding + form.meaning
        }.joined(separator: "\n")
    }
}
