import Basics
import Testing

@testable import Episodes

private func read(_ text: String, _ options: LogOptions = LogOptions(), wanted: Set<String>? = nil) throws -> LogTable {
    try DelimitedReader(options: options).table(Array(text.utf8), source: "log.csv", wanted: wanted)
}

private func names(_ table: LogTable) -> [String] { table.columns.map(\.name) }

@Suite("Delimited logs")
struct DelimitedReaderTests {
    @Test(
        "The delimiter is found",
        arguments: [
            "time,a,b\n0,1.5,2\n1,3,4\n", "time;a;b\n0;1.5;2\n1;3;4\n", "time\ta\tb\n0\t1.5\t2\n1\t3\t4\n",
            "time a b\n0 1.5 2\n1   3 4\n", "  time   a  b\n  0   1.5 2  \n 1\t3 4\n", "time;a;b\n0;1,5;2\n1;3;4\n",
            "time\ta\tb\n0\t1,5\t2\n1\t3\t4\n", "\"time\",\"a\",\"b\"\n\"0\",\"1,5\",\"2\"\n\"1\",\"3\",\"4\"\n",
            "\u{FEFF}time,a,b\r\n\r\n0,1.5,2\r\n  \r\n1,3,4\r\n", "time,a,b\r0,1.5,2\r1,3,4",
            "# made by a logger\ntime,a,b\n0,1.5,2\n# restarted\n1,3,4\n", "time,a,b,\n0,1.5,2,\n1,3,4,\n",
            "time,a,b\n0,1.5,2\n1,3,4\n,,\n,,\n", "# time, a, b\n0, 1.5, 2\n1, 3, 4\n",
        ])
    func delimiters(text: String) throws {
        let table = try read(text)
        #expect(names(table) == ["a", "b"])
        #expect(table.times == [0, 1])
        #expect(table.values == [1.5, 2, 3, 4])
        #expect(table.clock == .relative)
    }

    @Test("Units stand in brackets or in a row of their own")
    func units() throws {
        let brackets = try read(
            "Time (sec), Heater 1 (%), T1 [degC], flow (second pump of the main circuit)\n0,1,2,3\n")
        #expect(names(brackets) == ["Heater 1", "T1", "flow (second pump of the main circuit)"])
        #expect(brackets.columns.map(\.unit) == ["%", "°C", nil])
        #expect(brackets.columns[0].heading == "Heater 1 (%)")
        let row = try read("time;Q1;T1;n\nmin;%;[DEG_C];-\n0;1;2;3\n1;2;3;4\n")
        #expect(row.columns.map(\.unit) == ["%", "°C", nil])
        #expect(row.rowCount == 2)
        let twins = try read("time,power (kW),power (%)\n0,1,2\n1,1,2\n")
        #expect(names(twins) == ["power (kW)", "power (%)"])
        #expect(twins.columns.map(\.unit) == ["kW", "%"])
    }

    @Test(
        "A numeric time column is found by its name and unit",
        arguments: [
            ("t_min", 60.0), ("Time (ms)", 1e-3), ("elapsed time [h]", 3600), ("t_s", 1), ("TIME", 1), ("timestamp", 1),
            ("Zeit [s]", 1), ("days", 86_400),
        ])
    func timeUnits(name: String, scale: Double) throws {
        let table = try read("a,\(name)\n5,0\n5,1\n5,2\n7,3\n")
        #expect(table.times == [0, scale, 2 * scale, 3 * scale])
        #expect(names(table) == ["a"])
    }

