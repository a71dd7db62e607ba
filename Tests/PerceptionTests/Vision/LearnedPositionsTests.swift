import Networks
import Perception
import Tensors
import Testing

@Suite("Learned positions", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct LearnedPositionsTests {
    /// A leading token of 9, and a grid whose value is its column.
    private func ramp(rows: Int, columns: Int, antialias: Bool) -> LearnedPositions {
        let positions = LearnedPositions(
            grid: [rows, columns], leading: 1, width: 1, antialias: antialias, seed: Seed(1))
        let values = [9] + (0..<rows * columns).map { Float($0 % columns) }
        positions.weight.assign(Tensor(values, shape: [1, values.count, 1]))
        return positions
    }

    @Test("The grid that was learned for is given as it is")
    func same() {
        let positions = ramp(rows: 2, columns: 3, antialias: true)
        #expect(positions.ofPatches(rows: 2, columns: 3).floats() == [0, 1, 2, 0, 1, 2])
        #expect(positions.ofLeadingTokens.floats() == [9])
    }

    @Test("Twice the columns: cubic convolution with a = −0.75, by hand", arguments: [false, true])
    func larger(antialias: Bool) {
        let fine = ramp(rows: 1, columns: 4, antialias: antialias).ofPatches(rows: 1, columns: 8)
        #expect(fine.shape == [1, 8, 1])
        // The fourth place lies at 3.5 / 2 − 0.5 = 1.25 of the old grid. Weights of the neighbours 0…3 by Keys' kernel:
        // a (t³ − 2t² + t), (a + 2) t³ − (a + 3) t² + 1 and their mirror images at t = 0.25. Antialiasing, which does
        // nothing else for larger grids, calculates with a = −0.5, which reproduces a ramp.
        let a: Float = antialias ? -0.5 : -0.75
        let (t, s): (Float, Float) = (0.25, 0.75)
        let second = (a + 2) * s * s * s - (a + 3) * s * s + 1
        let third = a * (s * s * s - 2 * s * s + s)
        let first = (a + 2) * t * t * t - (a + 3) * t * t + 1
        let expected = first * 1 + second * 2 + third * 3
        #expect(antialias ? expected == 1.25 : expected == 1.296875)
        #expect(abs(fine.floats()[3] - expected) < 1e-6)
        #expect(abs(fine.floats()[4] - (3 - expected)) < 1e-6)
    }

    @Test("Half the columns: neighbours only, or all within a wider kernel when antialiased, by hand")
    func smaller() {
        // At 0.5 between 0 and 1, the neighbour on the left repeated: (4 − a)/8 · 1 + a/8 · 2 with a = −0.75.
        let plain = ramp(rows: 3, columns: 4, antialias: false).ofPatches(rows: 3, columns: 2)
        #expect(abs(plain.floats()[0] - 0.40625) < 1e-6)
        // Keys' kernel with a = −0.5, stretched by two, at distances 0.25, 0.25, 0.75 and 1.25 from 0, 1, 2 and 3.
        let weights: [Float] = [0.867_187_5, 0.867_187_5, 0.226_562_5, -0.070_312_5]
        let smooth = ramp(rows: 3, columns: 4, antialias: true).ofPatches(rows: 3, columns: 2)
        let expected = (weights[1] + 2 * weights[2] + 3 * weights[3]) / weights.reduce(0, +)
        #expect(abs(smooth.floats()[0] - expected) < 1e-6)
    }

    @Test("Rows stay rows: a grid that differs along columns only is the same in every new row")
    func rowsAndColumns() {
        let values = ramp(rows: 3, columns: 4, antialias: false).ofPatches(rows: 5, columns: 4).floats()
        for row in 0..<5 {
            for column in 0..<4 { #expect(abs(values[4 * row + column] - Float(column)) < 1e-6) }
        }
    }
}
