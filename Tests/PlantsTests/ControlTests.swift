import Episodes
import Testing

@testable import Plants

@Suite("PID loops")
struct PIDTests {
    /// An exactly discretised first-order lag with gain 2 and time constant 10 s, sampled at 1 s.
    private let lag = LinearPlant(
        name: "lag", samplingTime: 1, stateMatrix: DenseMatrix([[exponential(-0.1)]]),
        inputMatrix: DenseMatrix([[2 * (1 - exponential(-0.1))]]),
        outputChannels: [.init(name: "y", role: .observation)],
        actionChannels: [.init(name: "u", role: .action, lowerLimit: 0, upperLimit: 10)], initialState: [0])

    @Test("A step response gives back gain, time constant and the missing delay")
    func processModel() throws {
        let model = try #require(lag.processModel(output: 0, action: 0))
        #expect(abs(model.gain - 2) < 1e-6)
        // The times are resolved within the sampling grid of this discrete plant.
        #expect(abs(model.timeConstant - 10) < 1.5)
        let tanks = FourTank()
        let level = try #require(tanks.processModel(output: 2, action: 1, around: [5, 5]))
        // Linearised: gain (1−γ2)k2·s/(a3·g), time constant s/(a3·g), s = (1−γ2)k2·v2/a3.
        let speed = 0.8 * 0.00095 * 5 / 0.002
        #expect(abs(level.timeConstant - speed / (0.002 * 9.81)) < 0.1 * level.timeConstant)
        #expect(abs(level.gain - 0.8 * 0.00095 * speed / (0.002 * 9.81)) < 0.08 * level.gain)
        #expect(level.delay < 2)
        #expect(tanks.processModel(output: 2, action: 0) == nil)
        #expect(LinearPlant.doubleIntegrator().processModel(output: 0, action: 0) == nil)
    }

    @Test("A lag's delay is what Smith's two points make of a second-order response")
    func heaterModel() throws {
        let model = try #require(HeaterLab().processModel(output: 0, action: 0))
        #expect((15...25).contains(model.delay))
        #expect((80...130).contains(model.timeConstant))
        #expect((0.4...0.55).contains(model.gain))
    }

    @Test("The integral part removes a constant error")
    func integral() {
        var state = [0.0]
        var loop = PIDLoop(settings: PIDSettings(gain: 1, integralTime: 5), limits: 0...10, samplingTime: 1)
        for _ in 0..<200 {
            let action = loop.update(target: 6, measurement: state[0])
            state = lag.step(state, action: [action], disturbance: [])
        }
        #expect(abs(state[0] - 6) < 1e-6)
    }

