import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

/// A size of a transformer around those of vectors, tiles and chunks.
struct BlockSizes: Sendable, CustomStringConvertible {
    var batch: Int
    var tokens: Int
    var width: Int
    var heads: Int
    var headSize: Int
    var hidden: Int
    var depth: Int
    var leading: Int

    var description: String {
        "\(batch) × \(tokens) tokens of \(width), \(heads) heads of \(headSize), \(hidden) hidden, \(depth) blocks, \(leading) asked"
    }

    func options(_ change: (inout TransformerOptions) -> Void = { _ in }) -> TransformerOptions {
        var options = TransformerOptions(width: width, heads: heads, headSize: headSize, hidden: hidden)
        change(&options)
        return options
    }

    static let all = [
        BlockSizes(batch: 3, tokens: 5, width: 7, heads: 1, headSize: 7, hidden: 13, depth: 1, leading: 1),
        BlockSizes(batch: 9, tokens: 17, width: 48, heads: 2, headSize: 32, hidden: 100, depth: 3, leading: 2),
        BlockSizes(batch: 33, tokens: 66, width: 30, heads: 5, headSize: 7, hidden: 51, depth: 2, leading: 66),
        BlockSizes(batch: 20, tokens: 65, width: 64, heads: 3, headSize: 16, hidden: 96, depth: 2, leading: 1),
        BlockSizes(batch: 600, tokens: 2, width: 12, heads: 6, headSize: 2, hidden: 20, depth: 2, leading: 1),
    ]
}

