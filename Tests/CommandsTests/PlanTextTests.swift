import Planning
import Testing

@testable import Commands

@Suite("Plans as text")
struct PlanTextTests {
    @Test(
        "Actions are shown to decimals that tell them apart, also where they are small",
        arguments: [
            ([0, 45.5, 100], 1), ([1], 1), ([0, 0], 1), ([], 1), ([.nan], 1), ([0.25, -0.5], 2), ([0.004, 0.001], 4),
            ([1e-20], 9),
        ] as [([Double], Int)])
    func decimals(values: [Double], decimals: Int) {
        let series = PlanSeries(name: "valve", unit: "m³/s", values: values)
        #expect(PlanText.decimals(series, least: 1) == decimals)
        #expect(PlanText.decimals(series, least: 2) == min(9, decimals + 1))
    }
}
