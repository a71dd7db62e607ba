import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("A model that is trained on", .enabled(if: torchIsSetUp))
struct ContinuationTests {
    /// One lag under one heater, whose gain is what changes.
    private static func log(gain: Double, samples: Int = 600, seed: UInt64) -> Episode {
        var random = SeededGenerator(seed: seed)
        var (y, u) = (1.0, 0.5)
        var values: [Double] = []
        for row in 0..<samples {
            if row % 15 == 0 { u = random.uniform(in: 0...1) }
            values += [y + 0.02 * random.normal(), u]
            y = 0.85 * y + gain * u + 0.1
        }
        return Episode(
            name: "gain \(gain)",
            channels: [Channel(name: "y", unit: "V", role: .observation), Channel(name: "u", role: .action)],
            samplingTime: 1, values: values)
    }

    private static let settings: TrainingSettings = {
        var settings = TrainingSettings()
        settings.members = .value(2)
        settings.batch = 8
        settings.epochs = 2
        settings.stepsPerEpoch = 3
        settings.hidden = .value(1)
        settings.free = .value(0)
        settings.order = .value(1)
        return settings
    }()

    private static func trained(members: Int = 2) throws -> TrainedModel {
        var settings = settings
        settings.members = .value(members)
        settings.refine = false
        settings.epochs = 8
        settings.stepsPerEpoch = 20
        settings.rate = 0.02
        let episodes = [log(gain: 0.3, seed: 1)]
        let preparation = try TrainingPreparation(episodes, timing: (1, 6, 10), settings: settings)
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        while !trainer.isFinished { _ = trainer.runEpoch() }
        try trainer.restoreBest()
        return preparation.finish(episodes: episodes, rehearsal: 20)
    }

    private static func continued(
        _ model: TrainedModel, _ old: OldExperience, options: ContinuationOptions
    ) throws -> [ContinuationErrors] {
        var settings = model.description.settings
        settings.refine = true
        settings.epochs = 2
        let continuation = try ModelContinuation(
            of: model, old: old, LoadedLog(simulated: log(gain: 0.39, seed: 2)), settings: settings, options: options)
        while !continuation.trainer.isFinished { _ = continuation.trainer.runEpoch() }
        let after = try continuation.model(origin: ModelOrigin(), parentDigest: "ab", rehearsal: 20)
        #expect(after.description.scaling == model.description.scaling)
        #expect(after.description.architecture == model.description.architecture)
        #expect(after.description.origin.parent == "ab")
        let test = try continuation.comparison(on: [log(gain: 0.3, seed: 3)], named: "test", isOld: true)
        return continuation.comparison() + [test]
    }

    @Test(
        "predicts new data better and old test data no more than 5 % worse; without protection it forgets them",
        arguments: [true, false])
    func forgetting(hasLog: Bool) throws {
        let model = try Self.trained()
        let old = try #require(model.rehearsal)
        let parts = try Self.continued(
            model, hasLog ? .log([Self.log(gain: 0.3, seed: 1)]) : .rehearsal(old), options: ContinuationOptions())
        #expect(parts.map(\.part) == ["old, left out", "new, left out", "test"])
        #expect(parts[0].together.after <= 1.05 * parts[0].together.before)
        #expect(parts[1].together.after < parts[1].together.before)
        // What was never seen of the old plant may be off by chance a little more than what judged.
        #expect(parts[2].together.after <= 1.08 * parts[2].together.before, "\(parts[2].together)")
        let naive = try Self.continued(
            model, .rehearsal(old), options: ContinuationOptions(keep: 0, tolerance: nil))
        #expect(naive[2].together.after > 2 * naive[2].together.before, "\(naive[2].together)")
        #expect(naive[1].together.after < 0.5 * naive[1].together.before, "\(naive[1].together)")
    }

    @Test("A single member, too, goes on from what its folder keeps, and knows what is normal") func single() throws {
        let model = try Self.trained(members: 1)
        let kept = try #require(model.rehearsal)
        let continuation = try ModelContinuation(
            of: model, old: .rehearsal(kept), LoadedLog(simulated: Self.log(gain: 0.39, seed: 2)),
            settings: model.description.settings)
        while !continuation.trainer.isFinished { _ = continuation.trainer.runEpoch() }
        let after = try continuation.model(origin: ModelOrigin(), parentDigest: "ab", rehearsal: 20)
        #expect(after.surprise != nil && after.rehearsal != nil)
    }

