import Basics
import Benchmarking
import Foundation
import Records
import Testing
import WorldModels
import _TestSupport

@testable import Commands

@Suite("Models that a benchmark of pictures keeps", .enabled(if: torchIsSetUp))
struct KeptModelsTests {
    private struct Ended: Error {}

    @Test("A training that was ended goes on, and has no time of its own, however often it is judged")
    func goesOn() throws {
        let set = try #require(PixelSet.all.first { $0.name == "two-rooms" })
        let settings = try set.settings([
            "width=4", "hidden=8", "batch=4", "steps=100", "directions=8", "horizon=1", "held_out=0.3",
            "distance_steps=10", "seed=3",
        ])
        var benchmark = PixelBenchmark(set, settings: settings, pairs: 1, episodes: 6)
        (benchmark.imageSize, benchmark.manifestSeeds) = (16, [0])
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            let place = KeptModels.place(set.name, 3)
            let checkpoint = "\(try folder.subfolder("models"))/two-rooms-seed3-checkpoint.safetensors"
            let frames = try benchmark.record { _ in }
            #expect(throws: Ended.self) {
                try benchmark.train(frames, seed: 3, checkpoint: checkpoint) {
                    if case .training(50, _, _) = $0 { throw Ended() }
                }
            }
            #expect(FileManager.default.fileExists(atPath: checkpoint))
            let session = PixelsSession(benchmark, talk: Talk(isQuiet: true), folder: folder)
            let first = try session.run(models: 1)
            #expect(first.trainings.map(\.seed) == [3] && first.trainings[0].seconds == nil)
            #expect(!FileManager.default.fileExists(atPath: checkpoint) && Folder.exists(folder.file(place)))
            let again = try session.run(models: 1)
            #expect(again.trainings[0].seconds == nil && again.json == first.json)
        }
    }

    @Test("A model that another command learns is left to it")
    func inUse() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            _ = try folder.subfolder("models")
            let place = KeptModels.place("two-rooms", 0)
            func learn() throws {
                _ = try KeptModels(folder, talk: Talk(isQuiet: true)).model(
                    place, check: { (_: TrainedImageModel, _: [String]) in },
                    learn: { _, _ in throw Ended() })
            }
            let other = try #require(try FileLock.take(folder.file(place)))
            let error = #expect(throws: ForesightError.self) { try learn() }
            #expect(error?.code == .failure && error?.message.contains("another command is learning") == true)
            other.release()
            #expect(throws: Ended.self) { try learn() }
            #expect(Folder.names(in: folder.file("models")).isEmpty)
        }
    }

    @Test("A model of which something is known that cannot be read is told by the name of the file")
    func damaged() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            let shipped = HelpTests.package.appendingPathComponent("Models/two-rooms").path
            _ = try folder.subfolder("models")
            let place = KeptModels.place("two-rooms", 0)
            try FileManager.default.copyItem(atPath: shipped, toPath: folder.file(place))
            try folder.write("{}\n", to: "\(place).json")
            let error = #expect(throws: ForesightError.self) {
                try KeptModels(folder, talk: Talk(isQuiet: true)).model(
                    place, check: { (_: TrainedImageModel, _: [String]) in },
                    learn: { _, _ in throw Ended() }
                ).known
            }
            #expect(error?.code == .data && error?.message.contains("two-rooms-seed0.json") == true)
        }
    }
}
