import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Training checkpoint", .enabled(if: torchIsSetUp))
struct CheckpointTests {
    private func trainer(_ settings: TrainingSettings, _ episodes: [Episode] = TinyLog.episodes()) throws -> Trainer {
        let preparation = try TinyLog.preparation(episodes, settings: settings)
        return try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
    }

    /// Everything that decides how a run goes on.
    private func state(_ trainer: Trainer) -> [String: [Float]] {
        var state = trainer.model.stateDict().mapValues { $0.floats() }
        for (name, value) in trainer.bestState { state["best/\(name)"] = value.floats() }
        for (name, value) in trainer.optimiser.stateDict() { state["optimiser/\(name)"] = value.floats() }
        for (name, value) in trainer.average?.stateDict() ?? [:] { state["average/\(name)"] = value.floats() }
        state["generator"] = trainer.generator.state().map(Float.init)
        state["progress"] = [Float(trainer.epoch), Float(trainer.best.epoch), Float(trainer.best.error)]
        return state
    }

    @Test("Six epochs are three, a restart and three, to the bit", arguments: AntiCollapse.allCases)
    func bitExact(_ antiCollapse: AntiCollapse) throws {
        var settings = TinyLog.settings(epochs: 6)
        settings.loss.antiCollapse = antiCollapse
        let data = DataFingerprint(TinyLog.episodes())
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            let straight = try trainer(settings)
            for epoch in 0..<6 {
                _ = straight.runEpoch()
                if epoch == 2 { try TrainingCheckpoint.save(straight, data: data, to: path) }
            }
            let resumed = try trainer(settings)
            // A trainer that has gone elsewhere is brought back whole.
            _ = resumed.runEpoch()
            #expect(try TrainingCheckpoint.restore(resumed, data: data, from: path).isEmpty)
            #expect(resumed.epoch == 3)
            var reports: [EpochReport] = []
            while !resumed.isFinished { reports.append(resumed.runEpoch()) }
            #expect(reports.map(\.epoch) == [4, 5, 6])
            #expect(state(resumed) == state(straight))
            #expect(resumed.sampler == straight.sampler)
        }
    }

    @Test("The same run saves the same bytes") func deterministic() throws {
        let data = DataFingerprint(TinyLog.episodes())
        try withTemporaryFolder { folder in
            for name in ["a", "b"] {
                let trainer = try trainer(TinyLog.settings())
                _ = trainer.runEpoch()
                try TrainingCheckpoint.save(trainer, data: data, to: "\(folder)/\(name)")
            }
            #expect(try InputFile.bytes(folder + "/a") == InputFile.bytes(folder + "/b"))
        }
    }

    @Test("Other settings are refused by name") func otherSettings() throws {
        let data = DataFingerprint(TinyLog.episodes())
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint"
            try TrainingCheckpoint.save(trainer(TinyLog.settings()), data: data, to: path)
            var other = TinyLog.settings()
            other.rate = 1e-3
            other.loss.prediction = 0.3
            let changed = try trainer(other)
            let before = state(changed)
            let error = #expect(throws: ForesightError.self) {
                try TrainingCheckpoint.restore(changed, data: data, from: path)
            }
            #expect(error?.code == .usage)
            #expect(error?.message.contains("rate was 0.002, now 0.001") == true)
            #expect(error?.message.contains("loss.prediction was 0.1, now 0.3") == true)
            #expect(state(changed) == before)
        }
    }

    @Test("Other data are refused by what differs") func otherData() throws {
        let episodes = TinyLog.episodes(2, samples: 200)
        let data = DataFingerprint(episodes)
        #expect(data.difference(from: data) == nil)
        func difference(_ change: (inout [Episode]) -> Void) -> String {
            var changed = episodes
            change(&changed)
            return DataFingerprint(changed).difference(from: data) ?? "nothing"
        }
        #expect(difference { $0[1][17, 0] += 1e-9 } == "episode tiny 1 had other values")
        #expect(difference { $0[0] = $0[0].slice(0..<150) } == "episode tiny 0 had 200 samples, now 150")
        #expect(difference { $0.removeLast() } == "there were 2 episodes, now 1")
        #expect(difference { $0[0].samplingTime = 2 } == "the sampling time was 1.0 s, now 2.0 s")
        #expect(difference { $0[0].channels[2].upperLimit = 90 }.contains("now action Q [%] (0.0 to 90.0)"))
        #expect(difference { $0[0].name = "renamed" } == "nothing")
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint"
            try TrainingCheckpoint.save(trainer(TinyLog.settings()), data: data, to: path)
            let fresh = try trainer(TinyLog.settings())
            let error = #expect(throws: ForesightError.self) {
                try TrainingCheckpoint.restore(fresh, data: DataFingerprint(TinyLog.episodes()), from: path)
            }
            #expect(error?.message.contains("there were 2 episodes, now 1") == true)
        }
    }

    @Test("A damaged or foreign file is refused") func damaged() throws {
        let data = DataFingerprint(TinyLog.episodes())
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint"
            let fresh = try trainer(TinyLog.settings())
            try TrainingCheckpoint.save(fresh, data: data, to: path)
            let whole = try InputFile.bytes(path)
            for (bytes, words) in [
                (Array(whole.prefix(whole.count / 2)), "bytes"),
                (whole.enumerated().map { $0.offset == whole.count - 3 ? $0.element ^ 4 : $0.element }, "checksum"),
            ] {
                try AtomicFile.write(bytes, to: path)
                let error = #expect(throws: ForesightError.self) {
                    try TrainingCheckpoint.restore(fresh, data: data, from: path)
                }
                #expect(error?.code == .data)
                #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            }
            try SafetensorsWriter.write(["x": Tensor([1.0])], metadata: ["format": "other"], to: path)
            let error = #expect(throws: ForesightError.self) {
                try TrainingCheckpoint.restore(fresh, data: data, from: path)
            }
            #expect(error?.message.contains("'other'") == true)
        }
    }

    @Test("A full disk leaves the earlier checkpoint as it was") func fullDisk() throws {
        let data = DataFingerprint(TinyLog.episodes())
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint"
            let run = try trainer(TinyLog.settings())
            try TrainingCheckpoint.save(run, data: data, to: path)
            let before = try InputFile.bytes(path)
            _ = run.runEpoch()
            let error = #expect(throws: ForesightError.self) {
                try TrainingCheckpoint.save(run, data: data, to: path, storage: FillingStorage(capacity: 5000))
            }
            #expect(error?.code == .failure)
            #expect(error?.message.contains("no space left") == true)
            #expect(try InputFile.bytes(path) == before)
            #expect(Folder.names(in: folder) == ["checkpoint"])
        }
    }
}
