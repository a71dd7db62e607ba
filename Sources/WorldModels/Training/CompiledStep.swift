import CKernels
import Networks
import Perception
import Tensors

/// The loss of windows and its gradient by the compiled kernel, `native/kernels/training.cpp`, in one pass instead of some two
/// thousand operations of libtorch; and the one place that decides where it can.
///
/// Equal to libtorch's path but for rounding. What a member computes depends neither on the others nor on how many threads
/// there are, to the bit.
final class CompiledStep {
    /// A member's learned weights beyond this do not stay in a core's cache, and libtorch's blocked products are then the
    /// faster ones.
    static let mostBytes = 512 * 1024

    private let model: SensorWorldModel
    private let data: TrainingData
    private let objective: TrainingObjective
    /// The learned weights in the order of the kernel, the linear part first.
    private let learned: [Parameter]
    /// Gradients of all of them in one row, and that of each as a part of it.
    private let gradient: Tensor
    private let parts: [Tensor]
    /// Threads that members are shared among: those of the engine when this was made.
    private let threads = Int32(clamping: Engine.threads)
    /// What the kernel reads: the learned weights, and behind them what is not learned.
    private var weights: [Float] = []

    /// Prepares steps of an epoch; `nil` where only libtorch can do them, or does them faster.
    init?(model: SensorWorldModel, data: TrainingData, objective: TrainingObjective) {
        let antiCollapse = objective.settings.antiCollapse
        guard antiCollapse == .sigreg || antiCollapse == .none, objective.teacher == nil,
            let firstBias = model.inverseInput.bias, let secondBias = model.inverseOutput.bias
        else { return nil }
        let (predictor, encoder) = (model.predictor, model.encoder)
        learned =
            [predictor.linear, predictor.input] + (predictor.lead.map { [$0] } ?? []) + [
                predictor.offset, predictor.hiddenState, predictor.hiddenInput, predictor.hiddenOffset,
                predictor.correction, encoder.gain, encoder.firstGain, encoder.prior, model.readout,
                model.readoutOffset, model.inverseInput.weight, firstBias, model.inverseOutput.weight, secondBias,
            ]
        let count = learned.reduce(0) { $0 + $1.value.count }
        guard learned.allSatisfy({ $0.value.device == .cpu && $0.value.dtype == .float32 && $0.isTrainable }),
            count * MemoryLayout<Float>.size <= model.architecture.members * Self.mostBytes
        else { return nil }
        let gradient = Tensor.zeros([count])
        var first = 0
        parts = learned.map { parameter in
            defer { first += parameter.value.count }
            return gradient.narrow(dim: 0, start: first, length: parameter.value.count).reshaped(parameter.shape)
        }
        self.gradient = gradient
        (self.model, self.data, self.objective) = (model, data, objective)
    }

    /// Adds the gradient of the loss to the weights, which have none yet.
    ///
    /// - Parameters:
    ///   - starts: First predicted rows, one list of equal length for each member.
    ///   - history: Rows before each start.
    ///   - steps: Rows from each start on.
    ///   - generator: Where directions of SIGReg come from.
    /// - Returns: The terms of the loss, not weighted.
    func gradients(
        starts: [[Int]], history: Int, steps: Int, using generator: TorchGenerator
    ) -> [(name: String, value: Double)] {
        let settings = objective.settings
        let sizes = model.architecture
        let batch = starts[0].count
        let contraction = model.predictor.contraction()
        pack(contraction)
        let isSpread = settings.antiCollapse == .sigreg && settings.antiCollapseWeight > 0
        let directions =
            isSpread ? Tensor.normal([sizes.members, sizes.width, settings.directions], using: generator) : nil
        let isInverse = settings.inverse > 0 && sizes.actions > 0
        precondition(
            !isInverse || history + steps > sizes.inverseSteps, "windows are shorter than the inverse dynamics")
        let shape = [
            sizes.members, sizes.outputs, sizes.inputs, sizes.width, sizes.hidden, sizes.actions, sizes.inverseSteps,
            model.inverseInput.outputs, sizes.transient, batch, history, steps, isSpread ? settings.directions : 0,
            sizes.activation == .cubic ? 1 : 0, sizes.hasLead ? 1 : 0,
        ].map(Int32.init)
        let factors = [
            settings.grounding, settings.encoding, settings.prediction / objective.predictionScale,
            settings.antiCollapseWeight / Double(batch), isInverse ? settings.inverse : 0,
        ]
        let values = run(shape, starts.joined().map(Int64.init), directions, factors)
        for (parameter, part) in zip(learned, parts).dropFirst() { parameter.gradient = part }
        if !isInverse {
            for parameter in learned.suffix(4) { parameter.gradient = nil }
        }
        if model.predictor.isBounded {
            contraction.backward(gradient: parts[0])
        } else {
            model.predictor.linear.gradient = parts[0]
        }
        var terms: [(name: String, value: Double)] = [("grounding", values[0])]
        if settings.encoding > 0 { terms.append(("encoding", values[1])) }
        if settings.prediction > 0 { terms.append(("prediction", values[2] / objective.predictionScale)) }
        if isSpread { terms.append(("sigreg", values[3])) }
        if isInverse { terms.append(("inverse", values[4])) }
        return terms
    }

    /// Puts the weights into one row.
    private func pack(_ contraction: Tensor) {
        let rest = [model.predictor.scale.value, model.encoder.transient?.value, objective.errorScale]
        weights.removeAll(keepingCapacity: true)
        for tensor in [contraction] + learned.dropFirst().map(\.value) + rest.compactMap({ $0 }) {
            tensor.withFloats { weights.append(contentsOf: $0) }
        }
    }

    private func run(_ shape: [Int32], _ starts: [Int64], _ directions: Tensor?, _ factors: [Double]) -> [Double] {
        var terms = [Double](repeating: 0, count: factors.count)
        let (table, none) = (data.table, Tensor.zeros([0]))
        let status = table.outputs.withFloats { outputs in
            table.mask.withFloats { mask in
                table.inputs.withFloats { inputs in
                    (data.visible ?? none).withFloats { visible in
                        (directions ?? none).withFloats { directions in
                            // A tensor of ours on the processor, without gaps: what is lent is its own memory.
                            gradient.withFloats { gradient -> Int32 in
                                guard let outputs = outputs.baseAddress, let mask = mask.baseAddress,
                                    let gradient = UnsafeMutablePointer(mutating: gradient.baseAddress)
                                else { return -1 }
                                // Without inputs, any address will do: nothing is read from it.
                                return ct_training_step(
                                    shape, weights, outputs, mask, inputs.baseAddress ?? outputs, visible.baseAddress,
                                    Int64(table.outputs.size(0)), starts, directions.baseAddress, factors,
                                    threads, gradient, &terms)
                            }
                        }
                    }
                }
            }
        }
        precondition(status == 0, "a step of training found no memory; give a smaller batch= or horizon=")
        return terms
    }
}
