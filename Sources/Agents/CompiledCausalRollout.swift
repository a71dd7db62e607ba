import Basics
import CKernels
import Perception
import Tensors
import WorldModels

/// A causal predictor for the compiled rollout, `native/kernels/causal.cpp`: its weights packed once, and memory that is kept between
/// rollouts.
///
/// Equal to the rollout by libtorch but for rounding. Candidates do not depend on each other, to the bit.
final class CompiledCausalRollout {
    private let handle: OpaquePointer
    private let sizes: [Int32]
    private let width: Int
    private let actionWidth: Int

    /// Packs the weights of a predictor that has no hindrance.
    ///
    /// - Parameters:
    ///   - predictor: The predictor.
    ///   - isHalf: Whether products take bfloat16 where the processor has them.
    /// - Throws: `ForesightError.failure` when memory is short.
    init(_ predictor: CausalPredictor, isHalf: Bool) throws {
        let weights = CausalWeights(predictor)
        guard
            let handle = ct_causal_new(
                weights.sizes, weights.numbers, weights.plainEpsilon, weights.epsilon, isHalf)
        else { throw Self.outOfMemory }
        self.handle = handle
        sizes = weights.sizes
        (width, actionWidth) = (predictor.width, predictor.actionWidth)
    }

    deinit { ct_causal_release(handle) }

    /// The vector unit that is used, such as `AVX-512 BF16`.
    static var lanes: String { String(cString: ct_causal_lanes()) }

    /// Whether the processor has products in bfloat16.
    static var hasHalf: Bool { ct_causal_has_half() }

    /// Multiplications and additions of one candidate over a horizon in steps, by the code's own count.
    func operations(steps: Int) -> Double { ct_causal_operations(sizes, Int32(clamping: steps)) }

    /// Operations that another thread has to take over to be worth it: waking one takes some 20 microseconds.
    private static let worth = 4e6

    /// Predicts the representations that follow under actions, one for each step: ``ImageWorldModel/rollout(from:actions:memory:)``.
    ///
    /// - Parameters:
    ///   - start: Where all candidates start, `[1, D]`.
    ///   - actions: Normalised, `[candidates, steps, A]`.
    ///   - memory: What corrects each step by the errors of earlier ones; nothing where it is empty.
    ///   - threads: Threads at most.
    /// - Returns: `steps` tensors `[candidates, D]`.
    /// - Throws: `ForesightError.failure` when memory is short.
    func rollout(from start: Tensor, actions: Tensor, memory: StepMemory?, threads: Int = Engine.threads) throws
        -> [Tensor]
    {
        let (candidates, steps) = (actions.size(0), actions.size(1))
        precondition(
            start.shape == [1, width] && actions.size(2) == actionWidth,
            "got a start of \(start.shape) and actions of \(actions.shape); expected [1, \(width)] and [candidates, "
                + "steps, \(actionWidth)]")
        guard let run = ct_causal_begin(handle, Int32(clamping: candidates)) else { throw Self.outOfMemory }
        defer { ct_causal_end(run) }
        let work = operations(steps: 1) * Double(candidates) / Self.worth
        let threads = Int32(clamping: max(1, min(threads, Int(min(work, 1024)))))
        var memory = memory
        if memory?.count == 0 { memory = nil }
        var z = start
        // The same row for all to begin with.
        var stride = 0
        var next = [Float](repeating: 0, count: candidates * width)
        var predictions: [Tensor] = []
        for step in 0..<steps {
            let status = z.withFloats { z in
                actions.withFloats { actions in
                    next.withUnsafeMutableBufferPointer { next -> Int32 in
                        guard let z = z.baseAddress, let actions = actions.baseAddress, let next = next.baseAddress
                        else { return 0 }
                        return ct_causal_next(
                            run, z, stride, actions + step * actionWidth, steps * actionWidth, threads, next)
                    }
                }
            }
            guard status == 0 else { throw Self.outOfMemory }
            var prediction = Tensor(next, shape: [candidates, width])
            if let memory {
                let driving = actions.narrow(dim: 1, start: step, length: 1).squeezed(1)
                prediction =
                    prediction + memory.correction(at: z.expanded(to: [candidates, width]), actions: driving)
            }
            predictions.append(prediction)
            (z, stride) = (prediction, width)
        }
        return predictions
    }

    private static var outOfMemory: ForesightError {
        .failure("a rollout found no memory", remedy: "end other programs, or plan with fewer candidates")
    }
}
