import Agents
import ArgumentParser
import Basics
import Planning
import WorldModels

/// What a plan should reach and keep, and how it is searched; `plan` and `control` have these.
struct PlanningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to reach, such as \"T1 = 45; 2 * (T2 -> 35 at 300 s); 0.1 * smooth(Q1)\".", valueName: "goal"))
    var goal: String?

    @Option(
        name: .customLong("guardrail"), parsing: .singleValue,
        help: ArgumentHelp(
            "What must hold, such as \"always(T1 <= 55)\" or \"rate(Q1) <= 10 %/min\"; may be repeated.",
            valueName: "condition"))
    var guardrails: [String] = []

    @Option(help: ArgumentHelp("How to search: icem, cem, mppi, gradient, sqp or beam.", valueName: "solver"))
    var solver = ImprovedCrossEntropy.name

    @Option(
        help: ArgumentHelp(
            "How far to look ahead: seconds, a duration such as 5min, or 30steps; as far as the model was trained for by "
                + "default.", valueName: "time"))
    var horizon: String?

    @Option(
        help: ArgumentHelp(
            "Time after which the best plan so far is returned, such as 50ms.", valueName: "time"))
    var deadline: String?

    @Option(
        help: ArgumentHelp(
            """
            Whether a plan under a deadline goes before other programs: automatic (real-time priority where the system allows it \
            and the deadline is at most 100 ms), realtime (or an error), or normal.
            """, valueName: "priority"))
    var priority = DeadlinePriority.automatic.rawValue

    @Option(
        help: ArgumentHelp(
            "Action to fall back to when nothing keeps the guardrails, such as Q1=0,Q2=0.", valueName: "action"))
    var safeAction: String?

    @Option(
        help: ArgumentHelp(
            "Steps for which actions are held, the last repeated, such as 1,1,2,4; every step is decided anew by default.",
            valueName: "steps"))
    var blocks: String?

    @Option(
        help: ArgumentHelp(
            """
            What the safe action must keep in the model, from the next plan on, for a plan to be certified: limits (what \
            holds at every time, such as always(T1 <= 55)), all (every guardrail), or none: no action is safe to hold, and \
            where the declared one is predicted to break twice as much, a fallback is the plan that breaks least.
            """, valueName: "guardrails"))
    var backup = BackupCheck.limits.rawValue

    @Option(
        help: ArgumentHelp(
            """
            Coverage of the bands that guardrails keep clear of, 0.5 to 0.99, in place of the model's (guard_coverage of its \
            training): plans of 0.95 come nearer to a limit than those of 0.99 and are beyond it more often. Of models from logs.
            """, valueName: "share"))
    var guardCoverage: Double?

    @Flag(help: "Let plans leave what the training data cover.")
    var explore = false

    @Flag(help: "Predict every record as if it were the training log, also with a model that adapts.")
    var noAdapt = false

    @Option(
        help: ArgumentHelp(
            "What rolls the model out: automatic, compiled or libtorch; a plan says which it was and why.",
            valueName: "engine"))
    var engine = RolloutEngine.automatic.rawValue

    @Option(help: ArgumentHelp("Decides the search's random numbers.", valueName: "number"))
    var seed: UInt64 = 0

    /// The model as planned with: one that does not adapt, or promises something else, where that is asked for.
    ///
    /// - Throws: `ForesightError.usage` for a coverage of guardrails that the model cannot tell bands of.
    func chosen(_ model: TrainedModel) throws -> TrainedModel {
        let model = noAdapt ? model.withoutAdaptation() : model
        return try guardCoverage.map { try model.guarding($0) } ?? model
    }

    /// The request, with a goal that may come from elsewhere.
    ///
    /// - Throws: `ForesightError.usage` for what cannot be read.
    func request(goal: String, guardrails: [String]) throws -> PlanRequest {
        var request = PlanRequest(goal: goal, guardrails: guardrails)
        request.solver = solver
        request.horizon = try horizon.map { try Self.horizon($0) }
        request.deadline = try deadline.map { try DurationText.seconds($0, option: "--deadline") }
        request.priority = try Self.priority(priority)
        request.safeAction = try safeAction.map { try Self.action($0) } ?? [:]
        request.explores = explore
        request.backup = try Self.backup(backup)
        request.blocks = try blocks.map { try Self.blocks($0) } ?? []
        request.seed = seed
        request.engine = try RolloutEngine.named(engine)
        // Said before anything is loaded.
        _ = try request.searcher()
        return request
    }

    static func backup(_ text: String) throws -> BackupCheck { try known(text, option: "--backup") }

    static func priority(_ text: String) throws -> DeadlinePriority { try known(text, option: "--priority") }

    /// The case of that name.
    private static func known<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, option: String
    ) throws -> Choice {
        if let known = Choice(rawValue: text) { return known }
        let names = Choice.allCases.map(\.rawValue)
        throw ForesightError.usage(
            "\(option) '\(text)' is not known", remedy: nearestNameRemedy(to: text, among: names, isQuoted: true))
    }

    static func blocks(_ text: String) throws -> [Int] {
        let lengths = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.filter { $0 != " " }) }
        let known = lengths.compactMap { $0 }
        guard known.count == lengths.count, known.allSatisfy({ $0 >= 1 }) else {
            throw ForesightError.usage(
                "--blocks '\(text)' is no list of steps", remedy: "write one such as 1,1,2,4")
        }
        return known
    }

    static func horizon(_ text: String) throws -> PlanHorizon {
        for ending in ["steps", "step"] where text.hasSuffix(ending) {
            let number = text.dropLast(ending.count).filter { $0 != " " }
            guard let steps = Int(number), steps >= 1 else {
                throw ForesightError.usage(
                    "--horizon '\(text)' is no number of steps", remedy: "write one such as 30steps")
            }
            return .steps(steps)
        }
        return .seconds(try DurationText.seconds(text, option: "--horizon"))
    }

    static func action(_ text: String) throws -> [String: Double] {
        var action: [String: Double] = [:]
        for part in NamedValue.parts(text) {
            guard let sides = NamedValue.sides(part), let value = Double(sides.value), value.isFinite else {
                throw ForesightError.usage(
                    "--safe-action '\(text)' is no list of values", remedy: "write one such as Q1=0,Q2=0")
            }
            guard action.updateValue(value, forKey: sides.name) == nil else {
                throw ForesightError.usage(
                    "--safe-action gives \(sides.name) twice", remedy: "give each action one value")
            }
        }
        return action
    }
}
