import Basics
import Foundation

@testable import Monitoring

/// A small stationary plant with known predictions: three outputs and an input that answers the first, all of which
/// remember themselves. What is added from a row on is a fault.
struct Simulation {
    var rho = 0.8
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    static let scope = SurpriseReference.Scope(
        outputs: ["a", "b", "c"], inputs: ["u"], silent: [], horizons: [1, 4], stepTime: 60, rowTime: 60,
        isLeftOut: true)

    /// Rows with the residuals of the true model.
    mutating func segment(
        _ count: Int, folds: Int = 5, noise: (Int) -> Double = { _ in 1 }, offset: (Int) -> Double = { _ in 0 }
    ) -> WatchedSegment {
        var state = [Double](repeating: 0, count: 3)
        var input = 0.0
        var rows: [Double] = []
        var residuals = [[Double]](repeating: [], count: 2)
        var history: [[Double]] = []
        for row in 0..<count {
            let common = generator.normal()
            let shocks = (0..<3).map { _ in 0.6 * common + 0.8 * generator.normal() }
            let before = state
            for channel in 0..<3 { state[channel] = rho * state[channel] + shocks[channel] * noise(row) }
            state[1] += offset(row)
            input = 0.5 * input - 0.3 * before[0] + 0.5 * generator.normal()
            rows += state + [input]
            history.append(state)
            residuals[0] += (0..<3).map { state[$0] - rho * before[$0] }
            let far = row >= 4 ? history[row - 4] : [Double](repeating: .nan, count: 3)
            residuals[1] += (0..<3).map { state[$0] - pow(rho, 4) * far[$0] }
        }
        return WatchedSegment(
            channels: 4, outputs: 3, rows: rows, residuals: residuals, folds: (0..<count).map { $0 * folds / count })
    }

    /// Probabilities of all rows.
    static func probabilities(_ segment: WatchedSegment, _ reference: SurpriseReference) -> [Double] {
        var monitor = SurpriseMonitor(reference)
        return (0..<segment.count).map { monitor.step(segment, $0)?.probability ?? .nan }
    }
}
