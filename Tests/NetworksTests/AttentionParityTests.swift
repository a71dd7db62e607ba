import Networks
import Tensors
import Testing

/// Attention and transformer blocks against PyTorch, forward and backward.
@Suite("Attention agrees with PyTorch", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct AttentionParityTests {
    let seed = Seed(1)

    @Test(
        "Self-attention", arguments: [("plain", AttentionMask.none), ("causal", .causal), ("windowed", .windowed(3))])
    func attention(name: String, mask: AttentionMask) throws {
        let layer = MultiHeadAttention(8, heads: 2, mask: mask, seed: seed)
        try expectParity("attention_\(name)", layer) { layer(try #require($0["x"])) }
    }

    @Test("Attention to a context") func cross() throws {
        let layer = MultiHeadAttention(8, heads: 2, seed: seed)
        try expectParity("attention_cross", layer) {
            layer(try #require($0["x"]), context: try #require($0["context"]))
        }
    }

    @Test("Rotary positions") func rotary() throws {
        let rotary = RotaryEmbedding(size: 4)
        try expectParity("rotary", nil) { rotary(try #require($0["x"]), start: 3) }
    }

    @Test("Pre-norm block") func block() throws {
        let block = TransformerBlock(TransformerOptions(width: 8, heads: 2), seed: seed)
        try expectParity("block", block) { block(try #require($0["x"])) }
    }

    @Test("AdaLN-Zero block") func adaptiveBlock() throws {
        let options = TransformerOptions(width: 8, heads: 2, mask: .causal)
        let block = AdaptiveBlock(options, condition: 5, seed: seed)
        try expectParity("adaptive_block", block) {
            block(try #require($0["x"]), condition: try #require($0["condition"]))
        }
    }

    @Test("Transformer with window and rotary positions") func transformer() throws {
        let options = TransformerOptions(width: 8, heads: 2, mask: .windowed(3), rotary: true)
        let transformer = Transformer(options, depth: 2, seed: seed)
        try expectParity("transformer_windowed_rotary", transformer) { transformer(try #require($0["x"])) }
    }
}
