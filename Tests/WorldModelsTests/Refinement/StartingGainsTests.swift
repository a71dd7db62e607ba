import Basics
import Foundation
import Identification
import Testing

@testable import WorldModels

@Suite("Gains of the first rows of a history")
struct StartingGainsTests {
    /// Position and speed of a damped mass under a random force, in innovation form; the position is measured.
    private func plant() -> StateSpaceMember {
        let shape = StateSpaceShape(states: 2, inputs: 1, outputs: 1, hidden: 0, hasLead: false)
        var member = StateSpaceMember(shape)
        let a = [[0.99, 0.1], [-0.08, 0.9]]
        for row in 0..<2 { for column in 0..<2 { member[shape.transition, row, column] = a[row][column] } }
        member[shape.input, 1, 0] = 0.2
        member[shape.offset, 1, 0] = 0.05
        member[shape.readout, 0, 0] = 1
        member[shape.gain, 0, 0] = 0.3
        member[shape.gain, 1, 0] = 0.2
        member[shape.firstGain, 0, 0] = 1
        return member
    }

    /// A record of the plant, and its states before each measurement.
    private func record(_ member: StateSpaceMember, rows: Int, noise: Double) -> (SignalStretch, [[Double]]) {
        var generator = SeededGenerator(seed: 11, stream: 1)
        var stretch = SignalStretch(
            outputs: [], inputs: (0..<rows).map { _ in generator.normal() }, count: rows)
        var state = [0.3, 0.1]
        var states: [[Double]] = []
        for row in 0..<rows {
            states.append(state)
            let innovation = noise * generator.normal()
            stretch.outputs.append(state[0] + innovation)
            let known = state.indices.map { state[$0] + member[member.shape.gain, $0, 0] * innovation }
            state = member.next(known, stretch, row)
        }
        return (stretch, states)
    }

    @Test("Short histories are encoded as well as any linear guess could, long ones by K")
    func optimal() throws {
        let member = plant()
        let (stretch, states) = record(member, rows: 30_000, noise: 0.15)
        let windows = (0..<600).map { FreeRunWindow(stretch: 0, start: 40 * $0, history: 30, steps: 1) }
        let found = try #require(StartingGains(member, [stretch], windows, rows: 24))
        var started = member
        started.values.replaceSubrange(member.shape.prior.range, with: found.prior)
        started.values.replaceSubrange(member.shape.firstGain.range, with: found.gains[0].elements)
        started.transient = found.gains.dropFirst().map(\.elements)
        // The gain settles on K.
        for index in 0..<2 {
            #expect(abs(found.gains[23].elements[index] - member[member.shape.gain, index, 0]) < 0.02)
        }
        for rows in [1, 2, 3] {
            func error(_ member: StateSpaceMember) -> Double {
                var sum = 0.0
                for start in stride(from: 100, to: 29_900, by: 7) {
                    let last = start + rows - 1
                    let guess = member.encoded(stretch, from: start, rows: rows)
                    let innovation = stretch.outputs[last] - states[last][0]
                    for index in 0..<2 {
                        let truth = states[last][index] + member[member.shape.gain, index, 0] * innovation
                        sum += (guess[index] - truth) * (guess[index] - truth)
                    }
                }
                return sum
            }
            // No change of a gain makes the guess better: it is the least that a linear one can err by.
            let least = error(started)
            #expect(least < error(member))
            for index in 0..<2 {
                for change in [-0.3, 0.3] {
                    var other = started
                    if rows == 1 {
                        other.values[member.shape.firstGain.start + index] += change
                    } else {
                        other.transient[rows - 2][index] += change
                    }
                    #expect(error(other) > least)
                }
            }
        }
    }

    @Test("Too few windows give no gains")
    func few() {
        let member = plant()
        let (stretch, _) = record(member, rows: 50, noise: 0.1)
        let windows = [FreeRunWindow(stretch: 0, start: 0, history: 30, steps: 1)]
        #expect(StartingGains(member, [stretch], windows, rows: 4) == nil)
    }
}
