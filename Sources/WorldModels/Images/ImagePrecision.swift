public import Basics
import Tensors

/// In which numbers networks are computed while they learn. Parameters, their gradients, the optimiser and losses are float32
/// in either case.
public enum ImagePrecision: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// In those of the parameters.
    case float32
    /// Products, convolutions and attention in bfloat16, as PyTorch's autocast chooses them ("bf16-mixed"): where a device is
    /// built for it, several times as fast.
    case bfloat16
}

extension ImagePrecision {
    /// Computes what networks give, on a device; float32 again where a loss takes it.
    func computing(on device: Device, _ body: () -> Tensor) -> Tensor {
        switch self {
        case .float32: body()
        case .bfloat16: withAutocast(.bfloat16, device: device, body).to(dtype: .float32)
        }
    }
}
