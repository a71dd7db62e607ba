import Episodes
import Foundation
import Testing

@testable import Plants

@Suite("Stirred tank reactor")
struct CSTRTests {
    private func simulate(_ plant: CSTR, _ coolant: [Double]) -> [[Double]] {
        var state = plant.initialState
        return coolant.map { value in
            state = plant.step(state, action: [value], disturbance: [])
            return state
        }
    }

    /// Numbers of scipy 1.17: `solve_ivp(f, (0, 26/120), x, method="DOP853", rtol=1e-12, atol=1e-12)` in minutes, step by
    /// step from (0.8, 330) with constant coolant, after 1, 11 and 120 steps.
    @Test(
        "Trajectories under constant coolant are those of an integrator of eighth order",
        arguments: [
            (295.0, [[0.80909508, 326.61049767], [0.91077253, 317.66583826], [0.92677161, 317.74211038]]),
            (300.0, [[0.80632655, 328.76275936], [0.86744451, 324.35991787], [0.87725295, 324.47544343]]),
            (302.0, [[0.80512007, 329.64227823], [0.83336983, 328.49889904], [0.83478548, 328.70192983]]),
        ])
    func integration(coolant: Double, published: [[Double]]) {
        let states = simulate(CSTR(), [Double](repeating: coolant, count: 120))
        for (step, expected) in zip([0, 10, 119], published) {
            #expect(abs(states[step][0] - expected[0]) < 2e-8)
            #expect(abs(states[step][1] - expected[1]) < 2e-6)
        }
    }

    /// The roots of the heat balance with Ca = 1/(1 + k(T)) put in, by scipy's `brentq`.
    @Test(
        "The reactor rests on the cool branch, runs away from beyond the unstable one, and burns on the hot one",
        arguments: [
            (295.0, 317.7421, nil, nil), (298.0, 321.4357, nil, nil), (300.0, 324.4754, 350.0055, 369.7049),
            (302.0, 328.7019, 343.5205, 373.647),
        ] as [(Double, Double, Double?, Double?)])
    func branches(coolant: Double, cool: Double, unstable: Double?, hot: Double?) {
        let plant = CSTR()
        func rest(from temperature: Double) -> [Double] {
            let consumed = 7.2e10 * exponential(-8750 / temperature)
            return plant.settled(
                from: [1 / (1 + consumed), temperature], action: [coolant], disturbance: [], steps: 4000)
        }
        #expect(abs(rest(from: cool + 1)[1] - cool) < 1e-4)
        if let unstable, let hot {
            #expect(abs(rest(from: unstable - 0.5)[1] - cool) < 1e-4)
            // The hot steady state is a focus, stable or in a cycle around it; either way it burns.
            var state = [1 / (1 + 7.2e10 * exponential(-8750 / (unstable + 0.5))), unstable + 0.5]
            var peak = 0.0
            for _ in 0..<400 {
                state = plant.step(state, action: [coolant], disturbance: [])
                peak = max(peak, state[1])
            }
            #expect(peak > hot - 1)
            let balance = plant.rates(
                at: [1 / (1 + 7.2e10 * exponential(-8750 / hot)), hot], input: [coolant, 350, 1])
            #expect(abs(balance[0]) < 1e-8 && abs(balance[1]) < 1e-4)
        }
    }

    @Test(
        "A reactor that runs away burns as the equations say, whatever the sampling time",
        arguments: [
            (CSTR(.constrained), 325, 310, 350, 1), (CSTR(), 345, 302, 350, 1), (CSTR(), 330, 295, 367.5, 1),
            (CSTR(), 330, 302, 350, 1.1),
        ] as [(CSTR, Double, Double, Double, Double)])
    func ignition(plant: CSTR, start: Double, coolant: Double, feed: Double, concentration: Double) {
        let fine = CSTR(plant.setting, samplingTime: plant.samplingTime / 400)
        var (one, other) = ([0.8, start], [0.8, start])
        var (greatest, last) = (0.0, 0.0)
        for _ in 0..<60 {
            one = plant.step(one, action: [coolant], disturbance: [feed, concentration])
            for _ in 0..<400 {
                other = fine.step(other, action: [coolant], disturbance: [feed, concentration])
                greatest = max(greatest, other[1])
            }
            #expect(abs(one[1] - other[1]) < 0.1, "\(one[1]) K and \(other[1]) K")
            last = one[1]
        }
        #expect(greatest > 420 && greatest < 520 && last > 310 && last < 420, "\(greatest) K, then \(last) K")
    }

