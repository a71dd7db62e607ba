/// What numbers a setting allows; printed in help, documentation and errors.
public struct Limit: Sendable, Equatable, CustomStringConvertible {
    private let lower: Double?
    private let upper: Double?
    private let excludesLower: Bool

    /// Any number.
    public static let none = Limit(lower: nil, upper: nil, excludesLower: false)
    /// From 0 to 1.
    public static let fraction = Limit.between(0, 1)

    /// From `lower` to `upper`, both allowed.
    public static func between(_ lower: Double, _ upper: Double) -> Limit {
        Limit(lower: lower, upper: upper, excludesLower: false)
    }

    /// `lower` or more.
    public static func atLeast(_ lower: Double) -> Limit { Limit(lower: lower, upper: nil, excludesLower: false) }

    /// More than `lower`.
    public static func above(_ lower: Double) -> Limit { Limit(lower: lower, upper: nil, excludesLower: true) }

    /// Whether the number is allowed.
    public func allows(_ number: Double) -> Bool {
        if let lower, excludesLower ? number <= lower : number < lower { return false }
        if let upper, number > upper { return false }
        return !number.isNaN
    }

    /// The limit in words, such as "1 to 100" or "above 0"; empty when there is none.
    public var description: String {
        switch (lower, upper) {
        case (nil, nil): ""
        case (let lower?, nil): excludesLower ? "above \(Self.text(lower))" : "at least \(Self.text(lower))"
        case (nil, let upper?): "at most \(Self.text(upper))"
        case (let lower?, let upper?): "\(Self.text(lower)) to \(Self.text(upper))"
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }
}
