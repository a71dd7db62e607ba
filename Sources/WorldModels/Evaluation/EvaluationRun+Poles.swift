import Identification
import Networks
import Tensors

extension EvaluationRun {
    /// Eigenvalues of the linear part of the first member's transition: inside the unit circle by construction.
    func modelPoles() -> [ComplexValue] {
        let matrix = withoutGradients { model.network.predictor.contraction()[0] }
        let width = matrix.size(0)
        return eigenvalues(of: RealMatrix(rows: width, columns: width, elements: matrix.doubles())) ?? []
    }

    /// Eigenvalues of the linear models at the world model's step.
    func linearPoles(_ reference: LinearReference) -> [ComplexValue] {
        reference.poles(stride: model.description.stride)
    }
}

extension ComplexValue {
    /// A whole power of 1 or more.
    func power(_ exponent: Int) -> ComplexValue {
        var result = self
        for _ in 1..<max(1, exponent) {
            result = ComplexValue(
                result.real * real - result.imaginary * imaginary, result.real * imaginary + result.imaginary * real)
        }
        return result
    }
}
