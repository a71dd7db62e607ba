// How long a plan of a sensor model takes, for a program that runs it in turns with others.
//
//     plan-speed MODEL LOG [--candidates N] [--horizon STEPS] [--iterations N] [--chunk N] [--threads N]
//                [--engine automatic|compiled|libtorch] [--deadline SECONDS] [--every SECONDS]
//                [--priority automatic|realtime|normal]
//     plan-speed --peak
//
// Prints a line of JSON that says what is planned, enough for others to plan the same, then reads lines: `go N` plans N
// times and answers with a line of the seconds of each, `rollout N` does so with rollouts alone; the end of the input ends
// it. A row of the log is where every plan starts, each as if it were the first, so that all do the same work; under a deadline they
// follow each other, at once or so long after each other as --every says, and `taken 0` answers how often the system took the
// processor from each of the last ones. --peak prints the vector unit and its multiplications and additions a second.

import Agents
import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Tensors
import WorldModels

struct Options {
    var model = ""
    var log = ""
    var candidates = 512
    var horizon = 20
    var iterations = 5
    var chunk: Int?
    var threads = 1
    var deadline: Double?
    var every: Double?
    var priority = DeadlinePriority.automatic
    var engine = RolloutEngine.automatic

    init(_ arguments: [String]) throws {
        var left = arguments[...]
        var places: [String] = []
        func number(_ option: String, _ text: String?) throws -> Double {
            guard let value = text.flatMap(Double.init), value > 0 else {
                throw ForesightError.usage("\(option) \(text ?? "") is no positive number", remedy: "give one")
            }
            return value
        }
        while let argument = left.popFirst() {
            switch argument {
            case "--candidates": candidates = Int(try number(argument, left.popFirst()))
            case "--horizon": horizon = Int(try number(argument, left.popFirst()))
            case "--iterations": iterations = Int(try number(argument, left.popFirst()))
            case "--chunk": chunk = Int(try number(argument, left.popFirst()))
            case "--threads": threads = Int(try number(argument, left.popFirst()))
            case "--deadline": deadline = try number(argument, left.popFirst())
            case "--every": every = try number(argument, left.popFirst())
            case "--priority":
                let text = left.popFirst() ?? ""
                guard let known = DeadlinePriority(rawValue: text) else {
                    throw ForesightError.usage(
                        "--priority '\(text)' is not known", remedy: "give automatic, realtime or normal")
                }
                priority = known
            case "--engine": engine = try RolloutEngine.named(left.popFirst() ?? "")
            default: places.append(argument)
            }
        }
        guard places.count == 2 else {
            throw ForesightError.usage("plan-speed needs a model and a log", remedy: "plan-speed MODEL LOG")
        }
        (model, log) = (places[0], places[1])
    }
}

/// What is planned, as JSON.
func task(
    _ dynamics: LearnedDynamics, _ state: LearnedState, _ start: PlanningStart, _ options: Options, bands: [Float]
) -> JSONValue {
    let description = dynamics.model.description
    let scaling = description.scaling
    let actions = dynamics.actionChannels.count
    let cost = dynamics.cost(candidates: options.candidates, horizon: options.horizon)
    func list(_ values: some Sequence<Double>) -> JSONValue { .array(values.map { .number($0) }) }
    func limits(_ limit: (Channel) -> Double?) -> JSONValue {
        list(dynamics.actionChannels.map { limit($0) ?? .nan })
    }
    // What libtorch predicts for held actions, for others to find out whether they predict the same.
    var probe = TrajectoryBatch(
        candidates: 1, horizon: options.horizon, actionCount: actions, outputCount: dynamics.outputChannels.count,
        hasNovelty: true)
    for index in probe.actions.indices { probe.actions[index] = 60 }
    try? LearnedDynamics(dynamics.model, engine: .libtorch).rollout(from: state, into: &probe)
    return [
        "candidates": .integer(options.candidates), "horizon": .integer(options.horizon),
        "iterations": .integer(options.iterations),
        "engine": .string(dynamics.engine.map { "\($0.name): \($0.reason)" } ?? ""),
        "operations": .number((cost?.operations ?? 0) / Double(options.candidates)),
        "activations": .number((cost?.activations ?? 0) / Double(options.candidates)),
        "bytes": .number(cost?.bytes ?? 0),
        "activation": .string(description.architecture.activation.rawValue),
        "disturbances": .integer(description.disturbances.count),
        "representation": list(state.representation.map(Double.init)),
        "previous_actions": list(start.previousActions),
        "action_lower": limits(\.lowerLimit), "action_upper": limits(\.upperLimit),
        "action_mean": list(scaling.inputMean.prefix(actions)),
        "action_scale": list(scaling.inputScale.prefix(actions)),
        "output_mean": list(scaling.outputMean), "output_scale": list(scaling.outputScale),
        "output_width": list(dynamics.scales.outputs.map(Double.init)),
        "half_width": list(bands.map(Double.init)), "goal": list([50, 40]), "limit": .number(52),
        "probe_action": .number(60), "probe_outputs": list(probe.outputs.map(Double.init)),
        "probe_novelty": list(probe.novelty.map(Double.init)),
    ]
}

