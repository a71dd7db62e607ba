import Basics
import Episodes

/// The sets of nonlinearbenchmark.org, with splits and windows of its official loaders.
enum NonlinearBenchmarks {
    /// Champneys, Beintema, Tóth, Schoukens and Rogers, "Baseline results for selected nonlinear system identification
    /// benchmarks", 2024, tables 3 and 4.
    private static let baselines = "arXiv:2405.10779"

    /// Two tanks with overflow: 1024 rows to learn from, 1024 to test.
    static let cascadedTanks = BenchmarkSet(
        "cascaded_tanks",
        about: "Two cascaded tanks that overflow; pump voltage to level of the lower tank. Learned from the estimation "
            + "record, tested on the validation record after an initial window of 5 rows.",
        measures: [
            BenchmarkMeasure(
                "cascaded_tanks", metric: "free-run RMSE", unit: "V", rule: .error(test: "validation", output: 0),
                published: [
                    PublishedMark("CT-SUBNET", 0.31, source: baselines),
                    PublishedMark("TSEM", 0.33, source: "Forgione and Piga, European Journal of Control 2021"),
                    PublishedMark("GRU", 0.396, source: baselines),
                ], reach: 0.30)
        ]
    ) { reader in
        func half(_ name: String) throws -> LoadedLog {
            try reader.log(
                ["dataBenchmark.csv"],
                [.output("level", "y\(name)", unit: "V"), .action("pump", "u\(name)", unit: "V")],
                samplingTime: 4, rows: 1024)
        }
        return BenchmarkData(
            training: try half("Est"),
            tests: [BenchmarkTest("validation", try half("Val").episodes, .record(initial: 5))])
    }

    /// An electronic Duffing oscillator: one record, cut into the arrow and the multisine.
    static let silverbox = BenchmarkSet(
        "silverbox",
        about:
            "An electronic circuit with a cubic spring; input voltage to output voltage. One model, learned from the "
            + "first 75 % of the multisine, tested on its rest and on the arrow, whose end is louder than anything "
            + "learned; initial windows of 50 rows.",
        measures: [
            silverboxMeasure("multisine", reach: 0.30, [("GP NARX", 0.301), ("DT-SUBNET", 0.36), ("pNARX", 0.640)]),
            silverboxMeasure("arrow", reach: 0.60, [("GP NARX", 0.60), ("SUBNET", 1.4), ("pNARX", 2.25)]),
            silverboxMeasure(
                "arrow_no_extrapolation", reach: 0.26, [("GP NARX", 0.259), ("SUBNET", 0.32), ("pNARX", 0.571)]),
        ]
    ) { reader in
        let log = try reader.log(
            ["SNLS80mV.csv"], [.output("response", "V2", unit: "mV", scale: 1000), .action("drive", "V1", unit: "V")],
            samplingTime: 16384e-7, rows: 131_072)
        let record = log.episodes[0]
        let multisine = record.slice(40_650..<127_400)
        let learned = multisine.count * 3 / 4
        func test(_ name: String, _ rows: Episode) -> BenchmarkTest {
            BenchmarkTest(name, [rows], .record(initial: 50))
        }
        return BenchmarkData(
            training: log.with([multisine.slice(0..<learned)]),
            tests: [
                test("multisine", multisine.slice(learned..<multisine.count)),
                test("arrow", record.slice(100..<40_575)),
                test("arrow_no_extrapolation", record.slice(100..<32_100)),
            ])
    }

    private static func silverboxMeasure(
        _ test: String, reach: Double, _ marks: [(String, Double)]
    ) -> BenchmarkMeasure {
        BenchmarkMeasure(
            "silverbox_\(test)", metric: "free-run RMSE", unit: "mV", rule: .error(test: test, output: 0),
            published: marks.map { PublishedMark($0.0, $0.1, source: baselines) }, reach: reach)
    }

