import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

private let python = Python(importing: "transformers, torch, safetensors")

/// Encoders with random weights, made and saved by those who defined them, against ours that read the folder.
///
/// With the matrix kernels that Python uses (`FORESIGHT_MKL=plain`) all but four outputs agree to the bit, with ours to
/// 7e-7; the limit leaves room for other processors.
@Suite(
    "Image encoders against Hugging Face's transformers",
    .enabled(if: torchIsSetUp && python != nil, "needs libtorch (make setup) and the Python package transformers"),
    .serialized)
struct TransformersParityTests {
    /// The tests of a family: how many cases the script makes, and on how many images in all.
    static let families = [("vit", 5, 10), ("dinov2", 4, 11), ("dinov2_with_registers", 3, 8), ("ijepa", 4, 8)]

    @Test("All tokens agree to 1e-4 for every configuration, size of image and batch", arguments: families)
    func tokens(family: String, cases: Int, images: Int) throws {
        try withTemporaryFolder { folder in
            let script = try String(contentsOf: Self.script, encoding: .utf8)
            let names = try #require(try python?.run(script, family, folder)).split(separator: "\n").map(String.init)
            #expect(names.count == cases)
            var compared = 0
            for name in names {
                let encoder = try VisionTransformer.pretrained(folder: "\(folder)/\(name)")
                let recorded = try SafetensorsFile(path: "\(folder)/\(name)/io.safetensors").loadTensors()
                for index in 0..<(recorded.count / 2) {
                    let input = try #require(recorded["input.\(index)"])
                    let expected = try #require(recorded["output.\(index)"])
                    let error = relativeError(encoder.evaluating { encoder.tokens(input) }, expected)
                    #expect(error < 1e-4, "\(family) \(name), images of \(input.shape): \(error)")
                    compared += 1
                }
            }
            #expect(compared == images)
        }
    }

    @Test("V-JEPA 2: tokens of videos and predictions of those left out agree to 1e-4")
    func videos() throws {
        try withTemporaryFolder { folder in
            let script = try String(contentsOf: Self.script, encoding: .utf8)
            let names = try #require(try python?.run(script, "vjepa2", folder)).split(separator: "\n").map(String.init)
            var compared = 0
            for name in names {
                let model = try VideoJEPA.pretrained(folder: "\(folder)/\(name)")
                let recorded = try SafetensorsFile(path: "\(folder)/\(name)/io.safetensors").loadTensors()
                for index in 0..<(recorded.count / 5) {
                    func tensor(_ key: String) throws -> Tensor { try #require(recorded["\(key).\(index)"]) }
                    let (input, context, targets) = (try tensor("input"), try tensor("context"), try tensor("targets"))
                    let (tokens, predicted) = model.evaluating {
                        let tokens = model.encoder(input)
                        return (tokens, model.predictor(tokens, context: context, targets: targets))
                    }
                    let encoding = relativeError(tokens, try tensor("output"))
                    let prediction = relativeError(predicted, try tensor("predicted"))
                    #expect(encoding < 1e-4, "\(name), encoder, videos of \(input.shape): \(encoding)")
                    #expect(prediction < 1e-4, "\(name), predictor, videos of \(input.shape): \(prediction)")
                    compared += 1
                }
            }
            #expect(names.count == 3 && compared == 6)
        }
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Python/vision_models.py").standardizedFileURL
}
