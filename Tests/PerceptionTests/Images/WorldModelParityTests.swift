import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

/// A world model of stable-worldmodel or eb_jepa with random weights, and what it gave: see Tests/Python/world_models.py.
struct RecordedWorld {
    let name: String
    let network: any Module
    let tensors: [String: Tensor]

    init(_ folder: String) throws {
        name = folder.split(separator: "/").suffix(2).joined(separator: " ")
        network = try PretrainedNetwork.read(folder: folder).network
        tensors = try SafetensorsFile(path: "\(folder)/io.safetensors").loadTensors()
    }

    subscript(key: String) -> Tensor {
        get throws { try #require(tensors[key], "\(name) has no \(key)") }
    }

    /// Numbers beside the image, in the order of the model.
    func extras(_ prefix: String) -> [Tensor] {
        (0..<9).prefix { tensors["\(prefix).\($0)"] != nil }.compactMap { tensors["\(prefix).\($0)"] }
    }

    /// Expects agreement with what was recorded, to 1e-4 of its largest number.
    func expect(_ actual: Tensor, _ key: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let error = relativeError(actual, try self[key])
        #expect(error < 1e-4, "\(name), \(key): \(error)", sourceLocation: sourceLocation)
    }

    /// The context of the recorded plans, what was done in it, and the candidates: `[batch, C, …]`, `[batch, C − 1, A]`
    /// and `[batch, N, H, A]`.
    func plans(seen: Int) throws -> (past: Tensor?, candidates: Tensor) {
        let plans = try self["rollout.plans"]
        let past = seen > 1 ? plans.select(dim: 1, index: 0).narrow(dim: 1, start: 0, length: seen - 1) : nil
        return (past, plans.narrow(dim: 2, start: seen - 1, length: plans.size(2) - seen + 1))
    }
}

/// What the tests of all families share.
enum WorldModelParity {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardizedFileURL

    static func fixture(_ family: String) -> String {
        root.appendingPathComponent("Fixtures/worldmodels/\(family)").path
    }

    /// An interpreter that has the package and what the script needs; they are looked for and not imported, which would
    /// take seconds, and simulators besides.
    static func python(_ package: String) -> Python? {
        Python(
            importing: "importlib.util; assert all(map(importlib.util.find_spec, "
                + "['torch', 'transformers', 'safetensors', 'einops', '\(package)']))")
    }

    static let stableWorldModel = python("stable_worldmodel")
    static let ebJEPA = python("eb_jepa")

    /// Makes all cases of a family anew and calls the body with each.
    static func live(_ family: String, by python: Python?, cases: Int, _ body: (RecordedWorld) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = root.appendingPathComponent("Tests/Python/world_models.py")
            let script = try String(contentsOf: path, encoding: .utf8)
            let names = try #require(try python?.run(script, family, folder)).split(separator: "\n")
            #expect(names.count == cases)
            for name in names { try body(try RecordedWorld("\(folder)/\(name)")) }
        }
    }

    /// LeWM and PLDM: embeddings, predictions, rollouts and costs.
    static func compareCausal(_ world: RecordedWorld) throws {
        let model = try #require(world.network as? JointEmbeddingModel)
        let predictor = try #require(model.predictor as? CausalPredictor)
        try withoutGradients {
            let (z, blocks) = (model.encode(try world["frames"]), try world["blocks"])
            try world.expect(z, "embedding")
            try world.expect(predictor.actionEncoder(blocks), "action_embedding")
            try world.expect(predictor(z, actions: blocks), "predicted")
            let context = model.encode(try world["rollout.frames"])
            let (past, candidates) = try world.plans(seen: context.size(1))
            let predicted = predictor.rollouts(context, past: past, candidates: candidates)
            let seen = context.unsqueezed(1).expanded(to: [-1, candidates.size(1), -1, -1])
            try world.expect(Tensor.concatenate([seen, predicted], dim: 2), "rollout.predicted")
            let goal = model.encode(try world["cost.goal"]).select(dim: 1, index: 0)
            let cost = model.cost(
                context.narrow(dim: 0, start: 0, length: 1), past: past?.narrow(dim: 0, start: 0, length: 1),
                candidates: candidates.narrow(dim: 0, start: 0, length: 1), goal: goal)
            try world.expect(cost, "cost.cost")
        }
    }

