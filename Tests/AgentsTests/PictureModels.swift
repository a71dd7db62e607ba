import Basics
import Episodes
import Networks
import Perception
import Tensors
import WorldModels

/// Models from pictures whose weights are set by hand or drawn, never trained.
enum PictureModels {
    /// Pictures of 16 × 16 pixels with what a seed draws.
    static func picture(_ seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<16 * 16 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// A model with drawn weights, representations of 2 numbers, read as `x` and `y` by a readout that is the identity.
    static func drawn(
        stack: Int = 1, block: Int = 5, actions: Int = 2, hasDistance: Bool = true, reads: Bool = true,
        bands: ReadoutBands? = nil, regions: [ImageRegion] = []
    ) -> TrainedImageModel {
        let architecture = ImageArchitecture(
            imageSize: [16, 16], stack: stack, channels: [4, 4], width: 2, actions: actions, block: block, hidden: 8,
            inverseSteps: 1)
        let network = ImageWorldModel.drawn(architecture, seed: Seed(5))
        withoutGradients {
            // As drawn, actions would hardly move anything.
            let last = network.residual.change.layers[1].weight
            last.assign(Tensor.normal(last.shape, using: TorchGenerator(seed: 4)) * 0.5)
        }
        return TrainedImageModel(
            network: network,
            distance: hasDistance ? TemporalDistance(width: 2, hidden: 8, discount: 0.9, seed: Seed(6)) : nil,
            readout: reads ? ImageReadout(network: identity(), names: ["x", "y"], bands: bands) : nil,
            regions: regions,
            actionChannels: ["right", "down"].prefix(actions).map {
                Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1)
            },
            actionScaling: ActionScaling(
                mean: Array(repeating: 0.1, count: actions), deviation: Array(repeating: 0.5, count: actions)),
            recordedActions: Array(repeating: -1...1, count: actions), samplingTime: 0.1, horizon: 4,
            settings: ImageSettings(), origin: ModelOrigin())
    }

    /// A model with drawn weights whose representations are 2 numbers of the picture and 2 that the body senses, standardised by mean 1
    /// and deviation 2; it reads nothing.
    static func sensing() -> TrainedImageModel {
        let architecture = ImageArchitecture(
            imageSize: [16, 16], stack: 1, channels: [4, 4], width: 4, actions: 2, block: 1, hidden: 8, inverseSteps: 1,
            sensed: 2)
        let other = drawn()
        return TrainedImageModel(
            network: ImageWorldModel.drawn(architecture, seed: Seed(5)), distance: nil,
            actionChannels: other.actionChannels, actionScaling: other.actionScaling,
            sensing: ActionScaling(mean: [1, 1], deviation: [2, 2]), recordedActions: other.recordedActions,
            samplingTime: 0.1, horizon: 4, settings: ImageSettings(), origin: ModelOrigin())
    }

    /// A model with a frozen encoder of 4 tokens of 6 numbers, all drawn, whose heads see 2 numbers of the 24.
    static func frozen(_ predictor: ImagePredictorKind) throws -> TrainedImageModel {
        let vision = VisionTransformerOptions(
            imageSize: [16, 16], patch: 8, width: 6, depth: 1, heads: 2, output: .patchTokens)
        let encoder = FrozenEncoderOptions(vision: vision, imageSize: [16, 16], grid: [2, 2])
        let sizes = ImageArchitecture(
            imageSize: [16, 16], stack: 1, encoder: .frozen, width: 24, actions: 2, block: 5, predictor: predictor,
            hidden: 8, inverseSteps: 1, frozen: FrozenSizes(encoder: encoder, components: 2, history: 2))
        let network = try ImageWorldModel(sizes, seed: Seed(7))
        network.summary?.directions.assign(Tensor.normal([24, 2], using: TorchGenerator(seed: 8)))
        let other = drawn()
        return TrainedImageModel(
            network: network, distance: other.distance, readout: other.readout, actionChannels: other.actionChannels,
            actionScaling: other.actionScaling, recordedActions: other.recordedActions, samplingTime: 0.1, horizon: 4,
            settings: other.settings, origin: ModelOrigin())
    }

    /// A model that knows what is ordinary.
    static func watching(_ model: TrainedImageModel, _ surprise: PictureSurprise) -> TrainedImageModel {
        TrainedImageModel(
            network: model.network, distance: model.distance, readout: model.readout, surprise: surprise,
            actionChannels: model.actionChannels, actionScaling: model.actionScaling,
            recordedActions: model.recordedActions, samplingTime: model.samplingTime, horizon: model.horizon,
            settings: model.settings, origin: model.origin)
    }

