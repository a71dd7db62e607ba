import Episodes
import Identification
import Testing

@Suite("A model of the equations of several")
struct JoinedModelTests {
    private let layout = SignalLayout(outputs: ["y1", "y2"], inputs: ["u", "w"])

    private func models() throws -> (small: ARXModel, large: ARXModel) {
        let record = Systems.record(count: 400, seed: 11, noise: 0.5)
        let fits = ARXModel.fits([record], layout: layout, orders: [1, 3], ridges: [1e-6, 1])
        return (
            try #require(fits.first { $0.order == 1 && $0.ridge == 1 }),
            try #require(fits.first { $0.order == 3 && $0.ridge == 1e-6 })
        )
    }

    @Test("Each output keeps the coefficients of its own model, and no lag more")
    func coefficients() throws {
        let (small, large) = try models()
        let joined = try #require(ARXModel.joining([small, large]))
        #expect(joined.order == 3 && joined.hasConsistentSizes)
        for lag in 1...3 {
            let (a, b) = (joined.outputCoefficients(lag: lag), joined.inputCoefficients(lag: lag))
            for column in 0..<2 {
                let first = lag == 1 ? (small.outputCoefficients(lag: 1), small.inputCoefficients(lag: 1)) : nil
                #expect(a[0, column] == first?.0[0, column] ?? 0)
                #expect(b[0, column] == first?.1[0, column] ?? 0)
                #expect(a[1, column] == large.outputCoefficients(lag: lag)[1, column])
                #expect(b[1, column] == large.inputCoefficients(lag: lag)[1, column])
            }
        }
        #expect(joined.intercept == [small.intercept[0], large.intercept[1]])
    }

    @Test("One step ahead it predicts what each of them does")
    func prediction() throws {
        let (small, large) = try models()
        let record = Systems.record(count: 60, seed: 4, noise: 0.5)
        let joined = try #require(ARXModel.joining([small, large]))
        func next(_ model: ARXModel) -> [Double] {
            model.simulate(
                outputs: (0..<20).flatMap { [record[$0, 0], record[$0, 1]] },
                inputs: (0..<21).flatMap { [record[$0, 2], record[$0, 3]] }, horizon: 1)
        }
        #expect(abs(next(joined)[0] - next(small)[0]) < 1e-9)
        #expect(abs(next(joined)[1] - next(large)[1]) < 1e-9)
    }

    @Test(
        "Outputs that are alone have the coefficients of a model of their own, and none of each other's",
        arguments: [0, 1])
    func alone(delay: Int) throws {
        let record = Systems.record(count: 400, seed: 11, noise: 0.5)
        let fits = ARXModel.fitsAlone([record], layout: layout, orders: [1, 3], ridges: [1e-6, 1], inputDelay: delay)
        #expect(fits.count == 4)
        for model in fits {
            #expect(model.hasConsistentSizes && model.inputDelay == delay)
            for (output, name) in layout.outputs.enumerated() {
                let single = ARXModel.fits(
                    [record], layout: SignalLayout(outputs: [name], inputs: layout.inputs), orders: [1, 3],
                    ridges: [1e-6, 1], inputDelay: delay)
                let own = try #require(single.first { $0.order == model.order && $0.ridge == model.ridge })
                #expect(model.intercept[output] == own.intercept[0])
                for lag in 1...model.order {
                    let (a, b) = (model.outputCoefficients(lag: lag), model.inputCoefficients(lag: lag))
                    #expect(a[output, output] == own.outputCoefficients(lag: lag)[0, 0])
                    #expect(a[output, 1 - output] == 0)
                    for input in 0..<2 { #expect(b[output, input] == own.inputCoefficients(lag: lag)[0, input]) }
                }
            }
        }
        // It joins with one in which outputs say something of each other.
        let whole = ARXModel.fits([record], layout: layout, orders: [3], ridges: [1], inputDelay: delay)
        #expect(ARXModel.joining([try #require(fits.first), try #require(whole.first)]) != nil)
    }

    @Test("Models that do not go together are not joined")
    func refused() throws {
        let (small, large) = try models()
        #expect(ARXModel.joining([small]) == nil)
        #expect(ARXModel.joining([]) == nil)
        let other = Systems.record(count: 300, seed: 12, noise: 0.5)
        let elsewhere = try ARXModel.fit([other], layout: layout, order: 2, ridge: 1e-4)
        #expect(ARXModel.joining([large, elsewhere]) == nil)
    }
}
