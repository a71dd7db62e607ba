import Basics
import Episodes
import Objectives
import Plants
import Testing

@testable import Planning

@Suite("Exact dynamics")
struct ExactDynamicsTests {
    @Test("a rollout is the plant itself, step by step, for every candidate")
    func rollout() throws {
        let plant = HeaterLab()
        let dynamics = ExactDynamics(plant)
        var batch = Self.batch(dynamics, candidates: 3, horizon: 6)
        try dynamics.rollout(from: plant.initialState, into: &batch)
        for candidate in 0..<3 {
            var state = plant.initialState
            for step in 0..<6 {
                let action = (0..<2).map { Double(batch.action(candidate, step, $0)) }
                state = plant.step(state, action: action, disturbance: plant.nominalDisturbance)
                for (channel, value) in plant.outputs(of: state).enumerated() {
                    #expect(abs(Double(batch.output(candidate, step, channel)) - value) < 1e-4)
                }
            }
        }
    }

    @Test("disturbances that follow the state are those of the rollout, the last held beyond them")
    func announced() throws {
        let patient = try VirtualPatient.named("patient-adult-1")
        let dynamics = ExactDynamics(patient, disturbances: [3])
        var (told, held) = (
            Self.batch(dynamics, candidates: 1, horizon: 6), Self.batch(dynamics, candidates: 1, horizon: 6)
        )
        try dynamics.rollout(from: patient.initialState + [5, 5, 2, 0], into: &told)
        try dynamics.rollout(from: patient.initialState, into: &held)
        for (batch, meals) in [(told, [5, 5, 2, 0, 0, 0]), (held, [3, 3, 3, 3, 3, 3.0])] {
            var state = patient.initialState
            for step in 0..<6 {
                let action = [Double(batch.action(0, step, 0))]
                state = patient.step(state, action: action, disturbance: [meals[step]])
                #expect(abs(Double(batch.output(0, step, 0)) - patient.outputs(of: state)[0]) < 1e-4)
            }
        }
    }

    @Test("gradients agree with finite differences, through the outputs and directly", arguments: [0, 1])
    func gradient(which: Int) throws {
        if which == 0 { try check(HeaterLab(), step: 2) } else { try check(FourTank(), step: 0.1) }
    }

    private func check<P: Plant>(_ plant: P, step: Float) throws {
        let dynamics = ExactDynamics(plant)
        let state = plant.initialState
        func value(_ batch: TrajectoryBatch, _ candidate: Int) -> Double {
            let size = batch.horizon * batch.outputCount
            let outputs = batch.outputs[candidate * size..<(candidate + 1) * size]
            let width = batch.horizon * batch.actionCount
            let actions = batch.actions[candidate * width..<(candidate + 1) * width]
            return outputs.reduce(0) { $0 + Double($1) * Double($1) } + actions.reduce(0) { $0 + 0.01 * Double($1) }
        }
        var batch = Self.batch(dynamics, candidates: 2, horizon: 5)
        let gradient = try dynamics.rolloutGradient(from: state, into: &batch) { trajectories in
            var seed = TrajectoryGradient(like: trajectories)
            seed.outputs = trajectories.outputs.map { 2 * $0 }
            seed.actions = trajectories.actions.map { _ in 0.01 }
            return seed
        }
        for index in gradient.indices {
            var (up, down) = (batch, batch)
            up.actions[index] += step
            down.actions[index] -= step
            try dynamics.rollout(from: state, into: &up)
            try dynamics.rollout(from: state, into: &down)
            let candidate = index / (batch.horizon * batch.actionCount)
            let slope = (value(up, candidate) - value(down, candidate)) / Double(2 * step)
            #expect(abs(slope - Double(gradient[index])) <= 0.01 * abs(slope) + 2e-3)
        }
    }

    @Test("forecast disturbances act, the last one for as long as needed")
    func disturbances() throws {
        let plant = HeaterLab()
        var warm = plant.initialState
        var dynamics = ExactDynamics(plant, disturbances: [25, 30])
        var batch = Self.batch(dynamics, candidates: 1, horizon: 4)
        try dynamics.rollout(from: plant.initialState, into: &batch)
        for step in 0..<4 {
            let action = (0..<2).map { Double(batch.action(0, step, $0)) }
            warm = plant.step(warm, action: action, disturbance: [step == 0 ? 25 : 30])
        }
        #expect(abs(Double(batch.output(0, 3, 0)) - plant.outputs(of: warm)[0]) < 1e-4)
        dynamics.disturbances = []
        let before = batch.output(0, 3, 0)
        try dynamics.rollout(from: plant.initialState, into: &batch)
        #expect(batch.output(0, 3, 0) < before)
    }

    @Test("a state that is not finite is a data error that names the state")
    func notFinite() {
        let plant = HeaterLab()
        let dynamics = ExactDynamics(plant)
        var batch = Self.batch(dynamics, candidates: 1, horizon: 2)
        var state = plant.initialState
        state[1] = .nan
        let error = #expect(throws: ForesightError.self) { try dynamics.rollout(from: state, into: &batch) }
        #expect(error?.code == .data)
        #expect(error?.message.contains(plant.stateNames[1]) == true)
    }

    static func batch<P: Plant>(_ dynamics: ExactDynamics<P>, candidates: Int, horizon: Int) -> TrajectoryBatch {
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: horizon, actionCount: dynamics.actionChannels.count,
            outputCount: dynamics.outputChannels.count)
        var generator = SeededGenerator(seed: 6)
        for index in batch.actions.indices {
            let range = dynamics.plant.actionRange(index % dynamics.actionChannels.count)
            let share = generator.uniform(in: 0.3...0.7)
            batch.actions[index] = Float(range.lowerBound + share * (range.upperBound - range.lowerBound))
        }
        return batch
    }
}
