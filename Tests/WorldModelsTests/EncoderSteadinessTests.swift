import Basics
import Identification
import Networks
import Perception
import Tensors
import Testing

@testable import WorldModels

@Suite("Encoders that cannot run away", .enabled(if: torchIsSetUp))
struct EncoderSteadinessTests {
    /// The kernel is in the library that set-up built.
    init() throws { try Engine.load() }

    /// A state that decays by a tenth and is measured at 0.4 of its size in the one row that a history shows of it: a gain
    /// of 2.5 encodes it, and lets errors grow by 0.9 · 1.5 a row.
    private static let rows: SignalStretch = {
        let shape: [Double] = [0, 0.4, 0.9, 0.81, 0.729], sizes: [Double] = [1, -2, 0.5, 1.5, -1]
        let outputs = sizes.flatMap { size in shape.map { size * $0 } }
        return SignalStretch(outputs: outputs, inputs: [Double](repeating: 0, count: 25), count: 25)
    }()
    private static let windows = (0..<5).map { FreeRunWindow(stretch: 0, start: 5 * $0, history: 2, steps: 3) }

    private static func member(gain: Double) -> StateSpaceMember {
        var member = StateSpaceMember(StateSpaceShape(states: 1, inputs: 1, outputs: 1, hidden: 0, hasLead: false))
        member[member.shape.transition, 0, 0] = 0.9
        member[member.shape.readout, 0, 0] = 1
        member[member.shape.gain, 0, 0] = gain
        return member
    }

    @Test("Gauss–Newton takes no step to a gain with which errors grow, and leaves a start alone that has one")
    func search() {
        func fitted(_ gain: Double) -> StateSpaceMember {
            var member = Self.member(gain: gain)
            GaussNewton(stretches: [Self.rows]).minimise(
                &member, over: Self.windows, free: Array(member.shape.gain.range))
            return member
        }
        let steady = fitted(1)
        #expect(steady.encodingRadius < 1 && steady[steady.shape.gain, 0, 0] > 1.9)
        let free = fitted(2.2)
        #expect(abs(free[free.shape.gain, 0, 0] - 2.5) < 1e-3 && abs(free.encodingRadius - 1.35) < 1e-3)
    }

    @Test("A member learns to encode a hundred histories, and no row of what it left out", arguments: [400, 90])
    func histories(samples: Int) throws {
        let preparation = try TinyLog.preparation(
            TinyLog.episodes(samples: samples), settings: TinyLog.settings())
        let data = RefinementData(preparation.data, history: 6, members: 2)
        let long = data.training(0, steps: 30, rows: 300)
        let all = data.learning(0, steps: 30, rows: 300, histories: 100)
        #expect(long.count >= 8 && long.count < 20 && Array(all.prefix(long.count)) == long)
        let brief = all.dropFirst(long.count)
        #expect(brief.allSatisfy { $0.steps == 2 && $0.history == 6 })
        #expect(samples == 400 ? all.count == 100 : all.count < 100 && Set(brief.map(\.start)).count == brief.count)
        for window in all {
            #expect(
                data.visible[0].contains { run in
                    run.stretch == window.stretch && run.rows.contains(window.start)
                        && window.start + 6 + window.steps <= run.rows.upperBound
                })
        }
    }

    @Test("A representation's error goes from row to row through the matrix whose radius is looked at")
    func radius() throws {
        let model = SensorWorldModel(
            SensorArchitecture(
                members: 2, outputs: 2, inputs: 1, actions: 1, core: 3, free: 0, hidden: 4, inverseSteps: 1),
            start: .empty(
                SensorArchitecture(
                    members: 2, outputs: 2, inputs: 1, actions: 1, core: 3, free: 0, hidden: 4, inverseSteps: 1)),
            seed: Seed(3))
        let generator = TorchGenerator(seed: 5)
        withoutGradients {
            for parameter in [
                model.predictor.linear, model.encoder.gain, model.encoder.firstGain, model.readout,
            ] { parameter.assign(Tensor.normal(parameter.shape, using: generator) * 0.7) }
            // Two histories that differ in their first row alone.
            var outputs = Tensor.normal([2, 1, 8, 2], using: generator).floats()
            func encoded() -> [Tensor] {
                model.encode(
                    outputs: Tensor(outputs, shape: [2, 1, 8, 2]), mask: Tensor.ones([2, 1, 8, 2]),
                    inputs: Tensor.zeros([2, 1, 8, 1]))
            }
            let first = encoded()
            (outputs[0], outputs[16]) = (outputs[0] + 1, outputs[16] + 1)
            let apart = zip(first, encoded()).map { ($0 - $1).floats() }
            func matrix(_ tensor: Tensor, _ member: Int) -> RealMatrix {
                let values = tensor[member].floats().map(Double.init)
                return RealMatrix(rows: tensor.size(1), columns: tensor.size(2), elements: values)
            }
            for member in 0..<2 {
                let correction = matrix(model.readout.value, member) * matrix(model.encoder.gain.value, member)
                let step =
                    matrix(model.predictor.contraction(), member) * (RealMatrix.identity(3) - correction)
                for row in 1..<8 {
                    let before = apart[row - 1][(3 * member)..<(3 * member + 3)].map(Double.init)
                    let after = RealMatrix(rows: 1, columns: 3, elements: before) * step
                    for place in 0..<3 {
                        #expect(abs(after[0, place] - Double(apart[row][3 * member + place])) < 1e-4)
                    }
                }
                #expect(apart[7].contains { abs($0) > 1e-3 })
                let radius = model.encodingRadius().doubles()[member]
                #expect(abs(radius - spectralRadius(of: step)) < 1e-4)
            }
        }
    }

    @Test("An epoch that lets errors grow is not kept, whatever it predicts")
    func epochs() throws {
        let preparation = try TinyLog.preparation(
            settings: TrainingSettings.load(overrides: [
                "members=2", "batch=8", "steps_per_epoch=4", "order=1", "hidden=2", "free=0", "refine=false",
            ]))
        let model = preparation.model
        let trainer = try Trainer(model: model, data: preparation.data, settings: preparation.settings)
        withoutGradients {
            let (gain, error) = (model.encoder.gain.value.clone(), trainer.best.error)
            model.encoder.gain.assign(gain * 50)
            #expect(model.encodingRadius().amax().item() > 1)
            #expect(!trainer.keepIfBest(error / 2) && trainer.best.error == error)
            model.encoder.gain.assign(gain)
            #expect(trainer.keepIfBest(error / 2) && trainer.best.error == error / 2)
        }
    }
}
