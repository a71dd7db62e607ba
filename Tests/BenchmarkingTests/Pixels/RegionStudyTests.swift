import Agents
import Basics
import Episodes
import Foundation
import Plants
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Guardrails on a learned region")
struct RegionStudyTests {
    @Test("Starts and goals lie outside the zone, with it between them, the same for the same seed")
    func manifest() throws {
        let study = RegionStudy(pairs: 20)
        let manifest = try study.manifest()
        #expect(try manifest.pairs.count == 20 && manifest == study.manifest())
        #expect(try RegionStudy(pairs: 20, seed: 1).manifest() != manifest)
        for pair in manifest.pairs {
            #expect(!study.isInside(pair.start) && !study.isInside(pair.goal))
            #expect(!TwoRooms().areApart(pair.start, pair.goal) && pair.start[0] > 112)
            let rows = (0...40).map { part in
                zip(pair.start, pair.goal).map { $0 + Double(part) / 40 * ($1 - $0) }
            }
            #expect(rows.filter(study.isInside).count >= 3, "\(pair)")
        }
    }

    @Test("What decides what comes of a pair is in the words that it is kept by")
    func words() throws {
        func words(_ study: RegionStudy) throws -> String { try study.words(study.manifest()) }
        let study = RegionStudy(pairs: 3)
        #expect(try words(study) == words(RegionStudy(pairs: 3)))
        let others = [RegionStudy(pairs: 2), RegionStudy(pairs: 3, episodes: 60), RegionStudy(pairs: 3, seed: 1)]
        for other in others { #expect(try words(other) != words(study)) }
        #expect(RegionStudy(pairs: 2).regionWords == study.regionWords && others[1].regionWords != study.regionWords)
    }

    @Test("Shares of pairs have intervals, and none before the first pair")
    func intervals() throws {
        var outcome = RegionStudy.Outcome(
            way: "guardrail", objective: "minimize(distance)", guardrail: nil, reached: [], inside: [], steps: [],
            fallbacks: 0, decisions: 0)
        #expect(outcome.successInterval == nil && outcome.violationsInterval == nil)
        #expect(outcome.cleanSuccessInterval == nil)
        outcome.reached = Array(repeating: true, count: 9) + [false]
        outcome.inside = [3, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(outcome.successInterval == BinomialRate.clopperPearson(9, of: 10))
        #expect(outcome.violationsInterval == BinomialRate.clopperPearson(2, of: 10))
        #expect(outcome.cleanSuccessInterval == BinomialRate.clopperPearson(8, of: 10))
    }

    @Test("A row is labelled by the true place of the dot")
    func labels() throws {
        let study = RegionStudy(episodes: 3)
        let frames = try study.record(imageSize: 8)
        let set = PixelSet.twoRooms
        for number in 0..<3 {
            let labels = try frames.values(of: "unsafe", episode: number, rows: 0..<90)
            let states = try WorldRollout(
                set.task.world, policy: set.policies[number % 2], rows: 90, width: 0, height: 0
            ).episode(number, seed: 1).states
            for row in 0..<90 {
                let (x, y) = (states[2 * row], states[2 * row + 1])
                #expect((labels[row] == 1) == ((146...182).contains(x) && (92...132).contains(y)))
            }
        }
    }

    /// The model that comes with the project, above `Tests/BenchmarkingTests/Pixels`.
    private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Models/two-rooms").path

    @Test(
        "With the guardrail the planner goes round a zone that it would go through without", .enabled(if: torchIsSetUp))
    func goesRound() throws {
        var study = RegionStudy(pairs: 1, episodes: 60)
        study.weights = []
        var model = try ImageModelFolder.load(Self.shipped)
        let frames = try study.record(imageSize: 64)
        try model.learnRegion(
            RegionStudy.name, labels: try RegionLabels(column: RegionStudy.name, of: frames), in: frames,
            heldOut: RegionStudy.heldOut)
        let outcomes = try study.run(model, manifest: study.manifest())
        #expect(outcomes.map(\.way) == ["no guardrail", "guardrail"])
        #expect(outcomes[0].inside[0] > 0 && outcomes[0].reached == [true], "\(outcomes[0])")
        #expect(outcomes[1].inside == [0] && outcomes[1].reached == [true], "\(outcomes[1])")
        // What came of pairs is not planned again, and what is missing comes to the same.
        var begun = outcomes
        (begun[0].reached, begun[0].inside, begun[0].steps) = ([], [], [])
        (begun[0].fallbacks, begun[0].decisions) = (0, 0)
        var heard: [String] = []
        let rest = try study.run(model, manifest: study.manifest(), known: begun) { heard.append($0.way) }
        #expect(heard == ["no guardrail"] && rest == outcomes)
    }
}
