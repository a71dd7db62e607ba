import Basics

/// Takes the episodes of a data set one after the other, as its layout has announced them.
public protocol FrameWriter {
    /// Writes the next episode.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be saved.
    func append(_ episode: FrameEpisode) throws
}

extension FrameWriter {
    /// Writes all episodes of a data set, and calls `progress` after each with their number.
    ///
    /// - Throws: `ForesightError.data` when one cannot be read, `.failure` when it cannot be saved.
    public func append(all dataset: some FrameDataset, progress: (Int) throws -> Void = { _ in }) throws {
        for index in dataset.layout.lengths.indices {
            try append(try dataset.episode(index))
            try progress(index + 1)
        }
    }
}

/// Keeps account of which episode comes next.
struct FrameCount {
    let layout: FrameLayout
    private(set) var done = 0

    init(_ layout: FrameLayout) { self.layout = layout }

    /// Counts an episode; stops the program when it is not the one that was announced. Returns its index.
    mutating func next(_ episode: FrameEpisode) -> Int {
        precondition(done < layout.lengths.count, "more than \(layout.lengths.count) episodes")
        let rows = layout.rows(of: episode)
        precondition(rows == layout.lengths[done], "episode \(done) has \(rows) rows, not \(layout.lengths[done])")
        defer { done += 1 }
        return done
    }

    /// Stops the program when episodes are missing.
    func finish() {
        precondition(done == layout.lengths.count, "\(done) of \(layout.lengths.count) episodes were written")
    }
}
