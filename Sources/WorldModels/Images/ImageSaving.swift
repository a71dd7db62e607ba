import Basics
public import Episodes

/// Saves a training from pictures each minute, and where somebody ends it.
///
///     let saving = ImageSaving(training, data: "squares", path: path)
///     while !training.trainer.isFinished {
///         let report = try training.run(50)
///         try saving.during(isLast: training.trainer.isFinished) { try tell(report) }
///     }
public final class ImageSaving<Frames: FrameDataset> {
    private let training: ImageTraining<Frames>
    private let data: String
    private let path: String?
    private let pause: Duration
    private var saved = ContinuousClock.now

    /// Begins to count the time; nothing is saved yet.
    ///
    /// - Parameters:
    ///   - training: The run.
    ///   - data: What it learns from, in words that differ where the data do.
    ///   - path: The file, as of `ImageCheckpoint`; `nil` to save nothing.
    ///   - pause: The time between two checkpoints.
    public init(_ training: ImageTraining<Frames>, data: String, path: String?, pause: Duration = .seconds(60)) {
        (self.training, self.data, self.path, self.pause) = (training, data, path, pause)
    }

    /// Tells how far it is, and saves where that ends it or the time has come.
    ///
    /// - Parameters:
    ///   - isLast: Whether to save however short the time was, as behind the last step.
    ///   - progress: Hears of it; may throw to end it.
    /// - Throws: What `progress` throws, once everything is saved; `ForesightError.failure` when it cannot be.
    public func during(isLast: Bool = false, _ progress: () throws -> Void) throws {
        do {
            try progress()
        } catch {
            try save()
            throw error
        }
        if isLast || ContinuousClock.now - saved > pause { try save() }
    }

    private func save() throws {
        try path.map { try ImageCheckpoint.save(training, data: data, to: $0) }
        saved = .now
    }
}
