import Basics
public import Episodes
import Networks
import Perception
public import Tensors

/// A training from recorded pictures as a whole, to a model ready for planning.
///
///     let training = try ImageTraining(frames, actions: channels, samplingTime: 0.1, settings: settings)
///     while !training.trainer.isFinished { _ = try training.run(100) }
///     try training.learnHeads()
///     let model = training.model()
public final class ImageTraining<Frames: FrameDataset> {
    /// The settings.
    public let settings: ImageSettings
    /// Where encoder and predictor learn; what stands on them learns on the processor.
    public let device: Device
    /// The training of encoder and predictor.
    public let trainer: ImageTrainer
    /// The episodes that are learned from.
    public let learned: FrameSubset<Frames>
    /// The episodes that nothing learns from.
    public let heldOut: FrameSubset<Frames>
    /// How actions are normalised.
    public let actionScaling: ActionScaling
    /// How proprioception is normalised; `nil` for a model that only sees.
    public let sensing: ActionScaling?
    /// What tells the recording from others.
    let recording: String
    /// The least and the greatest value of each action that was recorded.
    public let recordedActions: [ClosedRange<Double>]
    /// How far apart representations are, once that is learned.
    public private(set) var distance: TemporalDistance?
    /// What is read off representations, once that is learned.
    public private(set) var readout: ImageReadout?
    /// How surprising an observed step is, once heads are learned; `nil` where too little is held out to tell.
    public private(set) var surprise: PictureSurprise?
    /// The regions of what can be seen that were labelled, once they are learned.
    public private(set) var regions: [ImageRegion] = []
    /// How good the representations of held-out episodes are, once heads are learned.
    public private(set) var health: ImageHealth?

    let actions: [Channel]
    private let names: [String: [String]]
    private let angles: Set<String>
    private let samplingTime: Double
    /// Reads pictures; `nil` where a frozen encoder has seen them all before.
    private let loader: FrameLoader?
    /// The type that tokens of a frozen encoder are kept in; `nil` for an encoder that learns.
    let precision: DType?
    /// The tokens of all rows of what is learned from and what is held out, once a frozen encoder has seen them.
    var tables: (learned: (Tensor, [Range<Int>]), heldOut: (Tensor, [Range<Int>]))?
    /// Windows of the tokens.
    var windows: EncodedWindows?
    /// The training of the predictor alone, once it began.
    var predictorTraining: PredictorTraining?
    /// How far the predictor alone was when the run was saved that this one goes on from.
    var resumedPredictor: PredictorTraining.State?
    private let stack: Int
    /// Representations of what is learned from and what is held out, once heads are learned.
    private(set) var encodings: (learned: EncodedRows, heldOut: EncodedRows)?

