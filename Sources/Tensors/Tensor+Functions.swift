import CTorch

extension Tensor {
    /// e to each element.
    public func exp() -> Tensor { Tensor.make("exp", self) { ct_exp($0) } }
    /// Natural logarithm.
    public func log() -> Tensor { Tensor.make("log", self) { ct_log($0) } }
    /// `log(1 + x)`, exact near 0.
    public func log1p() -> Tensor { Operators.log1p(.tensor(self)) }
    /// `exp(x) - 1`, exact near 0.
    public func expm1() -> Tensor { Operators.expm1(.tensor(self)) }
    /// Square root.
    public func sqrt() -> Tensor { Tensor.make("sqrt", self) { ct_sqrt($0) } }
    /// One over the square root.
    public func rsqrt() -> Tensor { Tensor.make("rsqrt", self) { ct_rsqrt($0) } }
    /// One over each element.
    public func reciprocal() -> Tensor { Operators.reciprocal(.tensor(self)) }
    /// Absolute value.
    public func abs() -> Tensor { Tensor.make("abs", self) { ct_abs($0) } }
    /// -1, 0 or 1.
    public func sign() -> Tensor { Operators.sign(.tensor(self)) }
    /// Sine of an angle in radians.
    public func sin() -> Tensor { Operators.sin(.tensor(self)) }
    /// Cosine of an angle in radians.
    public func cos() -> Tensor { Operators.cos(.tensor(self)) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { Tensor.make("tanh", self) { ct_tanh($0) } }
    /// The error function.
    public func erf() -> Tensor { Operators.erf(.tensor(self)) }
    /// The greatest whole number that is not greater.
    public func floor() -> Tensor { Operators.floor(.tensor(self)) }
    /// The least whole number that is not less.
    public func ceil() -> Tensor { Operators.ceil(.tensor(self)) }
    /// The nearest whole number; halves go to the even one.
    public func round() -> Tensor { Operators.round(.tensor(self)) }

    private enum Operators {
        static let log1p = Operator("log1p")
        static let expm1 = Operator("expm1")
        static let reciprocal = Operator("reciprocal")
        static let sign = Operator("sign")
        static let sin = Operator("sin")
        static let cos = Operator("cos")
        static let erf = Operator("erf")
        static let floor = Operator("floor")
        static let ceil = Operator("ceil")
        static let round = Operator("round")
    }
}

/// How ``Tensor/gelu(approximate:)`` is computed.
public enum GELUApproximation: Sendable, Hashable {
    /// By the error function.
    case none
    /// By the hyperbolic tangent.
    case tanh
}

extension Tensor {
    /// `1 / (1 + exp(-x))`.
    public func sigmoid() -> Tensor { Tensor.make("sigmoid", self) { ct_sigmoid($0) } }
    /// `max(x, 0)`.
    public func relu() -> Tensor { Tensor.make("relu", self) { ct_relu($0) } }
    /// `x sigmoid(x)`: Elfwing, Uchibe and Doya, arXiv:1702.03118.
    public func silu() -> Tensor { Tensor.make("silu", self) { ct_silu($0) } }
    /// `x Φ(x)` with the normal distribution function Φ: Hendrycks and Gimpel, arXiv:1606.08415.
    public func gelu(approximate: GELUApproximation = .none) -> Tensor {
        Tensor.make("gelu", self) { ct_gelu($0, approximate == .tanh) }
    }
    /// `log(1 + exp(x))`, without overflow.
    public func softplus() -> Tensor { Activations.softplus(.tensor(self)) }
    /// `x` above 0, `alpha (exp(x) - 1)` below: Clevert, Unterthiner and Hochreiter, arXiv:1511.07289.
    public func elu(alpha: Double = 1) -> Tensor { Activations.elu(.tensor(self), .double(alpha)) }
    /// `x` above 0, `slope x` below.
    public func leakyReLU(slope: Double = 0.01) -> Tensor { Activations.leakyReLU(.tensor(self), .double(slope)) }
    /// Keeps what the mask marks with 1 and scales it by `1 / (1 - rate)`, so that the mean stays; the mask is drawn by
    /// the caller (``bernoulli(_:probability:using:dtype:)`` with probability `1 - rate`).
    public func dropout(mask: Tensor, rate: Double) -> Tensor {
        precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), not at \(rate)")
        return self * (mask * (1 / (1 - rate)))
    }

    private enum Activations {
        static let softplus = Operator("softplus")
        static let elu = Operator("elu")
        static let leakyReLU = Operator("leaky_relu")
    }
}
