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
