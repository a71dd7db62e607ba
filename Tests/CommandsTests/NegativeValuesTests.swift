import Testing

@testable import Commands

@Suite("A negative number behind an option is its value")
struct NegativeValuesTests {
    @Test(
        "whatever it is written like",
        arguments: [
            (["plan", "m", "--at", "-5"], ["plan", "m", "--at=-5"]),
            (["--horizon", "-5min", "--json"], ["--horizon=-5min", "--json"]),
            (["--bridge", "-.5", "--span", "-1:3"], ["--bridge=-.5", "--span=-1:3"]),
        ] as [([String], [String])])
    func joined(typed: [String], read: [String]) { #expect(NegativeValues.joined(typed) == read) }

    @Test(
        "and nothing else is joined",
        arguments: [
            ["train", "x.csv", "-5"], ["--at", "5", "-5"], ["--at=3", "-5"], ["--json", "-q"], ["watch", "m", "-"],
            ["--goal", "--horizon", "5"], ["--", "-5"], ["--at", "--", "-5"], ["--at", "-..5"], ["-q", "-5"], [],
        ] as [[String]])
    func apart(typed: [String]) { #expect(NegativeValues.joined(typed) == typed) }
}
