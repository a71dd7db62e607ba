import Basics
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import Perception

@Suite("Configurations of world models")
struct WorldConfigurationTests {
    private static func read(_ text: String) throws -> PretrainedWorld {
        try withTemporaryFolder { folder in
            let path = "\(folder)/config.json"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try PretrainedConfiguration(path: path).world()
        }
    }

    /// As LeWM's authors train it: sizes by name, defaults left out.
    private static let published = """
        {"_target_": "stable_worldmodel.wm.lewm.LeWM",
         "encoder": {"_target_": "stable_pretraining.backbone.utils.vit_hf", "size": "tiny", "patch_size": 14,
          "image_size": 224, "pretrained": false, "use_mask_token": false},
         "predictor": {"_target_": "stable_worldmodel.wm.lewm.module.Predictor", "num_frames": 3, "input_dim": 192,
          "hidden_dim": 192, "output_dim": 192, "depth": 6, "heads": 16, "mlp_dim": 2048, "dim_head": 64, "dropout": 0.1,
          "emb_dropout": 0.0},
         "action_encoder": {"_target_": "stable_worldmodel.wm.lewm.module.Embedder", "input_dim": 10, "emb_dim": 192},
         "projector": {"_target_": "stable_worldmodel.wm.lewm.module.MLP", "input_dim": 192, "output_dim": 192,
          "hidden_dim": 2048, "norm_fn": {"_target_": "torch.nn.BatchNorm1d", "_partial_": true}},
         "pred_proj": {"_target_": "stable_worldmodel.wm.lewm.module.MLP", "input_dim": 192, "hidden_dim": 2048,
          "norm_fn": {"_target_": "torch.nn.BatchNorm1d", "_partial_": true}}}
        """

    /// DINO-WM with a published encoder by name; the actions stand before the rest.
    private static let patches = """
        {"_target_": "stable_worldmodel.wm.PreJEPA",
         "encoder": {"_target_": "stable_worldmodel.wm.prejepa.module.create_backbone", "name": "dinov2_small"},
         "predictor": {"_target_": "stable_worldmodel.wm.prejepa.module.CausalPredictor", "num_patches": 256,
          "num_frames": 3, "dim": 404, "depth": 6, "heads": 16, "mlp_dim": 2048},
         "extra_encoders": {"_target_": "torch.nn.ModuleDict", "modules": {
          "proprio": {"_target_": "stable_worldmodel.wm.prejepa.module.Embedder", "in_chans": 4, "emb_dim": 10},
          "action": {"_target_": "stable_worldmodel.wm.prejepa.module.Embedder", "in_chans": 20, "emb_dim": 10}}},
         "history_size": 3, "num_pred": 1}
        """

