import Basics
import Episodes
import Testing

@testable import Plants

@Suite("The least cost of an episode")
struct FullHorizonOptimumTests {
    @Test(
        "A descent between bounds finds the minimum of a quadratic function, with the numbers that belong at bounds there"
    )
    func quadratic() {
        var generator = SeededGenerator(seed: 7)
        let size = 12
        let factor = (0..<size).map { _ in (0..<size).map { _ in generator.normal() } }
        // A = FᵀF + 0.1 I and a minimum that lies partly outside of the box.
        let matrix = (0..<size).map { row in
            (0..<size).map { column in
                (0..<size).reduce(row == column ? 0.1 : 0) { $0 + factor[$1][row] * factor[$1][column] }
            }
        }
        let middle = (0..<size).map { _ in generator.uniform(in: -0.5...1.5) }
        let end = BoundedDescent(iterations: 2000, tolerance: 1e-10).minimise(
            from: [Double](repeating: 0.5, count: size)
        ) { point in
            let off = zip(point, middle).map { $0 - $1 }
            let gradient = matrix.map { row in zip(row, off).reduce(0) { $0 + $1.0 * $1.1 } }
            return (0.5 * zip(gradient, off).reduce(0) { $0 + $1.0 * $1.1 }, gradient)
        }
        // The conditions of Karush, Kuhn and Tucker decide, since the function is convex.
        let off = zip(end.point, middle).map { $0 - $1 }
        let gradient = matrix.map { row in zip(row, off).reduce(0) { $0 + $1.0 * $1.1 } }
        var bound = 0
        for (value, slope) in zip(end.point, gradient) {
            switch value {
            case 0: #expect(slope >= 0)
            case 1: #expect(slope <= 0)
            default: #expect(abs(slope) < 1e-6)
            }
            if value == 0 || value == 1 { bound += 1 }
        }
        #expect((1..<size).contains(bound))
    }

    @Test("The gradient of the cost is that of the score", arguments: ["heater-lab", "four-tank", "cstr"])
    func gradient(name: String) throws {
        let task = try ControlTask.named(name)
        var generator = SeededGenerator(seed: 3)
        let (rows, width) = (task.plant.outputChannels.count, task.plant.actionChannels.count)
        let outputs = (0..<task.steps * rows).map { _ in generator.uniform(in: 0.1...50) }
        let actions = (0..<task.steps * width).map { index in
            generator.uniform(in: task.plant.actionRange(index % width))
        }
        let start = task.plant.restAction
        func cost(_ outputs: [Double], _ actions: [Double]) -> Double {
            task.score(outputs: outputs, actions: actions, startAction: start).cost
        }
        let found = task.costGradient(outputs: outputs, actions: actions, startAction: start)
        #expect(abs(found.cost - cost(outputs, actions)) <= 1e-12 * abs(found.cost))
        for place in stride(from: 0, to: outputs.count, by: 17) {
            var (more, less) = (outputs, outputs)
            (more[place], less[place]) = (outputs[place] + 1e-4, outputs[place] - 1e-4)
            let slope = (cost(more, actions) - cost(less, actions)) / 2e-4
            #expect(abs(found.outputs[place] - slope) < 1e-6 * max(1, found.cost))
        }
        for place in stride(from: 0, to: actions.count, by: 7) {
            var (more, less) = (actions, actions)
            (more[place], less[place]) = (actions[place] + 1e-4, actions[place] - 1e-4)
            let slope = (cost(outputs, more) - cost(outputs, less)) / 2e-4
            #expect(abs(found.actions[place] - slope) < 1e-6 * max(1, found.cost))
        }
    }

    /// The optimum of pc-gym's protocol as it was computed elsewhere by a nonlinear program of the same equations, without our
    /// limits.
    @Test("The four tanks come down to the published optimum")
    func fourTank() throws {
        var task = ControlTask.fourTank()
        task.limits = []
        let plant = task.plant
        let optimum = FullHorizonOptimum(
            task, from: plant.initialState, startAction: plant.restAction, disturbances: [])
        let found = optimum.solve(from: [[Double](repeating: 5, count: 2 * task.steps)])
        #expect(abs(found.score.cost - 1.1266373) < 1e-5)
    }

    @Test("With limits nothing crosses them, and the cost is what the limits cost")
    func limits() throws {
        var task = ControlTask.fourTank()
        (task.limits, task.steps) = ([], 12)
        let plant = task.plant
        func solve(_ task: ControlTask) -> FullHorizonOptimum.Solution {
            var problem = FullHorizonOptimum(
                task, from: plant.initialState, startAction: plant.restAction, disturbances: [])
            problem.iterations = 100
            return problem.solve(from: [[Double](repeating: 5, count: 2 * task.steps)])
        }
        let free = solve(task)
        let highest = (0..<task.steps).map { free.outputs[$0 * 4 + 2] }.max() ?? 0
        // A limit that the free optimum breaks.
        task.limits = [OutputLimit(output: 2, upper: highest - 0.02)]
        let kept = solve(task)
        #expect(free.score.violations == 0 && kept.score.violations == 0)
        #expect((0..<task.steps).contains { kept.outputs[$0 * 4 + 2] > highest - 0.021 })
        #expect(kept.score.cost > free.score.cost)
    }

    @Test("An episode that was run says what its optimum starts from, and its own score is not better")
    func episode() throws {
        let task = ControlTask.heaterLab()
        let record = task.run(seed: 4, controller: ConstantController([20, 20]))
        #expect(record.disturbances.count == task.steps && record.startState.count == task.plant.stateCount)
        // From where it starts, the same actions lead where they led.
        var state = record.startState
        for step in 0..<task.steps {
            state = task.plant.step(
                state, action: Array(record.actions[step * 2..<step * 2 + 2]), disturbance: [record.disturbances[step]])
        }
        #expect(zip(state, record.states.suffix(task.plant.stateCount)).allSatisfy { abs($0 - $1) < 1e-9 })
        let found = FullHorizonOptimum(task, episode: record).solve(from: [record.actions])
        #expect(found.score.violations == 0 && found.score.cost < 0.5 * task.score(record).cost)
        // As an episode it is scored as it was found, its log holds its own actions, and what came before is as it was.
        let other = record.with(found, on: task.plant)
        #expect(task.score(other).cost == found.score.cost && other.states.count == record.states.count)
        #expect(
            task.plant.outputs(of: Array(other.states.prefix(task.plant.stateCount))) == Array(other.outputs.prefix(2)))
        #expect(other.log.values.count == record.log.values.count)
        let warmUp = 4 * record.warmUpSteps
        #expect(other.log.values.prefix(warmUp) == record.log.values.prefix(warmUp))
        #expect(Array(other.log.values[warmUp + 2..<warmUp + 4]) == Array(found.actions.prefix(2)))
        #expect(Array(other.log.values[warmUp + 4..<warmUp + 6]) == Array(found.outputs.prefix(2)))
    }

    @Test(
        "Where chance decides, the gradient is known to lead nowhere",
        arguments: [("four-tank", true), ("gene-switch", false)])
    func chance(name: String, isSmooth: Bool) throws {
        var task = try ControlTask.named(name)
        task.steps = 20
        let record = task.run(
            seed: 1,
            controller: ConstantController(
                task.plant.actionChannels.indices.map {
                    let range = task.plant.actionRange($0)
                    return range.lowerBound + 0.4 * (range.upperBound - range.lowerBound)
                }))
        #expect(FullHorizonOptimum(task, episode: record).isSmooth(at: record.actions) == isSmooth)
    }
}
