import Basics
import Episodes
import Testing
import _TestSupport

@testable import Benchmarking

/// Files in the official layouts, whose numbers tell row and column.
@Suite("Sets are read as their files are laid out")
struct ReaderTests {
    /// Writes a file below a set's folder and loads the set.
    private func load(_ name: String, _ files: [String: String]) throws -> BenchmarkData {
        try withTemporaryFolder { folder in
            let set = try #require(BenchmarkCatalog.sets(named: [name]).first)
            try Folder.create("\(folder)/\(set.folder)")
            for (file, text) in files { try AtomicFile.write(text, to: "\(folder)/\(set.folder)/\(file)") }
            return try set.load(from: folder)
        }
    }

    /// A table of so many rows by a row's text.
    private func table(_ header: String, _ rows: Int, _ row: (Int) -> String) -> String {
        var text = header + "\n"
        for index in 0..<rows { text += row(index) + "\n" }
        return text
    }

    private func column(_ episode: Episode, _ name: String) throws -> [Double] {
        episode.column(try #require(episode.channelIndex(name), "no channel \(name)"))
    }

    @Test("cascaded_tanks: estimation and validation columns, a sampling time in the first row only")
    func tanks() throws {
        let text = table("\"uEst\",\"uVal\",\"yEst\",\"yVal\",\"Ts\",", 1024) { row in
            "\(row),\(row + 10000),\(row + 20000),\(row + 30000),\(row == 0 ? "4" : ""),"
        }
        let data = try load("cascaded_tanks", ["dataBenchmark.csv": text])
        #expect(data.training.samplingTime == 4)
        #expect(try column(data.training.episodes[0], "pump") == (0..<1024).map { Double($0) })
        #expect(try column(data.training.episodes[0], "level").first == 20000)
        #expect(try column(data.tests[0].episodes[0], "pump").last == 11023)
        #expect(try column(data.tests[0].episodes[0], "level").first == 30000)
        #expect(data.tests[0].task == .record(initial: 5))
    }

    @Test("A file with other rows than the protocol counts on is refused with its name")
    func wrongRows() throws {
        let text = table("uEst,uVal,yEst,yVal", 1000) { "\($0),1,2,\($0 % 7)" }
        let error = #expect(throws: ForesightError.self) {
            try self.load("cascaded_tanks", ["dataBenchmark.csv": text])
        }
        #expect(error?.code == .data)
        #expect(error?.message.contains("dataBenchmark.csv has 1000 rows") == true)
        let missing = #expect(throws: ForesightError.self) { try self.load("emps", [:]) }
        #expect(missing?.description.contains("emps_train.csv") == true)
    }

    @Test("silverbox: the arrow and the multisine are cut out of one record, in millivolts")
    func silverbox() throws {
        let text = table("\"V1\",\"V2\",", 131_072) { "\($0),\($0 + 1)e-3," }
        let data = try load("silverbox", ["SNLS80mV.csv": text])
        func span(_ episode: Episode) throws -> [Double] {
            let drive = try column(episode, "drive")
            return [drive.first ?? .nan, drive.last ?? .nan, Double(drive.count)]
        }
        #expect(try span(data.training.episodes[0]) == [40_650, 105_711, 65_062])
        let tests = Dictionary(uniqueKeysWithValues: data.tests.map { ($0.name, $0) })
        #expect(try span(try #require(tests["multisine"]).episodes[0]) == [105_712, 127_399, 21_688])
        #expect(try span(try #require(tests["arrow"]).episodes[0]) == [100, 40_574, 40_475])
        #expect(try span(try #require(tests["arrow_no_extrapolation"]).episodes[0]) == [100, 32_099, 32_000])
        #expect(data.tests.allSatisfy { $0.task == .record(initial: 50) })
        // Volts become millivolts.
        let response = try column(data.training.episodes[0], "response")
        #expect(abs(response[0] - 40_651) < 1e-6)
        #expect(abs(data.training.samplingTime - 1 / 610.3515625) < 1e-12)
    }