    @Test("A temperature T and a channel that was asked for are no times, and a time that falls is a mistake")
    func noTime() throws {
        #expect(try read("a,T\n5,0\n5,1\n6,2\n").times == nil)
        #expect(throws: ForesightError.self) { try read("a,time\n5,3\n5,2\n6,1\n") }
        #expect(try read("a,time\n5,3\n5,2\n6,1\n", LogOptions(time: .none)).times == nil)
        #expect(try read("a,time\n5,3\n5,2\n6,1\n", wanted: ["a", "time"]).columns.count == 2)
        #expect(try read("a,time\n5,3\n5,2\n6,4\n").times == nil)
        #expect(try read("time,a\n5,0\n6,1\n", LogOptions(time: .none)).times == nil)
        #expect(try read("time,a\n5,0\n6,1\n7,4\n", wanted: ["time", "a"]).columns.count == 2)
        #expect(try read("0,3,4\n1,4,5\n5,1,1\n").times == nil)
        #expect(try read("0,3,4\n1,4,5\n2,1,1\n").times == [0, 1, 2])
    }

    @Test("Counts of seconds since 1970 are told from elapsed time", arguments: [1.0, 1e3, 1e6])
    func epochs(scale: Double) throws {
        let table = try read("timestamp,a\n\(Int(1.6e9 * scale)),1\n\(Int(1_600_000_060 * scale)),2\n")
        #expect(table.clock == .absolute)
        #expect(table.times == [1.6e9, 1_600_000_060])
    }

    @Test("Dates and times of day in two columns belong together")
    func dateAndTime() throws {
        let table = try read("Date,Time,a\n2020-03-01,15:44:06,1\n2020-03-01,15:44:07,2\n")
        #expect(table.times == [1_583_077_446, 1_583_077_447])
        #expect(names(table) == ["a"])
    }

    @Test("Days before months are noticed even after the first rows")
    func dayFirst() throws {
        var text = "when,a\n"
        for hour in 0..<600 {
            let day = 1 + hour / 24
            text += "\(day < 10 ? "0" : "")\(day)/03/2021 \(hour % 24):00,1\n"
        }
        let table = try read(text)
        #expect(table.times?.first == 1_614_556_800)
        #expect(table.times?.last == 1_616_713_200.0)
        #expect(try read("when,a\n03/04/2021 00:00,1\n03/05/2021 00:00,1\n").times?.first == 1_614_816_000)
    }

    @Test("A decimal comma is noticed even after the first rows")
    func lateComma() throws {
        let text = "time;a\n" + (0..<300).map { "\($0);7\n" }.joined() + "300;7,5\n"
        #expect(try read(text).values.last == 7.5)
    }

    @Test("Thousands that commas set apart are numbers; where commas may be decimal marks, the file is refused")
    func thousands() throws {
        func log(_ values: [String], time: String = "") -> String {
            "time,P\n" + values.enumerated().map { "\($0)\(time),\"\($1)\"\n" }.joined()
        }
        let rising = ["800", "900", "1,000", "1,100", "1,200"]
        // A point anywhere, two groups, or the user's word make it certain.
        #expect(try read(log(rising, time: ".5")).values == [800, 900, 1000, 1100, 1200])
        #expect(try read(log(rising + ["1,234,567"])).values.last == 1_234_567)
        #expect(try read(log(rising + ["-1,234.5"])).values == [800, 900, 1000, 1100, 1200, -1234.5])
        #expect(try read(log(rising), LogOptions(decimalComma: false)).values.last == 1200)
        #expect(try read(log(rising), LogOptions(decimalComma: true)).values == [800, 900, 1, 1.1, 1.2])
        // So do decimal commas that can be nothing else.
        #expect(try read(log(["0,500", "1,000", "1,5"])).values == [0.5, 1, 1.5])
        let late = [String](repeating: "7", count: 300) + ["1,000"]
        for text in [log(rising), log(late)] {
            let error = #expect(throws: ForesightError.self) { try read(text) }
            #expect(error?.code == .data && error?.message.contains("column P holds \"1,000\"") == true)
            #expect(error?.remedy.contains("--decimal-comma") == true)
        }
        // Elsewhere a comma is a decimal mark, as ever.
        #expect(try read("time;P\n0;1,000\n1;1,100\n").values == [1, 1.1])
    }

