import Agents
import Basics
import Episodes
import Planning
import Plants
import Tensors
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Proprioception beside pictures", .enabled(if: torchIsSetUp))
struct ProprioceptionTests {
    /// A model of a ball with momentum, of which one picture tells no velocity.
    private static func model(_ frames: InMemoryFrames, senses: Bool) throws -> TrainedImageModel {
        let settings = try PixelSet.pointMaze.settings([
            "stack=1", "width=24", "hidden=128", "batch=48", "steps=600", "directions=64", "distance_steps=10",
            "horizon=3", "held_out=0.2", "block=5", "proprioception=\(senses)",
        ])
        var benchmark = PixelBenchmark(PixelSet.pointMaze, settings: settings, episodes: 120)
        benchmark.imageSize = 16
        return try benchmark.train(frames, seed: 1) { _ in }.model
    }

    @Test("What one picture does not tell is predicted better with it, and plans then need it")
    func velocity() throws {
        var recorder = PixelBenchmark(PixelSet.pointMaze, settings: ImageSettings(), episodes: 120)
        recorder.imageSize = 16
        let frames = try recorder.record { _ in }
        let (blind, sensing) = (try Self.model(frames, senses: false), try Self.model(frames, senses: true))
        let bands = try [blind, sensing].map { try #require($0.readout?.bands) }
        #expect(sensing.readout?.names == ["x", "y", "vx", "vy"])
        for step in 0..<3 {
            func ratio(_ numbers: [Int]) -> Double {
                let ratios = numbers.map { bands[1].halfWidth[step * 4 + $0] / bands[0].halfWidth[step * 4 + $0] }
                return ratios.reduce(0, +) / Double(ratios.count)
            }
            let (place, velocity) = (ratio([0, 1]), ratio([2, 3]))
            #expect(place < 0.9 && velocity < 0.8, "\(step + 1) steps ahead: \(place), \(velocity)")
        }

        // Plans need it, evaluations hand it over, and a goal may be a picture alone.
        var benchmark = PixelBenchmark(PixelSet.pointMaze, settings: sensing.settings, pairs: 1)
        benchmark.imageSize = 16
        var agent = try benchmark.searcher(sensing)
        var world: any World = PixelSet.pointMaze.task.world
        var generator = SeededGenerator(seed: 3)
        world.reset(using: &generator)
        let seen = world.picture(width: 16, height: 16).pixels
        agent.begin(goal: seen, seed: 1)
        let error = #expect(throws: ForesightError.self) { _ = try agent.act(on: seen) }
        #expect(
            error?.message
                == "the model was trained with 4 numbers of proprioception (x, y, vx, vy), 0 are given")
        _ = try agent.act(on: seen, proprioception: world.proprioception)
        let plan = try #require(agent.plan)
        func start(_ name: String) throws -> Double {
            try #require(plan.certificate.channels.first { $0.name == name }).start
        }
        #expect(try abs(start("difference")) < 1e-5)
        // It knows the velocity that the picture does not show.
        var fast = world.state
        fast[2] += 2
        world.restore(fast)
        agent.begin(goal: seen, seed: 1)
        _ = try agent.act(on: world.picture(width: 16, height: 16).pixels, proprioception: world.proprioception)
        let other = try #require(agent.plan?.certificate.channels.first { $0.name == "vx" }).start
        #expect(try other > start("vx") + 1)
        // What is asked of the goal is only what is seen of it; with proprioception the velocity counts, too.
        let state = try #require(agent.state)
        #expect(state.goals[0].shape == [1, 20] && state.representation.shape == [1, 24])
        agent.begin([GoalPicture(seen, proprioception: plan.certificate.channels.suffix(4).map(\.start))], seed: 1)
        _ = try agent.act(on: seen, proprioception: world.proprioception)
        #expect(agent.state?.goals[0].shape == [1, 24])
        #expect(try #require(agent.plan?.certificate.channels.first { $0.name == "difference" }).start > 1e-2)

        let score = try PixelEvaluation(
            PixelSet.pointMaze.task, manifest: try benchmark.manifest(.moderate, seed: 0), imageSize: [16, 16]
        ).run(agent)
        #expect(score.outcomes.count == 1)
    }
}
