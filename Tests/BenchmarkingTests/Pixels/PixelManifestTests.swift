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
}
