import Basics
import Episodes
import Foundation
import Plants
import Testing

@Suite("Faults in the middle of a run")
struct FaultTests {
    static let quiet = HeaterLab(noise: SensorNoise(standardDeviation: [0]))

    /// Steps of a heater under changing actions, with what breaks.
    static func run(_ faults: [PlantFault], steps: Int = 40, plant: HeaterLab = quiet) -> [PlantSimulation] {
        var simulation = PlantSimulation(plant, faults: faults, seed: 3)
        return (0..<steps).map { step in
            simulation.apply([Double(20 + step), 30])
            return simulation
        }
    }

    @Test("a stuck actuator delivers what it delivered last, and what was wanted is what is told")
    func stuckActuator() {
        let broken = Self.run([PlantFault(.stuck("Q1"), start: 100)])
        let healthy = Self.run([])
        for step in 0..<10 { #expect(broken[step].state == healthy[step].state) }
        #expect(broken[30].action == [50, 30])
        // By the plant's own equations under 29 %, the value of the last step before 100 s.
        var state = healthy[9].state
        for step in 10..<40 {
            state = Self.quiet.step(state, action: [29, 30], disturbance: Self.quiet.nominalDisturbance)
            #expect(broken[step].state == state)
        }
    }

    @Test("a stuck sensor shows what it showed last while the truth goes on")
    func stuckSensor() {
        let broken = Self.run([PlantFault(.stuck("T1"), start: 100)])
        let healthy = Self.run([])
        #expect(broken.map(\.state) == healthy.map(\.state))
        for step in 10..<40 {
            #expect(broken[step].observation[0] == healthy[8].observation[0])
            #expect(broken[step].observation[1] == healthy[step].observation[1])
        }
    }

    @Test("a drifting sensor is off in proportion to time, and the plant knows nothing of it")
    func drift() {
        let broken = Self.run([PlantFault(.drift("T2", rate: -0.02), start: 100)])
        let healthy = Self.run([])
        #expect(broken.map(\.state) == healthy.map(\.state))
        for step in 0..<40 {
            let error = broken[step].observation[1] - healthy[step].observation[1]
            #expect(abs(error + 0.02 * max(0, Double(step + 1) * 10 - 100)) < 1e-9)
        }
    }

    @Test("a parameter, the effect of an action and a disturbance can change, each as if the plant had always been so")
    func change() {
        var weaker = HeaterLab.Parameters.published
        weaker.convection *= 0.7
        let changed = HeaterLab(parameters: weaker, noise: SensorNoise(standardDeviation: [0]))
        let cases: [(PlantFault, HeaterLab, ([Double]) -> [Double], [Double])] = [
            (PlantFault(.change("convection", factor: 0.7), start: 100), changed, { $0 }, [23]),
            (PlantFault(.change("Q1", factor: 0.7), start: 100), Self.quiet, { [0.7 * $0[0], $0[1]] }, [23]),
            (PlantFault(.change("Ta", factor: 1.1), start: 100), Self.quiet, { $0 }, [23 * 1.1]),
        ]
        let healthy = Self.run([])
        for (fault, plant, effect, ambient) in cases {
            let broken = Self.run([fault])
            var state = healthy[9].state
            for step in 10..<40 {
                state = plant.step(state, action: effect([Double(20 + step), 30]), disturbance: ambient)
                #expect(zip(broken[step].state, state).allSatisfy { abs($0 - $1) < 1e-9 }, "\(fault)")
            }
        }
    }

    @Test("a stronger effect of an action is not less than nothing: a pump that is off stays off, and more is more")
    func strongerPump() throws {
        let patient = VirtualPatient(PatientParameters(.adult, 1), noise: SensorNoise(standardDeviation: [0]))
        let faults = [PlantFault(.change("insulin", factor: 1.5), start: 0)]
        for share in [0.0, 0.2, 2] {
            var broken = PlantSimulation(patient, faults: faults, seed: 1)
            let wanted = broken.apply([share * patient.restAction[0]])
            let basal = patient.restAction[0]
            // 1.5 times as far from the basal rate, and no insulin is drawn out of anybody.
            let effect = [max(0, basal + 1.5 * (wanted[0] - basal))]
            let expected = patient.step(patient.initialState, action: effect, disturbance: [0])
            #expect(broken.state == expected, "\(share) of the basal rate")
        }
        // What acts both ways may be stronger both ways.
        let car = Vehicle(noise: SensorNoise(standardDeviation: [0]))
        let steering = [PlantFault(.change("steering", factor: 1.3), start: 0)]
        for angle in [-0.5, 0.5] {
            var broken = PlantSimulation(car, faults: steering, seed: 1)
            broken.apply([car.restAction[0], angle])
            #expect(abs(broken.state[6] - 1.3 * angle) < 1e-12)
        }
    }

    @Test("in a task the fault counts from the first decision, and the log tells what was wanted and what was shown")
    func task() throws {
        var task = try #require(ControlTask.task(of: HeaterLab()))
        task.faults = [PlantFault(.drift("T1", rate: 0.05), start: 60)]
        let decide: (ControlSituation) -> [Double] = { _ in [40, 40] }
        let broken = task.run(seed: 2, decide: decide)
        task.faults = []
        let healthy = task.run(seed: 2, decide: decide)
        #expect(broken.outputs == healthy.outputs)
        for step in 0..<20 {
            let row = task.warmUpSteps + step
            let error = broken.log[row, 0] - healthy.log[row, 0]
            #expect(abs(error - 0.05 * max(0, Double(step) * 10 - 60)) < 1e-9)
        }
    }

    @Test("a disturbance at fault acts, and neither planners nor logs are told of it") func disturbance() throws {
        var task = ControlTask.building()
        task.steps = 12
        func run() -> (record: ControlRecord, told: [[Double]]) {
            var told: [[Double]] = []
            let record = task.run(seed: 4) { situation in
                told.append(situation.pastDisturbances + situation.forecast)
                return task.plant.restAction
            }
            return (record, told)
        }
        let healthy = run()
        task.faults = [PlantFault(.change("outdoor", factor: 1.5), start: 0)]
        let broken = run()
        #expect(broken.record.outputs != healthy.record.outputs)
        #expect(broken.record.disturbances == healthy.record.disturbances)
        #expect(broken.told == healthy.told && broken.told[0].count > 3)

        let building = ControlTask.building()
        func recorded(_ faults: [PlantFault]) throws -> Episode {
            var simulation = LogSimulation(
                plant: building.plant, policy: ExplorationPolicy(.mixed, for: building.plant),
                disturbances: building.disturbances, recordsDisturbances: true)
            simulation.faults = faults
            return try simulation.episode(hours: 2, seed: 5)
        }
        let (whole, other) = (try recorded([]), try recorded(task.faults))
        let width = whole.channels.count
        let disturbed = whole.channels.indices.filter { whole.channels[$0].role == .disturbance }
        #expect(disturbed.count == 3)
        for row in 0..<whole.count {
            for column in disturbed {
                #expect(other.values[row * width + column] == whole.values[row * width + column])
            }
        }
        #expect(other.values != whole.values)
    }

    @Test("what a plant does not have cannot break, and the error names what can")
    func unknown() {
        let faults = [
            PlantFault(.stuck("Q3"), start: 0), PlantFault(.drift("Q1", rate: 1), start: 0),
            PlantFault(.change("convektion", factor: 2), start: 0),
        ]
        let known = ["T1, T2, Q1, Q2", "T1, T2", "did you mean 'convection'?"]
        for (fault, names) in zip(faults, known) {
            let error = #expect(throws: ForesightError.self) { try fault.requireFit(HeaterLab()) }
            #expect(error?.code == .usage && error?.description.contains(names) == true)
        }
        #expect(throws: Never.self) { try PlantFault(.change("Ta", factor: 2), start: 0).requireFit(HeaterLab()) }
    }

    @Test("chance is a seed and no amount: it cannot be changed, least of all switched off")
    func chance() {
        let plants: [(any Plant, String)] = [
            (GeneSwitch(), "there are aTc, IPTG"),
            (ProductionLine(), "there are speed1, speed2, speed3, maintenance, demand"),
        ]
        for (plant, words) in plants {
            for factor in [0.0, 2] {
                let error = #expect(throws: ForesightError.self) {
                    try PlantFault(.change("chance", factor: factor), start: 0).requireFit(plant)
                }
                #expect(error?.code == .usage && error?.description.contains("seed of what chance does") == true)
                #expect(error?.description.hasSuffix(words) == true)
            }
        }
        #expect(throws: Never.self) {
            try PlantFault(.change("demand", factor: 2), start: 0).requireFit(ProductionLine())
        }
    }
}
