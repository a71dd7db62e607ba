import ArgumentParser
import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

@testable import Commands

@Suite("Options of logs reach the schema")
struct LogOptionsTests {
    static let quiet = Talk(isQuiet: true)

    private func schema(_ arguments: String..., logs: [String] = []) throws -> LogSchema {
        try LogOptionsGroup.parse(arguments).schema(for: logs, base: logs.isEmpty ? LogSchema() : nil, talk: Self.quiet)
    }

    @Test("Every option changes what it names") func options() throws {
        let schema = try schema(
            "--actions", "Q1=Heater 1,Q2", "--observations", "T1", "--disturbances", "Ta", "--time", "clock",
            "--time-unit", "60", "--sampling-time", "2", "--missing", "-1", "--missing", "bad", "--delimiter", ";",
            "--decimal-comma", "--header", "absent", "--day-first", "--transposed", "--resample", "5",
            "--resample-method", "average", "--bridge", "30")
        #expect(schema.channels.map(\.name) == ["Q1", "Q2", "T1", "Ta"])
        #expect(schema.channels.map(\.from) == ["Heater 1", nil, nil, nil])
        #expect(schema.channels.map(\.role) == [.action, .action, .observation, .disturbance])
        var log = LogOptions()
        log.time = .named("clock")
        log.timeUnit = 60
        log.samplingTime = 2
        log.missing = ["-9999", "-1", "bad"]
        log.delimiter = .semicolon
        log.decimalComma = true
        log.header = .absent
        log.dayFirst = true
        log.transposed = true
        #expect(schema.log == log)
        #expect(schema.sampling == SamplingPolicy(resample: 5, method: .average, bridge: 30))
    }

    @Test("Without options nothing is changed") func defaults() throws { #expect(try schema() == LogSchema()) }

    private static let known = """
        channels:
          - {name: T1, role: observation, unit: °C, limits: [0, 90]}
          - {name: Q1, role: action, unit: "%", rate: 60/min}
        log: {missing: ["-1"]}

        """

    private func withLog<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
            return try body(folder)
        }
    }

    @Test("The channels file beside a log is found", arguments: ["a.channels.yaml", "channels.yaml"])
    func beside(_ name: String) throws {
        try withLog(["a.csv": "", name: Self.known]) { folder in
            let schema = try schema(logs: ["\(folder)/a.csv"])
            #expect(schema.channels.map(\.name) == ["T1", "Q1"])
            #expect(schema.channels[1].rate?.perSecond == 1)
            #expect(schema.log.missing == ["-1"])
            let none = try self.schema("--channels", "none", logs: ["\(folder)/a.csv"])
            #expect(none.channels.isEmpty)
        }
    }

    @Test("Typed roles are all roles; units and limits stay known") func roles() throws {
        try withLog(["a.csv": "", "a.channels.yaml": Self.known]) { folder in
            let schema = try schema("--observations", "T1,T2", logs: ["\(folder)/a.csv"])
            #expect(schema.channels.map(\.role) == [.observation, nil, .observation])
            #expect(schema.channels[0].unit == "°C")
        }
    }

    @Test("Logs with files that differ are refused, equal ones are not") func severalLogs() throws {
        let other = Self.known.replacingOccurrences(of: "90", with: "80")
        try withLog(["a.csv": "", "b.csv": "", "a.channels.yaml": Self.known, "b.channels.yaml": other]) { folder in
            #expect(throws: ForesightError.self) { try schema(logs: [folder]) }
            try AtomicFile.write(Self.known, to: "\(folder)/b.channels.yaml")
            #expect(try schema(logs: [folder]).channels.count == 2)
        }
    }

    @Test("A log without the file that another has is refused") func lacking() throws {
        _ = try withLog(["a.csv": "", "b.csv": "", "a.channels.yaml": Self.known]) { folder in
            #expect {
                try schema(logs: [folder])
            } throws: { error in
                "\(error)".contains("b.csv") && "\(error)".contains("--channels none")
            }
        }
    }

    @Test("A channels file that is written reads back the same") func written() throws {
        try withTemporaryFolder { folder in
            let channels = [
                Channel(name: "T 1: outlet", unit: "°C", role: .observation, lowerLimit: -5),
                Channel(name: "on", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100, rateLimit: 1.0 / 6),
                Channel(name: "Ta", role: .disturbance),
            ]
            try ChannelsFile.write(channels, remark: "Three.", to: "\(folder)/c.yaml")
            let read = try LogSchema.load(file: "\(folder)/c.yaml").channels
            #expect(read.map(\.name) == channels.map(\.name))
            #expect(read.map(\.role) == channels.map(\.role))
            #expect(read.map(\.unit) == channels.map(\.unit))
            #expect(read.map(\.limits) == [[-5, nil], [0, 100], []])
            #expect(read.map { $0.rate?.perSecond } == [nil, 1.0 / 6, nil])
        }
    }
}
