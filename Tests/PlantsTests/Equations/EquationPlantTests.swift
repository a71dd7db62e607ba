import Basics
import Foundation
import Testing

@testable import Plants

@Suite("Plants written as equations")
struct EquationPlantTests {
    @Test("The four tanks written as equations are the four tanks, their gradients included")
    func fourTanks() {
        let (written, plant) = (WrittenTanks(), FourTank())
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20 {
            let state = (0..<4).map { _ in generator.uniform(in: 0.02...0.5) }
            let action = (0..<2).map { _ in generator.uniform(in: 0.1...10) }
            let cotangent = (0..<4).map { _ in generator.normal() }
            let ours = written.step(state, action: action, disturbance: [])
            let theirs = plant.step(state, action: action, disturbance: [])
            #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-14 })
            let back = written.stepPullback(state, action: action, disturbance: [], cotangent: cotangent)
            let known = plant.stepPullback(state, action: action, disturbance: [], cotangent: cotangent)
            #expect(zip(back.state, known.state).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(zip(back.action, known.action).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(written.outputPullback(state, cotangent: cotangent) == cotangent)
        }
    }

    @Test("The table of plants counts the states that the plants have")
    func documentedStates() throws {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let page = try String(
            contentsOfFile: root.appendingPathComponent("Documentation/plants.md").path, encoding: .utf8)
        var counted = 0
        for row in page.split(separator: "\n") where row.hasPrefix("| `") {
            let cells = row.split(separator: "|")
            guard cells.count > 3, let states = Int(cells[1].filter { $0 != " " }) else { continue }
            for name in cells[0].split(separator: "`").map(String.init) where PlantCatalog.names.contains(name) {
                #expect(try PlantCatalog.plant(name).stateCount == states, "\(name)")
                counted += 1
            }
        }
        #expect(counted >= 16)
    }

