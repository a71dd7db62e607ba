import Basics
import Episodes
import Objectives
public import Planning
public import WorldModels

extension PlanRequest {
    /// The goal where a picture says it all: as near as can be by the temporal distance, or where there is none by the
    /// difference of representations.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - name: What the picture is called, `nil` for one without a name.
    /// - Returns: The goal in words.
    public static func goal(toOnePicture model: TrainedImageModel, name: String? = nil) -> String {
        let ending = name.map { "_\($0)" } ?? ""
        return model.distance == nil
            ? "minimize(difference\(ending))" : "minimize(distance\(ending)); 0.5 * minimize(difference\(ending))"
    }

    /// A planner that answers the request with a model from pictures. Steps of the horizon and of blocks are those of the
    /// model; what such models predict carries no score of novelty.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - goals: The names of the pictures that are goals, `nil` for one without; empty for none.
    /// - Returns: The planner.
    /// - Throws: `ForesightError.usage` for words that cannot be read, an unknown solver or action, a horizon beyond the trained
    ///   one, or a safe action outside the limits.
    public func planner(for model: TrainedImageModel, goals: [String?]) throws -> Planner<ImageDynamics> {
        try requireEngine(for: model)
        let dynamics = ImageDynamics(model, goals: goals, engine: engine, threads: threads)
        let block = model.network.architecture.block
        let steps = try (horizon ?? .steps(model.horizon)).steps(
            stepTime: Double(block) * model.samplingTime, trained: model.horizon)
        let options = try PlannerOptions(
            horizon: steps * block, blocks: blocks.isEmpty ? model.searchBlocks : blocks.map { min($0, steps) * block },
            deadline: deadline, seed: seed, noveltyLimit: nil, chunk: 512, backup: backup,
            commitment: commitment * block, priority: priority)
        var compile = CompileOptions()
        for (channel, range) in zip(model.actionChannels, model.recordedActions) {
            compile.recordedRanges[channel.name] = range
        }
        let task = PlanningTask(
            goal: try Goal.parse(goal), guardrails: try guardrails.map { try Guardrail.parse($0) },
            actions: try actionSet(for: dynamics.actionChannels, samplingTime: dynamics.samplingTime),
            bands: dynamics.guardBands(horizon: options.horizon),
            fallback: try fallback(switched(dynamics.actionChannels)),
            compileOptions: compile)
        return Planner(dynamics, task: task, options: options, solver: try searcher(for: model))
    }

    /// Checks that the engine that is asked for can roll a model from pictures out.
    ///
    /// - Throws: `ForesightError.usage` with what is in the way.
    public func requireEngine(for model: TrainedImageModel) throws {
        guard engine == .compiled, let hindrance = PictureEngine.hindrance(model.network) else { return }
        throw ForesightError.usage(
            "the compiled engine cannot roll this model out: \(hindrance)",
            remedy: "leave the engine to itself or ask for libtorch")
    }

    /// The solver for a model from pictures: `TrainedImageModel.pictureSearch()` unless another is asked for.
    ///
    /// - Throws: `ForesightError.usage` when there is none of that name.
    public func searcher(for model: TrainedImageModel) throws -> any Solver {
        solver == ImprovedCrossEntropy.name ? try model.pictureSearch() : try searcher()
    }
}
