import Networks
import Tensors
import Testing

@Suite("Options of transformer blocks", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct BlockOptionsTests {
    private func input() -> Tensor { Tensor.normal([2, 5, 8], using: TorchGenerator(seed: 1)) }

    @Test("Gated MLP by hand: W₃ (silu(W₁ x) ⊙ W₂ x)")
    func gated() throws {
        let layer = GatedMLP(1, hidden: 2, outputs: 1, seed: Seed(1))
        // Gates 1 and −2 times x, values 3 and 5 times x plus 1 and 0; output 10 and 100 times, plus 7.
        layer.input.weight.assign(Tensor([1, -2, 3, 5], shape: [4, 1]))
        layer.input.bias?.assign(Tensor([0, 0, 1, 0] as [Float]))
        layer.output.weight.assign(Tensor([10, 100], shape: [1, 2]))
        layer.output.bias?.assign(Tensor([7] as [Float]))
        // At 2: silu(2) = 1.7615942, silu(−4) = −0.0719448; values 7 and 10.
        let y = layer(Tensor([2], shape: [1, 1])).item()
        #expect(abs(y - (10 * 1.761_594_2 * 7 - 100 * 0.071_944_8 * 10 + 7)) < 1e-3)
    }

    @Test("A block whose branches are scaled by zero is the identity, by one the plain block")
    func layerScale() throws {
        let plain = TransformerBlock(TransformerOptions(width: 8, heads: 2), seed: Seed(1))
        let one = TransformerBlock(TransformerOptions(width: 8, heads: 2, layerScale: 1), seed: Seed(1))
        let zero = TransformerBlock(TransformerOptions(width: 8, heads: 2, layerScale: 0), seed: Seed(1))
        expectClose(one(input()), plain(input()), "scaled by one")
        expectClose(zero(input()), input(), "scaled by zero", tolerance: 0)
        // Each branch has gains of its own.
        zero.attentionScale?.gain.assign(Tensor.ones([8]))
        let attended = input() + plain.attention(plain.attentionNorm(input()))
        expectClose(zero(input()), attended, "attention alone")
    }

    @Test("Attention without biases is attention whose biases are zero, to itself and to a context")
    func noBias() throws {
        let with = MultiHeadAttention(8, heads: 2, seed: Seed(1))
        let without = MultiHeadAttention(8, heads: 2, bias: false, seed: Seed(1))
        #expect(without.inProjBias == nil && with.namedParameters().count == without.namedParameters().count + 1)
        expectClose(without(input()), with(input()), "to itself")
        let context = Tensor.normal([2, 3, 8], using: TorchGenerator(seed: 2))
        expectClose(without(input(), context: context), with(input(), context: context), "to a context")
    }

    @Test("Hidden size and epsilon are those of the options")
    func sizes() throws {
        let options = TransformerOptions(width: 8, heads: 2, hidden: 13, epsilon: 0.5)
        #expect(TransformerOptions(width: 8, heads: 2).hidden == 32)
        let transformer = Transformer(options, depth: 1, seed: Seed(1))
        #expect(transformer.stateDict()["blocks.0.mlp.layers.0.weight"]?.shape == [13, 8])
        let block = try #require(transformer.blocks.first)
        #expect([block.attentionNorm, block.mlpNorm, transformer.norm].allSatisfy { $0.epsilon == 0.5 })
    }

    @Test(
        "Dropout on attention that drops nothing leaves the result as the fused kernel has it",
        arguments: [AttentionMask.none, .causal, .windowed(2), .frames(2)])
    func attentionDropout(mask: AttentionMask) {
        let dropout = Dropout(1e-12, generator: TorchGenerator(seed: 1))
        let plain = MultiHeadAttention(6, heads: 2, headSize: 5, mask: mask, bias: false, seed: Seed(1))
        let dropping = MultiHeadAttention(
            6, heads: 2, headSize: 5, mask: mask, bias: false, dropout: dropout, seed: Seed(1))
        let x = Tensor.normal([3, 6, 6], using: TorchGenerator(seed: 2))
        expectClose(dropping(x), plain(x), "\(mask)")
        dropout.isTraining = false
        expectClose(dropping(x), plain(x), "\(mask), evaluating", tolerance: 0)
    }

    @Test("A mask by frames shows whole frames, to a cache as to one pass")
    func frames() {
        let attention = MultiHeadAttention(4, heads: 2, mask: .frames(3), seed: Seed(1))
        let x = Tensor.normal([2, 9, 4], using: TorchGenerator(seed: 3))
        let whole = attention(x)
        let cache = KeyValueCache()
        let first = attention(x.narrow(dim: 1, start: 0, length: 6), cache: cache)
        let last = attention(x.narrow(dim: 1, start: 6, length: 3), cache: cache)
        expectClose(Tensor.concatenate([first, last], dim: 1), whole, "cached")
        // The first token of a frame sees its last one.
        let other = Tensor.concatenate(
            [
                x.narrow(dim: 1, start: 0, length: 2), x.narrow(dim: 1, start: 2, length: 1) + 1,
                x.narrow(dim: 1, start: 3, length: 6),
            ], dim: 1)
        let changed = (attention(other) - whole).abs().amax(dim: 2).amax(dim: 0).floats()
        #expect(changed.allSatisfy { $0 > 1e-4 })
        let later = Tensor.concatenate(
            [x.narrow(dim: 1, start: 0, length: 3), x.narrow(dim: 1, start: 3, length: 6) + 1], dim: 1)
        let kept = (attention(later) - whole).abs().amax(dim: 2).amax(dim: 0).floats()
        #expect(kept.prefix(3).allSatisfy { $0 < 1e-6 } && kept.suffix(6).allSatisfy { $0 > 1e-4 })
    }
}
