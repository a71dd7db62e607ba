import Agents
import Basics
import Plants
import Testing

@testable import Benchmarking

@Suite("Policies on pairs")
struct PixelEvaluationTests {
    /// Pairs of two rooms from guided episodes.
    private static func manifest(_ count: Int, rule: PixelRule = .strict) throws -> PixelManifest {
        let recorder = WorldRollout(
            TwoRooms(), policy: WorldPolicy(.guided, noise: 0.05), rows: 60, width: 0, height: 0)
        let episodes = try (0..<4 * count).map { number in
            let states = try recorder.episode(number, seed: 5).states
            return (0..<60).map { row in states[2 * row..<2 * row + 2].map(Double.init) }
        }
        return try PixelManifest(TwoRoomsTask(), episodes: episodes, rule: rule, count: count, seed: 3)
    }

    /// Finds the dot in the picture, as the middle of what is red, px of 224.
    private static func place(in picture: [UInt8]) -> [Double] {
        let size = 64
        var (sum, x, y) = (0.0, 0.0, 0.0)
        for row in 0..<size {
            for column in 0..<size {
                let pixel = (row * size + column) * 3
                let red = max(0, Double(picture[pixel]) - Double(picture[pixel + 1]))
                (sum, x, y) = (sum + red, x + red * (Double(column) + 0.5), y + red * (Double(row) + 0.5))
            }
        }
        return [x / sum * 3.5 - 0.5, y / sum * 3.5 - 0.5]
    }

    /// Sees no more than pictures and knows the way: the world's own guidance from where it sees the dot.
    private struct Oracle: PicturePolicy {
        var goal: [Double] = []
        var searches = false
        var hasJustPlanned: Bool { searches }
        mutating func begin(goal picture: [UInt8], seed: UInt64) { goal = PixelEvaluationTests.place(in: picture) }
        mutating func act(on picture: [UInt8]) -> [Double] {
            var rooms = TwoRooms()
            rooms.restore(PixelEvaluationTests.place(in: picture))
            return rooms.guidance(toward: goal)
        }
    }

    /// Does nothing.
    private struct Still: PicturePolicy {
        var hasJustPlanned: Bool { false }
        mutating func begin(goal picture: [UInt8], seed: UInt64) {}
        mutating func act(on picture: [UInt8]) -> [Double] { [0, 0] }
    }

    @Test("Whoever knows the way solves every pair, whoever stands still none", arguments: PixelRule.allCases)
    func ends(rule: PixelRule) throws {
        let manifest = try Self.manifest(8, rule: rule)
        let evaluation = PixelEvaluation(TwoRoomsTask(), manifest: manifest)
        var heard: [Int] = []
        let score = try evaluation.run(Oracle()) { done, solved in
            heard.append(done)
            #expect(solved <= done)
        }
        #expect(score.success == 1, "\(score.outcomes)")
        #expect(heard == Array(1...8) && score.seconds.isEmpty)
        for (outcome, pair) in zip(score.outcomes, manifest.pairs) {
            #expect(outcome.episode == pair.episode && outcome.row == pair.row)
            #expect(TwoRoomsTask().isThere(outcome.end, goal: pair.goal, rule: rule))
            #expect((1...50).contains(outcome.steps))
        }
        let still = try evaluation.run(Still())
        #expect(still.success == 0)
        #expect(still.outcomes.allSatisfy { $0.steps == 50 && !$0.isSolved })
        #expect(zip(still.outcomes, manifest.pairs).allSatisfy { $0.end == $1.start })
    }

    @Test("What comes of a pair does not depend on the order of pairs, nor on those before it")
    func order() throws {
        let manifest = try Self.manifest(6)
        var turned = manifest
        turned.pairs.reverse()
        let task = TwoRoomsTask()
        let straight = try PixelEvaluation(task, manifest: manifest).run(Oracle())
        let other = try PixelEvaluation(task, manifest: turned).run(Oracle())
        #expect(other.outcomes == straight.outcomes.reversed())
        // What is drawn is, too, that of the pair: fewer pairs change none of those that are left.
        var fewer = manifest
        fewer.pairs.removeLast(4)
        let random = try PixelEvaluation(task, manifest: manifest).run(RandomPicturePolicy(task.world))
        let few = try PixelEvaluation(task, manifest: fewer).run(RandomPicturePolicy(task.world))
        #expect(few.outcomes == Array(random.outcomes[..<2]))
        var seeded = manifest
        seeded.seed = 4
        #expect(
            try PixelEvaluation(task, manifest: seeded).run(RandomPicturePolicy(task.world)).outcomes != random.outcomes
        )
    }

    @Test("Searches are timed, and nothing else; the world is that of the manifest's factors")
    func searchesAndFactors() throws {
        var manifest = try Self.manifest(3)
        let score = try PixelEvaluation(TwoRoomsTask(), manifest: manifest).run(Oracle(searches: true))
        #expect(score.seconds.count == score.outcomes.map(\.steps).reduce(0, +))
        manifest.factors = ["agent_speed": 1.75]
        let slow = try PixelEvaluation(TwoRoomsTask(), manifest: manifest).run(Oracle())
        #expect(zip(slow.outcomes, score.outcomes).allSatisfy { $0.steps > $1.steps })
        manifest.factors = ["agent_sped": 2]
        let unknown = manifest
        #expect(throws: ForesightError.self) {
            _ = try PixelEvaluation(TwoRoomsTask(), manifest: unknown).run(Still())
        }
    }
}
