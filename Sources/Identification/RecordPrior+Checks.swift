import Basics

extension RecordPrior {
    /// What to say when the record determines no model.
    static func singular(rows: Int, order: Int) -> ForesightError {
        .data(
            "\(rows) complete rows do not determine a linear model of order \(order)",
            remedy: "give longer episodes or a smaller order=")
    }

    /// Whether parts have sizes that belong together and numbers that make sense: not so in a damaged file.
    public var isConsistent: Bool {
        guard model.hasConsistentSizes, model.inputDelay == 1 else { return false }
        let (width, outputs) = (model.parameters.rows, model.layout.outputs.count)
        return covariance.isConsistent && covariance.rows == width && covariance.columns == width
            && noise.count == outputs && excitation.count == outputs && noise.allSatisfy { $0.isFinite && $0 > 0 }
            && excitation.allSatisfy { $0.isFinite && $0 >= 0 } && covariance.elements.allSatisfy(\.isFinite)
            && model.parameters.elements.allSatisfy(\.isFinite) && choleskyFactor(covariance) != nil
    }
}

extension RecordPrior {
    /// The mean of each input in the training record, physical units.
    public var meanInputs: [Double] { model.inputScaling.mean }
}

extension ARXModel {
    /// The regressor `[1, y_{t−1}, u_{t−d}, …]` of a row, of standardised signals `[time, output]` and `[time, input]`.
    func regressor(_ y: [Double], _ u: [Double], _ time: Int) -> [Double] {
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        var phi = [1.0]
        phi.reserveCapacity(parameters.rows)
        for lag in 1...order {
            let past = (time - lag) * outputs
            phi += y[past..<(past + outputs)]
            let driven = (time - inputDelay - lag + 1) * inputs
            phi += u[driven..<(driven + inputs)]
        }
        return phi
    }

    /// One step of one output, standardised.
    func step(_ phi: [Double], _ output: Int) -> Double {
        var sum = 0.0
        for row in phi.indices { sum += phi[row] * parameters[row, output] }
        return sum
    }
}