    @Test("emps: metres become millimetres, and neither time nor reference nor pulses are inputs")
    func drive() throws {
        let train = table("t,vir,qm,qg", 24_841) { "\(Double($0) * 1.00000402e-3),\($0 % 5),\($0)e-3,7" }
        let test = table("t,vir,qm,qg,pulses_N", 24_841) { "\(Double($0) * 1e-3),\($0 % 5),\($0 + 1)e-3,7,5" }
        let data = try load("emps", ["emps_train.csv": train, "emps_test.csv": test])
        #expect(data.training.episodes[0].channels.map(\.name) == ["position", "motor"])
        #expect(data.training.samplingTime == 1e-3)
        #expect(abs(try column(data.training.episodes[0], "position")[3] - 3) < 1e-9)
        #expect(abs(try column(data.tests[0].episodes[0], "position")[3] - 4) < 1e-9)
        #expect(data.tests[0].task == .record(initial: 20))
    }

    @Test("f16: odd levels train, even ones test, force is the only input, the first of the periods is dropped")
    func aircraft() throws {
        var files: [String: String] = [:]
        for level in 1...7 {
            let ending = level % 2 == 0 ? "_Validation" : ""
            let header = "\"Force\",\"Voltage\",\"Acceleration1\",\"Acceleration2\",\"Acceleration3\",\"Fs\","
            files["F16Data_FullMSine_Level\(level)\(ending).csv"] = table(header, 2 * 8192) { row in
                "\(level),9,\(row % 7),\(row % 5),\(row % 3),\(row == 0 ? "400" : ""),"
            }
        }
        let data = try load("f16", files)
        #expect(try data.training.episodes.map { try column($0, "force")[0] } == [1, 3, 5, 7])
        #expect(try data.tests.map { try column($0.episodes[0], "force")[0] } == [2, 4, 6])
        #expect(data.tests.map(\.name) == ["level2", "level4", "level6"])
        #expect(data.tests[0].outputs.map(\.name) == ["acceleration1", "acceleration2", "acceleration3"])
        #expect(data.tests[0].task == .periodic(initial: 50, period: 8192, dropped: 1))
        #expect(data.training.samplingTime == 0.0025)
        #expect(data.training.channels.count == 4)
    }

    @Test("daisy: the time column is no input; the split of the literature, else 80 and 20 %")
    func daisy() throws {
        let text = table("t_s,q_liquid_flow,T_out", 4000) { "\($0 + 1),\($0 % 11),\($0 + 50000)" }
        let exchanger = try load("exchanger", ["exchanger.csv": text])
        #expect(exchanger.training.episodes[0].channels.map(\.name) == ["T_out", "q_liquid_flow"])
        #expect(exchanger.training.sampleCount == 3000)
        #expect(try column(exchanger.tests[0].episodes[0], "T_out").first == 53000)
        let plant = table(
            "t,gas_flow,turbine_valve,sh_spray,gas_dampers,air_flow,steam_P,main_T,reheat_T,Yr1,Yr2,Yr3", 200
        ) { row in "\(row + 1)," + (1...11).map { "\(row * $0)" }.joined(separator: ",") }
        let powplant = try load("powplant", ["powplant.csv": plant])
        #expect(powplant.training.sampleCount == 150 && powplant.tests[0].episodes[0].count == 50)
        #expect(powplant.training.channels.count == 8)
        #expect(try column(powplant.tests[0].episodes[0], "steam_P").first == 150 * 6)
        let ball = try load("ballbeam", ["ballbeam.csv": table("angle,position", 1000) { "\($0 % 9),\($0)" }])
        #expect(ball.training.sampleCount == 800 && ball.tests[0].episodes[0].count == 200)
    }

