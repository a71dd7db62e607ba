import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Tennessee Eastman under its loops")
struct RegulatedEastmanTests {
    @Test("The regulated plant is the process under the control, call by call")
    func sameAsControl() {
        let plant = RegulatedTennesseeEastman(samplingTime: 360, noise: .none)
        let process = TennesseeEastman(samplingTime: 3, noise: .none)
        var control = EastmanControl(samplingTime: 3)
        control.reset(action: process.restAction)
        var (state, other) = (plant.initialState, process.initialState)
        var reference = [Double?](repeating: nil, count: 41)
        var action = plant.restAction
        action[1] += 2
        action[6] += 0.5
        reference[7] = action[1]
        reference[22] = action[6]
        for call in 0..<360 {
            if call % 120 == 0 { state = plant.step(state, action: action, disturbance: []) }
            let valves = control.action(
                observations: process.outputs(of: other), reference: reference, time: Double(call) * 3)
            other = process.step(other, action: valves, disturbance: [])
        }
        for index in 0..<119 { #expect(abs(state[index] - other[index]) <= 1e-9 * max(1, abs(other[index]))) }
        #expect(plant.outputs(of: state)[0..<41].elementsEqual(process.outputs(of: other)) { abs($0 - $1) < 1e-6 })
    }

    @Test("Targets that wander through their ranges leave every measurement within the limits of operation")
    func exploration() throws {
        let simulation = LogSimulation(
            plant: RegulatedTennesseeEastman(noise: .none),
            policy: ExplorationPolicy(.prbs, for: RegulatedTennesseeEastman()),
            pilot: .tennesseeEastman())
        let log = try simulation.episode(hours: 15, seed: 2)
        #expect(log.count == 300 && log.channels.count == 63)
        for row in 0..<log.count {
            for (index, channel) in log.channels.enumerated() {
                #expect(log[row, index] >= (channel.lowerLimit ?? -.infinity) - 1e-9, "\(channel.name)")
                #expect(log[row, index] <= (channel.upperLimit ?? .infinity) + 1e-9, "\(channel.name)")
            }
        }
        // Targets move no quicker than their rates, from the base case on.
        let target = 53
        let reach = 4.0 / (6 * 3600) * 180 + 1e-9
        #expect(abs(log[0, target] - 75) <= reach)
        for row in 1..<log.count { #expect(abs(log[row, target] - log[row - 1, target]) <= reach) }
        #expect((0..<log.count).contains { abs(log[$0, 7] - 75) > 1 })
    }

    @Test("Derivatives by dual numbers through the loops agree with central differences")
    func derivatives() {
        let plant = RegulatedTennesseeEastman(samplingTime: 12)
        let action = plant.restAction.map { $0 * 1.002 }
        var state = plant.step(plant.initialState, action: action, disturbance: [])
        // Both analysers answer within the step, and the loops on them act.
        state[117] = 6
        state[118] = 6
        let cotangent = state.indices.map { Double(($0 * 37) % 11) - 5 }
        func scalar(_ x: [Double], _ u: [Double]) -> Double {
            zip(plant.step(x, action: u, disturbance: []), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let back = plant.stepPullback(state, action: action, disturbance: [], cotangent: cotangent)
        for index in [0, 8, 15, 17, 33, 36, 40, 49, 80, 98, 105, 115, 119, 128, 131, 139, 149, 160, 164] {
            var (up, down) = (state, state)
            let step = 1e-5 * max(1, abs(state[index]))
            up[index] += step
            down[index] -= step
            let slope = (scalar(up, action) - scalar(down, action)) / (2 * step)
            #expect(abs(slope - back.state[index]) < 1e-5 * max(1, abs(slope)), "\(plant.stateNames[index])")
        }
        for index in 0..<11 {
            var (up, down) = (action, action)
            up[index] += 1e-4
            down[index] -= 1e-4
            let slope = (scalar(state, up) - scalar(state, down)) / 2e-4
            #expect(abs(slope - back.action[index]) < 1e-5 * max(1, abs(slope)), "\(plant.actionChannels[index].name)")
        }
    }

    @Test("A rollout is steps one after another, and its gradient that of its outputs")
    func rollout() {
        let plant = RegulatedTennesseeEastman(samplingTime: 12)
        var actions: [Float] = []
        for step in 0..<3 {
            for (index, value) in plant.restAction.enumerated() {
                let change = 0.002 * Double(step * (index % 3 - 1))
                actions.append(Float(value + value * change))
            }
        }
        var outputs = [Float](repeating: 0, count: 3 * 52)
        plant.rollout(from: plant.initialState, actions: actions, disturbances: [], horizon: 3, outputs: &outputs)
        var state = plant.initialState
        for step in 0..<3 {
            state = plant.step(state, action: actions[(step * 11)..<(step * 11 + 11)].map(Double.init), disturbance: [])
            #expect(Array(outputs[(step * 52)..<(step * 52 + 52)]) == plant.outputs(of: state).map(Float.init))
        }
        // The last recycle valve against the first target of the recycle.
        var cotangent = [Float](repeating: 0, count: outputs.count)
        cotangent[2 * 52 + 45] = 1
        let gradient = plant.rolloutPullback(
            from: plant.initialState, actions: actions, disturbances: [], horizon: 3, cotangent: cotangent)
        func valve(_ target: Double) -> Double {
            var x = plant.initialState
            for step in 0..<3 {
                var action = actions[(step * 11)..<(step * 11 + 11)].map(Double.init)
                if step == 0 { action[0] = target }
                x = plant.step(x, action: action, disturbance: [])
            }
            return plant.outputs(of: x)[45]
        }
        let slope = (valve(26.903) - valve(26.901)) / 0.002
        #expect(abs(slope) > 0.1 && abs(Double(gradient[0]) - slope) < 1e-4 * abs(slope))
    }

    @Test("The loops alone fulfil the task of the plant", arguments: [1, 2] as [UInt64])
    func task(seed: UInt64) {
        let task = ControlTask.tennesseeEastman()
        let controller = EastmanTargets(RegulatedTennesseeEastman())
        let score = task.score(task.run(seed: seed, controller: controller))
        #expect(score.success && score.violations == 0 && score.held == 1)
        // Targets that never change fail it.
        var idle = task
        idle.targets = task.targets.map { target in
            var target = target
            target.schedule = [target.schedule[0]]
            return target
        }
        #expect(!task.score(idle.run(seed: seed, controller: controller)).success)
    }
}
