import Basics
import Networks
public import Tensors

/// What some optimiser steps did, for the log.
public struct ImageReport: Sendable {
    /// Optimiser steps taken so far.
    public var step: Int
    /// Mean of each unweighted term of the loss.
    public var terms: [(name: String, value: Double)]
    /// The mean norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Steps that were left out because their gradient was no number.
    public var skipped: Int
}

/// Trains a world model from pictures, step by step.
public final class ImageTrainer {
    /// The model in training.
    public let model: ImageWorldModel
    /// The settings.
    public let settings: ImageSettings
    /// Optimiser steps taken.
    public internal(set) var step = 0

    let optimiser: AdamW
    let average: MovingAverage?
    let generator: TorchGenerator
    private let objective: ImageObjective
    private let schedule: Schedule
    private let parameters: [Parameter]

    /// Prepares training, on the device that the model is on.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - settings: How to train.
    ///   - generator: Where everything random is drawn from, the same one that the model drops by; `nil` for one that starts
    ///     from the seed.
    /// - Throws: `ForesightError.usage` for a recipe that does not exist.
    public init(_ model: ImageWorldModel, settings: ImageSettings, generator: TorchGenerator? = nil) throws {
        self.model = model
        self.settings = settings
        let recipe = try settings.weightedRecipe
        let seed = UInt64(max(0, settings.seed))
        let device = model.device
        self.generator = generator ?? Self.generator(settings, on: device)
        let twin = try recipe.teacherHalfLife.map { _ in try ImageWorldModel(model.architecture, seed: Seed(seed)) }
        if device != .cpu { twin?.move(to: device) }
        average = try twin.map { twin in
            try MovingAverage(
                of: model, into: twin, decay: MovingAverage.decay(forHalfLife: recipe.teacherHalfLife ?? 1))
        }
        objective = ImageObjective(
            recipe, teacher: twin, directions: settings.directions, group: settings.group,
            precision: settings.precision)
        let named = model.learnedParameters
        optimiser = settings.optimiser(of: named)
        schedule = settings.schedule(steps: settings.steps)
        parameters = named.map(\.parameter)
    }

    /// A generator of everything random in training, which draws where the model is: draws of a processor would be waited for.
    public static func generator(_ settings: ImageSettings, on device: Device) -> TorchGenerator {
        TorchGenerator(seed: UInt64(max(0, settings.seed)) &+ 0x5EED, device: device)
    }

    /// The parameters that training does not change, by name.
    var frozenNames: [String] { model.namedParameters().filter { !$0.parameter.isTrainable }.map(\.name) }

    /// Whether all optimiser steps were taken.
    public var isFinished: Bool { step >= settings.steps }

    /// Takes optimiser steps on batches, one each.
    ///
    /// - Parameters:
    ///   - count: How many, at most as many as are left.
    ///   - batch: Gives the next batch.
    /// - Returns: What the steps did.
    /// - Throws: What `batch` throws.
    public func run(_ count: Int, batch: () throws -> ImageBatch) throws -> ImageReport {
        try run(count) { _ in objective.value(of: model, try batch(), using: generator) }
    }

    /// Takes optimiser steps on windows that are encoded already.
    ///
    /// - Parameters:
    ///   - count: How many, at most as many as are left.
    ///   - batch: Gives representations and actions of a step by its number, as ``ImageObjective/value(of:encoded:actions:)``
    ///     takes them.
    /// - Returns: What the steps did.
    public func run(_ count: Int, encoded batch: (Int) -> (encoded: Tensor, actions: Tensor)) -> ImageReport {
        run(count) { step in
            let (encoded, actions) = batch(step)
            return objective.value(of: model, encoded: encoded, actions: actions)
        }
    }

    private func run(
        _ count: Int, loss: (Int) throws -> (total: Tensor, terms: [ImageObjective.Term])
    ) rethrows -> ImageReport {
        var sums: [(name: String, value: Double)] = []
        var (norms, skipped, taken) = (0.0, 0, 0)
        model.setTraining(true)
        while taken < count && !isFinished {
            let (total, terms) = try loss(step)
            optimiser.clearGradients()
            total.backward()
            let norm = clipGradients(of: parameters, toNorm: settings.clip)
            if norm.isFinite {
                norms += norm
                optimiser.step(factor: schedule.factor(at: step))
                average?.update()
            } else {
                // One such step would make every weight no number.
                skipped += 1
            }
            if sums.isEmpty { sums = terms.map { ($0.name, 0) } }
            for index in sums.indices { sums[index].value += terms[index].value.item() }
            step += 1
            taken += 1
        }
        let steps = Double(max(1, taken))
        return ImageReport(
            step: step, terms: sums.map { ($0.name, $0.value / steps) },
            gradientNorm: norms / max(1, steps - Double(skipped)), skipped: skipped)
    }
}
