/// The colours of Push-T and the goal that is drawn.
struct PushTLook: Sendable, Hashable {
    var agent: Colour
    var agentMiddle: Colour
    var block: Colour
    var blockInside: Colour
    var goalColour: Colour
    var background: Colour
    var wall: Colour
    var goal: Planar
    var goalAngle: Double
    var isGoalShown: Bool

    init(_ table: FactorTable) {
        agent = table.colour("agent")
        // The insides are drawn a fifth brighter than the outlines.
        agentMiddle = agent.lit(by: 1.2)
        block = table.colour("block")
        blockInside = block.lit(by: 1.2)
        goalColour = table.colour("goal")
        background = table.colour("background")
        wall = table.colour("wall")
        goal = Planar(table["goal_x"], table["goal_y"])
        goalAngle = table["goal_angle"]
        isGoalShown = table["goal_shown"] == 1
    }
}

extension PushT {
    /// What can differ. stable-worldmodel gives the radius as 0.375 × 20…60 px; it ignores the scale of a T.
    static let standardFactors: [WorldFactor] =
        WorldFactor.colour("agent", 65, 105, 225, of: "the disc")
        + WorldFactor.colour("block", 119, 136, 153, of: "the block")
        + WorldFactor.colour("goal", 144, 238, 144, of: "the goal")
        + WorldFactor.colour("background", 255, 255, 255, of: "the floor")
        + WorldFactor.colour("wall", 211, 211, 211, of: "the walls")
        + [
            .light,
            WorldFactor(
                "goal_shown", 1, in: 0...1, isWhole: true, meaning: "1 to draw the goal, 0 to leave it out"),
            WorldFactor("goal_x", 256, in: 50...450, meaning: "place of the goal to the right, px of 512"),
            WorldFactor("goal_y", 256, in: 50...450, meaning: "place of the goal to the bottom, px of 512"),
            WorldFactor(
                "goal_angle", .pi / 4, in: -2 * .pi...2 * .pi, meaning: "angle of the goal, rad clockwise"),
            WorldFactor("agent_radius", 15, in: 7.5...22.5, kind: .layout, meaning: "radius of the disc, px of 512"),
            WorldFactor(
                "block_scale", 30, in: 20...45, kind: .layout,
                meaning: "thickness of the block, px of 512; it is 4 times as long"),
            WorldFactor(
                "friction", 0, in: 0...1, kind: .motion, meaning: "coefficient of friction where the block is touched"),
            WorldFactor(
                "block_glide", 0, in: 0...0.9, kind: .motion,
                meaning: "part of its velocity that the block keeps for a second; 0 stops it at once"),
        ]

    /// Draws goal, block, disc and walls.
    public func render(into frame: inout Frame) {
        // A point of the world is the middle of a pixel of the original's picture.
        let view = Viewport(centre: SIMD2(255.5, 255.5), size: SIMD2(512, 512), isUpward: false)
        frame.draw(view) { canvas in
            canvas.clear(look.background)
            if look.isGoalShown {
                draw(Pose(originAt: look.goal, angle: look.goalAngle), look.goalAngle, canvas) { box, half, angle in
                    canvas.box(box, halfSize: half, angle: angle, look.goalColour)
                }
            }
            draw(physics.pose, physics.angle, canvas) { box, half, angle in
                // An outline of 4 px along the edge.
                canvas.box(box, halfSize: half + 2, angle: angle, look.block)
                canvas.box(box, halfSize: half - 2, angle: angle, look.blockInside)
            }
            canvas.disc(physics.agent, radius: physics.radius, look.agent)
            canvas.disc(physics.agent, radius: physics.radius - 4, look.agentMiddle)
            let (near, far) = (3.0...7.0, 504.0...508.0)
            canvas.fill(Rectangle(x: near, y: 3...508), look.wall)
            canvas.fill(Rectangle(x: far, y: 3...508), look.wall)
            canvas.fill(Rectangle(x: 3...508, y: near), look.wall)
            canvas.fill(Rectangle(x: 3...508, y: far), look.wall)
        }
    }

    /// Hands each box of a block at a pose to a drawer: its middle, half its size and its angle.
    private func draw(
        _ pose: Pose, _ angle: Double, _ canvas: Canvas, _ drawer: (Planar, Planar, Double) -> Void
    ) {
        for box in physics.block.boxes {
            let (low, high) = (box.corners[0], box.corners[2])
            drawer(pose((low + high) * 0.5), (high - low) * 0.5, angle)
        }
    }
}
