import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Stability of the predictor", .enabled(if: torchIsSetUp))
struct PredictorStabilityTests {
    private static let (width, inputs, hidden) = (6, 2, 8)

    /// A predictor with random weights, as training could leave it at its worst.
    private func predictor(seed: UInt64, size: Double) -> ContractiveTransition {
        let generator = TorchGenerator(seed: seed)
        let predictor = ContractiveTransition(
            linear: Tensor.normal([2, Self.width, Self.width], using: generator) * size,
            input: Tensor.normal([2, Self.inputs, Self.width], using: generator) * size,
            offset: Tensor.normal([2, 1, Self.width], using: generator) * size, hidden: Self.hidden, seed: Seed(seed))
        predictor.correction.assign(Tensor.normal([2, Self.hidden, Self.width], using: generator) * size)
        return predictor
    }

    private func norms(_ matrix: Tensor) -> [Double] { matrix.svdvals().amax(dim: 1).doubles() }

    @Test("The linear part never expands, whatever its weights", arguments: [0.01, 0.3, 1, 30, 1e4])
    func contraction(_ size: Double) {
        withoutGradients {
            let predictor = predictor(seed: 3, size: size)
            let given = norms(predictor.linear.value)
            for (norm, before) in zip(norms(predictor.contraction()), given) {
                #expect(norm <= 1 + 1e-5)
                // What contracts already stays as it is.
                if before < 1 { #expect(abs(norm - before) < 1e-6) } else { #expect(norm > 0.9999) }
            }
        }
    }

    /// The greatest norm of a representation at each of some steps of a long rollout under bounded inputs.
    private func rollout(_ predictor: ContractiveTransition, steps: Int) -> [(step: Int, norm: Double)] {
        withoutGradients {
            let inputs = Tensor.uniform([2, 1, steps, Self.inputs], using: TorchGenerator(seed: 9)) * 2 - 1
            let drive = predictor.drive(inputs, after: nil)
            var z = Tensor.normal([2, 1, Self.width], using: TorchGenerator(seed: 10))
            var found: [(Int, Double)] = [(0, z.norm(order: 2, dim: 2).amax().item())]
            for step in 0..<steps {
                z = predictor.next(z, drive, step: step)
                if (step + 1) % 500 == 0 { found.append((step + 1, z.norm(order: 2, dim: 2).amax().item())) }
            }
            return found
        }
    }

    /// The most that one step can add: ‖uB + b‖ for |u| ≤ 1 per input, and Σ ‖rows of G‖ because tanh is at most 1.
    private func greatestPush(_ predictor: ContractiveTransition) -> Double {
        withoutGradients {
            func rows(_ x: Tensor) -> Tensor { x.norm(order: 2, dim: 2).sum(dim: 1) }
            let sum =
                rows(predictor.input.value) + rows(predictor.offset.value) + rows(predictor.correction.value)
            return sum.amax().item()
        }
    }

    @Test("10,000 steps of a random predictor grow at most linearly", arguments: [1, 2, 3] as [UInt64])
    func atMostLinear(_ seed: UInt64) {
        let predictor = predictor(seed: seed, size: 2)
        let push = greatestPush(predictor)
        let found = rollout(predictor, steps: 10_000)
        #expect(found.count == 21)
        for (step, norm) in found {
            #expect(norm.isFinite)
            #expect(norm <= found[0].norm + Double(step) * push * 1.001)
        }
    }

    @Test("10,000 steps of a contracting one stay within push over one minus its norm")
    func bounded() {
        let predictor = predictor(seed: 5, size: 2)
        withoutGradients { predictor.linear.assign(predictor.contraction() * 0.9) }
        let bound = greatestPush(predictor) / (1 - 0.9)
        for (step, norm) in rollout(predictor, steps: 10_000) where step > 0 { #expect(norm <= bound * 1.001) }
    }

    @Test("An integrating mode integrates, and does nothing else")
    func integrating() {
        withoutGradients {
            let linear = Tensor([1, 0, 0, 0.5] as [Float], shape: [1, 2, 2])
            let predictor = ContractiveTransition(
                linear: linear, input: Tensor([0.25, 1] as [Float], shape: [1, 1, 2]), offset: .zeros([1, 1, 2]),
                hidden: 2, seed: Seed(1))
            let drive = predictor.drive(.ones([1, 1, 4000, 1]), after: nil)
            var z = Tensor.zeros([1, 1, 2])
            for step in 0..<4000 { z = predictor.next(z, drive, step: step) }
            #expect(z.floats() == [1000, 2])
        }
    }
}
