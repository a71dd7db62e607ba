import Basics
import Tensors
import Testing
import _TestSupport

@Suite struct LinearAlgebraTests {
    private func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
        Tensor.normal(shape, using: TorchGenerator(seed: seed), dtype: .float64)
    }

    private func near(_ a: Tensor, _ b: Tensor) -> Bool { isClose(a.doubles(), b.doubles(), within: 1e-10) }

    @Test("Products: by hand, in batches, transposed")
    func products() {
        let a = Tensor([1, 2, 3, 4], shape: [2, 2])
        let b = Tensor([5, 6, 7, 8], shape: [2, 2])
        #expect(a.matmul(b).floats() == [19, 22, 43, 50])
        #expect(a.linear(b).floats() == a.matmul(b.T).floats())
        #expect(a.linear(b, Tensor([1, 2])).floats() == (a.matmul(b.T) + Tensor([1, 2])).floats())
        #expect(a.matmul(Tensor([1, 1])).floats() == [3, 7])
        let left = random([3, 4, 5])
        let right = random([3, 5, 2], seed: 2)
        for index in 0..<3 { #expect(near(left.bmm(right)[index], left[index].matmul(right[index]))) }
        #expect(near(Tensor.einsum("bij,bjk->bik", [left, right]), left.bmm(right)))
        #expect(near(random([3, 1, 2]).baddbmm(left, right), left.bmm(right) + random([3, 1, 2])))
        #expect(Tensor([1, 2]).outer(Tensor([3, 4])).floats() == [3, 4, 6, 8])
    }

    @Test("A Cholesky factor times its transpose is the matrix; without one it says why")
    func cholesky() throws {
        let a = random([2, 4, 4])
        let positive = a.matmul(a.T) + Tensor.eye(4, dtype: .float64)
        let factor = try positive.cholesky()
        #expect(near(factor.matmul(factor.T), positive))
        #expect(factor.triu(diagonal: 1).abs().amax().item() == 0)
        let error = #expect(throws: ForesightError.self) { try (-positive).cholesky() }
        #expect(error?.message.contains("is not positive definite") == true)
    }

    @Test("Solutions solve; singular matrices are refused")
    func solving() throws {
        let a = random([3, 5, 5])
        let b = random([3, 5, 2], seed: 2)
        #expect(near(a.matmul(try a.solve(b)), b))
        #expect(near(a.matmul(try a.inverse()), Tensor.eye(5, dtype: .float64).expanded(to: [3, 5, 5])))
        #expect(throws: ForesightError.self) { try Tensor.zeros([2, 2]).solve(Tensor.ones([2, 1])) }
        #expect(throws: ForesightError.self) { try Tensor.zeros([2, 2]).inverse() }
    }

    @Test("Least squares leaves a residual that is orthogonal to the columns")
    func leastSquares() {
        let a = random([9, 3])
        let b = random([9, 2], seed: 2)
        let residual = b - a.matmul(a.lstsq(b))
        #expect(a.T.matmul(residual).abs().amax().item() < 1e-12)
        #expect(residual.norm().item() > 0.1)
    }

    @Test("Q has orthonormal columns, R is triangular, and their product is the matrix")
    func qr() {
        let a = random([5, 3])
        let (q, r) = a.qr()
        #expect(near(q.matmul(r), a))
        #expect(near(q.T.matmul(q), Tensor.eye(3, dtype: .float64)))
        #expect(r.tril(diagonal: -1).abs().amax().item() == 0)
    }

    @Test("Singular values are roots of the eigenvalues of AᵀA, greatest first")
    func singularValues() {
        let a = random([6, 4])
        let values = a.svdvals()
        #expect(near(values.square(), a.T.matmul(a).eigvalsh().flip(dims: [0])))
        let parts = a.svd()
        #expect(near(parts.values, values))
        #expect(near((parts.u * parts.values).matmul(parts.vTransposed), a))
    }

    @Test("Eigenvalues add up to the trace and multiply to the determinant")
    func eigenvalues() {
        let a = random([4, 4])
        let symmetric = a + a.T
        let (values, vectors) = symmetric.eigh()
        #expect(isClose(values.sum().item(), symmetric.diagonal().sum().item(), within: 1e-10))
        #expect(near(symmetric.matmul(vectors), vectors * values))
        let turn = Tensor([0, -2, 2, 0] as [Double], shape: [2, 2])
        let (real, imaginary) = turn.eigvals()
        #expect(real.abs().amax().item() < 1e-12)
        #expect(isClose(imaginary.sort().values.doubles(), [-2, 2], within: 1e-12))
        #expect(isClose(turn.spectralRadius().item(), 2, within: 1e-12))
    }
}
