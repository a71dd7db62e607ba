import Basics
import Testing

@testable import Episodes

private func table(_ text: String, _ name: String = "log.csv", options: LogOptions = LogOptions()) throws -> LogTable {
    try DelimitedReader(options: options).table(Array(text.utf8), source: name)
}

private func schema(actions: String = "", observations: String = "", disturbances: String = "") throws -> LogSchema {
    var schema = LogSchema()
    for (list, role) in [(actions, ChannelRole.action), (observations, .observation), (disturbances, .disturbance)]
    where !list.isEmpty {
        try schema.assign(list, role: role)
    }
    return schema
}

@Suite("From logs to episodes")
struct EpisodeLoaderTests {
    @Test("Flags assign roles and new names; columns without a role are left out and reported")
    func flags() throws {
        let schema = try schema(actions: "Q1=Heater 1, Q2 = Heater 2", observations: "T1", disturbances: "Ta")
        let log = try EpisodeLoader(schema: schema).load([
            try table("time (s),Heater 2 (%),T1 (degC),Heater 1 (%),Ta,SP\n0,1,2,3,4,5\n2,6,7,8,9,10\n")
        ])
        #expect(log.channels.map(\.name) == ["Q1", "Q2", "T1", "Ta"])
        #expect(log.channels.map(\.unit) == ["%", "%", "°C", nil])
        #expect(log.channels.map(\.role) == [.action, .action, .observation, .disturbance])
        #expect(log.episodes[0].values == [3, 1, 2, 4, 8, 6, 7, 9])
        #expect(log.episodes[0].samplingTime == 2)
        #expect(log.episodes[0].clock == .relative)
        #expect(log.ignoredColumns == ["SP"])
        #expect(log.indices(of: .action) == [0, 1])
        #expect(log.hasRoles)
    }

    @Test("Flags can give units and limits")
    func flagLimits() throws {
        let made = try schema(actions: "Q1[%]{0..100}=Heater 1,Q2 {-1.5..}", observations: "T1[degC]{..80},T2")
        #expect(made.channels.map(\.name) == ["Q1", "Q2", "T1", "T2"])
        #expect(made.channels.map(\.unit) == ["%", nil, "°C", nil])
        #expect(made.channels.map(\.limits) == [[0, 100], [-1.5, nil], [nil, 80], []])
        #expect(made.channels[0].from == "Heater 1")
        for bad in ["Q1{0-100}", "Q1,,Q2", "Q1=", "[%]", "Q1{a..b}"] {
            let error = try #require(throws: ForesightError.self) { try schema(actions: bad) }
            #expect(error.code == .usage)
        }
    }