    @Test("Rollouts of the written tanks and their gradients are those of the four tanks")
    func fourTankRollouts() {
        let (written, plant) = (WrittenTanks(), FourTank())
        var generator = SeededGenerator(seed: 3)
        let actions = (0..<(5 * 8 * 2)).map { _ in Float(generator.uniform(in: 0.1...10)) }
        let cotangent = (0..<(5 * 8 * 4)).map { _ in Float(generator.normal()) }
        var (ours, theirs) = (cotangent, cotangent)
        let start = [0.1, 0.2, 0.3, 0.2]
        written.rollout(from: start, actions: actions, disturbances: [], horizon: 8, outputs: &ours)
        plant.rollout(from: start, actions: actions, disturbances: [], horizon: 8, outputs: &theirs)
        #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-6 })
        let gradient = written.rolloutPullback(
            from: start, actions: actions, disturbances: [], horizon: 8, cotangent: cotangent)
        let known = plant.rolloutPullback(
            from: start, actions: actions, disturbances: [], horizon: 8, cotangent: cotangent)
        #expect(zip(gradient, known).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("What a bound stops passes no gradient")
    func stopped() {
        let plant = WrittenTanks()
        let back = plant.stepPullback(
            [1e-9, 0.2, 1e-9, 0.2], action: [0, 0], disturbance: [], cotangent: [1, 0, 1, 0])
        #expect(back.state == [0, 0, 0, 0] && back.action == [0, 0])
        #expect(plant.step([1e-9, 0.2, 1e-9, 0.2], action: [0, 0], disturbance: [])[0] == 0)
    }

    @Test("A plant that shows its inputs at once remembers them, and more directions than eight are right")
    func vessels() {
        let plant = VesselRow()
        let state = plant.initialState
        let next = plant.step(state, action: [3, 4], disturbance: [0.7])
        #expect(Array(next[11...]) == [3, 4, 0.7])
        let seen = plant.outputs(of: next)
        #expect(abs(seen[1] - (next[5] + 0.9 - 0.7 * next[0])) < 1e-14)
        checkPullbacks(plant, state: next, action: [2, 5], disturbance: [0.4])
    }

    /// `stepPullback` and `outputPullback` against central differences.
    private func checkPullbacks(_ plant: some Plant, state: [Double], action: [Double], disturbance: [Double]) {
        var generator = SeededGenerator(seed: 9)
        let cotangent = state.map { _ in generator.normal() }
        let weights = plant.outputChannels.map { _ in generator.normal() }
        func value(_ state: [Double], _ action: [Double]) -> Double {
            zip(plant.step(state, action: action, disturbance: disturbance), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
        }
        func shown(_ state: [Double]) -> Double {
            zip(plant.outputs(of: state), weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let back = plant.stepPullback(state, action: action, disturbance: disturbance, cotangent: cotangent)
        let seen = plant.outputPullback(state, cotangent: weights)
        #expect(back.state.count == state.count && seen.count == state.count)
        for index in state.indices {
            var (up, down) = (state, state)
            up[index] += 1e-5
            down[index] -= 1e-5
            #expect(abs((value(up, action) - value(down, action)) / 2e-5 - back.state[index]) < 1e-8, "state \(index)")
            #expect(abs((shown(up) - shown(down)) / 2e-5 - seen[index]) < 1e-8, "output of state \(index)")
        }
        for index in action.indices {
            var (up, down) = (action, action)
            up[index] += 1e-5
            down[index] -= 1e-5
            let slope = (value(state, up) - value(state, down)) / 2e-5
            #expect(abs(slope - back.action[index]) < 1e-8, "action \(index)")
        }
    }

    @Test("A rollout of a plant that remembers its inputs is stepping, and its gradient that of differences")
    func vesselRollout() {
        let plant = VesselRow()
        let (candidates, horizon) = (3, 4)
        var generator = SeededGenerator(seed: 4)
        let actions = (0..<(candidates * horizon * 2)).map { _ in Float(generator.uniform(in: 0.5...5)) }
        let disturbances = (0..<horizon).map { 0.1 + 0.2 * Double($0) }
        var outputs = [Float](repeating: 0, count: candidates * horizon * 2)
        plant.rollout(
            from: plant.initialState, actions: actions, disturbances: disturbances, horizon: horizon,
            outputs: &outputs)
        let cotangent = outputs.map { _ in Float(generator.normal()) }
        let gradient = plant.rolloutPullback(
            from: plant.initialState, actions: actions, disturbances: disturbances, horizon: horizon,
            cotangent: cotangent)
        func walk(_ candidate: Int, _ actions: [Double]) -> (sum: Double, seen: [Double]) {
            var state = plant.initialState
            var sum = 0.0
            var all: [Double] = []
            for step in 0..<horizon {
                state = plant.step(
                    state, action: [actions[2 * step], actions[2 * step + 1]], disturbance: [disturbances[step]])
                for (output, value) in plant.outputs(of: state).enumerated() {
                    sum += value * Double(cotangent[(candidate * horizon + step) * 2 + output])
                    all.append(value)
                }
            }
            return (sum, all)
        }
        for candidate in 0..<candidates {
            let start = candidate * horizon * 2
            let own = actions[start..<(start + horizon * 2)].map(Double.init)
            for (index, value) in walk(candidate, own).seen.enumerated() {
                #expect(abs(value - Double(outputs[start + index])) < 1e-6 * (1 + abs(value)))
            }
            for index in own.indices {
                var (up, down) = (own, own)
                up[index] += 1e-4
                down[index] -= 1e-4
                let slope = (walk(candidate, up).sum - walk(candidate, down).sum) / 2e-4
                #expect(abs(slope - Double(gradient[start + index])) < 1e-5 * (1 + abs(slope)))
            }
        }
    }

    @Test("The error of a sampling period falls with the fourth power of the sub-step")
    func order() {
        let plant = VesselRow()
        func end(_ steps: Int) -> [RealNumber] {
            var work = EquationWorkspace<RealNumber>(
                state: plant.initialState[..<11].map(RealNumber.init), input: [3, 4, 0.7].map(RealNumber.init))
            var plant = plant
            plant.subSteps = steps
            plant.integrate(&work)
            return work.state
        }
        let truth = end(2048)
        let errors = [4, 8, 16, 32].map { steps in
            zip(end(steps), truth).map { abs($0.value - $1.value) }.max() ?? 0
        }
        for pair in zip(errors, errors.dropFirst()) {
            #expect(abs(logarithm(pair.0 / pair.1) / logarithm(2) - 4) < 0.3, "\(errors)")
        }
    }
}
