import Basics
import Episodes
import Foundation
import Gymnasium
import Plants
import Testing
import _TestSupport

@Suite(
    "An environment behind the bridge is the environment",
    .enabled(if: python != nil, .init(rawValue: needsGymnasium)))
struct EnvironmentTests {
    @Test("CartPole through the bridge is CartPole in Python, to the bit", arguments: [0, 7, 123_456_789])
    func cartPoleToTheBit(_ seed: UInt64) throws {
        let script = """
            import gymnasium, hashlib, json, sys
            env = gymnasium.make("CartPole-v1", render_mode="rgb_array")
            seen, _ = env.reset(seed=int(sys.argv[1]))
            rows = []
            for t in range(200):
                picture = hashlib.sha256(env.render().tobytes()).hexdigest()
                action = (t // 2) % 2
                before = [float(x).hex() for x in seen]
                seen, reward, terminated, truncated, _ = env.step(action)
                rows.append([before, picture, reward, terminated, truncated])
                if terminated or truncated: break
            print(json.dumps([rows, [float(x).hex() for x in seen]]))
            """
        let direct = try JSONParser.parse(try #require(python).run(script, "\(seed)"))
        let rows = try #require(direct[0]?.array)
        #expect(rows.count > 15)
        let environment = try GymnasiumEnvironment(cartPole)
        #expect(environment.nativeSize == FrameSize(height: 400, width: 600))
        #expect(environment.samplingTime == 0.02)
        #expect(environment.stepLimit == 500)
        #expect(environment.columns == [EnvironmentColumn("state", shape: [4])])
        #expect(environment.actionChannels == [Channel(name: "action", role: .action, lowerLimit: 0, upperLimit: 1)])
        #expect(environment.wholeActions == [true])
        func hexes(_ row: JSONValue?) -> [Double] { (row?.array ?? []).compactMap { $0.string.flatMap { Double($0) } } }
        try environment.reset(seed: seed)
        var last = EnvironmentStep()
        for (t, row) in rows.enumerated() {
            #expect(environment.values(of: 0).map(\.bitPattern) == hexes(row[0]).map(\.bitPattern))
            var picture = Frame(width: 600, height: 400)
            try environment.render(into: &picture)
            #expect(SHA256.hex(of: picture.pixels) == row[1]?.string)
            last = try environment.step([Double((t / 2) % 2)])
            #expect(last.reward == row[2]?.double)
            #expect(last.isTerminated == row[3]?.bool)
            #expect(last.isTruncated == row[4]?.bool)
        }
        #expect(last.isTerminated)
        #expect(environment.values(of: 0).map(\.bitPattern) == hexes(direct[1]).map(\.bitPattern))
    }

    @Test("Pictures of other sizes are averages over areas", arguments: [(64, 64), (33, 20), (600, 64), (700, 450)])
    func areas(_ width: Int, _ height: Int) throws {
        let environment = try GymnasiumEnvironment(cartPole)
        try environment.reset(seed: 3)
        var (own, asked) = (Frame(width: 600, height: 400), Frame(width: width, height: height))
        try environment.render(into: &own)
        try environment.render(into: &asked)
        let expected = PictureFile.scaled(
            own.pixels, from: FrameSize(height: 400, width: 600), to: FrameSize(height: height, width: width))
        // NumPy works in 32 bits: a mean that lies halfway may be rounded to the other side.
        let differences = zip(asked.pixels, expected).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 9 <= 1)
        #expect(differences.filter { $0 > 0 }.count <= 1 + differences.count / 300)
        #expect(Set(asked.pixels).count > 5)
    }

    @Test("Dictionaries become columns, numbers beside the observation too; pictures and texts do not")
    func dictionaries() throws {
        let environment = try GymnasiumEnvironment(dot())
        #expect(environment.columns.map(\.name) == ["state", "touch", "arm.angle", "info.count"])
        #expect(environment.columns.map(\.shape) == [[2], [], [], []])
        #expect(environment.samplingTime == 0.05)
        try environment.reset(seed: 1)
        let start = environment.values(of: 0)
        let step = try environment.step([0.5])
        #expect(environment.values(of: 0) == [start[0] + 0.1 * 0.5, 1])
        #expect(environment.values(of: 2) == [0.5])
        #expect(environment.values(of: 3) == [1])
        #expect(step.reward == -abs(start[0] + 0.05))
        #expect(step.isSuccess == false)
        var goal = Frame(width: 8, height: 8)
        #expect(try environment.renderGoal(into: &goal))
        #expect(goal.pixels.allSatisfy { $0 == 9 })
    }

