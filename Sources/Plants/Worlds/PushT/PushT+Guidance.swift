public import Basics

extension PushT {
    /// A push `[from x, from y, to x, to y]`, px: a line that hits the block somewhere, from free floor beside it to at
    /// most 100 px beyond the point that it hits, rather towards the middle of the picture than towards the walls.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        // A point of the block: its boxes have areas of 4 and 3.
        let box = physics.block.boxes[generator.uniform() < 4.0 / 7 ? 0 : 1]
        let (low, high) = (box.corners[0], box.corners[2])
        let share = Planar(generator.uniform(), generator.uniform())
        let hit = physics.pose(low + share * (high - low))
        let middle = Planar(generator.uniform(in: 130...382), generator.uniform(in: 130...382))
        let way = middle - hit
        let direction = way.length > 1 ? way * (1 / way.length) : Planar(1, 0)
        // Back to where the line enters the circle around the block.
        let offset = hit - physics.center
        let along = offset.dot(direction)
        let room = clearance * clearance - offset.dot(offset)
        let back = along + max(along * along + room, 0).squareRoot()
        let from = PushT.inside(hit - direction * back)
        let to = PushT.inside(hit + direction * generator.uniform(in: 20...100))
        return [from.x, from.y, to.x, to.y]
    }

    /// The action that goes round the block to where the push begins, and then along it.
    public func guidance(toward target: [Double]) -> [Double] {
        let push = Push(target)
        let agent = physics.agent
        let (along, aside) = push.place(of: agent)
        // On the line or near it the disc goes on, to a point of the line that is ahead.
        let isPushing = along > -8 && abs(aside) < 40
        let next = isPushing ? push.from + push.direction * (along + 60) : detour(to: push.from)
        var way = (next - agent) * (1.5 / PushT.reach)
        let most = isPushing ? Self.pushing : Self.walking
        if way.length > most { way *= most / way.length }
        switch control {
        case .relative: return [way.x, way.y]
        case .absolute:
            let aim = PushT.inside(agent + way * PushT.reach)
            return [aim.x, aim.y]
        }
    }

    /// Some 6 px, whatever an action means: less than half of a step of a push.
    public var guidanceNoise: Double { 0.06 * (control == .relative ? 1 : PushT.reach / 256) }

    /// How far the disc is sent at a step while it pushes and while it walks around the block, as a part of the most that is
    /// possible. 15 px and 35 px; the expert episodes that LeWorldModel learns from take 125 steps on average for the whole task.
    private static let (pushing, walking) = (0.15, 0.35)

    /// Whether the disc has come to the end of the push.
    public func isNear(_ target: [Double]) -> Bool {
        let push = Push(target)
        let (along, aside) = push.place(of: physics.agent)
        return along > push.length - 12 && abs(aside) < 40
    }

    /// A line to push along.
    private struct Push {
        let from: Planar
        let direction: Planar
        let length: Double

        init(_ target: [Double]) {
            precondition(target.count == 4, "a push of \(target.count) numbers instead of 4")
            from = Planar(target[0], target[1])
            let line = Planar(target[2], target[3]) - from
            length = max(line.length, 1)
            direction = line * (1 / length)
        }

        /// How far a point is along the line and beside it.
        func place(of point: Planar) -> (along: Double, aside: Double) {
            ((point - from).dot(direction), (point - from).cross(direction))
        }
    }

    /// A circle around the block's centre of mass that the disc can walk on without touching the block, px.
    private var clearance: Double { 2.6 * physics.block.scale + physics.radius + 6 }

    /// The next point of a way that goes round the block.
    private func detour(to goal: Planar) -> Planar {
        let agent = physics.agent - physics.center
        let end = goal - physics.center
        let way = end - agent
        let nearest = -agent.dot(way) / max(way.dot(way), 1)
        let passing = agent + way * min(max(nearest, 0), 1)
        // The end itself may lie a little inside of the circle.
        guard passing.length < min(clearance, end.length, agent.length) - 4 else { return goal }
        // A good step along the circle, the shorter way round.
        let sense = agent.cross(end) < 0 ? -1.0 : 1.0
        let radial = agent * (1 / max(agent.length, 1))
        let turned = radial.rotated(by: Planar(cosine(0.7), sense * sine(0.7)))
        return PushT.inside(physics.center + turned * (clearance + 12))
    }

    /// The nearest point at which the disc is between the walls.
    private static func inside(_ point: Planar) -> Planar {
        pointwiseMin(pointwiseMax(point, Planar(repeating: 24)), Planar(repeating: 488))
    }
}
