public import Networks
public import Perception
public import Tensors

/// The sizes of a sensor world model; with the channels, all that is needed to build one.
public struct SensorArchitecture: Sendable, Equatable {
    /// Ensemble members, trained together as one batched model.
    public var members: Int
    /// Observed channels.
    public var outputs: Int
    /// Action and disturbance channels, in this order.
    public var inputs: Int
    /// Components of the representation that start as the linear model's state.
    public var core: Int
    /// Further components, free to hold what the linear model cannot.
    public var free: Int
    /// Hidden units of the nonlinear part.
    public var hidden: Int
    /// What they compute.
    public var activation: BoundedActivation
    /// Whether a step also sees the input at its end.
    public var hasLead: Bool
    /// Rows of a history behind the first that are encoded with a gain of their own.
    public var transient: Int
    /// Whether the linear part is held to a spectral norm of 1.
    public var isBounded: Bool
    /// Steps over which the inverse dynamics recover the actions.
    public var inverseSteps: Int
    /// Actions among the inputs: the first ones.
    public var actions: Int

    /// Creates the sizes.
    public init(
        members: Int, outputs: Int, inputs: Int, actions: Int, core: Int, free: Int, hidden: Int,
        activation: BoundedActivation = .tanh, hasLead: Bool = false, transient: Int = 0,
        isBounded: Bool = true, inverseSteps: Int
    ) {
        self.members = members
        self.outputs = outputs
        self.inputs = inputs
        self.actions = actions
        self.core = core
        self.free = free
        self.hidden = hidden
        self.activation = activation
        self.hasLead = hasLead
        self.transient = transient
        self.isBounded = isBounded
        self.inverseSteps = inverseSteps
    }

    /// The size D of a representation.
    public var width: Int { core + free }
}

/// A joint-embedding predictive model of a system recorded by sensors: observer encoder, contractive predictor,
/// readouts in normalised channel units, and an inverse-dynamics head. All members of the ensemble are one batch.
public final class SensorWorldModel: Module {
    /// The sizes.
    public let architecture: SensorArchitecture
    /// The predictor `ẑ_{t+1} = f(ẑ_t, u_t)`.
    public let predictor: ContractiveTransition
    /// The encoder of a window of measurements.
    public let encoder: ObserverEncoder
    /// The linear readout C, `[members, D, outputs]`.
    public let readout: Parameter
    /// The readout's offset, `[members, 1, outputs]`.
    public let readoutOffset: Parameter
    /// First layer of the endpoint inverse dynamics, `(z_t, z_{t+H}) → hidden`.
    public let inverseInput: EnsembleLinear
    /// Second layer of the endpoint inverse dynamics, `hidden → H · actions`.
    public let inverseOutput: EnsembleLinear

    /// Creates a model whose linear part starts from `start`.
    public init(_ architecture: SensorArchitecture, start: LinearStart, seed: Seed) {
        self.architecture = architecture
        predictor = ContractiveTransition(
            linear: start.linear, input: start.input, lead: architecture.hasLead ? start.lead : nil,
            offset: start.offset, hidden: architecture.hidden, activation: architecture.activation,
            isBounded: architecture.isBounded, seed: seed["predictor"])
        encoder = ObserverEncoder(gain: start.gain, transient: architecture.transient)
        readout = Parameter(start.readout, decays: false)
        readoutOffset = Parameter(Tensor.zeros([architecture.members, 1, architecture.outputs]), decays: false)
        let inverseHidden = Self.inverseHidden(architecture)
        inverseInput = EnsembleLinear(
            members: architecture.members, 2 * architecture.width, inverseHidden, seed: seed["inverse_input"])
        inverseOutput = EnsembleLinear(
            members: architecture.members, inverseHidden, architecture.inverseSteps * architecture.actions,
            seed: seed["inverse_output"])
    }

    /// Hidden units of the inverse dynamics.
    static func inverseHidden(_ sizes: SensorArchitecture) -> Int { 2 * max(16, sizes.width) }

    /// Takes away what inputs do, as is right of those that never moved in training: no gradient ever reached what was drawn
    /// for them, and it would act where they move.
    ///
    /// - Parameter inputs: Their places among the inputs.
    func silence(inputs: [Int]) {
        guard !inputs.isEmpty else { return }
        let count = architecture.inputs
        let kept = Tensor(
            (0..<count).map { inputs.contains($0) ? 0 : 1 } as [Float], shape: [1, count, 1])
        let parameters = [predictor.input, predictor.hiddenInput] + [predictor.lead].compactMap { $0 }
        withoutGradients {
            for parameter in parameters { parameter.assign(parameter.value * kept) }
        }
    }

    /// Predicted outputs `[members, batch, output]`, normalised, of representations `[members, batch, D]`.
    public func read(_ z: Tensor) -> Tensor { readoutOffset.value.baddbmm(z, readout.value) }

    /// Encodes a window.
    ///
    /// - Parameters:
    ///   - outputs: `[members, batch, time, output]`, normalised.
    ///   - mask: 1 where measured, 0 where missing.
    ///   - inputs: `[members, batch, time, input]`, normalised.
    /// - Returns: One representation `[members, batch, D]` for each row.
    public func encode(outputs: Tensor, mask: Tensor, inputs: Tensor) -> [Tensor] {
        encoder.encode(outputs: outputs, mask: mask, inputs: inputs, transition: predictor, readout: read)
    }

    /// How fast what an encoder is wrong by dies out along a history, for each member, `[members]`.
    ///
    /// The spectral radius of `(I − C K) Â`: a representation's error goes through it from row to row, but for what the
    /// nonlinear part adds, which is bounded. So below 1, measurements that stay bounded are encoded to representations
    /// that do, as long as all outputs are measured. (The radius of the observer of Luenberger 1964.)
    public func encodingRadius() -> Tensor {
        let transition = predictor.contraction()
        return (transition - readout.value.matmul(encoder.gain.value).matmul(transition)).spectralRadius()
    }

    /// Predicts representations under inputs.
    ///
    /// - Parameters:
    ///   - start: The representation before the first input, `[members, batch, D]`.
    ///   - inputs: `[members, batch, time, input]`, normalised; that of row `k` leads to prediction `k`.
    ///   - after: Inputs of the last predicted row itself, `[members, batch, 1, input]`; without, the last are held. Only
    ///     models whose steps see the input at their end look at it.
    /// - Returns: `time × [members, batch, D]`.
    public func rollout(from start: Tensor, inputs: Tensor, after: Tensor? = nil) -> [Tensor] {
        let drive = predictor.drive(inputs, after: after)
        var z = start
        return (0..<drive.count).map { step in
            z = predictor.next(z, drive, step: step)
            return z
        }
    }

    /// The readouts of representations along time: `time × [members, batch, D]` to `[members, batch, time, output]`.
    public func readAll(_ states: [Tensor]) -> Tensor {
        let z = Tensor.stack(states, dim: 2)  // [members, batch, time, D]
        let (members, batch, time) = (z.size(0), z.size(1), z.size(2))
        return read(z.reshaped([members, batch * time, z.size(3)]))
            .reshaped([members, batch, time, architecture.outputs])
    }

    /// The actions `[members, batch, H · actions]`, normalised, that the inverse dynamics see between two
    /// representations `[members, batch, D]` that lie H steps apart.
    public func inverse(_ start: Tensor, _ end: Tensor) -> Tensor {
        let scale = predictor.scale.value
        let pair = Tensor.concatenate([start / scale, end / scale], dim: 2)
        return inverseOutput(inverseInput(pair).relu())
    }
}
