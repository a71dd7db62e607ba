import Basics
import Tensors

/// A prediction from an initial window and the inputs alone, at every sample of the log.
public struct FreeRun: Sendable, Equatable {
    /// The ensemble's mean, row-major `[row, output]`, physical units.
    public var outputs: [Double]
    /// Half-widths of the calibrated bands, row-major `[row, output]`, physical units.
    public var halfWidths: [Double]
    /// Rows within the horizon that training rolled out; beyond them, bands have the quantile and floor of its last step.
    public var calibratedRows: Int
}

extension TrainedModel {
    /// Predicts any number of samples from an initial window; beyond the trained horizon, too.
    ///
    /// A model whose step covers several samples predicts from each phase of the window, and what the phases predict is
    /// put together in the order of time. A window with fewer samples than a step has does not hold all phases: what
    /// lies between those that it holds is interpolated.
    ///
    /// - Parameters:
    ///   - measured: The outputs of the window, row-major `[row, output]`, physical units, `NaN` where missing; all of it
    ///     is used, however long the window of training was.
    ///   - inputs: The inputs of window and prediction, row-major `[row, input]`, physical units; row r is held from row r
    ///     to row r + 1, the last row's is not used. A missing one holds the last known.
    /// - Returns: A prediction of the rows behind the window.
    /// - Throws: `ForesightError.data` when nothing was measured in the window or the inputs end with it.
    public func freeRun(measured: [Double], inputs: [Double]) throws -> FreeRun {
        let (width, driven) = (description.outputs.count, description.inputs.count)
        let window = measured.count / max(1, width)
        let count = driven > 0 ? inputs.count / driven : 0
        guard window > 0, count > window, measured.contains(where: \.isFinite) else {
            throw ForesightError.data(
                "a window of \(window) rows with \(measured.filter(\.isFinite).count) measurements and \(count) rows of "
                    + "inputs gives no prediction", remedy: "give a window with measurements, and inputs beyond it")
        }
        let phases = Phases(window: window, count: count, stride: description.stride)
        let scaling = description.scaling
        let columns = (0..<driven).map { channel in
            let held = SignalTable.held(stride(from: channel, to: inputs.count, by: driven).map { inputs[$0] })
            return held.map { ($0 - scaling.inputMean[channel]) / scaling.inputScale[channel] }
        }
        let (steps, history) = (phases.steps, phases.history)
        var result = FreeRun(
            outputs: [Double](repeating: .nan, count: (count - window) * width),
            halfWidths: [Double](repeating: .nan, count: (count - window) * width),
            calibratedRows: min(count - window, description.horizon * description.stride))
        withoutGradients {
            var z = encoded(measured, phases, columns)
            for first in Swift.stride(from: 0, to: steps, by: Self.chunk) {
                let length = min(Self.chunk, steps - first)
                let drive = drive(columns, phases, from: history - 1 + first, length)
                let after = self.drive(columns, phases, from: history - 1 + first + length, 1)
                let states = network.rollout(from: z, inputs: drive, after: after)
                z = states[length - 1]
                let (mean, spread) = ensemble(states)
                let (outputs, spreads) = (physical(mean).doubles(), spread.floats())
                for phase in 0..<phases.count {
                    for step in 0..<length {
                        let row = phases.row(phase, history + first + step) - window
                        guard row < count - window else { break }
                        for output in 0..<width {
                            let place = (phase * length + step) * width + output
                            result.outputs[row * width + output] = outputs[place]
                            result.halfWidths[row * width + output] = calibration.halfWidth(
                                step: first + step, output: output,
                                spread: Double(spreads[place]) * scaling.outputScale[output])
                        }
                    }
                }
            }
        }
        if phases.count < description.stride { result.interpolate(width: width, last: measured.suffix(width)) }
        return result
    }

    /// Steps rolled out at once: what bounds memory on long records.
    private static let chunk = 512

    /// The representation at the end of each phase's window, `[members, phase, D]`.
    private func encoded(_ measured: [Double], _ phases: Phases, _ columns: [[Double]]) -> Tensor {
        let (scaling, width) = (description.scaling, description.outputs.count)
        let members = description.architecture.members
        var (values, mask): ([Float], [Float]) = ([], [])
        for phase in 0..<phases.count {
            for step in 0..<phases.history {
                for output in 0..<width {
                    let value = measured[phases.row(phase, step) * width + output]
                    let scaled = (value - scaling.outputMean[output]) / scaling.outputScale[output]
                    values.append(value.isFinite ? Float(scaled) : 0)
                    mask.append(value.isFinite ? 1 : 0)
                }
            }
        }
        func window(_ values: [Float]) -> Tensor {
            Tensor(values, shape: [1, phases.count, phases.history, width])
                .expanded(to: [members, phases.count, phases.history, width])
        }
        let states = network.encode(
            outputs: window(values), mask: window(mask), inputs: drive(columns, phases, from: 0, phases.history))
        return states[phases.history - 1]
    }

    /// Inputs of so many steps of all phases, `[members, phase, step, input]`: means over the samples of each step.
    private func drive(_ columns: [[Double]], _ phases: Phases, from first: Int, _ length: Int) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(phases.count * length * columns.count)
        for phase in 0..<phases.count {
            for step in first..<(first + length) {
                let row = phases.row(phase, step)
                for column in columns {
                    // Behind the last sample its input is held; what that leads to lies behind it, too.
                    let sum = (row..<(row + phases.stride)).reduce(0) { $0 + column[min($1, column.count - 1)] }
                    values.append(Float(sum / Double(phases.stride)))
                }
            }
        }
        let members = description.architecture.members
        return Tensor(values, shape: [1, phases.count, length, columns.count])
            .expanded(to: [members, phases.count, length, columns.count])
    }
}

/// How the samples of a record become steps of a model: one sequence for each phase, all of one length.
private struct Phases {
    /// Samples to a step.
    let stride: Int
    /// Phases that have a sample in the window.
    let count: Int
    /// Steps of each phase in the window.
    let history: Int
    /// Steps of each phase behind the window, as many as any phase needs.
    let steps: Int
    private let firstRow: Int

    init(window: Int, count rows: Int, stride: Int) {
        self.stride = stride
        count = min(stride, window)
        history = max(1, window / stride)
        firstRow = window - 1 - (history - 1) * stride
        let earliest = window - count
        steps = (rows - 1 - earliest) / stride
    }

    /// The row of the record that a step of a phase is; phase p ends p rows before the window does.
    func row(_ phase: Int, _ step: Int) -> Int { firstRow - phase + step * stride }
}

extension FreeRun {
    /// Fills rows that no phase predicted on a straight line between their neighbours.
    fileprivate mutating func interpolate(width: Int, last measured: ArraySlice<Double>) {
        for output in 0..<width {
            var known = -1
            var value = measured[measured.startIndex + output]
            for row in 0..<(outputs.count / width) where outputs[row * width + output].isFinite {
                let next = outputs[row * width + output]
                for between in (known + 1)..<row {
                    let share = Double(between - known) / Double(row - known)
                    outputs[between * width + output] = value.isFinite ? value + share * (next - value) : next
                    halfWidths[between * width + output] = halfWidths[row * width + output]
                }
                (known, value) = (row, next)
            }
            for row in (known + 1)..<(outputs.count / width) where known >= 0 {
                outputs[row * width + output] = value
                halfWidths[row * width + output] = halfWidths[known * width + output]
            }
        }
    }
}
