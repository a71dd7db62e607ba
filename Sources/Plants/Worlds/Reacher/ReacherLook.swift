/// The colours of the reacher, and its target.
struct ReacherLook: Sendable, Hashable {
    var arm: Colour
    var armMiddle: Colour
    var finger: Colour
    var shoulder: Colour
    var floor: Colour
    var wall: Colour
    var targetColour: Colour
    var target: Planar
    var targetRadius: Double
    var isTargetShown: Bool
    /// Floor and walls at the usual sizes, which are drawn once: the light takes long.
    private(set) var rooms = [Frame(), Frame(width: 224, height: 224)]

    /// What the picture shows. The camera is 0.75 m above the floor and sees 45°.
    static let view = Viewport(centre: .zero, size: 2 * 0.75 * SIMD2(repeating: 0.41421356237309503), isUpward: true)

    init(_ table: FactorTable) {
        // The round of the arm: its middle shines.
        arm = table.colour("arm")
        armMiddle = arm.lit(by: 1.25)
        finger = table.colour("finger")
        shoulder = table.colour("shoulder")
        floor = table.colour("floor")
        wall = table.colour("wall")
        targetColour = table.colour("target")
        target = Planar(table["target_x"], table["target_y"])
        targetRadius = table["target_radius"]
        isTargetShown = table["target_shown"] == 1
        for index in rooms.indices { rooms[index].draw(Self.view, drawRoom) }
    }

    /// Draws floor and walls; the lamp hangs over the middle.
    private func drawRoom(_ canvas: Canvas) {
        canvas.clear(floor)
        canvas.glow(.zero, deviation: 0.17, floor.lit(by: 1.4))
        let (inner, edge, far) = (0.288, 0.3, 1.0)
        for (from, to, colour) in [(inner, edge, wall), (edge, far, floor.lit(by: 1.05))] {
            canvas.fill(Rectangle(x: -to...to, y: from...to), colour)
            canvas.fill(Rectangle(x: -to...to, y: -to...(-from)), colour)
            canvas.fill(Rectangle(x: -to...(-from), y: -from...from), colour)
            canvas.fill(Rectangle(x: from...to, y: -from...from), colour)
        }
    }

    /// Fills a picture with floor and walls.
    func fill(_ frame: inout Frame) {
        if let room = rooms.first(where: { $0.width == frame.width && $0.height == frame.height }) {
            // Into the pixels that are there: nothing is allocated.
            frame.pixels.withUnsafeMutableBufferPointer { pixels in
                room.pixels.withUnsafeBufferPointer { _ = pixels.update(fromContentsOf: $0) }
            }
        } else {
            frame.draw(Self.view, drawRoom)
        }
    }
}

extension Reacher {
    /// What can differ. Colours are those that the original's lamps make of its materials.
    static let standardFactors: [WorldFactor] =
        WorldFactor.colour("arm", 255, 190, 114, of: "arm and hand")
        + WorldFactor.colour("finger", 250, 150, 75, of: "the finger")
        + WorldFactor.colour("shoulder", 197, 255, 255, of: "the shoulder")
        + WorldFactor.colour("floor", 32, 66, 100, of: "the floor")
        + WorldFactor.colour("wall", 58, 99, 141, of: "the walls")
        + WorldFactor.colour("target", 255, 140, 140, of: "the target")
        + [
            .light,
            WorldFactor(
                "target_shown", 0, in: 0...1, isWhole: true, meaning: "1 to draw the target, 0 to leave it out"),
            WorldFactor("target_x", 0.1, in: -0.24...0.24, meaning: "place of the target to the right, m"),
            WorldFactor("target_y", 0.1, in: -0.24...0.24, meaning: "place of the target to the top, m"),
            WorldFactor("target_radius", 0.015, in: 0.005...0.05, meaning: "radius of the target, m"),
            WorldFactor(
                "arm_length", 0.12, in: 0.08...0.14, kind: .layout, meaning: "from the shoulder to the wrist, m"),
            WorldFactor(
                "hand_length", 0.12, in: 0.08...0.14, kind: .layout, meaning: "from the wrist to the finger, m"),
            WorldFactor(
                "arm_radius", 0.01, in: 0.006...0.016, kind: .layout, meaning: "radius of arm, hand and finger, m"),
            WorldFactor("damping", 0.01, in: 0.002...0.05, kind: .motion, meaning: "damping of the joints, N·m·s"),
            WorldFactor("strength", 0.05, in: 0.02...0.1, kind: .motion, meaning: "greatest torque, N·m"),
            WorldFactor("arm_density", 1000, in: 500...1500, kind: .motion, meaning: "density of the arm, kg/m³"),
            WorldFactor(
                "finger_density", 1000, in: 500...1500, kind: .motion, meaning: "density of the finger, kg/m³"),
        ]

    /// Draws floor, walls, target and arm from above.
    public func render(into frame: inout Frame) {
        look.fill(&frame)
        // The arm lies 1 cm above the floor and looks that much larger.
        let nearer = 0.75 / 0.74
        frame.draw(ReacherLook.view) { canvas in
            if look.isTargetShown {
                canvas.disc(look.target * nearer, radius: look.targetRadius * nearer, look.targetColour)
            }
            let width = 2 * arm.radius * nearer
            let wrist = arm.wristPlace * nearer
            let direction = arm.handDirection
            let palm = wrist + direction * ((arm.lowerLength - 0.02) * nearer)
            canvas.disc(arm.fingerPlace * nearer, radius: width / 2, look.finger)
            canvas.segment(.zero, wrist, width: width, look.arm)
            canvas.segment(wrist, palm, width: width, look.arm)
            canvas.segment(.zero, wrist, width: width / 2, look.armMiddle)
            canvas.segment(wrist, palm, width: width / 2, look.armMiddle)
            canvas.disc(.zero, radius: 0.011 * nearer, look.shoulder)
        }
    }
}
