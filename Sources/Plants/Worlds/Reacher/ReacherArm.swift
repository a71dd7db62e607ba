/// The mechanics of the reacher: two links in a plane, as MuJoCo moves them.
///
///     M(q)·a = gear·u − D·v − c(q, v) + Jᵀ·f,    (M + h·D)·a' = the same right side,    v += h·a',    q += h·v
///
/// with the inertia M of two links, damping D that is integrated implicitly, the forces c of turning and a soft limit
/// of the wrist, f ≥ 0, of MuJoCo's constraint model (E. Todorov, T. Erez, Y. Tassa, "MuJoCo", IROS 2012, and the
/// chapter on computation of its documentation). With one joint limit its convex problem has the closed form that is
/// used here. Masses and inertias come from capsules and a sphere by the formulas of MuJoCo's compiler.
struct ReacherArm: Sendable, Hashable {
    /// Seconds of one step of the mechanics.
    static let timeStep = 0.02
    /// How far the wrist turns to either side, rad.
    static let wristLimit = 160 * Double.pi / 180

    /// Lengths of the links: from the shoulder to the wrist and from there to the finger, m.
    let upperLength: Double
    let lowerLength: Double
    /// The radius of arm, hand and finger, m.
    let radius: Double
    /// The damping of each joint, N·m·s.
    let damping: Double
    /// The torque at an action of 1, N·m.
    let strength: Double
    /// The inertia about the shoulder with the wrist straight ahead is `base + 2·coupling·cos(wrist) + tip`.
    let base: Double
    let coupling: Double
    let tip: Double
    /// What one unit of torque at the wrist accelerates at the straight arm, 1/(kg·m²).
    private let inverseWeight: Double

    /// The angles of shoulder and wrist, rad, and their velocities, rad/s.
    var shoulder = 0.0
    var wrist = 0.0
    var shoulderVelocity = 0.0
    var wristVelocity = 0.0

    /// Creates an arm at rest, stretched to the right. The hand ends a fifth of a decimetre before the finger.
    init(
        upperLength: Double = 0.12, lowerLength: Double = 0.12, radius: Double = 0.01, damping: Double = 0.01,
        strength: Double = 0.05, armDensity: Double = 1000, fingerDensity: Double = 1000
    ) {
        self.upperLength = upperLength
        self.lowerLength = lowerLength
        self.radius = radius
        self.damping = damping
        self.strength = strength
        let arm = Body.capsule(length: upperLength, radius: radius, density: armDensity)
        let handLength = lowerLength - 0.02
        let hand = Body.capsule(length: handLength, radius: radius, density: 1000)
        let finger = Body.sphere(radius: radius, density: fingerDensity)
        base = arm.about(upperLength / 2) + (hand.mass + finger.mass) * upperLength * upperLength
        coupling = upperLength * (hand.mass * handLength / 2 + finger.mass * lowerLength)
        tip = hand.about(handLength / 2) + finger.about(lowerLength)
        let (total, cross) = (base + 2 * coupling + tip, tip + coupling)
        inverseWeight = total / (total * tip - cross * cross)
    }

    /// Where the wrist is.
    var wristPlace: Planar { Planar(cosine(shoulder), sine(shoulder)) * upperLength }
    /// The direction from the wrist to the finger.
    var handDirection: Planar { Planar(cosine(shoulder + wrist), sine(shoulder + wrist)) }
    /// Where the finger is.
    var fingerPlace: Planar { wristPlace + handDirection * lowerLength }

    /// Goes one step of the mechanics on under actions of −1…1 for shoulder and wrist.
    mutating func step(_ shoulderAction: Double, _ wristAction: Double) {
        let h = ReacherArm.timeStep
        let coupled = coupling * cosine(wrist)
        let (m11, m12, m22) = (base + 2 * coupled + tip, tip + coupled, tip)
        let turning = coupling * sine(wrist)
        // Torques less the forces of turning and damping.
        var f1 = strength * shoulderAction - damping * shoulderVelocity
        f1 += turning * wristVelocity * (2 * shoulderVelocity + wristVelocity)
        var f2 = strength * wristAction - damping * wristVelocity
        f2 -= turning * shoulderVelocity * shoulderVelocity
        let determinant = m11 * m22 - m12 * m12
        f2 += limitTorque(
            acceleration: (m11 * f2 - m12 * f1) / determinant, inverseInertia: m11 / determinant)
        let (d11, d22) = (m11 + h * damping, m22 + h * damping)
        let implicit = d11 * d22 - m12 * m12
        shoulderVelocity += h * (d22 * f1 - m12 * f2) / implicit
        wristVelocity += h * (d11 * f2 - m12 * f1) / implicit
        shoulder += h * shoulderVelocity
        wrist += h * wristVelocity
    }

    /// Finds how the limit turns the wrist back.
    ///
    /// - Parameters:
    ///   - acceleration: What the wrist would do without it.
    ///   - inverseInertia: What one unit of torque at the wrist accelerates now.
    /// - Returns: The torque, N·m.
    private func limitTorque(acceleration: Double, inverseInertia: Double) -> Double {
        // Distances and motions are counted away from the limit.
        let side = wrist < 0 ? 1.0 : -1.0
        let distance = ReacherArm.wristLimit - abs(wrist)
        guard distance < 0 else { return 0 }
        // MuJoCo's defaults: solref 0.02 1, at least two steps; solimp 0.9 0.95 0.001 0.5 2.
        let (time, least, most, width) = (max(0.02, 2 * ReacherArm.timeStep), 0.9, 0.95, 0.001)
        let depth = min(-distance / width, 1)
        let share = depth <= 0.5 ? 2 * depth * depth : 1 - 2 * (1 - depth) * (1 - depth)
        let impedance = least + share * (most - least)
        let stiffness = 1 / (most * most * time * time)
        let wanted = -2 / (most * time) * side * wristVelocity - stiffness * impedance * distance
        let softness = (1 - impedance) / impedance * inverseWeight
        return side * max(0, (wanted - side * acceleration) / (inverseInertia + softness))
    }

    /// The mass of a body and its moment of inertia about the axis through its middle.
    private struct Body {
        let mass: Double
        let moment: Double

        /// The moment of inertia about a parallel axis.
        func about(_ distance: Double) -> Double { moment + mass * distance * distance }

        static func capsule(length: Double, radius: Double, density: Double) -> Body {
            let cylinder = Double.pi * radius * radius * length * density
            let ends = sphere(radius: radius, density: density)
            let square = radius * radius
            let round = cylinder * (3 * square + length * length) / 12
            let moment = round + ends.moment + ends.mass * length * (3 * radius + 2 * length) / 8
            return Body(mass: cylinder + ends.mass, moment: moment)
        }

        static func sphere(radius: Double, density: Double) -> Body {
            let mass = 4 / 3 * Double.pi * radius * radius * radius * density
            return Body(mass: mass, moment: 0.4 * mass * radius * radius)
        }
    }
}
