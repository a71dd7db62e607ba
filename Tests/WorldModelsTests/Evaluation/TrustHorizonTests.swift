import Testing

@testable import WorldModels

@Suite("How far to trust")
struct TrustHorizonTests {
    private func rows(_ model: [Double], persistence: [Double], linear: [Double]? = nil) -> [Evaluation.Row] {
        model.indices.map { step in
            Evaluation.Row(
                seconds: Double(step + 1) * 10, rmse: model[step], persistence: persistence[step],
                linear: linear?[step], coverage: 0.9, halfWidth: 1, errorQuantile: 2 * model[step], count: 50)
        }
    }

    @Test("To the end when nothing is better")
    func all() {
        let trust = TrustHorizon(rows([1, 2, 3], persistence: [2, 5, 9], linear: [1.5, 2.5, 3.5]))
        #expect(trust.seconds == 30 && trust.error == 6 && trust.beatenBy == nil && trust.betterAgainFrom == nil)
    }

    @Test("Up to where the linear model is better")
    func linear() {
        let trust = TrustHorizon(rows([1, 2, 4], persistence: [2, 5, 9], linear: [1.5, 2.5, 3]))
        #expect(trust.seconds == 20 && trust.error == 4 && trust.beatenBy == .linear && trust.betterAgainFrom == nil)
    }

    @Test("Never when holding the last value is better from the first step on, and again later")
    func persistence() {
        let trust = TrustHorizon(rows([3, 4, 4], persistence: [1, 5, 9]))
        #expect(trust.seconds == 0 && trust.beatenBy == .persistence && trust.betterAgainFrom == 20)
        #expect(trust.error.isNaN)
    }

    @Test(
        "Up to where a prediction runs away, and past steps at which nothing was compared",
        arguments: [Double.nan, .infinity])
    func runaway(error: Double) {
        let trust = TrustHorizon(rows([1, error], persistence: [2, 5]))
        #expect(trust.seconds == 10 && trust.beatenBy == .persistence && trust.betterAgainFrom == nil)
        var gap = rows([1, error, 3], persistence: [2, 5, 9])
        gap[1].count = 0
        #expect(TrustHorizon(gap).seconds == 30 && TrustHorizon(gap).beatenBy == nil)
    }

    @Test("What errs less by too little to count is named with how much, and is not beaten")
    func near() {
        // 2 % of persistence's last error of 10 is 0.2.
        let trust = TrustHorizon(rows([0.2, 1, 2], persistence: [0.5, 5, 10], linear: [0.1, 0.85, 2.5]))
        #expect(trust.seconds == 30 && trust.beatenBy == nil)
        #expect(trust.near.map(\.rival) == [.linear] && abs((trust.near.first?.margin ?? 0) - 0.15) < 1e-12)
        #expect(TrustHorizon(rows([1, 2], persistence: [2, 5], linear: [1.5, 2.5])).near.isEmpty)
        // As good is not better.
        #expect(TrustHorizon(rows([1, 2], persistence: [2, 5], linear: [1, 2.5])).near.map(\.margin) == [0])
        // Beyond the time that it is trusted for, who is better is said anyway.
        #expect(TrustHorizon(rows([1, 4], persistence: [2, 5], linear: [1.5, 3])).near.isEmpty)
    }

    @Test("Better again is only what errs less at every step from then on")
    func again() {
        let better = TrustHorizon(rows([3, 4, 4], persistence: [1, 5, 9]))
        #expect(better.betterAgainFrom == 20 && better.isBetterAgain)
        let alike = TrustHorizon(rows([3, 4, 4], persistence: [1, 3.9, 9]))
        #expect(alike.betterAgainFrom == 20 && !alike.isBetterAgain)
    }

    @Test("What is too little to matter does not count")
    func allowance() {
        // 2 % of persistence's last error of 10 is 0.2.
        #expect(TrustHorizon(rows([0.29, 2], persistence: [0.1, 10])).beatenBy == nil)
        #expect(TrustHorizon(rows([0.31, 2], persistence: [0.1, 10])).beatenBy == .persistence)
    }

    @Test("The interval of a share is Wilson's", arguments: [(0.9, 10, 0.5958, 0.9821), (0.5, 100, 0.4038, 0.5962)])
    func wilson(share: Double, count: Int, low: Double, high: Double) {
        let interval = Evaluation.Output.interval(share: share, of: count)
        #expect(abs(interval.lowerBound - low) < 2e-4 && abs(interval.upperBound - high) < 2e-4)
    }

    @Test("The probability of a Ljung–Box statistic is that of chi-squared")
    func chiSquared() {
        // Residuals made so that the statistic is known: one lag with correlation −0.5 among three samples.
        let summary = ResidualSummary([1, -2, 1, -2, 1, -2, 1, -2, 1, -2], maximumLag: 4)
        let expected =
            10.0 * 12
            * (1...4).reduce(0.0) { sum, lag in
                let rho = summary.autocorrelation[lag]
                return sum + rho * rho / Double(10 - lag)
            }
        #expect(abs(summary.ljungBox - expected) < 1e-9)
        // χ²(4) exceeds 13.28 with probability 0.01; here the statistic is about 33.
        #expect(summary.probability < 1e-4)
    }
}
