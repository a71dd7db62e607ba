import Basics
import Networks
import Tensors
import Testing

@testable import Agents
@testable import WorldModels

@Suite("A regulator of representations", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct LatentRegulatorTests {
    @Test("The matrices are the differences that small changes make, an action held over all rows of a step")
    func linearisation() {
        let model = PictureModels.drawn(block: 3)
        let z = Tensor([0.4, -0.7], shape: [1, 2])
        let system = LatentLinearisation(model, at: z, action: [0.3, -0.2])
        func next(_ z: [Double], _ action: [Double]) -> [Double] {
            let held = (0..<3).flatMap { _ in action.map(Float.init) }
            let inputs = model.actionScaling.normalised(Tensor(held, shape: [1, 1, 6]))
            return model.network.rollout(from: Tensor(z.map(Float.init), shape: [1, 2]), actions: inputs)[0].doubles()
        }
        let step = 1e-2
        for column in 0..<2 {
            func moved(_ values: [Double], _ by: Double) -> [Double] {
                values.enumerated().map { $0 == column ? $1 + by : $1 }
            }
            let (state, action) = ([0.4, -0.7], [0.3, -0.2])
            let states = zip(next(moved(state, step), action), next(moved(state, -step), action))
            // A deviation of the actions is half a unit.
            let inputs = zip(
                next(state, moved(action, step / 2)), next(state, moved(action, -step / 2)))
            for (row, (byState, byInput)) in zip(states, inputs).enumerated() {
                #expect(abs((byState.0 - byState.1) / (2 * step) - system.stateMatrix[row, column].item()) < 2e-3)
                #expect(abs((byInput.0 - byInput.1) / (2 * step) - system.inputMatrix[row, column].item()) < 2e-3)
            }
        }
        let rest = next([0.4, -0.7], [0.3, -0.2])
        #expect(abs(system.drift.doubles()[0] - (rest[0] - 0.4)) < 1e-6)
    }

    @Test("The gain is that of scipy's solve_discrete_are once the horizon is long")
    func riccati() {
        let system = LatentLinearisation(
            stateMatrix: Tensor([1.1, 0.3, 0, 0, 0.9, 0.2, 0.1, 0, 1.05] as [Double], shape: [3, 3]),
            inputMatrix: Tensor([0, 0.5, 1, 0, 0.2, 1] as [Double], shape: [3, 2]))
        let gain = LatentRegulator.gain(of: system, actionWeight: 0.5, horizon: 200).doubles()
        // scipy 1.17.1, Q = I, R = I / 2.
        let reference: [Double] = [0.74239148, 0.982347, -0.15905819, 0.35476775, -0.00158653, 0.64902572]
        for (ours, theirs) in zip(gain, reference) { #expect(abs(ours - theirs) < 1e-7) }
    }

    @Test("Modes that no action reaches leave the gain a number")
    func unreachable() {
        let system = LatentLinearisation(
            stateMatrix: Tensor([1.2, 0, 0, 1.1] as [Double], shape: [2, 2]),
            inputMatrix: Tensor([0, 1] as [Double], shape: [2, 1]))
        let gain = LatentRegulator.gain(of: system, actionWeight: 1, horizon: 200).doubles()
        #expect(gain.allSatisfy { $0.isFinite })
        // The other mode is held as if it were alone; scipy gives 0.70342793.
        #expect(abs(gain[0]) < 1e-9 && abs(gain[1] - 0.70342793) < 1e-7)
        #expect(system.modes.map { ($0 * 10).rounded() / 10 } == [1.2, 1.1])
    }

    @Test("It pushes back what has moved, keeps limits, and holds an action over a step")
    func acts() throws {
        let model = PictureModels.drawn(block: 3)
        var regulator = LatentRegulator(model)
        regulator.begin(goal: PictureModels.picture(1), seed: 0)
        let atGoal = try regulator.act(on: PictureModels.picture(1))
        #expect(atGoal.allSatisfy { abs($0) < 1e-5 })
        // The same action until the next step of the model, whatever is seen.
        #expect(try regulator.act(on: PictureModels.picture(2)) == atGoal)
        #expect(try regulator.act(on: PictureModels.picture(3)) == atGoal)
        let gain = try #require(regulator.gain)
        let error = (model.encode([PictureModels.picture(4)]) - model.encode([PictureModels.picture(1)]))[0]
        let wanted = gain.matmul(error.to(dtype: .float64)).doubles().map { min(max(-0.5 * $0, -1), 1) }
        let action = try regulator.act(on: PictureModels.picture(4))
        for (ours, theirs) in zip(action, wanted) { #expect(abs(ours - theirs) < 1e-9) }
        #expect(action != atGoal)
    }

    /// Two coupled masses that are pushed away from the middle, one force on each; a step is a row.
    private enum Masses {
        static func step(_ state: [Double], _ force: [Double]) -> [Double] {
            let between: Double = 0.2 * (state[1] - state[0])
            let pull: [Double] = [0.5 * state[0] + between, 0.3 * state[1] - between]
            var (places, speeds): ([Double], [Double]) = ([], [])
            for mass in 0..<2 {
                let (before, push) = (state[2 + mass], pull[mass] + force[mass])
                let speed = before + 0.2 * push
                places.append(state[mass] + 0.1 * (before + speed))
                speeds.append(speed)
            }
            return places + speeds
        }

        /// Representations that show places alone, under white noise.
        static func record() -> LatentRecord {
            var generator = SeededGenerator(seed: 3)
            var (z, u): ([Double], [Double]) = ([], [])
            for _ in 0..<30 {
                var state = (0..<4).map { _ in generator.normal() }
                for _ in 0..<25 {
                    let force = [generator.normal(), generator.normal()]
                    (z, u) = (z + state[..<2], u + force)
                    state = step(state, force)
                }
            }
            let episodes = (0..<30).map { $0 * 25..<($0 + 1) * 25 }
            return LatentRecord(
                EncodedRows(representations: Tensor(z, shape: [750, 2]), episodes: episodes),
                actions: Tensor(u, shape: [750, 2]), block: 1)
        }
    }

    @Test(
        "Identified dynamics hold what places alone show, with a memory of velocities and not without",
        arguments: [2, 1])
    func holds(lags: Int) throws {
        let system = try LatentAutoregression(Masses.record(), lags: lags, ridge: 1e-9)
        let regulator = LatentRegulator(PictureModels.drawn(block: 1), identified: system)
        let gain = try #require(regulator.gain)
        #expect(gain.shape == [2, lags == 1 ? 2 : 6])
        var state = [0.3, -0.2, 0.1, 0.2]
        var (places, forces) = ([state[..<2], state[..<2]], [0.0, 0.0])
        for _ in 0..<150 {
            places = [state[..<2], places[0]]
            let seen = lags == 1 ? Array(places[0]) : places.flatMap { $0 } + forces
            forces = gain.matmul(Tensor(seen, shape: [seen.count])).doubles().map { -$0 }
            state = Masses.step(state, forces)
        }
        let size = state.map(abs).max() ?? .infinity
        #expect(lags == 2 ? size < 1e-3 : size > 0.1)
    }

    @Test("It remembers what it saw and what was really done, from one goal to the next nothing")
    func remembers() throws {
        let model = PictureModels.drawn(block: 3)
        let system = try LatentAutoregression(Masses.record(), lags: 2, ridge: 1e-9)
        var regulator = LatentRegulator(model, identified: system)
        let gain = try #require(regulator.gain)
        let goal = PictureModels.picture(1)
        func error(_ seed: UInt64) -> [Double] {
            (model.encode([PictureModels.picture(seed)]) - model.encode([goal]))[0].doubles()
        }
        // A deviation of the actions is half a unit; they end at ±1.
        func action(_ state: [Double]) -> [Double] {
            gain.matmul(Tensor(state, shape: [6])).doubles().map { min(max(-0.5 * $0, -1), 1) }
        }
        for _ in 0..<2 {
            regulator.begin(goal: goal, seed: 0)
            let first = try regulator.act(on: PictureModels.picture(4))
            for (ours, paper) in zip(first, action(error(4) + error(4) + [0, 0])) { #expect(abs(ours - paper) < 1e-6) }
            for seed: UInt64 in [5, 6] { #expect(try regulator.act(on: PictureModels.picture(seed)) == first) }
            let second = try regulator.act(on: PictureModels.picture(7))
            let paper = action(error(7) + error(4) + first.map { $0 / 0.5 })
            for (ours, paper) in zip(second, paper) { #expect(abs(ours - paper) < 1e-6) }
            #expect(regulator.linearisation == nil && second != first)
        }
    }

    @Test("Of a model with proprioception it holds what the body senses, too, and needs a goal that says what that is")
    func senses() throws {
        let model = PictureModels.sensing()
        var regulator = LatentRegulator(model)
        func act(_ seed: UInt64, _ sensed: [Double]) throws -> [Double] {
            try regulator.act(on: PictureModels.picture(seed), proprioception: sensed)
        }
        regulator.begin(GoalPicture(PictureModels.picture(1), proprioception: [3, 4]), seed: 0)
        #expect(try act(1, [3, 4]).allSatisfy { abs($0) < 1e-5 })
        let gain = try #require(regulator.gain)
        #expect(gain.shape == [2, 4] && regulator.missingProprioception.isEmpty)
        let goal = model.encode([PictureModels.picture(1)], proprioception: [3, 4])
        func wanted(_ seed: UInt64, _ sensed: [Double]) -> [Double] {
            let error = (model.encode([PictureModels.picture(seed)], proprioception: sensed) - goal)[0]
            return gain.matmul(error.to(dtype: .float64)).doubles().map { min(max(-0.5 * $0, -1), 1) }
        }
        for (ours, theirs) in zip(try act(4, [5, 2]), wanted(4, [5, 2])) { #expect(abs(ours - theirs) < 1e-6) }
        // A number that is missing stands as it was known last.
        for (ours, theirs) in zip(try act(5, [.nan, 7]), wanted(5, [5, 7])) { #expect(abs(ours - theirs) < 1e-6) }
        #expect(regulator.missingProprioception == [0])
        #expect(throws: ForesightError.self) { try regulator.act(on: PictureModels.picture(5)) }
        // Another goal knows nothing of it.
        regulator.begin(GoalPicture(PictureModels.picture(1), proprioception: [3, 4]), seed: 0)
        #expect(throws: ForesightError.self) { try act(5, [.nan, 7]) }
        // A picture alone does not say what the body senses there, nor does one with a number missing.
        for told in [nil, [3, .nan]] as [[Double]?] {
            regulator.begin(GoalPicture(PictureModels.picture(1), proprioception: told), seed: 0)
            let error = #expect(throws: ForesightError.self) { try act(1, [3, 4]) }
            #expect(error?.message.contains("2 numbers of proprioception") == true)
            #expect(regulator.linearisation == nil && regulator.gain == nil)
        }
        regulator.begin(goal: PictureModels.picture(1), seed: 0)
        #expect(throws: ForesightError.self) { try act(1, [3, 4]) }
    }
}
