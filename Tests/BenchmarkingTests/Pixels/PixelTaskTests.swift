import Foundation
import Plants
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Rules of planning to a picture")
struct PixelTaskTests {
    private static let circle = 2 * Double.pi

    private static func degrees(_ value: Double) -> Double { value * Double.pi / 180 }

    /// The goal of each task.
    private static let goals: [String: [Double]] = [
        "two-rooms": [60, 60], "wall": [20, 20], "point-maze": [1, 1, 0, 0],
        "reacher": [3.1, 0.5, 0, 0], "push-t": [200, 200, 300, 300, degrees(175), 0, 0],
    ]

    /// A state by what differs from the goal: numbers that are added to it.
    private static func state(_ task: String, _ differences: [Int: Double]) -> (state: [Double], goal: [Double]) {
        let goal = goals[task] ?? []
        var state = goal
        for (index, value) in differences { state[index] += value }
        return (state, goal)
    }

    @Test(
        "Each rule has its radius, and asks for nothing else",
        arguments: [
            // Task, what differs from the goal, moderate, strict.
            ("two-rooms", [0: 15.9], true, false), ("two-rooms", [0: 16.1], false, false),
            ("two-rooms", [0: 7.9], true, true), ("two-rooms", [0: 8.1], true, false),
            ("two-rooms", [0: 6, 1: 5], true, true), ("two-rooms", [0: 6, 1: 6], true, false),
            ("wall", [0: 4.4], true, false), ("wall", [0: 4.6], false, false), ("wall", [1: 2.2], true, true),
            ("wall", [1: 2.3], true, false),
            // Velocities of a maze are free.
            ("point-maze", [0: 0.24, 2: 9, 3: -9], true, true), ("point-maze", [1: 0.26], true, false),
            ("point-maze", [0: 0.36, 1: 0.36], false, false),
            // The shoulder is a direction, the wrist a number.
            ("reacher", [0: circle], true, true), ("reacher", [0: 0.04 - circle], true, true),
            ("reacher", [1: circle], false, true), ("reacher", [1: 0.049], true, true),
            ("reacher", [1: 0.051], false, true), ("reacher", [0: 0.051], false, false),
            ("reacher", [0: 0.06], false, false), ("reacher", [2: 5, 3: 5], true, true),
            // A block whose angle is at the seam.
            ("push-t", [4: degrees(9.9)], true, true), ("push-t", [4: degrees(9.9) - circle], true, true),
            ("push-t", [4: degrees(-10.1)], true, false), ("push-t", [4: degrees(19.9) - 3 * circle], true, false),
            ("push-t", [4: degrees(20.1)], false, false), ("push-t", [2: 9.9], true, true),
            ("push-t", [2: 10.1], true, false), ("push-t", [2: 8, 3: 8], true, false),
            // The pusher counts for the moderate rule alone, together with the block.
            ("push-t", [0: 90], false, true), ("push-t", [0: 15, 2: 9], true, true),
            ("push-t", [0: 18, 2: 9], false, true),
        ] as [(String, [Int: Double], Bool, Bool)])
    func radius(name: String, differences: [Int: Double], moderate: Bool, strict: Bool) throws {
        let task = try #require(PixelSet.all.first { $0.name == name }).task
        let (state, goal) = Self.state(name, differences)
        #expect(task.isThere(state, goal: goal, rule: .moderate) == moderate)
        #expect(task.isThere(state, goal: goal, rule: .strict) == strict)
        #expect(task.isThere(goal, goal: goal, rule: .strict))
    }

