public import Basics
public import Plants

/// A factor of variation of a world: one number, or the three of a colour, that differ together.
public struct PixelVariation: Sendable, Hashable, Codable {
    /// The name, such as `agent_speed` or `agent_colour`.
    public var name: String
    /// The world's factors that it is made of.
    public var factors: [String]

    /// Creates a variation.
    public init(_ name: String, _ factors: [String]) { (self.name, self.factors) = (name, factors) }

    /// All variations of a world, each colour as one.
    public static func all(of world: any World) -> [PixelVariation] {
        var found: [PixelVariation] = []
        for factor in world.factors.map(\.name) {
            let colour = ["_red", "_green", "_blue"].first { factor.hasSuffix($0) }
            let name = colour.map { factor.dropLast($0.count) + "_colour" } ?? factor
            if let index = found.firstIndex(where: { $0.name == name }) {
                found[index].factors.append(factor)
            } else {
                found.append(PixelVariation(name, [factor]))
            }
        }
        return found
    }
}

/// Which factors of variation differ from episode to episode.
public enum PixelVariety: Sendable, Hashable {
    /// None: every episode is of the standard world.
    case none
    /// Those of a list, in every episode.
    case these([PixelVariation])
    /// Each of a list, in every other episode on average and independently of the others, so that a model sees the standard
    /// world, single differences and many at once.
    case some([PixelVariation])

    /// The values that differ in a world, drawn uniformly from the ranges of the factors.
    ///
    /// - Throws: `ForesightError.usage` when values that go together cannot be found.
    public func draw(_ world: any World, using generator: inout SeededGenerator) throws -> [String: Double] {
        let drawn: [PixelVariation]
        switch self {
        case .none: return [:]
        case .these(let all): drawn = all
        case .some(let all):
            var kept: [PixelVariation] = []
            for variation in all where generator.uniform() < 0.5 { kept.append(variation) }
            drawn = kept
        }
        let names = drawn.flatMap(\.factors)
        let varied = try world.varied(randomly: names, using: &generator)
        let values = zip(varied.factors.map(\.name), varied.factorValues)
        return Dictionary(uniqueKeysWithValues: values.filter { names.contains($0.0) })
    }
}