    @Test("Actions of every kind arrive as their space says, limited and whole")
    func actions() throws {
        let several = try GymnasiumEnvironment(dot("bridge/Dot-v0", ["actions": "several"]))
        let channels = several.actionChannels
        #expect(
            channels.map(\.name) == [
                "action.force_0", "action.force_1", "action.on_0", "action.on_1", "action.way_0", "action.way_1",
            ])
        #expect(channels.map(\.upperLimit) == [2, 2, 1, 1, 2, 4])
        #expect(several.wholeActions == [false, false, true, true, true, true])
        try several.reset(seed: 0)
        // The environment adds all numbers up, and refuses an action that is not of its space.
        _ = try several.step([0.25, 5, 0.9, -3, 1.4, 3.6])
        #expect(several.values(of: 0)[0] == 8.25)
        let discrete = try GymnasiumEnvironment(dot("bridge/Dot-v0", ["actions": "discrete"]))
        #expect(discrete.actionChannels.map(\.lowerLimit) == [-1])
        try discrete.reset(seed: 0)
        let start = discrete.values(of: 0)[0]
        _ = try discrete.step([-7])
        #expect(discrete.values(of: 0)[0] == start + 0.1 * -1)
        let unlimited = try GymnasiumEnvironment(dot("bridge/Dot-v0", ["actions": "unlimited"]))
        #expect(unlimited.actionChannels.map(\.lowerLimit) == [nil])
    }

    @Test("Limits on steps cut episodes off, rules end them, and then only a reset helps") func ends() throws {
        for (name, length, isTruncated) in [("bridge/Short-v0", 4, true), ("bridge/Dot-v0", 7, false)] {
            let environment = try GymnasiumEnvironment(dot(name))
            try environment.reset(seed: 0)
            var steps: [EnvironmentStep] = []
            while steps.last?.isOver != true { steps.append(try environment.step([0])) }
            #expect(steps.count == length)
            #expect(steps.last?.isTruncated == isTruncated)
            #expect(steps.last?.isTerminated == !isTruncated)
            #expect(throws: ForesightError.self) { try environment.step([0]) }
            try environment.reset(seed: 0)
            #expect(try environment.step([0]) == steps[0])
        }
    }

    @Test("Episodes are recorded as those of worlds are, and are as long as the environment lets them")
    func recording() throws {
        var environment = try GymnasiumEnvironment(cartPole)
        let rollout = EnvironmentRollout(policy: WorldPolicy(.uniform), rows: 12, width: 16, height: 16)
        let episodes = try (0..<4).map { try rollout.episode($0, seed: 5, in: &environment) }
        for episode in episodes {
            #expect(episode.rows <= 12 && episode.rows > 5)
            #expect(episode.frames.count == episode.rows * 16 * 16 * 3)
            #expect(episode.actions.count == episode.rows)
            #expect(episode.actions.allSatisfy { $0 == 0 || $0 == 1 })
            #expect(episode.columns[0].count == 4 * episode.rows)
            #expect(episode.rewards == [Float](repeating: 1, count: episode.rows))
            #expect(episode.end.isOver == (episode.rows < 12))
        }
        #expect(try rollout.episode(2, seed: 5, in: &environment) == episodes[2])
        #expect(Set(episodes.map(\.frames)).count == 4)
    }

    @Test("Many environments run at once, each as if it were alone") func parallel() throws {
        let rollout = EnvironmentRollout(policy: WorldPolicy(.uniform), rows: 20, width: 8, height: 8)
        let options = cartPole
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: 4) { index in
            do {
                var environment = try GymnasiumEnvironment(options)
                results.add(index, try rollout.episode(index % 2, seed: 1, in: &environment))
            } catch { Issue.record(error) }
        }
        #expect(results.all.count == 4)
        #expect(results.all[0] == results.all[2])
        #expect(results.all[1] == results.all[3])
        #expect(results.all[0] != results.all[1])
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var all: [Int: EnvironmentEpisode] = [:]
        func add(_ index: Int, _ episode: EnvironmentEpisode) { lock.withLock { all[index] = episode } }
    }

    @Test("Checks find what an environment does wrong, and nothing in one that is right")
    func checks() throws {
        #expect(try checkEnvironment(GymnasiumEnvironment(cartPole)) == [])
        let faults: [(JSONValue, [String])] = [
            ("", []),
            ("moving", ["drawing pictures changes what happens"]),
            ("nan", ["a number of state is not finite", "a reward is not finite"]),
            ("blind", ["nothing that happens can be seen", "a picture is all of one colour"]),
        ]
        for (fault, expected) in faults {
            #expect(try checkEnvironment(GymnasiumEnvironment(dot("bridge/Dot-v0", ["fault": fault]))) == expected)
        }
        let random = try checkEnvironment(GymnasiumEnvironment(dot("bridge/Dot-v0", ["fault": "random"])))
        #expect(random.first == "the same seed and actions lead to different numbers")
    }
}
