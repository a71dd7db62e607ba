import Basics
import Plants
import Testing

@testable import Planning

@Suite("Quadratic programs whose limits give way")
struct ElasticProgramTests {
    /// A random program with rows close to a point inside of the box, which keeps them all, so that some bind.
    private struct Case {
        var program: ElasticProgram
        var reference: QuadraticProgram

        init(seed: UInt64, variables: Int, rows: Int) {
            var generator = SeededGenerator(seed: seed)
            func number() -> Double { 2 * generator.uniform() - 1 }
            let factors = (0..<variables).map { _ in (0..<variables).map { _ in number() } }
            var hessian = DenseMatrix(rows: variables, columns: variables)
            for i in 0..<variables {
                for j in 0..<variables {
                    for row in factors { hessian[i, j] += row[i] * row[j] }
                }
                hessian[i, i] += 0.1
            }
            let gradient = (0..<variables).map { _ in 5 * number() }
            program = ElasticProgram(variables: variables)
            program.hessian = hessian.values
            program.gradient = gradient
            program.lower = [Double](repeating: -1, count: variables)
            program.upper = [Double](repeating: 1.5, count: variables)
            let inside = (0..<variables).map { _ in 0.5 * number() }
            var constraints: [[Double]] = []
            var bounds: [Double] = []
            for _ in 0..<rows {
                let row = (0..<variables).map { _ in number() }
                let bound = zip(row, inside).reduce(0) { $0 + $1.0 * $1.1 } - 0.1 * abs(number())
                program.add(row: row, atLeast: bound, price: 1e6)
                constraints.append(row.map { -$0 })
                bounds.append(-bound)
            }
            for i in 0..<variables {
                for (sign, bound) in [(1.0, 1.5), (-1.0, 1.0)] {
                    constraints.append((0..<variables).map { $0 == i ? sign : 0 })
                    bounds.append(bound)
                }
            }
            reference = QuadraticProgram(
                hessian: hessian, gradient: gradient, constraints: DenseMatrix(constraints), bounds: bounds)
        }
    }

    @Test("with prices above the multipliers the solution is that of rows that never give way", arguments: 1...6)
    func reference(seed: Int) throws {
        var example = Case(seed: UInt64(seed), variables: 8, rows: 5)
        let wanted = try #require(example.reference.solve(tolerance: 1e-10))
        #expect(wanted.multipliers.prefix(5).contains { $0 > 1e-3 }, "some rows bind")
        let isSolved = example.program.solve(tolerance: 1e-10)
        #expect(isSolved)
        for (found, wanted) in zip(example.program.step, wanted.variables) { #expect(abs(found - wanted) < 1e-7) }
        for (found, wanted) in zip(example.program.multipliers, wanted.multipliers) {
            #expect(abs(found - wanted) < 1e-5)
        }
    }

    @Test("what no step can keep gives way where the price says, and the rest is kept")
    func elastic() throws {
        // d ≥ 1 and d ≤ −1 at prices 3 and 1 under ½·d²: the first is kept, the second gives way by 2.
        var program = ElasticProgram(variables: 1)
        (program.hessian, program.gradient) = ([1], [0])
        (program.lower, program.upper) = ([-5], [5])
        program.add(row: [1], atLeast: 1, price: 3)
        program.add(row: [-1], atLeast: 1, price: 1)
        let isSolved = program.solve(tolerance: 1e-12)
        #expect(isSolved)
        #expect(abs(program.step[0] - 1) < 1e-9)
        // Stationarity: d − λ₁ + λ₂ = 0 with λ₂ at its price.
        #expect(abs(program.multipliers[0] - 2) < 1e-8 && abs(program.multipliers[1] - 1) < 1e-8)
        // A price below what the row pushes with is paid: min ½·d² + 0.5·max(0, 2 − d) is at 0.5.
        program.removeRows()
        program.add(row: [1], atLeast: 2, price: 0.5)
        let isAlsoSolved = program.solve(tolerance: 1e-12)
        #expect(isAlsoSolved)
        #expect(abs(program.step[0] - 0.5) < 1e-9)
    }
}
