import Basics
import Testing

@Suite("Intervals of rates")
struct BinomialRateTests {
    @Test(
        "Clopper and Pearson's interval is that of scipy.stats.binomtest",
        arguments: [
            (0, 50, 0.0, 0.07112173), (1, 50, 0.00050622, 0.10646955), (5, 50, 0.03327509, 0.21813537),
            (25, 50, 0.35527297, 0.64472703), (10, 10, 0.69150289, 1.0), (3, 2000, 0.00030944, 0.00437732),
        ])
    func reference(count: Int, total: Int, low: Double, high: Double) {
        let interval = BinomialRate.clopperPearson(count, of: total)
        #expect(abs(interval.lowerBound - low) < 1e-7 && abs(interval.upperBound - high) < 1e-7, "\(interval)")
    }

    @Test("At the ends of the interval so many or more, and so many or fewer, have a probability of 2.5 %")
    func definition() {
        let interval = BinomialRate.clopperPearson(2, of: 12)
        func atMost(_ count: Int, _ rate: Double) -> Double {
            var (sum, ways) = (0.0, 1.0)
            for k in 0...count {
                sum += ways * power(rate, k) * power(1 - rate, 12 - k)
                ways *= Double(12 - k) / Double(k + 1)
            }
            return sum
        }
        #expect(abs(1 - atMost(1, interval.lowerBound) - 0.025) < 1e-9)
        #expect(abs(atMost(2, interval.upperBound) - 0.025) < 1e-9)
    }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
}
