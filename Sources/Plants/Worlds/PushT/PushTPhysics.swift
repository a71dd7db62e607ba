/// The physics of Push-T: a disc that moves as it is told, a free block, four walls.
///
/// The solver is the one of the Chipmunk engine on which the original environment stands (S. Lembcke, Chipmunk2D 7; its
/// roots are in E. Catto, "Iterative dynamics with temporal coherence", 2005): positions are moved first, then
/// contacts are found, and sequential impulses that start from those of the step before keep the shapes apart. Overlap
/// is undone by velocities of its own, which move the block but are not kept. The order of operations is that of the
/// engine, so that states can be compared with it number by number; only the order in which contacts of several pairs
/// are solved may differ from the engine's, where it depends on its search tree.
struct PushTPhysics: Sendable, Hashable {
    /// Seconds of one step of the physics.
    static let timeStep = 0.01
    /// Rounds of impulses a step.
    static let iterations = 10
    /// How much overlap is left alone, px. The engine's constants are single-precision literals.
    static let slop = Double(0.1 as Float)
    /// The part of an overlap that is undone in one step; a tenth is left of it after a sixtieth of a second.
    static let correction = 1 - power(power(Double(1 - 0.1 as Float), 60), timeStep)
    /// Steps for which impulses of a contact that has ended are remembered.
    static let persistence = 3
    /// The gains of the controller that moves the disc, 1/s² and 1/s.
    static let stiffness = 100.0
    static let resistance = 20.0
    /// The walls, 1 px inside the border of the picture of 512 px.
    static let walls = [
        WallSegment(Planar(5, 506), Planar(5, 5), radius: 2), WallSegment(Planar(5, 5), Planar(506, 5), radius: 2),
        WallSegment(Planar(506, 5), Planar(506, 506), radius: 2),
        WallSegment(Planar(5, 506), Planar(506, 506), radius: 2),
    ]

    /// The radius of the disc, px.
    let radius: Double
    let block: TeeBlock
    /// The coefficient of friction of every pair of shapes.
    let friction: Double
    /// The part of the block's velocity that is left after one step.
    let remaining: Double

    /// The centre of the disc and its velocity.
    var agent = Planar.zero
    var agentVelocity = Planar.zero
    /// The block's centre of mass and its angle.
    var center = Planar.zero
    var angle = 0.0
    /// The block's origin when it was last placed or settled, and whether it has moved since.
    private(set) var origin = Planar.zero
    private var hasMoved = false
    /// How the block moves.
    var motion = BlockMotion()

    /// Steps so far.
    var stamp = 0
    /// What is known of each pair: the disc with each box, then each wall with each box.
    var pairs: [ContactPair]
    /// The block's boxes in the world.
    var boxes: [Box]
    /// Whether the block has moved since its boxes were placed.
    var boxesAreOld = true
    /// What finds pairs, and those that touch.
    var search: ContactSearch
    var touching = ContactSearch.Numbers()

    /// Creates the physics with everything at rest at the origin.
    ///
    /// - Parameters:
    ///   - radius: The radius of the disc, px.
    ///   - block: The block.
    ///   - friction: The coefficient of friction of every pair.
    ///   - damping: The part of the block's velocity that is left after a second; the original's block stops at once.
    init(radius: Double, block: TeeBlock, friction: Double, damping: Double) {
        self.radius = radius
        self.block = block
        self.friction = friction
        remaining = damping > 0 ? power(damping, PushTPhysics.timeStep) : 0
        pairs = [ContactPair](repeating: ContactPair(), count: block.boxes.count * (1 + PushTPhysics.walls.count))
        boxes = block.boxes
        search = PushTPhysics.search(radius: radius, block: block)
    }

    /// Where the block is.
    var pose: Pose { Pose(centerAt: center, angle: angle, center: block.center) }

    /// Puts everything to a place and forgets all contacts.
    mutating func place(
        agent: Planar, agentVelocity: Planar, blockOrigin: Planar, angle: Double, velocity: Planar, spin: Double
    ) {
        self.agent = agent
        self.agentVelocity = agentVelocity
        self.angle = PushTPhysics.wrapped(angle)
        origin = blockOrigin
        anchor()
        motion = BlockMotion(velocity: velocity, spin: spin)
        search = PushTPhysics.search(radius: radius, block: block)
        for i in pairs.indices { pairs[i] = ContactPair() }
    }

    /// Ends a step of the world: takes whole turns off the block's angle and adds up how the block moves, so that the
    /// numbers of the state say exactly where everything is.
    mutating func settle() {
        guard hasMoved else { return }
        angle = PushTPhysics.wrapped(angle)
        origin = pose.origin
        anchor()
    }

    /// An angle within the turn from 0 on.
    private static func wrapped(_ angle: Double) -> Double {
        let turn = 2 * Double.pi
        return angle >= 0 && angle < turn ? angle : max(angle - (angle / turn).rounded(.down) * turn, 0)
    }

    /// Puts the centre of mass where the origin and the angle say.
    private mutating func anchor() {
        hasMoved = false
        boxesAreOld = true
        center = Pose(originAt: origin, angle: angle)(block.center)
    }

    /// Moves the disc's controller and everything else on by one step of the physics.
    mutating func step(toward target: Planar) {
        let acceleration =
            (target - agent) * PushTPhysics.stiffness + (Planar.zero - agentVelocity) * PushTPhysics.resistance
        agentVelocity += acceleration * PushTPhysics.timeStep
        move()
    }

    /// One step of the physics.
    mutating func move() {
        let dt = PushTPhysics.timeStep
        let velocities = (disc: agentVelocity, block: motion.velocity)
        stamp += 1
        agent += agentVelocity * dt
        if motion != BlockMotion() {
            center += (motion.velocity + motion.pushOut) * dt
            angle += (motion.spin + motion.turnOut) * dt
            hasMoved = true
            boxesAreOld = true
            // Nothing but contact moves the block.
            motion = BlockMotion(velocity: motion.velocity * remaining, spin: motion.spin * remaining)
        }
        if findContacts(velocities: velocities) { solveContacts() }
    }

    /// The search as it is when the original has created disc and block and before it has moved them.
    private static func search(radius: Double, block: TeeBlock) -> ContactSearch {
        let disc = Planar(256, 400)
        let pose = Pose(originAt: Planar(256, 300), angle: 0)
        return ContactSearch(
            [ContactSearch.Bounds(low: disc - radius, high: disc + radius)]
                + block.boxes.map { $0.placed(by: pose).bounds }, walls: walls)
    }
}
