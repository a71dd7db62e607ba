import Basics
import Testing

@testable import Plants

@Suite("Two rooms")
struct TwoRoomsTests {
    @Test("An action moves the dot by its part of the speed, within −1 and 1")
    func moves() {
        var world = TwoRooms()
        world.restore([50, 150])
        world.step([0.5, -1])
        #expect(world.state == [52.5, 145])
        world.step([-9, 3])
        #expect(world.state == [47.5, 150])
    }

    @Test("At the fastest speed and the thinnest wall random walks change rooms through the door alone")
    func door() throws {
        let world = try TwoRooms().varied(["agent_speed": 10.5, "wall_thickness": 7, "door_1_position": 100])
        var generator = SeededGenerator(seed: 1)
        var crossings = 0
        for _ in 0..<30 {
            var walker = world
            walker.reset(using: &generator)
            let heading = [generator.uniform(in: -1...1), generator.uniform(in: -1...1)]
            for _ in 0..<100 {
                let before = walker.state
                walker.step([heading[0] + generator.normal(), heading[1] + generator.normal()])
                let after = walker.state
                if world.areApart(before, after) { crossings += 1 }
                // In the wall from 109 to 115 there is the disc of radius 7 in the door from 86 to 114.
                if abs(after[0] - 112) <= 3 { #expect((93 - 1e-6...107 + 1e-6).contains(after[1])) }
                #expect((21 - 1e-6...203 + 1e-6).contains(after[0]) && (21 - 1e-6...203 + 1e-6).contains(after[1]))
            }
        }
        #expect(crossings > 0)
    }

    /// The worlds of the reference's cases.
    private func referenceWorlds() throws -> [TwoRooms] {
        var other: [String: Double] = [
            "wall_thickness": 20, "wall_axis": 0, "doors": 2, "agent_radius": 10, "agent_speed": 8,
        ]
        (other["door_1_position"], other["door_1_size"]) = (60, 14)
        (other["door_2_position"], other["door_2_size"]) = (150, 20)
        let colours = [
            "agent": [20.0, 90, 200], "background": [240, 220, 180], "wall": [60, 0, 90], "door": [200, 255, 200],
            // The original draws its border in the colour of the wall.
            "border": [60, 0, 90],
        ]
        for (name, colour) in colours {
            for (part, value) in zip(["red", "green", "blue"], colour) { other["\(name)_\(part)"] = value }
        }
        return [TwoRooms(), try TwoRooms().varied(other)]
    }

    @Test("Away from the wall the dot walks as in stable-worldmodel, border and limits included")
    func originalWalks() throws {
        let cases = try WorldReference.load().rooms.cases
        for (var world, reference) in zip(try referenceWorlds(), cases) {
            world.restore(reference.start)
            for (action, state) in zip(reference.actions, reference.states) {
                world.step(action)
                // The original counts in single precision.
                #expect(abs(world.state[0] - state[0]) < 1e-3 && abs(world.state[1] - state[1]) < 1e-3)
            }
        }
    }

    @Test("Pictures are those of stable-worldmodel, also in other sizes")
    func originalPictures() throws {
        let cases = try WorldReference.load().rooms.cases
        for (var world, reference) in zip(try referenceWorlds(), cases) {
            world.restore([60, 140])
            for side in [224, 112, 56] {
                let picture = world.picture(width: side, height: side)
                let block = side / 14
                var errors: [Double] = []
                for row in 0..<14 {
                    for column in 0..<14 {
                        for channel in 0..<3 {
                            var sum = 0.0
                            for y in 0..<block {
                                for x in 0..<block {
                                    let pixel = (row * block + y) * side + column * block + x
                                    sum += Double(picture.pixels[pixel * 3 + channel])
                                }
                            }
                            let mean = sum / Double(block * block)
                            errors.append(abs(mean - reference.blocks[(row * 14 + column) * 3 + channel]))
                        }
                    }
                }
                // The original cuts off where this rounds, and scales its dot so that some pixel is pure. In smaller
                // pictures shapes that share a pixel are mixed one after the other.
                #expect(errors.max() ?? 255 < (side == 224 ? 1.5 : 3), "\(side) pixels")
            }
        }
    }

    @Test("Where the original throws the dot out of the door through the wall, this one goes no further than its step")
    func leak() throws {
        let leak = try WorldReference.load().rooms.leak
        #expect(leak[1] == [124.5, 68.5])
        var world = try TwoRooms().varied(["agent_speed": 10.5])
        world.restore([112, 55])
        world.step([0.2, 1])
        #expect(abs(world.state[0] - 114.1) < 1e-6 && abs(world.state[1] - 56) < 1e-6)
    }

    @Test("The controller reaches any place from any other in the time that the way takes")
    func controller() throws {
        var generator = SeededGenerator(seed: 8)
        for factors in [[:], ["wall_axis": 0.0, "doors": 3], ["door_1_position": 20, "agent_radius": 9]] {
            let world = try TwoRooms().varied(factors)
            for _ in 0..<12 {
                var walker = world
                walker.reset(using: &generator)
                let target = walker.drawTarget(using: &generator)
                var steps = 0
                while !walker.isNear(target) && steps < 130 {
                    walker.step(walker.guidance(toward: target))
                    steps += 1
                }
                #expect(walker.isNear(target), "\(walker.state) is not \(target) after \(steps) steps of \(factors)")
            }
        }
    }

    @Test("Values that are not possible are refused with what is")
    func refusals() {
        func refusal(_ values: [String: Double]) -> String {
            do { _ = try TwoRooms().varied(values) } catch { return "\(error)" }
            return ""
        }
        #expect(
            refusal(["agent_radus": 8]).hasPrefix(
                "unknown factor agent_radus of the world two-rooms; did you mean agent_radius? known are agent_red"))
        #expect(
            refusal(["agent_speed": 12])
                == "the factor agent_speed of the world two-rooms is 12.0, not between 1.75 and 10.5; "
                + "choose one that is (longest step of each axis, px of 224)")
        #expect(refusal(["doors": 1.5]).contains("is 1.5, no whole number between 1.0 and 3.0"))
        #expect(refusal(["agent_speed": .nan]).contains("is nan, not between"))
        #expect(refusal(["door_1_size": 5]).contains("is 10.0 px inside of the border, less than the 15.4"))
    }
}
