import Episodes
import Testing

@testable import Commands
@testable import WorldModels

@Suite("What evaluate says of trust is what its figures say")
struct EvaluationWordsTests {
    private func words(_ model: [Double], persistence: [Double], linear: [Double]?) -> String {
        let rows = model.indices.map { step in
            Evaluation.Row(
                seconds: Double(step + 1) * 10, rmse: model[step], persistence: persistence[step],
                linear: linear?[step], coverage: 0.9, halfWidth: 1, errorQuantile: 2 * model[step], count: 50)
        }
        let output = Evaluation.Output(
            Channel(name: "T", unit: "°C", role: .observation), rows: rows, windows: 50,
            residuals: ResidualSummary([1, -2, 1, -2, 1, -2, 1, -2], maximumLag: 2))
        return EvaluationWords.trust(output, promised: 0.9)
    }

    @Test("Better is only what errs less at every step")
    func better() {
        #expect(
            words([1, 2], persistence: [2, 5], linear: [1.5, 2.5]).hasSuffix(
                "for 20 s (90 % of errors), better than the linear model and the last value held"))
        #expect(
            words([1, 2], persistence: [2, 5], linear: nil).hasSuffix("of errors), better than the last value held"))
        // A linear model that is twice as good, within what counts as nothing.
        let near = words([0.2, 1], persistence: [0.5, 10], linear: [0.1, 1.5])
        #expect(
            near.hasSuffix(
                "better than the last value held; the linear model errs up to 0.100\u{202F}°C less, which counts as no "
                    + "difference"), "\(near)")
        let both = words([0.2, 1], persistence: [0.1, 10], linear: [0.2, 1.5])
        #expect(!both.contains("better than"), "\(both)")
        #expect(both.contains("; the linear model errs as little; holding the last value errs up to"), "\(both)")
    }

    @Test("The model is said to be it again where it errs less, else to be no worse")
    func again() {
        #expect(words([3, 4], persistence: [1, 5], linear: nil).hasSuffix("from 20 s on the model again"))
        let alike = words([3, 4], persistence: [1, 3.95], linear: nil)
        #expect(alike.hasSuffix("from 20 s on the model is no worse"), "\(alike)")
    }
}
