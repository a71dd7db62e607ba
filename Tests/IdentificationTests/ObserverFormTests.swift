import Basics
import Episodes
import Identification
import Testing
import _TestSupport

@Suite("Observer form")
struct ObserverFormTests {
    private static let layout = SignalLayout(outputs: ["y1", "y2"], inputs: ["u", "w"])

    private func form(_ model: ARXModel) -> ObserverForm {
        ObserverForm(
            model, outputMean: [200, -3], outputScale: [40, 2.5], inputMean: [50, 0], inputScale: [30, 3])
    }

    private func column(_ values: [Double]) -> RealMatrix {
        RealMatrix(rows: values.count, columns: 1, elements: values)
    }

    private func plus(_ a: RealMatrix, _ b: RealMatrix) -> RealMatrix {
        RealMatrix(rows: a.rows, columns: a.columns, elements: zip(a.elements, b.elements).map { $0 + $1 })
    }

    /// Normalised predictions after a window of measurements: an observer along it, then a free run.
    private func run(_ form: ObserverForm, outputs: [[Double]], inputs: [[Double]], window: Int) -> [Double] {
        var state = column([Double](repeating: 0, count: form.transition.rows))
        var found: [Double] = []
        for time in inputs.indices {
            if time < window {
                let predicted = (form.readout * state).elements
                let innovation = zip(outputs[time], predicted).map { $0 - $1 }
                state = plus(state, form.gain * column(innovation))
            } else {
                found += (form.readout * state).elements
            }
            state = plus(plus(form.transition * state, form.input * column(inputs[time])), form.offset)
        }
        return found
    }

    @Test("It predicts exactly what the ARX model predicts, in both coordinates", arguments: [1, 2, 3, 5])
    func exact(_ order: Int) throws {
        let record = Systems.record(count: 400, seed: 11, noise: 0.5)
        let model = try ARXModel.fit([record], layout: Self.layout, order: order, ridge: 1e-4)
        try #require(model.spectralRadius < 0.9999)
        let (window, horizon) = (order + 3, 60)
        let rows = 120..<(120 + window + horizon)
        let expected = model.simulate(
            outputs: rows.prefix(window).flatMap { [record[$0, 0], record[$0, 1]] },
            inputs: rows.flatMap { [record[$0, 2], record[$0, 3]] }, horizon: horizon
        ).enumerated().map { $0.offset % 2 == 0 ? ($0.element - 200) / 40 : ($0.element + 3) / 2.5 }
        let outputs = rows.map { [(record[$0, 0] - 200) / 40, (record[$0, 1] + 3) / 2.5] }
        let inputs = rows.map { [(record[$0, 2] - 50) / 30, record[$0, 3] / 3] }
        let plain = form(model)
        #expect(relativeError(run(plain, outputs: outputs, inputs: inputs, window: window), expected) < 1e-10)
        let contractive = plain.contractive()
        #expect(relativeError(run(contractive, outputs: outputs, inputs: inputs, window: window), expected) < 1e-8)
    }

    @Test("In contractive coordinates the state matrix has a norm below one and the same poles")
    func norm() throws {
        let record = Systems.record(count: 400, seed: 12, noise: 0.5)
        let model = try ARXModel.fit([record], layout: Self.layout, order: 4, ridge: 1e-6)
        let (plain, contractive) = (form(model), form(model).contractive())
        let norms = try [plain, contractive].map { form in
            try #require(singularValueDecomposition(form.transition).values.first)
        }
        // In observer form it expands in one step although every mode decays: that is why coordinates are changed.
        #expect(norms[0] > 1)
        #expect(norms[1] < 1)
        let poles = try [plain, contractive].map { try #require(eigenvalues(of: $0.transition)).map(\.magnitude) }
        #expect(relativeError(poles[1], poles[0]) < 1e-6)
    }

    @Test("Poles outside the circle are drawn in, so that the start is stable")
    func unstable() throws {
        let record = Systems.firstOrder(a: 1.05, b: 1, delay: 1, count: 60, seed: 3)
        let model = try ARXModel.fit(
            [record], layout: SignalLayout(outputs: ["y"], inputs: ["u"]), order: 1, ridge: 1e-9)
        #expect(model.spectralRadius > 1.01)
        let form = ObserverForm(model, outputMean: [0], outputScale: [1], inputMean: [0], inputScale: [1])
        #expect(spectralRadius(of: form.transition) <= ObserverForm.greatestPole + 1e-12)
        #expect(try #require(singularValueDecomposition(form.contractive().transition).values.first) < 1)
    }
}
