import Basics
import Networks
import Perception
import Tensors

/// Trains a sensor world model epoch by epoch; its whole state can be saved between epochs and taken up again to the
/// bit.
public final class Trainer {
    /// The model in training.
    public let model: SensorWorldModel
    /// The settings, with nothing left to derive.
    public let settings: TrainingSettings
    /// Epochs done.
    public internal(set) var epoch = 0
    /// The least free-run validation error so far, normalised units, and the epoch it was reached at (0: before any).
    public internal(set) var best: (error: Double, epoch: Int)

    let data: TrainingData
    let optimiser: AdamW
    let teacher: SensorWorldModel?
    let average: MovingAverage?
    var sampler: SeededGenerator
    let generator: TorchGenerator
    /// The parameters of the best epoch.
    var bestState: [String: Tensor]
    /// Whether no encoder could run away before training: then none that could is kept.
    var startsSteady = false
    private let history: Int
    private let steps: Int
    private let validator: FreeRunValidation
    /// What judges old data, where a model is trained on.
    private let oldValidator: FreeRunValidation?
    private let guarding: OldDataGuard
    var startingErrors: StartingErrors

    /// How much slower the linear part learns than the nonlinear one: poles near 1 make the free run sensitive to it, and
    /// it starts near its optimum.
    private static let linearRateFactor = 0.1
    /// How much slower everything learns from a short log: the parts that it leaves out lie between what is learned, so
    /// they reward what another record punishes; short of that, steps are kept small.
    private static let shortLogRateFactor = 0.1
    /// How much slower everything learns from where Gauss–Newton ended: a first-order step of usual size would leave that
    /// optimum.
    private static let refinedRateFactor = 0.03
    /// Epochs without improvement that end training from there, and from a linear start.
    private static let refinedPatience = 3
    private static let longPatience = 10
    /// One in so many steps trains on histories shorter than the window.
    private static let cutEvery: UInt64 = 4
    private let schedule: Schedule

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - model: The model at its starting point.
    ///   - data: The log, normalised.
    ///   - settings: `window` and `horizon` are resolved; with `refine`, the model has its scales and the gain of its first
    ///     row already.
    /// - Throws: `ForesightError.data` when no window fits into the training data.
    public convenience init(model: SensorWorldModel, data: TrainingData, settings: TrainingSettings) throws {
        try self.init(model: model, data: data, settings: settings, guarding: OldDataGuard())
    }

    /// Prepares training; of a model that is trained on, with what guards its old data.
    init(model: SensorWorldModel, data: TrainingData, settings: TrainingSettings, guarding: OldDataGuard) throws {
        guard let history = settings.window.resolved, let steps = settings.horizon.resolved else {
            throw ForesightError.failure("window and horizon are not resolved before training")
        }
        self.model = model
        self.data = data
        self.settings = settings
        self.guarding = guarding
        (self.history, self.steps) = (history, steps)
        let seed = UInt64(settings.seed)
        sampler = SeededGenerator(seed: seed, stream: 1)
        generator = TorchGenerator(seed: seed &+ 0x5EED)
        if data.table.starts(history: history, steps: steps).isEmpty {
            let longest = data.table.segments.map(\.count).max() ?? 0
            throw ForesightError.data(
                "no episode has the \(history + steps) steps of one window (history \(history), horizon \(steps)): the "
                    + "longest has \(longest)", remedy: "give longer logs, or a smaller window= or horizon=")
        }
        let named = model.namedParameters()
        let isFirst = Self.isFirst(model)
        let isPolish = Self.isPolish(settings)
        let rate =
            settings.rate
            * (isPolish ? Self.refinedRateFactor : data.folds.isShort ? Self.shortLogRateFactor : 1)
        optimiser = AdamW(
            groups: [
                ParameterGroup(
                    named.filter(\.parameter.decays), learningRate: rate, weightDecay: settings.weightDecay),
                ParameterGroup(
                    named.filter { !$0.parameter.decays && !isFirst($0.parameter) },
                    learningRate: settings.descent.slowLinear ? rate * Self.linearRateFactor : rate),
                ParameterGroup(named.filter { isFirst($0.parameter) }, learningRate: rate),
            ])
        if settings.loss.antiCollapse == .ema {
            let twin = SensorWorldModel(
                model.architecture, start: .empty(model.architecture), seed: Seed(seed))
            average = try MovingAverage(
                of: model, into: twin, decay: MovingAverage.decay(forHalfLife: settings.loss.teacherHalfLife))
            teacher = twin
        } else {
            (average, teacher) = (nil, nil)
        }
        if data.oldSegments > 0 {
            func judge(_ segments: [SignalTable.Segment]) -> FreeRunValidation {
                FreeRunValidation(
                    SignalTable(data.table, segments: segments), visible: data.visible, history: history, steps: steps,
                    maximumStarts: OldDataGuard.starts)
            }
            (validator, oldValidator) = (judge(data.parts[1]), judge(data.parts[0]))
        } else {
            (validator, oldValidator) = (FreeRunValidation(data, history: history, steps: steps), nil)
        }
        let total = settings.epochs * settings.stepsPerEpoch
        schedule = Schedule(.cosine, steps: total, warmUp: min(50, max(1, total / 10)), floor: 0.01)
        bestState = [:]
        startingErrors = StartingErrors(outputs: Tensor.ones([model.architecture.outputs]), prediction: 1)
        best = (.infinity, 0)
        if let new = data.parts.last, data.table.starts(history: history, steps: leastSteps, in: new).isEmpty {
            throw ForesightError.data(
                "no new episode has the \(history + leastSteps) steps of the shortest window: the longest has "
                    + "\(new.map(\.count).max() ?? 0)", remedy: "give longer logs")
        }
        if !settings.refine && !guarding.isContinued { try measureStart() }
        if settings.descent.relative {
            startingErrors = StartingErrors(model, data: data, history: history, steps: validator.steps)
        }
        keepIfBest(validator.error(of: model))
    }

