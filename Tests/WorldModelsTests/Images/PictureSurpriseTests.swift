import Basics
import Episodes
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Surprise at what is seen", .enabled(if: torchIsSetUp))
struct PictureSurpriseTests {
    /// Residuals of episodes of 50 steps: independent, with deviations 1, 0.01 and a third number like the first.
    private func residuals(_ episodes: Int, seed: UInt64) -> StepResiduals {
        var generator = SeededGenerator(seed: seed)
        var numbers: [Float] = []
        for _ in 0..<episodes * 50 {
            let first = generator.normal()
            numbers += [Float(first), Float(0.01 * generator.normal()), Float(first + 0.5 * generator.normal())]
        }
        return StepResiduals(
            values: Tensor(numbers, shape: [episodes * 50, 3]), episodes: (0..<episodes).map { $0 * 50..<$0 * 50 + 50 },
            firstRow: 1)
    }

    @Test("Of ordinary steps as many are above a surprise as it says")
    func conformal() throws {
        let surprise = try #require(PictureSurprise(residuals(40, seed: 1)))
        let readings = surprise.readings(residuals(100, seed: 2)).joined()
        for level in [0.5, 0.9, 0.99] {
            for values in [readings.map(\.surprise), readings.map(\.plainSurprise)] {
                let share = Double(values.filter { $0 > level }.count) / Double(values.count)
                // The deviation of a share of 5000, and of the calibration's 1000.
                #expect(abs(share - (1 - level)) < 4 * (level * (1 - level) / 800).squareRoot(), "\(level): \(share)")
            }
        }
        // A root mean square of ordinary steps is 1 in units of what is ordinary.
        let square = readings.reduce(0) { $0 + $1.whitened * $1.whitened } / Double(readings.count)
        #expect(abs(square - 1) < 0.1)
        #expect(surprise.plain.count == 1000)
    }

    @Test("Whitening sees what is small but never happens, and the root mean square does not")
    func whitening() throws {
        let surprise = try #require(PictureSurprise(residuals(40, seed: 1)))
        // Ten deviations of the second number; then the first and the third apart, which always go together.
        for residual in [[0, 0.1, 0], [1, 0, -1]] {
            let reading = surprise.reading(residual)
            #expect(reading.surprise > 0.99 && reading.plainSurprise < 0.8, "\(residual)")
        }
        let mean = surprise.reading([3.0, 4, 0])
        #expect(isClose(mean.plain, (25.0 / 3).squareRoot(), within: 1e-12))
        #expect(surprise.reading([Double.nan, 0, 0]).surprise == 1 - 1 / Double(surprise.whitened.count + 1))
    }

    @Test("Without two episodes, or with too few steps, nothing is known of what is ordinary")
    func few() {
        #expect(PictureSurprise(residuals(1, seed: 1)) == nil)
        #expect(PictureSurprise(residuals(2, seed: 1)) != nil)
        let short = StepResiduals(values: Tensor.ones([20, 3]), episodes: [0..<10, 10..<20], firstRow: 1)
        #expect(PictureSurprise(short) == nil)
    }

    @Test("A residual is the encoded row less its prediction a step before", arguments: [(1, 2), (2, 2), (3, 1)])
    func steps(stack: Int, block: Int) throws {
        let network = ImageWorldModel.drawn(TinyImages.architecture(stack: stack, block: block), seed: Seed(2))
        network.setTraining(false)
        let frames = TinyImages.frames([9, 2, 7])
        let encoded = try EncodedRows(network, frames)
        let actions = Tensor.normal([18, 2], using: TorchGenerator(seed: 3))
        let residuals = StepResiduals(network, encoded: encoded, actions: actions)
        let first = stack * block
        #expect(residuals.firstRow == first)
        #expect(residuals.episodes.map(\.count) == [9 - first, max(0, 2 - first), 7 - first])
        withInferenceMode {
            for (episode, start) in [(0, 0), (2, 11)] {
                for (place, index) in residuals.episodes[episode].enumerated() {
                    let row = start + first + place
                    let driving = actions.narrow(dim: 0, start: row - block, length: block).reshaped([1, 1, 2 * block])
                    let before = encoded.representations.narrow(dim: 0, start: row - block, length: 1)
                    let wanted = encoded.representations[row] - network.rollout(from: before, actions: driving)[0][0]
                    #expect(isClose(residuals.values[index].floats(), wanted.floats(), within: 1e-5))
                }
            }
        }
        // A watcher that is shown one row after the other says the same.
        let calibration = try #require(PictureSurprise(self.residuals(width: 6)))
        let model = TrainedImageModel(
            network: network, distance: nil, surprise: calibration, actionChannels: TinyImages.channels,
            actionScaling: ActionScaling(mean: [0.5, 0], deviation: [2, 1]), recordedActions: [-2...2, -2...2],
            samplingTime: 0.1, horizon: 3, settings: TinyImages.settings(), origin: ModelOrigin())
        var watch = try #require(SurpriseWatch(model))
        let physical = actions.doubles()
        let readings = calibration.readings(residuals)[0]
        for row in 0..<9 {
            let action = row > 0 ? [physical[2 * row - 2] * 2 + 0.5, physical[2 * row - 1]] : [7, 7]
            let z = withInferenceMode { encoded.representations.narrow(dim: 0, start: row, length: 1) }
            let reading = watch.see(z, after: action)
            #expect((reading == nil) == (row < first))
            if let reading { #expect(isClose(reading.plain, readings[row - first].plain, within: 1e-4)) }
        }
    }

    private func residuals(width: Int) -> StepResiduals {
        StepResiduals(
            values: Tensor.normal([80, width], using: TorchGenerator(seed: 4)), episodes: [0..<40, 40..<80], firstRow: 1
        )
    }

    @Test("What is ordinary is saved with the model, and a folder from before there was such a thing is read as well")
    func folder() throws {
        let training = try TinyImages.training(
            TinyImages.settings(), TinyImages.frames([Int](repeating: 40, count: 6)))
        _ = try training.run(2)
        try training.learnHeads()
        let model = training.model()
        let surprise = try #require(model.surprise)
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ImageModelFolder.save(model, to: path)
            #expect(Folder.names(in: path).contains("surprise.json"))
            #expect(try ImageModelFolder.load(path).surprise == surprise)
            #expect(try InputFile.text(path + "/card.md").contains("Its surprise says"))
            let sheet = try InputFile.text(path + "/model.yaml")
            let lines = sheet.split(separator: "\n", omittingEmptySubsequences: false)
            let old = lines.filter { !$0.hasPrefix("surprise:") }.joined(separator: "\n")
            #expect(old != sheet)
            try AtomicFile.write(old, to: path + "/model.yaml")
            #expect(try ImageModelFolder.load(path).surprise == nil)
            try AtomicFile.write(sheet, to: path + "/model.yaml")
            try AtomicFile.write(
                try InputFile.text(path + "/surprise.json").replacing("whitened", with: "bleached"),
                to: path + "/surprise.json")
            #expect(throws: ForesightError.self) { try ImageModelFolder.load(path) }
        }
    }
}