    @Test("A first line that names the separator is heeded", arguments: [(";", "\n"), ("\t", "\r\n"), (",", "\r")])
    func separatorLine(separator: String, ending: String) throws {
        let lines = ["sep=\(separator)"] + ["time|T|Q", "0|1|5", "1|2|5"].map { $0.replacing("|", with: separator) }
        let text = lines.joined(separator: ending) + ending
        for begin in ["", "\u{FEFF}"] {
            let table = try read(begin + text)
            #expect(names(table) == ["T", "Q"] && table.times == [0, 1] && table.values == [1, 5, 2, 5])
            #expect(table.lines == [3, 4])
        }
        let error = #expect(throws: ForesightError.self) { try read("sep=|\na|b\n1|2\n") }
        #expect(error?.message.contains("fields end at '|'") == true)
    }

    @Test("Minutes, seconds and a fraction are no hours, and go on past the hour")
    func minutes() throws {
        let table = try read("time,T\n59:59.000,1\n59:59.500,2\n00:00.000,3\n00:00.500,4\n")
        #expect(table.times == [3599, 3599.5, 3600, 3600.5] && table.clock == .relative)
        // A program that shows hours from the first hour on.
        #expect(try read("time,T\n59:59.0,1\n1:00:00.0,2\n1:00:01.0,3\n").times == [3599, 3600, 3601])
    }

    @Test("Numbers whose digits are dates and times of day are read as such, where all of them are")
    func calendarNumbers() throws {
        let table = try read("time,T\n20200228235900,1\n20200229000000,2\n20200301000030,3\n")
        #expect(table.clock == .absolute && table.times == [1_582_934_340, 1_582_934_400, 1_583_020_830])
        #expect(names(table) == ["T"])
        let short = try read("stamp,T\n202012312358,1\n202012312359,2\n202101010000,3\n")
        #expect(short.times == [1_609_459_080, 1_609_459_140, 1_609_459_200])
        // A row a day, over the end of a month.
        let days = try read("date,T\n20200228,1\n20200229,2\n20200301,3\n")
        #expect(days.clock == .absolute && days.times == [1_582_848_000, 1_582_934_400, 1_583_020_800])
        #expect(days.notes.contains { $0 == "the numbers of column date are read as dates" }, "\(days.notes)")
        #expect(try read("time,T\n20200228,1\n20200229,2\n20200230,3\n").times == [20_200_228, 20_200_229, 20_200_230])
        // The 30th of February, and a unit that was named.
        #expect(try read("time,T\n20200228000000,1\n20200230000000,2\n").clock == .relative)
        #expect(try read("time (s),T\n20200228000000,1\n20200229000000,2\n").times == [2.0200228e13, 2.0200229e13])
    }