    /// Whether there is nothing left to do: all epochs done, or no improvement for as long as patience lasts.
    public var isFinished: Bool {
        if settings.refine && !settings.search.polish { return true }
        if Self.isPolish(settings) { return epoch >= settings.epochs || epoch - best.epoch >= patience }
        return epoch >= settings.epochs || (epoch > rampEpochs && epoch - max(best.epoch, rampEpochs) >= patience)
    }

    /// Epochs without improvement that end training.
    public var patience: Int { settings.patience.resolved ?? Self.usualPatience(settings) }

    /// The epochs without improvement that a training bears whose settings do not say.
    static func usualPatience(_ settings: TrainingSettings) -> Int {
        isPolish(settings) ? refinedPatience : longPatience
    }

    /// Whether Gauss–Newton fitted the model already. A linear model taken over as its regression gave it has seen no free
    /// run, even where a search chose it: epochs are its first fit on them.
    private static func isPolish(_ settings: TrainingSettings) -> Bool {
        settings.refine && settings.descent.polish.resolved != false
    }

    /// Rollouts start short and reach the full horizon.
    private var rampEpochs: Int { settings.rampEpochs }

    private func rolloutSteps(in epoch: Int) -> Int {
        var wanted = settings.rollout(of: steps, epoch: epoch)
        // Of what is new, where old data come beside it: each batch draws from both.
        while wanted > leastSteps && data.table.starts(history: history, steps: wanted, in: data.parts.last).isEmpty {
            wanted -= 1
        }
        return wanted
    }

    /// The shortest rollout that the loss can do with: both ends of the inverse dynamics lie in a window.
    private var leastSteps: Int {
        let isInverse = settings.loss.inverse > 0 && model.architecture.actions > 0
        return isInverse ? max(1, model.architecture.inverseSteps - history + 1) : 1
    }

    /// The loss, in units of the starting errors.
    var objective: TrainingObjective {
        TrainingObjective(
            settings: settings.loss, teacher: teacher, errorScale: startingErrors.outputs,
            predictionScale: startingErrors.prediction)
    }

