extension Tensor {
    /// A convolution over time: `[batch, channels, time]` by `[outputs, channels / groups, width]`.
    public func conv1d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
    ) -> Tensor {
        Convolve.conv1d(
            .tensor(self), .tensor(weight), .optional(bias), .ints([stride]), .ints([padding]), .ints([dilation]),
            .int(groups))
    }

    /// A convolution over the plane: `[batch, channels, height, width]` by
    /// `[outputs, channels / groups, height, width]`; strides and so on are for height and width.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
        dilation: [Int] = [1, 1], groups: Int = 1
    ) -> Tensor {
        Convolve.conv2d(
            .tensor(self), .tensor(weight), .optional(bias), .ints(stride), .ints(padding), .ints(dilation),
            .int(groups))
    }

    /// A convolution over time and plane: `[batch, channels, time, height, width]` by
    /// `[outputs, channels, time, height, width]`; the stride is for time, height and width.
    public func conv3d(_ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1, 1]) -> Tensor {
        Convolve.conv3d(.tensor(self), .tensor(weight), .optional(bias), .ints(stride))
    }

    /// The transpose of a convolution over the plane, by `[channels, outputs / groups, height, width]`.
    public func convTranspose2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
        outputPadding: [Int] = [0, 0], groups: Int = 1, dilation: [Int] = [1, 1]
    ) -> Tensor {
        Convolve.convTranspose2d(
            .tensor(self), .tensor(weight), .optional(bias), .ints(stride), .ints(padding), .ints(outputPadding),
            .int(groups), .ints(dilation))
    }

    /// The greatest element of each patch of `[…, height, width]`; the stride is the patch's size when absent.
    public func maxPool2d(_ size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) -> Tensor {
        Convolve.maxPool2d(.tensor(self), .ints(size), .ints(stride ?? size), .ints(padding))
    }

    /// The mean of each patch of `[…, height, width]`; the stride is the patch's size when absent.
    public func avgPool2d(_ size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) -> Tensor {
        Convolve.avgPool2d(.tensor(self), .ints(size), .ints(stride ?? size), .ints(padding))
    }

    /// How ``interpolated2d(to:_:antialias:)`` finds the values between.
    public enum Interpolation: Sendable, Hashable {
        /// The nearest element.
        case nearest
        /// Linear along both sides.
        case bilinear
        /// Cubic along both sides, with a = -0.75.
        case bicubic
    }

    /// The plane `[batch, channels, height, width]` in another height and width; corners are corners of pixels.
    public func interpolated2d(
        to size: (height: Int, width: Int), _ interpolation: Interpolation = .bilinear, antialias: Bool = false
    ) -> Tensor {
        let target: Operator.Argument = .ints([size.height, size.width])
        switch (interpolation, antialias) {
        case (.nearest, _): return Convolve.nearest(.tensor(self), target)
        case (.bilinear, false): return Convolve.bilinear(.tensor(self), target, .bool(false))
        case (.bilinear, true): return Convolve.bilinearSmooth(.tensor(self), target, .bool(false))
        case (.bicubic, false): return Convolve.bicubic(.tensor(self), target, .bool(false))
        case (.bicubic, true): return Convolve.bicubicSmooth(.tensor(self), target, .bool(false))
        }
    }

    /// Sliding patches of `[batch, channels, height, width]` as columns `[batch, channels · patch, patches]`.
    public func unfolded(_ size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) -> Tensor {
        Convolve.unfold(.tensor(self), .ints(size), .ints([1, 1]), .ints(padding), .ints(stride ?? size))
    }

    private enum Convolve {
        static let conv1d = Operator("conv1d")
        static let conv2d = Operator("conv2d")
        static let conv3d = Operator("conv3d")
        static let convTranspose2d = Operator("conv_transpose2d", "input")
        static let maxPool2d = Operator("max_pool2d")
        static let avgPool2d = Operator("avg_pool2d")
        static let nearest = Operator("upsample_nearest2d")
        static let bilinear = Operator("upsample_bilinear2d")
        static let bilinearSmooth = Operator("_upsample_bilinear2d_aa")
        static let bicubic = Operator("upsample_bicubic2d")
        static let bicubicSmooth = Operator("_upsample_bicubic2d_aa")
        static let unfold = Operator("im2col")
    }
}
