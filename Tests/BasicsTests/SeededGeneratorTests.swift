import Foundation
import Testing
import _TestSupport

@testable import Basics

@Suite("Seeded random numbers")
struct SeededGeneratorTests {
    @Test("One seed gives one sequence; another seed or stream gives another")
    func seeds() {
        func first(_ seed: UInt64, _ stream: UInt64 = 0) -> [UInt64] {
            var generator = SeededGenerator(seed: seed, stream: stream)
            return (0..<4).map { _ in generator.next() }
        }
        #expect(first(1) == first(1))
        let all = [first(1), first(2), first(1, 1), first(1, 2), first(0)].flatMap { $0 }
        #expect(Set(all).count == all.count)
    }

    @Test("A saved generator goes on with the very next number, also between two normal ones")
    func resumed() throws {
        var generator = SeededGenerator(seed: 3)
        _ = generator.normal()
        var copy = try JSONText.decode(
            SeededGenerator.self, from: JSONText.encode(generator), source: "generator")
        #expect(copy == generator)
        for _ in 0..<5 { #expect(copy.normal() == generator.normal()) }
    }

    @Test("Uniform and normal numbers have the moments of their distributions")
    func moments() {
        var generator = SeededGenerator(seed: 11)
        let count = 20_000
        let uniform = (0..<count).map { _ in generator.uniform() }
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.01)
        let normal = (0..<count).map { _ in generator.normal() }
        #expect(abs(normal.reduce(0, +) / Double(count)) < 0.03)
        #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / Double(count) - 1) < 0.05)
        #expect(abs(normal.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(count) - 3) < 0.3)
    }

    @Test(
        "Normal numbers drawn together are those drawn one by one, also between two of a pair",
        arguments: [0, 1, 2, 3, 63, 64, 65, 66, 129, 1000], [0, 1, 2])
    func normals(count: Int, before: Int) {
        var (one, together) = (SeededGenerator(seed: 5, stream: 9), SeededGenerator(seed: 5, stream: 9))
        for _ in 0..<before { #expect(one.normal() == together.normal()) }
        var numbers = [Float](repeating: .nan, count: count)
        numbers.withUnsafeMutableBufferPointer { together.normals(into: $0) }
        for number in numbers {
            let expected = Float(one.normal())
            #expect(number == expected || number == expected.nextUp || number == expected.nextDown)
        }
        // Both go on alike.
        #expect(abs(one.normal() - together.normal()) < 1e-14)
        #expect(one.next() == together.next())
    }

    @Test("The logarithm is the C library's to two units in the last place, close to 1 and far from it")
    func logarithm() {
        var generator = SeededGenerator(seed: 12)
        for exponent in 0..<50 {
            for _ in 0..<40 {
                let x =
                    exponent < 10
                    ? 1 - generator.uniform() * pow(10, Double(-exponent))
                    : exp(-Double(exponent) * generator.uniform())
                guard x > 0, x < 1 else { continue }
                #expect(abs(SeededGenerator.logarithm(x) - log(x)) <= 2 * log(x).ulp)
            }
        }
    }
}
