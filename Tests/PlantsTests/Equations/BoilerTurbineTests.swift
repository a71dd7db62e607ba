import Episodes
import Testing

@testable import Plants

@Suite("Boiler and turbine")
struct BoilerTurbineTests {
    private let plant = BoilerTurbine()

    @Test("The published operating points are in balance, and their levels are the published ones", arguments: 0..<7)
    func operatingPoints(index: Int) {
        let point = BoilerTurbine.operatingPoints[index]
        let rates = plant.rates(at: [point.pressure, point.power, point.density], input: point.valves + [1])
        // The valves are printed to three digits: 0.0005 of them moves P by 5e-4/s and the density by 1e-3/s.
        #expect(abs(rates[0]) < 6e-4)
        // At the fourth point the feedwater is printed as 0.433 where 0.436 balances.
        #expect(abs(rates[2]) < (index == 3 ? 5e-3 : 1e-3))
        // Power balances but at the first point, whose 15.27 MW are not those of its pressure and valve.
        let balanced = 10 * (0.073 * point.valves[1] - 0.016) * power(point.pressure, 9.0 / 8)
        if index == 0 {
            #expect(abs(balanced - 25.0) < 0.01)
        } else {
            #expect(abs(rates[1]) < 1e-3 && abs(balanced - point.power) < 0.01)
        }
        let seen = plant.outputs(of: [point.pressure, point.power, point.density] + point.valves + [1])
        #expect(abs(seen[2] - point.level) < 0.011)
    }

    /// scipy 1.17: `solve_ivp(f, (0, 300), [108, 66.65, 428], method="DOP853", rtol=1e-12, atol=1e-12)` with one valve
    /// opened by 0.1 from 0.34, 0.69, 0.433, at 5, 60 and 300 s; the level by its formula.
    @Test(
        "Step responses are those of an integrator of eighth order",
        arguments: [
            (
                [0.44, 0.69, 0.433],
                [
                    [108.44824701, 66.71530121, 0.02843669], [113.02437025, 69.59172062, 0.05173598],
                    [126.96856579, 79.64740171, 0.05533945],
                ]
            ),
            (
                [0.34, 0.79, 0.433],
                [
                    [107.82778459, 72.18765652, 0.04709195], [106.08790209, 79.41174222, -6.794e-05],
                    [101.01642565, 75.07521602, -0.15615128],
                ]
            ),
            (
                [0.34, 0.69, 0.533],
                [
                    [107.92652645, 66.63797049, 0.00234986], [107.17630245, 66.16579202, 0.04071616],
                    [104.88131898, 64.53543055, 0.23748662],
                ]
            ),
        ])
    func stepResponses(valves: [Double], published: [[Double]]) {
        var state = [108, 66.65, 428] + valves + [1]
        for index in 1...60 {
            state = plant.step(state, action: valves, disturbance: [1])
            guard let row = [1: 0, 12: 1, 60: 2][index] else { continue }
            for (seen, expected) in zip(plant.outputs(of: state), published[row]) {
                #expect(abs(seen - expected) < 2e-6 * (1 + abs(expected)))
            }
        }
    }

    /// As quoted for half load in the literature, such as W. Tan et al., "Analysis and control of a nonlinear
    /// boiler-turbine unit", Journal of Process Control 2005.
    @Test("The linearisation at half load is the quoted one")
    func linearisation() {
        let (state, valves) = ([108, 66.65, 428.0], [0.34, 0.69, 0.433, 1])
        func slope(_ column: Int, ofInput isInput: Bool) -> [Double] {
            let h = 1e-5
            var (up, down) = ((state, valves), (state, valves))
            if isInput {
                up.1[column] += h
                down.1[column] -= h
            } else {
                up.0[column] += h
                down.0[column] -= h
            }
            let rates = zip(plant.rates(at: up.0, input: up.1), plant.rates(at: down.0, input: down.1))
            let levels = plant.outputs(of: up.0 + up.1)[2] - plant.outputs(of: down.0 + down.1)[2]
            return rates.map { ($0 - $1) / (2 * h) } + [levels / (2 * h)]
        }
        let quoted = [
            [-2.509e-3, 6.94e-2, -6.69e-3, 6.34e-3], [0, -0.1, 0, 0], [0, 0, 0, 4.71e-3], [0.9, 0, 0, 0.253],
            [-0.349, 14.155, -1.398, 0.512], [-0.15, 0, 1.659, -0.014],
        ]
        for (index, expected) in quoted.enumerated() {
            for (found, value) in zip(slope(index % 3, ofInput: index > 2), expected) {
                #expect(abs(found - value) < 3e-3 * abs(value) + 1e-6)
            }
        }
    }

