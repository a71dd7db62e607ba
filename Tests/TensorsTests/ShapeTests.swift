import Tensors
import Testing

@Suite struct ShapeTests {
    /// `0 …< 24` as `[2, 3, 4]`.
    private let x = Tensor.arange(24).reshaped([2, 3, 4])

    @Test("Shapes change, elements keep their order")
    func reshaping() {
        #expect(x.reshaped([6, -1]).shape == [6, 4])
        #expect(x.flattened().shape == [24])
        #expect(x.flattened(from: 1).shape == [2, 12])
        #expect(x.flattened(to: 1).shape == [6, 4])
        #expect(x.flattened(from: -2, to: -1).floats() == x.floats())
        #expect(Tensor(scalar: 1).flattened().shape == [1])
        #expect(x.unsqueezed(1).shape == [2, 1, 3, 4])
        #expect(x.unsqueezed(-1).squeezed(3).shape == [2, 3, 4])
        #expect(x.size(-1) == 4)
    }

    @Test("A permuted element is where its permuted index says")
    func permuting() {
        let y = x.permuted([2, 0, 1])
        #expect(y.shape == [4, 2, 3])
        for i in 0..<2 {
            for j in 0..<3 { for k in 0..<4 { #expect(y[k][i][j].item() == Double(12 * i + 4 * j + k)) } }
        }
        #expect(x.transposed(0, 2).shape == [4, 3, 2])
        #expect(x.T.shape == [2, 4, 3])
        #expect(x.T.T.isIdentical(to: x))
    }

    @Test("Parts are views")
    func parts() {
        #expect(x[1].floats() == Array(12..<24).map(Float.init))
        #expect(x[-1].isIdentical(to: x[1]))
        #expect(x[1, 2].floats() == [20, 21, 22, 23])
        #expect(x[0..<1].shape == [1, 3, 4])
        #expect(x[0..<2, 1..<3].shape == [2, 2, 4])
        #expect(x.select(dim: 2, index: 3).floats() == [3, 7, 11, 15, 19, 23])
        #expect(x.narrow(dim: -1, start: 1, length: 2)[0, 0].floats() == [1, 2])
        #expect(x.strided(dim: 2, from: 1, by: 2)[0, 0].floats() == [1, 3])
        let copy = x.clone()
        copy[0, 0].fill_(-1)
        #expect(copy.floats().prefix(5) == [-1, -1, -1, -1, 4])
    }

    @Test("What is cut and joined again is the same", arguments: [0, 1, 2])
    func cutting(dim: Int) {
        #expect(Tensor.concatenate(x.chunk(2, dim: dim), dim: dim).isIdentical(to: x))
        #expect(Tensor.concatenate(x.split(1, dim: dim), dim: dim).isIdentical(to: x))
        #expect(Tensor.stack(x.unbind(dim: dim), dim: dim).isIdentical(to: x))
        let size = x.size(dim)
        #expect(Tensor.concatenate(x.split([1, size - 1], dim: dim), dim: dim).isIdentical(to: x))
    }

    @Test("Parts of unequal size: the last is shorter")
    func unequal() {
        let y = Tensor.arange(10)
        #expect(y.chunk(3).map(\.count) == [4, 4, 2])
        #expect(y.split(4).map(\.count) == [4, 4, 2])
        #expect(y.chunk(20).count == 10)
        #expect(Tensor.zeros([0, 2]).split(3).map(\.shape) == [[0, 2]])
    }

    @Test("Repetition")
    func repetition() {
        let row = Tensor([1, 2])
        #expect(row.expanded(to: [3, 2]).floats() == [1, 2, 1, 2, 1, 2])
        #expect(row.unsqueezed(0).expanded(to: [2, -1]).strides == [0, 1])
        #expect(row.repeated([2, 2]).floats() == [1, 2, 1, 2, 1, 2, 1, 2])
        #expect(row.repeatedInterleaved(2, dim: 0).floats() == [1, 1, 2, 2])
    }

    @Test("Order and edges")
    func order() {
        let y = Tensor([1, 2, 3, 4])
        #expect(y.flip(dims: [0]).floats() == [4, 3, 2, 1])
        #expect(y.roll(1, dim: 0).floats() == [4, 1, 2, 3])
        #expect(y.roll(-1, dim: 0).floats() == [2, 3, 4, 1])
        #expect(y.padded([1, 2]).floats() == [0, 1, 2, 3, 4, 0, 0])
        #expect(y.padded([1, 0], .constant(9)).floats() == [9, 1, 2, 3, 4])
        #expect(y.unsqueezed(0).padded([2, 1], .reflect).floats() == [3, 2, 1, 2, 3, 4, 3])
        #expect(y.unsqueezed(0).padded([2, 1], .replicate).floats() == [1, 1, 1, 2, 3, 4, 4])
    }

    @Test("Triangles and diagonal")
    func triangles() {
        let square = Tensor.arange(1, 10).reshaped([3, 3])
        #expect(square.triu().floats() == [1, 2, 3, 0, 5, 6, 0, 0, 9])
        #expect(square.tril(diagonal: -1).floats() == [0, 0, 0, 4, 0, 0, 7, 8, 0])
        #expect(square.diagonal().floats() == [1, 5, 9])
        #expect((square.triu(diagonal: 1) + square.tril()).isIdentical(to: square))
    }

    @Test("Selection by indices and masks")
    func selection() {
        let table = Tensor.arange(12).reshaped([4, 3])
        let picks = Tensor([3, 0, 3] as [Int64])
        #expect(table.indexSelect(dim: 0, picks).floats() == [9, 10, 11, 0, 1, 2, 9, 10, 11])
        #expect(table.indexSelect(dim: 1, Tensor([2] as [Int64])).floats() == [2, 5, 8, 11])
        #expect(
            table.embedding(Tensor([[1, 2], [0, 3]].flatMap { $0 } as [Int64], shape: [2, 2])).shape == [2, 2, 3])
        let rows = Tensor([2, 0, 1] as [Int64], shape: [1, 3])
        #expect(table.gather(dim: 0, rows).floats() == [6, 1, 5])
        #expect(
            Tensor.zeros([2, 3]).scatter(dim: 0, Tensor([1, 0, 1] as [Int64], shape: [1, 3]), table[0..<1]).floats()
                == [0, 1, 0, 0, 0, 2])
        #expect(
            Tensor.zeros([2]).scatterAdd(dim: 0, Tensor([1, 1, 0] as [Int64]), Tensor([1, 2, 4])).floats() == [4, 3])
        let mask = table.greater(8)
        #expect(table.maskedFill(mask, 0).sum().item() == 36)
        #expect(table.maskedSelect(mask).floats() == [9, 10, 11])
        #expect(mask.nonzero().int64s() == [3, 0, 3, 1, 3, 2])
    }
}
