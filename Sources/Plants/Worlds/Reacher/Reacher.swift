public import Basics
public import Episodes

/// An arm of two links that is turned by torques in a plane: the reacher.
///
/// The arm is that of dm_control's suite (Y. Tassa et al., arXiv:1801.00690; `reacher.xml`), stepped as in
/// stable-worldmodel 0.1.1: two steps of 0.02 s for each action. The mechanics (`ReacherArm`) follow MuJoCo number by
/// number. The shoulder turns freely, the wrist by 160° to either side. The picture shows the arm from above; a target
/// is only drawn on demand, because a goal is a picture of the arm elsewhere.
///
/// Where it differs: the state's angle of the shoulder lies within half a turn of 0, and light, reflections and shadows
/// are drawn flat.
public struct Reacher: GuidedWorld, Hashable {
    var table: FactorTable
    var look: ReacherLook
    var arm: ReacherArm

    /// The steps of the mechanics in one step of the world.
    static let subSteps = 2

    /// The reacher with everything at its standard value, stretched to the right.
    public init() {
        let table = FactorTable(Self.standardFactors)
        self.table = table
        look = ReacherLook(table)
        arm = Self.arm(table)
    }

    /// The name by which commands know the world.
    public var name: String { "reacher" }
    /// Seconds between two steps.
    public var samplingTime: Double { ReacherArm.timeStep * Double(Reacher.subSteps) }
    /// The torques of both joints, a part of the greatest one.
    public var actionChannels: [Channel] {
        ["shoulder_torque", "wrist_torque"].map { Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1) }
    }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { ["shoulder", "wrist", "shoulder_velocity", "wrist_velocity"] }
    /// The shoulder turns freely; the wrist, which has limits, is a number.
    public var angleNames: [String] { ["shoulder"] }
    /// The angles of both joints, rad, counter-clockwise from stretched to the right, and their velocities, rad/s.
    public var state: [Double] { [arm.shoulder, arm.wrist, arm.shoulderVelocity, arm.wristVelocity] }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { stateNames }
    /// Angles and velocities, what encoders in the joints would tell.
    public var proprioception: [Double] { state }
    /// What can differ, with the ranges of stable-worldmodel where it has them.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }
    /// Where the finger is, m from the shoulder, to the right and to the top.
    public var finger: (x: Double, y: Double) {
        let place = arm.fingerPlace
        return (place.x, place.y)
    }

    /// Where the fingertip is in a state, `[x, y]`, m from the shoulder.
    public func fingertip(of state: [Double]) -> [Double] {
        var copy = self
        copy.restore(state)
        return [copy.finger.x, copy.finger.y]
    }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> Reacher {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.look = ReacherLook(copy.table)
        copy.arm = Self.arm(copy.table)
        copy.restore(state)
        return copy
    }

    /// Turns both joints to angles that are drawn uniformly, at rest.
    public mutating func reset(using generator: inout SeededGenerator) {
        restore(drawTarget(using: &generator) + [0, 0])
    }

    /// Moves to a state.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 4, "a state of the reacher has 4 numbers, not \(state.count)")
        (arm.shoulder, arm.wrist) = (Reacher.wrapped(state[0]), state[1])
        (arm.shoulderVelocity, arm.wristVelocity) = (state[2], state[3])
    }

    /// Goes one step on under an action `[shoulder torque, wrist torque]`, each −1…1.
    public mutating func step(_ action: [Double]) {
        let (first, second) = (limited(action, 0, count: 2), limited(action, 1, count: 2))
        for _ in 0..<Reacher.subSteps { arm.step(first, second) }
        arm.shoulder = Reacher.wrapped(arm.shoulder)
    }

    /// Angles of both joints, uniform over all that are possible.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        let limit = ReacherArm.wristLimit
        return [generator.uniform(in: -Double.pi...Double.pi), generator.uniform(in: -limit...limit)]
    }

    /// Torques that bring the joints to angles `[shoulder, wrist]`, the shoulder the shorter way round.
    public func guidance(toward target: [Double]) -> [Double] {
        let turns = [Reacher.wrapped(target[0] - arm.shoulder), target[1] - arm.wrist]
        let velocities = [arm.shoulderVelocity, arm.wristVelocity]
        return (0..<2).map { min(max(turns[$0] - 0.1 * velocities[$0], -1), 1) }
    }

    /// Whether both joints are at angles, by the rule of stable-worldmodel: less than 0.05 rad off each.
    public func isNear(_ target: [Double]) -> Bool {
        abs(Reacher.wrapped(target[0] - arm.shoulder)) < 0.05 && abs(target[1] - arm.wrist) < 0.05
    }

    /// An angle within half a turn of 0.
    private static func wrapped(_ angle: Double) -> Double {
        let turn = 2 * Double.pi
        return angle >= -.pi && angle < .pi ? angle : angle - ((angle + .pi) / turn).rounded(.down) * turn
    }

    private static func arm(_ table: FactorTable) -> ReacherArm {
        ReacherArm(
            upperLength: table["arm_length"], lowerLength: table["hand_length"], radius: table["arm_radius"],
            damping: table["damping"], strength: table["strength"], armDensity: table["arm_density"],
            fingerDensity: table["finger_density"])
    }
}
