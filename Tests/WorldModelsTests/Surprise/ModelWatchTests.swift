import Episodes
import Testing

@testable import WorldModels

@Suite("A record that is watched", .enabled(if: torchIsSetUp))
struct ModelWatchTests {
    @Test("An input that is logged when it changes is held, however late the rest of the record comes in")
    func heldInputs() throws {
        let model = try TinyLog.model()
        var record = TinyLog.episodes(1, samples: 260, seed: 8)[0]
        // The heat is set to 90 % and not written again.
        for row in 100..<record.count { record[row, 2] = row < 120 ? 90 : .nan }
        var (whole, pieces) = (try ModelWatch(model), try ModelWatch(model))
        let expected = try whole.take(record)
        var found = try pieces.take(record.slice(0..<200))
        found += try pieces.take(record)
        #expect(found.count == 260 && expected.count == 260)
        for row in 200..<260 {
            // A heat of 0 % would be wrong by more than 3 °C in a step.
            #expect(abs(found[row].errors[0] - expected[row].errors[0]) < 0.3, "row \(row)")
        }
    }

    @Test("Of a long record the last rows are enough: what is new is judged as among all of it")
    func lastRows() throws {
        let model = try TinyLog.model()
        let record = TinyLog.episodes(1, samples: 260, seed: 8)[0]
        var (whole, parts) = (try ModelWatch(model), try ModelWatch(model))
        let first = 200 - whole.reach
        try #require(first > 0)
        _ = try (whole.take(record.slice(0..<200)), parts.take(record.slice(0..<200)))
        let (expected, found) = (try whole.take(record), try parts.take(record.slice(first..<260), from: first))
        #expect(found.map(\.row) == Array(200..<260) && found.map(\.surprise) == expected.map(\.surprise))
        #expect(found.last?.errors == expected.last?.errors && found.last?.values == expected.last?.values)
        #expect(zip(found, expected).allSatisfy { abs($0.time - $1.time) < 1e-9 })
    }
}
