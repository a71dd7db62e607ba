import Basics
import Episodes
import Foundation

/// A real two-stage heat pump with a virtual zone, days under rules and days under a predictive controller.
enum HeatPump {
    /// Minutes that a prediction sees, minutes that it looks ahead, minutes between two starts.
    static let (seen, ahead, every) = (120, 360, 30)

    /// The set.
    static let set = BenchmarkSet(
        "nist_ashp",
        about:
            "A two-stage air-source heat pump in a laboratory, with a virtual zone; setpoints and stage, weather and "
            + "occupants to zone temperature and total power (indoor and outdoor unit), 6 h ahead from 2 h of history, a "
            + "start every 30 min. Learned from days under rules. Tested on the days under a predictive controller, and "
            + "for comparison on their twins: the rule-based default days of the same place and grid scenario, which are "
            + "left out of training. Days with thermal storage are another plant and left out altogether.",
        measures: [
            measure("temperature", "predictive", "°F", 0), measure("temperature", "rules", "°F", 0),
            growth("temperature", 0), measure("power", "predictive", "W", 1), measure("power", "rules", "W", 1),
            growth("power", 1),
        ]
    ) { reader in
        let days = Folder.names(in: reader.folder).filter { $0.hasSuffix(".csv") }.compactMap(Day.init).sorted {
            $0.file < $1.file
        }
        guard days.contains(where: { $0.use == .predictive }), days.contains(where: { $0.use == .rules }),
            days.contains(where: { $0.use == .training })
        else {
            throw ForesightError.data(
                "\(reader.folder) holds \(days.count) files of days, not those of rule-based and predictive control",
                remedy: "get the files as their README says")
        }
        func log(_ use: Day.Use) throws -> LoadedLog {
            let files = days.filter { $0.use == use }.map(\.file)
            let log = try reader.log(files, columns, samplingTime: 60)
            return log.with(log.episodes.map(combined))
        }
        func test(_ name: String, _ use: Day.Use) throws -> BenchmarkTest {
            BenchmarkTest(
                name, try log(use).episodes, .ahead(history: seen, horizon: ahead, every: every))
        }
        var training = try log(.training)
        training.channels = training.episodes.first?.channels ?? []
        return BenchmarkData(
            training: training, tests: [try test("predictive", .predictive), try test("rules", .rules)])
    }

    private static func measure(_ what: String, _ test: String, _ unit: String, _ output: Int) -> BenchmarkMeasure {
        BenchmarkMeasure(
            "nist_ashp_\(what)_\(test)",
            metric: "RMSE 6 h ahead, days under \(test == "rules" ? "rules" : "predictive control")",
            unit: unit, rule: .error(test: test, output: output))
    }

    private static func growth(_ what: String, _ output: Int) -> BenchmarkMeasure {
        BenchmarkMeasure(
            "nist_ashp_\(what)_growth", metric: "RMSE 6 h ahead, predictive over rules", unit: "",
            rule: .ratio(test: "predictive", to: "rules", output: output), reach: 1.3)
    }

    private static let columns: [RecordReader.Column] =
        [
            .output("zone_temperature", "zn_temp", unit: "°F"), .output("power", "od_power", unit: "W"),
            .output("indoor_power", "id_power", unit: "W"), .action("cooling_setpoint", "zn_temp_cspt", unit: "°F"),
            .action("heating_setpoint", "zn_temp_hspt", unit: "°F"), .action("stage", "stg"),
            .disturbance("outdoor_temperature", "oa_temp", unit: "°F"),
        ] + occupants.map { .disturbance($0) }

    private static let occupants = (1...7).map { "occ0\($0)_pres" }

    /// The two powers as one channel, the occupants as one: how many are there.
    private static func combined(_ episode: Episode) -> Episode {
        func column(_ name: String) -> [Double] {
            episode.channelIndex(name).map { episode.column($0) } ?? []
        }
        let power = zip(column("power"), column("indoor_power")).map { $0 + $1 }
        let present = occupants.map(column)
        let channels =
            episode.channels.filter { $0.name != "indoor_power" && !occupants.contains($0.name) }
            + [Channel(name: "occupants", role: .disturbance)]
        let columns = channels.map { channel -> [Double] in
            switch channel.name {
            case "power": power
            case "occupants": power.indices.map { row in present.reduce(0) { $0 + $1[row] } }
            default: column(channel.name)
            }
        }
        return Episode(
            name: episode.name, channels: channels, samplingTime: episode.samplingTime,
            values: power.indices.flatMap { row in columns.map { $0[row] } })
    }

    /// One day: place, grid scenario and case, as its file is called.
    struct Day: Equatable {
        /// What a day is used for.
        enum Use: Equatable { case training, predictive, rules, none }

        var file: String
        var use: Use

        /// A file called `Place_Scenario_Case.csv`; `nil` for others, such as a table of units.
        init?(_ file: String) {
            let parts = file.dropLast(4).split(separator: "_")
            guard parts.count == 3 else { return nil }
            self.file = file
            switch parts[2] {
            case "MPC": use = .predictive
            case "Default": use = .rules
            case "TES": use = .none
            default: use = .training
            }
        }
    }
}
