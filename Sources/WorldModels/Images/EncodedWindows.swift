import Basics
import Episodes
import Tensors

/// Windows of representations that are known already: what a predictor learns from when its encoder does not learn.
///
/// Each window comes once in a round, in the order of ``FrameWindows``; which come in an optimiser step follows from its number.
final class EncodedWindows {
    /// Representations in a window.
    let time: Int

    private let table: Tensor
    private let actions: Tensor
    private let offsets: [Int]
    private let windows: FrameWindows
    private let (batch, block, padded): (Int, Int, Int)
    private let device: Device

    /// - Parameters:
    ///   - table: Representations of all rows, `[rows, D]`.
    ///   - actions: Normalised actions of the same rows, `[rows, action]`.
    ///   - layout: The episodes.
    ///   - time: Representations in a window.
    ///   - padded: Rows at the start of an episode that have not as many pictures behind them as the encoder sees at once.
    ///   - settings: Rows of a step, windows of a batch, seed.
    ///   - source: Where the episodes come from, for errors.
    ///   - device: Where batches are wanted; the table stays where it is.
    /// - Throws: `ForesightError.data` when no episode is as long as a window.
    init(
        table: Tensor, actions: Tensor, layout: FrameLayout, time: Int, padded: Int, settings: ImageSettings,
        source: String, device: Device = .cpu
    ) throws {
        self.device = device
        (self.table, self.actions, self.time, self.padded) = (table, actions, time, padded)
        (batch, block, offsets) = (settings.batch, settings.block, layout.offsets)
        windows = FrameWindows(
            lengths: layout.lengths.map { max(0, $0 - padded) }, span: (time - 1) * settings.block + 1,
            seed: UInt64(max(0, settings.seed)))
        guard windows.count > 0 else {
            throw ForesightError.data(
                "\(source): the longest of \(layout.lengths.count) episodes has \(layout.lengths.max() ?? 0) rows, a window "
                    + "of \(time) pictures every \(block) rows needs \(windows.span + padded)",
                remedy: "choose a smaller history or block, or record longer episodes")
        }
    }

    /// The batch of an optimiser step: representations `[batch, time, D]`, float32, and the actions between them,
    /// `[batch, time − 1, block · action]`.
    func batch(_ index: Int) -> (encoded: Tensor, actions: Tensor) {
        let firsts = (0..<batch).map { place in
            let window = windows.window(at: index * batch + place)
            return offsets[window.episode] + padded + window.row
        }
        func rows(_ count: Int, every step: Int) -> Tensor {
            Tensor(firsts.flatMap { first in (0..<count).map { Int64(first + $0 * step) } }, shape: [batch * count])
        }
        let z = table.indexSelect(dim: 0, rows(time, every: block)).to(dtype: .float32)
        let driving = actions.indexSelect(dim: 0, rows((time - 1) * block, every: 1))
        return (
            z.reshaped([batch, time, table.size(1)]).to(device: device),
            driving.reshaped([batch, time - 1, block * actions.size(1)]).to(device: device)
        )
    }
}
