import Basics
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("A filter that remembers", .enabled(if: torchIsSetUp))
struct RepresentationFilterTests {
    /// Episodes in which a number is seen in row 0 and again in row 4, with nothing between: what is hidden comes out again.
    private func hidden(_ episodes: Int, seed: UInt64) -> EncodedRows {
        var generator = SeededGenerator(seed: seed)
        var numbers: [Float] = []
        for _ in 0..<episodes {
            let value = Float(generator.uniform() < 0.5 ? -1 : 1)
            // The second number tells the time.
            for row in 0..<6 { numbers += [row == 0 || row == 4 ? value : 0, Float(row) / 5] }
        }
        return EncodedRows(
            representations: Tensor(numbers, shape: [episodes * 6, 2]),
            episodes: (0..<episodes).map { $0 * 6..<$0 * 6 + 6 })
    }

    @Test("It knows what comes out again, which the latest representation alone does not tell")
    func remembers() throws {
        let known = hidden(64, seed: 1)
        let training = try RepresentationFilterTraining(
            known, actions: Tensor.zeros([64 * 6, 1]), block: 1, hidden: 16, steps: 250, seed: Seed(3))
        while training.step < 250 { _ = training.run(50) }
        let other = hidden(20, seed: 2)
        let (starts, predicted) = training.filter.predictions(
            encoded: other, actions: Tensor.zeros([120, 1]), block: 1)
        let values = try #require(predicted).floats()
        let truth = other.representations.floats()
        #expect(starts.count == 100)
        for (place, start) in starts.enumerated() where start % 6 == 3 {
            // Without memory the best is 0, off by 1.
            #expect(abs(values[2 * place] - truth[2 * (start + 1)]) < 0.3, "row \(start)")
        }
    }

    @Test("A prediction depends on the rows up to it, and rows of a step of several make sequences of their own")
    func sequences() throws {
        let filter = RepresentationFilter(width: 3, actions: 4, hidden: 8, seed: Seed(1))
        withoutGradients {
            let last = filter.change.layers[1].weight
            last.assign(Tensor.normal(last.shape, using: TorchGenerator(seed: 4)))
        }
        // Lengths of which some leave a row over, and one too short for a step.
        let lengths = [7, 2, 8, 7]
        var ranges: [Range<Int>] = []
        for length in lengths {
            ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + length)
        }
        let z = Tensor.normal([24, 3], using: TorchGenerator(seed: 5))
        let actions = Tensor.normal([24, 2], using: TorchGenerator(seed: 6))
        let encoded = EncodedRows(representations: z, episodes: ranges)
        let (starts, predicted) = filter.predictions(encoded: encoded, actions: actions, block: 2)
        let all = try #require(predicted)
        #expect(starts == Array(0..<5) + Array(9..<15) + Array(17..<22))
        try withInferenceMode {
            for (episode, row) in [(0, 0), (0, 3), (0, 4), (2, 5), (3, 3)] {
                let rows = ranges[episode]
                let places = Array(stride(from: row % 2, through: row, by: 2))
                let seen = Tensor.stack(places.map { z[rows.lowerBound + $0] }, dim: 0).unsqueezed(0)
                let done = Tensor.stack(
                    places.map { place in
                        actions.narrow(dim: 0, start: rows.lowerBound + place, length: 2).reshaped([4])
                    }, dim: 0
                ).unsqueezed(0)
                let wanted = filter(seen, actions: done)[0][places.count - 1].floats()
                let place = try #require(starts.firstIndex(of: rows.lowerBound + row))
                #expect(isClose(all[place].floats(), wanted, within: 1e-5), "row \(row) of \(episode)")
            }
        }
    }

    @Test("With a memory of so many rows it predicts as if nothing had been before them")
    func brief() throws {
        let filter = RepresentationFilter(width: 3, actions: 2, hidden: 8, seed: Seed(1))
        withoutGradients {
            let last = filter.change.layers[1].weight
            last.assign(Tensor.normal(last.shape, using: TorchGenerator(seed: 4)))
        }
        let z = Tensor.normal([9, 3], using: TorchGenerator(seed: 5))
        let actions = Tensor.normal([9, 1], using: TorchGenerator(seed: 6))
        let encoded = EncodedRows(representations: z, episodes: [0..<9])
        let (starts, predicted) = filter.predictions(encoded: encoded, actions: actions, block: 2, memory: 2)
        #expect(starts == [2, 3, 4, 5, 6])
        let all = try #require(predicted)
        let (_, whole) = filter.predictions(
            encoded: EncodedRows(representations: z, episodes: [2..<9]), actions: actions, block: 2)
        // An episode that begins in row 2 has nothing before rows 2 and 4 either.
        #expect(isClose(all[2].floats(), try #require(whole)[2].floats(), within: 1e-5))
    }

    @Test("Episodes of a row or two teach no memory")
    func short() {
        let encoded = EncodedRows(representations: Tensor.zeros([4, 2]), episodes: [0..<2, 2..<4])
        #expect(throws: ForesightError.self) {
            try RepresentationFilterTraining(
                encoded, actions: Tensor.zeros([4, 1]), block: 1, hidden: 8, steps: 3, seed: Seed(1))
        }
    }
}
