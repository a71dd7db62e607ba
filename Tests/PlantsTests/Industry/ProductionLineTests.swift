import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Production line")
struct ProductionLineTests {
    private let line = ProductionLine()

    /// The deterministic line of two machines: the closed form of its stationary probabilities (Gershwin, "Manufacturing
    /// Systems Engineering", 1994, section 3.4; Buzacott 1967), checked against the eigenvector of the chain by numpy.
    ///
    /// - Returns: Parts a cycle, and the mean level of the buffer.
    private static func closedForm(r: [Double], p: [Double], room: Int) -> (rate: Double, level: Double) {
        let repair = r[0] + r[1] - r[0] * r[1]
        let failure = p[0] + p[1] - p[0] * p[1]
        let (up, down) = (repair - r[0] * p[1], repair - p[0] * r[1])
        let y = (up / (failure - p[0] * r[1]), down / (failure - r[0] * p[1]))
        let x = y.1 / y.0
        func power(_ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }
        let last = power(room - 1)
        // By level: the probabilities of all states of the machines together.
        var levels = [Double](repeating: 0, count: room + 1)
        levels[0] = x * up / (r[0] * p[1])
        levels[1] = x + x * y.1 + x / p[1] * up / (failure - r[0] * p[1])
        for n in 2..<room - 1 { levels[n] = power(n) * (1 + y.0) * (1 + y.1) }
        levels[room - 1] = last + last * y.0 + last / p[0] * down / (failure - p[0] * r[1])
        levels[room] = last * down / (p[0] * r[1])
        let total = levels.reduce(0, +)
        return (
            r[1] / (r[1] + p[1]) * (1 - levels[0] / total),
            levels.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / total
        )
    }

    @Test("The closed form is that of the chain's eigenvector")
    func chain() {
        // numpy.linalg.eig of the transition matrix of (level, machine, machine).
        let known: [(r: [Double], p: [Double], room: Int, rate: Double, level: Double)] = [
            ([0.1, 0.1], [0.01, 0.01], 10, 0.8561749307052675, 5.0),
            ([0.05, 0.05], [0.01, 0.008], 20, 0.7711057222784127, 8.859083369662008),
            ([0.1, 0.05], [0.02, 0.01], 8, 0.7357723577235782, 3.3902439024390056),
            ([0.2, 0.25], [0.05, 0.05], 4, 0.7180357499775925, 1.9125014559804199),
        ]
        for one in known {
            let found = Self.closedForm(r: one.r, p: one.p, room: one.room)
            #expect(abs(found.rate - one.rate) < 1e-9 && abs(found.level - one.level) < 1e-7)
        }
    }

    /// 40000 cycles; standard errors of the rate are some 0.005, of the level 0.1 to 0.3 (20 simulations by numpy).
    @Test(
        "Two machines make as many parts as the closed form says, with as many between them",
        arguments: [
            ([0.1, 0.1], [0.01, 0.01], 10), ([0.1, 0.05], [0.02, 0.01], 8), ([0.2, 0.25], [0.05, 0.05], 4),
        ])
    func twoMachines(r: [Double], p: [Double], room: Int) {
        var generator = SeededGenerator(seed: 11)
        var line = TransferLine(isUp: [true, true], buffers: [room / 2], rooms: [room])
        let cycles = 40_000
        var level = 0
        for _ in 0..<cycles {
            line.cycle(asked: [1, 1], failures: p, repairs: r, using: &generator)
            level += line.buffers[0]
        }
        let expected = Self.closedForm(r: r, p: p, room: room)
        #expect(abs(Double(line.finished) / Double(cycles) - expected.rate) < 0.015)
        #expect(abs(Double(level) / Double(cycles) - expected.level) < 0.1 * Double(room))
        #expect(line.worked[0] == line.finished + line.buffers[0] - room / 2)
    }

