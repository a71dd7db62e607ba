import ArgumentParser
import Basics
import Episodes
import Testing

@testable import Commands

@Suite("Options of switched actions")
struct SwitchOptionsTests {
    private func schema(_ arguments: String...) throws -> LogSchema {
        try LogOptionsGroup.parse(["--actions", "valve,pump{0..100}"] + arguments).schema(
            for: [], base: LogSchema(), talk: Talk(isQuiet: true))
    }

    @Test("Values and dwells reach the channels")
    func reach() throws {
        let made = try schema("--values", "valve=0,0.5,1", "--values", "pump=any", "--dwell", "valve=2min")
        #expect(made.channels.map(\.values) == [[0, 0.5, 1], []])
        #expect(made.channels.map(\.dwell) == [120, nil])
    }

    @Test("Names of channels keep their spaces, equals signs and, in backticks, commas")
    func names() throws {
        #expect(try PlanningOptions.action("Q1=0, Q2 = 20") == ["Q1": 0, "Q2": 20])
        #expect(
            try PlanningOptions.action("zone 1 (°C) = 20,`a, b`=-1, k=v=2") == [
                "zone 1 (°C)": 20, "a, b": -1, "k=v": 2,
            ])
        for text in ["", "Q1", "Q1=", "=1", "Q1=0,", "Q1=nan", "Q1=0,Q1=1"] {
            #expect(throws: ForesightError.self, "\(text)") { try PlanningOptions.action(text) }
        }
        let options = try SwitchOptions.parse(["--values", "valve 1 = 0, 1", "--dwell", "`valve 1` = 2 min"])
        #expect(try options.lists() == ["valve 1": [0, 1]] && options.times() == ["valve 1": 120])
    }

    @Test(
        "What cannot be read is refused with an example",
        arguments: [
            (["--values", "valve"], "--values 'valve'"), (["--values", "valve=0,on"], "--values 'valve=0,on'"),
            (["--values", "valve=1"], "needs two"), (["--values", "valv=0,1"], "names valv"),
            (["--values", "pump=0,200"], "outside the limits"), (["--dwell", "pump=soon"], "--dwell 'soon'"),
            (["--values", "pump=0,1", "--values", "pump=0,2"], "twice for pump"),
        ])
    func refused(arguments: [String], words: String) throws {
        let error = try #require(throws: ForesightError.self) {
            try LogOptionsGroup.parse(["--actions", "valve,pump{0..100}"] + arguments).schema(
                for: [], base: LogSchema(), talk: Talk(isQuiet: true))
        }
        #expect(error.code == .usage && error.message.contains(words), "\(error.message)")
    }
}
