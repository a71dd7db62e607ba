public import Basics
public import Episodes

/// A disc that pushes a T-shaped block: Push-T.
///
/// The environment is that of the diffusion policy (C. Chi et al., arXiv:2303.04137; package `gym-pusht` 0.1.8) with the
/// actions and the factors of stable-worldmodel 0.1.1. Lengths are px of a picture of 512 × 512, to the right and to the
/// bottom, whatever the size of the picture. At each step the disc is led to a target by a controller that is
/// evaluated ten times in the 0.1 s; nothing stops the disc, the block stops by itself as soon as nobody pushes it, and
/// walls hold it inside. The physics (`PushTPhysics`) follow those of the original's engine number by number.
///
/// Where it differs: targets are kept inside of the picture, and episodes do not begin with bodies that overlap each
/// other or a wall. The state has three numbers more than the original's, how the block moves, and does not hold what
/// the solver remembers of contacts; a copy of the world holds that, too.
public struct PushT: GuidedWorld, Hashable {
    /// What an action means.
    public enum Control: String, Sendable, Hashable, CaseIterable, Codable {
        /// The way from the disc to its target, in units of 100 px, as in stable-worldmodel.
        case relative
        /// The target itself, px, as in the original.
        case absolute
    }

    /// What an action means.
    public let control: Control
    var table: FactorTable
    var look: PushTLook
    var physics: PushTPhysics

    /// How far the target of a relative action of 1 is away, px.
    static let reach = 100.0
    /// The steps of the physics in one step of the world.
    static let subSteps = 10

    /// Push-T with everything at its standard value: the disc above the block of an upright T.
    public init(control: Control = .relative) {
        self.control = control
        let table = FactorTable(Self.standardFactors)
        self.table = table
        look = PushTLook(table)
        physics = Self.physics(table)
        restore([256, 400, 256, 200, 0, 0, 0, 0, 0, 0])
    }

    /// The name by which commands know the world.
    public var name: String { "push-t" }
    /// Seconds between two steps.
    public var samplingTime: Double { PushTPhysics.timeStep * Double(PushT.subSteps) }
    /// Where the disc is led to, see `Control`.
    public var actionChannels: [Channel] {
        switch control {
        case .relative:
            ["right", "down"].map { Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1) }
        case .absolute:
            ["target_x", "target_y"].map {
                Channel(name: $0, unit: "px", role: .action, lowerLimit: 0, upperLimit: 512)
            }
        }
    }
    /// The names of the numbers of `state`.
    public var stateNames: [String] {
        [
            "agent_x", "agent_y", "block_x", "block_y", "block_angle", "agent_velocity_x", "agent_velocity_y",
            "block_velocity_x", "block_velocity_y", "block_spin",
        ]
    }
    /// The numbers of `state` that are directions.
    public var angleNames: [String] { ["block_angle"] }
    /// The place of the disc, px; the place of the block's origin, the middle of the bar's outer edge, px, and its
    /// angle, rad within a turn; their velocities, px/s and rad/s, that of the block's centre of mass.
    public var state: [Double] {
        let (agent, velocity) = (physics.agent, physics.agentVelocity)
        let (block, push) = (physics.origin, physics.motion.velocity + physics.motion.pushOut)
        return [
            agent.x, agent.y, block.x, block.y, physics.angle, velocity.x, velocity.y, push.x, push.y,
            physics.motion.spin + physics.motion.turnOut,
        ]
    }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { ["agent_x", "agent_y", "agent_velocity_x", "agent_velocity_y"] }
    /// The place and the velocity of the disc, as in stable-worldmodel.
    public var proprioception: [Double] {
        [physics.agent.x, physics.agent.y, physics.agentVelocity.x, physics.agentVelocity.y]
    }
    /// What can differ, with the ranges of stable-worldmodel where it has them.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }
    /// The pose of the block that is drawn as the goal: x and y, px, and angle, rad.
    public var goal: (x: Double, y: Double, angle: Double) { (look.goal.x, look.goal.y, look.goalAngle) }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> PushT {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.look = PushTLook(copy.table)
        copy.physics = Self.physics(copy.table)
        copy.restore(state)
        return copy
    }

    /// Moves disc and block to places and an angle from the original's ranges at which they touch nothing.
    public mutating func reset(using generator: inout SeededGenerator) {
        while true {
            let block = (generator.uniform(in: 100...400), generator.uniform(in: 100...400))
            let angle = generator.uniform(in: 0...2 * .pi)
            let agent = (generator.uniform(in: 50...450), generator.uniform(in: 50...450))
            restore([agent.0, agent.1, block.0, block.1, angle, 0, 0, 0, 0, 0])
            if !physics.isTouching { return }
        }
    }

    /// Moves to a state, without contacts that are remembered.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 10, "a state of push-t has 10 numbers, not \(state.count)")
        physics.place(
            agent: Planar(state[0], state[1]), agentVelocity: Planar(state[5], state[6]),
            blockOrigin: Planar(state[2], state[3]), angle: state[4], velocity: Planar(state[7], state[8]),
            spin: state[9])
    }

    /// Goes one step on under an action, see `Control`.
    public mutating func step(_ action: [Double]) {
        let target: Planar
        switch control {
        case .relative:
            let way = Planar(limited(action, 0, count: 2), limited(action, 1, count: 2))
            target = physics.agent + way * PushT.reach
        case .absolute:
            target = Planar(
                limited(action, 0, count: 2, low: 0, high: 512), limited(action, 1, count: 2, low: 0, high: 512))
        }
        // The disc passes through walls; it shall stay in the picture.
        let inside = pointwiseMin(pointwiseMax(target, .zero), Planar(repeating: 512))
        for _ in 0..<PushT.subSteps { physics.step(toward: inside) }
        physics.settle()
    }

    /// Whether disc and block are where a goal wants them, by the rule of stable-worldmodel: less than 20 px off in
    /// all four coordinates together and less than 20° in the angle.
    public func isNear(goal: [Double]) -> Bool {
        precondition(goal.count >= 5, "a goal of \(goal.count) numbers")
        let now = state
        let square = (0..<4).reduce(0) { $0 + (now[$1] - goal[$1]) * (now[$1] - goal[$1]) }
        let turn = abs(now[4] - goal[4]).truncatingRemainder(dividingBy: 2 * .pi)
        return square < 400 && min(turn, 2 * .pi - turn) < .pi / 9
    }

    private static func physics(_ table: FactorTable) -> PushTPhysics {
        PushTPhysics(
            radius: table["agent_radius"], block: TeeBlock(scale: table["block_scale"]), friction: table["friction"],
            damping: table["block_glide"])
    }
}
