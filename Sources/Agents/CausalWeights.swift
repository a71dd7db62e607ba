import Networks
import Perception
import Tensors

/// The numbers of a causal predictor in the order in which the compiled rollout asks for them: see `ct_causal_new`.
struct CausalWeights {
    /// Width, actions, history, hidden, output, depth, heads, size of a head, feed-forward, smoothed actions, expansion, projector.
    let sizes: [Int32]
    /// All weights, each map with its offset behind it.
    let numbers: [Float]
    /// What the plain norms add to the variance.
    let plainEpsilon: Double
    /// What the other norms add to the variance.
    let epsilon: Double

    /// The greatest window of the kernel, rows.
    static let mostHistory = 64

    /// Why the compiled rollout cannot run a predictor; `nil` where it can.
    static func hindrance(_ predictor: CausalPredictor) -> String? {
        let options = predictor.options
        let weight = predictor.norm.weight?.value
        if options.positions != .learned { return "its positions are \(options.positions.rawValue)" }
        if options.history > mostHistory { return "it looks back on more than \(mostHistory) steps" }
        if let device = weight?.device, device != .cpu { return "its weights are on \(device)" }
        if let type = weight?.dtype, type != .float32 { return "its weights are \(type)" }
        if let norm = predictor.projector?.norm {
            guard let batchNorm = norm as? BatchNorm else { return "its projector has another norm than batch norm" }
            if batchNorm.isTraining { return "it is being trained" }
        }
        return nil
    }

    /// Reads a predictor that has no hindrance.
    init(_ predictor: CausalPredictor) {
        let options = predictor.options
        let mlp = predictor.actionEncoder.mlp.layers
        sizes = [
            options.width, options.actionWidth, options.history, options.hidden, options.outputWidth, options.depth,
            options.heads, options.headSize, options.feedForward, options.smoothedActions, mlp[0].outputs,
            options.projector ?? 0,
        ].map { Int32($0) }
        plainEpsilon = predictor.blocks.first?.plainNorm.epsilon ?? 1e-6
        epsilon = predictor.norm.epsilon
        var numbers: [Float] = []
        func add(_ tensor: Tensor?) {
            if let tensor { tensor.withFloats { numbers.append(contentsOf: $0) } }
        }
        func add(_ map: Linear?) {
            guard let map else { return }
            add(map.weight.value)
            if let bias = map.bias {
                add(bias.value)
            } else {
                numbers += [Float](repeating: 0, count: map.outputs)
            }
        }
        func add(_ norm: LayerNorm) {
            add(norm.weight?.value)
            add(norm.bias?.value)
        }
        withoutGradients {
            let first = predictor.actionEncoder.input
            add(first.weight.value)
            add(first.bias?.value ?? Tensor.zeros([options.smoothedActions]))
            mlp.forEach { add($0) }
            add(predictor.positions?.value)
            add(predictor.input)
            add(predictor.condition)
            predictor.blocks.forEach { add($0.modulation.weight.value) }
            predictor.blocks.forEach { add($0.modulation.bias?.value ?? Tensor.zeros([6 * options.hidden])) }
            for block in predictor.blocks {
                add(block.attentionNorm)
                add(block.attention.inProjWeight.value)
                add(block.attention.outProj)
                add(block.mlpNorm)
                block.mlp.layers.forEach { add($0) }
            }
            add(predictor.norm)
            add(predictor.output)
            if let projector = predictor.projector {
                let (weight, bias) = Self.folded(projector)
                add(weight)
                add(bias)
                add(projector.output)
            }
        }
        self.numbers = numbers
    }

    /// The first map of a projector with its batch norm, which in evaluation mode is a gain and an offset of each number.
    private static func folded(_ projector: Projector) -> (weight: Tensor, bias: Tensor) {
        let weight = projector.input.weight.value
        let bias = projector.input.bias?.value ?? Tensor.zeros([projector.input.outputs])
        guard let norm = projector.norm as? BatchNorm else { return (weight, bias) }
        let gain = norm.weight.value / (norm.runningVar.value + norm.epsilon).sqrt()
        return (weight * gain.unsqueezed(1), (bias - norm.runningMean.value) * gain + norm.bias.value)
    }
}
