import Basics

/// Reads the windows of a batch.
struct FrameBatchReader: Sendable {
    let windows: FrameWindows
    private let dataset: any FrameDataset
    private let options: FrameLoader.Options
    private let action: Int?
    private let columns: [Int]

    /// - Throws: `ForesightError.data` when no episode is as long as a window, or a column is missing.
    init(_ dataset: some FrameDataset, options: FrameLoader.Options) throws {
        self.dataset = dataset
        self.options = options
        let layout = dataset.layout
        action = layout.columns.firstIndex { $0.name == FrameColumn.action }
        columns = try options.columns.map { try layout.index(of: $0, source: dataset.source) }
        windows = FrameWindows(lengths: layout.lengths, span: options.time * options.skip, seed: options.seed)
        guard windows.count > 0 else {
            throw ForesightError.data(
                "\(dataset.source): the longest of \(layout.lengths.count) episodes has "
                    + "\(layout.lengths.max() ?? 0) rows, a window of \(options.time) pictures every \(options.skip) "
                    + "rows needs \(windows.span)",
                remedy: "take fewer pictures or a smaller skip, or record longer episodes")
        }
        precondition(windows.count <= UInt32.max, "\(windows.count) windows")
    }

    /// The batch at a place in the sequence.
    func batch(_ index: Int) throws -> FrameBatch {
        let groups = options.batch / options.group
        let chosen = (0..<groups).flatMap { windows.group(at: index * groups + $0, count: options.group) }
        let layout = dataset.layout
        let size = options.time * layout.frameSize.byteCount
        let frames = try [UInt8](unsafeUninitializedCapacity: options.batch * size) { buffer, filled in
            for (place, window) in chosen.enumerated() {
                // The last picture needs no rows behind it: what lies there is skipped.
                let rows = window.row..<window.row + (options.time - 1) * options.skip + 1
                try dataset.readFrames(
                    episode: window.episode, rows: rows, stride: options.skip,
                    into: .init(rebasing: buffer[place * size..<(place + 1) * size]))
            }
            filled = options.batch * size
        }
        var actions: [Float] = []
        if let action {
            actions = try read(action, chosen)
            // Recordings mark that no action followed by NaN; LeWorldModel trains on 0 in its place.
            for index in actions.indices where actions[index].isNaN { actions[index] = 0 }
        }
        return FrameBatch(
            index: index, batch: options.batch, time: options.time, frameSize: layout.frameSize, frames: frames,
            actions: actions,
            columns: try columns.map { column in
                let all = try read(column, chosen)
                guard options.skip > 1 else { return all }
                let width = layout.columns[column].width
                return stride(from: 0, to: all.count, by: options.skip * width).flatMap { all[$0..<$0 + width] }
            },
            windows: chosen)
    }

    /// All rows of a column in the windows, `[batch, time · skip, width]`.
    private func read(_ column: Int, _ chosen: [FrameWindow]) throws -> [Float] {
        let size = windows.span * dataset.layout.columns[column].width
        return try [Float](unsafeUninitializedCapacity: chosen.count * size) { buffer, filled in
            for (place, window) in chosen.enumerated() {
                try dataset.readColumn(
                    column, episode: window.episode, rows: window.row..<window.row + windows.span,
                    into: .init(rebasing: buffer[place * size..<(place + 1) * size]))
            }
            filled = chosen.count * size
        }
    }
}
