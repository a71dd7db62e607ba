import Objectives

/// What goals and guardrails say of one channel in the simple forms that charts can draw: limits, values, bands, steps.
///
/// Anything else is planned with all the same and only not drawn.
struct ObjectiveMarks {
    /// A limit of a channel.
    struct Limit: Equatable {
        /// Whether the channel must stay below.
        var isUpper: Bool
        /// The value.
        var value: Double
        /// The condition that says so, as written.
        var text: String
    }

    /// A target of a channel from a time on.
    struct Target: Equatable {
        /// Seconds from the start of the task.
        var from: Double
        /// The value, or the band.
        var range: ClosedRange<Double>
    }

    private let goals: [String]
    private let guardrails: [Guardrail]

    init(goal: String, guardrails: [String]) {
        goals = goal.split(separator: ";").map(String.init)
        // Whoever plans with one that cannot be read is told so; here it only is not drawn.
        self.guardrails = guardrails.compactMap { try? Guardrail.parse($0) }
    }

    /// The limits that guardrails set to a channel; none where a condition is only one of several ways.
    func limits(of channel: String) -> [Limit] {
        guardrails.flatMap { guardrail in
            guardrail.limits.filter { $0.channel == channel }.map {
                Limit(isUpper: $0.isUpper, value: $0.value, text: guardrail.source)
            }
        }
    }

    /// The targets that the goal sets to a channel, in the order of their times.
    func targets(of channel: String) -> [Target] {
        for text in goals {
            if let match = text.firstMatch(of: Self.equality), Self.name(match.1) == channel,
                let value = Double(match.2)
            {
                return [Target(from: 0, range: value...value)]
            }
            if let match = text.firstMatch(of: Self.steps), Self.name(match.1) == channel {
                let targets = match.2.split(separator: ",").compactMap { pair -> Target? in
                    let sides = pair.split(separator: ":").map { $0.filter { $0 != " " } }
                    guard sides.count == 2, let from = Double(sides[0]), let value = Double(sides[1]) else {
                        return nil
                    }
                    return Target(from: from, range: value...value)
                }
                if !targets.isEmpty { return targets }
            }
            let sides = Self.comparisons(text).filter { $0.name == channel }
            if let low = sides.first(where: { !$0.isUpper }), let high = sides.first(where: \.isUpper),
                low.value <= high.value
            {
                return [Target(from: 0, range: low.value...high.value)]
            }
        }
        return []
    }

    private typealias Comparison = (name: String, isUpper: Bool, value: Double)

    /// Comparisons of a name with a number, either way round.
    private static func comparisons(_ text: String) -> [Comparison] {
        let after = text.matches(of: nameFirst).compactMap { match -> Comparison? in
            Double(match.3).map { (name(match.1), match.2.hasPrefix("<"), $0) }
        }
        let before = text.matches(of: numberFirst).compactMap { match -> Comparison? in
            Double(match.1).map { (name(match.3), match.2.hasPrefix(">"), $0) }
        }
        return before + after
    }

    private static func name(_ text: Substring) -> String { text.filter { $0 != "`" } }

    // Computed, because a stored regular expression is not Sendable.
    private static var equality: Regex<(Substring, Substring, Substring)> {
        /(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)\s*(?:=|->)\s*(-?[0-9]+(?:\.[0-9]+)?)/
    }
    private static var steps: Regex<(Substring, Substring, Substring)> {
        /(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)\s*=\s*steps\(([^)]*)\)/
    }
    private static var nameFirst: Regex<(Substring, Substring, Substring, Substring)> {
        /(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)\s*(<=?|>=?)\s*(-?[0-9]+(?:\.[0-9]+)?)/
    }
    private static var numberFirst: Regex<(Substring, Substring, Substring, Substring)> {
        /(-?[0-9]+(?:\.[0-9]+)?)\s*(?:[°%\p{L}\/]+\s*)?(<=?|>=?)\s*(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)/
    }
}
