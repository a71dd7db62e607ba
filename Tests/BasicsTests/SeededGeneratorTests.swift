import Basics
import Testing
import _TestSupport

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
}
