public import Networks
public import Perception
public import Tensors

/// The predictor of sensor models: a linear part that never expands and a bounded nonlinear part, stable over any
/// number of steps.
///
/// ```
/// ẑ_{t+1} = ẑ_t Â + u_t B + u_{t+1} B₁ + b + φ((ẑ_t ⊘ s) P + u_t V + c) G,    Â = A / max(1, ‖A‖₂)
/// ```
/// φ is tanh, or a cube held at its ends: see ``BoundedActivation``.
///
/// B₁ is there only for logs in which an output answers to the input of its own row: one that moves between samples, or
/// acts at once (a force on an acceleration). With `C B₁ = D` it stands for the direct feedthrough D of the textbooks.
///
/// ‖Â‖₂ ≤ 1 and the nonlinear term is bounded by the columns of |G|, so bounded inputs give states that grow at most
/// linearly with time, and only along directions where ‖Â‖₂ = 1: the integrating modes of a plant that integrates.
/// Everywhere else they stay bounded. With G = 0 it is a linear model, which is where training starts.
public final class ContractiveTransition: LatentTransition {
    /// The linear part A before it is normalised, `[members, D, D]`, acting on rows.
    public let linear: Parameter
    /// The input matrix B, `[members, inputs, D]`.
    public let input: Parameter
    /// The matrix B₁ of the input at the end of a step, `[members, inputs, D]`; `nil` where outputs answer only later.
    public let lead: Parameter?
    /// The offset b, `[members, 1, D]`.
    public let offset: Parameter
    /// How the hidden units see the representation, P `[members, D, hidden]`.
    public let hiddenState: Parameter
    /// How the hidden units see the inputs, V `[members, inputs, hidden]`.
    public let hiddenInput: Parameter
    /// The thresholds c of the hidden units, `[members, 1, hidden]`.
    public let hiddenOffset: Parameter
    /// What the hidden units add, G `[members, hidden, D]`.
    public let correction: Parameter
    /// The activation φ of the hidden units.
    public let activation: BoundedActivation
    /// Whether the linear part is held to a spectral norm of 1; without, Â = A, and free runs may grow.
    public let isBounded: Bool
    /// The typical size s of each component of the representation over the training data, `[members, 1, D]`.
    public let scale: Buffer

    /// Creates the transition from initial values of its linear part.
    ///
    /// - Parameters:
    ///   - linear: A, `[members, D, D]`, acting on rows.
    ///   - input: B, `[members, inputs, D]`.
    ///   - lead: B₁, `[members, inputs, D]`, or `nil`.
    ///   - offset: b, `[members, 1, D]`.
    ///   - hidden: The number of hidden units of the nonlinear part.
    ///   - activation: What they compute.
    ///   - isBounded: Whether the linear part is held to a spectral norm of 1.
    ///   - seed: Where the hidden units' weights come from; G starts at zero.
    public init(
        linear: Tensor, input: Tensor, lead: Tensor? = nil, offset: Tensor, hidden: Int,
        activation: BoundedActivation = .tanh, isBounded: Bool = true, seed: Seed
    ) {
        self.activation = activation
        self.isBounded = isBounded
        let (members, width, inputs) = (linear.size(0), linear.size(1), input.size(1))
        self.linear = Parameter(linear, decays: false)
        self.input = Parameter(input, decays: false)
        self.lead = lead.map { Parameter($0, decays: false) }
        self.offset = Parameter(offset, decays: false)
        func drawn(_ name: String, _ rows: Int, _ factor: Double) -> Parameter {
            Parameter(
                Tensor.stack(
                    (0..<members).map { member in
                        Tensor.normal([rows, hidden], using: seed[name][member].generator()) * factor
                    }, dim: 0), decays: name != "hidden_offset")
        }
        hiddenState = drawn("hidden_state", width, 0.5 / Double(max(width, 1)).squareRoot())
        hiddenInput = drawn("hidden_input", inputs, 0.5 / Double(max(inputs, 1)).squareRoot())
        hiddenOffset = drawn("hidden_offset", 1, 0.3)
        correction = Parameter(Tensor.zeros([members, hidden, width]))
        scale = Buffer(Tensor.ones([members, 1, width]))
    }

    /// The size D of a representation.
    public var width: Int { linear.shape[1] }

    /// Â, `[members, D, D]`: the linear part with a spectral norm of at most 1, where it is bounded.
    public func contraction() -> Tensor {
        guard isBounded else { return linear.value }
        // Singular values come largest first.
        let norm = linear.value.svdvals().narrow(dim: 1, start: 0, length: 1).clamp(min: 1)  // [members, 1]
        return linear.value / norm.unsqueezed(2)
    }

    /// What inputs contribute at each step, computed in two products, or three.
    public func drive(_ inputs: Tensor, after: Tensor?) -> LatentDrive {
        let (members, batch, time) = (inputs.size(0), inputs.size(1), inputs.size(2))
        let rows = inputs.reshaped([members, batch * time, inputs.size(3)])
        func split(_ x: Tensor) -> [Tensor] { x.reshaped([members, batch, time, x.size(2)]).unbind(dim: 2) }
        var linearDrive = offset.value.baddbmm(rows, input.value)
        if let lead {
            let last = after ?? inputs.narrow(dim: 2, start: time - 1, length: 1)
            let following = Tensor.concatenate([inputs.narrow(dim: 2, start: 1, length: time - 1), last], dim: 2)
                .reshaped([members, batch * time, inputs.size(3)])
            linearDrive = linearDrive.baddbmm(following, lead.value)
        }
        return LatentDrive(
            parts: [
                split(linearDrive),
                split(hiddenOffset.value.baddbmm(rows, hiddenInput.value)),
            ],
            // P acts on ẑ ⊘ s: the division is moved into the matrix, once for all steps.
            shared: [contraction(), hiddenState.value / scale.value.transposed(1, 2)])
    }

    /// The next representation `[members, batch, D]`.
    public func next(_ z: Tensor, _ drive: LatentDrive, step: Int) -> Tensor {
        let hidden = activation(drive.parts[1][step].baddbmm(z, drive.shared[1]))  // [members, batch, hidden]
        return drive.parts[0][step].baddbmm(z, drive.shared[0]).baddbmm(hidden, correction.value)
    }
}