    @Test("Near through the wall is not there, strictly; nor is it for walls of other places")
    func rooms() {
        let task = TwoRoomsTask()
        // The wall is at 107 to 117.
        #expect(task.isThere([115, 40], goal: [109, 40], rule: .moderate))
        #expect(!task.isThere([115, 40], goal: [109, 40], rule: .strict))
        let wall = WallTask()
        let middle = (0..<64).first { wall.world is Wall && Wall().areApart([Double($0), 10], [Double($0) + 1, 10]) }
        let place = Double(middle ?? 0)
        #expect(middle != nil)
        #expect(wall.isThere([place, 10], goal: [place + 1, 10], rule: .moderate))
        #expect(!wall.isThere([place, 10], goal: [place + 1, 10], rule: .strict))
        // Pairs have their ends on different sides.
        #expect(task.isEligible([[60, 60], [150, 60]], rule: .moderate))
        #expect(!task.isEligible([[60, 60], [150, 60], [70, 60]], rule: .moderate))
        #expect(
            wall.isEligible([[5, 10], [60, 10]], rule: .strict)
                && !wall.isEligible([[5, 10], [9, 10]], rule: .strict))
    }

    @Test(
        "A goal is reached once it was held for as many steps as the rule asks",
        arguments: [
            ("two-rooms", PixelRule.strict, 1), ("push-t", .moderate, 1), ("push-t", .strict, 3),
            ("reacher", .moderate, 1),
            ("reacher", .strict, 2), ("point-maze", .strict, 1), ("wall", .moderate, 1),
        ])
    func hold(name: String, rule: PixelRule, steps: Int) throws {
        let task = try #require(PixelSet.all.first { $0.name == name }).task
        #expect(task.hold(rule) == steps)
        let goal = Self.goals[name] ?? []
        let away = goal.map { $0 + 1.3 }  // Beyond every radius of the worlds in metres and rad.
        let far = name == "two-rooms" || name == "wall" || name == "push-t" ? goal.map { $0 + 50 } : away
        for held in 1...4 {
            let route = [far] + Array(repeating: goal, count: held)
            #expect(task.isSolved(route, goal: goal, rule: rule) == (held >= steps), "\(held)")
        }
        // A step away begins the count anew.
        let broken = Array(repeating: goal, count: 5) + [far] + Array(repeating: goal, count: steps - 1)
        #expect(!task.isSolved(broken, goal: goal, rule: rule))
        #expect(!task.isSolved([], goal: goal, rule: rule))
    }

    @Test("A pole counts at the end alone, and strictly when it never leaned")
    func pole() throws {
        let task = CartPoleTask()
        let still = Array(repeating: [0.0, 0, 0, 0], count: 301)
        #expect(PixelRule.allCases.allSatisfy { task.isSolved(still, goal: [0, 0, 0, 0], rule: $0) })
        #expect(!task.isSolved(Array(still.dropLast()), goal: [0, 0, 0, 0], rule: .moderate))
        let ended = Array(still.dropLast()) + [[0.5, 0.4, 0.2, 0.3]]  // A norm of 0.73.
        #expect(!task.isSolved(ended, goal: [0, 0, 0, 0], rule: .moderate))
        var leaned = still
        leaned[100][2] = 0.3
        #expect(task.isSolved(leaned, goal: [0, 0, 0, 0], rule: .moderate))
        #expect(!task.isSolved(leaned, goal: [0, 0, 0, 0], rule: .strict))
    }

    @Test("The pole can be saved from every start of a manifest, and falls when nothing is done")
    func poleCanBeSaved() throws {
        let set = try #require(PixelSet.all.first { $0.name == "cart-pole" })
        var settings = try set.settings([])
        settings.seed = 1
        let manifest = try PixelBenchmark(set, settings: settings, pairs: 20).manifest(.strict, seed: 4)
        for pair in manifest.pairs {
            for isHeld in [true, false] {
                var world = CartPole()
                world.restore(pair.start)
                var route = [world.state]
                for _ in 0..<manifest.budget {
                    world.step(isHeld ? world.guidance(toward: [0]) : [0])
                    route.append(world.state)
                }
                #expect(set.task.isSolved(route, goal: pair.goal, rule: .strict) == isHeld)
            }
        }
    }

    @Test("Every set that asks for a way has a start and a goal 25 rows apart and 50 steps between them")
    func budgets() {
        for set in PixelSet.all {
            if set.planner == .search {
                #expect(set.task.offset == 25 && set.task.budget == 50)
            }
            #expect(set.rows > 25)
            #expect(!set.reach.isEmpty && set.reach.keys.allSatisfy { set.published[$0] != nil })
        }
        #expect(Set(PixelSet.all.map(\.name)).count == PixelSet.all.count)
    }
}