    /// Runs one epoch of optimiser steps and a validation.
    ///
    /// - Parameter progress: Hears how many steps of the epoch are done.
    /// - Returns: What the epoch did.
    public func runEpoch(progress: (Int) -> Void = { _ in }) -> EpochReport {
        let rollout = rolloutSteps(in: epoch)
        let wholeStarts = data.starts(history: history, steps: rollout)
        let oldCount = guarding.oldWindows(of: settings.batch, parts: wholeStarts)
        let objective = objective
        let compiled = compiledStep(objective)
        // What the kernel leaves to libtorch is too little to be shared among threads, which would wait for each other.
        let threads = Engine.threads
        if compiled != nil { Engine.threads = 1 }
        defer { Engine.threads = threads }
        let parameters = model.parameters()
        let isFirst = Self.isFirst(model)
        var sums: [(name: String, value: Double)] = []
        var norms = 0.0
        var skipped = 0
        for step in 0..<settings.stepsPerEpoch {
            // Who asks for it has a short history now and then. Only what encodes a first row learns from it: a predictor
            // would learn to forget, since what it starts from is known badly.
            let isCut = sampler.next(upperBound: Self.cutEvery) == 0 && settings.descent.cuts
            let history = isCut ? 1 + Int(sampler.next(upperBound: UInt64(history))) : history
            let parts = isCut ? data.starts(history: history, steps: rollout) : wholeStarts
            let drawn = (0..<settings.memberCount).map { _ in
                (0..<settings.batch).map { index in
                    let starts = index < oldCount ? parts[0] : parts[parts.count - 1]
                    return starts[Int(sampler.next(upperBound: UInt64(starts.count)))]
                }
            }
            let terms = gradients(of: objective, by: compiled, starts: drawn, history: history, steps: rollout)
            for parameter in parameters where isFirst(parameter) != isCut { parameter.value.clearGradient() }
            let norm = clipGradients(of: parameters, toNorm: settings.clip)
            if norm.isFinite {
                norms += norm
                optimiser.step(factor: schedule.factor(at: epoch * settings.stepsPerEpoch + step))
                average?.update()
            } else {
                // One such step would make every weight no number, and nothing could be saved any more.
                skipped += 1
            }
            if sums.isEmpty { sums = terms.map { ($0.name, 0) } }
            for index in sums.indices { sums[index].value += terms[index].value }
            progress(step + 1)
        }
        epoch += 1
        let count = Double(settings.stepsPerEpoch)
        let error = validator.error(of: model)
        return EpochReport(
            epoch: epoch, step: epoch * settings.stepsPerEpoch, terms: sums.map { ($0.name, $0.value / count) },
            validation: error, oldValidation: oldValidator?.error(of: model), isBest: keepIfBest(error),
            health: health(),
            gradientNorm: norms / max(1, count - Double(skipped)), rolloutSteps: rollout, skippedSteps: skipped)
    }

    /// Whether a parameter belongs to the encoding of a first row.
    private static func isFirst(_ model: SensorWorldModel) -> (Parameter) -> Bool {
        { $0 === model.encoder.firstGain || $0 === model.encoder.prior }
    }

    /// Puts the parameters of the best epoch into the model.
    public func restoreBest() throws { try model.load(bestState) }

    @discardableResult
    func keepIfBest(_ error: Double) -> Bool {
        let isSteady = withoutGradients { model.encodingRadius().amax().item() } < 1
        if bestState.isEmpty { startsSteady = isSteady }
        guard bestState.isEmpty || (error < best.error && (isSteady || !startsSteady) && keepsOld) else {
            return false
        }
        best = (error, epoch)
        bestState = model.stateDict().mapValues { $0.clone() }
        return true
    }

    /// Encoded rows of the training data at their windows' ends.
    ///
    /// - Returns: Representations `[members, N, D]`, and of their rows the measurements and 1 where there is one,
    ///   `[members, N, output]`.
    func encodedSamples(_ count: Int) -> (states: Tensor, outputs: Tensor, mask: Tensor) {
        withoutGradients {
            let starts = data.table.starts(history: history, steps: 1)
            let picked = (0..<min(count, starts.count)).map { starts[$0 * starts.count / min(count, starts.count)] }
            let batch = WindowBatch(
                data.table, visible: data.visible,
                starts: [[Int]](repeating: picked, count: settings.memberCount), history: history, steps: 0)
            let states = model.encode(outputs: batch.outputs, mask: batch.mask, inputs: batch.inputs)
            func last(_ x: Tensor) -> Tensor { x.select(dim: 2, index: history - 1) }
            return (states[history - 1], last(batch.outputs), last(batch.mask))
        }
    }

    /// Whether old data are still predicted as well as they have to be.
    private var keepsOld: Bool { oldValidator.map { $0.error(of: model) <= guarding.limit } ?? true }

    /// Sets the typical size of each component and what one row says about a state, before the first step, from encoded
    /// training windows.
    private func measureStart() throws {
        let samples = encodedSamples(256)
        let spread = samples.states.std(dims: [1], unbiased: false, keepDim: true)
        // A free component that nothing drives yet has no size; it must not be divided by nothing.
        model.predictor.scale.assign(spread.clamp(min: 0.05))
        try model.encoder.fitFirstGain(
            states: samples.states, outputs: samples.outputs, mask: samples.mask, readout: model.read)
    }

    /// Health of the first member's representations of training windows.
    public func health() -> RepresentationHealth {
        let samples = encodedSamples(256).states / model.predictor.scale.value
        return RepresentationHealth(samples[0])
    }
}
