import Basics
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
            let logs = Set((0..<ControlProtocol.mostSeeds).map { ControlProtocol.logSeed(model: $0) })
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
