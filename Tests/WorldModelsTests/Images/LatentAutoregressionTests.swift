import Basics
import Episodes
import Tensors
import Testing

@testable import WorldModels

@Suite("A linear system of representations", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct LatentAutoregressionTests {
    /// z_{r+1} = F z_r + G u_r of two numbers, one of which grows by 1.05 a row.
    private static let f = [[1.05, 0.1], [0.0, 0.8]]
    private static let g = [0.3, -0.5]

    /// Rows of a system that starts anew in each episode, moved by white noise; `shown` is what representations show of it.
    private static func record(
        episodes: Int, rows: Int, block: Int, seed: UInt64 = 1, shown: ([Double]) -> [Double] = { $0 }
    ) -> LatentRecord {
        var generator = SeededGenerator(seed: seed)
        var (z, u, ranges): ([Double], [Double], [Range<Int>]) = ([], [], [])
        for episode in 0..<episodes {
            var state = [generator.normal(), generator.normal()]
            for _ in 0..<rows {
                z += shown(state)
                let input = generator.normal()
                u.append(input)
                state = (0..<2).map { f[$0][0] * state[0] + f[$0][1] * state[1] + g[$0] * input }
            }
            ranges.append(episode * rows..<(episode + 1) * rows)
        }
        let count = episodes * rows
        let encoded = EncodedRows(
            representations: Tensor(z, shape: [count, z.count / count]), episodes: ranges)
        return LatentRecord(encoded, actions: Tensor(u, shape: [count, 1]), block: block)
    }

    @Test("Steps of two rows of a known system give back its matrices, an action held over both rows")
    func recovers() throws {
        let system = try LatentAutoregression(Self.record(episodes: 8, rows: 30, block: 2), lags: 1, ridge: 1e-12)
        // On paper: A = F², B = F G + G.
        let a = [1.05 * 1.05, 1.05 * 0.1 + 0.1 * 0.8, 0, 0.64]
        let b = [1.05 * 0.3 + 0.1 * -0.5 + 0.3, 0.8 * -0.5 - 0.5]
        for (ours, paper) in zip(system.stateMatrix.doubles(), a) { #expect(abs(ours - paper) < 1e-7) }
        for (ours, paper) in zip(system.inputMatrix.doubles(), b) { #expect(abs(ours - paper) < 1e-7) }
        #expect(zip(system.modes, [1.1025, 0.64]).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(system.lags == 1 && system.heldOutErrors.isEmpty)
    }

    @Test("Half of a state is enough with two lags: the modes are those of the whole, and one lag is not chosen")
    func memory() throws {
        // The first number alone; on paper z_{t+1} = (1.05 + 0.8) z_t − 1.05 · 0.8 z_{t−1} + inputs.
        let record = Self.record(episodes: 20, rows: 30, block: 1) { [$0[0]] }
        let system = try LatentAutoregression.chosen(from: record, lags: [1, 2])
        #expect(system.lags == 2)
        let first = try LatentAutoregression(record, lags: 2, ridge: 1e-12)
        let row = first.stateMatrix[0].doubles()
        #expect(abs(row[0] - 1.85) < 1e-6 && abs(row[1] + 0.84) < 1e-6)
        // 0.1 G₁ − 0.8 G₀ beside the input before last.
        #expect(abs(row[2] - (0.1 * -0.5 - 0.8 * 0.3)) < 1e-6 && first.stateMatrix.shape == [3, 3])
        #expect(first.inputMatrix.doubles().count == 3 && first.inputMatrix.doubles()[1...] == [0, 1])
        #expect(abs(first.modes[0] - 1.05) < 1e-6 && abs(first.modes[1] - 0.8) < 1e-6)
        // It fits the record without error, one lag does not.
        #expect(first.errors(record, memory: 2).allSatisfy { $0 < 1e-9 })
        let short = try LatentAutoregression(record, lags: 1, ridge: 1e-12).errors(record, memory: 2)
        #expect(short.count == LatentAutoregression.runSteps && short[0] > 1e-3)
    }

    @Test("No step leads from one episode into the next, and what knows fewer pictures is left out")
    func starts() throws {
        let encoded = EncodedRows(representations: Tensor.zeros([22, 1]), episodes: [0..<12, 12..<22])
        let record = LatentRecord(encoded, actions: Tensor.zeros([22, 1]), block: 2, stack: 2)
        #expect(record.starts(lags: 2, steps: 3) == [4, 5])
        #expect(record.starts(lags: 1, steps: 1) == Array(2..<10) + Array(14..<20))
        #expect(record.starts(lags: 4, steps: 3).isEmpty)
    }

    @Test("Too short a record is refused with what to do")
    func short() throws {
        let error = #expect(throws: ForesightError.self) {
            try LatentAutoregression(Self.record(episodes: 1, rows: 4, block: 1), lags: 1, ridge: 1e-6)
        }
        #expect(error?.code == .data && error?.message.contains("3 steps to identify 3 coefficients") == true)
        #expect(error?.remedy.contains("longer episodes") == true)
    }
}
