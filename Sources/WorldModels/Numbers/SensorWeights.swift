import Basics
import Identification
import Networks
import Tensors

/// The numbers of a sensor model by themselves: enough to encode a history and to plan by the compiled rollout, without
/// libtorch.
///
/// Names and shapes are those of `SensorWorldModel.stateDict()`, as the model's folder holds them.
public struct SensorWeights: Sendable {
    /// A list of numbers and its shape.
    struct Values: Sendable {
        /// The sizes along each dimension.
        var shape: [Int]
        /// Row-major.
        var numbers: [Float]
    }

    /// The sizes.
    public let sizes: SensorArchitecture
    let values: [String: Values]

    init(_ sizes: SensorArchitecture, values: [String: Values]) {
        self.sizes = sizes
        self.values = values
    }

    /// The numbers of a network as they are now.
    public init(_ network: SensorWorldModel) {
        sizes = network.architecture
        values = network.stateDict().mapValues { Values(shape: $0.shape, numbers: $0.floats()) }
    }

    /// The numbers under a name, row-major; empty where the model has no such part.
    public subscript(name: String) -> [Float] { values[name]?.numbers ?? [] }

    /// The network of these numbers; libtorch is needed.
    func network(seed: Seed) throws -> SensorWorldModel {
        let network = SensorWorldModel(sizes, start: .empty(sizes), seed: seed)
        try network.load(values.mapValues { Tensor($0.numbers, shape: $0.shape) })
        return network
    }

    /// Â = A / max(1, ‖A‖₂) of all members, `[members, D, D]`; A where it is not bounded.
    public func contraction() -> [Float] {
        let (width, square) = (sizes.width, sizes.width * sizes.width)
        var transition = self["predictor.linear"]
        guard sizes.isBounded else { return transition }
        for member in 0..<sizes.members {
            let range = member * square..<(member + 1) * square
            let matrix = RealMatrix(rows: width, columns: width, elements: transition[range].map(Double.init))
            let norm = singularValueDecomposition(matrix).values.first ?? 0
            guard norm > 1 else { continue }
            for index in range { transition[index] = Float(Double(transition[index]) / norm) }
        }
        return transition
    }

    /// The numbers as a model's file holds them.
    var stored: [String: SafetensorsData] {
        values.mapValues { values in
            SafetensorsData(type: .float32, shape: values.shape, bytes: values.numbers.withUnsafeBytes { Array($0) })
        }
    }
}

extension SensorWeights {
    /// The name and shape of every part that a model of these sizes has.
    static func shapes(_ sizes: SensorArchitecture) -> [String: [Int]] {
        let (members, width, inputs, outputs) = (sizes.members, sizes.width, sizes.inputs, sizes.outputs)
        let inverse = SensorWorldModel.inverseHidden(sizes)
        var shapes = [
            "encoder.first_gain": [members, outputs, width], "encoder.gain": [members, outputs, width],
            "encoder.prior": [members, 1, width], "inverse_input.bias": [members, 1, inverse],
            "inverse_input.weight": [members, 2 * width, inverse],
            "inverse_output.bias": [members, 1, sizes.inverseSteps * sizes.actions],
            "inverse_output.weight": [members, inverse, sizes.inverseSteps * sizes.actions],
            "predictor.correction": [members, sizes.hidden, width],
            "predictor.hidden_input": [members, inputs, sizes.hidden],
            "predictor.hidden_offset": [members, 1, sizes.hidden],
            "predictor.hidden_state": [members, width, sizes.hidden], "predictor.input": [members, inputs, width],
            "predictor.linear": [members, width, width], "predictor.offset": [members, 1, width],
            "predictor.scale": [members, 1, width], "readout": [members, width, outputs],
            "readout_offset": [members, 1, outputs],
        ]
        if sizes.hasLead { shapes["predictor.lead"] = [members, inputs, width] }
        if sizes.transient > 0 { shapes["encoder.transient"] = [members, sizes.transient, outputs, width] }
        return shapes
    }

    /// Reads the numbers of a model's file.
    ///
    /// - Throws: `ForesightError.data` when a part is missing, unexpected, of another shape or type.
    init(_ file: SafetensorsFile, sizes: SensorArchitecture) throws {
        try StoredShapes.check(
            Dictionary(uniqueKeysWithValues: file.header.entries.map { ($0.name, $0.shape) }),
            against: Self.shapes(sizes))
        var values: [String: Values] = [:]
        for entry in file.header.entries {
            guard entry.type == .float32 else {
                throw ForesightError.data(
                    "the weights \(entry.name) are \(entry.type.dtype), not float32",
                    remedy: "the file is damaged or edited; save the model anew")
            }
            values[entry.name] = Values(shape: entry.shape, numbers: try file.floats(entry.name))
        }
        self.init(sizes, values: values)
    }
}
