import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("What is read off representations", .enabled(if: torchIsSetUp))
struct ReadoutTests {
    /// Representations, and a state of which one number is linear in them, one is not, one is noise, one never moves.
    private func sample(_ count: Int, seed: UInt64) -> (z: Tensor, state: Tensor) {
        withoutGradients {
            let z = Tensor.normal([count, 4], using: TorchGenerator(seed: seed)) * 3 + 2
            let unit = (z - 2) * (1.0 / 3)
            let columns = unit.unbind(dim: 1)
            let linear = columns[0] * 30 - columns[1] * 10 + 100
            let bent = (columns[2].square() - 1) * 0.05
            let noise = Tensor.normal([count], using: TorchGenerator(seed: seed + 100))
            return (z, Tensor.stack([linear, bent, noise, Tensor.full([count], 7)], dim: 1))
        }
    }

    @Test("A probe finds what is linear and what is not, and nothing in noise")
    func probe() throws {
        let (known, judged) = (sample(1200, seed: 1), sample(500, seed: 2))
        let probe = StateProbe(
            known.z, states: known.state, judged: (judged.z, judged.state),
            names: ["linear", "bent", "noise", "still"], seed: Seed(3))
        // What never moves cannot be judged.
        #expect(probe.readings.map(\.name) == ["linear", "bent", "noise"])
        let (linear, bent, noise) = (probe.readings[0], probe.readings[1], probe.readings[2])
        #expect(linear.linearCorrelation > 0.9999 && linear.linearError < 1e-4)
        #expect(linear.perceptronCorrelation > 0.99 && linear.perceptronError < 0.02)
        #expect(abs(bent.linearCorrelation) < 0.15 && bent.linearError > 0.8)
        #expect(bent.perceptronCorrelation > 0.95 && bent.perceptronError < 0.1)
        #expect(abs(noise.linearCorrelation) < 0.15 && abs(noise.perceptronCorrelation) < 0.15)
        #expect(noise.linearError > 0.8)
    }

    @Test("Of a direction a probe reads cosine and sine, which do not jump where the number does")
    func direction() throws {
        func sample(_ count: Int, seed: UInt64) -> (z: Tensor, state: Tensor) {
            withoutGradients {
                let angle = Tensor.normal([count], using: TorchGenerator(seed: seed)) * 4
                let z = Tensor.stack([angle.cos() * 3, angle.sin() - 1], dim: 1)
                // Within one turn, as worlds report it.
                let wrapped = angle - (angle / (2 * Double.pi)).floor() * (2 * Double.pi)
                return (z, Tensor.stack([wrapped, z.T[0] + z.T[1]], dim: 1))
            }
        }
        let (known, judged) = (sample(800, seed: 1), sample(300, seed: 2))
        func readings(_ angles: Set<String>) -> [StateProbe.Reading] {
            StateProbe(
                known.z, states: known.state, judged: (judged.z, judged.state), names: ["turn", "sum"], angles: angles,
                seed: Seed(3)
            ).readings
        }
        let turned = readings(["turn"])
        #expect(turned.map(\.name) == ["cos turn", "sin turn", "sum"])
        #expect(turned.allSatisfy { $0.linearCorrelation > 0.9999 })
        let plain = readings([])
        #expect(plain.map(\.name) == ["turn", "sum"])
        #expect(plain[0].linearCorrelation < 0.9 && plain[1].linearCorrelation > 0.9999)
    }

    @Test("A probe's linear map is that of least squares")
    func leastSquares() throws {
        let (known, judged) = (sample(300, seed: 5), sample(80, seed: 6))
        let probe = StateProbe(
            known.z, states: known.state, judged: (judged.z, judged.state), names: ["a", "b", "c", "d"], seed: Seed(3))
        // With an intercept, by another routine.
        let (read, truth) = withoutGradients { () -> ([Double], [Double]) in
            func padded(_ z: Tensor) -> Tensor { Tensor.concatenate([z, Tensor.ones([z.size(0), 1])], dim: 1) }
            let map = padded(known.z).lstsq(known.state)
            return (padded(judged.z).matmul(map).T[1].doubles(), judged.state.T[1].doubles())
        }
        let variance = withoutGradients { known.state.variance(dim: 0, unbiased: false).doubles()[1] }
        let error = zip(read, truth).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(read.count) / variance
        #expect(isClose(probe.readings[1].linearError, error, within: 1e-3))
    }

