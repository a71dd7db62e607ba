import Basics
import CKernels
import Objectives
import Tensors
import WorldModels

/// A sensor model for the compiled rollout, `native/kernels/rollout.cpp`: its numbers in two lists, one that a model has and one that
/// a state and a horizon add, and no memory taken from the system between rollouts from the same state.
///
/// Equal to the rollout by libtorch but for rounding. Candidates do not depend on each other, to the bit.
final class CompiledRollout {
    private let weights: [Float]
    private let model: RolloutWeights
    private let novelty: NoveltyWeights
    private var situation = Situation()

    /// What one state and one horizon add.
    private struct Situation {
        var start: [Float] = []
        var disturbances: [Double] = []
        var adapted: AdaptedForecast?
        var horizon = 0
        var sizes: [Int32] = []
        var numbers: [Float] = []
    }

    init(_ model: RolloutWeights, _ novelty: NoveltyWeights, _ factors: SignalFactors) {
        self.model = model
        self.novelty = novelty
        let rollout = model.state + model.actions + model.leadActions + model.correction + model.readout
        let judgement = novelty.state + novelty.actions + [Float(1 / novelty.distanceThreshold)]
        let scaling = factors.actionMean + factors.actionFactor + factors.outputMean + factors.outputScale
        weights = rollout + model.readoutOffset + judgement + scaling
    }

    /// The memory that the weights take, bytes.
    var bytes: Int { weights.count * MemoryLayout<Float>.size }

    /// The vector unit that is used, such as `AVX-512`.
    static var lanes: String { String(cString: ct_rollout_lanes()) }

    /// Multiplications and additions of one candidate over a horizon, by the code's own count.
    func operations(horizon: Int) -> Double { ct_rollout_operations(sizes(horizon, isAdapted: false), true) }

    /// What a state adds to predictions: known disturbances, normalised, row-major `[step, disturbance]`, and what adapting to a
    /// record adds.
    typealias Addition = (known: [Float], response: AdaptedForecast.Response?)

    /// Predicts outputs, and spread and novelty where the batch asks for them.
    ///
    /// - Parameters:
    ///   - state: What the prediction starts from.
    ///   - batch: The actions; receives the predictions, physical units.
    ///   - addition: Asked when the state or the horizon is another than the last time.
    /// - Throws: What `addition` throws; `ForesightError.failure` when memory is short.
    func rollout(
        from state: LearnedState, into batch: inout TrajectoryBatch, addition: () throws -> Addition
    ) throws {
        try prepare(state, horizon: batch.horizon, addition)
        let candidates = Int32(clamping: batch.candidates)
        let threads = Int32(clamping: Engine.threads)
        let status = batch.actions.withUnsafeBufferPointer { actions in
            batch.outputs.withUnsafeMutableBufferPointer { outputs in
                batch.spread.withUnsafeMutableBufferPointer { spread in
                    batch.novelty.withUnsafeMutableBufferPointer { novelty -> Int32 in
                        guard let actions = actions.baseAddress, let outputs = outputs.baseAddress else { return 0 }
                        return ct_rollout(
                            situation.sizes, weights, situation.numbers, actions, candidates, threads, outputs,
                            spread.isEmpty ? nil : spread.baseAddress, novelty.isEmpty ? nil : novelty.baseAddress)
                    }
                }
            }
        }
        guard status == 0 else { throw Self.outOfMemory }
    }

    /// The gradient with respect to the actions, row-major `[candidate, step, action]`, of the sum of outputs and novelty of
    /// the last rollout's situation, each times its seed.
    ///
    /// - Throws: `ForesightError.failure` when memory is short.
    func gradient(_ batch: TrajectoryBatch, seed: TrajectoryGradient) throws -> [Float] {
        precondition(situation.horizon == batch.horizon, "a gradient follows its rollout")
        var result = [Float](repeating: 0, count: batch.actions.count)
        let isNovel = seed.novelty.contains { $0 != 0 }
        let candidates = Int32(clamping: batch.candidates)
        let threads = Int32(clamping: Engine.threads)
        let status = batch.actions.withUnsafeBufferPointer { actions in
            seed.outputs.withUnsafeBufferPointer { outputs in
                seed.novelty.withUnsafeBufferPointer { novelty in
                    result.withUnsafeMutableBufferPointer { result -> Int32 in
                        guard let actions = actions.baseAddress, let outputs = outputs.baseAddress,
                            let result = result.baseAddress
                        else { return 0 }
                        return ct_rollout_gradient(
                            situation.sizes, weights, situation.numbers, actions, candidates, threads, outputs,
                            isNovel ? novelty.baseAddress : nil, result)
                    }
                }
            }
        }
        guard status == 0 else { throw Self.outOfMemory }
        return result
    }

    private static var outOfMemory: ForesightError {
        .failure("a rollout found no memory", remedy: "end other programs, or plan a shorter horizon")
    }

    private func sizes(_ horizon: Int, isAdapted: Bool) -> [Int32] {
        [
            model.sizes.members, model.sizes.width, model.sizes.hidden, model.sizes.actions, model.sizes.outputs,
            novelty.features, horizon, model.sizes.activation == .cubic ? 1 : 0, model.hasLead ? 1 : 0,
            isAdapted ? 1 : 0,
        ].map { Int32($0) }
    }

    /// Sums up what no action changes, unless that is of the last rollout still.
    private func prepare(_ state: LearnedState, horizon: Int, _ addition: () throws -> Addition) throws {
        let start = state.representation
        if situation.start == start, situation.horizon == horizon, situation.disturbances == state.disturbances,
            situation.adapted === state.adapted
        {
            return
        }
        let (known, response) = try addition()
        let (members, width) = (model.sizes.members, model.sizes.width)
        precondition(start.count == members * width, "a state of \(start.count) for \(members) members of \(width)")
        var numbers = start
        /// `offset + known · matrix`, `[step, block, column]`, of a matrix `[block, disturbance, column]`.
        func drive(_ offset: [Float]?, _ matrix: [Float], blocks: Int, columns: Int, at row: (Int) -> Int) {
            let count = known.count / horizon
            for step in 0..<horizon {
                for block in 0..<blocks {
                    for column in 0..<columns {
                        var sum = offset.map { $0[block * columns + column] } ?? 0
                        for index in 0..<count {
                            sum += known[row(step) * count + index] * matrix[(block * count + index) * columns + column]
                        }
                        numbers.append(sum)
                    }
                }
            }
        }
        drive(model.offset, model.disturbances, blocks: members, columns: model.columns) { $0 }
        if model.hasLead {
            // Of the inputs at the end of each step, those of the next; the last are held.
            drive(nil, model.leadDisturbances, blocks: members, columns: width) { min($0 + 1, horizon - 1) }
        }
        drive(novelty.offset, novelty.disturbances, blocks: 1, columns: novelty.features) { $0 }
        numbers += novelty.spreadFactors(steps: horizon)
        if let response { numbers += response.offset + response.slope }
        situation = Situation(
            start: start, disturbances: state.disturbances, adapted: state.adapted, horizon: horizon,
            sizes: sizes(horizon, isAdapted: response != nil), numbers: numbers)
    }
}
