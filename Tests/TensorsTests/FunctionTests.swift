import Foundation
import Tensors
import Testing
import _TestSupport

@Suite struct FunctionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let function: @Sendable (Tensor) -> Tensor
        let reference: @Sendable (Double) -> Double

        init(
            _ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor,
            _ reference: @escaping @Sendable (Double) -> Double
        ) {
            (testDescription, self.function, self.reference) = (name, function, reference)
        }
    }

    static let everywhere = [
        Case("exp", { $0.exp() }, { exp($0) }),
        Case("expm1", { $0.expm1() }, { expm1($0) }),
        Case("abs", { $0.abs() }, { abs($0) }),
        Case("square", { $0.square() }, { $0 * $0 }),
        Case("cube", { $0.pow(3) }, { $0 * $0 * $0 }),
        Case("sign", { $0.sign() }, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
        Case("sin", { $0.sin() }, { sin($0) }),
        Case("cos", { $0.cos() }, { cos($0) }),
        Case("tanh", { $0.tanh() }, { tanh($0) }),
        Case("erf", { $0.erf() }, { erf($0) }),
        Case("floor", { $0.floor() }, { floor($0) }),
        Case("ceil", { $0.ceil() }, { ceil($0) }),
        Case("round", { $0.round() }, { $0.rounded(.toNearestOrEven) }),
        Case("sigmoid", { $0.sigmoid() }, { 1 / (1 + exp(-$0)) }),
        Case("relu", { $0.relu() }, { max($0, 0) }),
        Case("silu", { $0.silu() }, { $0 / (1 + exp(-$0)) }),
        Case("gelu", { $0.gelu() }, { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }),
        Case(
            "gelu by tanh", { $0.gelu(approximate: .tanh) },
            { $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) / 2 }),
        Case("softplus", { $0.softplus() }, { log1p(exp($0)) }),
        Case("elu", { $0.elu(alpha: 0.7) }, { $0 > 0 ? $0 : 0.7 * expm1($0) }),
        Case("leaky relu", { $0.leakyReLU(slope: 0.2) }, { $0 > 0 ? $0 : 0.2 * $0 }),
    ]

    static let positive = [
        Case("log", { $0.log() }, { log($0) }),
        Case("log1p", { $0.log1p() }, { log1p($0) }),
        Case("sqrt", { $0.sqrt() }, { $0.squareRoot() }),
        Case("rsqrt", { $0.rsqrt() }, { 1 / $0.squareRoot() }),
        Case("reciprocal", { $0.reciprocal() }, { 1 / $0 }),
        Case("root", { $0.pow(0.3) }, { pow($0, 0.3) }),
    ]

    @Test("Functions agree with the C library in both precisions", arguments: everywhere)
    func functions(_ item: Case) {
        check(item, at: stride(from: -4.0, through: 4, by: 0.37).map { $0 })
        check(item, at: [-0.5, 0, 0.5, 1.5, 2.5])
    }

    @Test("Functions of positive numbers agree with the C library in both precisions", arguments: positive)
    func positiveFunctions(_ item: Case) {
        check(item, at: [1e-6, 0.01, 0.5, 1, 2.25, 40, 1e5])
    }

    private func check(_ item: Case, at points: [Double]) {
        let expected = points.map(item.reference)
        let exact = item.function(Tensor(points)).doubles()
        let single = item.function(Tensor(points.map(Float.init))).doubles()
        let near = points.map { item.reference(Double(Float($0))) }
        for (index, point) in points.enumerated() {
            let scale = max(abs(expected[index]), 1)
            #expect(abs(exact[index] - expected[index]) <= 1e-12 * scale, "at \(point)")
            #expect(abs(single[index] - near[index]) <= 2e-6 * scale, "at \(point)")
        }
    }

    @Test("Softmax adds up to 1, does not overflow, and its logarithm is the logarithm")
    func softmax() {
        let x = Tensor([1000, 1001, 1002, -5, 0, 5], shape: [2, 3])
        let p = x.softmax(dim: -1)
        #expect(isClose(p.sum(dim: -1).floats(), [1, 1]))
        let e = [exp(-2.0), exp(-1), 1].map(Float.init)
        let total = e.reduce(0, +)
        #expect(isClose(p[0].floats(), e.map { $0 / total }))
        #expect(isClose(x.logSoftmax(dim: -1).floats(), p.log().floats()))
    }

    @Test("Dropout by a mask keeps the mean")
    func dropout() {
        let generator = TorchGenerator(seed: 3)
        let mask = Tensor.bernoulli([10_000], probability: 0.75, using: generator)
        let y = Tensor.ones([10_000]).dropout(mask: mask, rate: 0.25)
        #expect(abs(y.mean().item() - 1) < 0.03)
        #expect(Set(y.floats().map { ($0 * 1000).rounded() }) == [0, 1333])
    }
}
