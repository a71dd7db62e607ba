import Basics
public import Episodes
import Networks
import Tensors

/// A region of what can be seen, by its name, and how surely it is told from predictions.
public struct ImageRegion {
    /// What goals and guardrails call it.
    public let name: String
    /// What tells it.
    public let classifier: RegionClassifier
    /// What is promised.
    public let bands: RegionBands

    /// Puts a region together.
    public init(name: String, classifier: RegionClassifier, bands: RegionBands) {
        self.name = name
        self.classifier = classifier
        self.bands = bands
    }

    /// Learns from some rows, and measures on others.
    ///
    /// - Throws: `ForesightError.data` when only one side of the region is labelled, or too few held-out predictions are.
    init(
        _ name: String, learned: (rows: EncodedRows, labels: [Float]), heldOut: (rows: EncodedRows, labels: [Float]),
        runs: ImageFreeRuns, seed: Seed, mayHoldOutMore: Bool = true
    ) throws {
        let passages = RegionPassages(learned.labels, episodes: learned.rows.episodes, block: runs.block)
        for (found, side) in [(passages.inside, "inside"), (passages.outside, "outside")] where found.isEmpty {
            throw ForesightError.data(
                "no row that is learned from is labelled as \(side) of the region \(name)",
                remedy: "label rows on both sides of its border")
        }
        let classifier = RegionClassifier(
            learned.rows.representations, passages: passages, seed: seed["regions"][name])
        self.init(
            name: name, classifier: classifier,
            bands: try RegionBands(
                runs, encoded: heldOut.rows, classifier: classifier, labels: heldOut.labels, name: name,
                mayHoldOutMore: mayHoldOutMore))
    }
}

extension TrainedImageModel {
    /// Names that channels of their own have.
    private static let reserved = ["distance", "difference", "novelty", "end"]

    /// Checks that a region can be called so.
    ///
    /// - Throws: `ForesightError.usage` for a name that something else has.
    static func check(region name: String, readouts: [String], actions: [Channel]) throws {
        let taken = reserved + readouts + actions.map(\.name)
        guard !name.isEmpty, !taken.contains(name), !name.hasPrefix("distance_"), !name.hasPrefix("difference_") else {
            throw ForesightError.usage(
                "a region cannot be called '\(name)': goals and guardrails know something else by that name",
                remedy: "choose a name such as unsafe")
        }
    }

    /// Learns a region of what can be seen, and nothing else: encoder and predictor stay as they are. A region of the same
    /// name is replaced.
    ///
    /// Of the recording that the model learned from the same episodes are held out as then, or fewer: predictions of the
    /// others are better than those of new ones, and would promise too much. Of another one any: the model knows none of it.
    /// - Parameters:
    ///   - name: What goals and guardrails will call it.
    ///   - labels: Which rows lie inside.
    ///   - frames: The labelled recording.
    ///   - heldOut: The share of the episodes that the promise is measured on; that of the model by default, which is also
    ///     the most of the recording that it learned from.
    ///   - progress: Hears how much is done, 0 to 1; may throw to end it.
    /// - Throws: `ForesightError.data` when the recording is of other pictures or actions, lacks a number of
    ///   proprioception or an action that a row follows, cannot be read, or is labelled too sparsely;
    ///   `ForesightError.usage` for a name that is taken, or a share that takes in what the model learned from; what
    ///   `progress` throws.
    public mutating func learnRegion(
        _ name: String, labels: RegionLabels, in frames: some FrameDataset, heldOut: Double? = nil,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        try Self.check(region: name, readouts: readout?.names ?? [], actions: actionChannels)
        let (size, sizes) = (frames.layout.frameSize, network.architecture)
        guard [size.height, size.width] == sizes.imageSize else {
            throw ForesightError.data(
                "\(frames.source) holds pictures of \(size) pixels, the model sees \(sizes.imageSize[1]) × "
                    + "\(sizes.imageSize[0])",
                remedy: "label a recording like the one that the model learned from")
        }
        guard frames.layout.actionWidth == sizes.actions else {
            throw ForesightError.data(
                "\(frames.source) holds \(frames.layout.actionWidth) actions a row, the model knows \(sizes.actions)",
                remedy: "label a recording like the one that the model learned from")
        }
        let sensed = frames.layout.columns.first { $0.name == FrameColumn.proprioception }?.width ?? 0
        guard sizes.sensed == 0 || sensed == sizes.sensed else {
            throw ForesightError.data(
                "\(frames.source) holds \(sensed) numbers of proprioception a row, the model was trained with \(sizes.sensed)",
                remedy: "label a recording like the one that the model learned from")
        }
        try frames.checkActions()
        if sensing != nil { try frames.checkComplete(FrameColumn.proprioception) }
        let seed = UInt64(max(0, settings.seed))
        let isOwn = try hasLearned(from: frames)
        let share = heldOut ?? settings.heldOut
        let (most, count) = (frames.heldOutCount(settings.heldOut), frames.layout.lengths.count)
        guard !isOwn || frames.heldOutCount(share) <= most else {
            throw ForesightError.usage(
                "\(frames.source) is what the model learned from, \(most) of \(count) episodes aside: of no others can be "
                    + "told how surely a region is predicted, and \(share.yaml) of them are to be held out",
                remedy: "leave --held-out out, or label a recording that the model did not learn from")
        }
        let (learned, others) = try frames.split(heldOut: share, seed: seed)
        let total = Double(max(1, frames.layout.rowCount))
        let encoded = try EncodedRows(network, learned, sensing: sensing) { try progress(0.8 * Double($0) / total) }
        let judged = try EncodedRows(network, others, sensing: sensing) {
            try progress(0.8 * Double(learned.layout.rowCount + $0) / total)
        }
        let runs = ImageFreeRuns(
            network, encoded: judged, actions: actionScaling.normalised(try others.table(FrameColumn.action)),
            steps: horizon)
        let region = try ImageRegion(
            name, learned: (encoded, labels.joined(learned.episodes)),
            heldOut: (judged, labels.joined(others.episodes)), runs: runs, seed: Seed(seed), mayHoldOutMore: !isOwn)
        regions.removeAll { $0.name == name }
        regions.append(region)
        try progress(1)
    }

    /// Whether a recording is the one that the model learned from. Of models from before that was kept the numbers of
    /// episodes and rows tell.
    private func hasLearned(from frames: some FrameDataset) throws -> Bool {
        if let recording { return try frames.actionDigest() == recording }
        return origin.episodes == frames.layout.lengths.count && origin.samples == frames.layout.rowCount
    }
}
