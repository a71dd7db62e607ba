import Basics

/// What a plan should reach, as a weighted sum of terms in physical units; lower cost is better.
///
/// ```swift
/// let goal = try Goal.parse("T1 = 45 °C; 2 * (T2 -> 35 at 300 s); 0.1 * smooth(Q1)")
/// ```
///
/// The language is in ``ObjectiveGrammar/goals``. Every term is a mean over the steps it counts, of quantities divided
/// by the scale of their channel, so that weights keep their meaning from horizon to horizon.
public struct Goal: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The goal as written.
    public let source: String
    let text: FormulaText
    let terms: [Syntax]

    /// Reads a goal.
    ///
    /// - Throws: `ForesightError` (usage) that points at the character that is wrong.
    public static func parse(_ source: String) throws -> Goal { try Goal(source) }

    private init(_ source: String) throws {
        let text = FormulaText(kind: "goal", source)
        self.source = source
        self.text = text
        terms = try text.pointing {
            let terms = try Parser.goals(text)
            for term in terms { try SortCheck.goal(term) }
            return terms
        }
    }

    /// The sum of two goals.
    ///
    /// - Throws: `ForesightError` when the joined text is too deep to read.
    public func adding(_ other: Goal) throws -> Goal { try Goal("\(source); \(other.source)") }

    /// The goal with every term weighted.
    ///
    /// - Throws: `ForesightError` when the weight is negative or not finite.
    public func weighted(by weight: Double) throws -> Goal {
        guard weight >= 0, weight.isFinite else {
            throw ForesightError.usage("the weight \(weight) of a goal", remedy: "weights are finite and at least 0")
        }
        return try Goal(terms.map { "\(weight) * (\(text.slice($0.range)))" }.joined(separator: "; "))
    }

    /// Reads a goal from its source.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the source.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(source)
    }

    /// Whether both are written alike.
    public static func == (left: Goal, right: Goal) -> Bool { left.source == right.source }

    /// Hashes the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// The goal as written.
    public var description: String { source }
}
