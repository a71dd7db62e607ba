import Basics
import Testing

@testable import Plants

@Suite("Driving")
struct DrivingTests {
    @Test("The car moves as the published equations say, integrated by SciPy")
    func reference() throws {
        let reference = try WorldReference.load().driving
        var last = reference.start
        var worst = 0.0
        for (action, state) in zip(reference.actions, reference.states) {
            let next = CarModel().step(
                CarModel.State(
                    place: SIMD2(last[0], last[1]), heading: last[2], velocity: SIMD2(last[3], last[4]), turn: last[5]),
                throttle: action[0], steering: action[1], seconds: 0.04)
            let numbers = [
                next.place.x, next.place.y, next.heading, next.velocity.x, next.velocity.y, next.turn,
            ]
            // Per step, relative to what the numbers are like: turns are some rad/s.
            for (index, scale) in [1.0, 1, 1, 1, 1, 10].enumerated() {
                worst = max(worst, abs(numbers[index] - state[index]) / scale)
            }
            last = state
        }
        #expect(worst < 5e-5)
    }

    @Test("At rest the car stays at rest, however the wheels are turned, and from speed it comes to rest")
    func rest() {
        var world = Driving()
        let start = world.state
        for _ in 0..<20 { world.step([0, 0.35]) }
        #expect(world.state == start)
        world.restore([1, 0, 1.2, 1, 0.1, 2])
        for _ in 0..<60 { world.step([-0.1, 0.1]) }
        let after = world.state
        #expect(after[3] == 0 && abs(after[4]) < 1e-3 && abs(after[5]) < 0.05)
        world.step([0, 0])
        #expect(abs(world.state[0] - after[0]) < 1e-4)
    }

    @Test("The controller drives round after round on the road; without steering the car leaves it")
    func rounds() {
        var generator = SeededGenerator(seed: 3)
        var world = Driving()
        world.reset(using: &generator)
        var straight = world
        var (angle, turned) = (arctangent(world.state[1], world.state[0]), 0.0)
        var left = false
        for _ in 0..<400 {
            world.step(world.guidance(toward: [0.05, 1.4]))
            straight.step(straight.guidance(toward: [0, 1]).prefix(1) + [0])
            #expect(world.isOnRoad)
            if !straight.isOnRoad { left = true }
            let now = arctangent(world.state[1], world.state[0])
            var change = now - angle
            if change < -Double.pi { change += 2 * Double.pi }
            turned += change
            angle = now
        }
        #expect(turned > 2 * 2 * Double.pi)
        #expect(left)
        #expect(abs(world.state[3] - 1.4) < 0.15)
    }

    @Test("Less grip slides further out; on grass the car slows down; at the fence it stops")
    func grip() throws {
        func curve(_ grip: Double) throws -> [Double] {
            var world = try Driving().varied(["grip": grip, "road_width": 0.5])
            world.restore([0.9, -0.3, 1.4, 2, 0, 0])
            for _ in 0..<12 { world.step([0.3, 0.35]) }
            return world.state
        }
        #expect(try curve(1)[2] > curve(0.4)[2] + 0.2)
        var (grass, fence) = (Driving(), Driving())
        grass.restore([-0.2, 0, 0, 1, 0, 0])
        var road = grass
        road.restore([RaceTrack.shared.line[0].x, RaceTrack.shared.line[0].y, 1.5, 1, 0, 0])
        for _ in 0..<3 {
            grass.step([0, 0])
            road.step([0, 0])
        }
        #expect(grass.state[3] < road.state[3] - 0.1)
        fence.restore([1.3, 1.3, 0.5, 2.5, 0, 0])
        for _ in 0..<40 { fence.step([1, 0]) }
        #expect(abs(fence.state[0]) <= 1.55 && abs(fence.state[1]) <= 1.55)
    }

    @Test("The map of the track holds the distance to its line")
    func map() {
        let track = RaceTrack.shared
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let place = SIMD2(generator.uniform(in: -1.5...1.5), generator.uniform(in: -1.5...1.5))
            let distances = track.line.indices.map { index in
                let middle = (track.line[index] + track.line[(index + 1) % track.line.count]) / 2 - place
                return (middle * middle).sum().squareRoot()
            }
            guard let nearest = distances.min(), nearest < 0.4 else { continue }
            #expect(abs(track.distance(place) - nearest) < 0.012)
        }
        let (place, direction) = track.ahead(of: track.line[17], by: 0.5)
        #expect(track.distance(place) < 0.01)
        #expect(abs((direction * direction).sum() - 1) < 1e-9)
    }
}
