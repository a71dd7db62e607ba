import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Terms of the loss", .enabled(if: torchIsSetUp))
struct LossTermTests {
    private func random(_ shape: [Int], seed: UInt64) -> Tensor { .normal(shape, using: TorchGenerator(seed: seed)) }

    @Test("Grounding sees only what was measured, and averages over that") func grounding() {
        let (predicted, targets) = (random([2, 3, 4, 2], seed: 1), random([2, 3, 4, 2], seed: 2))
        let mask = Tensor.bernoulli([2, 3, 4, 2], probability: 0.4, using: TorchGenerator(seed: 3))
        let value = GroundingLoss.value(predicted: predicted, targets: targets, mask: mask).item()
        let garbage = targets + (1 - mask) * 1e6
        #expect(GroundingLoss.value(predicted: predicted, targets: garbage, mask: mask).item() == value)
        let rows = zip(zip(predicted.floats(), targets.floats()), mask.floats()).filter { $0.1 > 0.5 }
        let mean = rows.reduce(0.0) { $0 + Double(($1.0.0 - $1.0.1) * ($1.0.0 - $1.0.1)) } / Double(rows.count)
        #expect(abs(value - mean) < 1e-5 * mean)
        #expect(GroundingLoss.value(predicted: predicted, targets: targets, mask: mask * 0).item() == 0)
    }

    @Test("Grounding passes no gradient to what was not measured") func groundingGradient() {
        let predicted = random([1, 1, 4, 1], seed: 1).requiresGrad()
        let mask = Tensor([1, 0, 1, 0] as [Float], shape: [1, 1, 4, 1])
        GroundingLoss.value(predicted: predicted, targets: random([1, 1, 4, 1], seed: 2), mask: mask).backward()
        let gradient = predicted.grad?.floats() ?? []
        #expect(gradient.map { $0 != 0 } == [true, false, true, false])
    }

    @Test("Prediction in representation space is zero for equals and counts components in their own size")
    func prediction() {
        let (a, b) = ((0..<3).map { random([2, 5, 4], seed: $0) }, (10..<13).map { random([2, 5, 4], seed: $0) })
        let ones = Tensor.ones([2, 1, 4])
        #expect(PredictionLoss.value(predicted: a, targets: a, scale: ones).item() == 0)
        let value = PredictionLoss.value(predicted: a, targets: b, scale: ones).item()
        let scale = Tensor([0.1, 1, 10, 3] as [Float], shape: [1, 1, 4]).expanded(to: [2, 1, 4])
        let scaled = PredictionLoss.value(
            predicted: a.map { $0 * scale }, targets: b.map { $0 * scale }, scale: scale
        ).item()
        #expect(abs(scaled - value) < 1e-5 * value)
    }

    @Test("The teacher's old weights count half after its half-life") func teacher() throws {
        var settings = TinyLog.settings()
        settings.loss.antiCollapse = .ema
        settings.loss.teacherHalfLife = 4
        let preparation = try TinyLog.preparation(settings: settings)
        let trainer = try Trainer(
            model: preparation.model, data: preparation.data, settings: preparation.settings)
        let teacher = try #require(trainer.teacher)
        let before = teacher.readout.value.floats()
        #expect(before == trainer.model.readout.value.floats())
        trainer.model.readout.assign(trainer.model.readout.value + 2)
        for _ in 0..<4 { trainer.average?.update() }
        for (now, old) in zip(teacher.readout.value.floats(), before) { #expect(abs(now - (old + 1)) < 1e-5) }
        for parameter in teacher.parameters() { #expect(!parameter.isTrainable) }
    }

    @Test("Inverse dynamics recover the actions of a linear system, and nothing from unrelated states")
    func inverseDynamics() {
        let steps = 2
        let sizes = SensorArchitecture(
            members: 1, outputs: 1, inputs: 2, actions: 1, core: 3, free: 0, hidden: 2, inverseSteps: steps)
        let model = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(1))
        let generator = TorchGenerator(seed: 2)
        let transition = Tensor([0.6, 0.3, 0, -0.2, 0.7, 0.4, 0.1, 0, 0.5] as [Float], shape: [3, 3])
        let drive = Tensor([1, -0.5, 0.8] as [Float], shape: [1, 3])
        /// States along `rows` rows under random actions; the second input is a disturbance that nobody recovers.
        func record(_ batch: Int, _ rows: Int) -> (states: [Tensor], inputs: Tensor) {
            let inputs = Tensor.normal([1, batch, rows, 2], using: generator)
            var states = [Tensor.normal([1, batch, 3], using: generator)]
            for row in 1..<rows {
                let action = inputs.narrow(dim: 3, start: 0, length: 1).select(dim: 2, index: row - 1)
                states.append(states[row - 1].matmul(transition) + action.matmul(drive))
            }
            return (states, inputs)
        }
        let heads = model.inverseInput.namedParameters() + model.inverseOutput.namedParameters()
        let named = heads.enumerated().map { ("\($0.offset)", $0.element.parameter) }
        let optimiser = AdamW(groups: [ParameterGroup(named, learningRate: 1e-2)])
        for _ in 0..<400 {
            let (states, inputs) = record(64, steps + 2)
            optimiser.clearGradients()
            EndpointInverseDynamics.value(model: model, encoded: states, inputs: inputs).backward()
            optimiser.step()
        }
        let (states, inputs) = record(512, steps + 2)
        let value = EndpointInverseDynamics.value(model: model, encoded: states, inputs: inputs).item()
        #expect(value < 0.03)
        let unrelated = states.map { $0.flip(dims: [1]) }
        #expect(EndpointInverseDynamics.value(model: model, encoded: unrelated, inputs: inputs).item() > 0.5)
    }

    @Test("Inverse dynamics want the actions from each row on, in order, and no disturbances")
    func inverseTargets() {
        let sizes = SensorArchitecture(
            members: 1, outputs: 1, inputs: 2, actions: 1, core: 3, free: 0, hidden: 2, inverseSteps: 2)
        let model = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(1))
        model.inverseOutput.weight.assign(model.inverseOutput.weight.value * 0)
        model.inverseOutput.bias?.assign(Tensor.zeros([1, 1, 2]))
        let inputs = Tensor([1, 90, 2, 90, 3, 90, 50, 90] as [Float], shape: [1, 1, 4, 2])
        let states = (0..<4).map { random([1, 1, 3], seed: $0) }
        // Pairs of rows (0, 2) and (1, 3): the actions 1, 2 and 2, 3; heads that say nothing leave their mean square.
        #expect(EndpointInverseDynamics.value(model: model, encoded: states, inputs: inputs).item() == 18.0 / 4)
    }
}
