import Agents
import Basics
import Episodes
import Networks
import Objectives
import Planning
import Tensors
import Testing
import WorldModels

@Suite("An agent that sees pictures", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct PictureAgentTests {
    private func agent(
        _ model: TrainedImageModel, _ goal: String, guardrails: [String] = [], horizon: Int = 10, replanEvery: Int = 5
    ) throws -> PictureAgent {
        let block = model.network.architecture.block
        return PictureAgent(
            model, objective: try Goal.parse(goal), guardrails: try guardrails.map(Guardrail.parse),
            options: try PlannerOptions(horizon: horizon, blocks: [block], noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 32, elites: 6, iterations: 4), replanEvery: replanEvery)
    }

    /// Where the last plan of an agent believed to be.
    private func start(_ agent: PictureAgent) throws -> [Double] {
        let channels = try #require(agent.plan).certificate.channels
        return channels.filter { ["x", "y"].contains($0.name) }.map(\.start)
    }

    @Test("A plan starts from the pictures that lie steps of the model back, and the first where there are none")
    func history() throws {
        let model = PictureModels.drawn(stack: 2, block: 5)
        var agent = try agent(model, "minimize(difference)", replanEvery: 1)
        agent.begin(goal: PictureModels.picture(99), seed: 3)
        for row in 0..<13 {
            _ = try agent.act(on: PictureModels.picture(UInt64(row)))
            let rows = row < 5 ? [row] : [row - 5, row]
            let wanted = model.encode(rows.map { PictureModels.picture(UInt64($0)) }).doubles()
            let found = try start(agent)
            #expect(abs(found[0] - wanted[0]) < 1e-5 && abs(found[1] - wanted[1]) < 1e-5, "row \(row)")
        }
        // Nothing of what was seen before is left.
        agent.begin(goal: PictureModels.picture(98), seed: 3)
        _ = try agent.act(on: PictureModels.picture(50))
        let alone = model.encode([PictureModels.picture(50)]).doubles()
        #expect(try abs(start(agent)[0] - alone[0]) < 1e-5)
    }

    @Test("With three pictures at once the agent looks two steps back")
    func longHistory() throws {
        let model = PictureModels.drawn(stack: 3, block: 2)
        var agent = try agent(model, "minimize(difference)", horizon: 4, replanEvery: 1)
        agent.begin(goal: PictureModels.picture(99), seed: 3)
        for row in 0..<7 {
            _ = try agent.act(on: PictureModels.picture(UInt64(row)))
            let rows = [row - 4, row - 2, row].filter { $0 >= 0 }
            let wanted = model.encode(rows.map { PictureModels.picture(UInt64($0)) }).doubles()
            #expect(try abs(start(agent)[0] - wanted[0]) < 1e-5, "row \(row)")
        }
    }

    @Test(
        "Windows of guardrails and times of goals count from when it began, and an action keeps its value for its dwell"
    )
    func time() throws {
        let model = PictureModels.drawn()
        let begin = 40 * model.samplingTime
        var agent = try agent(
            model, "minimize(difference)", guardrails: ["always[\(begin), end](x <= 1e9)"], replanEvery: 1)
        agent.begin(goal: PictureModels.picture(99), seed: 3)
        var judged: [Bool] = []
        for row in 0..<36 {
            _ = try agent.act(on: PictureModels.picture(UInt64(row)))
            judged.append(try #require(agent.plan).warnings.allSatisfy { !$0.contains("not judged yet") })
        }
        // Rows 40 to the end come into the horizon of ten as time goes by.
        #expect(!judged[0] && !judged[29] && judged[30] && judged[35])
        let channels = model.actionChannels
        let set = ActionSet(
            lower: channels.map { _ in -1 }, upper: channels.map { _ in 1 }, values: channels.map { _ in [-1, 0, 1] },
            dwell: channels.map { _ in 4 * model.samplingTime }, samplingTime: model.samplingTime)
        var switched = PictureAgent(
            model, objective: try Goal.parse("minimize(difference)"), actions: set,
            options: try PlannerOptions(horizon: 10, noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 32, elites: 6, iterations: 4), replanEvery: 1)
        switched.begin(goal: PictureModels.picture(99), seed: 3)
        var values: [Double] = []
        for row in 0..<40 { values.append(try switched.act(on: PictureModels.picture(UInt64(row)))[0]) }
        let changes = (1..<40).filter { values[$0] != values[$0 - 1] }
        #expect(changes.count > 1)
        for (before, after) in zip(changes, changes.dropFirst()) { #expect(after - before >= 4, "\(changes)") }
    }

    @Test("What came about is asked no more, also where it came about between two plans")
    func obligations() throws {
        let model = PictureModels.drawn()
        let places = (0..<12).map { model.encode([PictureModels.picture(UInt64($0))]).doubles()[0] }
        let greatest = try #require((0..<12).max { places[$0] < places[$1] })
        let end = 40 * model.samplingTime
        var agent = try agent(
            model, "minimize(difference)",
            guardrails: ["x <= 1e9 and eventually[0, \(end)](x >= \(places[greatest] - 1e-3))"], replanEvery: 5)
        agent.begin(goal: PictureModels.picture(99), seed: 3)
        for row in 0..<20 {
            // The one picture that shows it is seen in row 7; the others are like the first.
            let picture = PictureModels.picture(UInt64(row == 7 ? greatest : greatest == 0 ? 1 : 0))
            _ = try agent.act(on: picture)
            let asked = try #require(agent.plan).certificate.guardrails.count
            #expect(asked == (row < 10 ? 2 : 1), "row \(row)")
        }
        // A new goal, and all of it is asked again.
        agent.begin(goal: PictureModels.picture(98), seed: 3)
        _ = try agent.act(on: PictureModels.picture(UInt64(greatest == 0 ? 1 : 0)))
        #expect(agent.plan?.certificate.guardrails.count == 2)
    }

    @Test(
        "A search draws from the seed of the options and that of the episode; of options without one, from the latter alone"
    )
    func seeds() throws {
        let model = PictureModels.drawn()
        func first(_ options: UInt64, _ episode: UInt64, engine: RolloutEngine = .automatic) throws -> UInt64 {
            var agent = PictureAgent(
                model, objective: try Goal.parse("minimize(difference)"),
                options: try PlannerOptions(horizon: 10, blocks: [5], seed: options, noveltyLimit: nil),
                solver: try ImprovedCrossEntropy(population: 8, elites: 3, iterations: 1), replanEvery: 5,
                engine: engine)
            agent.begin(goal: PictureModels.picture(99), seed: episode)
            _ = try agent.act(on: PictureModels.picture(1))
            return try #require(agent.plan).certificate.search.seed
        }
        #expect(try first(4, 1) == first(4, 1) && first(4, 1) != first(5, 1) && first(4, 1) != first(4, 2))
        #expect(try first(0, 3) == 3 && first(0, 4, engine: .libtorch) == 4)
    }

    @Test("It plans when a plan is due, follows it between, and does the same again from the same seed")
    func receding() throws {
        let model = PictureModels.drawn()
        var agent = try agent(model, "minimize(difference)", replanEvery: 3)
        #expect(!agent.hasJustPlanned)
        func run(_ seed: UInt64) throws -> (actions: [[Double]], planned: [Bool]) {
            agent.begin(goal: PictureModels.picture(99), seed: seed)
            #expect(agent.plan == nil && !agent.hasJustPlanned)
            var (actions, planned): ([[Double]], [Bool]) = ([], [])
            for row in 0..<7 {
                actions.append(try agent.act(on: PictureModels.picture(UInt64(row))))
                planned.append(agent.hasJustPlanned)
                #expect(actions.last == agent.plan?.action(at: row % 3))
            }
            return (actions, planned)
        }
        let (one, again, other) = (try run(3), try run(3), try run(4))
        #expect(one.planned == [true, false, false, true, false, false, true])
        #expect(one.actions == again.actions && one.actions != other.actions)
        #expect(one.actions.allSatisfy { $0.count == 2 && $0.allSatisfy { (-1...1).contains($0) } })
    }

    @Test("The goal is the picture that it began with")
    func goal() throws {
        let model = PictureModels.drawn()
        var agent = try agent(model, "minimize(difference)")
        for seed in [UInt64(7), 8] {
            agent.begin(goal: PictureModels.picture(seed), seed: 1)
            _ = try agent.act(on: PictureModels.picture(1))
            let (z, goal) = (model.encode([PictureModels.picture(1)]), model.encode([PictureModels.picture(seed)]))
            let wanted = withoutGradients { (z - goal).square().mean().sqrt().item() }
            let found = try #require(agent.plan?.certificate.channels.first { $0.name == "difference" }?.start)
            #expect(abs(found - wanted) < 1e-5)
        }
    }

    /// What is ordinary for a model of drawn pictures, under no action.
    private func ordinary(_ model: TrainedImageModel) throws -> PictureSurprise {
        var frames = InMemoryFrames(frameSize: FrameSize(height: 16, width: 16), columns: [])
        for episode in 0..<4 {
            let pictures = (0..<30).flatMap { PictureModels.picture(UInt64(1000 + 30 * episode + $0)) }
            frames.append(FrameEpisode(frames: pictures, columns: []))
        }
        let encoded = try EncodedRows(model.network, frames)
        let actions = Tensor.normal([120, 2], using: TorchGenerator(seed: 3))
        return try #require(PictureSurprise(StepResiduals(model.network, encoded: encoded, actions: actions)))
    }

    @Test("What did not come about is not believed again in the episode")
    func memory() throws {
        // Every picture looks like the origin: whatever is done, x stays at 0, and the model believes that it grows.
        let mover = PictureModels.mover()
        let model = PictureModels.watching(mover, try ordinary(mover))
        func promises(remembers: Bool) throws -> [Double] {
            var agent = PictureAgent(
                model, objective: try Goal.parse("x = 3"), options: try PlannerOptions(horizon: 1, noveltyLimit: nil),
                solver: try ImprovedCrossEntropy(population: 32, elites: 6, iterations: 4), replanEvery: 1,
                remembers: remembers)
            return try (0..<2).flatMap { _ in
                agent.begin(goal: PictureModels.picture(1), seed: 2)
                return try (0..<6).map { row in
                    _ = try agent.act(on: PictureModels.picture(UInt64(row)))
                    let plan = try #require(agent.plan)
                    #expect(agent.state?.memory?.count == (remembers ? row : nil))
                    return try #require(plan.certificate.channels.first { $0.name == "x" }).values[0]
                }
            }
        }
        let (without, with) = (try promises(remembers: false), try promises(remembers: true))
        #expect(without.allSatisfy { $0 > 0.85 })
        #expect(with[0] > 0.85 && with[1] < 0.5 * with[0] && with[5] < 0.3 * with[0])
        // Another episode begins without.
        #expect(with[6] == with[0])
    }

    @Test("A search begins twice as wide as recorded actions deviate, and no wider than the limits")
    func searchWidth() throws {
        let model = PictureModels.drawn()
        #expect(model.searchWidth == 1)
        let timid = TrainedImageModel(
            network: model.network, distance: nil, actionChannels: model.actionChannels,
            actionScaling: ActionScaling(mean: [0, 0], deviation: [0.1, 0.2]), recordedActions: model.recordedActions,
            samplingTime: 0.1, horizon: 4, settings: model.settings, origin: ModelOrigin())
        #expect(abs(timid.searchWidth - 0.4) < 1e-6)
        #expect(try timid.pictureSearch().deviation == timid.searchWidth)
    }

    @Test("A plan on request is searched as commands that act search, unless it asks for something else")
    func search() throws {
        let model = PictureModels.drawn(block: 3)
        var request = PlanRequest(goal: "minimize(difference)")
        let standard = try request.planner(for: model, goals: [nil])
        let solver = try #require(standard.solver as? ImprovedCrossEntropy)
        let expected = try model.pictureSearch()
        #expect(
            [solver.population, solver.elites, solver.iterations] == [
                expected.population, expected.elites, expected.iterations,
            ])
        #expect(
            [solver.deviation, solver.exponent, solver.momentum] == [
                expected.deviation, expected.exponent, expected.momentum,
            ])
        #expect(standard.options.blocks == model.searchBlocks && model.searchBlocks == [3])
        request.solver = CrossEntropy.name
        request.blocks = [1, 2]
        let other = try request.planner(for: model, goals: [nil])
        #expect(other.solver is CrossEntropy && other.options.blocks == [3, 6])
    }

    @Test("It says of every step that it saw how surprising it was, whether it planned or not")
    func surprise() throws {
        let plain = PictureModels.drawn(block: 3)
        let calibration = try ordinary(plain)
        let model = PictureModels.watching(plain, calibration)
        var agent = try agent(model, "minimize(difference)", horizon: 6, replanEvery: 3)
        for _ in 0..<2 {
            agent.begin(goal: PictureModels.picture(99), seed: 3)
            #expect(agent.surprise == nil)
            var actions: [[Double]] = []
            for row in 0..<9 {
                actions.append(try agent.act(on: PictureModels.picture(UInt64(row))))
                guard row >= 3 else {
                    #expect(agent.surprise == nil)
                    continue
                }
                let residual = withoutGradients {
                    let done = Tensor(actions[row - 3..<row].joined().map(Float.init), shape: [1, 1, 6])
                    let predicted = model.network.rollout(
                        from: model.encode([PictureModels.picture(UInt64(row - 3))]),
                        actions: model.actionScaling.normalised(done))[0]
                    return (model.encode([PictureModels.picture(UInt64(row))]) - predicted).doubles()
                }
                let reading = try #require(agent.surprise)
                #expect(abs(reading.plain - calibration.reading(residual).plain) < 1e-5, "row \(row)")
            }
        }
        var other = try self.agent(plain, "minimize(difference)", horizon: 6, replanEvery: 3)
        other.begin(goal: PictureModels.picture(99), seed: 3)
        for row in 0..<5 { _ = try other.act(on: PictureModels.picture(UInt64(row))) }
        #expect(other.surprise == nil)
    }

    @Test("Without a picture as the goal it serves what is read, under guardrails")
    func noPicture() throws {
        let bands = ReadoutBands(
            steps: 4, count: 2, halfWidth: Array(repeating: 0.05, count: 8),
            guardHalfWidth: Array(repeating: 0.2, count: 8), predictions: 99)
        var agent = try agent(
            PictureModels.mover(bands: bands), "x = 3; 0.01 * effort(down)", guardrails: ["always(x <= 1)"], horizon: 4,
            replanEvery: 1)
        agent.begin([], seed: 2)
        _ = try agent.act(on: PictureModels.picture(2))
        let plan = try #require(agent.plan)
        #expect(plan.status == .certified && plan.certificate.channels.map(\.name) == ["x", "y"])
        let places = plan.certificate.channels[0].values
        #expect(places.max() ?? 9 <= 0.8 + 1e-4 && places.last ?? 0 > 0.6, "\(places)")
        // Channels of a picture that there is not are an error that says what there is.
        var other = try self.agent(PictureModels.mover(), "minimize(difference)", horizon: 4, replanEvery: 1)
        other.begin([], seed: 2)
        let error = #expect(throws: ForesightError.self) { _ = try other.act(on: PictureModels.picture(2)) }
        #expect(error?.code == .usage && error?.message.contains("difference") == true)
    }

    @Test("Several pictures are goals by their names: the sum of both, or the nearer one")
    func severalPictures() throws {
        let model = PictureModels.drawn(stack: 1, block: 1)
        func differences(_ goal: String) throws -> (a: Double, b: Double) {
            var agent = try agent(model, goal, horizon: 4, replanEvery: 1)
            agent.begin(
                [GoalPicture(PictureModels.picture(3), name: "a"), GoalPicture(PictureModels.picture(4), name: "b")],
                seed: 2)
            _ = try agent.act(on: PictureModels.picture(2))
            let channels = try #require(agent.plan).certificate.channels
            func mean(_ name: String) throws -> Double {
                let values = try #require(channels.first { $0.name == name }).values
                return values.reduce(0, +) / Double(values.count)
            }
            return (try mean("difference_a"), try mean("difference_b"))
        }
        let (a, b) = (try differences("minimize(difference_a)"), try differences("minimize(difference_b)"))
        // Whoever asks for one gets nearer to it than whoever asks for the other.
        #expect(a.a < b.a && b.b < a.b, "\(a), \(b)")
        let sum = try differences("minimize(difference_a); minimize(difference_b)")
        #expect(sum.a + sum.b <= min(a.a + a.b, b.a + b.b) + 1e-3, "\(sum)")
        let either = try differences("minimize(min(difference_a, difference_b))")
        #expect(min(either.a, either.b) <= min(a.a, b.b) + 0.02, "\(either)")
    }

    @Test("A guardrail on what is read is kept at the edge of its band, and without it it would not be")
    func guardrail() throws {
        let bands = ReadoutBands(
            steps: 4, count: 2, halfWidth: Array(repeating: 0.05, count: 8),
            guardHalfWidth: Array(repeating: 0.2, count: 8), predictions: 99)
        let model = PictureModels.mover(bands: bands)
        func places(_ guardrails: [String]) throws -> [Double] {
            var agent = try agent(
                model, "x = 3; 0.01 * effort(down)", guardrails: guardrails, horizon: 4, replanEvery: 1)
            agent.begin(goal: PictureModels.picture(1), seed: 2)
            _ = try agent.act(on: PictureModels.picture(2))
            let plan = try #require(agent.plan)
            #expect(plan.status == .certified)
            return try #require(plan.certificate.channels.first { $0.name == "x" }).values
        }
        let (free, held) = (try places([]), try places(["always(x <= 1)"]))
        #expect(free.last ?? 0 > 1.5, "\(free)")
        // Half a wide band of 0.2 stays clear of the limit, and no more than is needed.
        #expect(held.max() ?? 0 <= 0.8 + 1e-4 && held.last ?? 0 > 0.6, "\(held)")
    }

    @Test("A guardrail on a region is kept at the edge of its band, step by step")
    func regionGuardrail() throws {
        let region = PictureModels.halfPlane("unsafe", from: 1, bands: PictureModels.regionBands([0.1, 0.2, 0.3, 0.4]))
        let model = PictureModels.mover(regions: [region])
        func scores(_ guardrails: [String]) throws -> [Double] {
            var agent = try agent(
                model, "x = 3; 0.01 * effort(down)", guardrails: guardrails, horizon: 4, replanEvery: 1)
            agent.begin(goal: PictureModels.picture(1), seed: 2)
            _ = try agent.act(on: PictureModels.picture(2))
            let plan = try #require(agent.plan)
            #expect(plan.status == .certified)
            return try #require(plan.certificate.channels.first { $0.name == "unsafe" }).values
        }
        #expect(try scores([]).last ?? 0 > 0.5)
        let held = try scores(["always(unsafe <= 0)"])
        for (score, width) in zip(held, [0.1, 0.2, 0.3, 0.4]) { #expect(score <= -width + 1e-4, "\(held)") }
        #expect(held.last ?? -9 > -0.6, "\(held)")
    }

    @Test("Where nothing keeps a guardrail the actions in force are held, or what was declared safe is done")
    func refused() throws {
        let model = PictureModels.mover()
        var agent = try agent(
            model, "x = 3", guardrails: ["always(y >= 50)"], horizon: 4, replanEvery: 1)
        agent.begin(goal: PictureModels.picture(1), seed: 2)
        #expect(try agent.act(on: PictureModels.picture(2)) == [0, 0])
        #expect(agent.planStatus == .refused)
        var safe = PictureAgent(
            model, objective: try Goal.parse("x = 3"), guardrails: [try Guardrail.parse("always(y >= 50)")],
            fallback: .action([0.25, -0.25]), options: try PlannerOptions(horizon: 4, noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 16, elites: 4, iterations: 2), replanEvery: 1)
        safe.begin(goal: PictureModels.picture(1), seed: 2)
        #expect(try safe.act(on: PictureModels.picture(2)) == [0.25, -0.25])
        #expect(safe.plan?.status == .fallback)
    }
}
