import Basics
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

/// Small predictors of every kind, with every number drawn anew: modulations are zero at first, and would hide the blocks.
enum SmallPredictor: String, CaseIterable, CustomTestStringConvertible {
    case causal, causalOfOneRow, causalOtherWidths, rotary, recurrent, rowwise, patches, patchesActionFirst

    var testDescription: String { rawValue }

    /// The predictor in evaluation mode.
    func make() throws -> any LatentPredictor {
        let predictor: any LatentPredictor
        switch self {
        case .causal: predictor = try CausalPredictor(Self.options(history: 3), seed: Seed(1))
        case .causalOfOneRow: predictor = try CausalPredictor(Self.options(history: 1), seed: Seed(2))
        case .causalOtherWidths:
            predictor = try CausalPredictor(
                CausalPredictorOptions(
                    width: 10, actionWidth: 3, history: 4, hidden: 14, outputWidth: 6, depth: 2, heads: 1, headSize: 5,
                    feedForward: 20, smoothedActions: 2, actionExpansion: 3, projector: 9, projectorNorm: .layer),
                seed: Seed(3))
        case .rotary: predictor = try CausalPredictor(Self.options(history: 3, positions: .rotary), seed: Seed(4))
        case .recurrent: predictor = RecurrentPredictor(width: 12, actionWidth: 4, norm: LayerNorm(12), seed: Seed(5))
        case .rowwise: predictor = RowwisePredictor(width: 12, actions: 2, rows: 2, hidden: 16, seed: Seed(8))
        case .patches:
            predictor = try PatchPredictor(
                PatchPredictorOptions(
                    patches: 4, patchWidth: 5, extras: [PatchExtra("arm", inputs: 3, width: 2)], actionWidth: 4,
                    actionEmbedding: 3, history: 3, depth: 2, heads: 2, headSize: 4, feedForward: 16),
                seed: Seed(6))
        case .patchesActionFirst:
            predictor = try PatchPredictor(
                PatchPredictorOptions(
                    patches: 2, patchWidth: 4, extras: [PatchExtra("arm", inputs: 3, width: 2)], actionWidth: 2,
                    actionEmbedding: 3, actionPlace: 0, history: 2, depth: 1, heads: 3, headSize: 2, feedForward: 8),
                seed: Seed(7))
        }
        redraw(predictor, seed: 11)
        predictor.setTraining(false)
        return predictor
    }

    private static func options(
        history: Int, positions: CausalPredictorOptions.Positions = .learned
    ) -> CausalPredictorOptions {
        CausalPredictorOptions(
            width: 12, actionWidth: 4, history: history, depth: 3, heads: 2, headSize: 8, feedForward: 24,
            positions: positions, projector: 16)
    }
}

/// Draws every parameter and running statistic anew; variances stay above zero.
func redraw(_ module: any Module, seed: UInt64) {
    let generator = TorchGenerator(seed: seed)
    for parameter in module.parameters() {
        parameter.assign(parameter.value + Tensor.normal(parameter.shape, using: generator) * 0.3)
    }
    for (name, buffer) in module.namedBuffers() where buffer.value.dtype == .float32 {
        let drawn = Tensor.normal(buffer.shape, using: generator)
        buffer.assign(name.hasSuffix("running_var") ? drawn.square() + 0.5 : drawn)
    }
}

