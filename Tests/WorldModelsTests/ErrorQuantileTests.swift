import Basics
import Foundation
import Testing

@testable import WorldModels

@Suite("Quantiles of signed errors") struct ErrorQuantileTests {
    /// Errors that are `Exp(1) - 1`, skewed; the share of new ones beyond each quantile, over many logs.
    @Test("one more error lies beyond each no more often than its level leaves there")
    func conformal() {
        var random = SeededGenerator(seed: 4)
        let scale = SpreadScale(members: 1, isShort: false, windows: 1000)
        let levels = SpreadScale.errorLevels
        var beyond = [Double](repeating: 0, count: levels.count)
        let logs = 6000
        func draw() -> Double { -log(1 - random.uniform()) - 1 }
        for _ in 0..<logs {
            let quantiles = scale.errorQuantiles((0..<99).map { _ in (draw(), 0) }, floor: 1)
            let next = draw()
            for (index, level) in levels.enumerated()
            where level < 0.5 ? next < quantiles[index] : next > quantiles[index] {
                beyond[index] += 1 / Double(logs)
            }
        }
        for (index, level) in levels.enumerated() {
            // Ranks are whole: of 99 errors half a percent has none, and the outermost one stands for it.
            let rank = (100 * level).rounded(level < 0.5 ? .down : .up)
            let expected = max(1, level < 0.5 ? rank : 100 - rank) / 100
            let slack = 4 * (expected * (1 - expected) / Double(logs)).squareRoot()
            #expect(abs(beyond[index] - expected) < slack + 0.002, "\(level): \(beyond[index]) for \(expected)")
            #expect(expected <= max(0.01, min(level, 1 - level)) + 1e-9)
        }
    }

    @Test("rise, also where a normal distribution stands for what few windows cannot tell")
    func rising() {
        var random = SeededGenerator(seed: 5)
        for windows in [3.0, 20, 1000] {
            let scale = SpreadScale(members: 5, isShort: false, windows: windows)
            let quantiles = scale.errorQuantiles((0..<60).map { _ in (0.1 * random.normal(), 0) }, floor: 1)
            #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 })
            // Errors of a tenth of σ: only what is known of them is narrow.
            #expect((quantiles[0] < -2.5) == (windows < 200))
        }
        let short = SpreadScale(members: 5, isShort: true, windows: 3).errorQuantiles([], floor: 1)
        #expect(abs(short[3] + 1.282) < 0.002 && abs(short[6]) < 1e-9 && abs(short[9] - 1.282) < 0.002)
    }
}
