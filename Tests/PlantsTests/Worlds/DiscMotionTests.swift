import Basics
import Testing

@testable import Plants

/// The same motion by brute force: very small steps, after each of which the disc is put out of what it overlaps by the
/// shortest way (the catching-up algorithm of Moreau).
private func caughtUp(
    _ motion: DiscMotion, from start: SIMD2<Double>, by wanted: SIMD2<Double>, steps: Int
) -> SIMD2<Double> {
    var place = start
    for _ in 0..<steps {
        place += wanted / Double(steps)
        // Twice, since out of one wall may be into another.
        for _ in 0..<2 {
            for wall in motion.obstacles {
                let x = min(max(place.x, wall.low.x), wall.high.x)
                let y = min(max(place.y, wall.low.y), wall.high.y)
                let (dx, dy) = (place.x - x, place.y - y)
                let distance = (dx * dx + dy * dy).squareRoot()
                if distance > 0 && distance < motion.radius {
                    place = SIMD2(x + dx / distance * motion.radius, y + dy / distance * motion.radius)
                }
            }
        }
    }
    return place
}

@Suite("A disc among walls")
struct DiscMotionTests {
    private let plan = RoomPlan(
        inside: Rectangle(x: 14...210, y: 14...210), isVertical: true, wall: 107...117,
        doors: [.init(middle: 60, reach: 14), .init(middle: 160, reach: 9)], radius: 7)

    private func clearance(_ plan: RoomPlan, _ place: SIMD2<Double>) -> Double {
        plan.motion.obstacles.map { $0.distance(to: place) }.min() ?? 0
    }

    @Test("Steps of any length end where very small steps end, and never nearer to a wall than the radius")
    func steps() {
        var generator = SeededGenerator(seed: 3)
        var crossings = 0
        var errors: [Double] = []
        for _ in 0..<60 {
            let start = plan.draw(using: &generator)
            let angle = generator.uniform(in: 0...(2 * .pi))
            let length = generator.uniform(in: 5...260)
            let wanted = SIMD2(length * sine(angle + .pi / 2), length * sine(angle))
            var place = start
            var velocity = wanted
            plan.motion.move(&place, by: wanted, velocity: &velocity)
            #expect(clearance(plan, place) >= 7 - 1e-6)
            let reference = caughtUp(plan.motion, from: start, by: wanted, steps: 2500)
            let error = place - reference
            errors.append((error * error).sum().squareRoot())
            if plan.room(of: reference) != plan.room(of: start) { crossings += 1 }
        }
        // A step of the reference is up to 0.1 px long.
        #expect(errors.max() ?? 1 < 0.4)
        // The comparison says something about doors.
        #expect(crossings >= 3)
    }

    @Test(
        "No step of any length leaves its room where no door lets the disc through",
        arguments: [
            RoomPlan.Door(middle: 60, reach: 6.9), RoomPlan.Door(middle: 60, reach: 0), .init(middle: 14, reach: 12),
        ])
    func shut(door: RoomPlan.Door) {
        let plan = RoomPlan(
            inside: Rectangle(x: 14...210, y: 14...210), isVertical: false, wall: 109...112, doors: [door], radius: 7)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<40 {
            var place = plan.draw(using: &generator)
            let room = plan.room(of: place)
            for exponent in [0.0, 1, 2, 3, 5] {
                let length = Logarithm.power(exponent)
                let wanted = SIMD2(generator.normal(), generator.normal()) * length
                var velocity = wanted
                plan.motion.move(&place, by: wanted, velocity: &velocity)
                #expect(plan.room(of: place) == room)
                #expect(clearance(plan, place) >= 7 - 1e-6)
            }
        }
    }

    @Test("A disc slides along a wall with what is left of its way and loses the speed that it ran into it with")
    func slides() {
        let motion = DiscMotion(obstacles: [Rectangle(x: 10...20, y: -50...50)], radius: 1)
        var place = SIMD2(0.0, 0)
        var velocity = SIMD2(30.0, 40)
        motion.move(&place, by: SIMD2(18, 20), velocity: &velocity)
        #expect(abs(place.x - 9) < 1e-9 && abs(place.y - 20) < 1e-9)
        #expect(velocity == SIMD2(0, 40))
        // Into a corner of two walls nothing is left.
        let corner = DiscMotion(
            obstacles: [Rectangle(x: 10...20, y: -50...50), Rectangle(x: -50...20, y: 10...20)], radius: 1)
        place = .zero
        corner.move(&place, by: SIMD2(5, 0.5), velocity: &velocity)
        corner.move(&place, by: SIMD2(3, -400), velocity: &velocity)
        corner.move(&place, by: SIMD2(-1, 1000), velocity: &velocity)
        corner.move(&place, by: SIMD2(100, 1), velocity: &velocity)
        #expect(abs(place.x - 9) < 1e-9 && abs(place.y - 9) < 1e-9)
    }

    @Test("A corner is rounded at the distance of the radius, and passed where the way leads past it")
    func corner() {
        let motion = DiscMotion(obstacles: [Rectangle(x: 0...10, y: 0...10)], radius: 2)
        var place = SIMD2(-5.0, -1)
        var velocity = SIMD2<Double>()
        motion.move(&place, by: SIMD2(25, 0), velocity: &velocity)
        #expect(place.x > 10 && abs(place.y + 2) < 0.01)
        // Beside the corner's arc, though the grown box is entered.
        place = SIMD2(-2.5, -0.5)
        motion.move(&place, by: SIMD2(2, -2), velocity: &velocity)
        #expect(place == SIMD2(-0.5, -2.5))
    }

    @Test("A disc that has been put into a wall can leave it, and go no deeper")
    func within() {
        let motion = DiscMotion(obstacles: [Rectangle(x: 0...10, y: 0...10)], radius: 2)
        var place = SIMD2(1.0, 5)
        var velocity = SIMD2<Double>()
        motion.move(&place, by: SIMD2(3, 0), velocity: &velocity)
        #expect(place == SIMD2(1, 5))
        motion.move(&place, by: SIMD2(-8, 0), velocity: &velocity)
        #expect(place == SIMD2(-7, 5))
    }
}

private enum Logarithm {
    static func power(_ exponent: Double) -> Double { exponential(exponent * 2.302585092994046) }
}
