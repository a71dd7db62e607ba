import Basics

// Matrices are the last two dimensions; the others are a batch. In float32 or float64, on the CPU by LAPACK.

extension Tensor {
    /// The lower triangular L with `self = L Lᵀ` of a symmetric positive definite matrix.
    ///
    /// - Throws: `ForesightError` (failure) when the matrix is not positive definite.
    public func cholesky() throws -> Tensor {
        let (factor, status) = Linear.cholesky.pair(.tensor(self))
        let worst = status.amax().item()
        guard worst == 0 else {
            throw ForesightError.failure(
                "the matrix of shape \(shape) is not positive definite: leading minor \(Int(worst)) is not positive",
                remedy: "add a multiple of the identity")
        }
        return factor
    }

    /// X with `self · X = other`.
    ///
    /// - Throws: `ForesightError` (failure) when the matrix is singular.
    public func solve(_ other: Tensor) throws -> Tensor {
        let results = Linear.solve.many(.tensor(self), .tensor(other), capacity: 2)
        guard let solution = results.first, results.count == 2, results[1].amax().item() == 0 else {
            throw ForesightError.failure(
                "the matrix of shape \(shape) is singular", remedy: "add a multiple of the identity, or use lstsq")
        }
        return solution
    }

    /// X with the least `‖self · X - other‖`, of full rank.
    public func lstsq(_ other: Tensor) -> Tensor {
        let results = Linear.lstsq.many(.tensor(self), .tensor(other), .none, .string("gels"), capacity: 4)
        guard let solution = results.first else { Tensor.stop("lstsq", [self, other]) }
        return solution
    }

    /// The inverse.
    ///
    /// - Throws: `ForesightError` (failure) when the matrix is singular.
    public func inverse() throws -> Tensor {
        let (inverse, status) = Linear.inverse.pair(.tensor(self))
        guard status.amax().item() == 0 else {
            throw ForesightError.failure(
                "the matrix of shape \(shape) is singular", remedy: "add a multiple of the identity, or use lstsq")
        }
        return inverse
    }

    /// The singular values, greatest first.
    public func svdvals() -> Tensor { Linear.svdvals(.tensor(self)) }

    /// U, the singular values and Vᵀ, without the parts that meet no singular value.
    public func svd() -> (u: Tensor, values: Tensor, vTransposed: Tensor) {
        let parts = Linear.svd.many(.tensor(self), .bool(false), capacity: 3)
        precondition(parts.count == 3, "svd returned \(parts.count) tensors")
        return (parts[0], parts[1], parts[2])
    }

    /// The eigenvalues of a symmetric matrix, least first; only the lower triangle is read.
    public func eigvalsh() -> Tensor { Linear.eigvalsh(.tensor(self)) }

    /// The eigenvalues and eigenvectors (in columns) of a symmetric matrix, least first.
    public func eigh() -> (values: Tensor, vectors: Tensor) {
        let (values, vectors) = Linear.eigh.pair(.tensor(self))
        return (values, vectors)
    }

    /// The eigenvalues of a square matrix: real and imaginary parts, each `[…, n]`, in no order.
    public func eigvals() -> (real: Tensor, imaginary: Tensor) {
        let values = Linear.eigvals(.tensor(self))
        return (Linear.real(.tensor(values)).clone(), Linear.imaginary(.tensor(values)).clone())
    }

    /// The greatest magnitude of the eigenvalues, `[…]`: below 1 where repeated multiplication dies out.
    public func spectralRadius() -> Tensor {
        let (real, imaginary) = eigvals()
        return (real.square() + imaginary.square()).sqrt().amax(dim: -1)
    }

    /// Q with orthonormal columns and upper triangular R with `self = Q R`.
    public func qr() -> (q: Tensor, r: Tensor) {
        let (q, r) = Linear.qr.pair(.tensor(self), .string("reduced"))
        return (q, r)
    }

    private enum Linear {
        static let cholesky = Operator("linalg_cholesky_ex")
        static let solve = Operator("linalg_solve_ex")
        static let lstsq = Operator("linalg_lstsq")
        static let inverse = Operator("linalg_inv_ex")
        static let svdvals = Operator("linalg_svdvals")
        static let svd = Operator("linalg_svd")
        static let eigvalsh = Operator("linalg_eigvalsh")
        static let eigh = Operator("linalg_eigh")
        static let eigvals = Operator("linalg_eigvals")
        static let real = Operator("real")
        static let imaginary = Operator("imag")
        static let qr = Operator("linalg_qr")
    }
}