    @Test("Bands reach as far as old or new data do, also where the others hold no window of all steps")
    func shortLog() throws {
        let model = try Self.trained()
        let (long, short) = (Self.log(gain: 0.3, seed: 1), Self.log(gain: 0.39, samples: 12, seed: 2))
        func bands(old: Episode, new: Episode) throws -> (steps: Int, floor: [Double], novelty: Int) {
            let data = try TrainingData(continuing: model.description, old: .log([old]), new: [new])
            let settings = model.description.settings
            let found = Calibration(model.network, data: data, settings: settings)
            let novelty = NoveltyScore(model.network, data: data, settings: settings)
            return (found.steps, found.floor, novelty.spreadThreshold.count)
        }
        let (newShort, oldShort, whole) = (
            try bands(old: long, new: short), try bands(old: short, new: long), try bands(old: long, new: long)
        )
        #expect(whole.steps == 10 && newShort.steps == 10 && oldShort.steps == 10)
        #expect(newShort.novelty == 10 && oldShort.novelty == 10)
        // The last step goes by the long log alone.
        for floor in [newShort.floor, oldShort.floor] { #expect(abs(floor[9] / whole.floor[9] - 1) < 1e-3) }
    }

    @Test("Members on plain numbers are the network's, and back") func members() throws {
        let model = try TinyLog.model()
        let network = model.network
        let before = network.stateDict().mapValues { $0.floats() }
        let members = network.stateSpaceMembers()
        network.load(members, spreads: network.componentSizes)
        for (name, value) in network.stateDict() {
            let (was, now) = (try #require(before[name]), value.floats())
            #expect(zip(was, now).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) }, "\(name)")
        }
        // And they predict what the network predicts.
        let table = try SignalTable(TinyLog.episodes(), scaling: model.description.scaling, stride: 1)
        let data = try TrainingData(continuing: model.description, old: .nothing, new: TinyLog.episodes())
        let rows = RefinementData(data, history: 6, members: 2)
        let window = FreeRunWindow(stretch: 0, start: 40, history: 6, steps: 10)
        let batch = WindowBatch(table, visible: nil, starts: [[46], [46]], history: 6, steps: 10)
        let predicted = withoutGradients { freeRun(network, batch, history: 6) }.floats()
        for member in 0..<2 {
            let errors = FreeRunKernel.errors(members[member].contracted().member, window, rows.stretches[0])
            for index in errors.indices {
                let truth = rows.stretches[0].outputs[46 * 2 + index]
                #expect(abs(truth - errors[index] - Double(predicted[member * 20 + index])) < 1e-4)
            }
        }
    }

    @Test("Kept stretches are rows of the log, with the member that left them out, through a file and back")
    func rehearsal() throws {
        let model = try TinyLog.model()
        let episodes = TinyLog.episodes()
        let data = try TrainingData(continuing: model.description, old: .nothing, new: episodes)
        let kept = try #require(RehearsalSet(data, limit: 7, rows: 16))
        #expect(kept.windows == 7)
        #expect(RehearsalSet(data, limit: 0, rows: 16) == nil)
        try withTemporaryFolder { folder in
            try kept.save(to: folder + "/kept", storage: DiskStorage())
            #expect(try RehearsalSet(path: folder + "/kept", description: model.description) == kept)
        }
        let joint = try TrainingData(continuing: model.description, old: .rehearsal(kept), new: episodes)
        #expect(joint.oldSegments == 7 && joint.table.segments.count == 8)
        // 25 windows of 16 rows in 400: the second that is kept is the fourth of them.
        let old = joint.table.outputs.narrow(dim: 0, start: 16, length: 16).floats()
        #expect(old == data.table.outputs.narrow(dim: 0, start: 48, length: 16).floats())
        #expect(joint.folds.fold(episode: 1, sample: 3) == data.folds.fold(episode: 0, sample: 51))
        #expect(joint.folds.fold(episode: 7, sample: 399) == 1)
        // A folder keeps them, and the model works when they are removed.
        let whole = try TinyLog.preparation().finish(episodes: episodes, rehearsal: 5)
        try withTemporaryFolder { folder in
            try ModelFolder.save(whole, to: folder + "/model")
            #expect(try ModelFolder.rehearsal(of: folder + "/model") == whole.rehearsal)
            #expect(
                try InputFile.text(folder + "/model/card.md").contains("This folder holds recorded data: 5 stretches"))
            try FileManager.default.removeItem(atPath: folder + "/model/rehearsal.safetensors")
            #expect(try ModelFolder.rehearsal(of: folder + "/model") == nil)
            _ = try ModelFolder.load(folder + "/model")
        }
    }

    @Test("What would need another model is refused by name") func refused() throws {
        let model = try TinyLog.model()
        func message(
            _ change: (inout TrainingSettings) -> Void, _ log: Episode = TinyLog.episodes()[0],
            old: OldExperience = .nothing
        ) -> String {
            var settings = model.description.settings
            change(&settings)
            let error = #expect(throws: ForesightError.self) {
                _ = try ModelContinuation(of: model, old: old, LoadedLog(simulated: log), settings: settings)
            }
            return error?.message ?? ""
        }
        #expect(message { $0.hidden = .value(9) }.hasPrefix("hidden belong"))
        var slow = TinyLog.episodes()[0]
        slow.samplingTime = 2
        #expect(message({ _ in }, slow).contains("sampled every"))
        var other = TinyLog.episodes()[0]
        other.channels[3].name = "gust"
        #expect(message({ _ in }, other).contains("the log lacks wind"))
        #expect(message({ _ in }, TinyLog.episodes()[0].slice(0..<6)).contains("no episode"))
        let scrap = OldExperience.log([TinyLog.episodes()[0].slice(0..<6)])
        #expect(message({ _ in }, old: scrap).contains("no episode of the old log"))
    }
}
