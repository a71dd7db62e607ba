import CTorch

extension Tensor {
    /// The matrix product over the last two dimensions; the others broadcast.
    public func matmul(_ other: Tensor) -> Tensor { Tensor.make("matmul", self, other) { ct_matmul($0, $1) } }

    /// Products of matrices in pairs: `[batch, n, m]` by `[batch, m, p]`.
    public func bmm(_ other: Tensor) -> Tensor { Tensor.make("bmm", self, other) { ct_bmm($0, $1) } }

    /// `self + a · b` in pairs: `[batch, n, m]` by `[batch, m, p]`; `self` broadcasts to `[batch, n, p]`.
    public func baddbmm(_ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor.make("baddbmm", self, a, b) { ct_baddbmm($0, $1, $2) }
    }

    /// `self · weightᵀ + bias`: `[…, inputs]` by `[outputs, inputs]` to `[…, outputs]`.
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        guard let bias else { return Tensor.make("linear", self, weight) { ct_linear($0, $1, nil) } }
        return Tensor.make("linear", self, weight, bias) { ct_linear($0, $1, $2) }
    }

    /// The sum of products that the equation names, such as `bij,bjk->bik`.
    public static func einsum(_ equation: String, _ tensors: [Tensor]) -> Tensor {
        Operators.einsum(.string(equation), .tensors(tensors))
    }

    /// The outer product of two vectors.
    public func outer(_ other: Tensor) -> Tensor { unsqueezed(-1) * other.unsqueezed(-2) }

    private enum Operators {
        static let einsum = Operator("einsum")
    }
}

extension Tensor {
    /// `exp(x) / Σ exp(x)` along the dimension.
    public func softmax(dim: Int) -> Tensor { Tensor.make("softmax", self) { ct_softmax($0, dim) } }

    /// The logarithm of ``softmax(dim:)``, without loss of precision.
    public func logSoftmax(dim: Int) -> Tensor { Tensor.make("logSoftmax", self) { ct_log_softmax($0, dim) } }

    /// Attention `softmax(scale · q kᵀ + mask) v`: Vaswani et al., arXiv:1706.03762.
    ///
    /// - Parameters:
    ///   - query: `[batch, heads, time, width]`.
    ///   - key: `[batch, heads, source, width]`.
    ///   - value: `[batch, heads, source, width]`.
    ///   - mask: Broadcasts to `[batch, heads, time, source]`; `bool` says what may be seen, numbers are added.
    ///   - causal: Whether position t sees only positions up to t; not together with a mask.
    ///   - scale: 1/√width when absent.
    /// - Returns: `[batch, heads, time, width]`.
    public static func scaledDotProductAttention(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, causal: Bool = false,
        scale: Double? = nil
    ) -> Tensor {
        precondition(mask == nil || !causal, "attention takes a mask or causal, not both")
        let result = withRaw(mask) { mask in
            query.withRaw { q in
                key.withRaw { k in value.withRaw { v in ct_attention(q, k, v, mask, causal, scale ?? .nan) } }
            }
        }
        guard let result else { stop("attention", [query, key, value] + (mask.map { [$0] } ?? [])) }
        return Tensor(owning: result)
    }
}
