public import Networks
public import Tensors

/// A small convolutional encoder for pictures of 64 pixels: each layer halves the picture, one linear layer reads the rest.
///
/// The encoder of Ha and Schmidhuber, "World Models", arXiv:1803.10122, figure 22, with half the channels, group norm of
/// one group (Wu and He, arXiv:1803.08494) and SiLU. Some 12 million multiplications a picture, a fifth of those of the
/// residual encoder: what a processor without an accelerator can learn with.
/// ```
/// x ← SiLU(norm(conv(x)))   4 × 4 kernels, stride 2, for each of the channels;   z = W flatten(x) + b
/// ```
public final class StridedEncoder: ImageEncoder {
    /// The convolutions, each of which halves the picture.
    public let convolutions: [Conv2d]
    /// The norm behind each convolution.
    public let norms: [ChannelNorm]
    /// From what is left of the picture to the representation.
    public let head: Linear
    /// The size of the pictures, `[height, width]`.
    public let imageSize: [Int]

    /// Creates the encoder.
    ///
    /// - Parameters:
    ///   - inputs: Channels of a picture: 3 for each frame that it is made of.
    ///   - imageSize: `[height, width]`, multiples of 2 to the number of layers.
    ///   - channels: Those of each layer.
    ///   - width: The size of a representation.
    ///   - seed: Where weights are drawn from.
    public init(inputs: Int, imageSize: [Int], channels: [Int] = [16, 32, 64, 64], width: Int, seed: Seed) {
        let shrink = 1 << channels.count
        precondition(
            imageSize.count == 2 && imageSize.allSatisfy { $0 >= shrink && $0 % shrink == 0 },
            "pictures of \(imageSize) cannot be halved \(channels.count) times")
        var before = inputs
        var layers: [Conv2d] = []
        for (index, count) in channels.enumerated() {
            layers.append(
                Conv2d(
                    before, count, size: [4, 4], stride: [2, 2], padding: [1, 1], seed: seed["convolutions"][index]))
            before = count
        }
        convolutions = layers
        norms = channels.map { ChannelNorm($0) }
        head = Linear(before * imageSize.reduce(1) { $0 * ($1 / shrink) }, width, seed: seed["head"])
        self.imageSize = imageSize
    }

    /// The size of a representation.
    public var width: Int { head.outputs }

    /// Maps pictures `[batch, inputs, height, width]` to representations `[batch, width]`.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        var x = images
        for (convolution, norm) in zip(convolutions, norms) { x = norm(convolution(x)).silu() }
        return head(x.reshaped([x.size(0), -1]))
    }
}

/// Normalises all channels and places of a picture together, with a gain and an offset for each channel: group norm of
/// one group, Wu and He, arXiv:1803.08494.
public final class ChannelNorm: Module {
    /// The gain of each channel, `[channels]`.
    public let weight: Parameter
    /// The offset of each channel, `[channels]`.
    public let bias: Parameter

    /// Creates the norm with gain one and offset zero.
    public init(_ channels: Int) {
        weight = Parameter(Tensor.ones([channels]))
        bias = Parameter(Tensor.zeros([channels]))
    }

    /// Normalises `[batch, channels, height, width]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.groupNorm(groups: 1, weight: weight.value, bias: bias.value)
    }
}
