import Episodes
import Testing

@testable import Plants

@Suite("Tennessee Eastman: runs")
struct EastmanRunTests {
    @Test("Left with its valves, the process shuts down on reactor pressure when the published program does")
    func uncontrolled() {
        // The program by 0.25 s steps of Euler's method and constants in double precision: 3.58667 h. In the single
        // precision that it was published in, its own base case is less at rest, and it shuts down after 3.48 h.
        let plant = TennesseeEastman(samplingTime: 10)
        var state = plant.initialState
        var time = 0.0
        while plant.shutdown(state) == nil, time < 5 * 3600 {
            state = plant.step(state, action: plant.restAction, disturbance: [])
            time += 10
        }
        #expect(plant.shutdown(state) == .reactorPressure)
        #expect(abs(time / 3600 - 3.58667) < 0.005)
        // It stays shut down.
        let later = plant.step(state, action: plant.middleAction, disturbance: [])
        #expect(Array(later[..<50]) == Array(state[..<50]))
    }

    @Test("A process that is no longer made of numbers does not run", arguments: [0, 8, 12, 17, 18, 26])
    func notANumber(index: Int) {
        // Amounts and energies of the reactor, the separator and the stripper.
        let plant = TennesseeEastman(samplingTime: 10)
        var state = plant.initialState
        #expect(plant.shutdown(state) == nil)
        state[index] = .nan
        #expect(plant.shutdown(state) != nil)
    }

    @Test("Half an hour after a step of the feed of D, the process is where the published program is")
    func stepResponse() {
        // XMV(1) raised by 3 %; the program by 0.1 s steps of Euler's method.
        let program = [
            0.25052138, 3838.3713, 4509.2684, 9.3477423, 23.300422, 39.24819, 2500.3123, 73.295948, 130.04936,
            0.29486641, 95.155817, 62.647203, 2430.4815, 25.915299, 55.369802, 2877.1469, 23.196623, 74.784034,
            169.46625, 321.82835, 101.53377, 76.134949,
        ]
        let plant = TennesseeEastman(samplingTime: 60)
        var action = plant.restAction
        action[0] += 3
        var state = plant.initialState
        for _ in 0..<30 { state = plant.step(state, action: action, disturbance: []) }
        let outputs = plant.outputs(of: state)
        for (index, expected) in program.enumerated() {
            #expect(abs(outputs[index] - expected) < 1e-4 * expected, "\(plant.outputChannels[index].name)")
        }
    }

    @Test("Runge–Kutta steps of 2 s are as good as steps of 0.5 s, and better than the program's of Euler's")
    func stepSize() {
        let coarse = TennesseeEastman(samplingTime: 60)
        let fine = TennesseeEastman(samplingTime: 60, longestStep: 0.5)
        var action = coarse.restAction
        action[0] += 3
        var (a, b) = (coarse.initialState, fine.initialState)
        for _ in 0..<15 {
            a = coarse.step(a, action: action, disturbance: [])
            b = fine.step(b, action: action, disturbance: [])
        }
        for index in 0..<50 { #expect(abs(a[index] - b[index]) < 1e-7 * max(abs(b[index]), 1)) }
        // After 15 min the program's steps of 1 s have 2642.0957 kPa, which is 4e-5 away.
        #expect(abs(fine.outputs(of: b)[6] - 2641.9785) < 1e-3)
    }

    @Test("Analysers show what was there a period ago, and hold it")
    func analysers() {
        let plant = TennesseeEastman(samplingTime: 60)
        var action = plant.restAction
        action[2] += 20
        var state = plant.initialState
        var truth: [[Double]] = [plant.process.outputs(of: Array(state[..<79]))]
        for minute in 1...32 {
            state = plant.step(state, action: action, disturbance: [])
            truth.append(plant.process.outputs(of: Array(state[..<79])))
            let shown = plant.outputs(of: state)
            // A sample of 0 and each sixth minute, shown six minutes later: until minute 12 that of the start.
            #expect(shown[22] == truth[max(0, minute / 6 - 1) * 6][22])
            #expect(shown[40] == truth[max(0, minute / 15 - 1) * 15][40])
            #expect(Array(shown[..<22]) == Array(truth[minute][..<22]))
        }
        #expect(abs(truth[24][22] - truth[0][22]) > 0.1)
    }

    @Test("A sticking valve ignores small moves, and follows larger ones")
    func sticking() {
        let plant = TennesseeEastman(samplingTime: 60)
        var disturbance = plant.nominalDisturbance
        disturbance[TennesseeEastman.Disturbance.reactorWaterValveSticking.rawValue] = 2
        func opening(_ move: Double, _ disturbance: [Double]) -> Double {
            var action = plant.restAction
            action[9] += move
            return plant.step(plant.initialState, action: action, disturbance: disturbance)[47]
        }
        let base = plant.restAction[9]
        #expect(opening(1.9, disturbance) == base)
        #expect(abs(opening(2.1, disturbance) - base - 2.1) < 1e-3)
        #expect(abs(opening(1.9, plant.nominalDisturbance) - base - 1.9) < 1e-3)
    }

    @Test("The reading of an analyser changes with its analyses only")
    func heldReadings() {
        let plant = TennesseeEastman(samplingTime: 60)
        var simulation = PlantSimulation(plant, seed: 4)
        var readings = [simulation.observation]
        for _ in 0..<30 {
            simulation.apply(plant.restAction)
            readings.append(simulation.observation)
        }
        for minute in 1...30 {
            // The first analyses are those that were shown before.
            #expect((readings[minute][22] != readings[minute - 1][22]) == (minute % 6 == 0 && minute > 6))
            #expect((readings[minute][40] != readings[minute - 1][40]) == (minute == 30))
            #expect(readings[minute][6] != readings[minute - 1][6])
        }
    }
}
