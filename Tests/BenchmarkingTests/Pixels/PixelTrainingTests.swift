import Agents
import Basics
import Episodes
import Networks
import Plants
import Tensors
import Testing
import WorldModels
import _TestSupport

@testable import Benchmarking

@Suite("A world learned from its pictures", .enabled(if: torchIsSetUp))
struct PixelTrainingTests {
    /// Two rooms at 32 pixels and a small net: enough to see that learning works.
    private static func benchmark() throws -> PixelBenchmark {
        let settings = try PixelSet.twoRooms.settings([
            "width=16", "hidden=64", "batch=32", "steps=400", "directions=64", "distance_steps=60", "horizon=3",
            "held_out=0.1", "rate=1e-3",
        ])
        var benchmark = PixelBenchmark(PixelSet.twoRooms, settings: settings, pairs: 2, episodes: 80)
        benchmark.imageSize = 32
        return benchmark
    }

    @Test(
        "Two rooms: predictions beat standing still, and the place of the dot can be read, on episodes not learned from"
    )
    func twoRooms() throws {
        let benchmark = try Self.benchmark()
        let frames = try benchmark.record { _ in }
        #expect(frames.layout.rowCount == 7200 && frames.layout.frameSize == FrameSize(height: 32, width: 32))
        var steps: [Int] = []
        let (model, found, seconds) = try benchmark.train(frames, seed: 1) {
            if case .training(let step, let total, let terms) = $0 {
                steps.append(step)
                #expect(total == 400 && terms.contains("sigreg"))
            }
        }
        #expect(steps == Array(stride(from: 50, through: 400, by: 50)) && seconds > 0)
        let health = try #require(found)
        #expect(health.predictionError.count == 3)
        #expect(health.predictionError.allSatisfy { $0 < 0.4 }, "\(health.predictionError)")
        let readings = try #require(health.probe?.readings)
        #expect(readings.map(\.name) == ["x", "y"])
        for reading in readings { #expect(reading.linearCorrelation > 0.9, "\(reading)") }
        #expect(health.representations.effectiveRank > 3, "\(health.representations.effectiveRank)")
        // All that stands on it is there, by its names and in its units.
        #expect(model.readout?.names == ["x", "y"] && model.distance != nil && model.horizon == 3)
        let bands = try #require(model.readout?.bands)
        // Steps of up to 25 px: the half-width tells a place within the room of 196 px.
        #expect(bands.halfWidth.allSatisfy { $0 > 0.1 && $0 < 60 }, "\(bands.halfWidth)")
        #expect(zip(bands.halfWidth, bands.guardHalfWidth).allSatisfy { $0 <= $1 })
        #expect(model.actionChannels == TwoRooms().actionChannels && model.settings.seed == 1)

        // The same seed gives the same numbers; a plan comes within the limits.
        var agent = try benchmark.policy(model)
        var world = TwoRooms()
        world.restore([150, 150])
        agent.begin(goal: world.picture(width: 32, height: 32).pixels, seed: 1)
        world.restore([150, 120])
        let action = try agent.act(on: world.picture(width: 32, height: 32).pixels)
        #expect(action.count == 2 && action.allSatisfy { (-1...1).contains($0) } && agent.hasJustPlanned)
    }

    @Test("Training that ended goes on from what it saved, to the bit, with the same settings and pictures alone")
    func goesOn() throws {
        func benchmark(_ more: [String] = [], episodes: Int = 6) throws -> PixelBenchmark {
            let settings = try PixelSet.twoRooms.settings(
                [
                    "width=4", "hidden=8", "batch=4", "steps=100", "directions=8", "horizon=1", "held_out=0.3",
                    "predictor_steps=200", "free_run=2", "distance_steps=10",
                ] + more)
            var benchmark = PixelBenchmark(.twoRooms, settings: settings, pairs: 2, episodes: episodes)
            benchmark.imageSize = 16
            return benchmark
        }
        struct Ended: Error {}
        let frames = try benchmark().record { _ in }
        let straight = try benchmark().train(frames, seed: 1) { _ in }.model
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            // Once among the steps of all, once while the predictor learns alone.
            #expect(throws: Ended.self) {
                try benchmark().train(frames, seed: 1, checkpoint: path) {
                    if case .training(50, _, _) = $0 { throw Ended() }
                }
            }
            #expect(try ImageCheckpoint.step(of: path) == 50)
            #expect(throws: Ended.self) {
                try benchmark().train(frames, seed: 1, checkpoint: path) {
                    if case .training(let step, _, _) = $0 { #expect(step == 100) }
                    if case .heads(_, let words) = $0, words.hasPrefix("predictor alone") { throw Ended() }
                }
            }
            for other in [try benchmark(["rate=0.5"]), try benchmark(episodes: 7)] {
                let others = try other.record { _ in }
                let error = #expect(throws: ForesightError.self) {
                    try other.train(others, seed: 1, checkpoint: path) { _ in }
                }
                #expect(error?.code == .usage && error?.message.contains("cannot resume with other") == true)
            }
            var heard = 0
            let resumed = try benchmark().train(frames, seed: 1, checkpoint: path) {
                if case .training = $0 { Issue.record("all steps were taken") }
                if case .heads(_, let words) = $0, words.hasPrefix("predictor alone") { heard += 1 }
            }.model
            #expect(heard == 1)
            func weights(_ model: TrainedImageModel) -> [String: [Float]] {
                model.network.stateDict().mapValues { $0.floats() }
            }
            #expect(weights(resumed) == weights(straight))
        }
        // Worlds that are moved alike and look different are other pictures.
        var varied = try benchmark()
        varied.variety = PixelVariety.these(Array(PixelVariation.all(of: TwoRooms()).prefix(1)))
        #expect(try varied.fingerprint(varied.record { _ in }) != benchmark().fingerprint(frames))
    }

    @Test(
        "Regulators of the cart-pole differ in where their dynamics come from; what is identified says how good it is")
    func regulators() throws {
        let settings = try PixelSet.cartPole.settings([
            "width=4", "hidden=16", "batch=8", "steps=2", "directions=16", "held_out=0.3",
        ])
        var benchmark = PixelBenchmark(.cartPole, settings: settings, pairs: 2, episodes: 6)
        (benchmark.imageSize, benchmark.identificationEpisodes) = (16, 10)
        let model = try benchmark.train(benchmark.record { _ in }, seed: 1) { _ in }.model
        #expect(benchmark.planner == .regulator)
        var recorded = 0
        func regulator(_ planner: PixelPlanner) throws -> LatentRegulator {
            benchmark.planner = planner
            let policy = try benchmark.policy(model) { if case .recording(_, let total) = $0 { recorded = total } }
            return try #require(policy as? LatentRegulator)
        }
        #expect(try regulator(.jacobian).identified == nil && recorded == 0)
        let still = try #require(try regulator(.memoryless).identified)
        #expect(still.lags == 1 && recorded == 10)
        let system = try #require(try regulator(.regulator).identified)
        #expect([1, 2, 4].contains(system.lags) && system.heldOutErrors.count == 10)
        // Starts are those of the longest memory, so that a longer one is chosen only where it is better.
        #expect(system.heldOutErrors.allSatisfy { $0.isFinite && $0 >= 0 })
        // The same record, the same numbers.
        #expect(try regulator(.regulator).gain?.doubles() == regulator(.regulator).gain?.doubles())
    }
}
