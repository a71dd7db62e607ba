// How long a plan of a LeWM-size predictor takes and how good it is, for a program that runs it in turns with others.
//
//     picture-plan-speed FOLDER [--model MODEL --record PICTURES] [--limits own|wide] [--threads N]
//                        [--engine automatic|compiled|libtorch] [--candidates N] [--iterations N] [--steps N]
//
// Writes the predictor's weights, starts, goals and what libtorch predicts to FOLDER/task.safetensors, enough for others to plan
// the same, and prints a line of JSON. Without a model the predictor has LeWM's published sizes and drawn weights. Tasks of a model
// are two pictures of an episode of a recording that it did not learn from, as many steps apart as a plan is long. Costs are
// LeWM's: the sum of squares between the last predicted representation and the goal's, by libtorch in float32. Actions have the
// model's limits, or with wide ones, as of the drawn predictor, five deviations: the peer's search knows none. Then it reads lines;
// the end of the input ends it:
//
//     go N                       N plans by the peer's method, as many candidates and iterations: their seconds
//     plan K SEED METHOD ...     a plan of task K: seconds, candidates and cost. METHOD is cem, icem (every action by itself) or
//                                held (for a step of the model) and its numbers, or good: the search of commands, and with
//                                a drawn predictor one of every action by itself
//     judge K ACTION ...         the cost of actions, normalised, of all steps

import Agents
import Basics
import Episodes
import Foundation
import Networks
import Objectives
import Perception
import Planning
import Plants
import Tensors
import WorldModels

struct Options {
    var folder = ""
    var model: String?
    var record = ""
    var isWide = false
    var threads = 1
    var engine = RolloutEngine.automatic
    var candidates = 300
    var iterations = 30
    var steps = 5

    init(_ arguments: [String]) throws {
        var left = arguments[...]
        func number(_ option: String, _ text: String?) throws -> Int {
            guard let value = text.flatMap({ Int($0) }), value > 0 else {
                throw ForesightError.usage("\(option) \(text ?? "") is no positive number", remedy: "give one")
            }
            return value
        }
        while let argument = left.popFirst() {
            switch argument {
            case "--model": model = left.popFirst()
            case "--record": record = left.popFirst() ?? ""
            case "--limits": isWide = left.popFirst() == "wide"
            case "--threads": threads = try number(argument, left.popFirst())
            case "--engine": engine = try RolloutEngine.named(left.popFirst() ?? "")
            case "--candidates": candidates = try number(argument, left.popFirst())
            case "--iterations": iterations = try number(argument, left.popFirst())
            case "--steps": steps = try number(argument, left.popFirst())
            default: folder = argument
            }
        }
        guard !folder.isEmpty else {
            throw ForesightError.usage("picture-plan-speed needs a folder", remedy: "picture-plan-speed FOLDER")
        }
    }
}

/// Starts and goals. Searches are chosen on the first ten, and compared on the twenty behind them.
struct Tasks {
    var starts: [Tensor] = []
    var goals: [Tensor] = []
    /// What was done between them, physical units `[row, action]`; of drawn ones nothing.
    var recorded: [[Float]] = []

    /// Draws of a normal distribution, which LeWM's representations are held to.
    static func drawn(_ count: Int, width: Int) -> Tasks {
        let generator = TorchGenerator(seed: 11)
        var tasks = Tasks()
        for _ in 0..<count {
            tasks.starts.append(Tensor.normal([1, width], using: generator))
            tasks.goals.append(Tensor.normal([1, width], using: generator))
        }
        return tasks
    }

    /// What a model sees in a recording: at a row that is drawn, and a plan later in the same episode, one task an episode.
    static func seen(_ count: Int, in path: String, rows: Int, by model: TrainedImageModel) throws -> Tasks {
        let frames = try FrameFormat.open(path)
        let (stack, block) = (model.network.architecture.stack, model.network.architecture.block)
        let first = (stack - 1) * block
        let long = frames.layout.lengths.indices.filter { frames.layout.lengths[$0] > first + rows }
        guard long.count >= count else {
            throw ForesightError.data(
                "\(path) has \(long.count) episodes of more than \(first + rows) rows",
                remedy: "record \(count) or more")
        }
        var generator = SeededGenerator(seed: 11)
        var tasks = Tasks()
        for episode in long.prefix(count) {
            let start = Int.random(in: first..<frames.layout.lengths[episode] - rows, using: &generator)
            func look(_ row: Int) throws -> Tensor {
                model.encode(
                    try (0..<stack).map { back in
                        let row = row - (stack - 1 - back) * block
                        return try frames.frames(episode: episode, rows: row..<row + 1)
                    })
            }
            tasks.starts.append(try look(start))
            tasks.goals.append(try look(start + rows))
            tasks.recorded.append(try frames.actions(episode: episode, rows: start..<start + rows))
        }
        return tasks
    }
}

