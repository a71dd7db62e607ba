import Basics

/// The worlds that commands know by name.
public enum WorldCatalog {
    /// All names.
    public static let names = [
        "two-rooms", "wall", "point-maze-u", "point-maze-medium", "cart-pole", "driving", "push-t", "reacher",
        "bouncing-ball",
    ]

    /// A world by name, its factors at their standard values unless others are given.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - factors: Values of factors by their names.
    /// - Returns: The world.
    /// - Throws: `ForesightError.usage` when no world has the name, a factor does not exist or is beyond its range.
    public static func world(_ name: String, factors: [String: Double] = [:]) throws -> any World {
        switch name {
        case "two-rooms": return try TwoRooms().varied(factors)
        case "wall": return try Wall().varied(factors)
        case "point-maze-u": return try PointMaze(.uMaze).varied(factors)
        case "point-maze-medium": return try PointMaze(.medium).varied(factors)
        case "cart-pole": return try CartPole().varied(factors)
        case "driving": return try Driving().varied(factors)
        case "push-t": return try PushT().varied(factors)
        case "reacher": return try Reacher().varied(factors)
        case "bouncing-ball": return try BouncingBall().varied(factors)
        default:
            throw ForesightError.usage("unknown world \(name)", remedy: nearestNameRemedy(to: name, among: names))
        }
    }
}
