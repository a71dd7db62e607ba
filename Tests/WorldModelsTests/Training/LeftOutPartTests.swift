import Basics
import Episodes
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Parts of the recipe that are left out", .enabled(if: torchIsSetUp))
struct LeftOutPartTests {
    private func preparation(_ overrides: [String]) throws -> TrainingPreparation {
        let usual = ["members=2", "batch=8", "steps_per_epoch=4", "order=1", "hidden=2", "free=0"]
        return try TinyLog.preparation(settings: TrainingSettings.load(overrides: usual + overrides))
    }

    private func trainer(_ overrides: [String]) throws -> Trainer {
        let preparation = try preparation(["refine=false", "epochs=10"] + overrides)
        return try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
    }

    @Test("Rollouts have the whole horizon at once without growing")
    func rollouts() throws {
        #expect(try trainer([]).runEpoch().rolloutSteps == 8)
        #expect(try trainer(["descent.grows=false"]).runEpoch().rolloutSteps == 10)
    }

    @Test("Without short histories nothing learns how a first row is encoded")
    func histories() throws {
        func moves(_ overrides: [String]) throws -> Bool {
            let trainer = try trainer(overrides)
            let before = trainer.model.encoder.firstGain.value.floats()
            for _ in 0..<3 { _ = trainer.runEpoch() }
            return trainer.model.encoder.firstGain.value.floats() != before
        }
        #expect(try !moves([]))
        #expect(try moves(["descent.cuts=true"]))
    }

    @Test(
        "The greatest reach of inverse dynamics that is taken can be trained",
        arguments: [(["descent.cuts=true"], 8), (["descent.grows=false"], 15), ([], 13)])
    func inverse(overrides: [String], steps: Int) throws {
        for compiled in [true, false] {
            let trainer = try trainer(
                overrides + ["loss.inverse_steps=\(steps)", "steps_per_epoch=12", "descent.compiled=\(compiled)"])
            let term = try #require(trainer.runEpoch().terms.first { $0.name == "inverse" })
            #expect(term.value.isFinite && term.value > 0)
        }
    }

    @Test("The linear part moves further at the full rate")
    func rate() throws {
        func distance(_ overrides: [String]) throws -> Double {
            let trainer = try trainer(overrides)
            let before = trainer.model.predictor.linear.value.clone()
            _ = trainer.runEpoch()
            return withoutGradients {
                (trainer.model.predictor.linear.value - before).square().sum().item().squareRoot()
            }
        }
        #expect(try distance(["descent.slow_linear=false"]) > 4 * distance([]))
    }

    @Test("Terms are measured in what they are at the start, or in spreads")
    func units() throws {
        let (relative, plain) = (try trainer([]), try trainer(["descent.relative=false"]))
        #expect(plain.startingErrors.prediction == 1)
        #expect(plain.startingErrors.outputs.floats().allSatisfy { $0 == 1 })
        #expect(relative.startingErrors.outputs.floats().allSatisfy { $0 < 0.9 })
    }

    @Test("A search without hidden units, gains of first rows and epochs behind it leaves none")
    func search() throws {
        let quick = ["search.span=horizon", "lead=false", "search.starts=1"]
        let whole = try preparation(quick)
        #expect(whole.settings.refine && whole.settings.reach == .value(10) && whole.model.architecture.transient == 5)
        #expect(whole.refinement?.tried.contains { $0.structure.hidden > 0 } == true)
        let bare = try preparation(
            quick + ["search.nonlinear=false", "search.transient=false", "search.polish=false"])
        #expect(bare.settings.refine && bare.model.architecture.transient == 0)
        let tried = try #require(bare.refinement?.tried)
        #expect(tried.allSatisfy { $0.structure.hidden == 0 })
        let trainer = try Trainer(model: bare.model, data: bare.data, settings: bare.settings)
        #expect(trainer.isFinished && trainer.best.error.isFinite)
        // Two outputs, of order 1: only penalties differ.
        #expect(Set(tried.map(\.structure.core.ridge)).count == 6)
        let strict = try preparation(quick + ["search.nonlinear=false", "search.strongest_penalty=1e-6"])
        #expect(strict.refinement.map { Set($0.tried.map(\.structure.core.ridge)) } == [1e-6])
    }