    @Test("nist_ashp: days by their names, powers added, occupants counted, −9999 missing")
    func heatPump() throws {
        let occupants = (1...7).flatMap { ["occ0\($0)_accept_up", "occ0\($0)_pres"] }
        let header = [
            "date_time", "id_power", "od_power", "oa_temp", "zn_temp", "zn_temp_cspt", "zn_temp_hspt", "stg",
        ]
        func day(_ power: Int) -> String {
            table((header + occupants).joined(separator: ","), 20) { row in
                let time = "08/26  00:\(row < 9 ? "0" : "")\(row + 1):00"
                let zone = row == 3 ? "-9999" : "\(70 + row)"
                let present = (1...7).flatMap { ["9", $0 <= row % 8 ? "1" : "0"] }
                return ([time, "\(power)", "\(row)", "60", zone, "75", "55", "1"] + present).joined(separator: ",")
            }
        }
        let data = try load(
            "nist_ashp",
            [
                "Metadata.csv": "LABEL,UNIT\nzn_temp,DEG_F\n", "A_Eff_Default.csv": day(100), "A_Eff_MPC.csv": day(200),
                "A_Eff_TES.csv": day(300), "A_Eff_EnergySave.csv": day(400), "B_Eff_TypShldr.csv": day(500),
            ])
        #expect(data.training.episodes.count == 2)
        #expect(try data.training.episodes.map { try column($0, "power")[5] } == [405, 505])
        #expect(data.training.channels == data.training.episodes[0].channels)
        let tests = Dictionary(uniqueKeysWithValues: data.tests.map { ($0.name, $0) })
        let predictive = try #require(tests["predictive"])
        #expect(try column(predictive.episodes[0], "power")[0] == 200)
        #expect(try column(try #require(tests["rules"]).episodes[0], "power")[0] == 100)
        #expect(predictive.outputs.map(\.name) == ["zone_temperature", "power"])
        #expect(try column(predictive.episodes[0], "occupants")[..<9] == [0, 1, 2, 3, 4, 5, 6, 7, 0])
        let zone = try column(predictive.episodes[0], "zone_temperature")
        #expect(zone[3].isNaN && zone[4] == 74)
        #expect(predictive.task == .ahead(history: 120, horizon: 360, every: 30))
    }

    @Test("tep: d00 is transposed, the others are not; 41 measurements, 11 valves")
    func process() throws {
        let transposed = (0..<52).map { row in (0..<500).map { "\(row * 1000 + $0)" }.joined(separator: "  ") }
        let straight = (0..<960).map { row in (0..<52).map { "\($0 * 1000 + row)" }.joined(separator: "  ") }
        let data = try load(
            "tep",
            [
                "d00.dat": transposed.map { "  \($0)\n" }.joined(),
                "d00_te.dat": straight.map { "  \($0)\n" }.joined(),
            ])
        let (train, test) = (data.training.episodes[0], data.tests[0].episodes[0])
        #expect(train.count == 500 && test.count == 960)
        #expect(try column(train, "XMEAS1")[7] == 7 && column(test, "XMEAS1")[7] == 7)
        #expect(try column(train, "XMV11")[3] == 51_003 && column(test, "XMV11")[3] == 51_003)
        #expect(data.tests[0].outputs.count == 41)
        #expect(train.channels.count { $0.role == .action } == 11)
        #expect(train.samplingTime == 180)
    }

    @Test("Sets by name and group; an unknown name is refused with a near one")
    func catalog() throws {
        #expect(BenchmarkCatalog.sets.count == 16)
        #expect(try BenchmarkCatalog.sets(named: ["daisy"]).count == 10)
        #expect(try BenchmarkCatalog.sets(named: ["tep", "exchanger", "tep"]).map(\.name) == ["exchanger", "tep"])
        let error = #expect(throws: ForesightError.self) { try BenchmarkCatalog.sets(named: ["silverbix"]) }
        #expect(error?.remedy.contains("did you mean 'silverbox'?") == true)
        let names = BenchmarkCatalog.sets.flatMap { $0.measures.map(\.name) }
        #expect(Set(names).count == names.count)
    }
}
