import Basics
import Testing

@testable import Plants

@Suite("The reacher")
struct ReacherTests {
    @Test("The arm moves as in MuJoCo, also at the limits of its wrist")
    func followsMuJoCo() throws {
        let recorded = try RecordedEpisodes.load("reacher")
        var worst = 0.0
        for episode in recorded.episodes {
            var world = Reacher()
            world.restore(episode.start + [0, 0])
            var states = episode.states[...]
            for (step, action) in episode.actions.enumerated() {
                world.step(action)
                guard recorded.marks.contains(step + 1), let expected = states.popFirst() else { continue }
                for (index, value) in expected.enumerated() {
                    let error = world.state[index] - value
                    worst = max(worst, abs(index == 0 ? error.remainder(dividingBy: 2 * .pi) : error))
                }
            }
            #expect(states.isEmpty)
        }
        #expect(worst < 1e-12, "rad, rad/s")
        #expect(recorded.episodes.reduce(0) { $0 + ($1.limited ?? 0) } > 40)
    }

    @Test("Without damping and torques the arm keeps its energy and its angular momentum, but for the step of time")
    func conserves() {
        var arm = ReacherArm(damping: 0)
        (arm.shoulder, arm.wrist, arm.shoulderVelocity, arm.wristVelocity) = (0.4, 0.9, 0.3, -0.5)
        func quantities(_ arm: ReacherArm) -> (energy: Double, momentum: Double) {
            let coupled = arm.coupling * cosine(arm.wrist)
            let (m11, m12, m22) = (arm.base + 2 * coupled + arm.tip, arm.tip + coupled, arm.tip)
            let (v1, v2) = (arm.shoulderVelocity, arm.wristVelocity)
            return ((m11 * v1 * v1 + 2 * m12 * v1 * v2 + m22 * v2 * v2) / 2, m11 * v1 + m12 * v2)
        }
        let start = quantities(arm)
        for _ in 0..<100 {
            arm.step(0, 0)
            let now = quantities(arm)
            #expect(abs(now.energy / start.energy - 1) < 0.02)
            #expect(abs(now.momentum / start.momentum - 1) < 0.05)
        }
    }

    @Test("Guidance reaches angles and random torques seldom do")
    func guidanceReaches() {
        var world = Reacher()
        var generator = SeededGenerator(seed: 5)
        var reached = 0
        for _ in 0..<20 {
            world.reset(using: &generator)
            let target = world.drawTarget(using: &generator)
            for _ in 0..<150 where !world.isNear(target) { world.step(world.guidance(toward: target)) }
            if world.isNear(target) { reached += 1 }
        }
        #expect(reached >= 19, "\(reached) of 20")
    }

    @Test("The picture is that of the original, but for its lamps")
    func looksLikeTheOriginal() throws {
        let picture = try RecordedEpisodes.load("reacher").picture
        var world = Reacher()
        world.restore(picture.state + [0, 0])
        let right = picture.difference(from: world.picture(width: picture.side, height: picture.side))
        #expect(right < 6, "\(right)")
        // The arm is small: elsewhere it differs by little, but clearly.
        world.restore([picture.state[0] + 0.5, picture.state[1], 0, 0])
        let wrong = picture.difference(from: world.picture(width: picture.side, height: picture.side))
        #expect(wrong > right + 2, "\(wrong) and \(right)")
    }

    @Test("A target is drawn only on demand, where it is said to be")
    func target() throws {
        let world = Reacher()
        let shown = try world.varied(["target_shown": 1, "target_x": -0.1, "target_y": 0.15])
        let (plain, marked) = (world.picture(width: 100, height: 100), shown.picture(width: 100, height: 100))
        let changed = (0..<100 * 100).filter { plain.pixels[3 * $0..<3 * $0 + 3] != marked.pixels[3 * $0..<3 * $0 + 3] }
        // Half the width of 100 px is 0.31 m, the target is seen 1.35 % larger.
        let (x, y) = (50 - 0.1 * 1.0135 * 50 / 0.31066, 50 - 0.15 * 1.0135 * 50 / 0.31066)
        #expect(!changed.isEmpty)
        for pixel in changed {
            let (dx, dy) = (Double(pixel % 100) + 0.5 - x, Double(pixel / 100) + 0.5 - y)
            #expect((dx * dx + dy * dy).squareRoot() < 0.0152 * 50 / 0.31066 + 1)
        }
    }

    @Test("Keeps to what every world keeps to")
    func isSound() {
        #expect(checkEnvironment(Reacher()) == [])
    }
}
