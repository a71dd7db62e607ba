import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@Suite("Video transformer and predictor", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct VideoTests {
    private let options = VideoTransformerOptions(
        imageSide: 8, patch: 4, tubelet: 2, channels: 1,
        encoder: VideoBlocks(width: 16, depth: 2, heads: 2, hidden: 20),
        predictor: VideoBlocks(width: 12, depth: 1, heads: 1), maskTokens: 3)

    private func video(_ batch: Int, frames: Int) -> Tensor {
        Tensor.normal([batch, frames, 1, 8, 8], using: TorchGenerator(seed: 3))
    }

    private func numbers(_ values: [Int64], batch: Int) -> Tensor {
        Tensor(values, shape: [1, values.count]).expanded(to: [batch, values.count])
    }

    @Test("Tokens and predictions have the shapes that are asked for; a frame is a video that stands still")
    func shapes() throws {
        let model = try VideoJEPA(options, seed: Seed(1))
        let tokens = model.encoder(video(3, frames: 6))
        #expect(tokens.shape == [3, 3 * 4, 16])
        let predicted = model.predictor(
            tokens, context: numbers([0, 5, 9], batch: 3), targets: numbers([2, 11], batch: 3))
        #expect(predicted.shape == [3, 2, 16])
        let frame = video(2, frames: 1)
        #expect(
            relativeError(model.encoder(frame), model.encoder(Tensor.concatenate([frame, frame], dim: 1))) == 0)
    }

    @Test("Gradients flow to every parameter")
    func gradients() throws {
        let model = try VideoJEPA(options, seed: Seed(1))
        // Mask tokens start at zero, and a norm of zeros passes nothing on.
        model.predictor.maskTokens.assign(Tensor.normal([3, 1, 1, 12], using: TorchGenerator(seed: 5)))
        let tokens = model.encoder(video(2, frames: 4))
        let predicted = model.predictor(tokens, context: numbers([0, 3, 4], batch: 2), targets: numbers([7], batch: 2))
        (predicted * Tensor.normal(predicted.shape, using: TorchGenerator(seed: 4))).sum().backward()
        for (name, parameter) in model.namedParameters() {
            let gradient = try #require(parameter.gradient, "\(name) has no gradient")
            #expect(largest(gradient) > 1e-8 && largest(gradient) < 1e6, "\(name): \(largest(gradient))")
        }
        // Only the mask token that was used learns.
        let used = try #require(model.predictor.maskTokens.gradient)
        #expect(largest(used[0]) == 0 && largest(used[1]) > 0 && largest(used[2]) == 0)
    }

    @Test("A prediction does not depend on the order of context and targets, but on their places")
    func order() throws {
        let model = try VideoJEPA(options, seed: Seed(1))
        // At first they are zero, attend evenly, and are the same everywhere.
        model.predictor.maskTokens.assign(Tensor.normal([3, 1, 1, 12], using: TorchGenerator(seed: 5)))
        let tokens = model.encoder(video(1, frames: 4))
        func predict(_ context: [Int64], _ targets: [Int64]) -> Tensor {
            model.predictor(tokens, context: numbers(context, batch: 1), targets: numbers(targets, batch: 1))
        }
        let (plain, turned) = (predict([0, 1, 6], [3, 5]), predict([6, 0, 1], [5, 3]))
        #expect(relativeError(turned.flip(dims: [1]), plain) < 1e-5)
        #expect(
            relativeError(predict([0, 1, 6], [4, 5]).select(dim: 1, index: 0), plain.select(dim: 1, index: 0)) > 1e-4)
        // What is not in the context does not matter.
        let other = tokens + numbers([0, 0, 1, 1, 1, 1, 0, 1], batch: 1).unsqueezed(-1).to(dtype: .float32)
        let same = model.predictor(other, context: numbers([0, 1, 6], batch: 1), targets: numbers([3, 5], batch: 1))
        #expect(relativeError(same, plain) == 0)
    }

    @Test("Frame, row and column each turn queries and keys")
    func directions() throws {
        let encoder = try VideoTransformer(options, seed: Seed(1))
        let x = video(1, frames: 4)
        // Exchanging neighbours along one direction, in the video and in the tokens, is no symmetry.
        func exchanged(_ x: Tensor, dim: Int, length: Int) -> Tensor {
            let parts = x.split(length, dim: dim)
            return Tensor.concatenate([parts[1], parts[0]], dim: dim)
        }
        let grid = encoder(x).reshaped([1, 2, 2, 2, 16])
        for (dim, length, axis) in [(1, 2, 1), (3, 4, 2), (4, 4, 3)] {
            let moved = encoder(exchanged(x, dim: dim, length: length)).reshaped([1, 2, 2, 2, 16])
            #expect(relativeError(exchanged(moved, dim: axis, length: 1), grid) > 1e-4)
        }
    }

    @Test("Sizes that do not fit and folders of other models are refused")
    func refusals() throws {
        func message(_ change: (inout VideoTransformerOptions) -> Void) throws -> String {
            var changed = options
            change(&changed)
            return try #require(throws: ForesightError.self) { try VideoJEPA(changed, seed: Seed(1)) }.message
        }
        #expect(try message { $0.imageSide = 10 } == "patches of 4 pixels do not divide frames of 10")
        #expect(try message { $0.encoder.heads = 3 } == "3 heads on a width of 16")
        #expect(try message { $0.predictor.heads = 4 } == "4 heads on a width of 12")
        #expect(try message { $0.predictor.depth = 0 } == "a video transformer with predictor.depth 0")
        try withTemporaryFolder { folder in
            try #"{"model_type": "vit"}"#.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
            let error = try #require(throws: ForesightError.self) { try VideoJEPA.pretrained(folder: folder) }
            #expect(error.message.hasSuffix("no video encoder is known for model_type 'vit'") && error.code == .data)
        }
    }
}
