import Agents
import Basics
import Episodes
import Plants
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Manifests of pairs")
struct PixelManifestTests {
    /// A dot on a line that counts as there within half a step; nothing is asked of the way, or that it ends further right.
    private struct LineTask: PixelTask {
        var world: any World { TwoRooms() }
        func varied(_ factors: [String: Double]) -> LineTask { self }
        var offset = 3
        var holds = 1
        var isRightward = false

        func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
            !isRightward || (window.last?[0] ?? 0) > (window.first?[0] ?? 0)
        }
        func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool { abs(state[0] - goal[0]) < 0.5 }
        func hold(_ rule: PixelRule) -> Int { holds }
    }

    /// Episodes in which the dot goes to and fro, each its own way, and some in which it stands still at first.
    private static func episodes(_ count: Int, rows: Int = 20, seed: UInt64 = 4) -> [[[Double]]] {
        (0..<count).map { number in
            var generator = SeededGenerator(seed: seed, stream: UInt64(number))
            var place = generator.uniform(in: -5...5)
            return (0..<rows).map { row in
                if row > rows / 2 { place += generator.uniform(in: -1...1) }
                return [place, Double(row)]
            }
        }
    }

    @Test(
        "Pairs are recorded, one an episode, of which none is solved before the first step",
        arguments: [1, 3], [false, true])
    func pairs(holds: Int, isRightward: Bool) throws {
        let task = LineTask(holds: holds, isRightward: isRightward)
        let episodes = Self.episodes(40)
        let manifest = try PixelManifest(task, episodes: episodes, rule: .strict, count: 25, seed: 7)
        #expect(manifest.pairs.count == 25 && Set(manifest.pairs.map(\.episode)).count == 25)
        #expect(manifest.offset == 3 && manifest.budget == 50 && manifest.rule == .strict && manifest.seed == 7)
        #expect(manifest.world == "two-rooms" && manifest.version == PixelManifest.version)
        for pair in manifest.pairs {
            #expect(pair.start == episodes[pair.episode][pair.row])
            #expect(pair.goal == episodes[pair.episode][pair.row + 3])
            #expect(abs(pair.start[0] - pair.goal[0]) >= 0.5, "\(pair) is solved by standing still")
            if isRightward { #expect(pair.goal[0] > pair.start[0]) }
        }
        // Not always the first row that will do, nor the first episodes.
        #expect(Set(manifest.pairs.map(\.row)).count > 3 && manifest.pairs.map(\.episode) != Array(0..<25))
    }

    @Test("A seed gives the same manifest, another one another; its digest changes with whatever is in it")
    func digest() throws {
        let (task, episodes) = (LineTask(), Self.episodes(40))
        func manifest(_ seed: UInt64) throws -> PixelManifest {
            try PixelManifest(task, episodes: episodes, rule: .moderate, count: 20, factors: ["light": 0.5], seed: seed)
        }
        let (one, again, other) = (try manifest(1), try manifest(1), try manifest(2))
        #expect(try one == again && one.digest() == again.digest())
        #expect(try one.pairs != other.pairs && one.digest() != other.digest())
        let changes: [(inout PixelManifest) -> Void] = [
            { $0.pairs[3].goal[0] += 1e-9 }, { $0.pairs[3].row += 1 }, { $0.pairs.swapAt(0, 1) }, { $0.seed = 9 },
            { $0.budget = 51 }, { $0.rule = .strict }, { $0.factors["light"] = 0.51 }, { $0.version += 1 },
        ]
        var seen: Set<String> = [try one.digest()]
        for change in changes {
            var changed = one
            change(&changed)
            #expect(seen.insert(try changed.digest()).inserted)
        }
        // Written and read, it is the same.
        let text = try JSONText.encode(one)
        let read = try JSONText.decode(PixelManifest.self, from: text, source: "manifest")
        #expect(try read == one && read.digest() == one.digest())
    }

    @Test("Too few episodes with a pair are told with their number")
    func few() {
        // Of six episodes two are long enough.
        let episodes = (0..<6).map { number in (0..<(number < 2 ? 10 : 3)).map { [Double(5 * $0), 0] } }
        let error = #expect(throws: ForesightError.self) {
            _ = try PixelManifest(LineTask(), episodes: episodes, rule: .moderate, count: 3, seed: 0)
        }
        #expect(error?.code == .data)
        #expect(
            error?.message == "2 of 6 episodes of two-rooms hold a pair of the moderate rule, 3 are wanted",
            "\(String(describing: error))")
        #expect(error?.remedy.contains("ask for fewer pairs") == true)
    }

    @Test("Pairs of a benchmark come from other episodes than those that are learned from")
    func benchmark() throws {
        var benchmark = PixelBenchmark(PixelSet.twoRooms, settings: ImageSettings(), pairs: 12, episodes: 6)
        benchmark.imageSize = 16
        let manifest = try benchmark.manifest(.strict, seed: 0)
        let rooms = TwoRooms()
        #expect(manifest.pairs.allSatisfy { rooms.areApart($0.start, $0.goal) })
        #expect(manifest.pairs.allSatisfy { !benchmark.set.task.isThere($0.start, goal: $0.goal, rule: .strict) })
        #expect(try benchmark.manifest(.strict, seed: 0) == manifest)
        #expect(try benchmark.manifest(.strict, seed: 1).pairs != manifest.pairs)
        var count = 0
        let frames = try benchmark.record { _ in count += 1 }
        #expect(count == 6 && frames.layout.lengths == Array(repeating: 90, count: 6))
        var learned: Set<[Float]> = []
        for episode in 0..<6 {
            let states = try frames.values(of: "state", episode: episode, rows: 0..<90)
            for row in 0..<90 { learned.insert(Array(states[2 * row..<2 * row + 2])) }
        }
        #expect(manifest.pairs.allSatisfy { !learned.contains($0.start.map(Float.init)) })
    }

    @Test("Models of an earlier run are judged by their own settings, unless others are typed for plans")
    func earlier() throws {
        var benchmark = PixelBenchmark(.twoRooms, settings: ImageSettings())
        #expect(benchmark.planSteps == 5 && benchmark.objective.hasPrefix("minimize(distance)"))
        var learned = ImageSettings()
        (learned.recipe, learned.horizon, learned.distanceSteps) = ("vicreg-inverse", 2, 0)
        let judged = benchmark.judging(learned)
        #expect(judged.settings == learned)
        #expect(judged.planSteps == 2 && judged.objective == "minimize(difference)")
        try judged.validate(learns: false)
        // What plans cannot go by is the model's in any case.
        (benchmark.settings.horizon, benchmark.settings.width) = (4, 9)
        let typed = benchmark.judging(learned, typed: ["horizon=4", "width=9"])
        #expect(typed.planSteps == 4 && typed.settings.width == learned.width)
        #expect(typed.objective == "minimize(difference)")
        benchmark.objective = "minimize(distance)"
        let asked = benchmark.judging(learned)
        #expect(asked.objective == "minimize(distance)")
        #expect(throws: ForesightError.self) { try asked.validate(learns: false) }
    }

    @Test("A regulator of a model with proprioception is refused, since a pair's goal says what it looks like alone")
    func regulatorOfSenses() throws {
        var settings = ImageSettings()
        settings.proprioception = true
        var benchmark = PixelBenchmark(.twoRooms, settings: settings)
        try benchmark.validate(learns: false)
        benchmark.planner = .jacobian
        let refused = benchmark
        let error = #expect(throws: ForesightError.self) { try refused.validate(learns: false) }
        #expect(error?.message.contains("proprioception") == true)
    }
}

