public import Episodes
public import Networks
public import Tensors

/// A world model from pictures with all that planning needs of it.
public struct TrainedImageModel {
    /// The network.
    public let network: ImageWorldModel
    /// How far apart representations are; `nil` when it was not learned.
    public let distance: TemporalDistance?
    /// What is read off representations; `nil` when nothing was recorded beside the pictures.
    public let readout: ImageReadout?
    /// Regions of what can be seen, by name; learned from labelled frames, at any time.
    public internal(set) var regions: [ImageRegion]
    /// What can be done, with limits, physical units.
    public let actionChannels: [Channel]
    /// How actions are normalised.
    public let actionScaling: ActionScaling
    /// Seconds between two rows of the record.
    public let samplingTime: Double
    /// Steps of the model that training rolled out.
    public let horizon: Int
    /// The least and the greatest value of each action in the record, physical units.
    public let recordedActions: [ClosedRange<Double>]
    /// What it was trained with.
    public let settings: ImageSettings
    /// What it was trained on, and how that went.
    public var origin: ModelOrigin

    /// Puts a model together; the networks are put into evaluation mode.
    public init(
        network: ImageWorldModel, distance: TemporalDistance?, readout: ImageReadout? = nil,
        regions: [ImageRegion] = [],
        actionChannels: [Channel], actionScaling: ActionScaling,
        recordedActions: [ClosedRange<Double>], samplingTime: Double, horizon: Int, settings: ImageSettings,
        origin: ModelOrigin
    ) {
        precondition(
            actionChannels.count == network.architecture.actions, "\(actionChannels.count) channels of actions")
        network.setTraining(false)
        distance?.setTraining(false)
        self.network = network
        readout?.network.setTraining(false)
        self.distance = distance
        self.readout = readout
        for region in regions { region.classifier.setTraining(false) }
        self.regions = regions
        self.actionChannels = actionChannels
        self.actionScaling = actionScaling
        self.samplingTime = samplingTime
        self.horizon = horizon
        self.recordedActions = recordedActions
        self.settings = settings
        self.origin = origin
    }

    /// The representation of what is seen, the latest picture last; where there are fewer pictures than the encoder sees at
    /// once, the first is taken for those before it.
    ///
    /// - Parameter pictures: Each `[height, width, 3]`, 0 to 255, a step of the model apart.
    /// - Returns: `[1, D]`.
    public func encode(_ pictures: [[UInt8]]) -> Tensor {
        precondition(!pictures.isEmpty, "no picture to encode")
        let size = network.architecture.imageSize
        let stack = network.architecture.stack
        let last = pictures.suffix(stack)
        let padded = [[UInt8]](repeating: last[last.startIndex], count: stack - last.count) + last
        return withInferenceMode {
            let frames = padded.map { Tensor($0, shape: size + [3]) }
            let batch = ImageBatch(
                pictures: Tensor.stack(frames, dim: 0).unsqueezed(0),
                actions: Tensor.zeros([1, stack - 1, network.architecture.blockActions]))
            return network.encode(batch.stacked(stack))
        }
    }
}

/// Numbers that are read off representations, and how wrong they are.
public struct ImageReadout {
    /// What reads.
    public let network: StateReadout
    /// What the numbers are called.
    public let names: [String]
    /// How wrong readouts of predictions are; `nil` where no held-out episode was long enough.
    public let bands: ReadoutBands?

    /// Puts a readout together.
    public init(network: StateReadout, names: [String], bands: ReadoutBands?) {
        precondition(names.count == network.count, "\(names.count) names for \(network.count) numbers")
        self.network = network
        self.names = names
        self.bands = bands
    }
}

/// How actions are brought to mean 0 and deviation 1.
public struct ActionScaling: Sendable, Hashable, Codable {
    /// The mean of each action, physical units.
    public var mean: [Float]
    /// The deviation of each action, physical units.
    public var deviation: [Float]

    /// Creates the scaling.
    public init(mean: [Float], deviation: [Float]) {
        precondition(mean.count == deviation.count && deviation.allSatisfy { $0 > 0 }, "deviations are above 0")
        self.mean = mean
        self.deviation = deviation
    }

    /// Measures recorded actions, row-major `[row, action]`; one that never moved is left as it is.
    public init(actions: [Float], count: Int) {
        let rows = max(1, actions.count / count)
        var sums = [Double](repeating: 0, count: count)
        var squares = sums
        for (index, value) in actions.enumerated() {
            sums[index % count] += Double(value)
            squares[index % count] += Double(value) * Double(value)
        }
        let means = sums.map { $0 / Double(rows) }
        let deviations = zip(squares, means).map { square, mean in
            max(0, square / Double(rows) - mean * mean).squareRoot()
        }
        self.init(mean: means.map(Float.init), deviation: deviations.map { $0 > 1e-6 ? Float($0) : 1 })
    }

    /// Normalises actions whose last dimension is `[block · action]`.
    public func normalised(_ actions: Tensor) -> Tensor {
        let block = actions.size(-1) / mean.count
        func row(_ values: [Float]) -> Tensor {
            Tensor((0..<block).flatMap { _ in values }, shape: [block * values.count])
        }
        return (actions - row(mean)) * row(deviation.map { 1 / $0 })
    }
}
