import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Tennessee Eastman: control and disturbances")
struct EastmanControlTests {
    private func run(_ faults: Set<Int>, hours: Double, noise: Bool = true) throws -> (
        seconds: Double, shutdown: TennesseeEastman.Shutdown?, outputs: [[Double]]
    ) {
        var plant = TennesseeEastman(samplingTime: 3)
        if !noise { plant.noise = .none }
        let schedule = try EastmanDisturbances(faults).schedule(hours: hours, samplingTime: 3, seed: 1)
        var simulation = PlantSimulation(plant, schedule: schedule, seed: 1)
        var control = EastmanControl(samplingTime: 3)
        control.reset(action: plant.restAction)
        let reference = [Double?](repeating: nil, count: 41)
        var outputs: [[Double]] = []
        while plant.shutdown(simulation.state) == nil, simulation.time < hours * 3600 {
            simulation.apply(
                control.action(observations: simulation.observation, reference: reference, time: simulation.time))
            if simulation.stepIndex % 60 == 0 { outputs.append(simulation.outputs) }
        }
        return (simulation.time, plant.shutdown(simulation.state), outputs)
    }

    @Test("The loops hold the base case for hours, with the noise of the sensors in them")
    func baseCase() throws {
        let run = try run([], hours: 3)
        #expect(run.shutdown == nil && run.outputs.count == 60)
        // Means over 48 h of the published closed-loop records, with twice their spread.
        for (output, mean, spread) in [
            (6, 2705.7, 6.9), (7, 75.02, 0.53), (8, 120.40, 0.02), (11, 49.93, 1.03), (14, 49.96, 1.04),
            (17, 65.85, 0.46), (29, 13.82, 0.11),
        ] {
            let values = run.outputs.map { $0[output] }
            #expect(abs(values.reduce(0, +) / 60 - mean) < 2 * spread, "\(TennesseeEastman.measurements[output].name)")
        }
    }

    @Test("Without feed of A the plant under its loops shuts down when the published record does")
    func lossOfA() throws {
        // The record with this fault is at rest 118 samples of 3 min after it began: 5.9 h.
        let run = try run([6], hours: 8, noise: false)
        #expect(run.shutdown == .reactorPressure)
        #expect(abs(run.seconds / 3600 - 5.9) < 0.3)
    }

    @Test("A measurement that is missing for a while moves no valve, and the loop goes on afterwards")
    func missing() {
        let plant = TennesseeEastman(samplingTime: 3)
        var control = EastmanControl(samplingTime: 3)
        control.reset(action: plant.restAction)
        let reference = [Double?](repeating: nil, count: 41)
        let seen = plant.outputs(of: plant.initialState)
        var gap = seen
        // The flow of D, which the first valve follows.
        gap[1] = .nan
        let within = control.action(observations: gap, reference: reference, time: 3)
        #expect(within.allSatisfy { $0.isFinite } && within[0] == plant.restAction[0])
        var lower = seen
        lower[1] -= 100
        let after = control.action(observations: lower, reference: reference, time: 6)
        #expect(after.allSatisfy { $0.isFinite } && after[0] > within[0])
    }

    @Test("Each step among the disturbances changes the quantity of the paper")
    func steps() throws {
        for (number, quantity, value) in [
            (1, TennesseeEastman.Disturbance.feedCShareOfA, 45.5), (2, .feedCShareOfB, 1), (3, .feedDTemperature, 50),
            (4, .reactorWaterTemperature, 40), (5, .condenserWaterTemperature, 45), (6, .feedAAvailability, 0),
            (7, .feedCAvailability, 80), (14, .reactorWaterValveSticking, 2), (15, .condenserWaterValveSticking, 2),
            (19, .otherValvesSticking, 2),
        ] {
            let schedule = try EastmanDisturbances([number], from: 3600).schedule(
                hours: 4, samplingTime: 180, seed: 0)
            #expect(schedule.values(3420) == TennesseeEastman.Disturbance.nominal)
            #expect(abs(schedule.values(3600)[quantity.rawValue] - value) < 1e-9, "\(number)")
        }
    }

    @Test("Random disturbances stay within their reach, move smoothly, repeat with their seed, and leave others alone")
    func walks() throws {
        let all = try EastmanDisturbances([8, 9, 10, 11, 12, 13, 16, 17, 18, 20])
        let schedule = all.schedule(hours: 50, samplingTime: 0.001, seed: 3)
        let again = all.schedule(hours: 50, samplingTime: 0.001, seed: 3)
        let other = all.schedule(hours: 50, samplingTime: 0.001, seed: 4)
        let single = try EastmanDisturbances([11]).schedule(hours: 50, samplingTime: 0.001, seed: 3)
        let reach: [TennesseeEastman.Disturbance: ClosedRange<Double>] = [
            .feedCShareOfA: 45.5...51.5, .feedCShareOfB: 0.2...0.8, .feedDTemperature: 35...55,
            .feedCTemperature: 35...55, .reactorWaterTemperature: 25...45, .condenserWaterTemperature: 30...50,
            .reaction1: 75...125, .reaction2: 75...125, .steamHeatTransfer: 75...125, .reactorHeatTransfer: 65...100,
            .condenserHeatTransfer: 75...100, .reactorOutflow: 75...100,
        ]
        for (quantity, range) in reach {
            let index = quantity.rawValue
            let width = range.upperBound - range.lowerBound
            let values = (0..<6000).map { schedule.values(Double($0) * 30)[index] }
            // What falls and recovers goes on falling for a moment.
            let slack = range.upperBound == 100 ? 0.06 * width : 1e-9
            #expect(values.allSatisfy { $0 >= range.lowerBound - slack && $0 <= range.upperBound + 1e-9 })
            #expect((values.max() ?? 0) - (values.min() ?? 0) > 0.4 * width, "\(quantity)")
            // The quickest is the return within six minutes, at most 1.5 widths in that time.
            #expect(zip(values, values.dropFirst()).allSatisfy { abs($0 - $1) < 0.15 * width }, "\(quantity)")
            #expect(values[700] == again.values(21000)[index] && values[700] != other.values(21000)[index])
        }
        let index = TennesseeEastman.Disturbance.reactorWaterTemperature.rawValue
        #expect(single.values(21000)[index] == schedule.values(21000)[index])
        #expect(single.values(21000)[0] == 48.5)
    }

    @Test("A disturbance that does not exist is refused")
    func unknown() { #expect(throws: ForesightError.self) { try EastmanDisturbances([21]) } }
}