/// A model of LeWM's published sizes whose weights are drawn, with actions in deviations: five rows of two numbers to a step.
func drawnModel() throws -> TrainedImageModel {
    let architecture = ImageArchitecture(
        imageSize: [64, 64], stack: 1, width: 192, actions: 2, block: 5, predictor: .lewm, hidden: 64, inverseSteps: 1,
        transformer: TransformerSizes())
    let network = try ImageWorldModel(architecture, seed: Seed(1))
    if let predictor = network.predictor as? CausalPredictor {
        let generator = TorchGenerator(seed: 2)
        withoutGradients {
            // As training finds them, actions would have no effect.
            for block in predictor.blocks {
                for parameter in [block.modulation.weight, block.modulation.bias].compactMap({ $0 }) {
                    parameter.assign(Tensor.normal(parameter.shape, using: generator) * 0.1)
                }
            }
            for layer in predictor.actionEncoder.mlp.layers { layer.weight.assign(layer.weight.value * 3) }
        }
    }
    return TrainedImageModel(
        network: network, distance: nil,
        actionChannels: ["right", "down"].map { Channel(name: $0, role: .action, lowerLimit: -5, upperLimit: 5) },
        actionScaling: ActionScaling(mean: [0, 0], deviation: [1, 1]), recordedActions: [-3...3, -3...3],
        samplingTime: 0.1, horizon: 8, settings: ImageSettings(), origin: ModelOrigin())
}

extension TrainedImageModel {
    /// The model with limits of actions five deviations from their means.
    var withWideLimits: TrainedImageModel {
        let channels = actionChannels.indices.map { index in
            let (mean, deviation) = (Double(actionScaling.mean[index]), Double(actionScaling.deviation[index]))
            return Channel(
                name: actionChannels[index].name, role: .action, lowerLimit: mean - 5 * deviation,
                upperLimit: mean + 5 * deviation)
        }
        return TrainedImageModel(
            network: network, distance: distance, readout: readout, actionChannels: channels,
            actionScaling: actionScaling, recordedActions: recordedActions, samplingTime: samplingTime,
            horizon: horizon,
            settings: settings, origin: origin)
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    try body()
    return (ContinuousClock.now - began) / .seconds(1)
}

struct Bench {
    let options: Options
    let model: TrainedImageModel
    let dynamics: ImageDynamics
    let tasks: Tasks

    init(_ options: Options) throws {
        self.options = options
        let loaded = try options.model.map { try ImageModelFolder.load($0) } ?? drawnModel()
        model = options.isWide ? loaded.withWideLimits : loaded
        dynamics = ImageDynamics(model, engine: options.engine)
        let architecture = model.network.architecture
        tasks =
            try options.model == nil
            ? Tasks.drawn(30, width: architecture.width)
            : Tasks.seen(30, in: options.record, rows: options.steps * architecture.block, by: model)
    }

    var rows: Int { options.steps * model.network.architecture.block }

    /// Half of what actions may be, in deviations: how wide a search begins that begins with one deviation.
    var oneDeviation: Double {
        zip(model.actionChannels, model.actionScaling.deviation).map { channel, deviation in
            2 * Double(deviation) / ((channel.upperLimit ?? 1) - (channel.lowerLimit ?? -1))
        }.max() ?? 1
    }

    func planner(_ solver: any Solver, isHeld: Bool, seed: UInt64) throws -> Planner<ImageDynamics> {
        // The cost is that of the end.
        let blocks = isHeld ? model.searchBlocks : [1]
        let options = try PlannerOptions(horizon: rows, blocks: blocks, seed: seed, noveltyLimit: nil, chunk: 512)
        let task = PlanningTask(goal: try Goal.parse("difference = 0 at end"), guardrails: [], fallback: .none)
        return Planner(dynamics, task: task, options: options, solver: solver)
    }

    func solver(_ words: [Substring]) throws -> any Solver {
        let numbers = words.dropFirst().compactMap { Double($0) }
        func at(_ index: Int, _ standard: Double) -> Double { index < numbers.count ? numbers[index] : standard }
        switch words.first {
        case "cem":
            return try CrossEntropy(
                population: Int(at(0, 300)), elites: Int(at(1, 30)), iterations: Int(at(2, 30)),
                deviation: oneDeviation,
                momentum: at(3, 0), tolerance: 0)
        case "icem", "held":
            return try ImprovedCrossEntropy(
                population: Int(at(0, 256)), elites: Int(at(1, 24)), iterations: Int(at(2, 6)),
                deviation: oneDeviation * at(3, 1), momentum: at(4, 0.1), exponent: at(5, 1), decay: at(6, 1.1),
                reuse: at(7, 0.3), tolerance: 0)
        case _ where options.model != nil: return try model.pictureSearch()
        default:
            // A drawn predictor takes every action differently. Small populations, a wide start and variances that give way
            // slowly: chosen on tasks 0 to 3.
            return try ImprovedCrossEntropy(
                population: 100, elites: 16, iterations: 34, deviation: 1.5 * oneDeviation, momentum: 0.5, exponent: 0,
                decay: 1, reuse: 0.3, tolerance: 0)
        }
    }

