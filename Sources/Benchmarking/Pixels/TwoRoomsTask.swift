public import Plants

/// To the other of two rooms, through the door: the rules of the CLEAR audit for TwoRoom.
///
/// Both ask for a start and a goal in different rooms. Moderate: within 16 px. Strict: within 8 px, in the goal's room, by a
/// route that goes through the door; here no other is possible, since the world sweeps the whole disc along each step.
public struct TwoRoomsTask: PixelTask {
    private let rooms: TwoRooms

    /// Creates the task.
    public init(_ rooms: TwoRooms = TwoRooms()) { self.rooms = rooms }

    /// The world.
    public var world: any World { rooms }

    /// Whether start and goal lie in different rooms.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
        guard let start = window.first, let goal = window.last else { return false }
        return rooms.areApart(start, goal)
    }

    /// Whether the dot is at the goal now.
    public func isSolved(_ route: [[Double]], goal: [Double], rule: PixelRule) -> Bool {
        guard let now = route.last else { return false }
        let (x, y) = (now[0] - goal[0], now[1] - goal[1])
        let distance = (x * x + y * y).squareRoot()
        switch rule {
        case .moderate: return distance < 16
        case .strict: return distance < 8 && !rooms.areApart(now, goal)
        }
    }
}
