import Networks
import Tensors
import Testing

/// Forward and backward of each layer against PyTorch, tensor by tensor.
@Suite("Layers agree with PyTorch", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct LayerParityTests {
    let seed = Seed(1)

    /// Parity of a module with one input.
    func check(_ name: String, _ layer: any Layer) throws {
        try expectParity(name, layer) { inputs in layer(try #require(inputs["x"])) }
    }

    @Test("Linear") func linear() throws {
        try check("linear", Linear(6, 4, seed: seed))
        try check("linear_without_bias", Linear(6, 4, bias: false, seed: seed))
    }

    @Test("Ensemble of linear layers") func ensembleLinear() throws {
        try check("ensemble_linear", EnsembleLinear(members: 3, 6, 4, seed: seed))
    }

    @Test("Layer norm and RMS norm") func norms() throws {
        try check("layer_norm", LayerNorm(6))
        try check("layer_norm_plain", LayerNorm(6, affine: false))
        try check("rms_norm", RMSNorm(6))
    }

    @Test("Batch norm", arguments: ["training", "evaluation"]) func batchNorm(mode: String) throws {
        for (name, layer) in [
            ("batch_norm_1d", BatchNorm1d(4)), ("batch_norm_1d_sequence", BatchNorm1d(4)),
            ("batch_norm_2d", BatchNorm2d(4)),
        ] {
            layer.setTraining(mode == "training")
            try check("\(name)_\(mode)", layer)
        }
    }

    @Test("Embedding") func embedding() throws {
        let layer = Embedding(7, 4, seed: seed)
        try expectParity("embedding", layer) { layer(try #require($0["indices"])) }
    }

    @Test(
        "MLP with each nonlinearity and norm",
        arguments: [
            ("gelu", "layer"), ("gelu_tanh", "layer"), ("silu", "layer"), ("relu", "layer"), ("tanh", "layer"),
            ("sigmoid", "layer"), ("silu", "none"), ("silu", "rms"), ("silu", "batch"),
        ])
    func mlp(activation: String, norm: String) throws {
        let layer = MLP(
            [5, 7, 6, 3], activation: try #require(Activation(rawValue: activation)),
            norm: try #require(Normalisation(rawValue: norm)), seed: seed)
        try check("mlp_\(activation)_\(norm)", layer)
    }

    @Test("GRU cell") func gruCell() throws {
        let cell = GRUCell(4, 5, seed: seed)
        try expectParity("gru_cell", cell) { cell(try #require($0["x"]), hidden: $0["hidden"]) }
    }

    @Test("GRU of two layers over a sequence") func gru() throws {
        let gru = GRU(4, 5, layers: 2, seed: seed)
        let final = try Fixture("gru")["final"]
        try expectParity("gru", gru) { inputs in
            let result = gru(try #require(inputs["x"]), hidden: inputs["hidden"])
            expectClose(result.final, final, "gru final")
            return result.output
        }
    }

    @Test("Convolutions") func convolutions() throws {
        try check("conv_1d", Conv1d(4, 6, size: 3, stride: 2, padding: 1, groups: 2, seed: seed))
        try check("conv_1d_dilated", Conv1d(2, 3, size: 3, dilation: 2, bias: false, seed: seed))
        try check("conv_2d", Conv2d(3, 4, size: [3, 2], stride: [2, 1], padding: [1, 0], seed: seed))
    }

    @Test("Patch embedding") func patchEmbedding() throws {
        try check("patch_embedding", PatchEmbedding(channels: 3, patch: 4, width: 8, seed: seed))
    }

    @Test("Dropout draws PyTorch's mask from the same seed") func dropout() throws {
        let layer = Dropout(0.3, generator: TorchGenerator(seed: 77))
        try check("dropout", layer)
    }
}
