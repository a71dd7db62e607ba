import Agents
import Basics
import Episodes
import Objectives
import Planning
import Plants
import Records
import WorldModels

/// Runs a model's planner and what it is compared with on the same seeded episodes.
struct ControlStudy {
    /// What a model can be compared with.
    enum Comparison: String, CaseIterable {
        /// The same planner with the plant's true equations and its true state.
        case exact
        /// Independent PID loops, tuned on other episodes of the same task, or what is customary on the plant, such as the
        /// controller of its own literature or the therapies of a patient.
        case pid
        /// The least cost that anybody could have had: all actions of an episode at once, with the true equations, the
        /// disturbances that came, and no noise.
        case optimum
    }

    /// One controller's result.
    struct Result {
        /// Scores, durations and statuses.
        var report: ClosedLoopReport
        /// What happened, by seed.
        var records: [UInt64: ControlRecord]
        /// Reasons of decisions that were no certified plan, with how often each was given.
        var reasons: [String: Int]
        /// What the planner warned of about its goal.
        var warnings: Set<String> = []
    }

    /// Ends a run that somebody asked to stop: with the episodes that were finished, where there are any.
    struct Stopped: Error {
        var result: Result?

        /// Stops a run where that is asked for.
        static func ifAsked() throws {
            if Interrupt.isRequested { throw Stopped() }
        }
    }

    /// What is run.
    var scenario: ControlScenario
    /// The seeds of the episodes.
    var seeds: [UInt64]
    /// How the planners search.
    var request: PlanRequest
    /// Decisions that one plan serves.
    var replanEvery = 1
    /// What the model's planner does with how far its predictions were off.
    var feedback: FeedbackOptions?
    /// Where what the model predicted is kept beside what came.
    var store: ControlStore?
    /// Shows how far it is.
    var progress: ProgressLine.Style = .quiet

    /// The model's planner in closed loop.
    ///
    /// - Throws: `ForesightError` when model, plant and request do not fit together.
    func runModel(_ model: TrainedModel) throws -> Result {
        var request = request
        request.goal = scenario.goal
        request.guardrails = scenario.guardrails
        request.adopt(scenario.task.plant, knowing: model.description.actions)
        if request.safeAction.isEmpty {
            let plant = scenario.task.plant
            request.safeAction = Dictionary(
                uniqueKeysWithValues: zip(plant.actionChannels.map(\.name), scenario.safeAction))
        }
        request.commitment = steps(of: model.description.stepTime)
        var planner = try request.planner(for: model)
        // The scenario's scales are those of the comparison.
        planner.task.compileOptions.scales = planner.dynamics.scales
        var agent = try PlantAgent(
            planner, on: scenario.task.plant, replanEvery: replanEvery, feedback: feedback, holder: scenario.task.holder
        )
        guard let store else { return try run("model") { try $0.run("model", agent: agent, observe: $1) } }
        agent.calibration = { store.factor($0, $1) }
        return try run("model") { loop, observe in
            var loop = loop
            loop.hear = {
                try store.take($0, $1)
                try Stopped.ifAsked()
            }
            return try loop.run("model", agent: agent, observe: observe)
        }
    }

    /// Steps of so many seconds until the next plan, each of whole decisions as in `PlannerAgent`.
    private func steps(of seconds: Double) -> Int {
        let decisions = max(1, (seconds / scenario.task.plant.samplingTime).rounded())
        return max(1, Int((Double(replanEvery) / decisions - 1e-6).rounded(.up)))
    }

    /// The same planner with the true equations.
    ///
    /// - Parameters:
    ///   - horizon: Seconds that it looks ahead.
    ///   - stepTime: Seconds of a step of the model, which the request counts in.
    /// - Returns: The result, named “exact dynamics”.
    /// - Throws: `ForesightError` for words that cannot be read.
    func runExact(horizon: Double, stepTime: Double) throws -> Result {
        let options = try exactOptions(horizon: horizon, stepTime: stepTime)
        let planning = try exactPlanning()
        let solver = try request.searcher()
        return try run("exact dynamics") {
            try $0.runExact(planning, options: options, solver: solver, replanEvery: replanEvery, observe: $1)
        }
    }

    /// How far that planner looks and how it holds actions: what the request says in steps of the model, in samples of the plant.
    ///
    /// - Throws: `ForesightError.usage` for options outside their limits.
    func exactOptions(horizon: Double, stepTime: Double) throws -> PlannerOptions {
        let samplingTime = scenario.task.plant.samplingTime
        let steps = max(1, Int((horizon / samplingTime).rounded()))
        let stride = max(1, Int((stepTime / samplingTime).rounded()))
        return try PlannerOptions(
            horizon: steps, blocks: request.blocks.map { min($0, steps) * stride }, deadline: request.deadline,
            seed: request.seed, noveltyLimit: nil, backup: request.backup, commitment: replanEvery,
            priority: request.priority)
    }