    @Test("A readout gives numbers in their units, the same for one as for many")
    func readout() {
        let (known, judged) = (sample(1000, seed: 1), sample(300, seed: 2))
        let readout = StateReadout(known.z, values: known.state.narrow(dim: 1, start: 0, length: 2), seed: Seed(3))
        #expect(readout.count == 2)
        withoutGradients {
            let wanted = judged.state.narrow(dim: 1, start: 0, length: 2)
            let error = (readout(judged.z) - wanted).square().mean(dim: 0).sqrt().doubles()
            // Deviations are 31.6 and 0.07.
            #expect(error[0] < 3 && error[1] < 0.02, "\(error)")
            let block = readout(judged.z.reshaped([30, 10, 4]))
            #expect(block.shape == [30, 10, 2])
            #expect(isClose(block.floats(), readout(judged.z).floats(), within: 1e-5))
        }
    }

    /// The table with a number missing in every fifth row, by turns in each column, and the rows that miss none.
    private func gaps(_ table: Tensor) -> (table: Tensor, complete: Tensor) {
        let (rows, width) = (table.size(0), table.size(1))
        var numbers = table.floats()
        for row in stride(from: 0, to: rows, by: 5) { numbers[row * width + row / 5 % width] = .nan }
        let complete = (0..<rows).filter { $0 % 5 != 0 }.map(Int64.init)
        return (Tensor(numbers, shape: [rows, width]), Tensor(complete, shape: [complete.count]))
    }

    @Test("A readout learns from rows that miss no number, as if the others were not there")
    func missing() {
        let known = sample(200, seed: 1)
        let (values, complete) = gaps(known.state)
        let readout = StateReadout(known.z, values: values, steps: 20, seed: Seed(3))
        let wanted = StateReadout(
            known.z.indexSelect(dim: 0, complete), values: known.state.indexSelect(dim: 0, complete), steps: 20,
            seed: Seed(3))
        withoutGradients {
            #expect(readout(known.z).isIdentical(to: wanted(known.z)))
            #expect(readout.outputs.value[0].doubles()[0] > 95)
        }
        #expect(known.state.completeRows == nil)
    }

    @Test("A probe is fitted and judged on rows that miss no number")
    func missingStates() throws {
        let (known, judged) = (sample(300, seed: 1), sample(100, seed: 2))
        func columns(_ state: Tensor) -> Tensor { state.narrow(dim: 1, start: 0, length: 1) }
        let probe = StateProbe(
            known.z, states: gaps(columns(known.state)).table, judged: (judged.z, gaps(columns(judged.state)).table),
            names: ["linear"], seed: Seed(3))
        let reading = try #require(probe.readings.first)
        #expect(reading.linearCorrelation > 0.9999 && reading.linearError < 1e-3, "\(reading)")
        let none = Tensor.full([300, 1], .nan)
        let empty = StateProbe(
            known.z, states: none, judged: (judged.z, columns(judged.state)), names: ["linear"], seed: Seed(3))
        #expect(empty.readings.isEmpty)
    }

    @Test("Bands are those of the predictions whose row misses no number")
    func missingBands() throws {
        let readout = StateReadout(width: 6, outputs: 1, seed: Seed(8))
        let (runs, values, _) = walk(rows: 104, seed: 20, readout: readout, steps: 2)
        let (known, _) = gaps(values)
        let bands = try #require(ReadoutBands(runs, readout: readout, values: known))
        // Starts 0 to 99: predicted rows are 2 to 101 and 4 to 103, a fifth of which misses its number.
        #expect(bands.predictions == 80 && bands.isConsistent)
        withoutGradients {
            for step in 0..<2 {
                let truth = values.doubles()
                let errors = zip(readout(runs.predicted[step]).doubles(), runs.starts.map { $0 + 2 * (step + 1) })
                    .filter { $1 % 5 != 0 }.map { abs($0 - truth[$1]) }.sorted()
                // ⌈81 · 0.9⌉ = 73.
                #expect(errors.count == 80 && abs(bands.halfWidth[step] - errors[72]) < 1e-6)
            }
        }
        #expect(ReadoutBands(runs, readout: readout, values: Tensor.full([104, 1], .nan)) == nil)
    }

