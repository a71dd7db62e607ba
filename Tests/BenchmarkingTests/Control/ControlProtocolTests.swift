import Basics
import Episodes
import Planning
import Plants
import Testing
import WorldModels

@testable import Benchmarking

@Suite("Protocols of the scoreboard of control")
struct ControlProtocolTests {
    @Test("Each plant has a protocol with a task of its own and one that is moved", arguments: ControlProtocol.names)
    func protocols(name: String) throws {
        let plan = try ControlProtocol.named(name)
        #expect(plan.plant == name && plan.cases.map(\.name) == ["own", "moved"])
        let (own, moved) = (plan.cases[0].task, plan.cases[1].task)
        #expect(own.goal() != moved.goal() && own.steps == moved.steps)
        #expect(plan.hours <= 20 || !plan.reason.isEmpty, "more than 20 h say why")
        #expect(plan.elites * 2 <= plan.population && plan.iterations >= 3)
        #expect(!plan.cases[1].about.isEmpty)
        // Only what changes the figures changes the words that files are kept under.
        var other = plan
        other.episodes += 1
        #expect(other.words("own") == plan.words("own"))
        other.population += 2
        #expect(other.words("own") != plan.words("own") && plan.words("own") != plan.words("moved"))
        other = plan
        other.recordings += 1
        #expect(other.words("own") != plan.words("own"))
    }

    @Test("How much of a band is asked for is part of the words that files are kept under")
    func bandShare() throws {
        let boiler = try ControlProtocol.named("boiler-turbine")
        #expect(boiler.bandShare == 0.6)
        var wider = boiler
        wider.bandShare = 0.8
        #expect(wider.words("own") != boiler.words("own") && wider.words("moved") != boiler.words("moved"))
        let task = boiler.cases[0].task
        #expect(boiler.words("own").contains(task.bandGoal(share: 0.6)))
        // Where no band is asked for it is no part of them.
        var reactor = try ControlProtocol.named("cstr")
        let words = reactor.words("own")
        reactor.bandShare = 0.5
        #expect(!reactor.asksForBands && reactor.words("own") == words)
    }

    @Test("A log of several recordings starts as often where episodes start")
    func recordings() throws {
        let plan = try ControlProtocol.named("four-tank")
        let log = try ControlBenchmark([plan]).log(plan, 0)
        #expect(log.count == plan.recordings && plan.recordings == 20)
        #expect(log.reduce(0) { $0 + $1.count } == 4320, "20 h at a sample every 16.7 s")
        // No pump holds tank 4 above 0.38 m, so that nothing but a start is there.
        let start = FourTank().initialState[3]
        for recording in log {
            #expect(abs(recording[0, 3] - start) < 0.25 * start)
            #expect((20..<recording.count).allSatisfy { recording[$0, 3] < 1.25 * 0.38 })
        }
        #expect(Set(log.map { $0[0, 3] }).count == log.count, "each start has noise of its own")
        // One recording is the log as it was ever made.
        var single = plan
        (single.hours, single.recordings) = (1, 1)
        let first = try ControlBenchmark([single]).log(single, 0)
        #expect(first.count == 1 && first[0].values == log[0].values)
    }

    @Test(
        "Guardrails are moved on each plant that is small enough to say how",
        arguments: ControlProtocol.names.dropLast())
    func movedGuardrails(name: String) throws {
        let plan = try ControlProtocol.named(name)
        #expect(plan.cases[0].task.guardrails != plan.cases[1].task.guardrails)
    }

    @Test("Settings of training are ones that there are", arguments: ControlProtocol.names)
    func settings(name: String) throws {
        let settings = try TrainingSettings.load(overrides: try ControlProtocol.named(name).overrides)
        #expect(name != "gene-switch" || (settings.search.span == .horizon && !settings.bounded))
    }

    @Test("Logs, tuning and reported episodes share no seed")
    func seeds() throws {
        for name in ControlProtocol.names {
            let plan = try ControlProtocol.named(name)
            let models = 0..<ControlProtocol.mostSeeds
            let logs = Set(
                models.flatMap { model in
                    (0..<plan.recordings).map { ControlProtocol.logSeed(model: model, recording: $0) }
                })
            #expect(logs.count == models.count * plan.recordings, "no recording is met twice")
            // Loops are tuned by five episodes, whatever else is.
            let tuning = Set(plan.tuningSeeds + (0..<5).map { ControlProtocol.firstTuning + $0 })
            let reported = Set(plan.seeds(10_000))
            #expect(logs.isDisjoint(with: tuning) && logs.isDisjoint(with: reported))
            #expect(tuning.isDisjoint(with: reported))
        }
    }

    @Test("A plant that is not there is answered with the nearest one")
    func unknown() {
        #expect {
            _ = try ControlProtocol.named("four-tanks")
        } throws: { "\($0)".contains("did you mean four-tank?") }
    }

    @Test("A success is what the protocol says")
    func criteria() throws {
        let task = try ControlTask.named("cstr")
        let record = task.run(seed: 2001, controller: ConstantController([299]))
        var episode = ControlEpisode(
            record, .init(seed: 2001, score: task.score(record), statuses: [], decisionSeconds: []), keepsOutputs: false
        )
        episode.score.violations = 0
        episode.score.success = false
        let cost = episode.score.cost
        #expect(ControlSummary.isSuccess(episode, .limits, nil))
        #expect(!ControlSummary.isSuccess(episode, .bands, cost))
        #expect(ControlSummary.isSuccess(episode, .cost(within: 0.05), cost / 1.04))
        #expect(!ControlSummary.isSuccess(episode, .cost(within: 0.05), cost / 1.06))
        episode.score.violations = 1
        #expect(!ControlSummary.isSuccess(episode, .limits, nil))
        #expect(!ControlSummary.isSuccess(episode, .cost(within: 0.05), cost))
    }
}
