import Basics
import Foundation
import Testing

@testable import Episodes

/// Recorded logs that are not part of the project: the folder named by `FORESIGHT_DATA`, or `../shared/data`.
enum RecordedData {
    static let folder: String? = {
        if let named = ProcessInfo.processInfo.environment["FORESIGHT_DATA"] {
            return Folder.exists(named) ? named : nil
        }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appending(path: "shared/data").path
        return Folder.exists(beside) ? beside : nil
    }()

    static func table(_ path: String, _ options: LogOptions = LogOptions()) throws -> LogTable {
        try LogFile.table("\(folder ?? "")/\(path)", options: options)
    }
}

@Suite("Recorded logs", .enabled(if: RecordedData.folder != nil, "FORESIGHT_DATA names no folder of recorded logs"))
struct RecordedLogTests {
    @Test("Heater laboratory: units in brackets, jittering clock, no header, Kelvin and Fahrenheit")
    func heaters() throws {
        let mimo = try RecordedData.table("tclab/energy_balance_mimo_600s.csv")
        #expect(
            mimo.columns.map(\.name) == [
                "Heater 1", "Heater 2", "Temperature 1", "Temperature 2", "Set Point 1", "Set Point 2",
            ])
        #expect(mimo.columns.map(\.unit) == ["%", "%", "°C", "°C", "°C", "°C"])
        #expect(mimo.rowCount == 599 && mimo.timeName == "Time")
        #expect(mimo[598, 0] == 70 && mimo[598, 2] == 53.48 && mimo[0, 3] == 19.93)
        let sampling = SamplingReport(times: try #require(mimo.times))
        #expect(sampling.samplingTime == 1 && sampling.gaps.isEmpty && !sampling.isIrregular)

        let slow = try RecordedData.table("tclab/hybrid_mimo_600s_3s.csv")
        #expect(slow.rowCount == 201 && slow.times.map { SamplingReport(times: $0).samplingTime } == 3.0)
        let bare = try RecordedData.table("tclab/higher_order_mimo_no_headers.csv")
        #expect(bare.rowCount == 599 && bare.columns.map(\.name) == ["column2", "column3", "column4", "column5"])
        #expect(bare[598, 2] == 53.5 && bare.timeName == "column1")
        let kelvin = try RecordedData.table("tclab/data_step_test.csv")
        #expect(kelvin.rowCount == 571 && kelvin[570, 1] == 339.81 && kelvin.times?.last == 572.14)
        let fahrenheit = try RecordedData.table("tclab/siso_data.txt")
        #expect(fahrenheit.rowCount == 851 && fahrenheit[850, 1] == 97.46093)
    }

    @Test("Heat pump: 62 days of 153 columns, times without a year, 24:00:00")
    func heatPump() throws {
        let names = Folder.names(in: "\(RecordedData.folder ?? "")/nist_ashp").filter {
            $0.hasSuffix(".csv") && $0 != "Metadata.csv"
        }
        #expect(names.count == 62)
        for name in names.enumerated().filter({ $0.offset % 40 == 7 }).map(\.element) {
            let table = try RecordedData.table("nist_ashp/\(name)")
            #expect(table.rowCount == 1440 && table.columns.count == 152)
            #expect(table.clock == .yearless && table.timeName == "date_time")
            let sampling = SamplingReport(times: try #require(table.times))
            #expect(sampling.samplingTime == 60 && sampling.gaps.isEmpty && sampling.span == 1439 * 60)
        }
        let table = try RecordedData.table("nist_ashp/Atlanta_Eff_Default.csv")
        let zone = try #require(table.columnIndex("zn_temp"))
        #expect(table[0, zone] == 79.5 && table[1439, zone] == 81.5)
        let price = try #require(table.columnIndex("grid_signal_price"))
        #expect(table[0, price].isNaN)
    }

    @Test("Water circulation: semicolons, dates, a clock of whole seconds")
    func waterCirculation() throws {
        let folder = "\(RecordedData.folder ?? "")/skab"
        let files = try LogPaths.resolve(["\(folder)/**/*.csv"])
        #expect(files.count == 35)
        for (file, rows) in zip([0, 2, 11, 33].map { files[$0] }, [9405, 780, 1190, 1129]) {
            let table = try LogFile.table(file)
            #expect(table.rowCount == rows)
            #expect(table.clock == .absolute && table.timeName == "datetime")
            #expect(table.columns.count == (file.contains("anomaly-free") ? 8 : 10))
            let sampling = SamplingReport(times: try #require(table.times))
            #expect(sampling.samplingTime > 1.03 && sampling.samplingTime < 1.08, "\(file)")
            #expect(!sampling.isIrregular)
        }
        let one = try RecordedData.table("skab/other/1.csv")
        #expect(one.times?.first == 1_583_077_446 && one[0, 7] == 76.0197)
        #expect(
            files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }[1...3] == [
                "other/1.csv", "other/2.csv", "other/3.csv",
            ])
    }