/// The seconds that a piece of work takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    try body()
    return (ContinuousClock.now - began) / .seconds(1)
}

/// How often the system took the processor from this thread for another.
func interruptions() -> Int {
    #if os(Linux)
        var usage = rusage()
        return getrusage(__rusage_who_t(1), &usage) == 0 ? usage.ru_nivcsw : 0  // 1 is RUSAGE_THREAD
    #else
        return 0
    #endif
}

func run() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--peak"] { return print(try RolloutCost.lanes(), try RolloutCost.peak()) }
    let options = try Options(arguments)
    let model = try ModelFolder.load(options.model)
    Engine.threads = options.threads
    let log = try EpisodeLoader(schema: LogSchema()).load([options.log])
    var estimator = HistoryEstimator(model)
    try estimator.read(log.episodes[0], upTo: min(120, log.episodes[0].count - 1))
    let state = try estimator.state()
    let start = estimator.start()
    let dynamics = try LearnedDynamics(model, engine: options.engine)
    var request = PlanRequest(
        goal: "T1 = 50; T2 = 40; 0.1 * smooth(Q1); 0.1 * smooth(Q2)", guardrails: ["always(T1 <= 52)"])
    request.safeAction = ["Q1": 0, "Q2": 0]
    let wanted = try request.task(for: dynamics, horizon: options.horizon)
    let planning = try PlannerOptions(
        horizon: options.horizon, deadline: options.deadline, chunk: options.chunk ?? 128,
        priority: options.priority)
    let solver = try CrossEntropy(
        population: options.candidates, elites: max(2, options.candidates / 10), iterations: options.iterations,
        tolerance: 0)
    let planner = Planner(dynamics, task: wanted, options: planning, solver: solver)
    print(task(dynamics, state, start, options, bands: wanted.bands?.halfWidth ?? []).text())
    fflush(nil)
    var batch = TrajectoryBatch(
        candidates: options.candidates, horizon: options.horizon, actionCount: dynamics.actionChannels.count,
        outputCount: dynamics.outputChannels.count, hasNovelty: true)
    for index in batch.actions.indices { batch.actions[index] = Float(index * 37 % 100) }
    // Under a deadline plans follow each other, as in a loop, and learn how long an answer takes after its search.
    var lasting = planner
    lasting.beginLoop()
    defer { lasting.endLoop() }
    var taken: [Int] = []
    while let line = readLine() {
        let words = line.split(separator: " ")
        guard words.count == 2, let count = Int(words[1]) else { break }
        if words[0] == "taken" {
            print(taken.map { "\($0)" }.joined(separator: " "))
            fflush(nil)
            continue
        }
        var times: [Double] = []
        taken = []
        var next = ContinuousClock.now
        for _ in 0..<count {
            if words[0] == "rollout" {
                times.append(try seconds { try dynamics.rollout(from: state, into: &batch) })
            } else if options.deadline != nil {
                if let every = options.every {
                    Thread.sleep(forTimeInterval: max(0, (next - ContinuousClock.now) / .seconds(1)))
                    next = max(next, .now) + .seconds(every)
                }
                let before = interruptions()
                times.append(try seconds { _ = try lasting.decide(from: state, start: start) })
                taken.append(interruptions() - before)
            } else {
                var fresh = planner
                times.append(try seconds { _ = try fresh.decide(from: state, start: start) })
            }
        }
        print(times.map { "\($0)" }.joined(separator: " "))
        fflush(nil)
    }
}

do {
    try run()
} catch {
    FileHandle.standardError.write(Data("plan-speed: \(error)\n".utf8))
    exit(1)
}
