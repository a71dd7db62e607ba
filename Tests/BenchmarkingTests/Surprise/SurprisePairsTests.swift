import Basics
import Testing

@testable import Benchmarking
@testable import Plants

@Suite("Pairs of the possible and the impossible")
struct SurprisePairsTests {
    private static let size = 32

    private func pairs(_ set: SurpriseSet, _ name: String, _ count: Int = 4, seed: UInt64 = 5) throws -> [SurprisePair]
    {
        let violation = try #require(set.violations.first { $0.name == name })
        return try SurprisePairs(set, violation, imageSize: Self.size).make(count, seed: seed)
    }

    private static let cases = SurpriseSet.all.flatMap { set in
        set.violations.filter { !$0.isControl }.map { (set.name, $0.name) }
    }

    @Test("Twins are the same up to the event, differ in it, and are lawful or not from then on", arguments: cases)
    func matched(world: String, violation: String) throws {
        let set = try #require(SurpriseSet.all.first { $0.name == world })
        for pair in try pairs(set, violation) {
            #expect(pair.event >= set.lead && pair.possible.count == pair.event + set.window)
            #expect(pair.impossible.count == pair.possible.count && pair.actions.count == pair.possible.count)
            #expect(pair.actions == pair.otherActions && pair.otherStates.count == pair.states.count)
            for row in 0..<pair.event { #expect(pair.possible[row] == pair.impossible[row], "row \(row)") }
            #expect(pair.possible[pair.event] != pair.impossible[pair.event])
            // The lawful twin is what the world does.
            var lawful = set.world
            lawful.restore(pair.states[0])
            for row in 0..<pair.possible.count {
                #expect(lawful.state == pair.states[row])
                #expect(lawful.picture(width: Self.size, height: Self.size).pixels == pair.possible[row])
                lawful.step(pair.actions[row])
            }
        }
    }

    @Test("The same seed gives the same pairs, another one others; a longer list begins as a shorter one")
    func seeds() throws {
        let (three, five) = (try pairs(.bouncingBall, "jump", 3), try pairs(.bouncingBall, "jump", 5))
        for (one, other) in zip(three, five) { #expect(one.impossible == other.impossible) }
        #expect(try pairs(.bouncingBall, "jump", 1, seed: 6)[0].possible != three[0].possible)
    }

    @Test("A dot that crosses the wall never goes faster than its speed, and comes out where its twin cannot")
    func wall() throws {
        for pair in try pairs(.twoRooms, "wall crossing", 6) {
            for (one, next) in zip(pair.otherStates, pair.otherStates.dropFirst()) {
                #expect(max(abs(next[0] - one[0]), abs(next[1] - one[1])) <= 5 + 1e-9)
            }
            let isLeft = pair.states[pair.event][0] < 112
            let inside = pair.otherStates.filter { abs($0[0] - 112) < 11.9 }
            #expect(inside.count >= 3 && inside.allSatisfy { abs($0[1] - 49) > 20 })
            let end = try #require(pair.otherStates.last)
            #expect((end[0] < 112) != isLeft, "\(end)")
            #expect(pair.states.suffix(10).allSatisfy { ($0[0] < 112) == isLeft })
        }
    }

    @Test("A teleport is long, a short jump short, and both stay in free places")
    func jumps() throws {
        for (name, range) in [("teleport", 55.0...400), ("short jump", 7.0...25)] {
            for pair in try pairs(.twoRooms, name, 8) {
                let (before, after) = (pair.otherStates[pair.event - 1], pair.otherStates[pair.event])
                #expect(range.contains(distance(before, after, 0..<2)), "\(name)")
                #expect(abs(after[0] - 112) >= 12 - 1e-9)
            }
        }
    }

    @Test("Behind the screen nothing is seen of what happens until one twin comes out")
    func hidden() throws {
        let ball = BouncingBall()
        for pair in try pairs(.bouncingBall, "wrong side", 6) {
            let turned = try #require((0..<pair.event).first { pair.states[$0] != pair.otherStates[$0] })
            // Only the sense of the motion differs, and it comes out where it went in.
            #expect(
                pair.states[turned][2] == -pair.otherStates[turned][2]
                    && pair.states[turned][0] == pair.otherStates[turned][0])
        }
        for pair in try pairs(.bouncingBall, "not coming out", 6) {
            var empty = ball
            empty.restore([-100, -100, 0, 0])
            let picture = empty.picture(width: Self.size, height: Self.size).pixels
            #expect(pair.impossible[(pair.event - 1)...].allSatisfy { $0 == picture })
            #expect(pair.possible[pair.event - 1] == picture && pair.possible[pair.event] != picture)
            #expect(pair.states[(pair.event - 4)..<pair.event].contains { ball.isHidden($0) })
        }
    }

    @Test("What breaks gravity or solidity goes on without it, what is not asked for holds")
    func laws() throws {
        func change(_ name: String) throws -> [Double] {
            try pairs(.bouncingBall, name, 6).map { pair in
                // The change of the velocity along the second axis over the row before the event's end.
                let states = pair.otherStates
                return states[pair.event][3] - states[pair.event - 1][3]
            }
        }
        #expect(try change("floating").allSatisfy { abs($0) < 1e-9 })
        #expect(try change("rising").allSatisfy { abs($0 - 9.8 * 0.04) < 1e-9 })
        let block = Rectangle(x: 3.05...3.35, y: 0...0.9)
        for pair in try pairs(.bouncingBall, "through the block", 6) {
            let states = pair.otherStates.map { SIMD2($0[0], $0[1]) }
            // Solid, it comes no nearer than its radius of 0.2 m; a corner may be grazed alone.
            #expect(states.contains { block.distance(to: $0) < 0.199 })
        }
        for pair in try pairs(.bouncingBall, "through the floor", 6) {
            #expect(pair.otherStates.contains { $0[1] < 0.1 })
        }
    }

    @Test("What cannot be done is refused after so many tries")
    func impossible() {
        var violation = SurpriseSet.bouncingBall.violations[0]
        violation.isEligible = { _, _, _ in false }
        #expect(throws: ForesightError.self) {
            try SurprisePairs(.bouncingBall, violation, imageSize: 16).make(1, seed: 1)
        }
    }
}
