import Basics
import Testing

@testable import Plants

@Suite("The ball that bounces")
struct BouncingBallTests {
    private func thrown(_ state: [Double], _ factors: [String: Double] = [:]) throws -> BouncingBall {
        var ball = try BouncingBall().varied(factors)
        ball.restore(state)
        return ball
    }

    @Test("In flight it follows Galileo's parabola, under wind as well", arguments: [-1.0, 0, 0.5])
    func flight(wind: Double) throws {
        var ball = try thrown([1, 2.5, 0.7, 1.5])
        for step in 1...12 {
            ball.step([wind])
            let time = 0.04 * Double(step)
            let wanted = [
                1 + 0.7 * time + 0.5 * wind * time * time, 2.5 + 1.5 * time - 4.9 * time * time, 0.7 + wind * time,
                1.5 - 9.8 * time,
            ]
            for (value, other) in zip(ball.state, wanted) { #expect(abs(value - other) < 1e-12) }
        }
    }

    @Test("It rises after an impact to the square of the rebound times the height, and never gains energy")
    func rebound() throws {
        for share in [0.0, 0.5, 0.85, 1] {
            var ball = try thrown([0.5, 2.2, 0, 0], ["rebound": share])
            var (greatest, hasMet, energy) = (0.0, false, Double.infinity)
            for _ in 0..<40 {
                ball.step([0])
                let state = ball.state
                if state[3] > 0 || state[1] < 0.2001 { hasMet = true }
                if hasMet && state[3] >= -0.4 { greatest = max(greatest, state[1] - 0.2) }
                let now = 9.8 * state[1] + state[3] * state[3] / 2
                #expect(now <= energy + 1e-9)
                energy = min(energy, now)
            }
            #expect(abs(greatest - share * share * 2) < 0.06, "rebound \(share): \(greatest) m")
        }
    }

    @Test("A ball that loses nothing rises to where it fell from for minutes, from walls as well")
    func lossless() throws {
        var ball = try thrown([2, 2.5, 1.3, 0], ["rebound": 1, "solid_block": 0])
        let energy = 9.8 * 2.5 + 1.3 * 1.3 / 2
        for _ in 0..<3000 {
            ball.step([0])
            let state = ball.state
            let now = 9.8 * state[1] + (state[2] * state[2] + state[3] * state[3]) / 2
            #expect(abs(now - energy) < 1e-6 * energy, "\(now) of \(energy) J/kg")
        }
    }

    @Test("It never enters floor, walls, ceiling or block, whatever happens")
    func solid() throws {
        var generator = SeededGenerator(seed: 4)
        let block = Rectangle(x: 3.05...3.35, y: 0...0.9)
        var touched = 0
        for _ in 0..<40 {
            var ball = BouncingBall()
            ball.reset(using: &generator)
            for _ in 0..<80 {
                ball.step([generator.uniform(in: -1...1)])
                let (x, y) = (ball.state[0], ball.state[1])
                #expect((0.2 - 1e-9...3.8 + 1e-9).contains(x) && (0.2 - 1e-9...3.8 + 1e-9).contains(y))
                let distance = block.distance(to: SIMD2(x, y))
                #expect(distance > 0.19)
                if distance < 0.25 { touched += 1 }
            }
        }
        #expect(touched > 20)
    }

    @Test("Without a law it does what the law forbids")
    func broken() throws {
        func after(_ steps: Int, _ state: [Double], _ factors: [String: Double]) throws -> [Double] {
            var ball = try thrown(state, factors)
            for _ in 0..<steps { ball.step([0]) }
            return ball.state
        }
        #expect(try after(20, [1, 1.5, 0, 0], ["gravity": 0]) == [1, 1.5, 0, 0])
        #expect(try after(5, [1, 1.5, 0, 0], ["gravity": -9.8])[1] > 1.6)
        #expect(try after(20, [1, 0.3, 0, 0], ["solid_floor": 0])[1] < -1)
        // Through the block and to the other wall, where it would have come back.
        #expect(try after(8, [2.6, 0.5, 3, 1], ["solid_block": 0])[0] > 3.4)
        #expect(try after(8, [2.6, 0.5, 3, 1], [:])[0] < 2.9)
    }

    @Test("Hidden is where no pixel of it can be seen, in view where all of it is, and beside the edge neither")
    func screen() throws {
        let ball = BouncingBall()
        var nowhere = ball
        nowhere.restore([-100, -100, 0, 0])
        var (hidden, inView) = (0, 0)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<300 {
            let state = [generator.uniform(in: 0.2...3), generator.uniform(in: 0.2...3.8), 0, 0]
            let looks = try thrown(state).picture(width: 88, height: 88)
            let isSeen = looks != nowhere.picture(width: 88, height: 88)
            if ball.isHidden(state) {
                hidden += 1
                #expect(!isSeen && !ball.isInView(state))
            }
            if ball.isInView(state) {
                inView += 1
                let open = try thrown(state, ["screen_height": 0.2, "screen_width": 0.2, "screen_position": 3.2])
                let count = { (frame: Frame) in
                    stride(from: 0, to: frame.pixels.count, by: 3).filter {
                        frame.pixels[$0] > 200 && frame.pixels[$0 + 1] < 60
                    }.count
                }
                if state[0] < 2.8 { #expect(count(looks) == count(open.picture(width: 88, height: 88))) }
            }
        }
        #expect(hidden > 20 && inView > 100)
    }

    @Test("A throw begins in view and passes behind the screen about every other time")
    func throwing() {
        var generator = SeededGenerator(seed: 2)
        var passes = 0
        for _ in 0..<100 {
            var ball = BouncingBall()
            ball.reset(using: &generator)
            #expect(ball.isInView(ball.state))
            var wasHidden = false
            for _ in 0..<60 {
                ball.step([0])
                wasHidden = wasHidden || ball.isHidden(ball.state)
            }
            if wasHidden { passes += 1 }
        }
        #expect(passes > 50, "\(passes) of 100")
    }
}
