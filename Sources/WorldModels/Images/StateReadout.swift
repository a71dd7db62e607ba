public import Networks
public import Tensors

/// Reads numbers that were recorded beside pictures off representations, in their units: what goals and guardrails speak of.
///
/// It learns from representations as they are and changes none. A perceptron with one hidden layer between standardisations
/// that are kept with it.
public final class StateReadout: Module {
    /// The perceptron.
    public let network: MLP
    /// Mean and deviation of each component of a representation, `[2, D]`.
    public let inputs: Buffer
    /// Mean and deviation of each number that is read, `[2, outputs]`.
    public let outputs: Buffer

    private static let (hidden, batch) = (256, 256)

    /// Creates a readout that knows nothing yet, of so many numbers from representations of a size.
    public init(width: Int, outputs count: Int, seed: Seed) {
        network = MLP([width, Self.hidden, count], activation: .gelu, seed: seed["readout"])
        inputs = Buffer(Tensor.concatenate([Tensor.zeros([1, width]), Tensor.ones([1, width])], dim: 0))
        outputs = Buffer(Tensor.concatenate([Tensor.zeros([1, count]), Tensor.ones([1, count])], dim: 0))
    }

    /// Learns from representations `[N, D]` and what was recorded beside them, `[N, outputs]`; rows in which a number is
    /// missing (NaN) are left out, and one has to be left.
    public convenience init(_ representations: Tensor, values: Tensor, steps: Int = 1500, seed: Seed) {
        self.init(width: representations.size(1), outputs: values.size(1), seed: seed)
        let complete = values.completeRows
        let (z, known) = withoutGradients { (representations.taking(rows: complete), values.taking(rows: complete)) }
        precondition(known.size(0) > 0, "no row has all \(known.size(1)) numbers that are to be read")
        inputs.assign(Self.standardisation(z))
        outputs.assign(Self.standardisation(known))
        let x = withoutGradients { standardised(z) }
        let y = withoutGradients { (known - outputs.value[0]) / outputs.value[1] }
        let optimiser = AdamW(network, learningRate: 2e-3, weightDecay: 1e-4)
        let schedule = Schedule(.cosine, steps: steps, warmUp: min(50, steps), floor: 0.01)
        let generator = seed["readout batches"].generator()
        for step in 0..<steps {
            let drawn = (Tensor.uniform([Self.batch], using: generator) * Double(x.size(0))).to(dtype: .int64)
            let loss = network(x.indexSelect(dim: 0, drawn)).mseLoss(y.indexSelect(dim: 0, drawn))
            optimiser.clearGradients()
            loss.backward()
            optimiser.step(factor: schedule.factor(at: step))
        }
    }

    /// How many numbers it reads.
    public var count: Int { outputs.shape[1] }

    /// From representations `[…, D]` to numbers `[…, outputs]` in their units.
    public func callAsFunction(_ z: Tensor) -> Tensor {
        network(standardised(z)) * outputs.value[1] + outputs.value[0]
    }

    /// From representations `[…, D]` to components of mean 0 and deviation 1.
    func standardised(_ z: Tensor) -> Tensor { (z - inputs.value[0]) / inputs.value[1] }

    /// Mean and deviation of each column, `[2, columns]`; one that never moves has the deviation 1.
    static func standardisation(_ samples: Tensor) -> Tensor {
        withoutGradients {
            let deviation = samples.std(dims: [0], unbiased: false, keepDim: true)
            let isStill = deviation.less(1e-6).to(dtype: .float32)
            return Tensor.concatenate([samples.mean(dim: 0, keepDim: true), deviation + isStill], dim: 0)
        }
    }
}