    @Test("Components that never move are left as they are")
    func standardisation() {
        let scale = StateReadout.standardisation(Tensor([Float]([1, 5, 3, 5, 5, 5]), shape: [3, 2]))
        #expect(isClose(scale.floats(), [3, 5, 1.6329932, 1], within: 1e-6))
    }

    /// A world in which a representation is its own state: a walk that actions move exactly, seen with noise.
    private func walk(
        rows: Int, seed: UInt64, readout: StateReadout, steps: Int
    ) -> (runs: ImageFreeRuns, values: Tensor, model: ImageWorldModel) {
        withoutGradients {
            let model = ImageWorldModel.drawn(TinyImages.architecture(), seed: Seed(1))
            let z = Tensor.normal([rows, 6], using: TorchGenerator(seed: seed))
            let noise = Tensor.normal([rows, 1], using: TorchGenerator(seed: seed + 1)).abs() * 0.2
            let encoded = EncodedRows(representations: z, episodes: [0..<rows])
            let actions = Tensor.normal([rows, 2], using: TorchGenerator(seed: seed + 2))
            let runs = ImageFreeRuns(model, encoded: encoded, actions: actions, steps: steps)
            return (runs, readout(z) + noise, model)
        }
    }

    @Test("Half-widths are the conformal quantiles of the errors, step by step, and cover what they promise")
    func bands() throws {
        let readout = StateReadout(width: 6, outputs: 1, seed: Seed(8))
        let steps = 2
        let (runs, values, _) = walk(rows: 404, seed: 20, readout: readout, steps: steps)
        let bands = try #require(ReadoutBands(runs, readout: readout, values: values))
        #expect(bands.steps == steps && bands.count == 1 && bands.predictions == 400 && bands.isConsistent)
        let (other, truth, _) = walk(rows: 2004, seed: 40, readout: readout, steps: steps)
        withoutGradients {
            for step in 0..<steps {
                func errors(_ runs: ImageFreeRuns, _ values: Tensor) -> [Double] {
                    let known = values.doubles()
                    return zip(readout(runs.predicted[step]).doubles(), runs.starts).map {
                        abs($0 - known[$1 + 2 * (step + 1)])
                    }
                }
                let sorted = errors(runs, values).sorted()
                // ⌈401 · 0.9⌉ = 361 and ⌈401 · 0.99⌉ = 397.
                #expect(abs(bands.halfWidth[step] - sorted[360]) < 1e-6)
                #expect(abs(bands.guardHalfWidth[step] - sorted[396]) < 1e-6)
                // The neighbours would not do.
                #expect(abs(bands.halfWidth[step] - sorted[359]) > 1e-5)
                #expect(abs(bands.guardHalfWidth[step] - sorted[395]) > 1e-5)
                let covered = errors(other, truth).filter { $0 <= bands.halfWidth[step] }.count
                #expect(abs(Double(covered) / 2000 - 0.9) < 0.04, "\(covered) of 2000")
            }
        }
    }

    @Test("With few predictions the widest error is the band, and with none there is none")
    func few() throws {
        let readout = StateReadout(width: 6, outputs: 1, seed: Seed(8))
        let (runs, values, _) = walk(rows: 9, seed: 20, readout: readout, steps: 2)
        let bands = try #require(ReadoutBands(runs, readout: readout, values: values))
        #expect(bands.predictions == 5)
        #expect(bands.halfWidth == bands.guardHalfWidth)
        let (none, few, _) = walk(rows: 4, seed: 20, readout: readout, steps: 2)
        #expect(ReadoutBands(none, readout: readout, values: few) == nil)
    }

    @Test("Bands that make no sense are told")
    func consistency() {
        func bands(_ shown: [Double], _ guarding: [Double] = [1, 2], predictions: Int = 3) -> Bool {
            ReadoutBands(steps: 2, count: 1, halfWidth: shown, guardHalfWidth: guarding, predictions: predictions)
                .isConsistent
        }
        #expect(bands([0, 1]))
        #expect(!bands([1]) && !bands([1, -1]) && !bands([1, .infinity]) && !bands([1, 1], [1]))
        #expect(!bands([1, 1], predictions: 0))
    }
}
