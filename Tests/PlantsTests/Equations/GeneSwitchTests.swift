import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Gene switch")
struct GeneSwitchTests {
    private let cell = GeneSwitch()

    /// scipy 1.17: `solve_ivp(f, (0, 500), [20, 10, 750, 300, 0.25], method="DOP853", rtol=1e-12, atol=1e-10)` in minutes,
    /// after 5, 100 and 500.
    @Test(
        "The mean follows an integrator of eighth order to either side",
        arguments: [
            (
                [25, 0.5],
                [
                    [16.2686272, 7.8460434, 747.3128954, 297.6064338, 0.2953173],
                    [8.04576, 18.9169594, 506.5157392, 419.4823534, 0.4954211],
                    [2.8609872, 36.8755247, 117.1720389, 1128.5242063, 0.5],
                ]
            ),
            (
                [100, 0],
                [
                    [50.9333631, 7.3227637, 809.292921, 297.1521879, 0.2046827],
                    [93.0546248, 2.4592848, 2978.3711413, 129.3931873, 0.0045789],
                    [95.2155856, 2.4294804, 3810.444084, 75.14347, 0.0],
                ]
            ),
            (
                [0, 1],
                [
                    [13.460174, 8.515634, 742.3088583, 298.1527902, 0.3859519],
                    [2.7768998, 37.4077161, 286.3835955, 853.8850297, 0.9862633],
                    [2.448602, 38.7219302, 98.3613231, 1195.7317627, 1.0],
                ]
            ),
        ])
    func mean(inducers: [Double], published: [[Double]]) {
        var state = [20, 10, 750, 300, 0.25]
        for step in 1...100 {
            state = cell.step(state, action: inducers, disturbance: [0])
            guard let row = [1: 0, 20: 1, 100: 2][step] else { continue }
            for (value, expected) in zip(state, published[row]) {
                #expect(abs(value - expected) < 5e-7 * (1 + expected))
            }
        }
    }

    /// Roots of the balance of TetR with all else put in, by scipy's `brentq`.
    @Test("With little of both inducers there are two sides and a saddle; with more IPTG only TetR's side is left")
    func sides() {
        for (lacI, tetR) in [(2327.6343, 83.4821), (455.5941, 280.7856), (117.8049, 942.5235)] {
            let state = [lacI * 0.0165 / 0.6606, tetR * 0.0165 / 0.5098, lacI, tetR, 0.25]
            #expect(cell.rates(at: state, input: [20, 0.25, 0]).allSatisfy { abs($0) < 2e-6 })
        }
        func rest(_ lacI: Double, _ tetR: Double, _ inducers: [Double]) -> [Double] {
            let start = [lacI * 0.0165 / 0.6606, tetR * 0.0165 / 0.5098, lacI, tetR, inducers[1]]
            return cell.settled(from: start, action: inducers, disturbance: [0], steps: 2000)
        }
        #expect(abs(rest(465, 275, [20, 0.25])[2] - 2327.6343) < 1e-2)
        #expect(abs(rest(445, 287, [20, 0.25])[2] - 117.8049) < 1e-2)
        #expect(abs(rest(2300, 90, [25, 0.5])[3] - 1143.0067) < 1e-2)
    }

