/// A condition that a plan must keep, in signal temporal logic over channels and actions in physical units.
///
/// ```swift
/// let limit = try Guardrail.parse("always(T1 <= 55 °C)")
/// let settle = try Guardrail.parse("always[60, 300](abs(T2 - 40) <= 1)")
/// let gentle = try Guardrail.parse("rate(Q1) <= 10 %/min")
/// let mostly = try Guardrail.parse("share(1 <= buffer <= 39) >= 95 %")
/// ```
///
/// The language is in ``ObjectiveGrammar/guardrails``. A condition without a window holds at every step. Conditions
/// are judged at the ends of the steps; an action belongs to the end of the step in which it is in force.
public struct Guardrail: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The condition as written.
    public let source: String
    let text: FormulaText
    let syntax: Syntax

    /// Reads a guardrail.
    ///
    /// - Throws: `ForesightError` (usage) that points at the character that is wrong.
    public static func parse(_ source: String) throws -> Guardrail { try Guardrail(source) }

    /// Predictions stay where the model has seen data: out-of-distribution score at most the limit at every step.
    public static func inDistribution(limit: Double = 1) throws -> Guardrail { try Guardrail("novelty <= \(limit)") }

    private init(_ source: String) throws {
        let text = FormulaText(kind: "guardrail", source)
        self.source = source
        self.text = text
        syntax = try text.pointing {
            let syntax = try Parser.formula(text)
            try SortCheck.guardrail(syntax)
            return syntax
        }
    }

    /// Reads a guardrail from its source.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the source.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(source)
    }

    /// Whether both are written alike.
    public static func == (left: Guardrail, right: Guardrail) -> Bool { left.source == right.source }

    /// Hashes the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// The condition as written.
    public var description: String { source }
}
