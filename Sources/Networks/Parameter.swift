public import Tensors

/// A tensor that training changes: a leaf of the gradient graph, updated in place.
///
/// Layers hold parameters in `let` properties, where `Module` finds them by reflection.
public final class Parameter {
    /// The values; every update writes into this tensor, so whoever holds the parameter sees it.
    public private(set) var value: Tensor
    /// Whether weight decay makes sense: for matrices and kernels, not for gains, offsets and biases.
    public let decays: Bool

    /// Creates a parameter from initial values, which it takes over; from two dimensions on it decays if not said.
    public init(_ initial: Tensor, isTrainable: Bool = true, decays: Bool? = nil) {
        value = initial.detached().requiresGrad(isTrainable)
        self.decays = decays ?? (initial.shape.count >= 2)
    }

    /// Whether gradients are computed for it; a frozen parameter is skipped by optimisers.
    public var isTrainable: Bool {
        get { value.requiresGradient }
        set { _ = value.requiresGrad(newValue) }
    }

    /// The sizes of the dimensions.
    public var shape: [Int] { value.shape }

    /// The gradient that backward passes have added up since it was last cleared, or `nil`.
    public var gradient: Tensor? {
        get { value.grad }
        set { value.setGradient(newValue) }
    }

    /// Writes other values of the same shape into the parameter.
    public func assign(_ values: Tensor) {
        withoutGradients { _ = value.copy_(values) }
    }

    /// Moves the values to a device; gradients are dropped.
    func move(to device: Device) {
        value = value.detached().to(device: device).requiresGrad(isTrainable)
    }
}

/// A tensor that belongs to a model's state without being trained, such as a running mean.
public final class Buffer {
    /// The values, changed in place by the layer that owns them.
    public private(set) var value: Tensor

    /// Creates a buffer from initial values, which it takes over.
    public init(_ initial: Tensor) {
        value = initial.detached()
    }

    /// The sizes of the dimensions.
    public var shape: [Int] { value.shape }

    /// Writes other values of the same shape into the buffer.
    public func assign(_ values: Tensor) {
        withoutGradients { _ = value.copy_(values) }
    }

    /// Moves the values to a device.
    func move(to device: Device) {
        value = value.detached().to(device: device)
    }
}
