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
}