    /// DINO-WM: tokens, predictions, rollouts and costs.
    static func comparePatches(_ world: RecordedWorld) throws {
        let model = try #require(world.network as? PatchWorldModel)
        let options = model.predictor.options
        /// Recorded tokens `[…, patches, token width]` without what stands at the actions' place, as representations.
        func state(_ key: String) throws -> Tensor {
            let tokens = try world[key]
            let last = tokens.shape.count - 1
            let end = options.actionStart + options.actionEmbedding
            let parts = [
                tokens.narrow(dim: last, start: 0, length: options.actionStart),
                tokens.narrow(dim: last, start: end, length: options.tokenWidth - end),
            ]
            return Tensor.concatenate(parts, dim: last).flattened(from: last - 1)
        }
        func expect(_ actual: Tensor, _ key: String) throws {
            let error = relativeError(actual, try state(key))
            #expect(error < 1e-4, "\(world.name), \(key): \(error)")
        }
        try withoutGradients {
            let z = model.encode(try world["frames"], extras: world.extras("extra"))
            try expect(z, "tokens")
            try expect(model.predictor(z, actions: try world["blocks"]), "predicted")
            let context = model.encode(try world["rollout.frames"], extras: world.extras("rollout.extra"))
            let (past, candidates) = try world.plans(seen: context.size(1))
            let predicted = model.predictor.rollouts(context, past: past, candidates: candidates)
            let seen = context.unsqueezed(1).expanded(to: [-1, candidates.size(1), -1, -1])
            try expect(Tensor.concatenate([seen, predicted], dim: 2), "rollout.predicted")
            let goal = model.encode(try world["cost.goal"], extras: world.extras("cost.extra"))
            try world.expect(
                model.cost(context, past: past, candidates: candidates, goal: goal.select(dim: 1, index: 0)),
                "cost.cost")
        }
    }

    /// eb_jepa: embeddings and rollouts.
    static func compareRecurrent(_ world: RecordedWorld) throws {
        let model = try #require(world.network as? JointEmbeddingModel)
        try withoutGradients {
            let z = model.encode(try world["frames"])
            try world.expect(z, "embedding")
            try world.expect(model.predictor.rollout(z, actions: try world["blocks"]), "predicted")
        }
    }
}

@Suite(
    "World models of images against those who defined them: recorded",
    .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
struct RecordedWorldModelTests {
    @Test(
        "LeWM and PLDM: embeddings, predictions, rollouts and costs of plans agree to 1e-4",
        arguments: ["lewm", "pldm"])
    func causal(family: String) throws {
        try WorldModelParity.compareCausal(try RecordedWorld(WorldModelParity.fixture(family)))
    }

    @Test("DINO-WM: tokens, predictions, rollouts and costs of plans agree to 1e-4")
    func patches() throws {
        try WorldModelParity.comparePatches(try RecordedWorld(WorldModelParity.fixture("dinowm")))
    }

    @Test("Impala encoder and recurrent predictor of eb_jepa: embeddings and rollouts agree to 1e-4")
    func recurrent() throws {
        try WorldModelParity.compareRecurrent(try RecordedWorld(WorldModelParity.fixture("impala")))
    }

    @Test("Weights under the names of the fourth version of transformers give the same numbers")
    func formerNames() throws {
        let changes = [
            ("attention.q_proj", "attention.attention.query"), ("attention.k_proj", "attention.attention.key"),
            ("attention.v_proj", "attention.attention.value"), ("attention.o_proj", "attention.output.dense"),
            ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense"),
            ("encoder.layers.", "encoder.encoder.layer."),
        ]
        let folder = WorldModelParity.fixture("lewm")
        try withTemporaryFolder { copy in
            for name in ["config.json", "io.safetensors"] {
                try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
            }
            let state = try SafetensorsFile(path: "\(folder)/model.safetensors").loadTensors()
            let renamed = state.map { name, value in
                (changes.reduce(name) { $0.replacingOccurrences(of: $1.0, with: $1.1) }, value)
            }
            try SafetensorsWriter.write(
                Dictionary(uniqueKeysWithValues: renamed), to: "\(copy)/model.safetensors")
            try WorldModelParity.compareCausal(try RecordedWorld(copy))
        }
    }
}

/// The greatest difference that was seen is 8e-7; the limit leaves room for other processors.
@Suite(
    "World models of images against stable-worldmodel",
    .enabled(
        if: torchIsSetUp && WorldModelParity.stableWorldModel != nil,
        "needs libtorch (make setup) and the Python packages stable-worldmodel, einops and transformers"),
    .serialized)
struct LiveWorldModelTests {
    @Test("LeWM and PLDM agree to 1e-4 for every configuration", arguments: [("lewm", 7), ("pldm", 3)])
    func causal(family: String, cases: Int) throws {
        try WorldModelParity.live(
            family, by: WorldModelParity.stableWorldModel, cases: cases, WorldModelParity.compareCausal)
    }

    @Test("DINO-WM agrees to 1e-4 for every configuration")
    func patches() throws {
        try WorldModelParity.live(
            "dinowm", by: WorldModelParity.stableWorldModel, cases: 6, WorldModelParity.comparePatches)
    }

    @Test(
        "Impala encoder and recurrent predictor agree to 1e-4 for every configuration",
        .enabled(if: WorldModelParity.ebJEPA != nil, "needs the Python package eb_jepa"))
    func recurrent() throws {
        try WorldModelParity.live("impala", by: WorldModelParity.ebJEPA, cases: 4, WorldModelParity.compareRecurrent)
    }
}