    @Test("A part in which nothing was measured does not keep the others from judging")
    func unmeasured() throws {
        var episode = TinyLog.episodes()[0]
        for row in 160..<240 { (episode[row, 0], episode[row, 1]) = (.nan, .nan) }
        let preparation = try TinyLog.preparation(
            [episode],
            settings: TrainingSettings.load(overrides: [
                "members=5", "order=1", "hidden=2", "free=0", "search.span=horizon", "lead=false",
                "search.nonlinear=false", "search.transient=false",
            ]))
        let found = try #require(preparation.refinement)
        #expect(found.fits.count == 5)
        #expect(found.tried.allSatisfy { $0.judgement.errors.count == 4 && $0.judgement.error.isFinite })
        let rows = RefinementData(preparation.data, history: 6, members: 5)
        #expect((0..<5).map { rows.judging($0, steps: 10, rows: 8000).isEmpty } == [false, false, true, false, false])
    }

    @Test("The hidden unit that a linear model gets is drawn by the seed of the training")
    func seed() throws {
        func drawn(_ seed: Int) throws -> [Float] {
            let quick = ["search.span=horizon", "lead=false", "search.nonlinear=false", "search.transient=false"]
            return try preparation(quick + ["seed=\(seed)"]).model.predictor.hiddenInput.value.floats()
        }
        #expect(try drawn(1) != drawn(2))
    }

    @Test(
        "Epochs polish what was fitted on free runs, and fit what the log is too short to fit before",
        arguments: [1, 12])
    func polish(order: Int) throws {
        // With 24 states there are more parameters than a fifth of the numbers measured.
        let preparation = try preparation(["order=\(order)", "search.nonlinear=false"])
        #expect(preparation.refinement?.structure.isRefined == (order == 1))
        #expect(preparation.settings.descent.polish == .value(order == 1))
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        #expect(trainer.patience == (order == 1 ? 3 : 10))
    }

    @Test("Reach is the horizon, four of it, or more where a pole is slow")
    func span() throws {
        func reach(_ span: String) throws -> Int? {
            var settings = try TrainingSettings.load(overrides: ["search.span=\(span)"])
            try settings.derive(timing: (1, 8, 20), samples: 5000, samplingTime: 1)
            settings.lengthenReach(radius: 0.9999)
            return settings.reach.resolved
        }
        #expect(try reach("horizon") == 20 && reach("beyond") == 256 && reach("settled") == 1024)
    }

    @Test("By the sum alone, one lucky part is reason enough")
    func judge() {
        let (old, lucky) = (Judgement([1, 1.2, 0.9, 1.1, 1]), Judgement([1.02, 0.1, 0.92, 1.12, 1.02]))
        #expect(!lucky.isBetter(than: old, by: 0.03) && lucky.isBetter(than: old, by: 0.03, rule: .sum))
        #expect(!lucky.isBetter(than: old, by: 0.3, rule: .sum))
    }

    @Test("Without its bound the linear part is what it is, in training, in the search, and in a saved model")
    func bound() throws {
        let bounded = StateSpaceShape(states: 1, inputs: 1, outputs: 1, hidden: 0, hasLead: false)
        var free = bounded
        free.isBounded = false
        for (shape, expected) in [(bounded, 1.0), (free, 2)] {
            var member = StateSpaceMember(shape)
            member.values[0] = 2
            #expect(member.contracted().member.values[0] == expected)
        }
        var settings = TinyLog.settings(epochs: 1)
        settings.bounded = false
        let model = try TinyLog.model(settings: settings)
        let linear = model.network.predictor.linear
        withoutGradients { linear.assign(linear.value * 3) }
        #expect(model.network.predictor.contraction().floats() == linear.value.floats())
        try withTemporaryFolder { folder in
            try ModelFolder.save(model, to: "\(folder)/model")
            let loaded = try ModelFolder.load("\(folder)/model")
            #expect(loaded.network.predictor.contraction().floats() == linear.value.floats())
        }
    }

    @Test("A model that was saved before parts could be left out has them all")
    func older() throws {
        let model = try TinyLog.model()
        try withTemporaryFolder { folder in
            try ModelFolder.save(model, to: "\(folder)/model")
            let path = "\(folder)/model/model.yaml"
            var (kept, depth) = ([Substring](), Int?.none)
            for line in try InputFile.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
                let indent = line.prefix { $0 == " " }.count
                if let inside = depth, indent > inside { continue }
                depth = nil
                let key = line.dropFirst(indent).prefix { $0 != ":" }
                if key == "search" || key == "descent" { depth = indent }
                if !["search", "descent", "bounded", "states"].contains(key) { kept.append(line) }
            }
            let text = kept.joined(separator: "\n")
            #expect(!text.contains("polish") && !text.contains("bounded:") && !text.contains("states:"))
            try AtomicFile.write(text, to: path)
            var known = model.description
            known.settings.descent.polish = .auto
            #expect(try ModelFolder.load("\(folder)/model").description == known)
        }
    }
}
