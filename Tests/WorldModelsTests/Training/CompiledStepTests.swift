import Basics
import Episodes
import Networks
import Perception
import Tensors
import Testing

@testable import WorldModels

@Suite("A training step by the compiled kernel", .enabled(if: torchIsSetUp))
struct CompiledStepTests {
    /// A structure, and the windows that are looked at.
    struct Case: Sendable, CustomTestStringConvertible {
        var core = 4, free = 1, hidden = 4, members = 2
        var activation = BoundedActivation.tanh
        var hasLead = false, isBounded = true, hasTransient = false, misses = false
        var batch = 8, history = 6, steps = 10
        var loss = LossSettings()

        var testDescription: String {
            "\(members) members, \(core) + \(free) states, \(hidden) \(activation), lead \(hasLead), bounded \(isBounded), "
                + "transient \(hasTransient), missing \(misses), \(batch) windows of \(history) + \(steps), "
                + "\(loss.antiCollapse), inverse \(loss.inverse)"
        }

        /// The case changed.
        func with(_ change: (inout Case) -> Void) -> Case {
            var changed = self
            change(&changed)
            return changed
        }
    }

    /// Sizes around those of vectors, tiles and blocks.
    static let cases: [Case] = [
        Case(), Case(free: 0, hidden: 1, members: 1, batch: 2, history: 1, steps: 5),
        Case(core: 2, free: 5, hidden: 13, members: 3, batch: 17, history: 3, steps: 9),
        Case(core: 6, free: 15, hidden: 33, batch: 33, history: 12, steps: 21),
        Case(activation: .cubic, batch: 16),
        Case(core: 6, hidden: 7, activation: .cubic, hasLead: true, misses: true, batch: 5),
        Case(hasLead: true, isBounded: false, hasTransient: true),
        Case(hasTransient: true, misses: true, batch: 19, history: 9, steps: 1 + 3),
        Case().with { $0.loss.antiCollapse = .none },
        Case(misses: true).with { ($0.loss.inverse, $0.loss.directions) = (0, 7) },
        Case(hasLead: true).with { ($0.loss.encoding, $0.loss.prediction, $0.loss.inverseSteps) = (0, 0, 1) },
    ]

