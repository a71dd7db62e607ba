import Episodes

/// Process records of the DaISy collection (KU Leuven, De Moor and others).
enum Daisy {
    /// A record: file, sampling time, channels, what is known of its linear floor.
    private struct Record {
        var name: String
        var about: String
        var samplingTime: Double
        var inputs: [String]
        var outputs: [String]
        var rows: Int
        /// Rows before the test part, and behind it; `nil` for the first 80 %: 60 % to train and 20 % to validate.
        var learned: Int?
        /// NRMSE of each output by the best ARX model, order chosen on the test part of another, mostly earlier split.
        var floor: [Double]
    }

    /// Column 1 of most files counts time. It is named nowhere here, so it can never become an input.
    private static let records = [
        Record(
            name: "exchanger", about: "heat exchanger, liquid flow to outlet temperature", samplingTime: 1,
            inputs: ["q_liquid_flow"], outputs: ["T_out"], rows: 4000, learned: 3000, floor: [0.427]),
        Record(
            name: "powplant", about: "power plant of 120 MW", samplingTime: 1228.8,
            inputs: ["gas_flow", "turbine_valve", "sh_spray", "gas_dampers", "air_flow"],
            outputs: ["steam_P", "main_T", "reheat_T"], rows: 200, learned: 150, floor: [1.24, 0.98, 0.39]),
        Record(
            name: "steamgen", about: "model of a steam generator", samplingTime: 3,
            inputs: ["fuel", "air", "level_ref", "load_dist"],
            outputs: ["drum_P", "excess_O2", "level", "steam_flow"], rows: 9600, floor: [0.190, 0.490, 0.156, 0.133]),
        Record(
            name: "glassfurnace", about: "glass furnace", samplingTime: 1, inputs: ["heat1", "cool", "heat2"],
            outputs: ["T1", "T2", "T3", "T4", "T5", "T6"], rows: 1247,
            floor: [0.704, 0.692, 0.683, 0.267, 0.345, 0.504]),
        Record(
            name: "dryer2", about: "industrial dryer", samplingTime: 10,
            inputs: ["fuel_flow", "fan_speed", "raw_flow"], outputs: ["T_dry", "T_wet", "moisture"], rows: 867,
            floor: [1.14, 0.96, 1.40]),
        Record(
            name: "cstr", about: "model of a stirred tank reactor", samplingTime: 6,
            inputs: ["q_coolant_l_per_min"], outputs: ["Ca_mol_per_l", "T_K"], rows: 7500, floor: [0.165, 0.075]),
        Record(
            name: "pHdata", about: "model of a neutralisation", samplingTime: 10, inputs: ["acid_flow", "base_flow"],
            outputs: ["pH"], rows: 2001, floor: [2.41]),
        Record(
            name: "hairdryer", about: "laboratory hair dryer", samplingTime: 0.08, inputs: ["u_V"], outputs: ["y_T"],
            rows: 1000, floor: [0.151]),
        Record(
            name: "cdplayer", about: "arm of a disc player, in closed loop", samplingTime: 1, inputs: ["u1", "u2"],
            outputs: ["y1", "y2"], rows: 2048, floor: [0.333, 0.223]),
        Record(
            name: "ballbeam", about: "ball on a beam", samplingTime: 0.1, inputs: ["angle"], outputs: ["position"],
            rows: 1000, floor: [0.905]),
    ]

    /// Rows of the test part that are seen before the free run.
    static let initial = 20

    /// One set for each record.
    static let sets = records.map { record in
        let learned = record.learned ?? record.rows * 8 / 10
        return BenchmarkSet(
            record.name, group: "daisy", folder: "daisy",
            about: "DaISy: \(record.about). Learned from the first \(learned) rows, tested on the last "
                + "\(record.rows - learned) after an initial window of \(initial).",
            measures: [
                BenchmarkMeasure(
                    record.name,
                    metric: "free-run NRMSE, mean of \(record.outputs.count) output"
                        + (record.outputs.count == 1 ? "" : "s"), unit: "", rule: .normalised(test: "end"),
                    published: [
                        PublishedMark(
                            "ARX floor", record.floor.reduce(0, +) / Double(record.floor.count),
                            source: "measured for this project, order chosen on test"
                                + (record.learned == 3000 ? "" : ", mostly on another part of the record"))
                    ], reach: record.floor.reduce(0, +) / Double(record.floor.count))
            ]
        ) { reader in
            let log = try reader.log(
                ["\(record.name).csv"],
                record.outputs.map { .output($0) } + record.inputs.map { .action($0) },
                samplingTime: record.samplingTime, rows: record.rows)
            let whole = log.episodes[0]
            return BenchmarkData(
                training: log.with([whole.slice(0..<learned)]),
                tests: [BenchmarkTest("end", [whole.slice(learned..<whole.count)], .record(initial: initial))])
        }
    }
}