    @Test("Long saturation leaves no wind-up: the way back starts when the error turns")
    func antiWindup() {
        var loop = PIDLoop(settings: PIDSettings(gain: 1, integralTime: 5), limits: 0...10, samplingTime: 1)
        for _ in 0..<500 { #expect(loop.update(target: 100, measurement: 0) <= 10) }
        // The integral stood at the limit of 10, not at the 10000 that 500 s of error would have piled up: it falls by
        // K·Δt/Ti = 0.2 a step from there to the 1 that the proportional part takes.
        var steps = 0
        while loop.update(target: 0, measurement: 1) > 0, steps < 100 { steps += 1 }
        #expect((40...46).contains(steps))
    }

    @Test("A slow actuator leaves no wind-up either: loops know its rate, and turn when the error does")
    func rateWindup() {
        let valve = LinearPlant(
            name: "valve", samplingTime: 1, stateMatrix: lag.stateMatrix, inputMatrix: lag.inputMatrix,
            outputChannels: lag.outputChannels,
            actionChannels: [.init(name: "u", role: .action, lowerLimit: 0, upperLimit: 1000, rateLimit: 0.1)],
            initialState: [0])
        let loops = MultiLoopPID(
            pairings: [.init(output: 0, action: 0, settings: PIDSettings(gain: 1, integralTime: 5))], for: valve)
        var alone = loops
        for step in 1...20 {
            let action = alone.action(observations: [0], reference: [10], time: Double(step))
            #expect(abs(action[0] - 0.1 * Double(step)) < 1e-9)
        }
        // 20 s of an error of 10 would have piled up 40, and the valve would go on opening for minutes.
        for step in 1...5 {
            let action = alone.action(observations: [1], reference: [0], time: Double(20 + step))
            #expect(abs(action[0] - (2 - 0.1 * Double(step))) < 1e-9)
        }
        // The rate counts from the action in force where it is known.
        var told = loops
        let situation = ControlSituation(
            step: 0, observation: [0], previousAction: [3], trueState: [0], history: [], reference: [10])
        #expect(abs(told.action(in: situation, time: 0)[0] - 3.1) < 1e-9)
    }

    @Test("A step of the target does not kick the derivative; a step of the measurement does, filtered")
    func derivative() {
        var loop = PIDLoop(
            settings: PIDSettings(gain: 1, integralTime: 1e9, derivativeTime: 4, targetWeight: 0), limits: -100...100,
            samplingTime: 1)
        #expect(abs(loop.update(target: 0, measurement: 0)) < 1e-6)
        #expect(abs(loop.update(target: 10, measurement: 0)) < 1e-6)
        // One unit in one second behind a filter of 0.8 s: K·Td·(1/1.8), plus the proportional part.
        #expect(abs(loop.update(target: 10, measurement: 1) - (-4 / 1.8 - 1)) < 1e-6)
    }

    @Test("The loop starts from the action in force, whatever the target weight", arguments: [0.0, 0.5, 1])
    func bumpless(weight: Double) {
        var loop = PIDLoop(
            settings: PIDSettings(gain: 3, integralTime: 10, targetWeight: weight), limits: 0...100, samplingTime: 1,
            start: 40)
        #expect(abs(loop.update(target: 20, measurement: 20) - 40) < 1e-9)
    }

    @Test("Where the target or the measurement is missing the action stays, and nothing of it is left afterwards")
    func missing() {
        var loop = PIDLoop(
            settings: PIDSettings(gain: 1, integralTime: 5, derivativeTime: 2), limits: 0...10, samplingTime: 1,
            start: 4)
        let before = loop.update(target: 6, measurement: 5)
        #expect(abs(before - 5) < 1e-9)
        #expect(loop.update(target: 6, measurement: .nan) == before)
        #expect(loop.update(target: .nan, measurement: 5) == before)
        // Only the reach of the actuator moves it.
        #expect(loop.update(target: 6, measurement: .nan, reach: 0...1) == 1)
        // The error of the first call is in the integral, and nothing else.
        #expect(abs(loop.update(target: 6, measurement: 5) - 5.2) < 1e-9)
    }

    @Test("SIMC settings are Skogestad's formula")
    func rule() {
        let settings = PIDSettings.simc(
            ProcessModel(gain: 2, timeConstant: 10, delay: 0.5), samplingTime: 1)
        #expect(abs(settings.gain - 10 / (2 * 2)) < 1e-12)
        #expect(abs(settings.integralTime - 8) < 1e-12)
    }
}

@Suite("Control tasks")
struct ControlTaskTests {
    @Test("Outputs are paired with the action of relative gain nearest 1")
    func pairing() throws {
        #expect(ControlTask.heaterLab().pairings().map(\.action) == [0, 1])
        let tanks = ControlTask.fourTank().pairings()
        #expect(tanks.map(\.output) == [2, 3] && tanks.map(\.action) == [1, 0])
        let array = try #require(relativeGainArray(DenseMatrix([[2, 1], [1, 2]])))
        #expect(abs(array[0, 0] - 4.0 / 3) < 1e-12 && abs(array[0, 1] + 1.0 / 3) < 1e-12)
    }

    @Test(
        "The refined loops beat the rule on the tuning seeds and still do on others",
        arguments: ["heater-lab", "four-tank"])
    func tuning(name: String) throws {
        let task = try ControlTask.named(name)
        let seeds = Array(UInt64(1000)..<1003)
        let rule = task.ruleTunedPID()
        let tuned = task.tunedPID(seeds: seeds, rounds: 3)
        let fresh = Array(UInt64(0)..<10)
        #expect(task.tuningCost(tuned, seeds: seeds) < task.tuningCost(rule, seeds: seeds))
        #expect(task.tuningCost(tuned, seeds: fresh) < task.tuningCost(rule, seeds: fresh))
        // Either is far better than an action that is held.
        let held = task.tuningCost(ConstantController(task.plant.middleAction), seeds: fresh)
        #expect(task.tuningCost(rule, seeds: fresh) < 0.5 * held)
    }

