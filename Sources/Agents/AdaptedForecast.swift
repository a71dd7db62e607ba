public import WorldModels

/// What adapting to a record adds to the predictions from one state, ready for many candidates.
///
/// The change is a difference of two linear free runs, so it is affine in the actions: `change = offset + actions · slope`.
/// Both are made once for a state and a horizon, and are then one product for all candidates, through which gradients go.
public final class AdaptedForecast {
    /// What was found out about the record.
    public let adaptation: RecordAdaptation
    /// The actions in force until now, physical units; bands are made under these.
    private let actions: [Double]
    private var known: (disturbances: [Double], response: Response)?
    private var band: (coverage: Double, from: [Float], disturbances: [Double], halfWidths: [Float])?

    /// The change at the trained scale of the actions.
    struct Response {
        let horizon: Int
        /// With every action at its mean, `[step · output]`, physical units.
        let offset: [Float]
        /// By normalised action, row-major `[step · action, step · output]`.
        let slope: [Float]
    }

    init(_ adaptation: RecordAdaptation, actions: [Double]) {
        self.adaptation = adaptation
        self.actions = actions
    }

    /// By how much the model was adapted.
    public var summary: AdaptationSummary { adaptation.summary }

    /// The change over a horizon; `nil` where nothing changes.
    ///
    /// - Parameters:
    ///   - horizon: Steps.
    ///   - disturbances: Row-major `[step, disturbance]`, physical units.
    ///   - description: The model's channels and scaling.
    /// - Returns: Offset and slope.
    func response(horizon: Int, disturbances: [Double], _ description: ModelDescription) -> Response? {
        guard adaptation.weight > 0 else { return nil }
        if let known, known.response.horizon == horizon, known.disturbances == disturbances { return known.response }
        let (count, width) = (description.actions.count, description.outputs.count)
        let scaling = description.scaling
        let offset = adaptation.change(
            inputs: inputs(Array(scaling.inputMean.prefix(count)), disturbances, horizon: horizon))
        let impulses = adaptation.impulses(horizon: horizon)
        let inputCount = description.inputs.count
        var slope = [Float](repeating: 0, count: horizon * count * horizon * width)
        for acted in 0..<horizon {
            for action in 0..<count {
                let start = (acted * count + action) * horizon * width
                for step in acted..<horizon {
                    for output in 0..<width {
                        let impulse = impulses[((step - acted) * width + output) * inputCount + action]
                        slope[start + step * width + output] = Float(impulse * scaling.inputScale[action])
                    }
                }
            }
        }
        let response = Response(horizon: horizon, offset: offset.map { Float($0) }, slope: slope)
        known = (disturbances, response)
        return response
    }

    /// Half-widths widened by what is uncertain about the record, under the actions in force held.
    ///
    /// - Parameters:
    ///   - halfWidths: Row-major `[step, output]`, physical units.
    ///   - coverage: What they promise.
    ///   - disturbances: Row-major `[step, disturbance]`, physical units, one row a step.
    ///   - horizon: Steps.
    /// - Returns: Half-widths, row-major `[step, output]`, physical units.
    func widened(_ halfWidths: [Float], coverage: Double, disturbances: [Double], horizon: Int) -> [Float] {
        if let band, band.coverage == coverage, band.from == halfWidths, band.disturbances == disturbances {
            return band.halfWidths
        }
        let result = adaptation.widened(
            halfWidths, coverage: coverage, inputs: inputs(actions, disturbances, horizon: horizon))
        band = (coverage, halfWidths, disturbances, result)
        return result
    }

    /// Actions held beside known disturbances.
    private func inputs(_ actions: [Double], _ disturbances: [Double], horizon: Int) -> [Double] {
        let count = disturbances.count / max(1, horizon)
        return (0..<horizon).flatMap { actions + disturbances[$0 * count..<($0 + 1) * count] }
    }
}
