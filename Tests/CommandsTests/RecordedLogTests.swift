import Basics
import Foundation
import Testing
import _TestSupport

/// Where recorded data lie that may not be copied into the project: `FORESIGHT_DATA`, or `nil`.
private let recordedData = ProcessInfo.processInfo.environment["FORESIGHT_DATA"]

@Suite("inspect on recorded logs", .enabled(if: recordedData != nil, "FORESIGHT_DATA names no folder of recorded logs"))
struct RecordedLogTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var logs: [String]
        var options: [String]
        var episodes: Int
        var samplingTime: Double
        var warnings: Set<String> = []
        var testDescription: String { logs.joined(separator: " ") }
    }

    static let cases = [
        Case(
            logs: ["tclab/energy_balance_mimo_600s.csv", "tclab/hybrid_mimo_600s_3s.csv"],
            options: [
                "--actions", "Q1=Heater 1,Q2=Heater 2", "--observations", "T1=Temperature 1,T2=Temperature 2",
                "--resample", "3",
            ], episodes: 2, samplingTime: 3, warnings: ["fewSamples", "shortRecord"]),
        Case(
            logs: ["nist_ashp/Atlanta_Eff_Default.csv"],
            options: ["--actions", "stg", "--observations", "zn_temp,id_power", "--disturbances", "oa_temp"],
            episodes: 1, samplingTime: 60),
        Case(
            logs: ["skab/valve1"], options: ["--observations", "Pressure,Temperature", "--disturbances", "Voltage"],
            episodes: 19, samplingTime: 1.048, warnings: ["sampling"]),
    ]

    @Test(arguments: cases) func inspect(_ recorded: Case) throws {
        let data = try #require(recordedData)
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["inspect", "--json", "--quiet", "--out", "\(folder)/run"]
                    + recorded.logs.map { "\(data)/\($0)" } + recorded.options)
            #expect(run.status == 0)
            #expect(run.complaint.isEmpty)
            let report = try JSONParser.parse(run.output)
            #expect(report["episodes"]?.int == recorded.episodes)
            let samplingTime = report["sampling_time"]?.double ?? 0
            #expect(abs(samplingTime - recorded.samplingTime) < 0.002 * recorded.samplingTime)
            let kinds = Set(report["warnings"]?.array?.compactMap { $0["kind"]?.string } ?? [])
            #expect(kinds.isSuperset(of: recorded.warnings), "found \(kinds)")
            #expect(try !InputFile.text("\(folder)/run/report.html").contains(data))
        }
    }
}
