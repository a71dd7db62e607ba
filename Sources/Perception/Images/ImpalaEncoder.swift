public import Networks
public import Tensors

/// The architecture of an ``ImpalaEncoder``.
public struct ImpalaOptions: Sendable, Hashable, Codable {
    /// The images, `[height, width]` in pixels.
    public var imageSize: [Int]
    /// How many channels an image has.
    public var channels: Int
    /// The features of each stack; each stack halves height and width.
    public var stacks: [Int]
    /// How many residual blocks a stack has.
    public var blocks: Int
    /// The size D of a representation.
    public var width: Int
    /// Whether the last features are normalised over channels and places, without gain and offset.
    public var normalisesFeatures: Bool
    /// Whether the representation is normalised, with gain and offset.
    public var normalisesOutput: Bool
    /// What is dropped behind each stack while training.
    public var dropout: Double

    /// Creates options; the defaults are those of eb_jepa for images of 64 by 64.
    public init(
        imageSize: [Int] = [64, 64], channels: Int = 3, stacks: [Int] = [16, 32, 32], blocks: Int = 2,
        width: Int = 512, normalisesFeatures: Bool = false, normalisesOutput: Bool = true, dropout: Double = 0
    ) {
        self.imageSize = imageSize
        self.channels = channels
        self.stacks = stacks
        self.blocks = blocks
        self.width = width
        self.normalisesFeatures = normalisesFeatures
        self.normalisesOutput = normalisesOutput
        self.dropout = dropout
    }

    /// Height and width behind the last stack: a pooling with stride 2 and one row of padding halves and rounds up.
    public var lastSize: [Int] {
        imageSize.map { side in stacks.reduce(side) { rest, _ in (rest + 1) / 2 } }
    }
}

/// The residual convolutional network of IMPALA (Espeholt et al., ICML 2018, arXiv:1802.01561, figure 3) in the form that
/// PLDM (arXiv:2502.14819) and eb_jepa (arXiv:2602.03604) gave it.
///
/// ```
/// stack:  x ← pool(W x + b);  block: x ← relu(x + W₂ relu(W₁ x + b₁) + b₂)
/// z = norm(W relu(stacks(image)) + b)
/// ```
/// It differs from the paper in the blocks, whose nonlinearities come behind the convolutions and the sum here, before the
/// convolutions there, and in the last map, which has no nonlinearity.
public final class ImpalaEncoder: ImageEncoder {
    /// The architecture.
    public let options: ImpalaOptions
    /// The stacks in order.
    public let stacks: [ImpalaStack]
    /// The map from all features to the representation.
    public let output: Linear
    /// The norm of the representation, or `nil` for none.
    public let norm: LayerNorm?
    private let dropout: Dropout?

    /// Creates the encoder with values drawn from the seed.
    public init(_ options: ImpalaOptions = ImpalaOptions(), generator: TorchGenerator? = nil, seed: Seed) {
        precondition(!options.stacks.isEmpty && options.imageSize.count == 2, "an encoder without stacks or size")
        precondition(options.dropout == 0 || generator != nil, "dropout draws from a generator")
        self.options = options
        stacks = options.stacks.indices.map { index in
            ImpalaStack(
                index == 0 ? options.channels : options.stacks[index - 1], options.stacks[index],
                blocks: options.blocks, seed: seed["stacks"][index])
        }
        let features = (options.stacks.last ?? 0) * options.lastSize[0] * options.lastSize[1]
        output = Linear(features, options.width, seed: seed["output"])
        norm = options.normalisesOutput ? LayerNorm(options.width) : nil
        dropout = generator.flatMap { options.dropout > 0 ? Dropout(options.dropout, generator: $0) : nil }
    }

    /// The size D of a representation.
    public var width: Int { options.width }

    /// Maps images `[batch, channels, height, width]` to `[batch, D]`.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        let expected = [options.channels] + options.imageSize
        precondition(
            images.shape.count == 4 && Array(images.shape[1...]) == expected,
            "got images of \(images.shape); expected [batch, \(expected[0]), \(expected[1]), \(expected[2])]")
        var x = images
        for stack in stacks {
            x = stack(x)
            if let dropout { x = dropout(x) }
        }
        x = x.relu()
        if options.normalisesFeatures {
            x = x.layerNorm(Array(x.shape[1...]), weight: nil, bias: nil, epsilon: 1e-5)
        }
        let z = output(x.flattened(from: 1))
        return norm?(z) ?? z
    }
}

/// A convolution, a pooling that halves height and width, and residual blocks: one stack of an ``ImpalaEncoder``.
public final class ImpalaStack: Layer {
    /// The convolution before the pooling.
    public let input: Conv2d
    /// The blocks in order.
    public let blocks: [ImpalaBlock]

    init(_ channels: Int, _ features: Int, blocks count: Int, seed: Seed) {
        input = Conv2d(channels, features, size: [3, 3], padding: [1, 1], seed: seed["input"])
        blocks = (0..<count).map { ImpalaBlock(features, seed: seed["blocks"][$0]) }
    }

    /// Maps `[batch, channels, height, width]` to half the height and width, rounded up.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        blocks.reduce(input(x).maxPool2d([3, 3], stride: [2, 2], padding: [1, 1])) { $1($0) }
    }
}

/// `relu(x + W₂ relu(W₁ x + b₁) + b₂)` with convolutions of 3 by 3.
public final class ImpalaBlock: Layer {
    /// W₁ and b₁.
    public let first: Conv2d
    /// W₂ and b₂.
    public let second: Conv2d

    init(_ features: Int, seed: Seed) {
        first = Conv2d(features, features, size: [3, 3], padding: [1, 1], seed: seed["first"])
        second = Conv2d(features, features, size: [3, 3], padding: [1, 1], seed: seed["second"])
    }

    /// Maps `[batch, features, height, width]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { (second(first(x).relu()) + x).relu() }
}