    /// Both genes free of repression: births at a constant rate, so that moments are known. Messengers are Poisson with
    /// mean k/g_m; proteins have the mean k·p/(g_m·g_p) and the variance mean·(1 + p/(g_m + g_p)) (Thattai and van
    /// Oudenaarden, PNAS 2001, https://doi.org/10.1073/pnas.151588598).
    @Test("Free of repression, cells by Gillespie's method have the mean and the spread that theory gives")
    func moments() {
        let cells = 150
        let free = GeneSwitch(samplingTime: 1200)
        var samples: [[Double]] = []
        for number in 0..<cells {
            var state = [96, 39, 3846, 1201, 1e6]
            for step in 0..<4 {
                state = free.chanceStep(state, action: [1e6, 1e6], seed: UInt64(number * 10 + step))
            }
            samples.append(state)
        }
        let expected: [(mean: Double, spread: Double)] = [
            (96.0642, 1), (38.8622, 1), (3846.0618, 5.25919), (1200.7240, 4.28691),
        ]
        // From a fixed start the variance of slow modes has grown to 1 − exp(−2·g_p·80) = 0.93 of its end.
        let grown = [1, 1, 0.93, 0.93]
        for index in 0..<4 {
            let values = samples.map { $0[index] }
            let mean = values.reduce(0, +) / Double(cells)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(cells - 1)
            let theory = expected[index].mean * expected[index].spread * grown[index]
            // Four standard errors of a mean; of a variance of near-Gaussian values, 4·√(2/150) = 0.46.
            #expect(abs(mean - expected[index].mean) < 4 * (theory / Double(cells)).squareRoot() + 1, "\(index)")
            #expect(abs(variance / theory - 1) < 0.46, "\(index): \(variance / theory)")
        }
    }

    @Test("Far from the saddle the mean of cells is near the mean's equations, whose rates bend")
    func nearMean() {
        var (state, sum) = (cell.initialState, 0.0)
        for _ in 0..<60 { state = cell.step(state, action: [20, 1], disturbance: [0]) }
        for number in 0..<20 {
            var own = state
            for step in 0..<12 { own = cell.chanceStep(own, action: [20, 1], seed: UInt64(1000 * number + step)) }
            sum += own[3]
        }
        for _ in 0..<12 { state = cell.step(state, action: [20, 1], disturbance: [0]) }
        #expect(abs(sum / 20 - state[3]) < 0.05 * state[3])
    }

    @Test("Chance repeats with its number, differs with another, and counts whole molecules")
    func chance() {
        let one = cell.step(cell.initialState, action: [25, 0.3], disturbance: [0.7])
        #expect(one == cell.step(cell.initialState, action: [25, 0.3], disturbance: [0.7]))
        #expect(one != cell.step(cell.initialState, action: [25, 0.3], disturbance: [0.70001]))
        #expect(one[..<4].allSatisfy { $0 == $0.rounded() && $0 >= 0 })
        // What is not counted goes on as in the mean.
        let mean = cell.step(cell.initialState, action: [25, 0.6], disturbance: [0])
        let counted = cell.step(cell.initialState, action: [25, 0.6], disturbance: [1])
        #expect(abs(mean[4] - counted[4]) < 1e-8)
        let empty = cell.step([0, 0, 0, 0, 0], action: [0, 0], disturbance: [2])
        #expect(empty.allSatisfy { $0 >= 0 && $0.isFinite } && empty[0] + empty[1] > 0)
    }

    @Test(
        "The loops hold a cell between the sides; left alone it falls to one, beyond what is allowed",
        arguments: [1, 2])
    func task(seed: UInt64) {
        let task = ControlTask.geneSwitch()
        let score = task.score(task.run(seed: seed, controller: task.ruleTunedPID()))
        #expect(score.violations == 0 && score.held > 0.7)
        let alone = task.score(task.run(seed: seed, controller: ConstantController(task.safeAction())))
        #expect(alone.violations > 20 && alone.cost > 5 * score.cost)
    }

    @Test("A log of a cell swings around the target, in both proteins, within what is allowed nearly always")
    func log() throws {
        let task = ControlTask.geneSwitch()
        let log = try LogSimulation(
            plant: cell, policy: ExplorationPolicy(.mixed, for: cell), disturbances: task.disturbances, pilot: task
        ).episode(hours: 100, seed: 1)
        let rows = (0..<log.count).map { (lacI: log.values[$0 * 4], tetR: log.values[$0 * 4 + 1]) }
        #expect(rows.count { $0.lacI > 1800 || $0.tetR > 700 } < log.count / 50)
        let lacI = rows.map(\.lacI)
        let tetR = rows.map(\.tetR)
        #expect((lacI.max() ?? 0) - (lacI.min() ?? 0) > 600)
        #expect((tetR.max() ?? 0) - (tetR.min() ?? 0) > 200)
        #expect(abs(lacI.reduce(0, +) / Double(log.count) - 750) < 150)
    }
}
