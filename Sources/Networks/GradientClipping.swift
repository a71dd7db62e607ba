import Tensors

/// Scales all gradients together so that their norm, over all parameters, is at most a limit.
///
/// Pascanu, Mikolov and Bengio, ICML 2013; the factor is PyTorch's, limit / (norm + 1e-6).
/// - Returns: The norm before scaling; infinite or not a number when a gradient is.
@discardableResult
public func clipGradients(of parameters: [Parameter], toNorm limit: Double) -> Double {
    precondition(limit > 0, "a gradient norm is limited to more than 0, not \(limit)")
    let gradients = parameters.compactMap(\.gradient)
    if gradients.isEmpty { return 0 }
    return withoutGradients {
        let norm = Tensor.globalNorm(of: gradients)
        let factor = limit / (norm + 1e-6)
        // A factor that is not a number would hide which gradient was: those gradients stay as they are.
        if factor < 1 { Tensor.scale_(gradients, by: factor) }
        return norm
    }
}

/// Limits every single number of the gradients to ± a limit.
public func clipGradients(of parameters: [Parameter], toValue limit: Double) {
    precondition(limit > 0, "gradient values are limited to more than 0, not \(limit)")
    withoutGradients {
        for gradient in parameters.compactMap(\.gradient) {
            _ = gradient.copy_(gradient.clamp(min: -limit, max: limit))
        }
    }
}
