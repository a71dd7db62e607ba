import Basics
import Perception
import Planning
import Tensors
import WorldModels

/// The one place that decides what rolls a model of pictures out.
///
/// Many candidates take products in bfloat16 where the processor has them, which says well enough which of them are good; one
/// alone, as a plan is judged, takes float32.
final class PictureEngine {
    /// What was decided, and why; `nil` for a predictor that only libtorch runs, where there is no choice.
    let description: DynamicsEngine?
    private let network: ImageWorldModel
    /// Threads of the compiled rollout at most; `nil` for as many as libtorch has.
    private let threads: Int?
    /// The predictor where the compiled rollout runs it.
    private let predictor: CausalPredictor?
    private var exact: CompiledCausalRollout?
    private var quick: CompiledCausalRollout?

    init(_ engine: RolloutEngine, _ network: ImageWorldModel, threads: Int?) {
        self.network = network
        self.threads = threads
        guard let predictor = network.predictor as? CausalPredictor else {
            (description, self.predictor) = (nil, nil)
            return
        }
        let hindrance = engine == .libtorch ? "asked for" : CausalWeights.hindrance(predictor)
        self.predictor = hindrance == nil ? predictor : nil
        let products = CompiledCausalRollout.hasHalf ? "products of bfloat16, plans judged in float32" : "float32"
        description =
            hindrance.map { DynamicsEngine(name: "libtorch", reason: $0) }
            ?? DynamicsEngine(
                name: "compiled, \(CompiledCausalRollout.lanes)",
                reason: engine == .compiled ? "asked for" : "its predictor is LeWM's; \(products)")
    }

    /// Why the compiled rollout cannot run a model; `nil` where it can.
    static func hindrance(_ network: ImageWorldModel) -> String? {
        guard let predictor = network.predictor as? CausalPredictor else {
            return "it is for the predictor lewm, and this one is \(network.architecture.predictor.rawValue)"
        }
        return CausalWeights.hindrance(predictor)
    }

    /// The representations that follow under actions, `[candidates, D]`.
    ///
    /// - Parameters:
    ///   - start: Where all start, `[1, D]`.
    ///   - actions: Normalised, `[candidates, steps, block · actions]`.
    ///   - memory: What corrects each step by the errors of earlier ones.
    /// - Returns: One tensor for each step.
    /// - Throws: `ForesightError.failure` when memory is short.
    func rollout(from start: Tensor, actions: Tensor, memory: StepMemory?) throws -> [Tensor] {
        guard let predictor else {
            let width = network.architecture.width
            return network.rollout(
                from: start.expanded(to: [actions.size(0), width]), actions: actions, memory: memory)
        }
        let isHalf = actions.size(0) > 1 && CompiledCausalRollout.hasHalf
        let compiled = try (isHalf ? quick : exact) ?? CompiledCausalRollout(predictor, isHalf: isHalf)
        if isHalf { quick = compiled } else { exact = compiled }
        return try compiled.rollout(from: start, actions: actions, memory: memory, threads: threads ?? Engine.threads)
    }
}