@Suite("Blocks of a transformer as one operation", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct CompiledBlocksTests {
    private static func transformer(_ options: TransformerOptions, depth: Int, dropout: Dropout? = nil) -> Transformer {
        let transformer = Transformer(options, depth: depth, dropout: dropout, seed: Seed(3))
        // Gains of one, offsets and biases of zero would hide what is done with them.
        let draws = TorchGenerator(seed: 4)
        for parameter in transformer.parameters() {
            parameter.assign(parameter.value.detached() + Tensor.normal(parameter.shape, using: draws) * 0.1)
        }
        return transformer
    }

    /// The leading tokens, and the gradients of the input and of all parameters for random slopes.
    private static func results(
        _ transformer: Transformer, _ sizes: BlockSizes, compiled: Bool, precision: DType = .float32
    ) -> [Tensor] {
        Transformer.$isCompiled.withValue(compiled) {
            let draws = TorchGenerator(seed: 5)
            let x = Tensor.normal([sizes.batch, sizes.tokens, sizes.width], using: draws).requiresGrad()
            let slope = Tensor.normal([sizes.batch, sizes.leading, sizes.width], using: draws)
            let y = withAutocast(precision) { transformer.leading(sizes.leading, of: x) }
            let inputs = [x] + transformer.parameters().map(\.value)
            return [y] + Tensor.gradients(of: y, withRespectTo: inputs, gradient: slope.to(dtype: y.dtype))
        }
    }

    /// The greatest difference of tensors, each as a share of its greatest number.
    private static func apart(_ found: [Tensor], _ expected: [Tensor]) -> Float {
        zip(found, expected).map { a, b in
            relativeError(a.detached().to(dtype: .float32).floats(), b.detached().to(dtype: .float32).floats())
        }.max() ?? .infinity
    }

    @Test("Outputs and gradients are those of libtorch, layer by layer", arguments: BlockSizes.all)
    func parity(sizes: BlockSizes) {
        let transformer = Self.transformer(sizes.options(), depth: sizes.depth)
        let found = Self.results(transformer, sizes, compiled: true)
        let expected = Self.results(transformer, sizes, compiled: false)
        // Sums in another order: the same to the bit would mean that both took the same way.
        #expect(found.count == expected.count && Self.apart(found, expected) > 0)
        for (place, (a, b)) in zip(found, expected).enumerated() {
            expectClose(a, b, "\(sizes): result \(place)", tolerance: 1e-4)
        }
    }

    @Test("In bfloat16 they are as far from float32 as libtorch's own", arguments: BlockSizes.all.dropFirst())
    func brief(sizes: BlockSizes) {
        let transformer = Self.transformer(sizes.options(), depth: sizes.depth)
        let exact = Self.results(transformer, sizes, compiled: false)
        func error(compiled: Bool) -> Float {
            let found = Self.results(transformer, sizes, compiled: compiled, precision: .bfloat16)
            return Self.apart(found, exact)
        }
        let (ours, theirs) = (error(compiled: true), error(compiled: false))
        #expect(ours > 1e-4 && ours < 2 * theirs, "\(sizes): \(ours) beside \(theirs)")
    }

    @Test(
        "Without gradients the tokens are the same to the bit, and the leading ones those of all",
        arguments: BlockSizes.all)
    func plain(sizes: BlockSizes) {
        let transformer = Self.transformer(sizes.options(), depth: sizes.depth)
        let learning = Self.results(transformer, sizes, compiled: true)[0]
        let x = Tensor.normal([sizes.batch, sizes.tokens, sizes.width], using: TorchGenerator(seed: 5))
        let (leading, all) = withoutGradients { (transformer.leading(sizes.leading, of: x), transformer(x)) }
        #expect(leading.floats() == learning.detached().floats())
        expectClose(leading, all.narrow(dim: 1, start: 0, length: sizes.leading), "\(sizes)", tolerance: 1e-5)
    }

    @Test("They do not depend on the number of threads, to the bit", arguments: BlockSizes.all)
    func threads(sizes: BlockSizes) {
        defer { Engine.threads = 1 }
        let transformer = Self.transformer(sizes.options(), depth: sizes.depth)
        let alone = Self.results(transformer, sizes, compiled: true)
        Engine.threads = 3
        let shared = Self.results(transformer, sizes, compiled: true)
        #expect(alone.map { $0.detached().floats() } == shared.map { $0.detached().floats() })
    }

    #if os(Linux)
        @Test("What GCC compiled shares its loops among threads")
        func isParallel() throws {
            // libtorch's loops are compiled into ours: without OpenMP they are done on one thread, and nobody says so.
            let library = try Data(contentsOf: URL(fileURLWithPath: try #require(Engine.location)))
            func has(_ text: String) -> Bool { library.range(of: Data(text.utf8)) != nil }
            #expect(has("GOMP_parallel") || has("clang version"))
        }
    #endif

    @Test("Blocks that are not plain are computed by libtorch")
    func others() {
        let sizes = BlockSizes(batch: 2, tokens: 5, width: 8, heads: 2, headSize: 4, hidden: 12, depth: 2, leading: 2)
        let changes: [(inout TransformerOptions) -> Void] = [
            { $0.layerScale = 0.5 }, { $0.mask = .causal }, { $0.rotary = true }, { $0.isGated = true },
            { $0.activation = .geluTanh }, { $0.attentionBias = false },
        ]
        for (place, change) in changes.enumerated() {
            let transformer = Self.transformer(sizes.options(change), depth: sizes.depth)
            let found = Self.results(transformer, sizes, compiled: true)
            #expect(Self.apart(found, Self.results(transformer, sizes, compiled: false)) == 0, "change \(place)")
        }
        func dropping(_ isTraining: Bool, compiled: Bool) -> [Tensor] {
            let dropout = Dropout(0.5, generator: TorchGenerator(seed: 6))
            let transformer = Self.transformer(sizes.options(), depth: sizes.depth, dropout: dropout)
            dropout.isTraining = isTraining
            return Self.results(transformer, sizes, compiled: compiled)
        }
        #expect(Self.apart(dropping(true, compiled: true), dropping(true, compiled: false)) == 0)
        let evaluated = Self.apart(dropping(false, compiled: true), dropping(false, compiled: false))
        #expect(evaluated > 0 && evaluated < 1e-4)
    }
}
