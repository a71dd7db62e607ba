extension PushTPhysics {
    /// Finds out who touches whom; whether anybody does.
    mutating func findContacts() -> Bool {
        if boxesAreOld {
            let pose = pose
            for i in boxes.indices { boxes[i] = block.boxes[i].placed(by: pose) }
            boxesAreOld = false
        }
        var touching = false
        for (number, box) in boxes.enumerated() {
            let (low, high) = (box.low, box.high)
            for (index, wall) in PushTPhysics.walls.enumerated() {
                let pair = (1 + index) * boxes.count + number
                guard wall.low.x <= high.x, wall.high.x >= low.x, wall.low.y <= high.y, wall.high.y >= low.y else {
                    pairs[pair].age(stamp: stamp, persistence: PushTPhysics.persistence)
                    continue
                }
                let manifold = ContactManifold.segment(wall, box: box)
                if note(manifold, pair: pair, other: .zero) { touching = true }
            }
            let pair = number
            guard agent.x - radius <= high.x, agent.x + radius >= low.x, agent.y - radius <= high.y,
                agent.y + radius >= low.y
            else {
                pairs[pair].age(stamp: stamp, persistence: PushTPhysics.persistence)
                continue
            }
            let manifold = ContactManifold.disc(at: agent, radius: radius, box: box)
            if note(manifold, pair: pair, other: agent) { touching = true }
        }
        return touching
    }

    /// Takes a manifold over into what is known of a pair; whether there is one.
    private mutating func note(_ manifold: ContactManifold, pair: Int, other: Planar) -> Bool {
        guard manifold.count > 0 else {
            pairs[pair].age(stamp: stamp, persistence: PushTPhysics.persistence)
            return false
        }
        pairs[pair].meet(manifold, other: other, block: center, stamp: stamp)
        return true
    }

    /// Finds the impulses that keep the touching shapes apart, and moves the block's velocities by them.
    mutating func solveContacts() {
        let discPairs = boxes.count
        for i in pairs.indices where pairs[i].stamp == stamp {
            pairs[i].prepare(block, offset: center - (i < discPairs ? agent : .zero))
        }
        for i in pairs.indices where pairs[i].stamp == stamp && pairs[i].phase == .lasting {
            pairs[i].applyRemembered(to: &motion, block)
        }
        for _ in 0..<PushTPhysics.iterations {
            for i in pairs.indices where pairs[i].stamp == stamp {
                pairs[i].improve(
                    &motion, block, friction: friction, otherVelocity: i < discPairs ? agentVelocity : .zero)
            }
        }
        for i in pairs.indices where pairs[i].stamp == stamp { pairs[i].phase = .lasting }
    }

    /// Whether the block touches anything.
    var isTouching: Bool {
        var copy = self
        return copy.findContacts()
    }
}
