import CTorch

extension Tensor {
    /// In which numbers this thread computes products on a device now: those of ``withAutocast(_:device:_:)``, or `nil`.
    public static func autocastType(on device: Device) -> DType? {
        Engine.require()
        let code = ct_autocast_dtype(device.code)
        return code < 0 ? nil : DType(rawValue: code)
    }

    /// Pre-norm blocks of a transformer and the norm behind them as one operation, on the processor: x + attention(norm(x)),
    /// then x + W₂ gelu(W₁ norm(x)).
    ///
    /// What the last block would make of tokens that are not asked for is not computed. The result is float32; under autocast
    /// products take bfloat16, and norms, softmax, GELU and the sums x + … are float32. Results and gradients do not depend on the
    /// number of threads. There are first derivatives only.
    ///
    /// - Parameters:
    ///   - parameters: Of each block gain and offset of the norm before attention, weights and biases of queries, keys and
    ///     values `[3 inner, width]` and of their merging `[width, inner]`, gain and offset of the norm before the MLP, weights and
    ///     biases of its layers `[hidden, width]` and `[width, hidden]`; then gain and offset of the last norm. All float32.
    ///   - heads: How many heads share `inner`.
    ///   - leading: How many tokens of each sequence are asked for, from the first.
    ///   - epsilon: What each norm adds to the variance.
    /// - Returns: `[batch, leading, width]` of `self`, `[batch, time, width]` on the processor.
    public func transformerBlocks(_ parameters: [Tensor], heads: Int, leading: Int, epsilon: Double) -> Tensor {
        let isHalf = Tensor.autocastType(on: .cpu) == .bfloat16
        return Tensor.own(
            "transformerBlocks", [self],
            withRaw { x in
                Tensor.withRaw(of: parameters) {
                    ct_blocks(x, $0, parameters.count, Int32(heads), Int32(leading), epsilon, isHalf)
                }
            })
    }

    /// The vector unit that ``transformerBlocks(_:heads:leading:epsilon:)`` uses between products, such as AVX-512.
    public static var blockLanes: String {
        Engine.require()
        return String(cString: ct_block_lanes())
    }
}
