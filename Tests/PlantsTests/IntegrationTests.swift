import Basics
import Testing

@testable import Plants

@Suite("Integration and gradients")
struct IntegrationTests {
    @Test("The error of a Runge-Kutta step falls with the fourth power of the step")
    func order() {
        let lab = HeaterLab()
        let input = SIMD4(80.0, 20, 23, 0)
        func end(_ steps: Int) -> SIMD4<Double> {
            var state = SIMD4(60.0, 25, 30, 50)
            for _ in 0..<steps { state = lab.rungeKutta(state, input: input, h: 40 / Double(steps)) }
            return state
        }
        let truth = end(4096)
        let errors = [4, 8, 16, 32].map { steps in
            let difference = end(steps) - truth
            return (difference * difference).sum().squareRoot()
        }
        for pair in zip(errors, errors.dropFirst()) {
            let slope = logarithm(pair.0 / pair.1) / logarithm(2)
            #expect(abs(slope - 4) < 0.35, "slope \(slope)")
        }
    }

    @Test("The gradient through a step is that of finite differences")
    func stepGradient() {
        check(HeaterLab(), state: [61, 42, 55, 40], action: [70, 20])
        check(HeaterLab(samplingTime: 3), state: [31, 52, 35, 40], action: [5, 95])
        check(FourTank(), state: [0.2, 0.15, 0.4, 0.05], action: [7, 2])
        check(LinearPlant.doubleIntegrator(), state: [1, -2], action: [0.3])
        check(LinearPlant.twoLags(), state: [1, -2], action: [0.3])
    }

    private func check(_ plant: some Plant, state: [Double], action: [Double]) {
        var generator = SeededGenerator(seed: 11)
        let cotangent = state.map { _ in generator.normal() }
        let disturbance = plant.nominalDisturbance
        func value(_ state: [Double], _ action: [Double]) -> Double {
            zip(plant.step(state, action: action, disturbance: disturbance), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let back = plant.stepPullback(state, action: action, disturbance: disturbance, cotangent: cotangent)
        for index in state.indices {
            let h = 1e-5 * max(abs(state[index]), 0.1)
            var (up, down) = (state, state)
            up[index] += h
            down[index] -= h
            let slope = (value(up, action) - value(down, action)) / (2 * h)
            #expect(abs(slope - back.state[index]) < 1e-6 * (1 + abs(slope)), "\(plant.name) state \(index)")
        }
        for index in action.indices {
            var (up, down) = (action, action)
            up[index] += 1e-4
            down[index] -= 1e-4
            let slope = (value(state, up) - value(state, down)) / 2e-4
            #expect(abs(slope - back.action[index]) < 1e-6 * (1 + abs(slope)), "\(plant.name) action \(index)")
        }
    }

    @Test("A batched rollout is the same as stepping, for every plant")
    func rollout() {
        checkRollout(HeaterLab(), state: [61, 42, 55, 40])
        checkRollout(FourTank(), state: [0.2, 0.15, 0.4, 0.05])
        checkRollout(LinearPlant.doubleIntegrator(), state: [1, -2])
    }

    private func checkRollout(_ plant: some Plant, state: [Double]) {
        let (candidates, horizon) = (3, 5)
        let width = plant.actionChannels.count
        let rows = plant.outputChannels.count
        var generator = SeededGenerator(seed: 5)
        let actions = (0..<(candidates * horizon * width)).map { _ in Float(generator.uniform(in: 0.2...9)) }
        let disturbances = (0..<horizon).flatMap { step in plant.nominalDisturbance.map { $0 + Double(step) } }
        var outputs = [Float](repeating: 0, count: candidates * horizon * rows)
        plant.rollout(from: state, actions: actions, disturbances: disturbances, horizon: horizon, outputs: &outputs)
        let cotangent = outputs.map { _ in Float(generator.normal()) }
        let gradient = plant.rolloutPullback(
            from: state, actions: actions, disturbances: disturbances, horizon: horizon, cotangent: cotangent)
        func value(_ candidate: Int, _ actions: [Double]) -> (sum: Double, worst: Double) {
            var current = state
            var sum = 0.0
            var worst = 0.0
            for step in 0..<horizon {
                let width3 = plant.disturbanceChannels.count
                current = plant.step(
                    current, action: Array(actions[(step * width)..<((step + 1) * width)]),
                    disturbance: Array(disturbances[(step * width3)..<((step + 1) * width3)]))
                for (output, seen) in plant.outputs(of: current).enumerated() {
                    let index = (candidate * horizon + step) * rows + output
                    worst = max(worst, abs(seen - Double(outputs[index])) / (1 + abs(seen)))
                    sum += seen * Double(cotangent[index])
                }
            }
            return (sum, worst)
        }
        for candidate in 0..<candidates {
            let start = candidate * horizon * width
            let own = actions[start..<(start + horizon * width)].map(Double.init)
            #expect(value(candidate, own).worst < 1e-6)
            for index in own.indices {
                var (up, down) = (own, own)
                up[index] += 1e-3
                down[index] -= 1e-3
                let slope = (value(candidate, up).sum - value(candidate, down).sum) / 2e-3
                let found = Double(gradient[start + index])
                #expect(abs(slope - found) < 1e-4 * (1 + abs(slope)), "\(plant.name) action \(index)")
            }
        }
    }

    @Test("The linearisation predicts a small change")
    func linearisation() {
        let plant = FourTank()
        let state = [0.2, 0.15, 0.3, 0.2]
        let action = [6.0, 4]
        let (a, b) = plant.linearised(at: state, action: action, disturbance: [])
        let change = [1e-4, -2e-4, 1e-4, 3e-4]
        let push = [0.01, -0.02]
        let base = plant.step(state, action: action, disturbance: [])
        let moved = plant.step(
            zip(state, change).map { $0 + $1 }, action: zip(action, push).map { $0 + $1 }, disturbance: [])
        let predicted = zip(a * change, b * push).map { $0 + $1 }
        for index in 0..<4 { #expect(abs(moved[index] - base[index] - predicted[index]) < 1e-6) }
    }
}