    /// What that planner is asked for: the same as the model's, with the same action to fall back to.
    ///
    /// - Throws: `ForesightError` for words that cannot be read, and for a safe action that does not fit the plant.
    func exactPlanning() throws -> PlanningTask {
        var planning = try scenario.exactTask()
        let plant = scenario.task.plant
        planning.actions = try request.actionSet(for: plant.actionChannels, samplingTime: plant.samplingTime)
        if !request.safeAction.isEmpty { planning.fallback = try request.fallback(plant.actionChannels) }
        return planning
    }

    /// What is customary on the plant: loops tuned on other episodes where the task names nothing else; empty when the goal
    /// tells no target that they could track.
    ///
    /// - Throws: Nothing of its own.
    func runCustomary() throws -> [Result] {
        let task = scenario.task
        guard task.customary.isEmpty else {
            return try task.customary.map { try run($0.controller, name: $0.name) }
        }
        guard !task.targets.isEmpty else { return [] }
        // Limits count when tuning, so that the loops are tuned for what they are judged by.
        let controller = scenario.tuningTask.tunedPID(seeds: Self.tuningSeeds(apartFrom: seeds))
        return [try run(controller, name: "tuned PID")]
    }

    private func run(_ controller: some Controller, name: String) throws -> Result {
        let agent = ControllerAgent(controller, samplingTime: scenario.task.plant.samplingTime)
        return try run(name) { try $0.run(name, agent: agent, observe: $1) }
    }

    /// The least cost of each episode, searched from what the others did.
    ///
    /// - Parameter others: What was run on the same episodes.
    /// - Returns: The result, named “full-horizon optimum”, whose decisions took no time of their own; `nil` where chance decides
    ///   what happens on the plant, so that no gradient leads to it.
    /// - Throws: `Stopped` where that is asked for; the optima so far are not kept.
    func runOptimum(after others: [Result]) throws -> Result? {
        let task = scenario.task
        guard let first = others[0].records[seeds[0]],
            FullHorizonOptimum(task, episode: first).isSmooth(at: first.actions)
        else { return nil }
        let name = ControlOutcome.optimumName
        let line = ProgressLine(name, total: seeds.count, unit: "episodes", style: progress)
        line.update(0)
        var result = Result(report: others[0].report, records: [:], reasons: [:])
        let episodes = try seeds.enumerated().map { index, seed in
            try Stopped.ifAsked()
            let records = others.compactMap { $0.records[seed] }
            let problem = FullHorizonOptimum(task, episode: records[0])
            let found = problem.solve(from: records.map(\.actions))
            result.records[seed] = records[0].with(found, on: task.plant)
            line.update(index + 1)
            return EpisodeResult(seed: seed, score: found.score, statuses: [], decisionSeconds: [])
        }
        line.finish(seeds.count)
        result.report = ClosedLoopReport(name: name, episodes: episodes)
        return result
    }

    /// Seeds that no episode of the comparison has.
    static func tuningSeeds(apartFrom seeds: [UInt64]) -> [UInt64] {
        let first = (seeds.max() ?? 0) &+ 1000
        return (0..<5).map { first &+ $0 }
    }

    private typealias Observer = (ControlRecord, EpisodeResult, [Int: Plan]) throws -> Void

    private func run(
        _ name: String, _ body: (ClosedLoop, @escaping Observer) throws -> ClosedLoopReport
    ) throws -> Result {
        let line = ProgressLine(name, total: seeds.count, unit: "episodes", style: progress)
        var episodes: [EpisodeResult] = []
        var records: [UInt64: ControlRecord] = [:]
        var reasons: [String: Int] = [:]
        var warnings: Set<String> = []
        line.update(0)
        var loop = try ClosedLoop(scenario.task, seeds: seeds)
        loop.hear = { _, _ in try Stopped.ifAsked() }
        let observe: Observer = { record, result, plans in
            var result = result
            result.score = try scenario.score(record)
            episodes.append(result)
            records[record.seed] = record
            for plan in plans.values where plan.status != .certified {
                reasons[Self.withoutNumbers(plan.reason ?? plan.status.rawValue), default: 0] += 1
            }
            // Times beyond the horizon of one plan are within that of a later one; ranges are the same for all.
            for plan in plans.values {
                warnings.formUnion(plan.warnings.filter { warning in Self.told.contains { warning.contains($0) } })
            }
            line.update(episodes.count)
        }
        func finished() -> Result {
            line.finish(episodes.count)
            return Result(
                report: ClosedLoopReport(name: name, episodes: episodes), records: records, reasons: reasons,
                warnings: warnings)
        }
        do { _ = try body(loop, observe) } catch is Stopped {
            throw Stopped(result: episodes.isEmpty ? nil : finished())
        }
        return finished()
    }

    /// What tells warnings of plans that are for the whole loop.
    private static let told = ["recorded range", "no way out is verified", "each plan counts anew"]

    /// A reason with its amounts left out, so that the same reason counts together.
    private static func withoutNumbers(_ reason: String) -> String {
        var text = ""
        for word in reason.split(separator: " ") {
            let isAmount =
                Double(word.filter { $0.isNumber || ".-e".contains($0) }) != nil && word.first?.isLetter != true
            let shown = isAmount && !reason.contains("'\(word)") ? "…" : String(word)
            text += (text.isEmpty ? "" : " ") + shown
        }
        return text
    }
}