@Suite("Factors of variation")
struct PixelVariationTests {
    @Test("A colour is one factor, whatever else a world has")
    func groups() throws {
        let world = TwoRooms()
        let all = PixelVariation.all(of: world)
        #expect(all.first == PixelVariation("agent_colour", ["agent_red", "agent_green", "agent_blue"]))
        #expect(all.flatMap(\.factors) == world.factors.map(\.name))
        #expect(Set(all.map(\.name)).count == all.count)
    }

    @Test("Values of a list differ in every episode, some of a list in about half of them")
    func draws() throws {
        let world = TwoRooms()
        let all = PixelVariation.all(of: world)
        let speed = try #require(all.first { $0.name == "agent_speed" })
        var generator = SeededGenerator(seed: 3)
        var (changed, counts) = (Set<Double>(), 0)
        for _ in 0..<200 {
            let values = try PixelVariety.these([speed]).draw(world, using: &generator)
            #expect(Array(values.keys) == ["agent_speed"])
            changed.formUnion(values.values)
            counts += try PixelVariety.some(all).draw(world, using: &generator).keys.contains("agent_speed") ? 1 : 0
        }
        #expect(changed.count == 200 && (70...130).contains(counts))
        #expect(try PixelVariety.none.draw(world, using: &generator).isEmpty)
    }

    @Test("Pairs are of the worlds that they were recorded in, and are judged there")
    func pairs() throws {
        let set = try #require(PixelSet.all.first { $0.name == "two-rooms" })
        let benchmark = PixelBenchmark(set, settings: try set.settings([]), pairs: 5)
        let thickness = PixelVariation("wall_thickness", ["wall_thickness"])
        let manifest = try benchmark.manifest(.moderate, seed: 0, variety: .these([thickness]))
        for pair in manifest.pairs {
            let factors = try #require(pair.factors)
            #expect(factors.keys.sorted() == ["wall_thickness"])
            let there = try TwoRooms().varied(factors)
            #expect(there.areApart(pair.start, pair.goal))
        }
        #expect(Set(manifest.pairs.compactMap { $0.factors?["wall_thickness"] }).count > 1)
        // What has no factors is written as it always was.
        let plain = try benchmark.manifest(.moderate, seed: 0)
        #expect(plain.pairs.allSatisfy { $0.factors == nil })
        let written = try JSONText.encode(plain.pairs[0])
        #expect(!written.contains("factors"))
        // A policy sees the varied world: its walls are where they are there.
        let evaluation = PixelEvaluation(set.task, manifest: manifest)
        let spy = PictureSpy()
        _ = try evaluation.run(spy)
        var frame = Frame(width: 64, height: 64)
        var world = try TwoRooms().varied(manifest.pairs[0].factors ?? [:])
        world.restore(manifest.pairs[0].goal)
        world.render(into: &frame)
        #expect(spy.goals.first == frame.pixels)
    }

    @Test("Factors are judged on the pairs of the first seed of the manifests, also where that is one to choose by")
    func seeds() throws {
        var benchmark = PixelBenchmark(.twoRooms, settings: ImageSettings(), pairs: 5)
        let reported = try benchmark.factorManifest(.none)
        #expect(reported.seed == 0 && reported.rule == .moderate)
        benchmark.manifestSeeds = PixelBenchmark.tuningSeeds
        let chosen = try benchmark.factorManifest(.none)
        #expect(chosen.seed == 100 && chosen.pairs != reported.pairs)
    }
}

/// Keeps the goals that it was shown.
private final class PictureSpy: PicturePolicy {
    var goals: [[UInt8]] = []
    func begin(goal picture: [UInt8], seed: UInt64) { goals.append(picture) }
    func act(on picture: [UInt8]) -> [Double] { [0, 0] }
    let hasJustPlanned = false
}
