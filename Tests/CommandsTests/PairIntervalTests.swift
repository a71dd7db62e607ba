import Basics
import Reports
import Testing
import WorldModels

@testable import Benchmarking
@testable import Commands

@Suite("Intervals of shares of pairs, as benchmarks print them")
struct PairIntervalTests {
    @Test("Success of one model has an interval behind it, on the page as well, and that of several has none")
    func pixels() throws {
        func result(_ models: Int) -> PixelResult {
            var result = PixelResult(PixelSet.twoRooms, settings: ImageSettings(), rows: 900)
            let pairs = (0..<20).map { PixelPair(episode: $0, row: 0, start: [0], goal: [1]) }
            let outcomes = (0..<20).map {
                PixelOutcome(episode: $0, row: 0, isSolved: $0 < 17, steps: 5, end: [0])
            }
            let manifest = PixelManifest(
                version: 1, world: "two-rooms", factors: [:], rule: .moderate, offset: 25, budget: 50, seed: 0,
                pairs: pairs)
            let score = PixelScore(outcomes: outcomes, seconds: [0.001])
            for seed in 0..<models {
                result.trainings.append(.init(seed: seed, seconds: 60, health: nil))
                result.judgements.append(.init(seed: seed, manifest: manifest, score: score, random: score))
            }
            return result
        }
        #expect(PixelsText.rows(result(1)).map { $0[2] } == ["85.0 % (62.1–96.8)"])
        #expect(PixelsText.rows(result(2)).map { $0[2] } == ["85.0 %"])
        for (models, isTold) in [(1, true), (2, false)] {
            let results = [result(models)]
            #expect(PixelsText.text(results, note: "", report: "").contains(PixelsText.intervals) == isTold)
            let page = PixelsPage.page(results, note: "").html
            #expect(page.contains(PixelsText.intervals) == isTold && page.contains("62.1–96.8") == isTold)
        }
    }

    @Test("Each share of a way of planning round a region has an interval, in words and as JSON")
    func regions() throws {
        let outcome = RegionStudy.Outcome(
            way: "guardrail", objective: "minimize(distance)", guardrail: nil,
            reached: Array(repeating: true, count: 17) + [false, false, false],
            inside: [1] + Array(repeating: 0, count: 19), steps: Array(repeating: 5, count: 20), fallbacks: 0,
            decisions: 100)
        let text = RegionsText.table([outcome])
        #expect(text.contains("5.0 % (0.1–24.9)") && text.contains("85.0 % (62.1–96.8)"))
        #expect(text.contains("80.0 % (56.3–94.3)") && text.hasSuffix(BenchmarkText.intervals))
        let json = RegionsText.json(outcome)
        #expect(json["success"]?.double == 85 && json["violations"]?.double == 5)
        for key in ["success_95", "violations_95", "success_without_violation_95"] {
            let ends = try #require(json[key]?.array).compactMap(\.double)
            #expect(ends.count == 2 && ends[0] < ends[1])
        }
    }

    @Test("Surprise of several models has an interval over models beside that of the one in the middle over pairs")
    func surprise() throws {
        let violation = SurpriseSet.twoRooms.violations[0]
        func result(_ models: Int, pairs: Int = 12) -> SurpriseResult {
            var result = SurpriseResult(.twoRooms, settings: ImageSettings(), rows: 90)
            for seed in 0..<models {
                // The model of a seed is wrong in as many pairs.
                let impossible = (0..<pairs).map { $0 < seed ? 0.0 : Double($0 + 2) }
                let score = SurpriseScore(
                    impossible: impossible, possible: [Double](repeating: 1, count: pairs), alarms: 0, falseAlarms: 0)
                result.judgements.append(
                    SurpriseJudgement(
                        violation: violation, seed: seed, scores: [SurpriseMeasure(.own): score], example: nil))
            }
            return result
        }
        let place = try #require(SurpriseText.columns.firstIndex(of: "over models"))
        #expect(SurpriseText.rows(result(1)).map { $0[place] } == [""])
        // Areas of 1, 11/12 and 10/12.
        let cell = try #require(SurpriseText.rows(result(3)).first?[place])
        #expect(cell.hasPrefix("0.917 (0.") && cell.hasSuffix("…1.000)"), "\(cell)")
        let entry = result(3).json["violations"]?[violation.name]?["over_models"]
        let ends = try #require(entry?["auroc_95"]?.array).compactMap(\.double)
        // Models alone are 4.303 · (1/12) / √3 away from their mean.
        #expect(ends.count == 2 && ends[0] < 11.0 / 12 - 0.207 && ends[1] == 1)
        #expect(entry?["measure"]?.string == "whitened, own")
        #expect(result(1).json["violations"]?[violation.name]?["over_models"] == .null)
        #expect(SurpriseText.details(result(1, pairs: 9)).contains { $0.contains("too narrow where there are 9") })
        #expect(SurpriseText.details(result(1)).allSatisfy { !$0.contains("too narrow") })
    }
}