    @Test("Half load rests at its valves, and a fifth of the sub-step changes nothing that matters")
    func rest() {
        let still = plant.step(plant.initialState, action: plant.restAction, disturbance: [])
        for (before, after) in zip(plant.initialState, still) { #expect(abs(before - after) < 3e-4) }
        let fine = BoilerTurbine(samplingTime: 0.25)
        var (a, b) = (plant.initialState, fine.initialState)
        for step in 0..<60 {
            let valves = step % 8 < 4 ? [0.2, 0.9, 0.6] : [0.6, 0.5, 0.2]
            a = plant.step(a, action: valves, disturbance: [])
            for _ in 0..<20 { b = fine.step(b, action: valves, disturbance: []) }
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 5e-5 })
        }
    }

    @Test("A fuel of more heat acts like more fuel, and the drum's bounds hold")
    func heat() {
        let hot = plant.step(plant.initialState, action: plant.restAction, disturbance: [1.1])
        let more = plant.step(
            plant.initialState, action: [1.1 * plant.restAction[0], 0.69, plant.restAction[2]], disturbance: [1])
        #expect(zip(plant.outputs(of: hot), plant.outputs(of: more)).allSatisfy { abs($0 - $1) < 1e-9 })
        for valves in [[1.0, 0, 1], [0, 1, 0]] {
            var state = plant.initialState
            for _ in 0..<2000 { state = plant.step(state, action: valves, disturbance: []) }
            #expect(plant.outputs(of: state).allSatisfy { $0.isFinite })
            #expect((1...225).contains(state[0]) && (1...650).contains(state[2]))
        }
    }

    @Test("Valves move no faster than published, and the loops follow the load within the limits", arguments: [1, 2])
    func task(seed: UInt64) {
        let task = ControlTask.boilerTurbine()
        #expect(task.guardrails.count == 4)
        let loops = task.ruleTunedPID()
        let record = task.run(seed: seed, controller: loops)
        let score = task.score(record)
        #expect(score.violations == 0)
        #expect(score.held > 0.6)
        let held = task.score(task.run(seed: seed, controller: ConstantController(task.safeAction())))
        #expect(score.cost < 0.2 * held.cost)
        for index in 3..<record.actions.count {
            let rate = abs(record.actions[index] - record.actions[index - 3]) / plant.samplingTime
            #expect(rate <= [0.007, 0.02, 0.05][index % 3] + 1e-12)
        }
    }

    @Test("A log explores around the loops, which keep the drum neither dry nor full")
    func log() throws {
        let policy = ExplorationPolicy(.mixed, for: plant)
        #expect(policy.hold == 20...150)
        let task = ControlTask.boilerTurbine()
        let log = try LogSimulation(plant: plant, policy: policy, disturbances: task.disturbances, pilot: task)
            .episode(hours: 4, seed: 2)
        let width = log.channels.count
        let levels = (0..<log.count).map { log.values[$0 * width + 2] }
        let pressures = (0..<log.count).map { log.values[$0 * width] }
        #expect(levels.allSatisfy { abs($0) < 1.1 })
        #expect(pressures.allSatisfy { $0 > 65 && $0 < 150 })
        #expect((pressures.max() ?? 0) - (pressures.min() ?? 0) > 20)
        // What exploring adds is there: the valves do not only follow the outputs.
        let fuel = (0..<log.count).map { log.values[$0 * width + 3] }
        #expect((fuel.max() ?? 0) - (fuel.min() ?? 0) > 0.15)
    }
}