    @Test("A resampling beyond any use is refused")
    func absurdResampling() throws {
        var absurd = try schema(observations: "a")
        absurd.sampling = SamplingPolicy(resample: 1e-9)
        let error = try #require(throws: ForesightError.self) {
            try EpisodeLoader(schema: absurd).load([table("time,a\n0,1\n10,2\n20,3\n")])
        }
        #expect(error.code == .usage && error.message.contains("makes 20000000000 samples"))
    }

    @Test("YAML gives roles, limits, rates and scales")
    func yaml() throws {
        let schema = try LogSchema.parse(
            yaml: """
                channels:
                  - {name: Q1, role: action, unit: "%", limits: [0, 100], rate: 10 %/min}
                  - {name: T1, from: T, role: observation, unit: °C, scale: 0.5555555555555556, offset: -17.77777777777778}
                  - {name: spare}
                log: {time: none, sampling_time: 3}
                """, source: "channels.yaml")
        let log = try EpisodeLoader(schema: schema).load([
            try LogFileStub.table("Q1,T (degF),spare\n0,32,1\n50,212,1\n", options: schema.log)
        ])
        #expect(
            log.channels == [
                Channel(name: "Q1", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100, rateLimit: 10.0 / 60),
                Channel(name: "T1", unit: "°C", role: .observation),
            ])
        #expect(abs(log.episodes[0][0, 1]) < 1e-12 && abs(log.episodes[0][1, 1] - 100) < 1e-12)
        #expect(log.samplingTime == 3)
    }

    @Test("A schema reads back what it prints")
    func schemaRoundTrip() throws {
        var original = try schema(actions: "Q1=Heater 1", observations: "T1")
        original.channels[0].limits = [0, nil]
        original.channels[0].rate = ChangeRate(perSecond: 0.25)
        original.log.time = .named("clock")
        original.sampling = SamplingPolicy(resample: 5, method: .average)
        #expect(try LogSchema.parse(yaml: original.yaml(), source: "") == original)
    }

    @Test(
        "A schema that does not fit is refused",
        arguments: [
            ("channels: [{name: T1, rol: action}]", "did you mean"), ("channels: [{role: action}]", "name is missing"),
            ("channels: [{name: T1, role: actor}]", "one of observation, action, disturbance"),
            ("channels: [{name: T1, limits: [5, 1]}]", "leave nothing between"),
            ("channels: [{name: T1, limits: [5]}]", "has 1 items"), ("channels: [{name: a}, {name: a}]", "given twice"),
            ("channels: [{name: T1, rate: fast}]", "a positive rate"),
            ("channels: [{name: T1, scale: 0}]", "scale is 0"),
        ])
    func badSchema(yaml: String, words: String) throws {
        let error = try #require(throws: ForesightError.self) { try LogSchema.parse(yaml: yaml, source: "c.yaml") }
        #expect(error.code == .usage)
        #expect(error.description.contains(words), "\(error)")
    }

    @Test("A channel that a file lacks is refused with the file and the nearest name")
    func missingChannel() throws {
        let loader = EpisodeLoader(schema: try schema(observations: "T1"))
        let files = [try table("time,T1\n0,1\n1,2\n", "a.csv"), try table("time,T_1\n0,1\n1,2\n", "b.csv")]
        let error = try #require(throws: ForesightError.self) { try loader.load(files) }
        #expect(error == .data("b.csv has no channel T1", remedy: "did you mean T_1?"))
    }

    @Test(
        "Logs that cannot become episodes are refused",
        arguments: [
            (["time,T1\n0,1\n"], "holds 1 sample, an episode needs at least 2"),
            (["time,T1\n0,NaN\n1,\n2,-9999\n"], "channel T1 has no value in log0.csv"),
            (["time,T1 (°C)\n0,1\n1,2\n", "time,T1 (°F)\n0,1\n1,2\n"], "in °F in log1.csv and in °C in log0.csv"),
            (["time,T1\n0,1\n1,2\n2,2\n", "time,T1\n0,1\n3,2\n6,3\n"], "every 1 s"),
        ])
    func refused(texts: [String], words: String) throws {
        let tables = try texts.enumerated().map { try table($1, "log\($0).csv") }
        let error = try #require(throws: ForesightError.self) {
            try EpisodeLoader(schema: schema(observations: "T1")).load(tables)
        }
        #expect(error.code == .data)
        #expect(error.description.contains(words), "\(error)")
    }

    @Test("Without an observation there is nothing to learn")
    func noObservation() throws {
        let error = try #require(throws: ForesightError.self) {
            try EpisodeLoader(schema: schema(actions: "Q")).load([table("time,Q\n0,1\n1,1\n")])
        }
        #expect(error.code == .usage)
    }

    @Test("Without roles every column is read")
    func noRoles() throws {
        let log = try EpisodeLoader().load([table("time,a,b\n0,1,2\n1,3,4\n")])
        #expect(log.channels.map(\.name) == ["a", "b"])
        #expect(!log.hasRoles)
    }

    @Test("Gaps end an episode and are reported with their line")
    func gaps() throws {
        let log = try EpisodeLoader(schema: schema(observations: "a")).load([
            table("time,a\n0,1\n1,2\n2,3\n10,4\n11,5\n12,6\n20,7\n")
        ])
        #expect(log.episodes.map(\.name) == ["log.csv#1", "log.csv#2"])
        #expect(log.episodes.map(\.values) == [[1, 2, 3], [4, 5, 6]])
        #expect(log.episodes.map(\.startTime) == [0, 10])
        #expect(log.files[0].sampling.gaps == [.init(row: 3, seconds: 8), .init(row: 6, seconds: 8)])
        #expect(log.warnings.contains { $0.contains("2 gaps") && $0.contains("8 s before line 5") })
        #expect(log.warnings.contains { $0.contains("1 single sample between") })
    }

    @Test("Rows that repeat a time are dropped; where time runs backwards an episode begins")
    func disorder() throws {
        let log = try EpisodeLoader(schema: schema(observations: "a")).load([
            table("time,a\n0,1\n1,2\n1,9\n2,3\n3,4\n0,5\n1,6\n2,7\n3,7\n4,8\n5,8\n6,8\n")
        ])
        #expect(log.episodes.map(\.values) == [[1, 2, 3, 4], [5, 6, 7, 7, 8, 8, 8]])
        #expect(log.files[0].sampling.duplicates == [2])
        #expect(log.files[0].sampling.reversals == [5])
    }

    @Test("Missing files and patterns without a match are refused")
    func paths() throws {
        for path in ["no/such.csv", "no/such*.csv"] {
            let error = try #require(throws: ForesightError.self) { try EpisodeLoader().load([path]) }
            #expect(error.code == .data)
        }
        #expect(throws: ForesightError.self) { try EpisodeLoader().load([String]()) }
    }

    @Test("Uneven sampling says how to resample, unless it is resampled")
    func unevenRemedy() throws {
        let times = [0, 1.4, 2, 3.3, 4, 4.8, 6.1, 7, 7.7, 9, 10.4, 11, 12.3, 13, 13.7, 15]
        let text = "time (s),a\n" + times.map { "\($0),\($0)\n" }.joined()
        var schema = try schema(observations: "a")
        let asked = try EpisodeLoader(schema: schema).load([table(text)]).warnings
        #expect(asked.contains { $0.contains("irregular") && $0.contains("--resample") })
        schema.sampling.resample = 1
        let done = try EpisodeLoader(schema: schema).load([table(text)]).warnings
        #expect(done.contains { $0.contains("irregular") } && !done.contains { $0.contains("--resample") })
    }

    @Test("A file of arrays that are no channels is refused with their shapes")
    func noChannels() {
        let note = "array observations of shape [3, 100, 2] is not a channel of 3 samples: ignored"
        let table = LogTable(source: "c.npz", columns: [], values: [], notes: [note])
        let error = #expect(throws: ForesightError.self) { try EpisodeLoader().load([table]) }
        #expect(error?.code == .data)
        #expect(error?.message == "c.npz holds no channel: \(note)")
    }
}

/// Reads a table as `LogFile` does, without a file.
enum LogFileStub {
    static func table(_ text: String, options: LogOptions) throws -> LogTable {
        var table = try DelimitedReader(options: options).table(Array(text.utf8), source: "log.csv")
        if let time = options.samplingTime { table.setSamplingTime(time) }
        return table
    }
}
