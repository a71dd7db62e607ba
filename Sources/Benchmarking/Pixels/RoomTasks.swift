public import Plants

/// To the other of two rooms, through the door: the rules of the CLEAR audit for TwoRoom.
///
/// Both ask for a start and a goal in different rooms. Moderate: within 16 px. Strict: within 8 px, in the goal's room, by a
/// route that goes through the door; here no other is possible, since the world sweeps the whole disc along each step.
public struct TwoRoomsTask: PixelTask {
    let rooms: TwoRooms

    /// Creates the task.
    public init(_ rooms: TwoRooms = TwoRooms()) { self.rooms = rooms }

    /// The world.
    public var world: any World { rooms }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> TwoRoomsTask { TwoRoomsTask(try rooms.varied(factors)) }

    /// Whether start and goal lie in different rooms.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
        guard let start = window.first, let goal = window.last else { return false }
        return rooms.areApart(start, goal)
    }

    /// Whether the dot is near the goal, in its room where that is asked for.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        switch rule {
        case .moderate: distance(state, goal, 0..<2) < 16
        case .strict: distance(state, goal, 0..<2) < 8 && !rooms.areApart(state, goal)
        }
    }
}

/// To the other side of a wall, through its door: the radius of DINO-WM, arXiv:2411.04983, or half of it.
public struct WallTask: PixelTask {
    private let wall: Wall

    /// Creates the task.
    public init(_ wall: Wall = Wall()) { self.wall = wall }

    /// The world.
    public var world: any World { wall }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> WallTask { WallTask(try wall.varied(factors)) }

    /// Whether start and goal lie on different sides.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
        guard let start = window.first, let goal = window.last else { return false }
        return wall.areApart(start, goal)
    }

    /// Within 4.5 px of 65; strictly, within half of that on the goal's side.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        switch rule {
        case .moderate: distance(state, goal, 0..<2) < 4.5
        case .strict: distance(state, goal, 0..<2) < 2.25 && !wall.areApart(state, goal)
        }
    }
}

/// To a place in a maze, with whatever velocity: the radius of DINO-WM, arXiv:2411.04983, or half of it.
///
/// A goal is at least a metre away, a cell of the maze: a ball that rolls on by itself is often still near after 25 rows.
public struct MazeTask: PixelTask {
    private let maze: PointMaze

    /// Creates the task.
    public init(_ maze: PointMaze) { self.maze = maze }

    /// The world.
    public var world: any World { maze }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> MazeTask { MazeTask(try maze.varied(factors)) }

    /// Whether a start is at least a metre from its goal.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
        guard let start = window.first, let goal = window.last else { return false }
        return distance(start, goal, 0..<2) >= 1
    }

    /// Within 0.5 m; strictly, within half of that.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        distance(state, goal, 0..<2) < (rule == .moderate ? 0.5 : 0.25)
    }
}
