import Basics
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Figures of planning to a picture")
struct PixelResultTests {
    /// A manifest of ten pairs, and a score of so many solved.
    private func judgement(_ model: Int, _ rule: PixelRule, manifest seed: UInt64, solved: Int, random: Int)
        -> PixelResult.Judgement
    {
        let pairs = (0..<10).map { PixelPair(episode: $0, row: 0, start: [0], goal: [1]) }
        func score(_ count: Int, _ times: [Double]) -> PixelScore {
            PixelScore(
                outcomes: (0..<10).map {
                    PixelOutcome(episode: $0, row: 0, isSolved: $0 < count, steps: 5, end: [0])
                }, seconds: times)
        }
        return PixelResult.Judgement(
            seed: model,
            manifest: PixelManifest(
                version: 1, world: "two-rooms", factors: [:], rule: rule, offset: 25, budget: 50, seed: seed,
                pairs: pairs), score: score(solved, (1...20).map { Double($0) / 1000 }), random: score(random, []))
    }

    /// Models 4, 5 and 6, judged on two manifests under the moderate rule alone.
    private func result(_ solved: [(Int, Int)]) -> PixelResult {
        var result = PixelResult(PixelSet.twoRooms, settings: ImageSettings(), rows: 900)
        for (index, counts) in solved.enumerated() {
            result.trainings.append(.init(seed: 4 + index, seconds: 60, health: nil))
            result.judgements += [
                judgement(4 + index, .moderate, manifest: 0, solved: counts.0, random: 1),
                judgement(4 + index, .moderate, manifest: 1, solved: counts.1, random: 2),
            ]
        }
        return result
    }

    @Test("A model's success is the mean over manifests, a world's the median over models")
    func medians() {
        let three = result([(10, 8), (4, 6), (9, 10)])
        #expect(three.success(.moderate) == [90, 50, 95])
        #expect(three.median(.moderate) == 90)
        #expect(abs(three.random(.moderate) - 15) < 1e-9)
        // Of an even number the middle of the two in the middle.
        #expect(result([(10, 8), (4, 6)]).median(.moderate) == 70)
        #expect(result([(10, 10), (4, 6), (0, 0), (8, 8)]).median(.moderate) == 65)
        #expect(three.median(.strict) == nil && three.success(.strict).isEmpty && three.random(.strict).isNaN)
        #expect(result([]).planTimes == nil)
    }

    @Test("One model's success has the interval over the pairs of all its manifests, several have their range")
    func interval() throws {
        let one = result([(8, 9)])
        // 17 of 20, by scipy.stats.binomtest.
        let interval = try #require(one.interval(.moderate))
        #expect(abs(interval.lowerBound - 62.107) < 0.001 && abs(interval.upperBound - 96.793) < 0.001, "\(interval)")
        let ends = one.json["rules"]?["moderate"]?["success_95"]?.array?.compactMap(\.double)
        #expect(ends == [interval.lowerBound, interval.upperBound])
        #expect(one.interval(.strict) == nil && one.interval(factor: "standard") == nil)
        let two = result([(8, 9), (8, 9)])
        #expect(two.interval(.moderate) == nil && two.json["rules"]?["moderate"]?["success_95"] == .null)
        var varied = one
        varied.varied = [.init("standard", one.judgements[0])]
        let eight = try #require(varied.interval(factor: "standard"))
        #expect(eight.contains(80) && eight.lowerBound > 44 && eight.upperBound < 98)
        #expect(varied.json["factors"]?[0]?["success_95"]?.array?.count == 2)
    }

    @Test("Plans are timed over all searches, in milliseconds")
    func times() throws {
        let times = try #require(result([(1, 1)]).planTimes)
        // Twice 1 to 20 ms: of 40 in order the 20th, 38th and 40th.
        #expect(abs(times.p50 - 10) < 1e-9 && abs(times.p95 - 19) < 1e-9 && abs(times.p99 - 20) < 1e-9)
        // Of 20 the one that 99 % stay within is the slowest, as in a closed loop.
        var one = result([])
        one.judgements = [judgement(4, .moderate, manifest: 0, solved: 1, random: 1)]
        let few = try #require(one.planTimes)
        #expect(abs(few.p50 - 10) < 1e-9 && abs(few.p95 - 19) < 1e-9 && abs(few.p99 - 20) < 1e-9)
    }

