import Basics
import Tensors
import Testing

@Suite struct GeneratorTests {
    private func draws(_ generator: TorchGenerator) -> [Float] {
        // Nine numbers leave half of a pair of normal numbers in the generator: the state must hold that too.
        let normal = Tensor.normal([9], using: generator).floats()
        let uniform = Tensor.uniform([5], using: generator).floats()
        return normal + uniform + Tensor.permutation(6, using: generator).floats()
    }

    @Test("The seed decides the numbers")
    func seeds() {
        #expect(draws(TorchGenerator(seed: 1)) == draws(TorchGenerator(seed: 1)))
        #expect(draws(TorchGenerator(seed: 1)) != draws(TorchGenerator(seed: 2)))
        #expect(draws(TorchGenerator(seed: .max)) == draws(TorchGenerator(seed: .max)))
    }

    @Test("A saved state goes on with the very next number, in another generator too")
    func state() throws {
        let generator = TorchGenerator(seed: 4)
        _ = draws(generator)
        _ = Tensor.normal([1], using: generator)
        let state = generator.state()
        let expected = draws(generator)
        #expect(draws(generator) != expected)
        try generator.restore(state)
        #expect(draws(generator) == expected)
        let other = TorchGenerator(seed: 99)
        try other.restore(state)
        #expect(draws(other) == expected)
    }

    @Test("A clone goes on alone")
    func clones() {
        let generator = TorchGenerator(seed: 5)
        _ = draws(generator)
        let clone = generator.clone()
        let expected = draws(generator)
        _ = draws(generator)
        #expect(draws(clone) == expected)
    }

    @Test("What is no state is refused and changes nothing", arguments: [0, 1, 100, 5055, 5057])
    func badStates(count: Int) throws {
        let generator = TorchGenerator(seed: 6)
        let clone = generator.clone()
        let error = #expect(throws: ForesightError.self) {
            try generator.restore([UInt8](repeating: 1, count: count))
        }
        #expect(error?.code == .data)
        #expect(error?.message.hasPrefix("\(count) bytes are not the state of a random generator") == true)
        #expect(draws(generator) == draws(clone))
    }

    @Test("Distributions have their moments; a permutation holds every number once")
    func moments() {
        let generator = TorchGenerator(seed: 7)
        let normal = Tensor.normal([40_000], using: generator, dtype: .float64)
        #expect(abs(normal.mean().item()) < 0.02)
        #expect(abs(normal.variance().item() - 1) < 0.03)
        #expect(abs(normal.pow(4).mean().item() - 3) < 0.2)
        let uniform = Tensor.uniform([40_000], using: generator, dtype: .float64)
        #expect(abs(uniform.mean().item() - 0.5) < 0.01)
        #expect(abs(uniform.variance().item() - 1.0 / 12) < 0.003)
        #expect(uniform.amin().item() >= 0 && uniform.amax().item() < 1)
        let coin = Tensor.bernoulli([40_000], probability: 0.2, using: generator)
        #expect(abs(coin.mean().item() - 0.2) < 0.01)
        let order = Tensor.permutation(100, using: generator).int64s()
        #expect(order.sorted() == Array(0..<100))
        #expect(order != order.sorted())
    }
}
