import Basics
import Testing

@testable import Plants

@Suite("Cart-pole")
struct CartPoleTests {
    private let system = CartPoleSystem(FactorTable(CartPole().factors))

    @Test("Rates of change are Gymnasium's")
    func rates() throws {
        for row in try WorldReference.load().cartPole {
            let rate = system.derivative(
                SIMD4(row.state[0], row.state[1], row.state[2], row.state[3]), force: row.force)
            for index in 0..<4 { #expect(abs(rate[index] - row.rate[index]) < 1e-9) }
        }
    }

    @Test("Without force and friction the energy holds, to the fourth order of the step")
    func energy() {
        func drift(_ h: Double) -> Double {
            var state = SIMD4(0, 0.3, 2, 0.5)
            let start = system.energy(state)
            for _ in 0..<Int((1 / h).rounded()) { state = system.step(state, force: 0, samplingTime: h) }
            return abs(system.energy(state) - start)
        }
        let (coarse, fine) = (drift(0.02), drift(0.01))
        #expect(coarse < 1e-5)
        // The energy errs by at least the fourth power of the step.
        #expect(coarse / fine > 14)
    }

    @Test("The cart stops at the end of the rail and the pole keeps its angular momentum about the joint")
    func stop() {
        let before = SIMD4(1.19, 3, 0.4, -1)
        let free = CartPoleSystem(FactorTable(CartPole().factors)).step(
            SIMD4(0, 3, 0.4, -1), force: 0, samplingTime: 0.02)
        let after = system.step(before, force: 0, samplingTime: 0.02)
        func momentum(_ state: SIMD4<Double>) -> Double {
            0.1 * 0.5 * cosine(state[2]) * state[1] + 4.0 / 3 * 0.1 * 0.25 * state[3]
        }
        #expect(after[0] == 1.2 && after[1] == 0)
        #expect(abs(momentum(after) - momentum(free)) < 1e-12)
        #expect(system.energy(after) < system.energy(free))
    }

    @Test("Left alone the pole falls; the regulator holds it and brings the cart to the target")
    func regulator() throws {
        for factors in [[:], ["pole_half": 0.3, "cart_mass": 0.7], ["gravity": 12, "pole_mass": 0.4]] {
            var generator = SeededGenerator(seed: 5)
            let world = try CartPole().varied(factors)
            for _ in 0..<5 {
                var held = world
                held.reset(using: &generator)
                var left = held
                let target = held.drawTarget(using: &generator)
                var (tilt, fall) = (0.0, 0.0)
                for _ in 0..<400 {
                    held.step(held.guidance(toward: target))
                    left.step([0])
                    tilt = max(tilt, abs(held.state[2]))
                    fall = max(fall, abs(left.state[2]))
                }
                let (place, isNear) = (held.state, held.isNear(target))
                #expect(isNear, "\(place) is not \(target)")
                #expect(tilt < 0.5 && fall > 2)
            }
        }
    }

    @Test("Friction of the cart and of the joint takes energy away")
    func friction() throws {
        var (free, slow) = (CartPole(), try CartPole().varied(["cart_friction": 0.5, "pole_friction": 0.005]))
        for _ in 0..<50 {
            if free.state == [0, 0, 0, 0] {
                free.restore([0, 1, 2, 0])
                slow.restore([0, 1, 2, 0])
            }
            free.step([0])
            slow.step([0])
        }
        func energy(_ world: CartPole) -> Double {
            system.energy(SIMD4(world.state[0], world.state[1], world.state[2], world.state[3]))
        }
        #expect(energy(slow) < energy(free) - 0.1)
    }
}