    @Test("Half the sub-step changes no step of a busy trajectory by more than 1e-6 K")
    func subSteps() {
        let coolant = (0..<120).map { $0 % 14 < 7 ? 295.0 : 302 }
        let coarse = simulate(CSTR(), coolant)
        let fine = simulate(CSTR(samplingTime: 6.5), coolant.flatMap { [$0, $0] })
        for step in 0..<120 { #expect(abs(coarse[step][1] - fine[2 * step + 1][1]) < 1e-6) }
    }

    @Test(
        "The published optimum's states and return follow from its actions, and its score is its return",
        .enabled(if: RecordedData.has("pcgym/pcgym_full_horizon.json")))
    func optimum() throws {
        let reference = try PCGymOptimum.stored().cstr
        let task = ControlTask.cstr()
        let states = simulate(CSTR(), reference.u[0])
        for step in 0..<120 {
            #expect(abs(states[step][0] - reference.x[0][step]) < 2e-8)
            #expect(abs(states[step][1] - reference.x[1][step]) < 3e-6)
        }
        func cost(_ states: [[Double]]) -> Double {
            task.score(outputs: states.flatMap { $0 }, actions: reference.u[0], startAction: [300]).cost
        }
        // From the stored states to rounding; integrated anew, what their own error of 2e-6 K makes of it.
        let stored = (0..<120).map { [reference.x[0][$0], reference.x[1][$0]] }
        #expect(abs(cost(stored) + reference.total) < 1e-10)
        #expect(abs(cost(states) + reference.total) < 2e-5)
        #expect(abs(reference.total - -35.852) < 1e-4)
        #expect(task.score(outputs: states.flatMap { $0 }, actions: reference.u[0], startAction: [300]).violations == 0)
    }

    @Test(
        "At the published optimum the gradient is zero where the coolant is free and points outwards where it is not",
        .enabled(if: RecordedData.has("pcgym/pcgym_full_horizon.json")))
    func optimality() throws {
        let reference = try PCGymOptimum.stored().cstr
        let (plant, task) = (CSTR(), ControlTask.cstr())
        let actions = reference.u[0].map { Float(min(max($0, 295), 302)) }
        var outputs = [Float](repeating: 0, count: 240)
        plant.rollout(from: plant.initialState, actions: actions, disturbances: [], horizon: 120, outputs: &outputs)
        var cotangent = [Float](repeating: 0, count: 240)
        for step in 1..<120 {
            let error = outputs[2 * step] - Float(task.reference(at: step)[0] ?? 0)
            cotangent[2 * step] = 2000 / 0.09 * error
        }
        let gradient = plant.rolloutPullback(
            from: plant.initialState, actions: actions, disturbances: [], horizon: 120, cotangent: cotangent)
        var (free, bound) = (0, 0)
        for step in 1..<119 {
            let slope = Double(gradient[step]) + 0.2 * (reference.u[0][step] - 295) / 49
            if reference.u[0][step] < 295.001 {
                #expect(slope > -1e-3, "step \(step)")
                bound += 1
            } else if reference.u[0][step] > 301.999 {
                #expect(slope < 1e-3, "step \(step)")
                bound += 1
            } else {
                #expect(abs(slope) < 1e-3, "step \(step)")
                free += 1
            }
        }
        #expect(free > 60 && bound > 3)
    }

    @Test("Gradient descent through the exact equations reaches the optimum of a nonlinear program within 0.1 %")
    func descent() {
        let (plant, task) = (CSTR(), ControlTask.cstr())
        var actions = [Float](repeating: 299, count: 120)
        var (mean, square) = ([Float](repeating: 0, count: 120), [Float](repeating: 0, count: 120))
        var outputs = [Float](repeating: 0, count: 240)
        let targets = (0..<120).map { Float(task.reference(at: $0)[0] ?? 0) }
        let rounds = 120
        for round in 0..<rounds {
            plant.rollout(
                from: plant.initialState, actions: actions, disturbances: [], horizon: 120, outputs: &outputs)
            var cotangent = [Float](repeating: 0, count: 240)
            for step in 1..<120 { cotangent[2 * step] = 2000 / 0.09 * (outputs[2 * step] - targets[step]) }
            let gradient = plant.rolloutPullback(
                from: plant.initialState, actions: actions, disturbances: [], horizon: 120, cotangent: cotangent)
            let rate = 0.8 * Float(1 - Double(round) / Double(rounds))
            for index in actions.indices {
                let slope = gradient[index] + (index > 0 ? 0.2 * (actions[index] - 295) / 49 : 0)
                mean[index] = 0.9 * mean[index] + 0.1 * slope
                square[index] = 0.99 * square[index] + 0.01 * slope * slope
                let moved = actions[index] - rate * mean[index] / (square[index].squareRoot() + 1e-9)
                actions[index] = min(max(moved, 295), 302)
            }
        }
        let states = simulate(plant, actions.map(Double.init)).flatMap { $0 }
        let cost = task.score(outputs: states, actions: actions.map(Double.init), startAction: [300]).cost
        #expect(cost < 35.85205 * 1.001)
        #expect(cost > 35.85205 * 0.9999)
    }

    @Test("The middle action's return is the document's, and the coldest coolant's that of pc-gym's oracle script")
    func returns() {
        let task = ControlTask.cstr(CSTR(noise: .none))
        // scipy as above: 1056.5730 for 298.5 K, 3721.8139 for 295 K. pc-gym: −1050.7 to −1061.8, and −3721.8.
        for (coolant, cost) in [(298.5, 1056.5730), (295.0, 3721.8139)] {
            let record = task.run(seed: 0, controller: ConstantController([coolant]))
            #expect(abs(task.score(record).cost - cost) < 1e-3)
        }
    }

    @Test("Of the tuned loops, tracking holds its band and the constraint task hardly leaves its temperatures")
    func loops() {
        let tracking = ControlTask.cstr()
        let loops = tracking.tunedPID(seeds: [1001, 1002], rounds: 2)
        let score = tracking.score(tracking.run(seed: 1, controller: loops))
        #expect(score.violations == 0 && score.cost < 200)
        let constrained = ControlTask.cstr(CSTR(.constrained))
        #expect(constrained.guardrails == ["always(T >= 321)", "always(T <= 327)"])
        let held = constrained.score(constrained.run(seed: 1, controller: ConstantController(constrained.safeAction())))
        #expect(held.violations == 0)
        let cold = constrained.score(constrained.run(seed: 1, controller: ConstantController([290])))
        #expect(cold.violations > 50 && cold.violationDepth > 5)
    }

    @Test("Logs stay within safe temperatures under exploration", arguments: CSTR.Setting.allCases)
    func logs(setting: CSTR.Setting) throws {
        let plant = CSTR(setting)
        let log = try LogSimulation(plant: plant, policy: ExplorationPolicy(.mixed, for: plant))
            .episode(hours: 6, seed: 3)
        let temperatures = (0..<log.count).map { log.values[$0 * 3 + 1] }
        let (low, high) = setting == .tracking ? (310.0, 335.0) : (318, 332)
        #expect(temperatures.allSatisfy { $0 > low && $0 < high })
        #expect((temperatures.max() ?? 0) - (temperatures.min() ?? 0) > 4)
    }
}
