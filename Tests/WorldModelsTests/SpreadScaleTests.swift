import Basics
import Testing

@testable import WorldModels

@Suite("Scale of bands")
struct SpreadScaleTests {
    /// The share of new values within bands of predictions of a mean, over many logs of so many folds; every member
    /// leaves one fold out, the prediction is the members' mean.
    private func coverage(folds: Int, noise: Double, isShort: Bool, quantile: Int) throws -> Double {
        var random = SeededGenerator(seed: 11)
        var inside = 0.0
        let logs = 4000
        for _ in 0..<logs {
            // Each fold tells the unknown effect (0) with an error of its own.
            let told = (0..<folds).map { _ in random.normal() }
            let total = told.reduce(0, +)
            let members = told.map { (total - $0) / Double(folds - 1) }
            let mean = members.reduce(0, +) / Double(folds)
            let variance = members.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(folds - 1)
            let spread = variance.squareRoot()
            // Left-out errors are those of the measurement alone: the stretch lies between what was learned.
            let residuals = (0..<40).map { _ in (error: abs(noise * random.normal()), spread: spread) }
            let scale = SpreadScale(members: folds, isShort: isShort, windows: Double(folds))
            let band = try #require(scale.band(residuals, coverages: [0.9, 0.99]))
            let scaled = scale.factor * spread
            let width = band.quantiles[quantile] * (scaled * scaled + band.floor * band.floor).squareRoot()
            if abs(noise * random.normal() - mean) <= width { inside += 1 }
        }
        return inside / Double(logs)
    }

    @Test("The jackknife's factor is exact where a prediction is a sum over folds", arguments: [5, 10])
    func jackknife(folds: Int) throws {
        // Var(mean of n) from n leave-one-out means: (n − 1)²/n times their variance.
        var random = SeededGenerator(seed: 2)
        let scale = SpreadScale(members: folds, isShort: false, windows: 100)
        var (estimated, real) = (0.0, 0.0)
        for _ in 0..<4000 {
            let told = (0..<folds).map { _ in random.normal() }
            let total = told.reduce(0, +)
            let members = told.map { (total - $0) / Double(folds - 1) }
            let mean = total / Double(folds)
            let variance = members.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(folds - 1)
            estimated += scale.factor * scale.factor * variance
            real += mean * mean
        }
        #expect(abs(estimated / real - 1) < 0.1)
    }

    @Test("Normal errors of short logs are covered as promised, by what guardrails keep clear of too")
    func shortLogs() throws {
        // Noise that is great beside what the folds disagree about: the floor decides.
        #expect(abs(try coverage(folds: 10, noise: 3, isShort: true, quantile: 0) - 0.9) < 0.03)
        #expect(try coverage(folds: 10, noise: 3, isShort: true, quantile: 1) > 0.97)
    }

    @Test("Short logs take half of the jackknife's factor, and the scores of others stretch theirs")
    func factors() throws {
        let short = SpreadScale(members: 10, isShort: true, windows: 3)
        let long = SpreadScale(members: 10, isShort: false, windows: 300)
        #expect(abs(short.factor * 2 - long.factor) < 1e-12)
        #expect(SpreadScale(members: 1, isShort: true, windows: 3).factor == 1)
        // Errors that the disagreement foretells by a half: the quantile makes up for it.
        let residuals = (1...999).map { (error: Double($0) * 10, spread: Double($0)) }
        let band = try #require(long.band(residuals, coverages: [0.9]))
        let covered = residuals.filter {
            let spread = long.factor * $0.spread
            return $0.error <= band.quantiles[0] * (spread * spread + band.floor * band.floor).squareRoot()
        }
        #expect(covered.count == 900)
        #expect(short.band([], coverages: [0.9]) == nil)
    }

    @Test("Where windows are too few for a coverage, its quantile is at least the normal one")
    func rareValues() throws {
        // Left-out errors that are all alike would promise everything.
        let residuals = [(error: Double, spread: Double)](repeating: (1, 0), count: 500)
        let few = SpreadScale(members: 5, isShort: false, windows: 30)
        let many = SpreadScale(members: 5, isShort: false, windows: 200)
        #expect(try #require(few.band(residuals, coverages: [0.9, 0.99])).quantiles[0] == 1)
        // The floor is the median magnitude, 1: that of a normal distribution whose 99 % lie within 2.5758 · 1.4826.
        #expect(abs(try #require(few.band(residuals, coverages: [0.9, 0.99])).quantiles[1] - 3.8189) < 1e-3)
        #expect(try #require(many.band(residuals, coverages: [0.9, 0.99])).quantiles[1] == 1)
        // However many windows there are: an output that is measured seldom has few errors in them.
        func seldom(_ count: Int) throws -> [Double] {
            try #require(many.band(Array(residuals.prefix(count)), coverages: [0.9, 0.99])).quantiles
        }
        #expect(try seldom(9)[0] == 1 && abs(seldom(8)[0] - 1.6449 * 1.4826) < 1e-3)
        #expect(try seldom(99)[1] == 1 && abs(seldom(98)[1] - 3.8189) < 1e-3)
        // Signed errors beyond which half a percent lies, on either side, and the same where members disagree by a lot.
        let signed = few.errorQuantiles((0..<500).map { ($0 % 2 == 0 ? 1 : -1, 0) }, floor: 1)
        #expect(abs(signed[0] + 3.819) < 2e-3 && abs(signed[signed.count - 1] - 3.819) < 2e-3)
        let apart = few.errorQuantiles((0..<500).map { ($0 % 2 == 0 ? 1 : -1, 1000) }, floor: 1)
        #expect(abs(apart[0] + 2.576) < 2e-3 && abs(apart[apart.count - 1] - 2.576) < 2e-3)
    }
}
