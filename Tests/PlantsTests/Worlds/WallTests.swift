import Basics
import Testing

@testable import Plants

@Suite("Wall")
struct WallTests {
    /// The picture of `DotWall`: masks of whole pixels, and a Gaussian dot that takes green and blue away beside walls.
    private func original(wall: Int, width: Int, door: Int, space: Int, dot: SIMD2<Double>) -> [UInt8] {
        var pixels: [UInt8] = []
        for y in 0..<65 {
            for x in 0..<65 {
                let isWall = abs(x - wall) <= width / 2 && abs(y - door) > space
                if isWall || x == 4 || x == 60 || y == 4 || y == 60 {
                    pixels += [0, 0, 0]
                } else {
                    let (dx, dy) = (Double(x) - dot.x, Double(y) - dot.y)
                    let rest = UInt8(255 - 255 * exponential(-(dx * dx + dy * dy) / (2 * 1.7 * 1.7)))
                    pixels += [255, rest, rest]
                }
            }
        }
        return pixels
    }

    @Test("Pictures of 65 × 65 are the original's, pixel by pixel")
    func pictures() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<6 {
            let factors = ["wall_position", "door_position"]
            var world = try Wall().varied(randomly: factors, using: &generator)
            let table = Dictionary(uniqueKeysWithValues: zip(world.factors.map(\.name), world.factorValues))
            // Whole places, for which the original, too, has a pixel of pure red.
            world.reset(using: &generator)
            world.restore(world.state.map { $0.rounded() })
            let expected = original(
                wall: Int(table["wall_position"] ?? 0), width: 6, door: Int(table["door_position"] ?? 0), space: 4,
                dot: SIMD2(world.state[0], world.state[1]))
            let picture = world.picture(width: 65, height: 65).pixels
            let worst = zip(picture, expected).map { abs(Int($0) - Int($1)) }.max() ?? 255
            #expect(worst <= 2)
        }
    }

    @Test("An action moves the dot by no more than its part of the speed, and rooms change through the door alone")
    func walks() throws {
        var generator = SeededGenerator(seed: 5)
        var crossings = 0
        for _ in 0..<20 {
            var world = try Wall().varied(["wall_width": 2, "agent_speed": 4, "door_position": 40])
            world.reset(using: &generator)
            var action = [0.0, 0]
            for step in 0..<150 {
                if step % 12 == 0 { action = [generator.uniform(in: -2...2), generator.uniform(in: -2...2)] }
                let before = world.state
                world.step(action)
                let after = world.state
                // Around a corner the way bends, but it gets no longer.
                let wanted = SIMD2(min(max(action[0], -1), 1), min(max(action[1], -1), 1)) * 4
                let moved = SIMD2(after[0] - before[0], after[1] - before[1])
                #expect((moved * moved).sum() <= (wanted * wanted).sum() + 1e-9)
                #expect((4.5 - 1e-6...59.5 + 1e-6).contains(after[0]) && (4.5 - 1e-6...59.5 + 1e-6).contains(after[1]))
                // The disc of radius 0.5 in the door from 36 to 44, or going through it within this step.
                if abs(after[0] - 32) <= 1 { #expect((36.5 - 1e-6...43.5 + 1e-6).contains(after[1])) }
                if world.areApart(before, after) {
                    crossings += 1
                    #expect((32.5...47.5).contains(after[1]))
                }
            }
        }
        #expect(crossings > 3)
        var world = Wall()
        world.restore([20, 20])
        world.step([0.5, -7])
        #expect(world.state == [21, 18])
    }

    @Test("The controller reaches any place of any wall from any other")
    func controller() throws {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<20 {
            var world = try Wall().varied(
                randomly: ["wall_position", "door_position", "wall_width", "door_size"], using: &generator)
            world.reset(using: &generator)
            let target = world.drawTarget(using: &generator)
            for _ in 0..<100 where !world.isNear(target) { world.step(world.guidance(toward: target)) }
            #expect(world.isNear(target))
        }
    }
}
