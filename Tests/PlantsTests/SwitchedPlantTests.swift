import Basics
import Episodes
import Plants
import Testing

@Suite("Plants whose actuators take only some values")
struct SwitchedPlantTests {
    @Test("A relay goes to the nearest value and does not hear of another before its time")
    func interlock() {
        var simulation = PlantSimulation(HeaterLab.switched(), seed: 1)
        let wanted = [70.0, 20, 80, 80, 10, 10, 10, 90]
        let applied = wanted.map { simulation.apply([$0, 0])[0] }
        // On at once; then three samples of 10 s pass before it may be off.
        #expect(applied == [100, 100, 100, 100, 0, 0, 0, 100])
        #expect(simulation.action == [100, 0])
    }

    @Test("An action that is safe to hold is one that the relays can take")
    func safe() {
        var task = ControlTask.heaterSwitches()
        #expect(task.safeAction() == [0, 0])
        // Between 40 and 80 °C the heat of half a heater would do, which there is not.
        task.limits = [OutputLimit(output: 0, lower: 40, upper: 80)]
        #expect(task.safeAction().allSatisfy { [0, 100].contains($0) })
    }

    @Test("Behind relays the lab is the same plant")
    func same() {
        let (lab, relays) = (HeaterLab(), HeaterLab.switched())
        let next = [[100.0, 0], [0, 100]].map { lab.step([40, 30, 38, 29], action: $0, disturbance: [23]) }
        #expect(next == [[100.0, 0], [0, 100]].map { relays.step([40, 30, 38, 29], action: $0, disturbance: [23]) })
        #expect(relays.resampled(every: 5)?.isSwitched == true)
        #expect(relays.actionChannels.allSatisfy { $0.values == [0, 100] && $0.dwell == 30 })
        #expect(lab.actionChannels.allSatisfy { $0.values == nil })
    }

    @Test("A log of switched actuators holds their values and no move before its time")
    func log() throws {
        let plant = HeaterLab.switched()
        let simulation = LogSimulation(plant: plant, policy: ExplorationPolicy(.mixed, for: plant))
        let log = try simulation.episode(hours: 1, seed: 2)
        for name in ["Q1", "Q2"] {
            let column = log.column(try #require(log.channelIndex(name)))
            #expect(Set(column) == [0, 100])
            let moves = column.indices.dropFirst().filter { column[$0] != column[$0 - 1] }
            #expect(zip(moves.dropFirst(), moves).allSatisfy { $0 - $1 >= 3 })
        }
    }

    @Test("The two-point thermostat turns on below and off above its hysteresis, and keeps within the band of the task")
    func thermostat() {
        var relay = TwoPointThermostat(off: [0], on: [100], hysteresis: 1)
        relay.reset(action: [0])
        let seen = [19.5, 18.9, 20.5, 21.1, 19.5].map {
            relay.action(observations: [$0], reference: [20], time: 0)[0]
        }
        #expect(seen == [0, 100, 100, 0, 0])
        let task = ControlTask.heaterSwitches()
        let score = task.score(task.run(seed: 1, controller: TwoPointThermostat(off: [0, 0], on: [100, 100])))
        #expect(score.violations == 0 && score.held > 0.5)
    }
}
