import Basics
public import Episodes
import Networks
public import Tensors

/// A world model from pictures with all that planning needs of it.
public struct TrainedImageModel {
    /// The network.
    public let network: ImageWorldModel
    /// How far apart representations are; `nil` when it was not learned.
    public let distance: TemporalDistance?
    /// What is read off representations; `nil` when nothing was recorded beside the pictures.
    public let readout: ImageReadout?
    /// How surprising an observed step is; `nil` when there were too few held-out episodes to tell what is ordinary.
    public let surprise: PictureSurprise?
    /// Regions of what can be seen, by name; learned from labelled frames, at any time.
    public internal(set) var regions: [ImageRegion]
    /// What can be done, with limits, physical units.
    public let actionChannels: [Channel]
    /// How actions are normalised.
    public let actionScaling: ActionScaling
    /// How proprioception is normalised; `nil` for a model that only sees.
    public let sensing: ActionScaling?
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
    /// What tells the recording that it learned from: a digest of its episodes' lengths and actions; `nil` where it is not
    /// known, as of models from before it was kept.
    public internal(set) var recording: String?

    /// Puts a model together; the networks are put into evaluation mode.
    public init(
        network: ImageWorldModel, distance: TemporalDistance?, readout: ImageReadout? = nil,
        surprise: PictureSurprise? = nil, regions: [ImageRegion] = [], actionChannels: [Channel],
        actionScaling: ActionScaling, sensing: ActionScaling? = nil,
        recordedActions: [ClosedRange<Double>], samplingTime: Double, horizon: Int, settings: ImageSettings,
        origin: ModelOrigin
    ) {
        precondition(
            actionChannels.count == network.architecture.actions, "\(actionChannels.count) channels of actions")
        precondition(
            (sensing?.mean.count ?? 0) == network.architecture.sensed,
            "\(sensing?.mean.count ?? 0) numbers of proprioception for \(network.architecture.sensed)")
        network.setTraining(false)
        distance?.setTraining(false)
        self.network = network
        readout?.network.setTraining(false)
        self.distance = distance
        self.readout = readout
        self.surprise = surprise
        for region in regions { region.classifier.setTraining(false) }
        self.regions = regions
        self.actionChannels = actionChannels
        self.actionScaling = actionScaling
        self.sensing = sensing
        self.samplingTime = samplingTime
        self.horizon = horizon
        self.recordedActions = recordedActions
        self.settings = settings
        self.origin = origin
    }

    /// What a number of proprioception is called: as it is read, else by its place.
    public func proprioceptionName(_ place: Int) -> String {
        guard let names = readout?.names, names.count == network.architecture.sensed else {
            return "number \(place + 1) of proprioception"
        }
        return "\(names[place]) of proprioception"
    }

    /// Checks that there is as much proprioception as the model needs to see the present, and that no number of it is missing.
    ///
    /// - Throws: `ForesightError.usage` when there is not, or a number is.
    public func check(proprioception: [Double]) throws {
        let needed = network.architecture.sensed
        guard needed > 0 else { return }
        guard proprioception.count == needed else {
            let names = readout.map { " (\($0.names.joined(separator: ", ")))" } ?? ""
            throw ForesightError.usage(
                "the model was trained with \(needed) numbers of proprioception\(names), \(proprioception.count) are given",
                remedy: "give what the body senses beside the picture")
        }
        // The mean of the record would stand for it, which may be far from where the body is.
        guard let place = proprioception.firstIndex(where: { !$0.isFinite }) else { return }
        throw ForesightError.usage(
            "\(proprioceptionName(place)) is missing (\(proprioception[place]))",
            remedy: "give what the body senses now, or what it sensed last")
    }

    /// The representation of what is seen, the latest picture last; where there are fewer pictures than the encoder sees at
    /// once, the first is taken for those before it.
    ///
    /// - Parameters:
    ///   - pictures: Each `[height, width, 3]`, 0 to 255, a step of the model apart.
    ///   - proprioception: What is sensed at the latest, in the units of the record; only for a model that has it.
    /// - Returns: `[1, D]`; without proprioception, of a model that has it, the components that pictures decide, which are
    ///   enough for a goal.
    public func encode(_ pictures: [[UInt8]], proprioception: [Double]? = nil) -> Tensor {
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
            let sensed = sensing.flatMap { scaling in
                proprioception.map { scaling.normalised(rows: $0.map { Float($0) }) }
            }
            return network.encode(batch.stacked(stack), sensed: sensed)
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
        var means = [Double](repeating: 0, count: count)
        var squares = means
        for (index, value) in actions.enumerated() {
            // Welford's running moments: those of what never moves are exactly 0.
            let (column, seen) = (index % count, Double(index / count + 1))
            let difference = Double(value) - means[column]
            means[column] += difference / seen
            squares[column] += difference * (Double(value) - means[column])
        }
        let rows = Double(max(1, actions.count / count))
        let deviations = zip(squares, means).map { square, mean -> Float in
            let deviation = (square / rows).squareRoot()
            return deviation > 1e-6 * max(1, mean.magnitude) ? Float(deviation) : 1
        }
        self.init(mean: means.map(Float.init), deviation: deviations)
    }

    /// Normalises rows of numbers `[rows · count]`, of which missing ones (NaN) count as their mean: `[rows, count]`.
    func normalised(rows values: [Float]) -> Tensor {
        precondition(values.count % mean.count == 0, "\(values.count) numbers in rows of \(mean.count)")
        let scaled = values.enumerated().map { place, value -> Float in
            let column = place % mean.count
            return value.isNaN ? 0 : (value - mean[column]) / deviation[column]
        }
        return Tensor(scaled, shape: [values.count / mean.count, mean.count])
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
