import Basics
import Foundation
import Networks
import Tensors
import Testing

@testable import WorldModels

/// A small member with every kind of parameter, and a stretch with missing measurements.
enum SmallMember {
    static func make(
        hasLead: Bool, activation: BoundedActivation = .tanh, seed: UInt64 = 3
    ) -> StateSpaceMember {
        let shape = StateSpaceShape(
            states: 3, inputs: 2, outputs: 2, hidden: 4, activation: activation, hasLead: hasLead)
        var generator = SeededGenerator(seed: seed, stream: 1)
        var member = StateSpaceMember(shape)
        for index in member.values.indices { member.values[index] = 0.4 * generator.normal() }
        // Cubes of that size would make the run chaotic, and differences of it meaningless.
        if activation == .cubic {
            for index in shape.correction.range { member.values[index] *= 0.02 }
            // Beyond where the cube is held on most rows, so that this is seen too.
            member[shape.hiddenOffset, 0, 0] = 4
        }
        return member
    }

    static func stretch(rows: Int = 40) -> SignalStretch {
        var generator = SeededGenerator(seed: 8, stream: 2)
        var outputs = (0..<(rows * 2)).map { _ in generator.normal() }
        for index in [5, 12, 47, 48] { outputs[index] = .nan }
        return SignalStretch(outputs: outputs, inputs: (0..<(rows * 2)).map { _ in generator.normal() }, count: rows)
    }
}

@Suite("Free-run kernel")
struct FreeRunKernelTests {
    /// The kernel is in the library that set-up built.
    init() throws { try Engine.load() }

    private static let activations = BoundedActivation.allCases
    private let window = FreeRunWindow(stretch: 0, start: 2, history: 6, steps: 30)

    @Test("Its errors are those of the model's equations walked row by row", arguments: [false, true], activations)
    func errors(hasLead: Bool, activation: BoundedActivation) {
        let member = SmallMember.make(hasLead: hasLead, activation: activation)
        let stretch = SmallMember.stretch()
        let errors = FreeRunKernel.errors(member, window, stretch)
        var state = member.encoded(stretch, from: window.start, rows: window.history)
        var (sum, count) = (0.0, 0)
        for step in 0..<window.steps {
            let row = window.start + window.history + step
            state = member.next(state, stretch, row - 1)
            for (output, value) in member.read(state).enumerated() {
                let (truth, error) = (stretch.outputs[row * 2 + output], errors[step * 2 + output])
                guard truth.isFinite else {
                    #expect(error.isNaN)
                    continue
                }
                #expect(abs(error - (truth - value)) < 1e-10)
                sum += error * error
                count += 1
            }
        }
        #expect(abs(FreeRunKernel.cost(member, [window], [stretch]) - sum / Double(count)) < 1e-10)
    }

    @Test("Its normal equations are those of derivatives by differences", arguments: [false, true], activations)
    func derivatives(hasLead: Bool, activation: BoundedActivation) {
        let member = SmallMember.make(hasLead: hasLead, activation: activation)
        let stretch = SmallMember.stretch()
        let system = FreeRunKernel.normalEquations(member, [window], [stretch])
        let base = FreeRunKernel.errors(member, window, stretch)
        let width = member.shape.count
        let columns = (0..<width).map { index -> [Double] in
            func moved(_ by: Double) -> [Double] {
                var other = member
                other.values[index] += by
                return FreeRunKernel.errors(other, window, stretch)
            }
            let (up, down) = (moved(1e-6), moved(-1e-6))
            return zip(up, down).map { ($0 - $1) / 2e-6 }
        }
        let measured = base.indices.filter { base[$0].isFinite }
        let scale = 1 / Double(measured.count)
        for row in 0..<width {
            let gradient = measured.reduce(0) { $0 + columns[row][$1] * base[$1] } * scale
            #expect(abs(system.gradient[row] - gradient) < 1e-6 * (1 + abs(gradient)))
            for column in 0..<width {
                let value = measured.reduce(0) { $0 + columns[row][$1] * columns[column][$1] } * scale
                #expect(abs(system.hessian[row * width + column] - value) < 1e-5 * (1 + abs(value)))
            }
        }
    }

    @Test("A free run that leaves every range costs infinitely much")
    func blowUp() {
        var member = SmallMember.make(hasLead: false)
        for index in 0..<3 { member[member.shape.transition, index, index] = 50 }
        let stretch = SmallMember.stretch()
        #expect(FreeRunKernel.cost(member, [window], [stretch]) == .infinity)
        #expect(FreeRunKernel.errors(member, window, stretch).isEmpty)
        #expect(FreeRunKernel.normalEquations(member, [window], [stretch]).cost == .infinity)
    }

    @Test("The derivative of the contraction is that of A / ‖A‖₂ by differences")
    func contraction() throws {
        var member = SmallMember.make(hasLead: false)
        for index in member.shape.transition.range { member.values[index] *= 4 }
        let (contracted, slope) = member.contracted()
        let found = try #require(slope)
        let size = 9
        // The gradient of a linear function of the contraction: Σ w_ij Â_ij.
        let weights = (0..<size).map { Double($0 * $0 % 7) - 2 }
        var (hessian, gradient) = ([Double](repeating: 0, count: size * size), weights)
        found.apply(to: &hessian, &gradient, width: size)
        for index in 0..<size {
            func value(_ by: Double) -> Double {
                var other = member
                other.values[index] += by
                return zip(weights, other.contracted().member.values).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(abs((value(1e-6) - value(-1e-6)) / 2e-6 - gradient[index]) < 1e-7)
        }
        #expect(contracted.contracted().slope == nil || contracted.contracted().slope!.norm < 1 + 1e-9)
    }

    @Test("A network that takes a member over predicts what its equations do", arguments: [0, 3], activations)
    func network(transient: Int, activation: BoundedActivation) throws {
        let hasLead = transient > 0
        var member = SmallMember.make(hasLead: hasLead, activation: activation).contracted().member
        member.transient = (0..<transient).map { row in (0..<6).map { 0.1 * Double($0) - 0.2 * Double(row) } }
        let stretch = SmallMember.stretch(rows: 30)
        let sizes = SensorArchitecture(
            members: 1, outputs: 2, inputs: 2, actions: 2, core: 2, free: 1, hidden: 4,
            activation: activation, hasLead: hasLead, transient: transient, inverseSteps: 1)
        let network = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(1))
        network.load([member], spreads: [[0.5, 2, 3]])
        func tensor(_ values: [Double]) -> Tensor { Tensor(values.map(Float.init), shape: [1, 1, 30, 2]) }
        let predicted = withoutGradients {
            let encoded = network.encode(
                outputs: tensor(stretch.outputs.map { $0.isFinite ? $0 : 0 }),
                mask: tensor(stretch.outputs.map { $0.isFinite ? 1 : 0 }), inputs: tensor(stretch.inputs))
            let inputs = tensor(stretch.inputs)
            return network.readAll(
                network.rollout(
                    from: encoded[5], inputs: inputs.narrow(dim: 2, start: 5, length: 24),
                    after: inputs.narrow(dim: 2, start: 29, length: 1))
            ).doubles()
        }
        var state = member.encoded(stretch, from: 0, rows: 6)
        for step in 0..<24 {
            state = member.next(state, stretch, 5 + step)
            for (output, value) in member.read(state).enumerated() {
                #expect(abs(value - predicted[2 * step + output]) < 1e-4)
            }
        }
    }
}
