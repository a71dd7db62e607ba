import Episodes

/// The Tennessee Eastman plant under its controllers: 41 measurements, 11 valves, one row every 3 minutes.
enum TennesseeEastman {
    /// Rows seen and rows predicted: an hour each.
    static let hour = 20
    private static let measurements = 41

    /// The set.
    static let set = BenchmarkSet(
        "tep",
        about: "The simulated Tennessee Eastman plant in normal operation under its controllers; 11 valves to 41 "
            + "measurements, an hour ahead from an hour of history, from every row. Learned from d00, which is stored "
            + "transposed, tested on d00_te.",
        measures: [
            BenchmarkMeasure(
                "tep", metric: "outputs of 41 predicted better than by the linear model and the last value",
                unit: "outputs",
                rule: .won(test: "normal"), reach: 35, isHigherBetter: true),
            BenchmarkMeasure(
                "tep_nrmse", metric: "NRMSE 1 h ahead, mean of 41 outputs", unit: "", rule: .normalised(test: "normal")),
        ]
    ) { reader in
        return BenchmarkData(
            training: try log(reader, "d00.dat", rows: 500, isTransposed: true),
            tests: [
                BenchmarkTest(
                    "normal", try log(reader, "d00_te.dat", rows: 960, isTransposed: false).episodes,
                    .ahead(history: hour, horizon: hour, every: 1))
            ])
    }

    /// Reads one of its records.
    static func log(_ reader: RecordReader, _ file: String, rows: Int, isTransposed: Bool) throws -> LoadedLog {
        let outputs = (1...measurements).map { RecordReader.Column.output("XMEAS\($0)", "column\($0)") }
        let valves = (1...11).map {
            RecordReader.Column.action("XMV\($0)", "column\(measurements + $0)", unit: "%")
        }
        var options = LogOptions()
        options.header = .absent
        options.transposed = isTransposed
        return try reader.log([file], outputs + valves, samplingTime: 180, rows: rows, options: options)
    }
}
