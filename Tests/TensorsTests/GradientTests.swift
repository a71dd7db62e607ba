import Tensors
import Testing
import _TestSupport

@Suite struct GradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let shapes: [[Int]]
        let function: @Sendable ([Tensor]) -> Tensor

        init(_ name: String, _ shapes: [[Int]], _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
            (testDescription, self.shapes, self.function) = (name, shapes, function)
        }
    }

    static let cases = [
        Case("sum, broadcast", [[2, 3], [3]]) { $0[0] * $0[1] + $0[1] },
        Case("quotient", [[2, 3], [2, 1]]) { $0[0] / ($0[1].square() + 1) },
        Case("matmul", [[3, 4], [4, 2]]) { $0[0].matmul($0[1]) },
        Case("bmm", [[2, 3, 4], [2, 4, 2]]) { $0[0].bmm($0[1]) },
        Case("baddbmm", [[2, 1, 2], [2, 3, 4], [2, 4, 2]]) { $0[0].baddbmm($0[1], $0[2]) },
        Case("linear", [[5, 3], [2, 3], [2]]) { $0[0].linear($0[1], $0[2]) },
        Case("einsum", [[2, 3, 4], [4, 5]]) { Tensor.einsum("bij,jk->bik", $0) },
        Case("functions", [[7]]) { $0[0].tanh() * $0[0].sigmoid() + $0[0].exp().log1p() - $0[0].erf() },
        Case("activations", [[7]]) { $0[0].gelu() + $0[0].gelu(approximate: .tanh) * $0[0].silu() + $0[0].elu() },
        Case("softmax", [[3, 4], [3, 4]]) { $0[0].softmax(dim: -1) * $0[1] },
        Case("logsumexp", [[3, 4]]) { $0[0].logsumexp(dim: 1) },
        Case("layer norm", [[3, 4], [4], [4]]) { $0[0].layerNorm([4], weight: $0[1], bias: $0[2]) },
        Case("RMS norm", [[3, 4], [4]]) { $0[0].rmsNorm([4], weight: $0[1]) },
        Case("group norm", [[2, 4, 3], [4], [4]]) { $0[0].groupNorm(groups: 2, weight: $0[1], bias: $0[2]) },
        Case("batch norm", [[5, 3], [3], [3]]) {
            $0[0].batchNorm(weight: $0[1], bias: $0[2], runningMean: nil, runningVariance: nil, isTraining: true)
        },
        Case("attention", [[1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4]]) {
            Tensor.scaledDotProductAttention($0[0], $0[1], $0[2])
        },
        Case("causal attention", [[1, 2, 4, 4], [1, 2, 4, 4], [1, 2, 4, 4]]) {
            Tensor.scaledDotProductAttention($0[0], $0[1], $0[2], causal: true, scale: 0.3)
        },
        Case("conv1d", [[2, 2, 6], [4, 1, 3], [4]]) { $0[0].conv1d($0[1], bias: $0[2], padding: 1, groups: 2) },
        Case("conv2d", [[1, 2, 5, 5], [3, 2, 3, 3], [3]]) { $0[0].conv2d($0[1], bias: $0[2], stride: [2, 2]) },
        Case("conv transpose", [[1, 2, 3, 3], [2, 2, 2, 2]]) { $0[0].convTranspose2d($0[1], stride: [2, 2]) },
        Case("mean pooling", [[1, 1, 4, 4]]) { $0[0].avgPool2d([2, 2]) },
        Case("bicubic", [[1, 1, 4, 4]]) { $0[0].interpolated2d(to: (6, 7), .bicubic) },
        Case("variance", [[3, 4]]) { $0[0].variance(dim: 0) + $0[0].std(dim: 0, unbiased: false) },
        Case("cumsum", [[3, 4]]) { $0[0].cumsum(dim: 1).square() },
        Case("views", [[2, 3, 4]]) {
            $0[0].permuted([2, 0, 1]).reshaped([4, 6]).T[1..<4].narrow(dim: 1, start: 1, length: 2).square()
        },
        Case("selection", [[4, 3]]) { $0[0].indexSelect(dim: 0, Tensor([2, 0, 2] as [Int64])).square() },
        Case("joined", [[2, 3], [2, 3]]) {
            Tensor.concatenate([$0[0], $0[1]], dim: 1).square().sum() + Tensor.stack($0, dim: 1).pow(3).sum()
        },
        Case("padding", [[1, 2, 5]]) { $0[0].padded([2, 1], .reflect).square() },
        Case("norm", [[3, 4]]) { $0[0].norm(dim: 1) },
        Case("smooth L1", [[6], [6]]) { $0[0].smoothL1Loss($0[1] * 3) },
        Case("binary cross-entropy", [[6], [6]]) { $0[0].binaryCrossEntropyWithLogits($0[1].sigmoid()) },
        Case("svdvals", [[3, 3]]) { $0[0].svdvals() },
    ]

    @Test("Gradients agree with central differences", arguments: cases)
    func differences(_ item: Case) {
        let generator = TorchGenerator(seed: 11)
        let inputs = item.shapes.map { Tensor.normal($0, using: generator, dtype: .float64) }
        let weights = Tensor.normal(item.function(inputs).shape, using: generator, dtype: .float64)
        func loss(_ values: [Tensor]) -> Tensor { (item.function(values) * weights).sum() }

        let leaves = inputs.map { $0.clone().requiresGrad() }
        let gradients = Tensor.gradients(of: loss(leaves), withRespectTo: leaves)
        for (index, input) in inputs.enumerated() {
            var numeric: [Double] = []
            let values = input.doubles()
            let step = 1e-5
            for position in values.indices {
                func at(_ offset: Double) -> Double {
                    var moved = values
                    moved[position] += offset
                    var arguments = inputs
                    arguments[index] = Tensor(moved, shape: input.shape)
                    return loss(arguments).item()
                }
                numeric.append((at(step) - at(-step)) / (2 * step))
            }
            #expect(isClose(gradients[index].doubles(), numeric, within: 1e-7), "input \(index)")
        }
    }

    @Test("Passes add up in the leaves until the gradient is cleared")
    func accumulation() {
        let x = Tensor([3]).requiresGrad()
        #expect(x.isLeaf && x.requiresGradient)
        #expect(x.grad == nil)
        x.square().sum().backward()
        x.square().sum().backward()
        #expect(x.grad?.floats() == [12])
        x.clearGradient()
        #expect(x.grad == nil)
        x.setGradient(Tensor([5]))
        #expect(x.grad?.floats() == [5])
    }

    @Test("The graph can be kept, and a gradient handed in")
    func options() {
        let x = Tensor([1, 2]).requiresGrad()
        let y = x.pow(3)
        #expect(!y.isLeaf)
        y.backward(gradient: Tensor([1, 10]), retainGraph: true)
        y.backward(gradient: Tensor([1, 0]))
        #expect(x.grad?.floats() == [6, 120])
    }

    @Test("The second derivative of x⁴ is 12 x²")
    func secondOrder() {
        let x = Tensor([2, -3]).requiresGrad()
        let first = Tensor.gradients(of: x.pow(4).sum(), withRespectTo: [x], createGraph: true)[0]
        let second = Tensor.gradients(of: first.sum(), withRespectTo: [x])[0]
        #expect(isClose(first.floats(), [32, -108]))
        #expect(isClose(second.floats(), [48, 108]))
        #expect(x.grad == nil)
    }

    @Test("An input that nothing depends on gets zeros; what is detached is a constant")
    func unused() {
        let x = Tensor([2]).requiresGrad()
        let unused = Tensor([1, 2]).requiresGrad()
        let found = Tensor.gradients(of: (x * x.detached()).sum(), withRespectTo: [x, unused])
        #expect(found[0].floats() == [2])
        #expect(found[1].floats() == [0, 0])
        #expect(!x.detached().requiresGradient)
    }
}
