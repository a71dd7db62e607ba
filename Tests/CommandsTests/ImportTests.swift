import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@Suite("import makes networks of other people usable", .serialized)
struct ImportTests {
    private static func fixture(_ family: String) -> String {
        HelpTests.package.appendingPathComponent("Fixtures/worldmodels/\(family)").path
    }

    @Test(
        "World models come out with the same numbers, a sheet and a card",
        .enabled(if: torchIsSetUp, "needs libtorch (make setup)"),
        arguments: [("lewm", "lewm"), ("pldm", "pldm"), ("dinowm", "dino_wm"), ("impala", "eb_jepa")])
    func worldModels(name: String, family: String) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["import", Self.fixture(name), "--out", "\(folder)/out", "--json", "--quiet"])
            #expect(run.status == 0)
            #expect(run.complaint.isEmpty)
            let report = try JSONParser.parse(run.output)
            #expect(report["family"]?.string == family)
            let original = try PretrainedNetwork.read(folder: Self.fixture(name))
            let imported = try EncoderFolder.load("\(folder)/out")
            #expect(imported.family == family && imported.architecture == original.architecture)
            #expect(report["parameters"]?.int == original.network.parameters().reduce(0) { $0 + $1.value.count })
            let (before, after) = (original.network.stateDict(), imported.network.stateDict())
            #expect(Set(before.keys) == Set(after.keys))
            for (key, value) in before { #expect(after[key]?.equal(value).all().item() == 1, "\(key)") }
            let card = try String(contentsOfFile: "\(folder)/out/card.md", encoding: .utf8)
            #expect(card.contains("family `\(family)`"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/out/provenance.json"))
        }
    }

    @Test("The terminal shows family, sizes and parameters", .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
    func text() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["import", Self.fixture("lewm"), "--out", "lewm", "-q"], in: folder)
            let expected = """
                World model of images with a causal transformer
                family            lewm
                images            3 channels, 16 by 16 pixels
                patches           8 by 8 pixels
                encoder           2 blocks with 3 heads, tokens of 12 numbers
                gives             class token
                representation    10 numbers
                block of actions  6 numbers
                history           3 frames
                predictor         2 blocks with 2 heads, tokens of 10 numbers
                parameters        10658
                folder            lewm

                """
            #expect(run.output == expected)
            let again = try ForesightProcess(["import", "lewm"], in: folder)
            #expect(again.status == 64)
            #expect(
                again.complaint == ["foresight: lewm is a folder of Foresight already; load it as it is"])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var files: [String: String]
        var operand = "model"
        var complaint: String
        var testDescription: String { complaint }
    }

    private static let conversion = """
        where you trust it, and torch and safetensors are installed, run in its folder: python3 -c "import torch; from \
        safetensors.torch import save_file; s = torch.load('weights.pt', map_location='cpu', weights_only=True); s = \
        s.get('state_dict', s); save_file({k: v.clone().contiguous() for k, v in s.items()}, 'model.safetensors')" (a \
        file that holds a whole model has to be loaded with the code of that model: save its state_dict())
        """

    static let refusals = [
        Refusal(
            files: [:], operand: "nowhere",
            complaint: "no folder at nowhere; name the folder that holds config.json and model.safetensors"),
        Refusal(
            files: ["readme.md": ""],
            complaint: "model has no config.json; download the model's config.json into the folder as well"),
        Refusal(
            files: ["weights.pt": "x", "optimizer.pt": "x", "config.json": "{}"],
            complaint: "model/weights.pt is a pickle, which is a program and not only numbers; \(conversion)"),
        Refusal(
            files: ["weights.pt": "x"], operand: "model/weights.pt",
            complaint: "model/weights.pt is a pickle, which is a program and not only numbers; \(conversion)"),
        Refusal(
            files: ["config.json": "{}"],
            complaint: "model/config.json has no 'model_type'; take the config.json of the model"),
        Refusal(
            files: ["config.json": #"{"model_type": "clip"}"#],
            complaint: "model/config.json: no image encoder is known for model_type 'clip'; these can be read: vit, "
                + "dinov2, dinov2_with_registers, ijepa"),
        Refusal(
            files: ["config.json": #"{"_target_": "stable_worldmodel.wm.TDMPC2"}"#],
            complaint:
                "model/config.json: no world model is known for _target_ 'stable_worldmodel.wm.TDMPC2'; these can "
                + "be read: LeWM, PLDM and PreJEPA of stable-worldmodel, JEPA of eb_jepa"),
        Refusal(
            files: [
                "config.json": #"{"_target_": "wm.LeWM", "encoder": {"_target_": "timm.resnet"}, "#
                    + #""predictor": {}, "action_encoder": {}}"#
            ],
            complaint: "model/config.json: encoder: no image encoder is known for _target_ 'timm.resnet'; these can be "
                + "read: vit_hf of stable_pretraining, create_backbone of stable_worldmodel with a DINOv2, or a "
                + "configuration with model_type"),
        Refusal(
            files: ["config.json": #"{"model_type": "vit"}"#],
            complaint: "model has no model.safetensors; save the model there with save_pretrained of Hugging Face's "
                + "transformers"),
    ]

    @Test("What cannot be imported is one line on standard error and status 65", arguments: refusals)
    func isRefused(_ refusal: Refusal) throws {
        try withTemporaryFolder { folder in
            if !refusal.files.isEmpty { try Folder.create("\(folder)/model") }
            for (name, text) in refusal.files {
                try text.write(toFile: "\(folder)/model/\(name)", atomically: true, encoding: .utf8)
            }
            let run = try ForesightProcess(["import", refusal.operand, "--out", "out"], in: folder)
            #expect(run.status == 65)
            #expect(run.output.isEmpty)
            #expect(run.complaint == ["foresight: \(refusal.complaint)"])
            #expect(!Folder.exists("\(folder)/out"))
        }
    }
}
