import Basics
import Testing

@testable import Plants

@Suite("Dual numbers")
struct DualNumberTests {
    /// A function of one variable, written for any scalar.
    private struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let at: Double
        let value: @Sendable (RealNumber) -> RealNumber
        let dual: @Sendable (DualNumber) -> DualNumber
        let slope: @Sendable (Double) -> Double
    }

    private static let cases = [
        Case(testDescription: "exp", at: -0.7, value: { exp($0) }, dual: { exp($0) }, slope: { exponential($0) }),
        Case(testDescription: "log", at: 2.3, value: { log($0) }, dual: { log($0) }, slope: { 1 / $0 }),
        Case(
            testDescription: "sqrt", at: 2.3, value: { sqrt($0) }, dual: { sqrt($0) },
            slope: { 0.5 / $0.squareRoot() }),
        Case(testDescription: "sin", at: 0.9, value: { sin($0) }, dual: { sin($0) }, slope: { cosine($0) }),
        Case(testDescription: "cos", at: 0.9, value: { cos($0) }, dual: { cos($0) }, slope: { -sine($0) }),
        Case(
            testDescription: "tan", at: 0.9, value: { tan($0) }, dual: { tan($0) },
            slope: { 1 / (cosine($0) * cosine($0)) }),
        Case(
            testDescription: "atan", at: -1.4, value: { atan($0) }, dual: { atan($0) },
            slope: { 1 / (1 + $0 * $0) }),
        Case(
            testDescription: "tanh", at: 0.4, value: { tanh($0) }, dual: { tanh($0) },
            slope: {
                let c = (exponential($0) + exponential(-$0)) / 2
                return 1 / (c * c)
            }),
        Case(
            testDescription: "power", at: 1.7, value: { power($0, 9.0 / 8) }, dual: { power($0, 9.0 / 8) },
            slope: { 9.0 / 8 * power($0, 0.125) }),
        Case(
            testDescription: "quotient", at: 1.7, value: { (1 - $0) / (2 + $0 * $0) },
            dual: { (1 - $0) / (2 + $0 * $0) },
            slope: { (-(2 + $0 * $0) - (1 - $0) * 2 * $0) / ((2 + $0 * $0) * (2 + $0 * $0)) }),
        Case(
            testDescription: "constants", at: 1.7, value: { 3 / (-$0 * 2 - 1) + ($0 - 4) / 5 + (2 + $0 + 1) },
            dual: { 3 / (-$0 * 2 - 1) + ($0 - 4) / 5 + (2 + $0 + 1) },
            slope: { 6 / ((-$0 * 2 - 1) * (-$0 * 2 - 1)) + 1.2 }),
    ]

    @Test("Each function has the closed form's value and slope, and the difference quotient's", arguments: cases)
    private func closedForm(_ one: Case) {
        let x = one.at
        // Two directions with different seeds: the slope scales both.
        let value = { one.value(RealNumber($0)).value }
        let dual = one.dual(DualNumber(x, slopes: SIMD8(1, 0, 0, 0, 0, 0, 0, -2.5)))
        #expect(dual.value == value(x))
        #expect(abs(dual.slopes[0] - one.slope(x)) < 1e-13 * (1 + abs(one.slope(x))))
        #expect(abs(dual.slopes[7] + 2.5 * one.slope(x)) < 1e-12 * (1 + abs(one.slope(x))))
        #expect(dual.slopes[3] == 0)
        let h = 1e-6
        #expect(abs((value(x + h) - value(x - h)) / (2 * h) - dual.slopes[0]) < 1e-8)
    }

    @Test("The gradient of a formula of three variables is that of differences")
    func gradient() {
        func formula<S: EquationScalar>(_ x: S, _ y: S, _ z: S) -> S {
            var sum = x * y * exp(-z / 3) - minimum(x, y) * maximum(z, x * 0.1)
            sum += power(x, 1.5) / (1 + y * y)
            sum -= tanh(x - y) * 2 + atan(z / y)
            return sum
        }
        let point = [1.3, 0.7, 2.2]
        let seeded = (0..<3).map { index -> DualNumber in
            var number = DualNumber(point[index])
            number.slopes[index] = 1
            return number
        }
        let result = formula(seeded[0], seeded[1], seeded[2])
        func plain(_ p: [Double]) -> Double { formula(RealNumber(p[0]), RealNumber(p[1]), RealNumber(p[2])).value }
        #expect(result.value == plain(point))
        for index in 0..<3 {
            var (up, down) = (point, point)
            up[index] += 1e-6
            down[index] -= 1e-6
            let slope = (plain(up) - plain(down)) / 2e-6
            #expect(abs(slope - result.slopes[index]) < 1e-8)
        }
    }

    @Test("A root at nothing and a power of nothing have finite slopes")
    func atZero() {
        let zero = DualNumber(0, slopes: SIMD8(repeating: 1))
        #expect(sqrt(zero).slopes[0] == 5e5)
        #expect(power(zero, 2).slopes[0] == 0)
        #expect(power(zero, 0) == DualNumber(1))
    }
}