    @Test("Times without years go on past New Year in leap years and in others")
    func leapYears() throws {
        // Days from March 2018 to March 2022, at noon and at the end of the day, of which 2020 has a 29th of February.
        for (clock, share) in [("12:00:00", 0.5), ("24:00:00", 1.0)] {
            var (text, expected): (String, [Double]) = ("t,a\n", [])
            let first = daysSince1970(year: 2018, month: 3, day: 1)
            for year in 2018...2022 {
                for month in 1...12 {
                    let begin = daysSince1970(year: year, month: month, day: 1)
                    let end = daysSince1970(
                        year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
                    guard begin >= first, year < 2022 || month < 3 else { continue }
                    for day in 1...(end - begin) {
                        text += "\(month < 10 ? "0" : "")\(month)/\(day < 10 ? "0" : "")\(day)  \(clock),1\n"
                        expected.append((Double(begin - first + day - 1) + share) * 86_400)
                    }
                }
            }
            let times = try #require(try read(text).times)
            #expect(times.map { $0 - times[0] } == expected.map { $0 - expected[0] })
        }
    }

    @Test("Times without years go on past New Year, times of day past midnight")
    func unrolled() throws {
        let year = try read("t,a\n12/31  23:00:00,1\n12/31  24:00:00,2\n01/01  01:00:00,3\n")
        #expect(year.clock == .yearless)
        #expect(year.times.map { zip($0.dropFirst(), $0).map { $0 - $1 } } == [3600, 3600])
        let day = try read("t,a\n23:59:59,1\n00:00:00,2\n00:00:01,3\n")
        #expect(day.times == [86_399, 86_400, 86_401])
        let leap = try read("t,a\n02/28 12:00:00,1\n02/29 12:00:00,1\n03/01 12:00:00,2\n")
        #expect(leap.times.map { $0[2] - $0[0] } == 172_800.0)
    }

    @Test("Missing values are NaN, however they are written")
    func missing() throws {
        let table = try read(
            "time,a\n0,NaN\n1,\n2,-9999\n3,-9999.0\n4,NA\n5,null\n6,n/a\n7,bad\n8,-1\n9,inf\n10,  \n11,3\n",
            LogOptions(missing: ["-9999", "BAD", "-1"]))
        #expect(table.values.dropLast().allSatisfy { $0.isNaN })
        #expect(table.values.last == 3)
        #expect(try read("time,a\n0,-9999\n1,2\n", LogOptions(missing: [])).values == [-9999, 2])
    }

    @Test("Quoted fields hold delimiters, line ends and doubled quotes")
    func quotes() throws {
        let table = try read("\"time\",\"a \"\"x\"\"\",note\n0,\"1\",\"one,\ntwo\"\n1, \"2\" ,\"\"\n2,3,z\n")
        #expect(names(table) == ["a \"x\""])
        #expect(table.values == [1, 2, 3])
        #expect(table.textColumns == ["note"])
        #expect(table.lines == [2, 4, 5])
    }

    @Test("Switches count as one and zero")
    func booleans() throws {
        #expect(try read("time,a\n0,True\n1,off\n2,ON\n").values == [1, 0, 1])
    }

    @Test("Names that occur twice stay apart, and empty ones get a number")
    func uniqueNames() throws {
        let table = try read("time,a,a,,b\n0,1,2,3,4\n1,1,2,3,4\n")
        #expect(names(table) == ["a", "a_2", "column4", "b"])
        #expect(table.notes.contains { $0.contains("two columns are called a") })
    }

    @Test("Rows as channels are read when asked")
    func transposed() throws {
        let table = try read("time 0 1 2\na 1 2 3\nb 4 5 6\n", LogOptions(transposed: true))
        #expect(names(table) == ["a", "b"])
        #expect(table.times == [0, 1, 2])
        #expect(table.values == [1, 4, 2, 5, 3, 6])
    }

    @Test(
        "Bad files are refused with line, column and text",
        arguments: [
            ("", "log.csv is empty"), ("\n \n# x\n", "holds no samples"), ("time,a,b\n", "holds names but no samples"),
            ("time,a\nmin,%\n", "holds no column of numbers, but text in column1, column2"),
            ("time,a\n0,1\n1,2\n2,3,4\n", "line 4 has 3 fields, the others have 2"),
            ("time,a,b\n0,1,1\n1,2,1\n\n2,3", "line 5 has 2 fields, the others have 3"),
            ("time,a\n0,1\n1,abc\n2,3\n", "line 3: column a holds the text \"abc\", a number is needed"),
            ("time,a\n0,1\n1,1.2.3\n2,3\n", "line 3: column a holds the text \"1.2.3\""),
            ("time,a\n0,1\n1,1e999\n2,3\n", "line 3: column a holds \"1e999\", beyond the range of a measurement"),
            (
                "t,a\n2020-01-01 00:00,1\n2020-01-01 00:61,1\n2020-01-01 00:02,1\n",
                "line 3: column t holds \"2020-01-01 00:61\""
            ),
            ("time,a\n0,1\n1,1e200\n2,3\n", "line 3: column a holds \"1e200\", beyond"),
            ("t,a\n2020-01-01 00:00,1\n,1\n2020-01-01 00:02,1\n", "line 3: column t holds no time"),
            ("time,a\n0,\"1\n2,3\n", "line 2: a quoted field is never closed"),
            ("time,a\n0,\"1\"2\n2,3\n", "line 2: text follows a closing quote"),
            ("a\0b,c\n", "not UTF-8"),
        ])
    func badFiles(text: String, words: String) throws {
        let error = try #require(throws: ForesightError.self) { try read(text) }
        #expect(error.code == .data)
        #expect(error.message.contains(words), "\(error)")
        #expect(error.message.contains("log.csv"))
        #expect(!error.remedy.isEmpty)
    }

    @Test("Text in a column that nobody needs does no harm")
    func wanted() throws {
        let table = try read("time,a,b\n0,1,x\n1,2,3\n2,3,4\n", wanted: ["a"])
        #expect(names(table) == ["a"])
        #expect(table.values == [1, 2, 3])
        #expect(throws: ForesightError.self) { try read("time,a,b\n0,1,x\n1,2,3\n2,3,4\n5,6,7\n", wanted: ["b"]) }
        #expect(throws: ForesightError.self) { try read("time,a,b\n0,1,x\n1,2,y\n", wanted: ["b"]) }
    }

    @Test("An unknown time column is answered with the nearest name")
    func unknownTime() throws {
        let error = try #require(throws: ForesightError.self) {
            try read("clock,a\n0,1\n1,2\n", LogOptions(time: .named("clok")))
        }
        #expect(error.description.contains("did you mean clock?"))
    }