    /// A model in which every picture looks as if it were at the origin, and each action moves its own number of the
    /// representation by about itself and never the other way.
    static func mover(block: Int = 1, bands: ReadoutBands? = nil, regions: [ImageRegion] = []) -> TrainedImageModel {
        let model = drawn(block: block, hasDistance: false, bands: bands, regions: regions)
        let (network, hidden) = (model.network, 8)
        withoutGradients {
            let head = network.strided.head
            head.weight.assign(Tensor.zeros(head.weight.shape))
            head.bias?.assign(Tensor.zeros([2]))
            // Units 4 to 7 hold ±10, so that the norms divide by nearly the same whatever the action is; of the others
            // there are two of opposite sign for each number, since silu(x) − silu(−x) = x.
            let signs: [Float] = [1, -1]
            let anchor = [Float](repeating: 0, count: 4) + [10, -10, 10, -10]
            var action = [Float](repeating: 0, count: hidden * 2 * block)
            var (middle, last) = (
                [Float](repeating: 0, count: hidden * hidden), [Float](repeating: 0, count: 2 * hidden)
            )
            for number in 0..<2 {
                for (place, sign) in signs.enumerated() {
                    let unit = 2 * number + place
                    for row in 0..<block { action[unit * 2 * block + 2 * row + number] = sign * 0.5 }
                    for (other, otherSign) in signs.enumerated() {
                        middle[unit * hidden + 2 * number + other] = sign * otherSign
                    }
                    last[number * hidden + unit] = sign * 50
                }
            }
            let predictor = network.residual
            predictor.state.weight.assign(Tensor.zeros(predictor.state.weight.shape))
            predictor.state.bias?.assign(Tensor(anchor, shape: [hidden]))
            predictor.action.weight.assign(Tensor(action, shape: [hidden, 2 * block]))
            predictor.change.layers[0].weight.assign(Tensor(middle, shape: [hidden, hidden]))
            predictor.change.layers[0].bias?.assign(Tensor(anchor, shape: [hidden]))
            predictor.change.layers[1].weight.assign(Tensor(last, shape: [2, hidden]))
            predictor.change.layers[1].bias?.assign(Tensor.zeros([2]))
        }
        return model
    }

    /// A region of two numbers with drawn weights, whose scores are neither all above nor all below 0.
    static func region(_ name: String, bands: RegionBands) -> ImageRegion {
        let classifier = RegionClassifier(width: 2, seed: Seed(11))
        withoutGradients {
            let last = classifier.network.layers[1].weight
            last.assign(Tensor.normal(last.shape, using: TorchGenerator(seed: 12)))
        }
        return ImageRegion(name: name, classifier: classifier, bands: bands)
    }

    /// Bands of a region over so many steps.
    static func regionBands(_ widths: [Double], coverage: Double = 0.95) -> RegionBands {
        let counts = widths.map { _ in 30 }
        return RegionBands(
            steps: widths.count, guardHalfWidth: widths, coverage: coverage, inside: counts, outside: counts,
            error: widths.map { _ in 0 })
    }

    /// A region that is the half-plane x > limit: the score of a step is x − limit at its end.
    static func halfPlane(_ name: String, from limit: Float, bands: RegionBands) -> ImageRegion {
        let classifier = RegionClassifier(width: 2, seed: Seed(11))
        let layers = classifier.network.layers
        let hidden = layers[0].outputs
        // gelu(a) − gelu(−a) = a with a = x − limit, at the end of the step alone.
        var (first, offset, last) = (
            [Float](repeating: 0, count: hidden * 4), [Float](repeating: 0, count: hidden),
            [Float](repeating: 0, count: hidden)
        )
        for (place, sign) in [Float(1), -1].enumerated() {
            first[place * 4 + 2] = sign
            offset[place] = -sign * limit
            last[place] = sign
        }
        withoutGradients {
            layers[0].weight.assign(Tensor(first, shape: [hidden, 4]))
            layers[0].bias?.assign(Tensor(offset, shape: [hidden]))
            layers[1].weight.assign(Tensor(last, shape: [1, hidden]))
            layers[1].bias?.assign(Tensor.zeros([1]))
        }
        return ImageRegion(name: name, classifier: classifier, bands: bands)
    }

    /// Reads a representation of two numbers as it is: gelu(x) − gelu(−x) = x.
    private static func identity() -> StateReadout {
        let readout = StateReadout(width: 2, outputs: 2, seed: Seed(1))
        let layers = readout.network.layers
        let hidden = layers[0].outputs
        var (first, last) = ([Float](repeating: 0, count: hidden * 2), [Float](repeating: 0, count: 2 * hidden))
        for number in 0..<2 {
            for (place, sign) in [Float(1), -1].enumerated() {
                first[(2 * number + place) * 2 + number] = sign
                last[number * hidden + 2 * number + place] = sign
            }
        }
        withoutGradients {
            layers[0].weight.assign(Tensor(first, shape: [hidden, 2]))
            layers[0].bias?.assign(Tensor.zeros([hidden]))
            layers[1].weight.assign(Tensor(last, shape: [2, hidden]))
            layers[1].bias?.assign(Tensor.zeros([2]))
        }
        return readout
    }
}

extension ImageWorldModel {
    /// A model of the default networks; stops where sizes of a test do not fit together.
    static func drawn(_ architecture: ImageArchitecture, seed: Seed) -> ImageWorldModel {
        guard let model = try? ImageWorldModel(architecture, seed: seed) else {
            preconditionFailure("sizes of a test do not fit together")
        }
        return model
    }

    /// The encoder of the default networks.
    var strided: StridedEncoder {
        guard let encoder = encoder as? StridedEncoder else { preconditionFailure("another encoder") }
        return encoder
    }

    /// The predictor of the default networks.
    var residual: ResidualPredictor {
        guard let predictor = predictor as? ResidualPredictor else { preconditionFailure("another predictor") }
        return predictor
    }
}
