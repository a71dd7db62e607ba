import Basics
import Episodes
public import Perception
import Tensors

extension ImageSettings {
    /// Bytes of a gibibyte, in which `memory` is said.
    private static let gibibyte = 1_073_741_824.0

    /// The frozen encoder that these settings name, for pictures `[height, width]`; `nil` for a recipe that learns one.
    ///
    /// - Throws: As `FrozenEncoder.load` does.
    public func frozenEncoder(imageSize: [Int]) throws -> FrozenEncoder? {
        guard try isFrozen, let pretrained else { return nil }
        return try FrozenEncoder.load(pretrained, pictures: imageSize, side: side, grid: grid, stack: stack)
    }

    /// The precision in which so many representations fit into the memory that is allowed: float32 where they do.
    ///
    /// - Throws: `ForesightError.usage` where they do not even in float16, with the bytes and what would do.
    func precision(rows: Int, width: Int) throws -> DType {
        let (limit, numbers) = (memory * Self.gibibyte, Double(rows) * Double(width))
        if 4 * numbers <= limit { return .float32 }
        if 2 * numbers <= limit { return .float16 }
        func words(_ bytes: Double) -> String {
            let gibibytes = bytes / Self.gibibyte
            return gibibytes >= 0.1
                ? "\((gibibytes * 100).rounded() / 100) GiB" : "\((gibibytes * 1024 * 100).rounded() / 100) MiB"
        }
        throw ForesightError.usage(
            "the tokens of \(rows) pictures, \(width) numbers each, take \(words(2 * numbers)) as float16; memory allows "
                + words(limit),
            remedy: "choose a smaller grid, fewer pictures, or memory of at least "
                + "\((2 * numbers / Self.gibibyte * 1000).rounded(.up) / 1000)")
    }
}

extension ImageTraining {
    /// Bytes that the tokens of all rows take; 0 for an encoder that learns.
    public var tableBytes: Int {
        let rows = learned.layout.rowCount + heldOut.layout.rowCount
        return precision.map { rows * trainer.model.architecture.width * $0.byteCount } ?? 0
    }

    /// Encodes all rows once, where the encoder is frozen, so that an optimiser step costs no more than the predictor. Does
    /// nothing else, and nothing where it was done; ``run(_:)`` and ``learnHeads(regions:progress:)`` do it where it was not.
    ///
    /// - Parameter progress: Hears how many rows are done, of how many; may throw to end it.
    /// - Throws: `ForesightError.data` when pictures cannot be read or no episode is as long as a window; what `progress` throws.
    public func prepare(progress: (Int, Int) throws -> Void = { _, _ in }) throws {
        guard let precision, tables == nil else { return }
        move(to: device)
        let (model, total) = (trainer.model, learned.layout.rowCount + heldOut.layout.rowCount)
        let first = try EncodedRows.table(model, learned, dtype: precision) { try progress($0, total) }
        let second = try EncodedRows.table(model, heldOut, dtype: precision) {
            try progress(learned.layout.rowCount + $0, total)
        }
        (model.predictor as? CentredPredictor)?.fit(first.0.sampled(most: 4000))
        windows = try EncodedWindows(
            table: first.0, actions: actionScaling.normalised(try learned.table(FrameColumn.action)),
            layout: learned.layout,
            time: 1 + settings.windowSteps,
            padded: (settings.stack - 1) * settings.block,
            settings: settings, source: learned.source, device: device)
        tables = (first, second)
    }

    /// Representations of what is learned from and what is held out, those of a frozen encoder summed up for heads.
    func encodeRows(progress: (Double) throws -> Void) throws -> (learned: EncodedRows, heldOut: EncodedRows) {
        let rows = Double(max(1, learned.layout.rowCount + heldOut.layout.rowCount))
        try prepare { done, _ in try progress(Double(done) / rows) }
        if let tables {
            move(to: .cpu)
            trainer.model.summary?.fit(tables.learned.0)
            func summed(_ table: (Tensor, [Range<Int>])) -> EncodedRows {
                EncodedRows(trainer.model, full: table.0, episodes: table.1)
            }
            return (summed(tables.learned), summed(tables.heldOut))
        }
        move(to: device)
        let encoded = try EncodedRows(trainer.model, learned, sensing: sensing) { try progress(Double($0) / rows) }
        let others = try EncodedRows(trainer.model, heldOut, sensing: sensing) {
            try progress(Double(learned.layout.rowCount + $0) / rows)
        }
        return (encoded, others)
    }
}
