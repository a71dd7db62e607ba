import Basics
public import Episodes
import Tensors

extension FrameDataset {
    /// A column of all rows, `[rows, width]`, such as actions; what was not recorded counts as 0.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or it cannot be read.
    func table(_ column: String) throws -> Tensor {
        var values = try recordedNumbers(column)
        for index in values.indices where values[index].isNaN { values[index] = 0 }
        return Tensor(values, shape: [layout.rowCount, values.count / max(1, layout.rowCount)])
    }

    /// What tells a recording from others, whatever file it lies in: the SHA-256 digest of the lengths of its episodes and of
    /// the actions. Pictures may be many gigabytes.
    ///
    /// - Throws: `ForesightError.data` when there are no actions, or they cannot be read.
    public func actionDigest() throws -> String {
        var digest = SHA256()
        for (episode, length) in layout.lengths.enumerated() {
            let numbers =
                [UInt32(truncatingIfNeeded: length)]
                + (try actions(episode: episode, rows: 0..<length)).map(\.bitPattern)
            numbers.map(\.littleEndian).withUnsafeBytes { digest.update($0) }
        }
        return digest.hex()
    }

    /// How many episodes such a share is: at least one, and not all.
    func heldOutCount(_ share: Double) -> Int {
        let count = layout.lengths.count
        return min(count - 1, max(1, Int((Double(count) * share).rounded())))
    }

    /// What is learned from and what is held out, at least one episode; the same for the same number of episodes and seed.
    ///
    /// - Throws: `ForesightError.data` for fewer than two episodes.
    func split(heldOut share: Double, seed: UInt64) throws -> (learned: FrameSubset<Self>, heldOut: FrameSubset<Self>) {
        let count = layout.lengths.count
        guard count >= 2 else {
            throw ForesightError.data(
                "\(source) holds \(count) episode\(count == 1 ? "" : "s"): one has to be held out",
                remedy: "record at least two; a file that holds several says in ep_len how many rows each has")
        }
        var generator = SeededGenerator(seed: seed, stream: 5)
        let order = (0..<count).shuffled(using: &generator)
        let kept = heldOutCount(share)
        return (
            FrameSubset(self, episodes: order[kept...].sorted()), FrameSubset(self, episodes: order[..<kept].sorted())
        )
    }
}