    /// γ of the temporal distance, for each row.
    private static var discount: Double { 0.99 }

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - actions: What could be done, with limits.
    ///   - samplingTime: Seconds between rows.
    ///   - names: What the numbers of columns are called, by the name of the column.
    ///   - angles: The numbers of the state that are directions, rad.
    ///   - settings: How to train.
    ///   - device: Where encoder and predictor learn; one that is available.
    ///   - workers: Threads that read pictures.
    ///   - startIndex: Optimiser steps that were taken before, by a run that is resumed.
    /// - Throws: `ForesightError.data` when there are fewer than two episodes, no actions or a row without them that another
    ///   follows, no proprioception that is asked for or a row without it, no row with all the numbers that readouts or probes
    ///   are of, no episode is as long as a window, or pictures are of a size that the encoder cannot halve;
    ///   `ForesightError.usage` for settings that do not fit together.
    public init(
        _ frames: Frames, actions: [Channel], samplingTime: Double, names: [String: [String]] = [:],
        angles: [String] = [], settings: ImageSettings, device: Device = .cpu, workers: Int = 1, startIndex: Int = 0
    ) throws {
        try settings.validate(path: "")
        (self.settings, self.device) = (settings, device)
        (self.actions, self.samplingTime, self.names, self.angles) = (actions, samplingTime, names, Set(angles))
        let seed = UInt64(max(0, settings.seed))
        (learned, heldOut) = try frames.split(heldOut: settings.heldOut, seed: seed)
        let width = actions.count
        var recorded: [Float] = []
        for (episode, length) in learned.layout.lengths.enumerated() {
            let values = try learned.actions(episode: episode, rows: 0..<length)
            guard values.count == length * width else {
                throw ForesightError.data(
                    "\(frames.source) holds \(values.count / max(1, length)) actions a row, \(width) are declared",
                    remedy: "declare the actions that were recorded")
            }
            // Whole rows, so that the numbers of the others stay where they belong.
            for row in stride(from: 0, to: values.count, by: max(1, width)) {
                let action = values[row..<row + width]
                if !action.contains(where: \.isNaN) { recorded += action }
            }
        }
        try frames.checkActions()
        recording = try frames.actionDigest()
        actionScaling = ActionScaling(actions: recorded, count: width)
        recordedActions = (0..<width).map { index in
            let values = stride(from: index, to: recorded.count, by: width).map { Double(recorded[$0]) }
            return (values.min() ?? 0)...(values.max() ?? 0)
        }
        sensing = try settings.proprioception ? Self.sensing(learned) : nil
        try Self.checkNumbers(learned: learned, heldOut: heldOut, settings: settings)
        stack = settings.stack
        let size = frames.layout.frameSize
        let frozen = try settings.frozenEncoder(imageSize: [size.height, size.width])
        precision = try frozen.map { try settings.precision(rows: frames.layout.rowCount, width: $0.width) }
        loader =
            try frozen != nil
            ? nil
            : FrameLoader(
                learned,
                options: .init(
                    batch: settings.batch, group: settings.group, time: settings.stack + settings.windowSteps,
                    skip: settings.block, seed: seed,
                    columns: settings.proprioception ? [FrameColumn.proprioception] : [],
                    workers: workers), startIndex: startIndex)
        try Self.checkLengths(learned, settings: settings)
        guard (sensing?.mean.count ?? 0) < settings.width else {
            throw ForesightError.usage(
                "width \(settings.width) leaves nothing for pictures beside \(sensing?.mean.count ?? 0) numbers of proprioception",
                remedy: "choose a greater width")
        }
        let sizes = settings.architecture(
            imageSize: [size.height, size.width], actions: width, sensed: sensing?.mean.count ?? 0, frozen: frozen)
        let shrink = 1 << sizes.channels.count
        guard sizes.encoder != .strided || (size.height % shrink == 0 && size.width % shrink == 0) else {
            throw ForesightError.data(
                "\(frames.source) holds pictures of \(size) pixels, which the encoder cannot halve "
                    + "\(sizes.channels.count) times",
                remedy:
                    "record or scale them to multiples of \(shrink) pixels, such as 64 × 64, or choose encoder=impala")
        }
        let generator = ImageTrainer.generator(settings, on: device)
        let model = try ImageWorldModel(sizes, seed: Seed(seed), generator: generator)
        if let frozen, let encoder = model.encoder as? FrozenEncoder { try encoder.load(frozen.stateDict()) }
        if device != .cpu { model.move(to: device) }
        trainer = try ImageTrainer(model, settings: settings, generator: generator)
    }

    /// Takes optimiser steps on windows of what is learned from.
    ///
    /// - Throws: `ForesightError.data` when pictures cannot be read.
    public func run(_ count: Int) throws -> ImageReport {
        move(to: device)
        guard let loader else {
            try prepare()
            guard let windows else { preconditionFailure("windows are there once tokens are") }
            return trainer.run(count, encoded: windows.batch)
        }
        return try trainer.run(count) { self.batch(try loader.next()) }
    }

    /// The part of the time in which training did not wait for pictures, 0 to 1.
    public var busyShare: Double { loader?.busyShare ?? 1 }

