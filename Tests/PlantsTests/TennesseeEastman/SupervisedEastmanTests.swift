import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Tennessee Eastman, supervised")
struct SupervisedEastmanTests {
    @Test(
        "The cost made up from measurements is the paper's cost of the true state, at the base case and on the way elsewhere"
    )
    func accounting() {
        let plant = SupervisedTennesseeEastman()
        var state = plant.initialState
        #expect(abs(plant.outputs(of: state)[0] - 170.6) < 0.5)
        #expect(abs(plant.outputs(of: state)[0] - plant.operatingCost(state)) < 0.05)
        var action = plant.restAction
        action[0] += 0.5
        action[2] += 0.2
        var (least, most) = (Double.infinity, 0.0)
        for _ in 0..<80 {
            state = plant.step(state, action: action, disturbance: [])
            // Analyses are up to 30 min late, so that the cost is, too.
            #expect(abs(plant.outputs(of: state)[0] / plant.operatingCost(state) - 1) < 0.1)
            (least, most) = (min(least, plant.operatingCost(state)), max(most, plant.operatingCost(state)))
        }
        #expect(most - least > 2)
        #expect(abs(plant.outputs(of: state)[0] / plant.operatingCost(state) - 1) < 0.03)
    }

    @Test("What the cost answers to each measurement agrees with differences")
    func slopes() {
        let plant = RegulatedTennesseeEastman()
        let measured = Array(plant.outputs(of: plant.initialState)[..<41])
        let slopes = SupervisedTennesseeEastman.costSlopes(measured)
        for index in measured.indices {
            var (up, down) = (measured, measured)
            up[index] += 0.01
            down[index] -= 0.01
            let slope =
                (SupervisedTennesseeEastman.measuredCost(up) - SupervisedTennesseeEastman.measuredCost(down)) / 0.02
            #expect(abs(slope - slopes[index]) <= 1e-8 * max(1, abs(slope)), "measurement \(index + 1)")
        }
    }

    @Test("Seven targets move and the others stay where the regulated plant has them")
    func levers() {
        let plant = SupervisedTennesseeEastman(samplingTime: 30)
        var all = plant.regulated.restAction
        var action = plant.restAction
        for (index, lever) in SupervisedTennesseeEastman.levers.enumerated() {
            action[index] += 0.1 * lever.reach.upperBound
            all[lever.target] += 0.1 * lever.reach.upperBound
        }
        let state = plant.step(plant.initialState, action: action, disturbance: [])
        #expect(state == plant.regulated.step(plant.initialState, action: all, disturbance: []))
        #expect(plant.actionChannels.map(\.name).contains("purge_B_target"))
        let channels = zip(plant.actionChannels, plant.restAction)
        #expect(channels.allSatisfy { ($0.lowerLimit ?? .infinity) < $1 && $1 < ($0.upperLimit ?? -.infinity) })
    }

    @Test("Gradients of the outputs agree with differences, that of the cost through all its measurements")
    func gradients() {
        let plant = SupervisedTennesseeEastman()
        let state = plant.initialState
        for output in [0, 1, 7, 8] {
            var cotangent = [Double](repeating: 0, count: plant.outputChannels.count)
            cotangent[output] = 1
            let back = plant.outputPullback(state, cotangent: cotangent)
            for index in [0, 10, 29, 43, 86, 100] {
                let step = 1e-5 * max(1, abs(state[index]))
                var (up, down) = (state, state)
                up[index] += step
                down[index] -= step
                let slope = (plant.outputs(of: up)[output] - plant.outputs(of: down)[output]) / (2 * step)
                #expect(abs(slope - back[index]) <= 1e-4 * max(1, abs(slope)), "output \(output), state \(index)")
            }
        }
    }

    @Test(
        "A schedule with ordinary wandering is the schedule plus the wandering of the model, the same for the same seed"
    )
    func wandering() {
        let model = DisturbanceModel([.init(standardDeviation: 0.5, timeConstant: 600)])
        let known = DisturbanceSchedule { [$0 >= 1800 ? 3.0 : 0.0, 7] }
        let both = known.adding(model, steps: 4000, samplingTime: 60, seed: 5)
        let again = known.adding(model, steps: 4000, samplingTime: 60, seed: 5)
        let other = known.adding(model, steps: 4000, samplingTime: 60, seed: 6)
        let times = (0..<4000).map { Double($0) * 60 }
        #expect(times.allSatisfy { both.values($0) == again.values($0) && both.values($0)[1] == 7 })
        #expect(times.contains { both.values($0) != other.values($0) })
        let deviations = times.map { both.values($0)[0] - known.values($0)[0] }
        let variance = deviations.reduce(0) { $0 + $1 * $1 } / 4000
        // 4000 samples of a process that forgets in ten of them tell its variance to some 7 %.
        #expect(abs(variance / 0.25 - 1) < 0.3)
        // Beyond what is prepared, the last deviation stays.
        #expect(both.values(300_000) == both.values(3999 * 60))
    }

    @Test(
        "Caution leaves the targets in force and opens the purge while the pressure is high, at the rate of its target")
    func caution() {
        let plant = SupervisedTennesseeEastman()
        var caution = EastmanCaution(plant, above: 2750)
        var inForce = plant.restAction
        inForce[1] -= 6
        inForce[6] += 5
        caution.reset(action: inForce)
        var seen = plant.outputs(of: plant.initialState)
        let none = [Double?](repeating: nil, count: seen.count)
        #expect(caution.action(observations: seen, reference: none, time: 0) == inForce)
        seen[1] = 2760
        let opened = caution.action(observations: seen, reference: none, time: 0)
        #expect(opened[6] == plant.actionChannels[6].lowerLimit && Array(opened[..<6]) == Array(inForce[..<6]))
        // What came of it by its rate is what is in force next.
        let next = plant.admissible(opened, after: inForce)
        #expect(next[6] < inForce[6] && next[6] > inForce[6] - 0.1)
        let situation = ControlSituation(
            step: 1, observation: plant.outputs(of: plant.initialState), previousAction: next,
            trueState: plant.initialState, history: [], reference: none)
        #expect(caution.action(in: situation, time: 180) == next)
    }

    @Test("In an episode of a task with a schedule the disturbances are those of the schedule for its seed")
    func scheduledTask() {
        var task = ControlTask.tennesseeEastmanSupervision(hours: 0.2)
        let nominal = task.plant.nominalDisturbance
        task.schedule = { seed in
            DisturbanceSchedule { time in nominal.map { $0 + (time >= 360 ? Double(seed) : 0) } }
        }
        let record = task.run(seed: 3, controller: ConstantController(task.plant.restAction))
        let width = nominal.count
        #expect(Array(record.disturbances[..<width]) == nominal)
        #expect(Array(record.disturbances[(2 * width)..<(3 * width)]) == nominal.map { $0 + 3 })
    }
}
