import Basics
import Planning
import Tensors

/// What rolls a sensor model out.
public enum RolloutEngine: String, Sendable, CaseIterable {
    /// The compiled kernel where it can, else libtorch.
    case automatic
    /// The compiled kernel, `native/rollout.cpp`.
    case compiled
    /// libtorch, step by step: the reference that the compiled kernel is held to.
    case libtorch

    /// The engine of that name.
    ///
    /// - Throws: `ForesightError.usage` when there is none.
    public static func named(_ name: String) throws -> RolloutEngine {
        if let engine = RolloutEngine(rawValue: name) { return engine }
        let names = allCases.map(\.rawValue)
        let near = nearestName(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
        throw ForesightError.usage(
            "unknown engine '\(name)'", remedy: "\(near)known are \(names.joined(separator: ", "))")
    }
}

/// The one place that decides what rolls a model out.
enum EngineChoice {
    case compiled(CompiledRollout, DynamicsEngine)
    case libtorch(DynamicsEngine)

    /// Weights beyond this do not stay in a core's cache, and libtorch's blocked products are then the faster ones.
    static let mostBytes = 512 * 1024

    init(_ engine: RolloutEngine, _ weights: RolloutWeights, _ novelty: NoveltyWeights, _ scaling: TensorScaling) throws
    {
        if engine == .libtorch {
            self = .libtorch(DynamicsEngine(name: "libtorch", reason: "asked for"))
            return
        }
        let hindrance = Self.hindrance(weights)
        if let hindrance {
            guard engine == .automatic else {
                throw ForesightError.usage(
                    "the compiled engine cannot roll this model out: \(hindrance)",
                    remedy: "leave the engine to itself or ask for libtorch")
            }
            self = .libtorch(DynamicsEngine(name: "libtorch", reason: hindrance))
            return
        }
        let compiled = CompiledRollout(weights, novelty, scaling)
        let size = (compiled.bytes + 1023) / 1024
        let fits = "its weights, \(size) KiB, stay in a core's cache"
        if engine == .automatic, compiled.bytes > Self.mostBytes {
            let limit = Self.mostBytes / 1024
            self = .libtorch(
                DynamicsEngine(
                    name: "libtorch",
                    reason: "its weights, \(size) KiB, are more than the \(limit) KiB that stay in cache"))
            return
        }
        self = .compiled(
            compiled,
            DynamicsEngine(
                name: "compiled, \(CompiledRollout.lanes)", reason: engine == .compiled ? "asked for" : fits))
    }

    /// Why the compiled kernel cannot run a model; `nil` where it can.
    private static func hindrance(_ weights: RolloutWeights) -> String? {
        let device = weights.state.device
        if device != .cpu { return "its weights are on \(device)" }
        let type = weights.state.dtype
        if type != .float32 { return "its weights are \(type)" }
        return nil
    }

    /// What was decided, and why.
    var description: DynamicsEngine {
        switch self {
        case .compiled(_, let engine), .libtorch(let engine): engine
        }
    }
}