    @Test(
        "Process records: rows, channels, times",
        arguments: [
            ("ballbeam", 1000, 2, nil), ("cdplayer", 2048, 4, nil), ("cstr", 7500, 3, 6.0), ("dryer2", 867, 6, 1),
            ("exchanger", 4000, 2, 1), ("flutter", 1024, 2, nil), ("glassfurnace", 1247, 9, 1),
            ("hairdryer", 1000, 2, nil), ("pHdata", 2001, 3, 1), ("powplant", 200, 11, 1), ("steamgen", 9600, 8, 3),
            ("thermic", 1680, 3, nil),
        ] as [(String, Int, Int, Double?)])
    func processes(name: String, rows: Int, channels: Int, samplingTime: Double?) throws {
        let table = try RecordedData.table("daisy/\(name).csv")
        #expect(table.rowCount == rows && table.columns.count == channels)
        #expect(table.times.map { SamplingReport(times: $0).samplingTime } == samplingTime)
        if name == "steamgen" { #expect(table[9599, 7] == 7.7678672766026606) }
        if name == "dryer2" {
            let table = try RecordedData.table("daisy/dryer2.csv", LogOptions(samplingTime: 10))
            #expect(table.times.map { SamplingReport(times: $0).samplingTime } == 10.0)
        }
    }

    @Test("Chemical plant: numbers in columns, one file with rows as channels")
    func chemicalPlant() throws {
        for fault in [0, 1, 21] {
            let number = fault < 10 ? "0\(fault)" : "\(fault)"
            let train = try RecordedData.table("tep/d\(number).dat", LogOptions(transposed: fault == 0))
            #expect(train.rowCount == (fault == 0 ? 500 : 480) && train.columns.count == 52)
            let test = try RecordedData.table("tep/d\(number)_te.dat")
            #expect(test.rowCount == 960 && test.columns.count == 52)
            #expect(train.times == nil && test.times == nil)
        }
        #expect(try RecordedData.table("tep/d01.dat")[0, 1] == 3641.3)
        #expect(try RecordedData.table("tep/d00.dat", LogOptions(transposed: true))[1, 0] == 0.25118)
    }

    @Test("Benchmarks: delimiters at line ends, sampling in a column of its own, milliseconds")
    func benchmarks() throws {
        let tanks = try RecordedData.table("cascaded_tanks/dataBenchmark.csv")
        #expect(tanks.columns.map(\.name) == ["uEst", "uVal", "yEst", "yVal"])
        #expect(tanks.rowCount == 1024 && tanks.samplingTime == 4 && tanks[0, 0] == 3.2567)
        let drive = try RecordedData.table("emps/emps_test.csv")
        #expect(drive.rowCount == 24_841 && drive.columns.map(\.name) == ["vir", "qm", "qg", "pulses_N"])
        #expect(drive.times.map { SamplingReport(times: $0).samplingTime } == 0.001)
        #expect(try RecordedData.table("emps/emps_train.csv")[24_840, 1] == 0.00361505)
        let box = try RecordedData.table("silverbox/SNLS80mV.csv")
        #expect(box.rowCount == 131_072 && box.columns.map(\.name) == ["V1", "V2"] && box[2, 1] == 0.010825)
        let aircraft = try RecordedData.table("f16/F16Data_FullMSine_Level1.csv")
        #expect(aircraft.rowCount == 73_728 && aircraft.samplingTime == 1 / 400.0 && aircraft.columns.count == 5)
        let turbine = try RecordedData.table("gas_turbine/gt_2011.csv")
        #expect(turbine.rowCount == 36_733 && turbine.columns.count == 11 && turbine[36_732, 10] == 109.24)
    }

    @Test("Jet engines: a header with more names than columns, time that starts again with each engine")
    func engines() throws {
        let train = try RecordedData.table("cmapss/train_FD001.txt")
        #expect(train.rowCount == 20_631 && train.columns.count == 25 && train.timeName == "time")
        #expect(train.notes.contains { $0.contains("ignored s22, s23, s24, s25, s26") })
        #expect(train.times.map { SamplingReport(times: $0).reversals.count } == 99)
        var schema = LogSchema()
        try schema.assign("s2,s3", role: .observation)
        let path = "\(RecordedData.folder ?? "")/cmapss/train_FD001.txt"
        #expect(try EpisodeLoader(schema: schema).load([path]).episodes.count == 100)
        let bare = try RecordedData.table("cmapss/test_FD003.txt")
        #expect(bare.rowCount == 16_596 && bare.columns.count == 26)
        #expect(try RecordedData.table("cmapss/RUL_FD001.txt").rowCount == 100)
    }
}