    /// A trainer of a model whose every weight has a part.
    private static func trainer(_ test: Case) throws -> Trainer {
        var episodes = TinyLog.episodes(samples: 200)
        if test.misses {
            var random = SeededGenerator(seed: 5)
            for sample in 0..<200 where random.uniform(in: 0...1) < 0.2 { episodes[0][sample, sample % 2] = .nan }
        }
        var settings = TinyLog.settings()
        (settings.members, settings.batch, settings.loss) = (.value(test.members), test.batch, test.loss)
        let preparation = try TinyLog.preparation(episodes, settings: settings)
        let sizes = SensorArchitecture(
            members: test.members, outputs: 2, inputs: 2, actions: 1, core: test.core, free: test.free,
            hidden: test.hidden, activation: test.activation, hasLead: test.hasLead,
            transient: test.hasTransient ? 4 : 0, isBounded: test.isBounded, inverseSteps: test.loss.inverseSteps)
        let model = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(7))
        let generator = TorchGenerator(seed: 11)
        for parameter in model.parameters() {
            // Bounded, the linear part begins with a norm of more than 1, and cubes beyond where they are held; what grows
            // would carry rounding with it.
            var size = 0.4
            if parameter === model.predictor.linear, test.isBounded { size = 0.7 }
            if test.activation == .cubic {
                if parameter === model.predictor.hiddenOffset { size = 4 }
                if parameter === model.predictor.correction { size = 0.05 }
            }
            size /= Double(max(4, parameter.shape[1])).squareRoot()
            parameter.assign(Tensor.normal(parameter.shape, using: generator) * size)
        }
        model.predictor.scale.assign(Tensor.uniform(model.predictor.scale.shape, using: generator) + 0.5)
        if let transient = model.encoder.transient {
            transient.assign(Tensor.normal(transient.shape, using: generator) * 0.3)
        }
        return try Trainer(model: model, data: preparation.data, settings: preparation.settings)
    }

    /// The terms of the loss and the gradient of each weight by name, `nil` where there is none, of windows all over the log.
    private static func result(
        _ trainer: Trainer, _ test: Case, isCompiled: Bool
    ) throws -> (terms: [(name: String, value: Double)], gradients: [(name: String, values: [Float]?)]) {
        try trainer.generator.restore(TorchGenerator(seed: 3).state())
        let objective = trainer.objective
        var compiled: CompiledStep?
        if isCompiled {
            compiled = CompiledStep(model: trainer.model, data: trainer.data, objective: objective)
            // Without the kernel libtorch would be compared with itself.
            try #require(compiled != nil)
        }
        let starts = trainer.data.table.starts(history: test.history, steps: test.steps)
        let drawn = (0..<test.members).map { member in
            (0..<test.batch).map { starts[($0 * 37 + member * 5) % starts.count] }
        }
        let terms = trainer.gradients(
            of: objective, by: compiled, starts: drawn, history: test.history, steps: test.steps)
        return (terms, trainer.model.namedParameters().map { ($0.name, $0.parameter.gradient?.floats()) })
    }

    @Test("gives libtorch's terms and gradients", arguments: cases)
    func parity(_ test: Case) throws {
        let trainer = try Self.trainer(test)
        let ours = try Self.result(trainer, test, isCompiled: true)
        let theirs = try Self.result(trainer, test, isCompiled: false)
        #expect(ours.terms.map(\.name) == theirs.terms.map(\.name))
        for (our, their) in zip(ours.terms, theirs.terms) {
            #expect(
                abs(our.value - their.value) <= 1e-4 * abs(their.value), "\(their.name): \(our.value), \(their.value)")
        }
        for (our, their) in zip(ours.gradients, theirs.gradients) {
            // Weights of no term have no gradient either way; one of zeros changes as little.
            guard let wanted = their.values else {
                #expect(our.values?.allSatisfy { $0 == 0 } != false, "\(their.name)")
                continue
            }
            let values = try #require(our.values)
            let greatest = wanted.map(abs).max() ?? 0
            let apart = zip(values, wanted).map { abs($0 - $1) }.max() ?? 0
            #expect(
                values.count == wanted.count && apart <= 1e-4 * max(greatest, 1e-6),
                "\(their.name): \(apart) of \(greatest)")
        }
    }

    @Test("does not depend on the number of threads, to the bit") func threads() throws {
        let test = Case(members: 3, batch: 20)
        let trainer = try Self.trainer(test)
        defer { Engine.threads = 1 }
        let alone = try Self.result(trainer, test, isCompiled: true)
        Engine.threads = 3
        let shared = try Self.result(trainer, test, isCompiled: true)
        #expect(alone.terms.map(\.value) == shared.terms.map(\.value))
        #expect(alone.gradients.map(\.values) == shared.gradients.map(\.values))
    }

    @Test("is left to libtorch where it cannot do it, or was not asked for") func fallback() throws {
        func choice(_ change: (inout TrainingSettings) -> Void) throws -> CompiledStep? {
            var settings = TinyLog.settings()
            change(&settings)
            let preparation = try TinyLog.preparation(settings: settings)
            let trainer = try Trainer(
                model: preparation.model, data: preparation.data, settings: preparation.settings)
            return trainer.compiledStep(trainer.objective)
        }
        #expect(try choice { _ in } != nil)
        #expect(try choice { $0.descent.compiled = false } == nil)
        #expect(try choice { $0.loss.antiCollapse = .vicreg } == nil)
        #expect(try choice { $0.loss.antiCollapse = .ema } == nil)
        #expect(try choice { $0.free = .value(160) } == nil)
    }
}
