extension PushTPhysics {
    /// Finds out who touches whom. The pairs that touch are then in `touching`, the last one first.
    ///
    /// - Parameter velocities: Of the disc and of the block before this step, px/s.
    /// - Returns: Whether anybody touches anybody.
    mutating func findContacts(velocities: (disc: Planar, block: Planar)) -> Bool {
        if boxesAreOld {
            let pose = pose
            for i in boxes.indices { boxes[i] = block.boxes[i].placed(by: pose) }
            boxesAreOld = false
        }
        let near = search.pairs(
            disc: ContactSearch.Bounds(low: agent - radius, high: agent + radius),
            boxes: (boxes[0].bounds, boxes[1].bounds), velocities: velocities, walls: PushTPhysics.walls)
        touching = ContactSearch.Numbers()
        for place in (0..<near.count).reversed() {
            let pair = near[place]
            let box = boxes[pair & 1]
            let manifold: ContactManifold
            if pair < 2 {
                manifold = ContactManifold.disc(at: agent, radius: radius, box: box)
            } else {
                manifold = ContactManifold.segment(PushTPhysics.walls[pair / 2 - 1], box: box)
            }
            guard manifold.count > 0 else { continue }
            pairs[pair].meet(manifold, other: pair < 2 ? agent : .zero, block: center, stamp: stamp)
            touching.insert(pair)
        }
        for i in pairs.indices { pairs[i].age(stamp: stamp, persistence: PushTPhysics.persistence) }
        return touching.count > 0
    }

    /// Finds the impulses that keep the touching shapes apart, and moves the block's velocities by them.
    mutating func solveContacts() {
        let places = (0..<touching.count).reversed()
        for place in places {
            let pair = touching[place]
            pairs[pair].prepare(block, offset: center - (pair < 2 ? agent : .zero))
        }
        for place in places where pairs[touching[place]].phase == .lasting {
            pairs[touching[place]].applyRemembered(to: &motion, block)
        }
        for _ in 0..<PushTPhysics.iterations {
            for place in places {
                let pair = touching[place]
                pairs[pair].improve(
                    &motion, block, friction: friction, otherVelocity: pair < 2 ? agentVelocity : .zero)
            }
        }
        for place in places { pairs[touching[place]].phase = .lasting }
    }

    /// Whether the block touches anything.
    var isTouching: Bool {
        var copy = self
        return copy.findContacts(velocities: (.zero, .zero))
    }
}