    @Test("Gradient descent through the exact adjoint reaches the published optimum of the four tanks")
    func publishedOptimum() {
        let task = ControlTask.fourTank()
        let plant = task.plant
        var actions = [Float](repeating: 5, count: 120)
        var outputs = [Float](repeating: 0, count: 240)
        var mean = [Float](repeating: 0, count: 120)
        var square = mean
        func cost() -> Double {
            plant.rollout(
                from: plant.initialState, actions: actions, disturbances: [], horizon: 60, outputs: &outputs)
            return task.score(
                outputs: outputs.map(Double.init), actions: actions.map(Double.init), startAction: [0.1, 0.1]
            ).cost
        }
        var best = cost()
        for iteration in 0..<400 {
            var cotangent = [Float](repeating: 0, count: 240)
            for step in 1..<60 {
                let reference = task.reference(at: step)
                for output in [2, 3] {
                    let error = outputs[step * 4 + output] - Float(reference[output] ?? 0)
                    cotangent[step * 4 + output] = 8 * error
                }
            }
            let gradient = plant.rolloutPullback(
                from: plant.initialState, actions: actions, disturbances: [], horizon: 60, cotangent: cotangent)
            let rate: Float = iteration < 250 ? 0.3 : iteration < 350 ? 0.05 : 0.01
            for index in actions.indices {
                mean[index] = 0.9 * mean[index] + 0.1 * gradient[index]
                square[index] = 0.99 * square[index] + 0.01 * gradient[index] * gradient[index]
                let moved = actions[index] - rate * mean[index] / (square[index].squareRoot() + 1e-9)
                actions[index] = min(max(moved, 0.1), 10)
            }
            best = min(best, cost())
        }
        #expect(best < 1.1266373 * 1.005)
        #expect(best > 1.1266373 * 0.9999)
    }

    @Test("The middle action costs what pc-gym's return says, with its first step free")
    func fourTankCost() {
        var tanks = FourTank()
        tanks.noise = .none
        let task = ControlTask.fourTank(tanks)
        let record = task.run(seed: 0, controller: ConstantController([5.05, 5.05]))
        #expect(abs(task.score(record).cost - 19.388206) < 1e-5)
        #expect(task.score(record).violations == 0 && !task.score(record).success)
    }

    @Test("Violations are counted, measured and fail the episode; a held band succeeds")
    func scoring() {
        let plant = LinearPlant(
            name: "copy", samplingTime: 1, stateMatrix: DenseMatrix([[0]]), inputMatrix: DenseMatrix([[1]]),
            outputChannels: [.init(name: "y", role: .observation)],
            actionChannels: [.init(name: "u", role: .action, lowerLimit: 0, upperLimit: 10)], initialState: [0])
        let task = ControlTask(
            name: "copy", plant: plant, steps: 6,
            targets: [
                .init(
                    output: 0, schedule: [.init(from: 0, 4), .init(from: 3, 6)], scale: 2, band: 0.5, settlingTime: 1)
            ], moveWeight: 1, limits: [OutputLimit(output: 0, upper: 7)])
        let good = task.run(seed: 1) { $0.step < 3 ? [4] : [6] }
        let score = task.score(good)
        #expect(score.success && score.held == 1 && score.violations == 0)
        // Moves of 0.4 and 0.2 of the range cost their squares; the targets are met.
        #expect(abs(score.cost - (0.16 + 0.04)) < 1e-12)
        let bad = task.score(task.run(seed: 1) { $0.step == 4 ? [9] : $0.step < 3 ? [4] : [6] })
        #expect(bad.violations == 1 && bad.violationDepth == 2 && bad.violationSeconds == 1 && !bad.success)
        #expect(abs(bad.held - 0.75) < 1e-12)
        #expect(task.guardrails == ["always(y <= 7)"])
    }

    @Test("Episodes repeat with their seed, start elsewhere with another, and hold a history of the warm-up")
    func episodes() {
        let task = ControlTask.heaterLab()
        var lengths: [Int] = []
        let one = task.run(seed: 5) { situation in
            lengths.append(situation.history.count / 4)
            return [20, 20]
        }
        #expect(lengths == Array(30..<120))
        #expect(one.log.count == 120 && one.warmUpSteps == 30)
        #expect(task.run(seed: 5) { _ in [20, 20] }.log.values == one.log.values)
        let starts = (0..<8).map { seed in
            var start = 0.0
            _ = task.run(seed: UInt64(seed)) { situation in
                if situation.step == 0 { start = situation.trueState[2] }
                return [0, 0]
            }
            return start
        }
        #expect((starts.max() ?? 0) - (starts.min() ?? 0) > 2)
        #expect(starts.allSatisfy { $0 < 50 })
        #expect(task.reference(at: 44)[0] == 50 && task.reference(at: 45)[0] == 42)
        #expect(ControlTask.fourTank().reference(at: 29)[2] == 0.5)
        #expect(ControlTask.fourTank().reference(at: 30)[2] == 0.1)
    }
}
