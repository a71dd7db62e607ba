import Tensors
import WorldModels

/// A model's scaling as tensors.
struct TensorScaling {
    /// `[output]`.
    let outputMean: Tensor
    /// `[output]`.
    let outputScale: Tensor
    /// `[action]`.
    let actionMean: Tensor
    /// 1 by the scale, `[action]`.
    let actionFactor: Tensor
    private let disturbanceMean: [Double]
    private let disturbanceScale: [Double]

    init(_ description: ModelDescription) {
        let scaling = description.scaling
        func vector(_ values: some Sequence<Double>) -> Tensor { Tensor(values.map { Float($0) }) }
        outputMean = vector(scaling.outputMean)
        outputScale = vector(scaling.outputScale)
        let actions = description.actions.count
        actionMean = vector(scaling.inputMean.prefix(actions))
        actionFactor = vector(scaling.inputScale.prefix(actions).map { 1 / $0 })
        disturbanceMean = Array(scaling.inputMean.dropFirst(actions))
        disturbanceScale = Array(scaling.inputScale.dropFirst(actions))
    }

    /// Actions in physical units `[candidate, step, action]` as normalised ones `[step, candidate, action]`.
    func normalised(actions: Tensor) -> Tensor {
        ((actions - actionMean) * actionFactor).permuted([1, 0, 2]).contiguous()
    }

    /// Disturbances in physical units, row-major `[step, disturbance]`, as normalised ones.
    func normalised(disturbances values: [Double]) -> [Float] {
        let count = disturbanceMean.count
        return values.enumerated().map { index, value in
            Float((value - disturbanceMean[index % count]) / disturbanceScale[index % count])
        }
    }
}
