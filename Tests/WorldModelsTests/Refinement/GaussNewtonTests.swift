import Basics
import Foundation
import Tensors
import Testing

@testable import WorldModels

@Suite("Gauss–Newton on free runs")
struct GaussNewtonTests {
    /// The kernel is in the library that set-up built.
    init() throws { try Engine.load() }

    /// A level with a square-root outflow, sampled with noise.
    private func tank(rows: Int, noise: Double, seed: UInt64) -> SignalStretch {
        var generator = SeededGenerator(seed: seed, stream: 1)
        var (level, input) = (1.0, 0.5)
        var (outputs, inputs): ([Double], [Double]) = ([], [])
        for row in 0..<rows {
            if row % 12 == 0 { input = generator.uniform(in: 0...1) }
            outputs.append(level - 1 + noise * generator.normal())
            inputs.append(2 * input - 1)
            level = max(0, level + 0.25 * input - 0.15 * level.squareRoot())
        }
        return SignalStretch(outputs: outputs, inputs: inputs, count: rows)
    }

    private func start(hidden: Int) -> StateSpaceMember {
        let shape = StateSpaceShape(states: 1, inputs: 1, outputs: 1, hidden: 0, hasLead: false)
        var member = StateSpaceMember(shape)
        member[shape.transition, 0, 0] = 0.9
        member[shape.input, 0, 0] = 0.1
        member[shape.readout, 0, 0] = 1
        member[shape.gain, 0, 0] = 1
        member[shape.firstGain, 0, 0] = 1
        guard hidden > 0 else { return member }
        var generator = SeededGenerator(seed: 4, stream: 9)
        return member.withHidden(hidden, .tanh, states: ([0], [0.5]), using: &generator)
    }

    private func windows(_ rows: Int) -> [FreeRunWindow] {
        stride(from: 0, through: rows - 104, by: 50).map {
            FreeRunWindow(stretch: 0, start: $0, history: 4, steps: 100)
        }
    }

    @Test("A nonlinear plant is learned to its noise, which no linear model reaches, and holds on new data")
    func tank() {
        let (train, test) = (tank(rows: 1500, noise: 0.005, seed: 1), tank(rows: 600, noise: 0, seed: 2))
        func error(_ member: StateSpaceMember) -> Double {
            FreeRunKernel.cost(member, windows(600), [test]).squareRoot()
        }
        let newton = GaussNewton(stretches: [train], iterations: 40, penalty: 1e-7)
        var linear = start(hidden: 0)
        newton.minimise(&linear, over: windows(1500), free: linear.shape.linearParameters)
        var bent = start(hidden: 6)
        newton.minimise(&bent, over: windows(1500), free: Array(0..<bent.shape.count))
        #expect(error(linear) > 0.03)
        #expect(error(bent) < 0.015)
    }

    @Test("The cost never rises, what may not change stays, and the judge's best is kept")
    func promises() {
        let train = tank(rows: 400, noise: 0.02, seed: 3)
        let newton = GaussNewton(stretches: [train], iterations: 5)
        var member = start(hidden: 3)
        let before = member
        let free = Array(member.shape.gain.range) + Array(member.shape.firstGain.range)
        newton.minimise(&member, over: windows(400), free: free)
        #expect(newton.cost(member, windows(400)) <= newton.cost(before, windows(400)))
        for index in member.values.indices where !free.contains(index) {
            #expect(member.values[index] == before.values[index])
        }
        // A judge that likes nothing better than the start gets the start back.
        var judged = before
        let error = newton.minimise(&judged, over: windows(400), free: Array(0..<before.shape.count)) {
            $0.values == before.values ? 0 : 1
        }
        #expect(error == 0)
        #expect(judged.values == before.values)
    }
}