    @Test("The published LeWM reads as the defaults here")
    func leWorldModel() throws {
        let world = try Self.read(Self.published)
        #expect(world.family == "lewm")
        #expect(
            world.architecture
                == .causalWorld(
                    CausalWorldOptions(
                        vision: JointEmbeddingModel.leWorldModelVision, projector: 2048, projectorNorm: .batch,
                        predictor: CausalPredictorOptions(actionWidth: 10))))
    }

    @Test(
        "It has the parameters and tensors of the original, 18 034 478 in 303",
        .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
    func counts() throws {
        let model = try JointEmbeddingModel.leWorldModel(
            predictor: CausalPredictorOptions(actionWidth: 10), generator: TorchGenerator(seed: 1), seed: Seed(1))
        #expect(model.parameterCount == 18_034_478)
        // Queries, keys and values of the encoder's 12 blocks are three weights and three biases there.
        #expect(model.stateDict().count + 12 * 4 == 303)
    }

    @Test("DINO-WM reads with the sizes of DINOv2 by name, and the order of its extras")
    func patchWorld() throws {
        for isFirst in [false, true] {
            let text =
                isFirst
                ? Self.patches.replacingOccurrences(of: "\"proprio\"", with: "\"zeal\"")
                    .replacingOccurrences(of: "\"action\"", with: "\"proprio\"")
                    .replacingOccurrences(of: "\"zeal\"", with: "\"action\"") : Self.patches
            guard case .patchWorld(let options) = try Self.read(text).architecture else {
                Issue.record("no world of patches")
                return
            }
            #expect(
                options.vision.width == 384 && options.vision.imageSize == [518, 518] && options.vision.patch == 14)
            #expect(options.vision.layerScale == 1 && options.vision.output == .patchTokens)
            let predictor = options.predictor
            #expect(predictor.extras == [PatchExtra("proprio", inputs: isFirst ? 20 : 4)])
            #expect(predictor.actionWidth == (isFirst ? 4 : 20))
            #expect(predictor.actionStart == (isFirst ? 384 : 394) && predictor.tokenWidth == 404)
            #expect(predictor.headSize == 64 && predictor.history == 3 && predictor.patches == 256)
        }
    }

    static let refusals: [(change: (String, String), isOfPatches: Bool, message: String)] = [
        (
            (#""input_dim": 10, "emb_dim": 192"#, #""input_dim": 10, "emb_dim": 64"#), false,
            "action_encoder: 'emb_dim' is not the predictor's 'input_dim', 192"
        ),
        (
            (#""patch_size": 14"#, #""patch_size": 14, "hidden_size": 96"#), false,
            "projector: from 192 to 192 numbers, where 96 come in and 192 are needed"
        ),
        (
            (#""num_frames": 3, "input_dim": 192"#, #""num_frames": 0, "input_dim": 192"#), false,
            "predictor: 'num_frames' is 0, not a whole number of at least 1"
        ),
        ((#""dropout": 0.1"#, #""dropout": 1"#), false, "predictor: 'dropout' is 1, not from 0 to below 1"),
        (
            ("torch.nn.BatchNorm1d", "torch.nn.GroupNorm"), false,
            "projector: 'norm_fn' is GroupNorm, not BatchNorm1d or LayerNorm"
        ),
        (
            (#""size": "tiny""#, #""size": "colossal""#), false,
            "encoder: 'size' is colossal, not one of base, huge, large, small, tiny"
        ),
        ((#""encoder": {"#, #""encoder": 3, "other": {"#), false, "'encoder' is 3, not a JSON object"),
        (
            ("dinov2_small", "resnet_50"), true, "encoder: the backbone 'resnet_50' is not a DINOv2"
        ),
        (
            (#""dim": 404"#, #""dim": 394"#), true,
            "predictor: 'dim' is not the 404 numbers of a patch, its extras and its actions"
        ),
        (
            (#""history_size": 3"#, #""history_size": 1"#), true,
            "'history_size' is not the predictor's 'num_frames', 3"
        ),
        ((#""action": {"#, #""motion": {"#), true, "extra_encoders: modules: there is no 'action'"),
        (
            (#""in_chans": 4"#, #""tubelet_size": 2, "in_chans": 4"#), true,
            "extra_encoders: modules: proprio: 'tubelet_size' is not 1"
        ),
    ]

    @Test("What does not fit together is refused with its place", arguments: refusals.indices)
    func isRefused(index: Int) throws {
        let (change, isOfPatches, message) = Self.refusals[index]
        let text = isOfPatches ? Self.patches : Self.published
        #expect(text.contains(change.0))
        let error = #expect(throws: ForesightError.self) {
            try Self.read(text.replacingOccurrences(of: change.0, with: change.1))
        }
        #expect(error?.code == .data)
        let told = error?.message ?? ""
        #expect(told.hasSuffix("config.json: \(message)"), "\(told)")
    }

    @Test(
        "Missing, surplus and misshapen tensors are named, and nothing is guessed",
        .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
    func tensors() throws {
        let fixture = WorldModelParity.fixture("lewm")
        let state = try SafetensorsFile(path: "\(fixture)/model.safetensors").loadTensors()
        let changes: [(String, Tensor?, String)] = [
            ("predictor.pos_embedding", nil, "missing: predictor.pos_embedding"),
            ("projector.net.1.running_var", nil, "missing: projector.net.1.running_var"),
            ("decoder.weight", Tensor.zeros([2]), "unexpected: decoder.weight"),
            (
                "pred_proj.net.3.bias", Tensor.zeros([4]),
                "of another kind: pred_proj.net.3.bias is F32 [4], not floating-point [10]"
            ),
            (
                "projector.net.1.num_batches_tracked", Tensor.zeros([]),
                "of another kind: projector.net.1.num_batches_tracked is F32 [], not whole numbers []"
            ),
        ]
        for (name, value, reason) in changes {
            try withTemporaryFolder { folder in
                try FileManager.default.copyItem(
                    atPath: "\(fixture)/config.json", toPath: "\(folder)/config.json")
                var changed = state
                changed[name] = value
                try SafetensorsWriter.write(changed, to: "\(folder)/model.safetensors")
                let error = #expect(throws: ForesightError.self) { try PretrainedNetwork.read(folder: folder) }
                #expect(error?.message.hasSuffix("config.json: \(reason)") == true, "\(error?.message ?? "")")
            }
        }
    }
}
