public import Tensors

/// A nonlinearity, by name, so that a configuration can say it.
public enum Activation: String, Sendable, Codable, CaseIterable {
    /// x Φ(x): Hendrycks and Gimpel, arXiv:1606.08415.
    case gelu
    /// The tanh approximation of GELU.
    case geluTanh = "gelu_tanh"
    /// x σ(x).
    case silu
    /// max(x, 0).
    case relu
    /// The hyperbolic tangent.
    case tanh
    /// The logistic function.
    case sigmoid
    /// No nonlinearity.
    case identity

    /// Applies the nonlinearity to every element.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: x.gelu()
        case .geluTanh: x.gelu(approximate: .tanh)
        case .silu: x.silu()
        case .relu: x.relu()
        case .tanh: x.tanh()
        case .sigmoid: x.sigmoid()
        case .identity: x
        }
    }
}

/// A normalisation between the layers of an MLP, by name.
public enum Normalisation: String, Sendable, Codable, CaseIterable {
    /// None.
    case none
    /// `LayerNorm`.
    case layer
    /// `RMSNorm`.
    case rms
    /// `BatchNorm1d`.
    case batch

    /// The layer for features of this size.
    func layer(size: Int) -> (any Layer)? {
        switch self {
        case .none: nil
        case .layer: LayerNorm(size)
        case .rms: RMSNorm(size)
        case .batch: BatchNorm1d(size)
        }
    }
}
