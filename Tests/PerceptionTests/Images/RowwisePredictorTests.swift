import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@Suite("Predictor that goes through the rows of a step", .enabled(if: torchIsSetUp, "needs libtorch (make setup)"))
struct RowwisePredictorTests {
    /// Numbers of one row's actions.
    private static let actions = 2

    private static func predictor(rows: Int) -> RowwisePredictor {
        let predictor = RowwisePredictor(width: 5, actions: actions, rows: rows, hidden: 12, seed: Seed(1))
        redraw(predictor, seed: 2)
        return predictor
    }

    /// A layer in plain numbers.
    private static func linear(_ layer: Linear, _ x: [Double]) -> [Double] {
        let weight = layer.weight.value.doubles()
        var y = layer.bias?.value.doubles() ?? Array(repeating: 0, count: layer.outputs)
        for row in y.indices {
            for column in x.indices { y[row] += weight[row * layer.inputs + column] * x[column] }
        }
        return y
    }

    private static func norm(_ layer: LayerNorm, _ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        let weight = layer.weight?.value.doubles() ?? Array(repeating: 1, count: x.count)
        let bias = layer.bias?.value.doubles() ?? Array(repeating: 0, count: x.count)
        return x.indices.map { (x[$0] - mean) / (variance + layer.epsilon).squareRoot() * weight[$0] + bias[$0] }
    }

    private static func silu(_ x: [Double]) -> [Double] { x.map { $0 / (1 + exp(-$0)) } }

    @Test("It is its formula, in plain numbers", arguments: [1, 2, 5])
    func formula(rows: Int) throws {
        let predictor = Self.predictor(rows: rows)
        let generator = TorchGenerator(seed: 3)
        let z = Tensor.normal([1, 1, 5], using: generator)
        let actions = Tensor.normal([1, 1, rows * Self.actions], using: generator)
        func perceptron(_ mlp: MLP, _ x: [Double]) throws -> [Double] {
            let norm = try #require(mlp.norms.first as? LayerNorm)
            return Self.linear(mlp.layers[1], Self.silu(Self.norm(norm, Self.linear(mlp.layers[0], x))))
        }
        var h = try perceptron(predictor.entry, z.doubles())
        for row in 0..<rows {
            let driving = Self.linear(
                predictor.action, Array(actions.doubles()[row * Self.actions..<(row + 1) * Self.actions]))
            let state = Self.linear(predictor.state, Self.norm(predictor.norm, h))
            let change = Self.linear(predictor.change, Self.silu(zip(state, driving).map(+)))
            h = zip(h, change).map(+)
        }
        let exit = try perceptron(predictor.exit, Self.norm(predictor.last, h))
        let expected = zip(z.doubles(), exit).map(+)
        for (ours, theirs) in zip(predictor(z, actions: actions).doubles(), expected) {
            #expect(abs(ours - theirs) < 1e-4 * max(1, abs(theirs)), "\(ours), by hand \(theirs)")
        }
    }

    @Test("Which row comes first matters")
    func order() {
        let predictor = Self.predictor(rows: 3)
        let generator = TorchGenerator(seed: 4)
        let z = Tensor.normal([4, 1, 5], using: generator)
        let rows = Tensor.normal([4, 1, 3, Self.actions], using: generator)
        let turned = rows.indexSelect(dim: 2, Tensor([Int64(2), 1, 0], shape: [3]))
        func after(_ rows: Tensor) -> Tensor { predictor(z, actions: rows.reshaped([4, 1, 3 * Self.actions])) }
        #expect(relativeError(after(rows), after(turned)) > 1e-2)
    }

    @Test("Nothing changes at first")
    func start() {
        let predictor = RowwisePredictor(width: 64, actions: 2, rows: 5, hidden: 128, seed: Seed(5))
        let z = Tensor.normal([8, 1, 64], using: TorchGenerator(seed: 6))
        let actions = Tensor.normal([8, 1, 10], using: TorchGenerator(seed: 7))
        #expect(relativeError(predictor(z, actions: actions), z) < 0.1)
    }
}