    @Test("A machine sees the buffers as they were when the cycle began")
    func convention() {
        func after(_ levels: [Int], isUp: [Bool] = [true, true, true], failures: Double = 0) -> TransferLine {
            var generator = SeededGenerator(seed: 1)
            var line = TransferLine(isUp: isUp, buffers: levels, rooms: [3, 3])
            line.cycle(
                asked: [1, 1, 1], failures: [failures, failures, failures], repairs: [1, 1, 1], using: &generator)
            return line
        }
        // Starved behind empty buffers, although the machine before makes a part in the same cycle.
        #expect(after([0, 0]).buffers == [1, 0] && after([0, 0]).worked == [1, 0, 0])
        // Blocked before full ones, although the machine behind takes a part in the same cycle.
        #expect(after([3, 3]).buffers == [3, 2] && after([3, 3]).worked == [0, 0, 1])
        #expect(after([1, 2]).buffers == [1, 2] && after([1, 2]).finished == 1)
        // Failures come before parts, and only to machines that would work; repairs come in time to work.
        #expect(after([0, 2], failures: 1).isUp == [false, true, false])
        #expect(after([0, 2], failures: 1).worked == [0, 0, 0])
        #expect(after([1, 1], isUp: [false, false, false], failures: 1).worked == [1, 1, 1])
    }

    @Test("Three machines without a buffer to speak of make less than one alone, and with a large one nearly as much")
    func limits() {
        func rate(room: Int, cycles: Int) -> Double {
            var generator = SeededGenerator(seed: 5)
            var line = TransferLine(isUp: [true, true, true], buffers: [room / 2, room / 2], rooms: [room, room])
            for _ in 0..<cycles {
                line.cycle(
                    asked: [1, 1, 1], failures: [0.01, 0.01, 0.01], repairs: [0.1, 0.1, 0.1], using: &generator)
            }
            return Double(line.finished) / Double(cycles)
        }
        let (small, large, alone) = (rate(room: 2, cycles: 15_000), rate(room: 400, cycles: 15_000), 0.1 / 0.11)
        // Buzacott's line without buffers: 1/(1 + Σ p/r) = 0.77.
        #expect(small > 0.75 && small < 0.82)
        #expect(large > 0.87 && large < alone + 0.02)
    }

