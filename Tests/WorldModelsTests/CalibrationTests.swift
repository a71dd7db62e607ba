import Basics
import Episodes
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Bands and novelty", .enabled(if: torchIsSetUp))
struct CalibrationTests {
    /// A model of two long episodes, made once.
    // Tests only read it, and reading tensors is safe from several threads.
    nonisolated(unsafe) private static let model: TrainedModel? = {
        guard torchIsSetUp else { return nil }
        var settings = TinyLog.settings(epochs: 2)
        settings.members = .auto
        return try? TinyLog.model(TinyLog.episodes(2, samples: 1500), settings: settings)
    }()

    /// Predictions and what came, from many starts in an episode: `[start][step · outputs]`.
    private func runs(
        _ model: TrainedModel, _ episode: Episode, starts: [Int], steps: Int
    ) throws -> [(outputs: [Float], spread: [Float], novelty: [Float], truth: [Double])] {
        try starts.map { start in
            let past = (start - 20)..<start
            // The input of a row is held until the next: that of the last row leads to the first prediction.
            let state = try model.encode(
                outputs: past.flatMap { [episode[$0, 0], episode[$0, 1]] },
                inputs: past.flatMap { [episode[$0, 2], episode[$0, 3]] })
            let future = start..<(start + steps)
            let inputs = future.flatMap { [Float(episode[$0 - 1, 2]), Float(episode[$0 - 1, 3])] }
            let found = withoutGradients {
                model.predict(from: state, inputs: model.normalisedInputs(inputs, batch: 1, steps: steps))
            }
            return (
                found.outputs.floats(), found.spread.floats(), found.novelty.floats(),
                future.flatMap { [episode[$0, 0], episode[$0, 1]] }
            )
        }
    }

