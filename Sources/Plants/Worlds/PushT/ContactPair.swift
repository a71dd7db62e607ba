/// A point at which two shapes touch, and the impulses that keep them apart there.
struct ContactPoint: Sendable, Hashable {
    /// From the centre of the other body to the point on its surface.
    var otherArm = Planar.zero
    /// From the centre of mass of the block to the point on its surface.
    var blockArm = Planar.zero
    /// Which features touch: equal keys of two steps mean the same contact.
    var key = 0
    /// What the block's mass feels like along the normal and across it.
    var normalMass = 0.0
    var tangentMass = 0.0
    /// How fast the overlap shall be undone, px/s.
    var bias = 0.0
    /// The impulses so far: along the normal, across it, and of the correction of the overlap.
    var normalImpulse = 0.0
    var tangentImpulse = 0.0
    var biasImpulse = 0.0
}

/// All that is known of the contact between one box of the block and one other shape.
struct ContactPair: Sendable, Hashable {
    /// How long the contact lasts already.
    enum Phase: Sendable, Hashable {
        /// The shapes have not touched lately.
        case none
        /// They touch since this step.
        case fresh
        /// They touched in the step before, too.
        case lasting
        /// They have come apart a few steps ago.
        case parted
    }

    var phase = Phase.none
    /// The last step in which they touched.
    var stamp = 0
    /// From the other shape towards the block.
    var normal = Planar.zero
    var count = 0
    var first = ContactPoint()
    var second = ContactPoint()

    /// Takes over the points of this step and what is remembered of them: their impulses.
    mutating func meet(_ manifold: ContactManifold, other: Planar, block: Planar, stamp: Int) {
        let old = self
        count = manifold.count
        normal = manifold.normal
        first = ContactPoint()
        second = ContactPoint()
        func take(_ point: ManifoldPoint) -> ContactPoint {
            var new = ContactPoint()
            new.otherArm = point.onOther - other
            new.blockArm = point.onBlock - block
            new.key = point.key
            guard old.phase != .none else { return new }
            if old.count > 0 && old.first.key == point.key {
                new.normalImpulse = old.first.normalImpulse
                new.tangentImpulse = old.first.tangentImpulse
            }
            if old.count > 1 && old.second.key == point.key {
                new.normalImpulse = old.second.normalImpulse
                new.tangentImpulse = old.second.tangentImpulse
            }
            return new
        }
        if count > 0 { first = take(manifold.first) }
        if count > 1 { second = take(manifold.second) }
        if phase == .none || phase == .parted { phase = .fresh }
        self.stamp = stamp
    }

    /// Forgets contacts that are over.
    mutating func age(stamp now: Int, persistence: Int) {
        guard phase != .none, stamp != now else { return }
        phase = .parted
        if now - stamp >= persistence {
            phase = .none
            count = 0
        }
    }
}

/// How the block moves.
struct BlockMotion: Sendable, Hashable {
    /// The velocity of the centre of mass, px/s, and the angular velocity, 1/s.
    var velocity = Planar.zero
    var spin = 0.0
    /// Velocities that undo overlaps: they move the block in the next step and are then forgotten.
    var pushOut = Planar.zero
    var turnOut = 0.0
}

extension ContactPair {
    /// Computes what does not change while impulses are found.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - offset: From the other body's centre to the block's.
    mutating func prepare(_ block: TeeBlock, offset: Planar) {
        let normal = normal
        func felt(_ arm: Planar, _ axis: Planar) -> Double {
            let lever = arm.cross(axis)
            return 1 / (block.inverseMass + block.inverseMoment * lever * lever)
        }
        func prepare(_ point: inout ContactPoint) {
            point.normalMass = felt(point.blockArm, normal)
            point.tangentMass = felt(point.blockArm, normal.quarterTurn)
            let distance = (point.blockArm - point.otherArm + offset).dot(normal)
            point.bias = -PushTPhysics.correction * min(0, distance + PushTPhysics.slop) / PushTPhysics.timeStep
            point.biasImpulse = 0
        }
        if count > 0 { prepare(&first) }
        if count > 1 { prepare(&second) }
    }

    /// Applies the impulses of the step before at once, so that few rounds are enough.
    func applyRemembered(to motion: inout BlockMotion, _ block: TeeBlock) {
        func apply(_ point: ContactPoint) {
            let impulse = normal.rotated(by: Planar(point.normalImpulse, point.tangentImpulse))
            motion.velocity += impulse * block.inverseMass
            motion.spin += block.inverseMoment * point.blockArm.cross(impulse)
        }
        if count > 0 { apply(first) }
        if count > 1 { apply(second) }
    }

    /// One round of impulses: shapes do not come nearer, friction stays within its cone.
    mutating func improve(
        _ motion: inout BlockMotion, _ block: TeeBlock, friction: Double, otherVelocity: Planar
    ) {
        let normal = normal
        @inline(__always)
        func improve(_ point: inout ContactPoint) {
            let arm = point.blockArm
            let pushedOut = (motion.pushOut + arm.quarterTurn * motion.turnOut).dot(normal)
            let approach = motion.velocity + arm.quarterTurn * motion.spin - otherVelocity

            let oldBias = point.biasImpulse
            point.biasImpulse = max(oldBias + (point.bias - pushedOut) * point.normalMass, 0)

            let oldNormal = point.normalImpulse
            point.normalImpulse = max(oldNormal - approach.dot(normal) * point.normalMass, 0)

            let most = friction * point.normalImpulse
            let oldTangent = point.tangentImpulse
            let wanted = oldTangent - approach.dot(normal.quarterTurn) * point.tangentMass
            point.tangentImpulse = min(max(wanted, -most), most)

            let out = normal * (point.biasImpulse - oldBias)
            motion.pushOut += out * block.inverseMass
            motion.turnOut += block.inverseMoment * arm.cross(out)
            let impulse = normal.rotated(
                by: Planar(point.normalImpulse - oldNormal, point.tangentImpulse - oldTangent))
            motion.velocity += impulse * block.inverseMass
            motion.spin += block.inverseMoment * arm.cross(impulse)
        }
        if count > 0 { improve(&first) }
        if count > 1 { improve(&second) }
    }
}
