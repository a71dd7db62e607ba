import Basics
import Episodes
import Networks
import Tensors
import Testing
import WorldModels
import _TestSupport

@testable import Benchmarking

@Suite("Surprise that is measured in several goes")
struct SurpriseTrainingTests {
    private struct Ended: Error {}

    @Test("Training that ended goes on from what it saved, to the same model", .enabled(if: torchIsSetUp))
    func goesOn() throws {
        let settings = try SurpriseSet.twoRooms.settings([
            "width=4", "hidden=8", "batch=4", "steps=100", "directions=8", "horizon=1", "held_out=0.4",
        ])
        var benchmark = SurpriseBenchmark(.twoRooms, settings: settings, pairs: 1, episodes: 5)
        benchmark.imageSize = 16
        let frames = try benchmark.record { _ in }
        let straight = try benchmark.train(frames, seed: 1) { _ in }
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            #expect(throws: Ended.self) {
                try benchmark.train(frames, seed: 1, checkpoint: path) {
                    if case .training(50, _, _) = $0 { throw Ended() }
                }
            }
            #expect(try ImageCheckpoint.step(of: path) == 50)
            let resumed = try benchmark.train(frames, seed: 1, checkpoint: path) { phase in
                if case .training(let step, _, _) = phase { #expect(step == 100) }
            }
            func weights(_ watching: WatchingModel) -> [String: [Float]] {
                watching.model.network.stateDict().mapValues { $0.floats() }
            }
            #expect(weights(resumed) == weights(straight))
            #expect(resumed.knowledge.ordinary == straight.knowledge.ordinary)
            // What a run keeps beside the model is read as it was.
            let text = try JSONText.encode(straight.knowledge)
            let read = try JSONText.decode(WatchingModel.Knowledge.self, from: text, source: "knowledge")
            #expect(read == straight.knowledge)
            try benchmark.check(straight.model, read, recorded: benchmark.fingerprint(frames), seed: 1)
            for seed in [1, 2] {
                let recorded = seed == 1 ? "something else" : read.recorded
                let error = #expect(throws: ForesightError.self) {
                    try benchmark.check(straight.model, read, recorded: recorded, seed: seed)
                }
                #expect(error?.code == .usage && error?.message.contains("the folder has a model of two-rooms") == true)
            }
        }
    }

    @Test("A judgement that was kept is the judgement, errors beyond all numbers included")
    func kept() throws {
        let violation = SurpriseSet.twoRooms.violations[0]
        let pairs = SurprisePairs(.twoRooms, violation, imageSize: 8)
        let pair = try #require(try pairs.make(1, of: 3, seed: 5).first)
        #expect(try pairs.make(3, seed: 5)[0].impossible == pair.impossible)
        let score = SurpriseScore(impossible: [2.5, .infinity], possible: [0.1, 0.2], alarms: 2, falseAlarms: 1)
        let judgement = SurpriseJudgement(
            violation: violation, seed: 7, scores: [SurpriseMeasure(.own): score],
            example: .init(pair: pair, firstRow: [.own: 3], errors: [.own: [[1, 2], [.infinity, 4]]]))
        let text = try JSONText.encode(KeptSurprise(judgement))
        let kept = try JSONText.decode(KeptSurprise.self, from: text, source: "kept")
        let found = kept.judgement(violation, seed: 7, first: pair)
        let read = try #require(found.scores[SurpriseMeasure(.own)])
        #expect(found.scores.count == 1 && read.impossible == score.impossible && read.possible == score.possible)
        #expect(read.alarms == 2 && read.falseAlarms == 1 && read.area == score.area && found.seed == 7)
        let example = try #require(found.example)
        #expect(example.firstRow == [.own: 3] && example.errors == [.own: [[1, 2], [.infinity, 4]]])
        let isShown = kept.judgement(violation, seed: 7, first: nil).example != nil
        #expect(!isShown)
        // So is that of a whole world, with the pair that is shown.
        var result = SurpriseResult(.twoRooms, settings: ImageSettings(), rows: 90)
        result.trainings = [.init(seed: 7, seconds: nil, health: nil, filterErrors: [.brief: 0.5])]
        result.judgements = [judgement]
        let whole = try JSONText.encode(KeptSurpriseResult(result))
        let again = try JSONText.decode(KeptSurpriseResult.self, from: whole, source: "kept")
            .result(.twoRooms) { $0.name == violation.name ? pair : nil }
        #expect(again.json.text() == result.json.text())
        #expect(again.judgements.count == 1 && again.settings == result.settings)
        #expect(again.judgements[0].example?.errors == [.own: [[1, 2], [.infinity, 4]]])
        let benchmark = SurpriseBenchmark(.twoRooms, settings: ImageSettings(), pairs: 3)
        var other = benchmark
        other.settings.rate *= 2
        #expect(other.words(models: nil) != benchmark.words(models: nil))
        #expect(benchmark.words(models: "runs/a") != benchmark.words(models: nil))
    }
}
