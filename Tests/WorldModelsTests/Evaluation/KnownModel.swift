import Basics
import Episodes
import Identification
import Networks
import Tensors

@testable import WorldModels

/// World models that are linear models exactly, so that their errors can be computed by other means.
enum KnownModel {
    /// A world model of one member at its linear start, with bands of a given half-width at every step.
    static func make(
        _ linear: ARXModel, outputs: [Channel], inputs: [Channel], window: Int, horizon: Int, stride: Int = 1,
        samplingTime: Double = 1, halfWidth: Double = 1, coverage: Double = 0.9
    ) throws -> TrainedModel {
        // Neither 0 nor 1, so that a forgotten scaling shows.
        var scaling = SignalScaling(fitting: [], outputs: outputs.map(\.name), inputs: inputs.map(\.name))
        (scaling.outputMean, scaling.outputScale) = (outputs.map { _ in 2 }, outputs.map { _ in 4 })
        (scaling.inputMean, scaling.inputScale) = (inputs.map { _ in 1 }, inputs.map { _ in 3 })
        let sizes = SensorArchitecture(
            members: 1, outputs: outputs.count, inputs: inputs.count,
            actions: inputs.filter { $0.role == .action }.count, core: linear.order * outputs.count, free: 0, hidden: 2,
            inverseSteps: 1)
        let form = ObserverForm(
            linear, outputMean: scaling.outputMean, outputScale: scaling.outputScale, inputMean: scaling.inputMean,
            inputScale: scaling.inputScale)
        let start = LinearStart(models: [form], sizes: sizes, timeConstants: [], seed: 1)
        let cells = horizon * outputs.count
        var settings = TrainingSettings()
        settings.refine = false
        (settings.window, settings.horizon, settings.stride) = (.value(window), .value(horizon), .value(stride))
        return TrainedModel(
            description: ModelDescription(
                outputs: outputs, inputs: inputs, scaling: scaling,
                recordedRanges: (outputs + inputs).map { _ in -1000...1000 }, samplingTime: samplingTime,
                stride: stride,
                window: window, horizon: horizon, architecture: sizes, settings: settings),
            network: SensorWorldModel(sizes, start: start, seed: Seed(1)),
            calibration: Calibration(
                coverage: coverage, steps: horizon, outputs: outputs.map(\.name),
                quantile: [Double](repeating: 1, count: cells), guardCoverage: 0.99,
                guardQuantile: [Double](repeating: 1, count: cells),
                floor: [Double](repeating: halfWidth, count: cells),
                typicalSpread: [Double](repeating: 0, count: cells), spreadFactor: 1, windows: 10),
            novelty: try novelty(width: sizes.width + inputs.count, cells: cells))
    }

    /// A score under which nothing is new.
    private static func novelty(width: Int, cells: Int) throws -> NoveltyScore {
        let fields: JSONValue = [
            "mean": .array([JSONValue](repeating: 0, count: width)),
            "whitening": .array([JSONValue](repeating: 0, count: width * width)), "distanceThreshold": 1,
            "spreadThreshold": .array([JSONValue](repeating: 1, count: cells)),
        ]
        return try JSONText.decode(NoveltyScore.self, from: fields.text(), source: "a score")
    }

    static let output = Channel(name: "y", unit: "°C", role: .observation)
    static let input = Channel(name: "u", unit: "%", role: .action)

    /// A record of `y_{t+1} = a y_t + b u_t`, with inputs as given for each sample.
    static func record(
        a: Double = 0.5, b: Double = 1, start: Double = 3, noise: Double = 0, samples: Int = 200, seed: UInt64 = 5,
        name: String = "record",
        input: (Int, inout SeededGenerator) -> Double = { _, random in random.uniform(in: -2...2) }
    ) -> Episode {
        var random = SeededGenerator(seed: seed)
        var (y, values) = (start, [Double]())
        for sample in 0..<samples {
            let u = input(sample, &random)
            values += [y, u]
            y = a * y + b * u + noise * random.normal()
        }
        return Episode(name: name, channels: [output, KnownModel.input], samplingTime: 1, values: values)
    }

    /// The linear model that such a record tells.
    static func linear(_ episodes: [Episode], order: Int = 1) throws -> ARXModel {
        try ARXModel.fit(episodes, layout: SignalLayout(outputs: ["y"], inputs: ["u"]), order: order, ridge: 1e-12)
    }

    /// A reference of one output.
    static func reference(_ linear: ARXModel, stride: Int = 1, samplingTime: Double = 1) -> LinearReference {
        LinearReference(
            entries: [
                .init(output: "y", stride: stride, leftOutError: 0, candidates: 1, arx: linear, subspace: nil)
            ], inputs: ["u"], samplingTime: samplingTime)
    }
}