@Suite("Predictors of representations", .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
struct PredictorTests {
    /// Random rows for a predictor: representations and actions.
    private static func rows(_ predictor: any LatentPredictor, _ shape: [Int], seed: UInt64) -> (Tensor, Tensor) {
        let generator = TorchGenerator(seed: seed)
        return (
            Tensor.normal(shape + [predictor.width], using: generator),
            Tensor.normal(shape + [predictor.actionWidth], using: generator)
        )
    }

    /// Predictions as the definition says it: at every step one full pass over the last rows.
    private static func fullPasses(_ predictor: any LatentPredictor, _ context: Tensor, _ actions: Tensor) -> Tensor {
        let seen = context.size(1)
        var z = context
        for step in seen...actions.size(1) {
            let kept =
                (predictor as? CausalPredictor)?.options.positions == .rotary
                ? step : min(step, predictor.history)
            let predicted = predictor(
                z.narrow(dim: 1, start: step - kept, length: kept),
                actions: actions.narrow(dim: 1, start: step - kept, length: kept))
            z = Tensor.concatenate([z, predicted.narrow(dim: 1, start: kept - 1, length: 1)], dim: 1)
        }
        return z.narrow(dim: 1, start: seen, length: z.size(1) - seen)
    }

    @Test(
        "A prediction changes with its own row and earlier ones, never with later ones",
        arguments: SmallPredictor.allCases)
    func causality(kind: SmallPredictor) throws {
        let predictor = try kind.make()
        let time = max(predictor.history, kind == .recurrent || kind == .rowwise ? 3 : 1)
        let (z, actions) = Self.rows(predictor, [2, time], seed: 1)
        let (otherZ, otherActions) = Self.rows(predictor, [2, time], seed: 2)
        let plain = predictor(z, actions: actions)
        for changed in 0..<time {
            func replaced(_ x: Tensor, _ other: Tensor) -> Tensor {
                Tensor.concatenate(
                    (0..<time).map { ($0 == changed ? other : x).narrow(dim: 1, start: $0, length: 1) }, dim: 1)
            }
            for after in [
                predictor(replaced(z, otherZ), actions: actions),
                predictor(z, actions: replaced(actions, otherActions)),
            ] {
                for row in 0..<time {
                    let difference = relativeError(
                        after.select(dim: 1, index: row), plain.select(dim: 1, index: row))
                    if row < changed { #expect(difference < 1e-6, "row \(row), changed \(changed)") }
                    if row == changed { #expect(difference > 1e-3, "row \(row), changed \(changed)") }
                }
            }
        }
    }

    @Test(
        "A rollout row by row is equal to full passes over the last rows, to 1e-5",
        arguments: SmallPredictor.allCases, [1, 2, 3, 5])
    func rollout(kind: SmallPredictor, seen: Int) throws {
        let predictor = try kind.make()
        let (context, _) = Self.rows(predictor, [3, seen], seed: 3)
        let (_, actions) = Self.rows(predictor, [3, seen + 6], seed: 4)
        // A context beyond the window is cut to it, as the definition cuts it.
        let error = relativeError(
            predictor.rollout(context, actions: actions), Self.fullPasses(predictor, context, actions))
        #expect(error < 1e-5, "\(error)")
    }

    @Test("Many candidates from one past are equal to each by itself", arguments: SmallPredictor.allCases)
    func candidates(kind: SmallPredictor) throws {
        let predictor = try kind.make()
        let (context, past) = Self.rows(predictor, [2, 2], seed: 5)
        let (_, candidates) = Self.rows(predictor, [2, 4, 5], seed: 6)
        let between = past.narrow(dim: 1, start: 0, length: 1)
        let together = predictor.rollouts(context, past: between, candidates: candidates)
        #expect(together.shape == [2, 4, 5, predictor.width])
        for index in 0..<4 {
            let alone = predictor.rollout(
                context, actions: Tensor.concatenate([between, candidates.select(dim: 1, index: index)], dim: 1))
            #expect(relativeError(together.select(dim: 1, index: index), alone) < 1e-5)
        }
    }

    @Test("A copy of a rollout goes on by itself", arguments: SmallPredictor.allCases)
    func copies(kind: SmallPredictor) throws {
        let predictor = try kind.make()
        let (z, actions) = Self.rows(predictor, [1, 1], seed: 7)
        let (otherZ, otherActions) = Self.rows(predictor, [1, 1], seed: 8)
        var first = predictor.makeRollout()
        _ = first.next(z, actions: actions)
        var second = first
        var third = first
        let expected = first.next(z, actions: actions)
        _ = second.next(otherZ, actions: otherActions)
        #expect(relativeError(third.next(z, actions: actions), expected) < 1e-6)
        #expect(second.length == 2 && third.length == 2)
    }

    @Test("Dropout changes what is predicted while training, and nothing in evaluation mode")
    func dropout() throws {
        var options = CausalPredictorOptions(
            width: 8, actionWidth: 2, history: 3, depth: 2, heads: 2, headSize: 4, feedForward: 16, projector: nil)
        let without = try CausalPredictor(options, seed: Seed(1))
        options.dropout = 0.5
        let with = try CausalPredictor(options, generator: TorchGenerator(seed: 2), seed: Seed(1))
        for predictor in [without, with] { redraw(predictor, seed: 3) }
        let (z, actions) = Self.rows(with, [4, 3], seed: 9)
        #expect(relativeError(with(z, actions: actions), without(z, actions: actions)) > 1e-2)
        with.setTraining(false)
        #expect(relativeError(with(z, actions: actions), without(z, actions: actions)) < 1e-6)
    }

    @Test("Options that do not fit together are refused with the value and what would do")
    func refusals() {
        for (options, message) in [
            (CausalPredictorOptions(actionWidth: 0), "a causal predictor with action width 0"),
            (CausalPredictorOptions(actionWidth: 2, dropout: 1), "a causal predictor with dropout 1.0"),
            (
                CausalPredictorOptions(width: 8, actionWidth: 2, outputWidth: 4, projector: nil),
                "a causal predictor that gives 4 numbers for representations of 8"
            ),
            (
                CausalPredictorOptions(actionWidth: 2, headSize: 3, positions: .rotary),
                "rotary positions with heads of 3"
            ),
        ] {
            let error = #expect(throws: ForesightError.self) { try CausalPredictor(options, seed: Seed(0)) }
            #expect(error?.message == message)
        }
    }
}
