import Basics
import Networks
import Perception
import Tensors
import WorldModels

/// Sizes of a causal predictor, with everything in it drawn: what training starts from leaves actions without effect.
struct RandomCausal: Sendable, CustomStringConvertible {
    var width = 6
    var hidden: Int?
    var output: Int?
    var actions = 2
    var history = 3
    var depth = 2
    var heads = 2
    var headSize = 4
    var feedForward = 16
    var projector: Int? = 16
    var norm = Normalisation.batch

    var description: String {
        "D \(width), E \(hidden ?? width), O \(output ?? hidden ?? width), A \(actions), \(history) rows, \(depth) blocks of "
            + "\(heads) × \(headSize), \(feedForward), projector \(projector ?? 0)"
    }

    /// The predictor, in evaluation mode.
    func make() throws -> CausalPredictor {
        let predictor = try CausalPredictor(
            CausalPredictorOptions(
                width: width, actionWidth: actions, history: history, hidden: hidden, outputWidth: output ?? width,
                depth: depth, heads: heads, headSize: headSize, feedForward: feedForward, smoothedActions: 3,
                actionExpansion: 2, projector: projector, projectorNorm: norm), seed: Seed(3))
        Self.draw(predictor)
        return predictor
    }

    /// A model of pictures with such a predictor, in which no map is between its sizes.
    func network() throws -> ImageWorldModel {
        var transformer = TransformerSizes()
        (transformer.predictorDepth, transformer.predictorHeads, transformer.headSize) = (depth, heads, headSize)
        (transformer.feedForward, transformer.predictorProjector, transformer.history) =
            (feedForward, projector ?? 16, history)
        let network = try ImageWorldModel(
            ImageArchitecture(
                imageSize: [16, 16], stack: 1, channels: [4, 4], width: width, actions: actions, block: 1,
                predictor: .lewm, hidden: 8, inverseSteps: 1, transformer: transformer), seed: Seed(5))
        network.setTraining(false)
        if let predictor = network.predictor as? CausalPredictor { Self.draw(predictor) }
        return network
    }

    /// Draws everything anew that training starts from nothing, and puts a predictor into evaluation mode.
    private static func draw(_ predictor: CausalPredictor) {
        let generator = TorchGenerator(seed: 4)
        withoutGradients {
            for block in predictor.blocks {
                for parameter in [block.modulation.weight, block.modulation.bias].compactMap({ $0 }) {
                    parameter.assign(Tensor.normal(parameter.shape, using: generator) * 0.4)
                }
                for norm in [block.attentionNorm, block.mlpNorm] {
                    norm.weight?.assign(Tensor.normal([norm.size], using: generator) * 0.3 + 1)
                    norm.bias?.assign(Tensor.normal([norm.size], using: generator) * 0.3)
                }
            }
            if let norm = predictor.projector?.norm as? BatchNorm {
                let count = norm.weight.shape
                norm.weight.assign(Tensor.normal(count, using: generator) * 0.3 + 1)
                norm.bias.assign(Tensor.normal(count, using: generator) * 0.3)
                norm.runningMean.value.copy_(Tensor.normal(count, using: generator))
                norm.runningVar.value.copy_(Tensor.normal(count, using: generator).square() + 0.5)
            }
        }
        predictor.setTraining(false)
    }

    /// A start `[1, D]` and actions `[candidates, steps, A]`.
    func task(candidates: Int, steps: Int) -> (start: Tensor, actions: Tensor) {
        let generator = TorchGenerator(seed: 9)
        return (
            Tensor.normal([1, width], using: generator), Tensor.normal([candidates, steps, actions], using: generator)
        )
    }
}
