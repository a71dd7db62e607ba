public import Basics

/// One number that can differ between worlds of a kind.
public struct WorldFactor: Sendable, Hashable {
    /// What a factor changes.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// The picture alone: what a model should see through.
        case look
        /// The motion alone: what a model can only tell from what happens.
        case motion
        /// Both, such as the place of a door.
        case layout
    }

    /// The name, such as `agent_red`.
    public var name: String
    /// The value unless something else is asked for.
    public var standard: Double
    /// What it may be.
    public var range: ClosedRange<Double>
    /// What it changes.
    public var kind: Kind
    /// Whether only whole numbers are meant, such as a number of doors.
    public var isWhole: Bool
    /// What it does, a few words.
    public var meaning: String

    /// Creates a factor.
    public init(
        _ name: String, _ standard: Double, in range: ClosedRange<Double>, kind: Kind = .look, isWhole: Bool = false,
        meaning: String
    ) {
        precondition(range.contains(standard), "\(name) is \(standard), outside its range")
        self.name = name
        self.standard = standard
        self.range = range
        self.kind = kind
        self.isWhole = isWhole
        self.meaning = meaning
    }

    /// A value drawn uniformly from the range.
    public func draw(using generator: inout SeededGenerator) -> Double {
        guard isWhole else { return generator.uniform(in: range) }
        let count = range.upperBound - range.lowerBound + 1
        return range.lowerBound + (generator.uniform() * count).rounded(.down)
    }
}

/// The factors of a kind of world and their values in one of them.
struct FactorTable: Sendable, Hashable {
    let factors: [WorldFactor]
    private(set) var values: [Double]

    /// Every factor at its standard value.
    init(_ factors: [WorldFactor]) {
        self.factors = factors
        values = factors.map(\.standard)
    }

    /// The value of a factor that is there.
    subscript(_ name: String) -> Double {
        guard let index = factors.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no factor \(name)")
        }
        return values[index]
    }

    /// Where a factor stands.
    func index(of name: String, in world: String) throws -> Int {
        if let index = factors.firstIndex(where: { $0.name == name }) { return index }
        let names = factors.map(\.name)
        throw ForesightError.usage(
            "unknown factor \(name) of the world \(world)", remedy: nearestNameRemedy(to: name, among: names))
    }

    /// The table with other values.
    func varied(_ changes: [String: Double], in world: String) throws -> FactorTable {
        var copy = self
        // In the order of the names, so that of several errors always the same one is told.
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            let index = try index(of: name, in: world)
            let factor = factors[index]
            guard factor.range.contains(value), !factor.isWhole || value == value.rounded() else {
                let (low, high) = (factor.range.lowerBound, factor.range.upperBound)
                throw ForesightError.usage(
                    "the factor \(name) of the world \(world) is \(value), \(factor.isWhole ? "no whole number" : "not") "
                        + "between \(low) and \(high)",
                    remedy: "choose one that is (\(factor.meaning))")
            }
            copy.values[index] = value
        }
        return copy
    }

    /// The colour whose red, green and blue are the factors `name_red`, `name_green`, `name_blue`, under the factor
    /// `light`.
    func colour(_ name: String) -> Colour {
        Colour(
            red: self["\(name)_red"], green: self["\(name)_green"], blue: self["\(name)_blue"], light: self["light"])
    }
}

extension WorldFactor {
    /// Three factors for a colour, 0 to 255 each.
    static func colour(_ name: String, _ red: Double, _ green: Double, _ blue: Double, of thing: String)
        -> [WorldFactor]
    {
        [("red", red), ("green", green), ("blue", blue)].map {
            WorldFactor("\(name)_\($0.0)", $0.1, in: 0...255, meaning: "\($0.0) of \(thing), 0 to 255")
        }
    }

    /// The factor that brightens or darkens all colours.
    static let light = WorldFactor("light", 1, in: 0.3...1.5, meaning: "brightness by which colours are multiplied")
}
