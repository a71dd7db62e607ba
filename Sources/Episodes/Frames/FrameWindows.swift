import Basics
import Synchronization

/// Which windows of a data set there are, and in which order they come.
///
/// A window is `time` pictures, `skip` rows apart, each with the `skip` actions from its row on; it spans
/// `time · skip` rows and never crosses the end of an episode. The windows come in rounds: each comes once in a
/// round, in an order that seed and number of the round decide.
public final class FrameWindows: Sendable {
    /// Rows of a window.
    public let span: Int
    /// The windows of the episodes before each episode, and of all.
    private let starts: [Int]
    private let seed: UInt64
    /// Orders of the rounds that are in use: at the turn of a round, two.
    private let orders = Mutex<[(round: Int, order: [UInt32])]>([])

    /// The windows of episodes of these lengths.
    public init(lengths: [Int], span: Int, seed: UInt64) {
        self.span = span
        self.seed = seed
        var starts = [0]
        for length in lengths { starts.append(starts[starts.count - 1] + max(0, length - span + 1)) }
        self.starts = starts
    }

    /// How many windows there are.
    public var count: Int { starts[starts.count - 1] }

    /// The window that comes at a place in the endless sequence of rounds.
    public func window(at position: Int) -> FrameWindow {
        let (round, place) = position.quotientAndRemainder(dividingBy: count)
        let index = orders.withLock { orders in
            if let known = orders.first(where: { $0.round == round }) { return Int(known.order[place]) }
            var generator = SeededGenerator(seed: seed, stream: UInt64(round))
            var order = Array(0..<UInt32(count))
            order.shuffle(using: &generator)
            if orders.count > 1 { orders.removeFirst() }
            orders.append((round, order))
            return Int(order[place])
        }
        // The last episode whose first window is not after this one.
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= index { low = middle } else { high = middle }
        }
        return FrameWindow(episode: low, row: index - starts[low])
    }
}

extension FrameWindows {
    /// Windows of one episode each: that of a place in the sequence of rounds, and others that are drawn from its episode.
    ///
    /// - Parameters:
    ///   - position: The place.
    ///   - count: How many windows, some of which may be the same where the episode is short.
    /// - Returns: The windows, that of the place first.
    public func group(at position: Int, count: Int) -> [FrameWindow] {
        let first = window(at: position)
        var generator = SeededGenerator(seed: seed, stream: 0x6F0C_0000_0000 &+ UInt64(position))
        let choices = UInt64(starts[first.episode + 1] - starts[first.episode])
        return [first]
            + (1..<max(1, count)).map { _ in
                FrameWindow(episode: first.episode, row: Int(generator.next(upperBound: choices)))
            }
    }
}

/// Where a window begins.
public struct FrameWindow: Sendable, Hashable {
    /// The episode.
    public var episode: Int
    /// The row of its first picture.
    public var row: Int

    /// Creates a window.
    public init(episode: Int, row: Int) {
        self.episode = episode
        self.row = row
    }
}
