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

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Python/vision_models.py").standardizedFileURL
}
