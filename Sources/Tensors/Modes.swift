import CTorch

// Modes belong to the thread. The closures are synchronous on purpose: a mode that was held across an `await` would
// go on in whatever task runs on that thread next, and not in the one that asked for it.

/// Runs the closure without recording operations for gradients.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    Engine.require()
    let before = ct_grad_enabled()
    ct_set_grad_enabled(false)
    defer { ct_set_grad_enabled(before) }
    return try body()
}

/// Runs the closure with recording, inside of ``withoutGradients(_:)`` too.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    Engine.require()
    let before = ct_grad_enabled()
    ct_set_grad_enabled(true)
    defer { ct_set_grad_enabled(before) }
    return try body()
}

/// Runs the closure as fast as can be, without gradients; tensors made inside can never have any.
public func withInferenceMode<Result>(_ body: () throws -> Result) rethrows -> Result {
    Engine.require()
    guard let guardian = ct_inference_begin(true) else { Tensor.stop("inference mode", []) }
    defer { ct_inference_end(guardian) }
    return try body()
}

/// Runs the closure with matrix products, convolutions and attention in a shorter type and losses in `float32`; other
/// operations take what they are given, as PyTorch's autocast decides for the device.
///
/// Worth it where ``Device/hasFastBFloat16`` is true; elsewhere products get much slower. Parameters stay in `float32`
/// and so do their gradients. With `float32` the scope turns an outer one off.
public func withAutocast<Result>(
    _ dtype: DType, device: Device = .cpu, _ body: () throws -> Result
) rethrows -> Result {
    Engine.require()
    precondition(
        dtype == .bfloat16 || dtype == .float16 || dtype == .float32, "autocast computes in bfloat16, not in \(dtype)")
    let before = ct_autocast_set(device.code, dtype == .float32 ? -1 : dtype.rawValue)
    ct_autocast_nest(true)
    defer {
        ct_autocast_nest(false)
        _ = ct_autocast_set(device.code, before)
    }
    return try body()
}