    @Test("On new records of the same system, nine of ten values lie within the 90 % bands") func coverage() throws {
        let model = try #require(Self.model)
        var (inside, guarded, all) = ([0, 0], 0, 0)
        for seed in [21, 22, 23] as [UInt64] {
            let episode = TinyLog.episodes(samples: 800, seed: seed)[0]
            for run in try runs(model, episode, starts: Array(stride(from: 30, to: 780, by: 15)), steps: 10) {
                let widths = model.calibration.halfWidths(horizon: 10, spread: run.spread)
                let wide = model.calibration.halfWidths(horizon: 10, spread: run.spread, for: .guardrail)
                all += 10
                for index in run.truth.indices
                where abs(Double(run.outputs[index]) - run.truth[index]) <= Double(widths[index]) {
                    inside[index % 2] += 1
                }
                guarded += run.truth.indices.count {
                    abs(Double(run.outputs[$0]) - run.truth[$0]) <= Double(wide[$0])
                }
            }
        }
        #expect(all == 1500)
        for count in inside { #expect((0.85...0.95).contains(Double(count) / Double(all)), "\(count) of \(all)") }
        // Guardrails keep clear of wider ones.
        #expect(model.calibration.guardCoverage == 0.99)
        #expect(Double(guarded) / Double(2 * all) > 0.97, "\(guarded) of \(2 * all)")
    }

    @Test(
        "Guardrails of another coverage hold what they say on new records, at hardly more width than training gives it")
    func chosenCoverage() throws {
        let model = try #require(Self.model)
        #expect(try model.calibration.guarding(0.99) == model.calibration)
        var inside = [Double: Int]()
        var all = 0
        for seed in [21, 22, 23] as [UInt64] {
            let episode = TinyLog.episodes(samples: 800, seed: seed)[0]
            for run in try runs(model, episode, starts: Array(stride(from: 30, to: 780, by: 15)), steps: 10) {
                all += run.truth.count
                for coverage in [0.6, 0.8, 0.95] {
                    let bands = try model.calibration.guarding(coverage)
                    let widths = bands.halfWidths(horizon: 10, spread: run.spread, for: .guardrail)
                    inside[coverage, default: 0] += run.truth.indices.count {
                        abs(Double(run.outputs[$0]) - run.truth[$0]) <= Double(widths[$0])
                    }
                }
            }
        }
        for (coverage, count) in inside {
            #expect(abs(Double(count) / Double(all) - coverage) < 0.05, "\(coverage): \(count) of \(all)")
        }
        // Bands of predictions are of 90 %, from the scores themselves.
        let bands = try model.calibration.guarding(0.9)
        #expect(bands.guardCoverage == 0.9)
        for (chosen, trained) in zip(bands.guardQuantile, model.calibration.quantile) {
            #expect(chosen > 0.9 * trained && chosen < 1.15 * trained, "\(chosen) and \(trained)")
        }
    }

    @Test("Of normal errors another coverage takes the normal quantile") func chosenNormal() throws {
        var bands = try #require(Self.model).calibration
        let normal = SpreadScale.errorLevels.map { NormalDistribution.quantile($0) }
        bands.errors?.quantiles = bands.guardQuantile.flatMap { _ in normal }
        let quantile = { try bands.guarding($0).guardQuantile[3] }
        #expect(abs(try quantile(0.9) - 1.6449) < 1e-3)
        #expect(abs(try quantile(0.6) - 0.8416) < 1e-3)
        // Between the quantiles that are kept, rather too great.
        #expect((1.96...2.06).contains(try quantile(0.95)))
        #expect(throws: ForesightError.self) { try quantile(0.995) }
        #expect(throws: ForesightError.self) { try quantile(0.3) }
        bands.errors = nil
        #expect(throws: ForesightError.self) { try quantile(0.9) }
    }

    @Test("Bands widen with disagreement, and beyond the last step they stay") func shape() throws {
        let bands = try #require(Self.model).calibration
        #expect(bands.steps == 10)
        let narrow = bands.halfWidth(step: 3, output: 0, spread: 0)
        #expect(narrow > 0)
        #expect(bands.halfWidth(step: 3, output: 0, spread: 5) > 2 * narrow)
        #expect(bands.halfWidth(step: 99, output: 1, spread: 1) == bands.halfWidth(step: 9, output: 1, spread: 1))
        #expect(bands.halfWidths(horizon: 4).count == 8)
    }

    @Test("Steps borrow scores from as many on either side, so that the first and the last go by their own")
    func pooled() throws {
        #expect((0..<6).map { Calibration.pooled($0, of: 6) } == [0...0, 0...2, 0...4, 1...5, 3...5, 5...5])
        #expect(Calibration.pooled(0, of: 1) == 0...0)
        let preparation = try TinyLog.preparation()
        let (model, data) = (preparation.model, preparation.data)
        let bands = Calibration(model, data: data, settings: preparation.settings)
        let residuals = FreeRunValidation(data, history: 6, steps: 10, maximumStarts: 300).residuals(of: model)
        let scale = SpreadScale(folds: data.folds)
        for (place, steps) in [(0, 0...0), (9, 9...9), (1, 0...2), (4, 2...6)] {
            for output in 0..<2 {
                let unit = data.scaling.outputScale[output]
                let own = steps.flatMap { residuals[$0 * 2 + output] }.map {
                    (error: abs($0.error) * unit, spread: $0.spread * unit)
                }
                let band = try #require(scale.band(own, coverages: [0.9, 0.99]))
                #expect(bands.floor[place * 2 + output] == band.floor)
                #expect(bands.quantile[place * 2 + output] == band.quantiles[0])
            }
        }
    }

    @Test("The quantile is the conformal one of exchangeable scores") func conformalQuantile() throws {
        // Coverage of new scores by the ⌈(n+1)·c⌉-th smallest of n is c on average, whatever their distribution.
        var random = SeededGenerator(seed: 5)
        let (n, coverage) = (99, 0.9)
        var inside = 0
        for _ in 0..<2000 {
            let scores = (0..<n).map { _ in abs(random.normal() / (0.1 + random.uniform())) }.sorted()
            let rank = Int((Double(n + 1) * coverage).rounded(.up))
            if abs(random.normal() / (0.1 + random.uniform())) <= scores[rank - 1] { inside += 1 }
        }
        #expect(abs(Double(inside) / 2000 - coverage) < 0.02)
    }

    @Test("Recorded states are not novel, far ones are, and the further the more") func novelty() throws {
        let model = try #require(Self.model)
        let episode = TinyLog.episodes(2, samples: 1500)[1]
        let starts = Array(stride(from: 30, to: 1480, by: 25))
        let seen = try runs(model, episode, starts: starts, steps: 5).flatMap(\.novelty)
        #expect(Double(seen.filter { $0 <= 1 }.count) / Double(seen.count) > 0.98)
        let state = try model.encode(
            outputs: (0..<20).flatMap { [episode[$0, 0], episode[$0, 1]] },
            inputs: (0..<20).flatMap { [episode[$0, 2], episode[$0, 3]] })
        let scores = [50, 300, 1000].map { (heat: Float) in
            withoutGradients {
                model.predict(from: state, inputs: model.normalisedInputs([heat, 0], batch: 1, steps: 1))
                    .novelty.item()
            }
        }
        #expect(scores[0] <= 1)
        #expect(scores[1] > 1)
        #expect(scores[2] > scores[1])
        let strange = try model.encode(
            outputs: [Double](repeating: 0, count: 40).enumerated().map { $0.offset % 2 == 0 ? 900 : 40 },
            inputs: [Double](repeating: 50, count: 40))
        let score = withoutGradients {
            model.predict(from: strange, inputs: model.normalisedInputs([50, 0], batch: 1, steps: 1)).novelty.item()
        }
        #expect(score > 1)
    }

    @Test("A history without measurements, or with wild ones, tells no state") func histories() throws {
        let model = try #require(Self.model)
        let nothing = [Double](repeating: .nan, count: 8)
        for outputs in [[], nothing] {
            let error = #expect(throws: ForesightError.self) {
                try model.encode(outputs: outputs, inputs: [Double](repeating: 1, count: outputs.count))
            }
            #expect(error?.code == .data)
        }
        let wild = #expect(throws: ForesightError.self) {
            try model.encode(outputs: [1e300, 1, 1e300, 1], inputs: [50, 0, 50, 0])
        }
        #expect(wild?.message.contains("not finite") == true)
        // One missing sample is no reason to refuse.
        let state = try model.encode(outputs: [25, 1, .nan, 1, 26, .nan], inputs: [50, 0, 50, .nan, 50, 0])
        #expect(state.isfinite().all().item() != 0)
    }
}