    @Test("Random changes of bytes are read or refused, never more", arguments: 0..<8)
    func mutations(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let originals = [
            "Time (sec), Heater 1 (%), T1 [degC]\n0.0e+00,1,2\n1.001e+00,70,53.4\n2,3,\n",
            "date;\"a \"\"b\"\"\";c\n2020-03-01 15:44:06;1,5;NaN\n2020-03-01 15:44:07;-9999;\"2\n\"\n",
            "  1.5 2 3\n 4\t5 6 \n# x\n7 8 9\n", "t,a\n08/26  00:01:00,1\n08/26  24:00:00,2\r\n08/27  00:01:00,3",
            "n,d\n1,01.03.2020 3:44 PM\n2,01.03.2020 4:44 PM\n3,\n",
        ].map { Array($0.utf8) }
        let alphabet = Array("0123456789.,;:-+eE\"\n\r\t #/TZ()[]aN%\u{FEFF}".utf8) + [0, 0xFF, 0xB0]
        for _ in 0..<400 {
            var bytes = originals[Int(generator.next() % UInt64(originals.count))]
            for _ in 0...(generator.next() % 6) {
                let place = bytes.isEmpty ? 0 : Int(generator.next() % UInt64(bytes.count))
                let byte = alphabet[Int(generator.next() % UInt64(alphabet.count))]
                switch generator.next() % 4 {
                case 0: bytes.insert(byte, at: place)
                case 1: if !bytes.isEmpty { bytes.remove(at: place) }
                case 2: bytes.removeLast(bytes.count - place)
                default: if !bytes.isEmpty { bytes[place] = byte }
                }
            }
            let options = LogOptions(
                header: [.automatic, .present, .absent][Int(generator.next() % 3)],
                transposed: generator.next() % 4 == 0)
            do {
                let table = try DelimitedReader(options: options).table(bytes, source: "x")
                #expect(table.values.count == table.rowCount * table.columns.count)
                #expect(table.times.map { $0.count == table.rowCount && $0.allSatisfy { $0.isFinite } } ?? true)
            } catch {
                #expect(error is ForesightError)
            }
        }
    }
}