    /// A positioning drive in closed loop: an integrating plant, tested under another load.
    static let drive = BenchmarkSet(
        "emps",
        about: "An electro-mechanical positioning drive, recorded in closed loop; motor voltage to position, an "
            + "integrating plant. Tested on the record with force pulses, which the model is not told, after an initial "
            + "window of 20 rows.",
        measures: [
            BenchmarkMeasure(
                "emps", metric: "free-run RMSE", unit: "mm", rule: .error(test: "pulses", output: 0),
                published: [
                    PublishedMark(
                        "dynoNet", 2.64, source: "Forgione and Piga 2021, fit of 96.8 %; the unit is misprinted there"),
                    PublishedMark("LTI state space", 5.53, source: baselines),
                ], reach: 2.6)
        ]
    ) { reader in
        func record(_ file: String) throws -> LoadedLog {
            try reader.log(
                [file], [.output("position", "qm", unit: "mm", scale: 1000), .action("motor", "vir", unit: "V")],
                samplingTime: 1e-3, rows: 24_841)
        }
        return BenchmarkData(
            training: try record("emps_train.csv"),
            tests: [BenchmarkTest("pulses", try record("emps_test.csv").episodes, .record(initial: 20))])
    }

    /// A ground vibration test of an aircraft: seven levels of the same multisine.
    static let aircraft = BenchmarkSet(
        "f16",
        about: "A ground vibration test of an F-16; force to three accelerations. Learned from levels 1, 3, 5 and 7, "
            + "tested on levels 2, 4 and 6 in steady state: the first of 9 periods is dropped, the others are averaged, of "
            + "prediction and record alike. The nonparametric floors are a frequency response each, from all levels that "
            + "are learned from or from the two nearest.",
        measures: [2, 4, 6].flatMap { level in (1...3).map { aircraftMeasure(level: level, acceleration: $0) } }
    ) { reader in
        let columns: [RecordReader.Column] =
            (1...3).map { .output("acceleration\($0)", "Acceleration\($0)", unit: "m/s²") }
            + [.action("force", "Force", unit: "N")]
        func level(_ levels: [Int], _ ending: String) throws -> LoadedLog {
            let files = levels.map { "F16Data_FullMSine_Level\($0)\(ending).csv" }
            let log = try reader.log(files, columns, samplingTime: 1.0 / 400)
            for (file, episode) in zip(files, log.episodes)
            where episode.count % aircraftPeriod != 0 || episode.count < 2 * aircraftPeriod {
                throw ForesightError.data(
                    "\(reader.folder)/\(file) has \(episode.count) rows, which are no periods of \(aircraftPeriod)",
                    remedy: "get the file as its README says")
            }
            return log
        }
        return BenchmarkData(
            training: try level([1, 3, 5, 7], ""),
            tests: try [2, 4, 6].map { number in
                BenchmarkTest(
                    "level\(number)", try level([number], "_Validation").episodes,
                    .periodic(initial: 50, period: aircraftPeriod, dropped: 1))
            })
    }

    /// Samples of one period of the multisine; each file has nine.
    static let aircraftPeriod = 8192

    /// Errors of nonparametric frequency responses in m/s², for accelerations 1 to 3, measured for this project.
    static let aircraftFloors: [Int: (all: [Double], nearest: [Double])] = [
        2: ([0.149, 0.318, 0.297], [0.080, 0.165, 0.157]), 4: ([0.230, 0.394, 0.452], [0.202, 0.316, 0.393]),
        6: ([0.412, 0.769, 0.831], [0.216, 0.175, 0.445]),
    ]

    /// Acceleration 2 is to be at most 0.7 times its floor: the lower one of the two.
    private static func aircraftMeasure(level: Int, acceleration: Int) -> BenchmarkMeasure {
        let floors = aircraftFloors[level] ?? ([], [])
        let (all, nearest) = (floors.all[acceleration - 1], floors.nearest[acceleration - 1])
        return BenchmarkMeasure(
            "f16_level\(level)_acceleration\(acceleration)", metric: "steady-state RMSE", unit: "m/s²",
            rule: .error(test: "level\(level)", output: acceleration - 1),
            published: [
                PublishedMark("floor, nearest levels", nearest, source: "measured for this project"),
                PublishedMark("floor, all levels", all, source: "measured for this project"),
            ], reach: acceleration == 2 ? 0.7 * min(all, nearest) : nil)
    }
}
