import WorldModels

/// A model's scaling in single precision, as rollouts use it.
struct SignalFactors {
    /// `[output]`.
    let outputMean: [Float]
    /// `[output]`.
    let outputScale: [Float]
    /// `[action]`.
    let actionMean: [Float]
    /// 1 by the scale, `[action]`.
    let actionFactor: [Float]
    private let disturbanceMean: [Double]
    private let disturbanceScale: [Double]

    init(_ description: ModelDescription) {
        let scaling = description.scaling
        let actions = description.actions.count
        outputMean = scaling.outputMean.map { Float($0) }
        outputScale = scaling.outputScale.map { Float($0) }
        actionMean = scaling.inputMean.prefix(actions).map { Float($0) }
        actionFactor = scaling.inputScale.prefix(actions).map { Float(1 / $0) }
        disturbanceMean = Array(scaling.inputMean.dropFirst(actions))
        disturbanceScale = Array(scaling.inputScale.dropFirst(actions))
    }

    /// Disturbances in physical units, row-major `[step, disturbance]`, as normalised ones.
    func normalised(disturbances values: [Double]) -> [Float] {
        let count = disturbanceMean.count
        return values.enumerated().map { index, value in
            Float((value - disturbanceMean[index % count]) / disturbanceScale[index % count])
        }
    }
}
