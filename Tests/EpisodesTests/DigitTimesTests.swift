import Basics
import Testing

@testable import Episodes

@Suite("Dates that are written as eight digits, beside times of day")
struct DigitTimesTests {
    private func read(
        _ text: String, _ options: LogOptions = LogOptions(), wanted: Set<String>? = nil
    ) throws -> LogTable {
        try DelimitedReader(options: options).table(Array(text.utf8), source: "log.csv", wanted: wanted)
    }

    /// Seconds of the 31st of January 2026.
    private static let day = Double(daysSince1970(year: 2026, month: 1, day: 31)) * 86_400

    @Test(
        "They belong together with colons and without, in either order, over midnight",
        arguments: [
            "date,time,T\n20260131,23:59:59,1\n20260201,00:00:00,2\n20260201,00:00:01,3\n",
            "date,time,T\n20260131,235959,1\n20260201,000000,2\n20260201,000001,3\n",
            "Time;Date UTC;T\n23:59:59;20260131;1\n00:00:00;20260201;2\n00:00:01;20260201;3\n",
            "yyyymmdd HHMMSS T\n20260131 235959 1\n20260201 000000 2\n20260201 000001 3\n",
            "\"Datum\",\"Zeit\",\"T\"\n\"20260131\",\"235959.00\",1\n\"20260201\",\"000000.00\",2\n20260201,000001.00,3\n",
        ])
    func together(text: String) throws {
        let table = try read(text)
        #expect(table.clock == .absolute && table.times == [86_399, 86_400, 86_401].map { Self.day + $0 })
        #expect(table.columns.map(\.name) == ["T"] && table.values == [1, 2, 3] && table.textColumns.isEmpty)
        #expect(table.notes.contains { $0.contains("are read as dates") }, "\(table.notes)")
    }

    @Test("Fractions of a second count, and a row without a date is an error that names its line")
    func rows() throws {
        let text = "date,time,T\n20260131,093000.25,1\n20260131,093000.75,2\n"
        #expect(try read(text).times == [34_200.25, 34_200.75].map { Self.day + $0 })
        // The 31st of February, after the rows that are looked at.
        let many = "date,time,T\n" + String(repeating: "20260131,12:30:00,1\n", count: 200)
        let error = #expect(throws: ForesightError.self) { try read(many + "20260231,12:30:00,1\n") }
        #expect(error?.code == .data && error?.message.contains("line 202: column date holds \"20260231\"") == true)
        let empty = #expect(throws: ForesightError.self) { try read(many + ",12:30:00,1\n") }
        #expect(empty?.message.contains("line 202: column date holds no time") == true, "\(String(describing: empty))")
    }

    @Test(
        "Numbers of eight digits that are no dates stay channels",
        arguments: [
            // A counter that looks like dates, what is called a date and is none, and a date of something else.
            "time,count,T\n12:30:00,20260131,1\n12:30:01,20260201,2\n",
            "time,date,T\n12:30:00,20260131,1\n12:30:01,20260132,2\n",
            "time,date,T\n12:30:00,12345678,1\n12:30:01,12345679,2\n",
            "time,date,T\n12:30:00,202601310,1\n12:30:01,202602010,2\n",
            "time,calibration date,T\n12:30:00,20260131,1\n12:30:01,20260131,2\n",
            // Not beside the time.
            "time,T,date\n12:30:00,1,20260131\n12:30:01,2,20260201\n",
        ])
    func counters(text: String) throws {
        let table = try read(text)
        #expect(table.clock == .relative && table.times == [45_000, 45_001])
        #expect(table.columns.count == 2 && table.columns.contains { $0.name == "T" })
        #expect(!table.notes.contains { $0.contains("are read as dates") }, "\(table.notes)")
    }

    @Test(
        "Numbers of six digits that are no times of day stay what they were",
        arguments: [
            // A pressure; seconds of the day; a unit; what is no time of day.
            ("pressure", "101325", "101330"), ("time", "45000", "45010"), ("time (s)", "123000", "123010"),
            ("time", "127000", "128000"),
        ])
    func noClocks(name: String, first: String, second: String) throws {
        let text = "date,\(name),T\n20260131,\(first),1\n20260131,\(second),2\n"
        let table = try read(text)
        #expect(!table.notes.contains { $0.contains("times of day") }, "\(table.notes)")
        #expect(table.times?.first != Self.day + 45_000)
        #expect(table.columns.map(\.name).contains("T"))
    }

    @Test("What the caller says counts before what digits look like")
    func told() throws {
        let text = "date,time,T\n20260131,123000,1\n20260131,123001,2\n"
        func names(_ table: LogTable) -> [String] { table.columns.map(\.name) }
        let named = try read(text, LogOptions(time: .named("time")))
        #expect(named.times == [45_000, 45_001].map { Self.day + $0 } && names(named) == ["T"])
        let none = try read(text, LogOptions(time: .none))
        #expect(none.times == nil && names(none) == ["date", "time", "T"])
        let seconds = try read(text, LogOptions(time: .named("time"), timeUnit: 1))
        #expect(seconds.times == [123_000, 123_001] && names(seconds) == ["date", "T"])
        // A channel of a model that learned from it as a number.
        let colons = "date,time,T\n20260131,12:30:00,1\n20260131,12:30:01,2\n"
        let wanted = try read(colons, wanted: ["date", "T"])
        #expect(wanted.times == [45_000, 45_001] && names(wanted) == ["date", "T"])
        #expect(try read(colons, wanted: ["T"]).times == [45_000, 45_001].map { Self.day + $0 })
    }
}