    @Test("The fluid is the mean of many lines while no buffer runs empty or over")
    func fluid() {
        let (lines, steps) = (300, 5)
        let action = [0.8, 0.9, 0.7, 0.0]
        var sums = [Double](repeating: 0, count: 7)
        for number in 0..<lines {
            var state = line.initialState
            for step in 0..<steps {
                state = line.chanceStep(state, action: action, demand: 7, seed: UInt64(number * 100 + step + 1))
            }
            for index in sums.indices { sums[index] += state[index] / Double(lines) }
        }
        var state = line.initialState
        for _ in 0..<steps { state = line.step(state, action: action, disturbance: [7, 0]) }
        // Four standard errors: of a machine's state 0.09, of counts, that vary by some 9 parts, 2.
        for index in 0..<3 { #expect(abs(sums[index] - state[index]) < 0.09, "machine \(index)") }
        for index in 3..<6 { #expect(abs(sums[index] - state[index]) < 2, "\(line.stateNames[index])") }
        #expect(abs(sums[6] - state[6]) < 1e-3)
    }

    @Test("Parts are neither lost nor made, chance repeats with its number and draws the same whatever is done")
    func conservation() {
        var state = line.initialState
        var made = 0.0
        for step in 1...200 {
            let speeds = [Double(step % 3) / 2, 1, Double(step % 5) / 4, step % 11 == 0 ? 1 : 0]
            let next = line.step(state, action: speeds, disturbance: [7, Double(step)])
            #expect(next == line.step(state, action: speeds, disturbance: [7, Double(step)]))
            #expect(next[..<5].allSatisfy { $0 == $0.rounded() } && (0...40).contains(next[3]))
            made += next[5] - state[5] + 7 + next[3] - state[3] + next[4] - state[4]
            state = next
        }
        #expect(made > 500 && abs(made - made.rounded()) < 1e-6)
        // A machine that is not asked does not fail.
        var idle = line.initialState
        for step in 1...50 { idle = line.step(idle, action: [0, 0, 0, 0], disturbance: [7, Double(step)]) }
        #expect(Array(idle[..<5]) == [1, 1, 1, 20, 20])
        #expect(abs(idle[5] - (10 - 350)) < 1e-9)
    }

    @Test(
        "Maintenance is yes or no, stands the machine still and takes a fifth of its wear a minute",
        arguments: [0.0, 3.5])
    func maintenance(chance: Double) {
        #expect(line.delivered([0.1, 0.2, 0.3, 0.49]) == [0.1, 0.2, 0.3, 0])
        #expect(line.delivered([0.1, 0.2, 0.3, 0.5]) == [0.1, 0.2, 0.3, 1])
        let next = line.step(line.initialState, action: [0, 1, 0, 1], disturbance: [7, chance])
        #expect(abs(next[6] - 0.4) < 1e-6)
        #expect(next[3] == 20 && next[4] == 20)
        let worn = line.step(line.initialState, action: [0, 1, 0, 0], disturbance: [7, 0])
        #expect(abs(worn[6] - 0.5 - (20 - worn[3]) / 2000) < 1e-9)
        // With a wear of 0.5 the machine fails 2.5 times as often.
        let rates = line.rates(at: line.initialState, input: [0, 1, 0, 0, 7, 0])
        #expect(abs(rates[1] * 6 + 0.025) < 1e-12)
    }

    @Test("Half of the sub-step changes nothing that matters, gradients are those of differences")
    func numerics() {
        let fine = ProductionLine(samplingTime: 6)
        var (a, b) = (line.initialState, line.initialState)
        for _ in 0..<10 {
            a = line.step(a, action: [0.9, 0.7, 0.8, 0], disturbance: [7, 0])
            for _ in 0..<10 { b = fine.step(b, action: [0.9, 0.7, 0.8, 0], disturbance: [7, 0]) }
        }
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 })
        let cotangent = [1, -2, 0.5, 0.3, 0.2, -0.4, 5]
        let back = line.stepPullback(a, action: [0.9, 0.7, 0.8, 0.2], disturbance: [7, 0], cotangent: cotangent)
        for index in 0..<4 {
            func value(_ change: Double) -> Double {
                var action = [0.9, 0.7, 0.8, 0.2]
                action[index] += change
                return zip(line.step(a, action: action, disturbance: [7, 0]), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(abs((value(1e-5) - value(-1e-5)) / 2e-5 - back.action[index]) < 1e-6, "action \(index)")
        }
    }

    @Test("Hedging points hold the surplus; full speed piles up parts", arguments: [1, 2])
    func task(seed: UInt64) {
        let task = ControlTask.productionLine()
        let score = task.score(task.run(seed: seed, controller: HedgingPolicy()))
        #expect(score.held > 0.5 && score.violations < 30)
        let full = task.score(task.run(seed: seed, controller: ConstantController([1, 1, 1, 0])))
        #expect(full.cost > 5 * score.cost)
        // The line wears out where nobody maintains it.
        var record = task.run(seed: seed, controller: HedgingPolicy(wear: 50...100))
        let wear = record.outputs[(task.steps - 1) * 7 + 3]
        record = task.run(seed: seed, controller: HedgingPolicy())
        #expect(wear > 0.75 && record.outputs[(task.steps - 1) * 7 + 3] < 0.5)
    }

    @Test("A log is run by hedging points with exploring on top, maintenance among it")
    func log() throws {
        let task = ControlTask.productionLine()
        let log = try LogSimulation(
            plant: line, policy: ExplorationPolicy(.mixed, for: line), disturbances: task.disturbances, pilot: task
        ).episode(hours: 24, seed: 1)
        let width = log.channels.count
        func column(_ index: Int) -> [Double] { (0..<log.count).map { log.values[$0 * width + index] } }
        #expect(column(2).allSatisfy { abs($0) < 250 })
        let cared = column(10).count { $0 == 1 }
        #expect(cared > log.count / 100 && cared < log.count / 3)
        #expect(column(10).allSatisfy { $0 == 0 || $0 == 1 })
        #expect((column(0).max() ?? 0) - (column(0).min() ?? 0) > 20)
    }
}
