import Basics
import Testing

@testable import Benchmarking
@testable import Commands

@Suite("Table of benchmark objectives")
struct ObjectivesTextTests {
    @Test("Of two seeds a cell shows the middle between them, as every other median does, and none that is unknown")
    func evenSeeds() {
        var curve = HorizonCurve(
            name: "a", label: "a", objective: nil,
            errors: [[Double](repeating: 0.1, count: 200), [Double](repeating: 0.2, count: 200)], diverged: [0, 0])
        (curve.ranks, curve.spreads) = ([2, 4], [1, 3])
        #expect(ObjectivesText.cells(curve).suffix(2) == ["3.0", "2.0"])
        curve.ranks = [.nan, 4]
        #expect(ObjectivesText.cells(curve).suffix(2) == ["4.0", "2.0"])
    }

    @Test("The best of a kind is chosen in the training part, and its error on the test record is told")
    func best() throws {
        func curve(_ objective: LearningObjective, test: Double, learned: [Double]) -> HorizonCurve {
            var curve = HorizonCurve(
                name: objective.rawValue, label: objective.label, objective: objective,
                errors: learned.map { _ in [Double](repeating: test, count: 200) }, diverged: learned.map { _ in 0 })
            curve.learnedErrors = learned
            return curve
        }
        var result = ObjectiveSetResult(set: "s", about: "", rows: 1, samplingTime: 1, starts: 1, parameters: 1)
        result.curves = [
            curve(.sigreg, test: 0.4, learned: [0.1, 0.2, 0.9]), curve(.vicreg, test: 0.3, learned: [0.3, 0.3, 0.1]),
            // What has nothing against collapse is no choice, and what is lost is none.
            curve(.unguarded, test: 0.2, learned: [0, 0, 0]), curve(.teacher, test: 0.1, learned: [.nan, .nan, 0]),
            curve(.autoencoder, test: 0.6, learned: [0.1]), curve(.variational, test: 0.5, learned: [0.2]),
            curve(.oneStep, test: 0.7, learned: [0.5]),
        ]
        #expect(
            result.best(.representation)?.objective == .sigreg
                && result.best(.reconstruction)?.objective == .autoencoder)
        let answer = ObjectivesText.answer(result)
        #expect(answer.contains("the best representation model, JEPA, SIGReg, 0.4"), "\(answer)")
        #expect(answer.contains("the best reconstruction, autoencoder, 0.6"), "\(answer)")
        let json = ObjectiveRecord.json([result])["sets"]?["s"]
        #expect(json?["best_by_training_part"]?["representation"]?.string == "jepa_sigreg")
        #expect(json?["curves"]?[0]?["errors_in_training_part"]?.array?.count == 3)
        result.curves = []
        #expect(result.best(.representation) == nil && !ObjectivesText.answer(result).contains("best"))
    }
}
