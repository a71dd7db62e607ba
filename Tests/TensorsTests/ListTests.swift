import Foundation
import Tensors
import Testing
import _TestSupport

@Suite struct ListTests {
    @Test("AdamW follows its formula")
    func adamW() {
        var weights = [0.5, -1, 2]
        var (first, second) = ([0.0, 0, 0], [0.0, 0, 0])
        let parameter = Tensor(weights)
        let (m, v, step) = (Tensor.zeros(like: parameter), Tensor.zeros(like: parameter), Tensor.zeros([]))
        let (rate, decay, beta1, beta2, epsilon) = (0.1, 0.05, 0.8, 0.9, 1e-8)
        for round in 1...6 {
            let gradient = weights.map { $0 * $0 - Double(round) * 0.3 }
            Tensor.fusedAdamW(
                parameters: [parameter], gradients: [Tensor(gradient)], firstMoments: [m], secondMoments: [v],
                steps: [step], learningRate: rate, beta1: beta1, beta2: beta2, weightDecay: decay, epsilon: epsilon)
            for i in weights.indices {
                weights[i] *= 1 - rate * decay
                first[i] = beta1 * first[i] + (1 - beta1) * gradient[i]
                second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i]
                let (a, b) = (1 - pow(beta1, Double(round)), 1 - pow(beta2, Double(round)))
                weights[i] -= rate * (first[i] / a) / ((second[i] / b).squareRoot() + epsilon)
            }
            #expect(isClose(parameter.doubles(), weights, within: 1e-10), "round \(round)")
            #expect(step.item() == Double(round))
        }
    }

    @Test("Gradient descent with momentum follows its formula", arguments: [false, true])
    func sgd(nesterov: Bool) {
        var weights = [0.5, -1, 2]
        var velocity = [0.0, 0, 0]
        let parameter = Tensor(weights)
        let buffer = Tensor.zeros(like: parameter)
        for round in 0..<5 {
            let raw = weights.map { $0 * $0 - 0.3 }
            Tensor.fusedSGD(
                parameters: [parameter], gradients: [Tensor(raw)], velocities: [buffer], learningRate: 0.1,
                momentum: 0.9, weightDecay: 0.01, nesterov: nesterov, isFirst: round == 0)
            for i in weights.indices {
                let gradient = raw[i] + 0.01 * weights[i]
                velocity[i] = round == 0 ? gradient : 0.9 * velocity[i] + gradient
                weights[i] -= 0.1 * (nesterov ? gradient + 0.9 * velocity[i] : velocity[i])
            }
            #expect(isClose(parameter.doubles(), weights, within: 1e-10), "round \(round)")
        }
    }

    @Test("Steps are not recorded, and leaves that need gradients can be changed")
    func leaves() {
        let parameter = Tensor([1, 2]).requiresGrad()
        Tensor.scale_([parameter], by: 2)
        Tensor.add_([parameter], 1)
        Tensor.add_([parameter], [Tensor([1, 1])], scale: -2)
        #expect(parameter.floats() == [1, 3])
        #expect(parameter.isLeaf)
        Tensor.lerp_([parameter], towards: [Tensor([5, 5])], weight: 0.5)
        #expect(parameter.floats() == [3, 4])
        Tensor.copy_([parameter], from: [Tensor([7, 8])])
        #expect(parameter.floats() == [7, 8])
        Tensor.zero_([parameter])
        #expect(parameter.floats() == [0, 0])
    }

    @Test("The norm of many is the norm of all their elements; nothing has none")
    func globalNorm() {
        #expect(Tensor.globalNorm(of: [Tensor([3, 0]), Tensor([[4], [12]].flatMap { $0 }, shape: [2, 1])]) == 13)
        #expect(Tensor.globalNorm(of: []) == 0)
        Tensor.scale_([], by: 2)
    }
}
