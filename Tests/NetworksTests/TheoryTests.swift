import Networks
import Tensors
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A random `[batch, time, width]`.
private func tokens(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    Tensor.normal(shape, using: TorchGenerator(seed: seed))
}

/// Gives every parameter a random value, so that nothing stays at its first zeros.
private func scramble(_ module: any Module, scale: Double = 0.4) {
    for (name, parameter) in module.namedParameters() {
        let values = Tensor.normal(parameter.shape, using: Seed(3)[name].generator())
        parameter.assign(values * scale)
    }
}

@Suite("What layers promise", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct TheoryTests {
    static let masks: [(AttentionMask, Bool)] = [
        (.causal, false), (.causal, true), (.windowed(3), false), (.windowed(3), true),
    ]

    @Test(
        "Decoding with a cache equals the full pass", arguments: masks,
        [[1, 1, 1, 1, 1, 1, 1], [3, 1, 2, 1], [1, 5, 1]])
    func cache(mask: (AttentionMask, Bool), pieces: [Int]) {
        let options = TransformerOptions(width: 8, heads: 2, mask: mask.0, rotary: mask.1)
        let transformer = Transformer(options, depth: 2, seed: Seed(2))
        scramble(transformer)
        let x = tokens([2, 7, 8])
        let full = transformer(x)
        let caches = transformer.makeCaches()
        var start = 0
        for length in pieces {
            let part = transformer(x.narrow(dim: 1, start: start, length: length), caches: caches)
            expectClose(part, full.narrow(dim: 1, start: start, length: length), "times from \(start)")
            start += length
        }
        #expect(caches.allSatisfy { $0.length == 7 })
    }

    @Test("An adaptive transformer's cache equals its full pass, and branches do not meet") func adaptiveCache() {
        let options = TransformerOptions(width: 8, heads: 2, mask: .windowed(4), rotary: true)
        let transformer = AdaptiveTransformer(options, condition: 3, depth: 2, seed: Seed(2))
        scramble(transformer)
        let (x, condition) = (tokens([2, 6, 8]), tokens([2, 6, 3], seed: 2))
        let full = transformer(x, condition: condition)
        let caches = transformer.makeCaches()
        let part = { (start: Int, length: Int, caches: [KeyValueCache]) in
            transformer(
                x.narrow(dim: 1, start: start, length: length),
                condition: condition.narrow(dim: 1, start: start, length: length), caches: caches)
        }
        _ = part(0, 4, caches)
        let branch = caches.map { $0.branched() }
        _ = transformer(tokens([2, 1, 8], seed: 7), condition: tokens([2, 1, 3], seed: 8), caches: branch)
        expectClose(part(4, 1, caches), full.narrow(dim: 1, start: 4, length: 1), "after a branch")
        let many = caches.map { $0.repeated(3) }
        let x5 = x.narrow(dim: 1, start: 5, length: 1).indexSelect(
            dim: 0, Tensor([0, 0, 0, 1, 1, 1] as [Int64], shape: [6]))
        let c5 = condition.narrow(dim: 1, start: 5, length: 1)
            .indexSelect(dim: 0, Tensor([0, 0, 0, 1, 1, 1] as [Int64], shape: [6]))
        let repeated = transformer(x5, condition: c5, caches: many)
        let last = full.narrow(dim: 1, start: 5, length: 1)
        expectClose(repeated.narrow(dim: 0, start: 0, length: 1), last.narrow(dim: 0, start: 0, length: 1), "row 0")
        expectClose(repeated.narrow(dim: 0, start: 5, length: 1), last.narrow(dim: 0, start: 1, length: 1), "row 5")
    }

    @Test("No time sees a later one, nor one before its window", arguments: masks)
    func masksLeakNothing(mask: (AttentionMask, Bool)) {
        let layer = MultiHeadAttention(8, heads: 2, mask: mask.0, rotary: mask.1, seed: Seed(2))
        for time in 0..<6 {
            let x = tokens([1, 6, 8]).requiresGrad(true)
            layer(x).narrow(dim: 1, start: time, length: 1).sum().backward()
            let reach = (x.grad ?? Tensor.zeros([1, 6, 8])).abs().sum(dims: [0, 2]).floats()
            for other in 0..<6 {
                let visible = other <= time && (mask.0 == .causal || time - other < 3)
                #expect((reach[other] > 0) == visible, "time \(time) and \(other)")
            }
        }
    }

    @Test("An AdaLN-Zero block starts as the identity and as deaf to its condition") func adaptiveIdentity() {
        let options = TransformerOptions(width: 8, heads: 2, mask: .causal)
        let block = AdaptiveBlock(options, condition: 5, seed: Seed(2))
        let x = tokens([2, 4, 8])
        #expect(block(x, condition: tokens([2, 4, 5], seed: 2)).floats() == x.floats())
        #expect(block(x, condition: tokens([2, 5], seed: 3)).floats() == x.floats())
        scramble(block)
        #expect(block(x, condition: tokens([2, 4, 5], seed: 2)).floats() != x.floats())
    }

    @Test("A condition for all times equals the same condition at each time") func sharedCondition() {
        let block = AdaptiveBlock(TransformerOptions(width: 8, heads: 2), condition: 5, seed: Seed(2))
        scramble(block)
        let (x, condition) = (tokens([2, 3, 8]), tokens([2, 5], seed: 2))
        let repeated = Tensor.stack([condition, condition, condition], dim: 1)
        expectClose(block(x, condition: condition), block(x, condition: repeated), "conditions")
    }

    @Test("A rotary product depends on the distance only") func rotaryDistance() {
        let rotary = RotaryEmbedding(size: 8)
        let (q, k) = (tokens([1, 1, 1, 8]), tokens([1, 1, 1, 8], seed: 2))
        let product = { (query: Int, key: Int) in
            (rotary(q, start: query) * rotary(k, start: key)).sum().item()
        }
        for distance in [0, 1, 7] {
            for start in [0, 3, 250, 9_000] {
                #expect(abs(product(start + distance, start) - product(distance, 0)) < 1e-5)
            }
        }
        #expect(abs(product(1, 0) - product(0, 0)) > 1e-3)
        // A rotation keeps lengths.
        #expect(abs(rotary(q, start: 40).square().sum().item() - q.square().sum().item()) < 1e-5)
    }

    @Test("Dropout repeats with its generator's state, keeps the mean, and is off in evaluation") func dropout() throws
    {
        let generator = TorchGenerator(seed: 5)
        let layer = Dropout(0.25, generator: generator)
        let x = Tensor.ones([100, 100])
        let state = generator.state()
        let first = layer(x).floats()
        #expect(layer(x).floats() != first)
        try generator.restore(state)
        #expect(layer(x).floats() == first)
        #expect(Set(first) == [0, Float(1 / 0.75)])
        // 10⁴ draws: the mean's standard deviation is 0.0058; five of them.
        #expect(abs(first.reduce(0, +) / 10_000 - 1) < 0.03)
        layer.isTraining = false
        #expect(layer(x).floats() == x.floats())
    }

    @Test("After a half-life an average has moved half of the way", arguments: [1.0, 4, 100]) func halfLife(
        steps: Double
    ) {
        let layer = Linear(1, 1, bias: false, seed: Seed(1))
        layer.weight.assign(Tensor.zeros([1, 1]))
        let average = MovingAverage(of: layer, halfLife: steps)
        #expect(abs(average.halfLife - steps) < 1e-9)
        layer.weight.assign(Tensor.ones([1, 1]))
        for _ in 0..<Int(steps) { average.update() }
        #expect(abs((average.stateDict()["weight"]?.item() ?? 0) - 0.5) < 1e-5)
        for _ in 0..<Int(steps) { average.update() }
        #expect(abs((average.stateDict()["weight"]?.item() ?? 0) - 0.75) < 1e-5)
    }

    @Test("Averages go in and out, into a teacher, and survive storing") func averages() throws {
        let student = MLP([2, 3, 1], norm: .batch, seed: Seed(1))
        let teacher = MLP([2, 3, 1], norm: .batch, seed: Seed(2))
        let average = try MovingAverage(of: student, into: teacher, decay: 0.5)
        #expect(teacher.layers[0].weight.value.floats() == student.layers[0].weight.value.floats())
        #expect(teacher.parameterCount == 0)
        let start = student.layers[0].weight.value.floats()
        student.layers[0].weight.assign(student.layers[0].weight.value + 1)
        average.update()
        for (moved, old) in zip(teacher.layers[0].weight.value.floats(), start) {
            #expect(abs(moved - old - 0.5) < 1e-6)
        }
        let own = student.layers[0].weight.value.floats()
        average.withAverages {
            #expect(student.layers[0].weight.value.floats() == teacher.layers[0].weight.value.floats())
        }
        #expect(student.layers[0].weight.value.floats() == own)
        let saved = average.stateDict().mapValues { $0.clone() }
        let other = MovingAverage(of: student, decay: 0.5)
        try other.load(saved)
        #expect(other.stateDict()["layers.0.weight"]?.floats() == teacher.layers[0].weight.value.floats())
        #expect(throws: (any Error).self) { try other.load([:]) }
    }

    @Test("A schedule rises, falls to its floor and stays there") func schedule() {
        let schedule = Schedule(.cosine, steps: 100, warmUp: 10, floor: 0.1)
        #expect(abs(schedule.factor(at: 0) - 0.1) < 1e-12 && schedule.factor(at: 9) == 1)
        #expect(abs(schedule.factor(at: 99) - 0.1) < 1e-12 && abs(schedule.factor(at: 500) - 0.1) < 1e-12)
        for step in 10..<99 { #expect(schedule.factor(at: step + 1) < schedule.factor(at: step)) }
        #expect(Schedule.constant.factor(at: 1_000_000) == 1)
        #expect(Schedule(.linear, steps: 1).factor(at: 0) == 1)
    }

    @Test("AdamW fits a line, and its resumed run is the same to the bit") func resumedToTheBit() throws {
        let x = tokens([32, 3])
        let y = x.matmul(Tensor([1, -2, 0.5], shape: [3, 1])) + 0.25
        func run(steps: Range<Int>, _ model: Linear, _ optimiser: AdamW) {
            let schedule = Schedule(.cosine, steps: 200, warmUp: 10)
            for step in steps {
                optimiser.clearGradients()
                (model(x) - y).square().mean().backward()
                clipGradients(of: model.parameters(), toNorm: 1)
                optimiser.step(factor: schedule.factor(at: step))
            }
        }
        let whole = Linear(3, 1, seed: Seed(1))
        run(steps: 0..<200, whole, AdamW(whole, learningRate: 0.1, weightDecay: 0))
        let loss = (whole(x) - y).square().mean().item()
        #expect(loss < 1e-4)

        let half = Linear(3, 1, seed: Seed(1))
        let first = AdamW(half, learningRate: 0.1, weightDecay: 0)
        run(steps: 0..<77, half, first)
        let resumed = Linear(3, 1, seed: Seed(9))
        try resumed.load(half.stateDict())
        let second = AdamW(resumed, learningRate: 0.1, weightDecay: 0)
        try second.load(first.stateDict())
        run(steps: 77..<200, resumed, second)
        #expect(resumed.weight.value.floats() == whole.weight.value.floats())
        #expect(resumed.bias?.value.floats() == whole.bias?.value.floats())
    }

    @Test("An optimiser refuses the state of other parameters") func foreignState() {
        let (small, large) = (Linear(2, 1, seed: Seed(1)), Linear(3, 1, seed: Seed(1)))
        let optimiser = AdamW(large, learningRate: 0.1)
        large(Tensor.ones([1, 3])).sum().backward()
        optimiser.step()
        let state = optimiser.stateDict()
        #expect(throws: (any Error).self) { try AdamW(small, learningRate: 0.1).load(state) }
        #expect(throws: (any Error).self) { try SGD(large, learningRate: 0.1, momentum: 0.9).load(state) }
        var part = state
        part["second_moment.weight"] = nil
        #expect(throws: (any Error).self) { try AdamW(large, learningRate: 0.1).load(part) }
    }

    @Test("Weight decay leaves vectors alone") func decayGroups() {
        let model = EnsembleMLP(members: 2, [3, 4, 1], layerNorm: true, seed: Seed(1))
        let groups = ParameterGroup.decayingMatricesOnly(of: model, learningRate: 0.1, weightDecay: 0.2)
        #expect(groups[0].members.map(\.name) == ["layers.0.weight", "layers.1.weight"])
        #expect(groups[1].members.count == 4 && groups[1].weightDecay == 0)
    }
}
