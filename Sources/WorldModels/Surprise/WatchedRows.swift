import Monitoring
import Networks
import Tensors

/// Predicts every row of a table from the rows before it, one and several steps ahead.
///
/// Rows are taken in pieces, each behind enough rows that the encoder has forgotten how it started: what comes out hardly
/// depends on where a piece begins, so a record may also come in bit by bit.
struct WatchedRows {
    let model: SensorWorldModel
    /// Steps of history that a prediction needs.
    let history: Int
    /// Steps ahead, the first is 1.
    let horizons: [Int]

    private static let piece = 512

    /// Steps before a row that what is said of it depends on.
    var context: Int { 2 * history + (horizons.last ?? 1) }

    /// Rows with residuals, one run for each segment of a table.
    ///
    /// - Parameters:
    ///   - table: Normalised rows.
    ///   - fold: Which member judges a row of a segment, since it has not learned from it; the ensemble's mean without.
    ///   - new: Rows at the end of each segment that are asked for; all without. Others have no residuals.
    /// - Returns: The runs, in the order of the table's segments.
    func segments(
        _ table: SignalTable, fold: ((SignalTable.Segment, Int) -> Int)? = nil, new: Int? = nil
    ) -> [WatchedSegment] {
        withoutGradients {
            let (width, driven) = (table.outputs.size(1), table.inputs.size(1))
            let (values, known, inputs) = (table.outputs.doubles(), table.mask.floats(), table.inputs.doubles())
            return table.segments.map { segment in
                var rows: [Double] = []
                for row in segment.start..<segment.start + segment.count {
                    for output in 0..<width {
                        let place = row * width + output
                        rows.append(known[place] > 0.5 ? values[place] : .nan)
                    }
                    rows += inputs[row * driven..<(row + 1) * driven]
                }
                let folds = (0..<segment.count).map { fold?(segment, $0) ?? 0 }
                var result = WatchedSegment(
                    channels: width + driven, outputs: width, rows: rows,
                    residuals: [[Double]](
                        repeating: [Double](repeating: .nan, count: segment.count * width), count: horizons.count),
                    folds: folds)
                let first = max(0, segment.count - (new ?? segment.count))
                for start in Swift.stride(from: first, to: segment.count, by: Self.piece) {
                    let end = min(segment.count, start + Self.piece)
                    fill(&result, start..<end, of: segment, table, isLeftOut: fold != nil)
                }
                return result
            }
        }
    }

    /// Residuals of some rows of a segment.
    private func fill(
        _ result: inout WatchedSegment, _ rows: Range<Int>, of segment: SignalTable.Segment, _ table: SignalTable,
        isLeftOut: Bool
    ) {
        let longest = horizons.last ?? 1
        let begin = max(0, rows.lowerBound - context)
        let count = rows.upperBound - begin
        guard count > history else { return }
        let members = model.architecture.members
        func cut(_ x: Tensor) -> Tensor {
            let part = x.narrow(dim: 0, start: segment.start + begin, length: count)
            return part.unsqueezed(0).unsqueezed(0).expanded(to: [members, 1, count, x.size(1)])
        }
        let states = model.encode(outputs: cut(table.outputs), mask: cut(table.mask), inputs: cut(table.inputs))
        let z = Tensor.stack(states, dim: 2).reshaped([members, count, states[0].size(2)])
        let width = table.outputs.size(1)
        var rolled = z
        let last = Int64(segment.start + rows.upperBound - 1)
        let first = Int64(segment.start + begin)
        // The input of each row, shifted by so many steps; behind the last it is held, and nothing is read there.
        func inputs(_ shift: Int) -> Tensor {
            let index = (0..<count).map { min(last, first + Int64($0 + shift)) }
            let x = table.inputs.indexSelect(dim: 0, Tensor(index, shape: [count]))
            return x.reshaped([1, count, 1, x.size(1)]).expanded(to: [members, count, 1, x.size(1)])
        }
        for step in 1...longest {
            rolled = model.rollout(from: rolled, inputs: inputs(step - 1), after: inputs(step))[0]
            guard let place = horizons.firstIndex(of: step) else { continue }
            let predicted = model.read(rolled)  // [members, start, output]
            let mean = predicted.mean(dim: 0).doubles()
            let each = isLeftOut ? predicted.doubles() : []
            for row in rows {
                let start = row - begin - step
                // The encoder has seen `history` rows of the segment.
                guard start >= 0, row - step >= history - 1 else { continue }
                for output in 0..<width {
                    let truth = result.rows[row * result.channels + output]
                    let guess =
                        isLeftOut
                        ? each[(result.folds[row] * count + start) * width + output] : mean[start * width + output]
                    result.residuals[place][row * width + output] = truth - guess
                }
            }
        }
    }
}
