import Basics
import Planning
import Tensors

/// What rolls a sensor model out.
public enum RolloutEngine: String, Sendable, CaseIterable {
    /// The compiled kernel where it can, else libtorch.
    case automatic
    /// The compiled kernel, `native/kernels/rollout.cpp`.
    case compiled
    /// libtorch, step by step: the reference that the compiled kernel is held to.
    case libtorch

    /// The engine of that name.
    ///
    /// - Throws: `ForesightError.usage` when there is none.
    public static func named(_ name: String) throws -> RolloutEngine {
        if let engine = RolloutEngine(rawValue: name) { return engine }
        let names = allCases.map(\.rawValue)
        throw ForesightError.usage(
            "unknown engine '\(name)'", remedy: nearestNameRemedy(to: name, among: names, isQuoted: true))
    }
}

/// The one place that decides what rolls a model out.
enum EngineChoice {
    case compiled(CompiledRollout, DynamicsEngine)
    case libtorch(TensorRollout, DynamicsEngine)

    /// Weights beyond this do not stay in a core's cache, and libtorch's blocked products are then the faster ones.
    static let mostBytes = 512 * 1024

    /// Decides.
    ///
    /// - Throws: `ForesightError` (unavailable) where what was decided for is not set up.
    init(
        _ engine: RolloutEngine, _ weights: RolloutWeights, _ novelty: NoveltyWeights, _ factors: SignalFactors
    ) throws {
        func libtorch(_ reason: String) throws -> EngineChoice {
            try Engine.load()
            return .libtorch(
                TensorRollout(weights, novelty, factors), DynamicsEngine(name: "libtorch", reason: reason))
        }
        if engine == .libtorch {
            self = try libtorch("asked for")
            return
        }
        try Kernels.load()
        let compiled = CompiledRollout(weights, novelty, factors)
        let size = (compiled.bytes + 1023) / 1024
        if engine == .automatic, compiled.bytes > Self.mostBytes {
            let limit = Self.mostBytes / 1024
            self = try libtorch("its weights, \(size) KiB, are more than the \(limit) KiB that stay in cache")
            return
        }
        let fits = "its weights, \(size) KiB, stay in a core's cache"
        self = .compiled(
            compiled,
            DynamicsEngine(
                name: "compiled, \(CompiledRollout.lanes)", reason: engine == .compiled ? "asked for" : fits))
    }

    /// What was decided, and why.
    var description: DynamicsEngine {
        switch self {
        case .compiled(_, let engine), .libtorch(_, let engine): engine
        }
    }
}