    @Test("The document holds every manifest with its digest, beside what was published")
    func json() throws {
        var result = result([(10, 8), (4, 6), (9, 10)])
        result.trainings[1].identified = .init(lags: 4, ridge: 0.001, heldOutErrors: [1, 2], greatestMode: 1.125)
        let document = result.json
        let moderate = try #require(document["rules"]?["moderate"])
        #expect(moderate["success"]?.double == 90 && moderate["reach"]?.double == 98)
        #expect(moderate["models"]?.array?.compactMap(\.double) == [90, 50, 95])
        #expect(moderate["published"]?.array?.first?["system"]?.string == "LeWM, audited")
        let manifests = try #require(moderate["manifests"]?.array)
        #expect(manifests.count == 6)
        #expect(
            manifests[3]["model"]?.int == 5 && manifests[3]["seed"]?.double == 1 && manifests[3]["pairs"]?.int == 10)
        #expect(manifests[3]["success"]?.double == 60 && manifests[3]["random"]?.double == 20)
        #expect(manifests[3]["sha256"]?.string == (try result.judgements[3].manifest.digest()))
        // A rule that was not judged is left out.
        #expect(document["rules"]?["strict"] == nil)
        #expect(document["rows"]?.int == 900 && document["recipe"]?.string == "sigreg-inverse")
        let trainings = try #require(document["training"]?.array)
        #expect(trainings.map { $0["identified"]?["lags"]?.int } == [nil, 4, nil])
        let identified = try #require(trainings[1]["identified"])
        #expect(identified["ridge"]?.double == 0.001 && identified["greatest_mode"]?.double == 1.125)
        #expect(identified["held_out_errors"]?.array?.compactMap(\.double) == [1, 2])
        #expect(try JSONParser.parse(document.text())["rows"]?.int == 900)
    }

    @Test("A result that was kept is the result, and stands under words that all settings change")
    func kept() throws {
        var result = result([(10, 8), (4, 6)])
        result.trainings[1].identified = .init(lags: 4, ridge: 0.001, heldOutErrors: [1, 2], greatestMode: 1.125)
        result.trainings[1].seconds = nil
        result.varied = [.init("standard", result.judgements[0])]
        let text = try JSONText.encode(KeptPixels(result))
        let read = try JSONText.decode(KeptPixels.self, from: text, source: "kept").result(.twoRooms)
        #expect(read.json.text() == result.json.text())
        #expect(read.settings == result.settings && read.planner == result.planner)
        let benchmark = PixelBenchmark(.twoRooms, settings: ImageSettings(), pairs: 10)
        let words = benchmark.words(models: nil)
        #expect(words == PixelBenchmark(.twoRooms, settings: ImageSettings(), pairs: 10).words(models: nil))
        var (rate, pairs, seeds, variety) = (benchmark, benchmark, benchmark, benchmark)
        rate.settings.rate *= 2
        pairs.pairs = 11
        seeds.manifestSeeds = PixelBenchmark.tuningSeeds
        variety.variety = .some([])
        var (memory, objective, planner) = (benchmark, benchmark, benchmark)
        memory.remembers = false
        objective.objective = "minimize(difference)"
        planner.planner = .jacobian
        for other in [rate, pairs, seeds, variety, memory, objective, planner] {
            #expect(other.words(models: nil) != words)
        }
        #expect(benchmark.words(models: "runs/a") != words)
    }

    @Test("Settings of a world are the defaults, what the world asks for, and what was typed over both")
    func settings() throws {
        let maze = try PixelSet.pointMaze.settings([])
        #expect(maze.stack == 2)
        var plain = maze
        plain.stack = ImageSettings().stack
        #expect(plain == ImageSettings())
        let push = try PixelSet.pushT.settings([])
        #expect(push.width == 192 && push.recipe == "vicreg-inverse" && push.inverse == 4 && push.reach == 5)
        // Another recipe has weights of its own; what a frozen encoder does not have is not asked for.
        let other = try PixelSet.pushT.settings(["recipe=sigreg"])
        #expect(try other.weightedRecipe == .sigreg)
        #expect(other.predictorSteps == push.predictorSteps && other.encoder == .keypoints)
        let frozen = try PixelSet.pushT.settings(["recipe=frozen", "pretrained=folder"])
        #expect(try frozen.weightedRecipe == .frozen)
        #expect(frozen.predictorSteps == 0)
        let typed = try PixelSet.pointMaze.settings(["stack=1", "recipe=sigreg", "steps=7"])
        #expect(typed.stack == 1 && typed.recipe == "sigreg" && typed.steps == 7)
        let unknown = #expect(throws: ForesightError.self) { _ = try PixelSet.twoRooms.settings(["stpes=7"]) }
        #expect(unknown?.code == .usage && unknown?.description.contains("did you mean 'steps'?") == true)
        let beyond = #expect(throws: ForesightError.self) { _ = try PixelSet.twoRooms.settings(["steps=0"]) }
        #expect(beyond?.description.contains("outside its limit") == true)
        let recipe = #expect(throws: ForesightError.self) { _ = try PixelSet.twoRooms.settings(["recipe=vicreg"]) }
        #expect(recipe?.remedy.contains("vicreg-inverse") == true)
    }
}
