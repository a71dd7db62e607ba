public import Tensors

/// A convolution over time, as PyTorch defines it.
public final class Conv1d: Layer {
    /// The kernels, `[outputs, inputs / groups, size]`.
    public let weight: Parameter
    /// The bias, `[outputs]`.
    public let bias: Parameter?
    /// How far the kernel moves, is padded with zeros on both sides, and is spread.
    public let (stride, padding, dilation): (Int, Int, Int)
    /// Into how many groups the channels are split.
    public let groups: Int

    /// Creates the convolution with values drawn from the seed.
    public init(
        _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
        groups: Int = 1, bias: Bool = true, initialiser: Initialiser = .uniformFanIn, seed: Seed
    ) {
        precondition(
            inputs % groups == 0 && outputs % groups == 0, "\(groups) groups do not divide \(inputs) and \(outputs)")
        let fan = inputs / groups * size
        weight = Parameter(
            initialiser.tensor(
                [outputs, inputs / groups, size], inputs: fan, outputs: outputs / groups * size, seed: seed["weight"]))
        self.bias = bias ? Parameter(initialiser.bias([outputs], inputs: fan, seed: seed["bias"])) : nil
        (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
        self.groups = groups
    }

    /// Maps `[batch, inputs, time]` to `[batch, outputs, time']`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv1d(
            weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
}

/// A convolution over height and width, as PyTorch defines it.
public final class Conv2d: Layer {
    /// The kernels, `[outputs, inputs / groups, height, width]`.
    public let weight: Parameter
    /// The bias, `[outputs]`.
    public let bias: Parameter?
    /// How far the kernel moves, `[height, width]`.
    public let stride: [Int]
    /// How many zeros are added on both sides, `[height, width]`.
    public let padding: [Int]
    /// Into how many groups the channels are split.
    public let groups: Int

    /// Creates the convolution with values drawn from the seed; sizes are `[height, width]`.
    public init(
        _ inputs: Int, _ outputs: Int, size: [Int], stride: [Int] = [1, 1], padding: [Int] = [0, 0],
        groups: Int = 1, bias: Bool = true, initialiser: Initialiser = .uniformFanIn, seed: Seed
    ) {
        precondition(
            inputs % groups == 0 && outputs % groups == 0, "\(groups) groups do not divide \(inputs) and \(outputs)")
        precondition(
            size.count == 2 && stride.count == 2 && padding.count == 2,
            "a convolution over images takes [height, width], not \(size), \(stride), \(padding)")
        let area = size[0] * size[1]
        let fan = inputs / groups * area
        weight = Parameter(
            initialiser.tensor(
                [outputs, inputs / groups] + size, inputs: fan, outputs: outputs / groups * area,
                seed: seed["weight"]))
        self.bias = bias ? Parameter(initialiser.bias([outputs], inputs: fan, seed: seed["bias"])) : nil
        (self.stride, self.padding) = (stride, padding)
        self.groups = groups
    }

    /// Maps `[batch, inputs, height, width]` to `[batch, outputs, height', width']`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv2d(weight.value, bias: bias?.value, stride: stride, padding: padding, groups: groups)
    }
}

/// An image cut into square patches, each mapped to one token: Dosovitskiy et al., arXiv:2010.11929.
public final class PatchEmbedding: Layer {
    /// The map of each patch, a convolution whose stride is its size.
    public let projection: Conv2d
    /// The side of a patch in pixels.
    public let patch: Int

    /// Creates the embedding.
    public init(channels: Int, patch: Int, width: Int, seed: Seed) {
        projection = Conv2d(
            channels, width, size: [patch, patch], stride: [patch, patch], seed: seed["projection"])
        self.patch = patch
    }

    /// Maps `[batch, channels, height, width]` to `[batch, tokens, width]`, row by row.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let shape = x.shape
        precondition(
            shape.count == 4 && shape[2] % patch == 0 && shape[3] % patch == 0,
            "patches of \(patch) pixels do not divide an image batch of shape \(shape)")
        let y = projection(x)  // [batch, width, rows, columns]
        return y.reshaped([shape[0], y.shape[1], -1]).transposed(1, 2)  // [batch, tokens, width]
    }
}