    /// Learns what stands on representations and changes none: how far apart they are, and what was recorded beside the
    /// pictures; then judges all on held-out episodes.
    ///
    /// - Parameters:
    ///   - labelled: Columns of 0 and 1 that say which rows lie in a region; each region is called like its column.
    ///   - progress: Hears how much of it is done, 0 to 1, and what; may throw to end it.
    /// - Throws: `ForesightError.data` when pictures cannot be read, or a region is labelled too sparsely;
    ///   `ForesightError.usage` for a region whose name is taken; what `progress` throws.
    public func learnHeads(
        regions labelled: [String] = [], progress: (Double, String) throws -> Void = { _, _ in }
    ) throws {
        let seed = Seed(UInt64(max(0, settings.seed)))
        let (encoded, others) = try encodeRows { try progress(0.2 * $0, "encoding") }
        encodings = (encoded, others)
        try learnPredictor(encoded) { try progress(0.2 + 0.35 * $0, $1) }
        let begun = settings.predictorSteps > 0 ? 0.55 : 0.2
        move(to: .cpu)
        if settings.distanceSteps > 0 {
            let training = try TemporalDistanceTraining(
                encoded.representations.narrow(dim: 1, start: 0, length: trainer.model.architecture.seenSummaryWidth),
                episodes: encoded.episodes, hidden: settings.hidden,
                discount: Self.discount, steps: settings.distanceSteps, seed: seed)
            while training.step < settings.distanceSteps {
                _ = training.run(min(100, settings.distanceSteps - training.step))
                let share = Double(training.step) / Double(settings.distanceSteps)
                try progress(begun + (0.9 - begun) * share, "temporal distance")
            }
            distance = training.distance
        }
        try progress(0.9, "readouts and health")
        let actions = try actionScaling.normalised(heldOut.table(FrameColumn.action))
        let runs = ImageFreeRuns(trainer.model, encoded: others, actions: actions, steps: settings.reach)
        surprise = PictureSurprise(StepResiduals(trainer.model, encoded: others, actions: actions))
        if learned.layout.columns.contains(where: { $0.name == FrameColumn.proprioception }) {
            let values = try learned.recorded(FrameColumn.proprioception)
            let network = StateReadout(encoded.representations, values: values, seed: seed)
            let bands = ReadoutBands(
                runs, readout: network, values: try heldOut.recorded(FrameColumn.proprioception))
            let names = columnNames(FrameColumn.proprioception, count: network.count)
            readout = ImageReadout(network: network, names: names, bands: bands)
        }
        regions = try labelled.map { name in
            let labels = (
                try RegionLabels(column: name, of: learned), try RegionLabels(column: name, of: heldOut)
            )
            return try ImageRegion(
                name, learned: (encoded, labels.0.episodes.flatMap { $0 }),
                heldOut: (others, labels.1.episodes.flatMap { $0 }), runs: runs, seed: seed)
        }
        health = ImageHealth(
            others.representations, runs: runs, probe: try probe(encoded, others, seed: seed))
        try progress(1, "readouts and health")
    }

    /// Checks, before anything is learned, that regions are labelled and can be called like their columns.
    ///
    /// - Throws: As ``learnHeads(regions:progress:)`` does of them.
    public func check(regions labelled: [String]) throws {
        let width = learned.layout.columns.first { $0.name == FrameColumn.proprioception }?.width ?? 0
        for name in labelled {
            try TrainedImageModel.check(
                region: name, readouts: columnNames(FrameColumn.proprioception, count: width), actions: actions)
            _ = try RegionLabels(column: name, of: learned)
            let labels = try RegionLabels(column: name, of: heldOut)
            let (starts, lengths) = (heldOut.layout.offsets, heldOut.layout.lengths)
            try RegionBands.check(
                labels.episodes.flatMap { $0 }, episodes: zip(starts, lengths).map { $0..<$0 + $1 },
                block: settings.block, steps: settings.reach, name: name)
        }
    }

    /// How well the true state can be read, where it was recorded.
    private func probe(_ encoded: EncodedRows, _ others: EncodedRows, seed: Seed) throws -> StateProbe? {
        guard learned.layout.columns.contains(where: { $0.name == FrameColumn.state }) else { return nil }
        let states = try learned.recorded(FrameColumn.state)
        return StateProbe(
            encoded.representations, states: states,
            judged: (others.representations, try heldOut.recorded(FrameColumn.state)),
            names: columnNames(FrameColumn.state, count: states.size(1)), angles: angles, seed: seed)
    }

    /// The names of the numbers of a column.
    private func columnNames(_ column: String, count: Int) -> [String] {
        let known = names[column] ?? []
        return known.count == count ? known : (0..<count).map { "\(column)_\($0)" }
    }

    /// The model as it is now.
    ///
    /// - Parameter known: What is known about the data; how many there are and how they were split is added here.
    /// - Returns: The model, in evaluation mode, on the processor.
    public func model(origin known: ModelOrigin = ModelOrigin()) -> TrainedImageModel {
        move(to: .cpu)
        var origin = known
        origin.samples = learned.layout.rowCount + heldOut.layout.rowCount
        origin.episodes = learned.layout.lengths.count + heldOut.layout.lengths.count
        origin.split = "\(heldOut.layout.lengths.count) episodes were held out."
        origin.epochs = trainer.step
        var model = TrainedImageModel(
            network: trainer.model, distance: distance, readout: readout, surprise: surprise, regions: regions,
            actionChannels: actions, actionScaling: actionScaling, sensing: sensing,
            recordedActions: recordedActions, samplingTime: samplingTime, horizon: settings.reach, settings: settings,
            origin: origin)
        model.recording = recording
        return model
    }
}
