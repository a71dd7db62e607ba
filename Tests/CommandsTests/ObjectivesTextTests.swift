import Testing

@testable import Benchmarking
@testable import Commands

@Suite("Table of benchmark objectives")
struct ObjectivesTextTests {
    @Test("Of two seeds a cell shows the middle between them, as every other median does, and none that is unknown")
    func evenSeeds() {
        var curve = HorizonCurve(
            name: "a", label: "a", objective: nil,
            errors: [[Double](repeating: 0.1, count: 200), [Double](repeating: 0.2, count: 200)], diverged: [0, 0])
        (curve.ranks, curve.spreads) = ([2, 4], [1, 3])
        #expect(ObjectivesText.cells(curve).suffix(2) == ["3.0", "2.0"])
        curve.ranks = [.nan, 4]
        #expect(ObjectivesText.cells(curve).suffix(2) == ["4.0", "2.0"])
    }
}
