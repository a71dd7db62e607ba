import Basics
import Episodes
import Identification
import Testing
import _TestSupport

@Suite("Balanced truncation")
struct BalancedTruncationTests {
    private static let layout = SignalLayout(outputs: ["y1", "y2"], inputs: ["u", "w"])

    private func form(order: Int, hasLead: Bool) throws -> ObserverForm {
        let record = Systems.record(count: 600, seed: 5, noise: 0.5)
        let model = try #require(
            ARXModel.fits(
                [record], layout: Self.layout, orders: [order], ridges: [1e-4], inputDelay: hasLead ? 0 : 1
            ).first)
        return ObserverForm(
            model, outputMean: [200, -3], outputScale: [40, 2.5], inputMean: [50, 0], inputScale: [30, 3])
    }

    /// What an impulse on each input does from the next step on, by its lead, and what one on each innovation does:
    /// `[age][output, source]`.
    private func impulses(_ form: ObserverForm, ages: Int) -> [RealMatrix] {
        let inputs = form.input.columns
        var state = RealMatrix(rows: form.transition.rows, columns: 2 * inputs + form.gain.columns)
        let late = form.transition * form.lead
        for row in 0..<state.rows {
            for column in 0..<inputs {
                state[row, column] = late[row, column] + form.input[row, column]
                state[row, inputs + column] = form.lead[row, column]
            }
            for column in 0..<form.gain.columns { state[row, 2 * inputs + column] = 0.1 * form.gain[row, column] }
        }
        return (0..<ages).map { _ in
            defer { state = form.transition * state }
            return form.readout * state
        }
    }

    @Test("Hankel singular values are those of the Hankel matrix of the impulse responses", arguments: [false, true])
    func hankel(_ hasLead: Bool) throws {
        let form = try form(order: 4, hasLead: hasLead)
        let ages = 90
        try #require(spectralRadius(of: form.transition) < 0.93)
        let responses = impulses(form, ages: 2 * ages)
        let (outputs, sources) = (2, responses[0].columns)
        var matrix = RealMatrix(rows: ages * outputs, columns: ages * sources)
        for ahead in 0..<ages {
            for output in 0..<outputs {
                for age in 0..<ages {
                    for source in 0..<sources {
                        matrix[ahead * outputs + output, age * sources + source] =
                            responses[ahead + age][output, source]
                    }
                }
            }
        }
        // Few singular values are not zero: the Gram matrix of the rows is enough, and smaller.
        let expected = singularValueDecomposition(matrix * matrix.transposed).values.map { $0.squareRoot() }
        let found = form.hankelSingularValues
        #expect(found.count == form.transition.rows)
        for (value, reference) in zip(found, expected) where reference > 1e-4 * expected[0] {
            #expect(abs(value - reference) < 1e-4 * expected[0], "\(value) for \(reference)")
        }
    }

    @Test("With all states it is the same model, with fewer a stable one within the bound", arguments: [false, true])
    func reduction(_ hasLead: Bool) throws {
        let form = try form(order: 5, hasLead: hasLead)
        let whole = form.transition.rows
        let values = form.hankelSingularValues
        let reference = impulses(form, ages: 60)
        let models = form.reduced(to: Array(2...whole))
        try #require(models.count >= 4)
        for model in models {
            let states = model.transition.rows
            #expect(spectralRadius(of: model.transition) < 1)
            #expect(model.isReduced)
            // |h − h_r| ≤ ‖H − H_r‖∞ ≤ 2 (σ_{n+1} + … ) (Enns 1984; Glover 1984).
            let bound = 2 * values.dropFirst(states).reduce(0, +)
            let found = impulses(model, ages: 60)
            for (now, then) in zip(found, reference) {
                for (value, expected) in zip(now.elements, then.elements) {
                    #expect(abs(value - expected) <= bound + 1e-5 * values[0], "\(states) states")
                }
            }
        }
        let last = try #require(models.last)
        #expect(last.transition.rows == whole)
    }

    @Test("Contractive coordinates of a reduced model keep what it says and leave room below the bound")
    func contraction() throws {
        for model in try form(order: 5, hasLead: true).reduced(to: [3, 6]) {
            let turned = model.contractive()
            let radius = spectralRadius(of: model.transition)
            let norm = try #require(singularValueDecomposition(turned.transition).values.first)
            #expect(norm >= radius - 1e-9)
            #expect(norm <= (1 + radius) / 2 + 1e-9)
            #expect(turned.isReduced)
            for (found, expected) in zip(impulses(turned, ages: 40), impulses(model, ages: 40)) {
                #expect(relativeError(found.elements, expected.elements) < 1e-6)
            }
        }
    }
}
