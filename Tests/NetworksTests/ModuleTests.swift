import Basics
import Networks
import Tensors
import Testing

/// A module with every kind of property that reflection meets.
private final class Nested: Module {
    let title = "nested"
    let sizes = [1, 2, 3]
    let tokenScale: Parameter
    let head: Linear
    let blocks: [TransformerBlock]
    let optional: Linear?
    let absent: Linear?
    let normalisers: [BatchNorm1d]?
    let anything: [any Layer]
    let shared: Linear

    init(seed: Seed) {
        tokenScale = Parameter(Tensor.ones([2]))
        head = Linear(2, 3, seed: seed["head"])
        blocks = [TransformerBlock(TransformerOptions(width: 4, heads: 2), seed: seed["blocks"])]
        optional = Linear(3, 1, bias: false, seed: seed["optional"])
        absent = nil
        normalisers = [BatchNorm1d(3)]
        anything = [Sequential([Linear(1, 1, seed: seed["any"]), ActivationLayer(.relu)])]
        shared = head
    }
}

@Suite("Modules", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct ModuleTests {
    @Test("Names are PyTorch's, in the order of declaration") func names() {
        let module = Nested(seed: Seed(1))
        #expect(
            module.namedParameters().map(\.name) == [
                "token_scale", "head.weight", "head.bias",
                "blocks.0.attention_norm.weight", "blocks.0.attention_norm.bias",
                "blocks.0.attention.in_proj_weight", "blocks.0.attention.in_proj_bias",
                "blocks.0.attention.out_proj.weight", "blocks.0.attention.out_proj.bias",
                "blocks.0.mlp_norm.weight", "blocks.0.mlp_norm.bias",
                "blocks.0.mlp.layers.0.weight", "blocks.0.mlp.layers.0.bias",
                "blocks.0.mlp.layers.1.weight", "blocks.0.mlp.layers.1.bias",
                "optional.weight", "normalisers.0.weight", "normalisers.0.bias", "anything.0.0.weight",
                "anything.0.0.bias",
            ])
        #expect(
            module.namedBuffers().map(\.name) == [
                "normalisers.0.running_mean", "normalisers.0.running_var", "normalisers.0.num_batches_tracked",
            ])
        #expect(
            GRU(2, 3, layers: 2, seed: Seed(1)).namedParameters().map(\.name).suffix(4) == [
                "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1",
            ])
    }

    @Test("A shared module is trained once and stored under both names") func shared() {
        let module = Nested(seed: Seed(1))
        let state = module.stateDict()
        #expect(state["head.weight"] != nil && state["shared.weight"] != nil)
        #expect(module.parameterCount == module.parameters().reduce(0) { $0 + $1.value.count })
    }

    @Test("Loading what was stored gives the same values, and changes the tensors that are held") func roundTrip()
        throws
    {
        let (first, second) = (Nested(seed: Seed(1)), Nested(seed: Seed(2)))
        let held = second.head.weight.value
        #expect(first.head.weight.value.floats() != held.floats())
        try second.load(first.stateDict())
        for (key, value) in first.stateDict() { #expect(second.stateDict()[key]?.floats() == value.floats(), "\(key)") }
        #expect(held.floats() == first.head.weight.value.floats())
        #expect(second.head.weight.isTrainable)
    }

    @Test("Loading says what is missing, what is unexpected and both shapes, and changes nothing") func refusals()
        throws
    {
        let module = Linear(2, 3, seed: Seed(1))
        let before = module.weight.value.floats()
        let error = #expect(throws: ForesightError.self) {
            try module.load(["weight": Tensor.zeros([3, 5]), "wieght": Tensor.zeros([1])])
        }
        let message = try #require(error?.message)
        #expect(message.contains("missing: bias") && message.contains("unexpected: wieght"))
        #expect(message.contains("[3, 5]") && message.contains("[3, 2]"))
        #expect(error?.code == .data)
        #expect(throws: ForesightError.self) {
            try module.load(["weight": Tensor.zeros([3, 2]), "bias": Tensor.zeros([4])])
        }
        #expect(module.weight.value.floats() == before)
    }

    @Test("A prefix picks one part of a larger state") func prefix() throws {
        let (source, target) = (Linear(2, 3, seed: Seed(1)), Linear(2, 3, seed: Seed(2)))
        var state: [String: Tensor] = ["other.weight": Tensor.zeros([1])]
        for (key, value) in source.stateDict() { state["encoder." + key] = value }
        try target.load(state, prefix: "encoder.")
        #expect(target.weight.value.floats() == source.weight.value.floats())
    }

    @Test("Modes reach every layer below, and evaluating puts them back") func modes() {
        let module = Nested(seed: Seed(1))
        let norm = module.normalisers?.first
        #expect(norm?.isTraining == true)
        module.evaluating { #expect(norm?.isTraining == false) }
        #expect(norm?.isTraining == true)
        module.setTraining(false)
        #expect(norm?.isTraining == false)
        module.evaluating {}
        #expect(norm?.isTraining == false)
    }

    @Test("First values depend on the seed and the name, not on what was made before") func seeds() {
        let seed = Seed(5)
        let alone = Linear(3, 4, seed: seed["b"]).weight.value.floats()
        _ = Linear(30, 4, seed: seed["a"])
        #expect(Linear(3, 4, seed: seed["b"]).weight.value.floats() == alone)
        #expect(Linear(3, 4, seed: seed["c"]).weight.value.floats() != alone)
        #expect(Linear(3, 4, seed: Seed(6)["b"]).weight.value.floats() != alone)
        // ±1/√3, and spread over it.
        #expect(alone.allSatisfy { abs($0) <= 0.57736 } && alone.contains { abs($0) > 0.3 })
    }

    @Test("Members of an ensemble do not depend on how many there are, and differ") func members() {
        let five = EnsembleLinear(members: 5, 3, 4, seed: Seed(3)).weight.value
        let eight = EnsembleLinear(members: 8, 3, 4, seed: Seed(3)).weight.value
        #expect(eight.narrow(dim: 0, start: 0, length: 5).floats() == five.floats())
        #expect(five.select(dim: 0, index: 0).floats() != five.select(dim: 0, index: 1).floats())
    }

    @Test("An ensemble MLP is its members' MLPs", arguments: [[4], [4, 2]]) func ensembleMLP(batch: [Int]) throws {
        let ensemble = EnsembleMLP(members: 3, [5, 7, 2], activation: .silu, layerNorm: true, seed: Seed(4))
        for parameter in ensemble.parameters() {
            parameter.assign(Tensor.normal(parameter.shape, using: Seed(UInt64(parameter.value.count)).generator()))
        }
        let x = Tensor.normal([3] + batch + [5], using: TorchGenerator(seed: 9))
        let y = ensemble(x)
        #expect(y.shape == [3] + batch + [2])
        for member in 0..<3 {
            let single = MLP([5, 7, 2], activation: .silu, norm: .layer, seed: Seed(1))
            try single.load([
                "layers.0.weight": ensemble.layers[0].weight.value.select(dim: 0, index: member).transposed(0, 1),
                "layers.0.bias": ensemble.layers[0].bias!.value.select(dim: 0, index: member).reshaped([7]),
                "layers.1.weight": ensemble.layers[1].weight.value.select(dim: 0, index: member).transposed(0, 1),
                "layers.1.bias": ensemble.layers[1].bias!.value.select(dim: 0, index: member).reshaped([2]),
                "norms.0.weight": ensemble.norms[0].weight.value.select(dim: 0, index: member).reshaped([7]),
                "norms.0.bias": ensemble.norms[0].bias.value.select(dim: 0, index: member).reshaped([7]),
            ])
            let expected = single(x.select(dim: 0, index: member))
            expectClose(y.select(dim: 0, index: member), expected, "member \(member)")
        }
    }

    @Test("A frozen parameter gets no gradient and no step") func frozen() {
        let layer = Linear(2, 2, seed: Seed(1))
        layer.bias?.isTrainable = false
        let before = layer.bias?.value.floats()
        let optimiser = AdamW(layer, learningRate: 0.1)
        layer(Tensor.ones([1, 2])).sum().backward()
        #expect(layer.bias?.gradient == nil && layer.weight.gradient != nil)
        optimiser.step()
        #expect(layer.bias?.value.floats() == before)
        #expect(layer.parameterCount == 4)
    }
}
