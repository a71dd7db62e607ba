import Basics
import Foundation
import Testing
import _TestSupport

private let python = Python(importing: "json, math, subprocess")

@Suite("make bench", .enabled(if: python != nil, "no Python is on the search path"))
struct BenchScriptTests {
    /// What a script prints that knows the parts of `make bench`, as JSON.
    private func answer(_ script: String) throws -> JSONValue {
        let folder = HelpTests.package.appendingPathComponent("Benchmarks").path
        let first = """
            import json, random, sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import bench
            bench.say = lambda text: None
            from parts import PARTS

            """
        return try JSONParser.parse(try #require(python).run(first + script, folder))
    }

    @Test("The median of nine values lies between the second and the eighth with 95 %, and of five nothing is told")
    func median() throws {
        let found = try answer("print(json.dumps([bench.around_median(range(1, n + 1)) for n in (5, 6, 9, 10, 21)]))")
        #expect(found[0] == .null)
        let ends = try (1...4).map { index in try #require(found[index]?.array).compactMap(\.int) }
        #expect(ends == [[1, 6], [2, 8], [2, 9], [6, 16]])
    }

    @Test("A part that fails leaves the others, and what was measured is written after each")
    func failing() throws {
        let found = try answer(
            """
            def lost(results, options): bench.Side(["no-such-program"])
            results, written = {}, []
            parts = {"first": lambda r, o: r.update(a=1), "lost": lost, "last": lambda r, o: r.update(b=2)}
            bench.measure(parts, list(parts), results, None, lambda found: written.append(len(found)))
            print(json.dumps([results, written]))
            """)
        #expect(found[0]?["a"]?.int == 1 && found[0]?["b"]?.int == 2)
        #expect(found[0]?["failed"]?["lost"]?.string?.contains("no-such-program cannot be run") == true)
        #expect(found[1]?.array?.compactMap(\.int) == [1, 2, 3])
    }

    @Test("Turns of growing data come in random order, and tell an epoch apart from the start")
    func growth() throws {
        let found = try answer(
            """
            part = sys.modules["parts.growth_train"]
            firsts, counts = [], []
            def in_turns(one, other):
                firsts.append(len(one))
                return [(sum(side), 8) for side in (one, other)]
            part.in_turns = in_turns
            def commands(epochs):
                counts.append(epochs)
                return [[1 + 0.1 * epochs] * 10, [1 + 1.02 * epochs]]
            order = random.Random(1)
            turns = [part.turn_of(commands, 9, order) for _ in range(9)]
            nothing = part.turn_of(lambda epochs: [[1] * 10, [2]], 3, order)
            print(json.dumps([part.summary(turns, [5, 50]), sorted(set(firsts)), counts[::2], nothing]))
            """)
        let entry = try #require(found[0])
        #expect(abs((entry["ratio"]?.double ?? 0) - 10.2) < 1e-9 && entry["turns"]?.int == 9)
        #expect(entry["interval_95"]?.array?.count == 2 && entry["spread"]?.array?.count == 2)
        #expect(abs((entry["sizes"]?[1]?["epoch"]?.double ?? 0) - 1.02) < 1e-9)
        // Ten small runs begin as well as the large one, and longer runs as well as those of one epoch.
        #expect(found[1]?.array?.compactMap(\.int) == [1, 10])
        #expect(Set(found[2]?.array?.compactMap(\.int) ?? []) == [1, 9])
        #expect(found[3] == .null)
    }
}