    func plan(_ task: Int, _ words: [Substring], seed: UInt64) throws -> (plan: Plan, seconds: Double) {
        let solver = try solver(words)
        let state = ImageState(representation: tasks.starts[task], goal: tasks.goals[task])
        let isHeld = words.first == "held" || (words.first == "good" && options.model != nil)
        var planner = try planner(solver, isHeld: isHeld, seed: seed)
        let start = PlanningStart(
            outputs: dynamics.outputs(at: state), previousActions: dynamics.previousActions)
        var made: Plan?
        let time = try seconds { made = try planner.decide(from: state, start: start) }
        guard let made else { preconditionFailure("a plan is made or an error thrown") }
        return (made, time)
    }

    /// LeWM's cost of a task by libtorch in float32, of actions `[steps, block · actions]`, normalised.
    func cost(_ task: Int, _ actions: Tensor) -> Double {
        withInferenceMode {
            let last = model.network.rollout(from: tasks.starts[task], actions: actions).last
            return last.map { ($0 - tasks.goals[task]).square().sum().item() } ?? .nan
        }
    }

    func cost(_ task: Int, physical: [Float]) -> Double {
        let actions = Tensor(physical, shape: [1, options.steps, model.network.architecture.blockActions])
        return cost(task, model.actionScaling.normalised(actions))
    }

    func cost(_ task: Int, _ plan: Plan) -> Double {
        cost(task, physical: (0..<rows).flatMap { plan.action(at: $0).map(Float.init) })
    }

    /// What plans are worth beside: the costs of the start, and of what was done between start and goal.
    func worth() -> JSONValue {
        let indices = tasks.starts.indices
        return [
            "still": .array(
                indices.map { .number((tasks.starts[$0] - tasks.goals[$0]).square().sum().item()) }),
            "recorded": .array(tasks.recorded.indices.map { .number(cost($0, physical: tasks.recorded[$0])) }),
        ]
    }

    func write() throws -> JSONValue {
        guard let predictor = model.network.predictor as? CausalPredictor else {
            throw ForesightError.usage("the model's predictor is not LeWM's", remedy: "train it with predictor=lewm")
        }
        let sizes = predictor.options
        let probe = Tensor.normal([3, options.steps, sizes.actionWidth], using: TorchGenerator(seed: 5))
        let start = tasks.starts[0].expanded(to: [3, sizes.width]).unsqueezed(1)
        let predicted = withInferenceMode { predictor.rollout(start, actions: probe) }
        var tensors = predictor.stateDict().mapKeys { "predictor.\($0)" }
        tensors["starts"] = Tensor.concatenate(tasks.starts, dim: 0)
        tensors["goals"] = Tensor.concatenate(tasks.goals, dim: 0)
        tensors["probe_actions"] = probe
        tensors["probe_predictions"] = predicted.contiguous()
        try FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
        try SafetensorsWriter.write(tensors, to: options.folder + "/task.safetensors")
        let engine = dynamics.engine.map { "\($0.name): \($0.reason)" } ?? ""
        return [
            "folder": .string(options.folder), "candidates": .integer(options.candidates),
            "iterations": .integer(options.iterations), "steps": .integer(options.steps),
            "tasks": .integer(tasks.starts.count), "engine": .string(engine), "width": .integer(sizes.width),
            "actions": .integer(sizes.actionWidth), "history": .integer(sizes.history), "depth": .integer(sizes.depth),
            "heads": .integer(sizes.heads), "head_size": .integer(sizes.headSize),
            "feed_forward": .integer(sizes.feedForward), "projector": .integer(sizes.projector ?? 0),
            "smoothed": .integer(sizes.smoothedActions), "expansion": .integer(sizes.actionExpansion),
            "worth": worth(),
            "operations": .number(try RolloutCost.ofCandidate(predictor, steps: options.steps) ?? .nan),
        ]
    }

    func answer(_ line: String) throws -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let first = Int(words[1]) else { return nil }
        switch words[0] {
        case "go":
            let method: [Substring] = ["cem", "\(options.candidates)", "30", "\(options.iterations)"]
            let times = try (0..<first).map { try plan($0 % tasks.starts.count, method, seed: UInt64($0)).seconds }
            return times.map { "\($0)" }.joined(separator: " ")
        case "plan":
            guard words.count >= 4, let seed = UInt64(words[2]) else { return nil }
            let (made, seconds) = try plan(first, Array(words[3...]), seed: seed)
            return "\(seconds) \(made.certificate.search.candidates) \(cost(first, made))"
        case "judge":
            let actions = words.dropFirst(2).compactMap { Float($0) }
            return "\(cost(first, Tensor(actions, shape: [1, options.steps, actions.count / options.steps])))"
        default: return nil
        }
    }
}

extension Dictionary {
    func mapKeys(_ change: (Key) -> Key) -> [Key: Value] {
        [Key: Value](uniqueKeysWithValues: map { (change($0.key), $0.value) })
    }
}

do {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    try Engine.load()
    Engine.threads = options.threads
    let bench = try Bench(options)
    print(try bench.write().text())
    fflush(nil)
    while let line = readLine(), let answer = try bench.answer(line) {
        print(answer)
        fflush(nil)
    }
} catch {
    FileHandle.standardError.write(Data("picture-plan-speed: \(error)\n".utf8))
    exit(1)
}
