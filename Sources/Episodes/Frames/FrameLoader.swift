import Basics
import Foundation

/// Draws windows from a data set of pictures, on threads that work ahead of whoever trains.
///
///     let loader = try FrameLoader(frames, options: .init(batch: 32, time: 4, skip: 5, seed: 1))
///     let batch = try loader.next()    // batch.frames [32, 4, height, width, 3], batch.actions [32, 4, 5 · action]
///
/// The batches of a seed are the same whatever the number of threads. To go on after an interruption, give the index
/// of the batch that would have come next as `startIndex`. Dropping the loader ends its threads.
public final class FrameLoader: Sendable {
    /// What is drawn.
    public struct Options: Sendable, Hashable {
        /// Windows in a batch.
        public var batch: Int
        /// Windows of one episode in a batch, one behind the other; 1 draws all windows by themselves.
        public var group: Int
        /// Pictures in a window.
        public var time: Int
        /// Rows from one picture to the next, which is also how many actions are joined to one.
        public var skip: Int
        /// Decides the order of the windows.
        public var seed: UInt64
        /// Columns that are read at the rows of the pictures, such as `proprio`.
        public var columns: [String]
        /// Threads that read.
        public var workers: Int
        /// Batches that are held ready at most, those in work included.
        public var ahead: Int

        /// Creates options.
        public init(
            batch: Int, group: Int = 1, time: Int, skip: Int = 1, seed: UInt64, columns: [String] = [],
            workers: Int = 2,
            ahead: Int = 4
        ) {
            precondition(batch > 0 && time > 0 && skip > 0, "batches of \(batch) × \(time), every \(skip) rows")
            precondition(workers > 0 && ahead > 0, "\(workers) threads, \(ahead) batches ahead")
            precondition(group > 0 && batch % group == 0, "batches of \(batch) in groups of \(group)")
            self.batch = batch
            self.group = group
            self.time = time
            self.skip = skip
            self.seed = seed
            self.columns = columns
            self.workers = workers
            self.ahead = ahead
        }
    }

    /// What is drawn.
    public let options: Options
    private let queue: FrameQueue

    /// Begins to draw.
    ///
    /// - Parameters:
    ///   - dataset: What is drawn from.
    ///   - options: What is drawn.
    ///   - startIndex: The batch that comes first.
    /// - Throws: `ForesightError.data` when no episode is as long as a window, or a column is missing.
    public init(_ dataset: some FrameDataset, options: Options, startIndex: Int = 0) throws {
        precondition(startIndex >= 0, "batch \(startIndex)")
        self.options = options
        let reader = try FrameBatchReader(dataset, options: options)
        let queue = FrameQueue(startIndex: startIndex, ahead: options.ahead)
        self.queue = queue
        for number in 1...options.workers {
            let thread = Thread {
                while let index = queue.claim() {
                    queue.deliver(Result { try reader.batch(index) }, at: index)
                }
            }
            thread.name = "frames \(number)"
            thread.start()
        }
        windowCount = reader.windows.count
    }

    deinit { queue.stop() }

    /// How many windows the data set has; after so many each has come once.
    public let windowCount: Int
    /// The index of the batch that comes next; with the seed all that is needed to go on later.
    public var nextIndex: Int { queue.nextIndex }
    /// The part of the time since the first batch was asked for in which whoever trains did not wait, 0 to 1.
    public var busyShare: Double { queue.busyShare }

    /// The next batch; waits until it is there.
    ///
    /// - Throws: `ForesightError.data` when a file cannot be read or is damaged.
    public func next() throws -> FrameBatch { try queue.next().get() }
}

/// Windows of pictures with actions.
public struct FrameBatch: Sendable {
    /// The place in the sequence of batches.
    public var index: Int
    /// Windows.
    public var batch: Int
    /// Pictures in a window.
    public var time: Int
    /// The size of the pictures.
    public var frameSize: FrameSize
    /// The pictures, `[batch, time, height, width, 3]`.
    public var frames: [UInt8]
    /// The actions from the row of each picture on, `[batch, time, skip · action]`; 0 where the recording has none.
    public var actions: [Float]
    /// The columns that were asked for, `[batch, time, width]`, in the order of the options.
    public var columns: [[Float]]
    /// Where each window begins.
    public var windows: [FrameWindow]
}
