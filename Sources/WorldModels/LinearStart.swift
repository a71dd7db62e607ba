import Foundation
public import Identification
public import Tensors

/// Where the linear part of a sensor model starts: an identified linear model per member, in coordinates in which it
/// contracts.
///
/// An ARX model of order n in observer form has the state `x ∈ R^{n·outputs}`; its first block is the output, and
/// correcting that block by the measurement reproduces the ARX one-step prediction exactly. With P from the Lyapunov
/// equation `P = FᵀPF + Q`, the coordinates `z = P^{1/2} x` give `‖P^{1/2} F P^{-1/2}‖₂ < 1` for every stable F: a
/// starting point that satisfies the predictor's norm bound without changing the model.
public struct LinearStart {
    /// A, `[members, D, D]`, acting on rows.
    public var linear: Tensor
    /// B, `[members, inputs, D]`.
    public var input: Tensor
    /// B₁ of the input at the end of a step, `[members, inputs, D]`.
    public var lead: Tensor
    /// b, `[members, 1, D]`.
    public var offset: Tensor
    /// C, `[members, D, outputs]`.
    public var readout: Tensor
    /// K, `[members, outputs, D]`.
    public var gain: Tensor

    /// A start of zeros in the right shapes, for a model whose weights are loaded afterwards.
    public static func empty(_ sizes: SensorArchitecture) -> LinearStart {
        let (members, width) = (sizes.members, sizes.width)
        return LinearStart(
            linear: .zeros([members, width, width]), input: .zeros([members, sizes.inputs, width]),
            lead: .zeros([members, sizes.inputs, width]), offset: .zeros([members, 1, width]),
            readout: .zeros([members, width, sizes.outputs]),
            gain: .zeros([members, sizes.outputs, width]))
    }

    /// The start from one linear model per member.
    ///
    /// - Parameters:
    ///   - models: Observer forms in normalised units, one a member, all of the same order.
    ///   - sizes: The sizes of the world model; `core` is `order · outputs`.
    ///   - timeConstants: Time constants in steps for the free components, `free` of them.
    ///   - seed: Where the free components' input weights come from.
    public init(models: [ObserverForm], sizes: SensorArchitecture, timeConstants: [Double], seed: UInt64) {
        self = .empty(sizes)
        let parts = models.map { $0.contractive() }
        func block(_ matrices: [RealMatrix]) -> Tensor {
            Tensor(
                matrices.flatMap { $0.elements.map(Float.init) },
                shape: [matrices.count, matrices[0].rows, matrices[0].columns])
        }
        let core = sizes.core
        withoutGradients {
            _ = linear.narrow(dim: 1, start: 0, length: core).narrow(dim: 2, start: 0, length: core)
                .copy_(block(parts.map(\.transition.transposed)))
            _ = input.narrow(dim: 2, start: 0, length: core).copy_(block(parts.map(\.input.transposed)))
            _ = lead.narrow(dim: 2, start: 0, length: core).copy_(block(parts.map(\.lead.transposed)))
            _ = offset.narrow(dim: 2, start: 0, length: core).copy_(block(parts.map(\.offset.transposed)))
            _ = readout.narrow(dim: 1, start: 0, length: core).copy_(block(parts.map(\.readout.transposed)))
            _ = gain.narrow(dim: 2, start: 0, length: core).copy_(block(parts.map(\.gain.transposed)))
            addFreeComponents(sizes, timeConstants, seed)
        }
    }

    /// Free components are first-order lags of the inputs: `h' = λ h + (1 − λ) u w`, unread until training reads them.
    private func addFreeComponents(_ sizes: SensorArchitecture, _ timeConstants: [Double], _ seed: UInt64) {
        let generator = TorchGenerator(seed: seed)
        for (index, tau) in timeConstants.prefix(sizes.free).enumerated() {
            let decay = exp(-1 / max(tau, 0.5))
            let component = sizes.core + index
            _ = linear.select(dim: 1, index: component).narrow(dim: 1, start: component, length: 1).fill_(decay)
            let weights = Tensor.normal([sizes.members, sizes.inputs], using: generator) * (1 - decay)
            _ = input.select(dim: 2, index: component).copy_(weights)
        }
    }

    private init(linear: Tensor, input: Tensor, lead: Tensor, offset: Tensor, readout: Tensor, gain: Tensor) {
        self.linear = linear
        self.input = input
        self.lead = lead
        self.offset = offset
        self.readout = readout
        self.gain = gain
    }
}
