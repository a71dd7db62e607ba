import Basics
import Networks
import Perception
import Tensors
import Testing

@Suite("Vision transformer", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct VisionTransformerTests {
    private func small(_ change: (inout VisionTransformerOptions) -> Void = { _ in }) -> VisionTransformerOptions {
        var options = VisionTransformerOptions(imageSize: [12, 8], patch: 4, width: 12, depth: 2, heads: 3, hidden: 20)
        change(&options)
        return options
    }

    private func images(_ batch: Int, _ height: Int, _ width: Int, seed: UInt64 = 3) -> Tensor {
        Tensor.normal([batch, 3, height, width], using: TorchGenerator(seed: seed))
    }

    @Test(
        "What comes out has the shape of what was asked for", arguments: [(true, 0), (true, 4), (false, 0), (false, 2)])
    func shapes(hasClassToken: Bool, registers: Int) throws {
        for output in VisionOutput.allCases where hasClassToken || output != .classToken {
            let options = small {
                ($0.hasClassToken, $0.registers, $0.output) = (hasClassToken, registers, output)
            }
            let encoder = try VisionTransformer(options, seed: Seed(1))
            // 3 × 2 patches as learned, then 2 × 5.
            for (size, patches) in [([12, 8], 6), ([8, 20], 10)] {
                let x = images(3, size[0], size[1])
                let all = encoder.tokens(x)
                #expect(all.shape == [3, (hasClassToken ? 1 : 0) + registers + patches, 12])
                let y = encoder(x)
                switch output {
                case .classToken: #expect(relativeError(y, all.select(dim: 1, index: 0)) == 0)
                case .patchTokens: #expect(y.shape == [3, patches, 12])
                case .patchMean:
                    let first = options.leadingTokens
                    let mean = all.narrow(dim: 1, start: first, length: patches).mean(dim: 1)
                    #expect(relativeError(y, mean) < 1e-6)
                }
            }
        }
    }

    @Test("Gradients flow to every parameter", arguments: [false, true])
    func gradients(isGated: Bool) throws {
        let options = small {
            ($0.isGated, $0.registers, $0.layerScale, $0.positions) = (isGated, 2, 0.5, .learned(antialias: isGated))
        }
        let encoder = try VisionTransformer(options, seed: Seed(1))
        let x = images(2, 8, 16)
        let tokens = encoder.tokens(x)
        (tokens * Tensor.normal(tokens.shape, using: TorchGenerator(seed: 4))).sum().backward()
        let named = encoder.namedParameters()
        // Patches, class token, registers, positions, 14 or 14 for each block, and the last norm.
        #expect(named.count == 2 + 3 + 2 * 14 + 2)
        for (name, parameter) in named {
            let gradient = try #require(parameter.gradient, "\(name) has no gradient")
            #expect(largest(gradient) > 1e-6 && largest(gradient) < 1e6, "\(name): \(largest(gradient))")
        }
    }

    @Test("Without positions, patches can change places; with them they cannot")
    func order() throws {
        let x = images(1, 12, 8)
        // Rows of patches in another order.
        let moved = Tensor.concatenate(
            [x.narrow(dim: 2, start: 8, length: 4), x.narrow(dim: 2, start: 0, length: 8)], dim: 2)
        let blind = try VisionTransformer(small { $0.positions = .none }, seed: Seed(1))
        #expect(relativeError(blind(moved), blind(x)) < 1e-5)
        let seeing = try VisionTransformer(small(), seed: Seed(1))
        #expect(relativeError(seeing(moved), seeing(x)) > 1e-4)
    }

    @Test("An image is encoded alike alone and in a batch, and the seed decides the weights")
    func batchAndSeed() throws {
        let (encoder, twin) = (
            try VisionTransformer(small(), seed: Seed(1)), try VisionTransformer(small(), seed: Seed(1))
        )
        let other = try VisionTransformer(small(), seed: Seed(2))
        let x = images(3, 12, 8)
        #expect(relativeError(encoder(x)[1..<2], encoder(x[1..<2])) < 1e-5)
        #expect(relativeError(encoder(x), twin(x)) == 0)
        #expect(relativeError(encoder(x), other(x)) > 0.1)
    }

    @Test(
        "Presets have the published numbers of parameters",
        arguments: [
            // Dosovitskiy et al., table 1, and Touvron et al., table 1, less the head of 1000 classes.
            (VisionTransformerOptions.tiny(), 5_524_416), (.small(), 21_665_664), (.base(), 85_798_656),
            // 784 places instead of 196, and a projection of 3 · 8² instead of 3 · 16² numbers.
            (.tiny(patch: 8), 5_524_416 + 192 * (588 - 576)),
        ])
    func presets(options: VisionTransformerOptions, parameters: Int) throws {
        #expect(try VisionTransformer(options, seed: Seed(1)).parameterCount == parameters)
    }

    /// What is wrong, and the message that says so.
    private static let misfits: [(change: @Sendable (inout VisionTransformerOptions) -> Void, message: String)] = [
        ({ $0.heads = 5 }, "5 heads do not divide a width of 12"),
        ({ $0.imageSize = [12, 10] }, "patches of 4 pixels do not divide images of [12, 10]"),
        ({ $0.imageSize = [12] }, "patches of 4 pixels do not divide images of [12]"),
        ({ $0.depth = 0 }, "a vision transformer with depth 0"),
        ({ $0.registers = -1 }, "a vision transformer with registers -1"),
        ({ $0.epsilon = 0 }, "norms with epsilon 0.0"),
        ({ $0.hasClassToken = false }, "the class token of a vision transformer without one"),
    ]

    @Test("Options that do not fit together are refused with the value", arguments: misfits.indices)
    func refusal(index: Int) throws {
        let (change, message) = Self.misfits[index]
        let error = try #require(throws: ForesightError.self) {
            try VisionTransformer(small(change), seed: Seed(1))
        }
        #expect(error.message == message)
        #expect(error.code == .usage && !error.remedy.isEmpty)
    }
}
