import Basics
import Planning
import Plants

extension ControlProtocol {
    /// The plants of the scoreboard.
    public static let names = [
        "heater-lab", "heater-switches", "four-tank", "cstr", "cstr-constrained", "boiler-turbine", "vehicle",
        "gene-switch",
        "patient-adult-1", "building", "turbofan", "production-line", "tennessee-eastman",
    ]

    /// The protocol of a plant.
    ///
    /// - Throws: `ForesightError.usage` for a plant that has none.
    public static func named(_ name: String) throws -> ControlProtocol {
        guard names.contains(name) else {
            throw ForesightError.usage(
                "\(name) is no plant of this benchmark",
                remedy: nearestNameRemedy(to: name, among: names, lead: "there are"))
        }
        let task = try ControlTask.named(name)
        switch name {
        case "heater-lab": return heaterLab(task)
        case "heater-switches": return heaterSwitches(task)
        case "four-tank": return fourTank(task)
        case "cstr": return reactor(task)
        case "cstr-constrained": return constrainedReactor(task)
        case "boiler-turbine": return boilerTurbine(task)
        case "vehicle": return vehicle(task)
        case "gene-switch": return geneSwitch(task)
        case "patient-adult-1": return patient(task)
        case "building": return building(task)
        case "turbofan": return turbofan(task)
        case "production-line": return productionLine(task)
        default: return tennesseeEastman(task)
        }
    }

    private static func heaterLab(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("heater-lab", hours: 8, task: task)
        plan.move("T1 to 45, then 38 °C, T2 to 36, then 44 °C; T1 <= 47") {
            $0.retarget([[45, 38], [36, 44]])
            $0.limits = [OutputLimit(output: 0, upper: 47)]
        }
        return plan
    }

    private static func heaterSwitches(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("heater-switches", hours: 8, task: task)
        plan.isUsual = false
        plan.rows = ControlRow.switched
        plan.episodes = 20
        plan.optimumEpisodes = 0
        plan.noOptimum = "no gradient leads from one value of a relay to the other"
        plan.move("T1 to 45, then 38 °C, T2 to 36, then 44 °C; T1 <= 51") {
            $0.retarget([[45, 38], [36, 44]])
            $0.limits = [OutputLimit(output: 0, upper: 51)]
        }
        return plan
    }

    /// pc-gym's protocol: its reward is what is judged, so it is what planners are asked for.
    ///
    /// Each episode starts with tank 4 higher than any pump can hold it, so that a log knows such states from its own start alone:
    /// a single one leaves the others at the edge of what it covers. So it is made of as many recordings as hours.
    private static func fourTank(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("four-tank", hours: 20, task: task)
        plan.recordings = 20
        plan.criterion = .cost(within: 0.05)
        plan.asksForBands = false
        plan.move("h3 to 0.35, then 0.2 m, h4 to 0.25, then 0.35 m; h3 <= 0.4, h4 <= 0.45") {
            $0.retarget([[0.35, 0.2], [0.25, 0.35]])
            $0.limits = $0.limits.map { limit in
                var limit = limit
                if limit.output == 2 { limit.upper = 0.4 }
                if limit.output == 3 { limit.upper = 0.45 }
                return limit
            }
        }
        return plan
    }

    private static func reactor(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("cstr", hours: 20, task: task)
        plan.criterion = .cost(within: 0.05)
        plan.asksForBands = false
        plan.move("Ca to 0.88, 0.86 and 0.89 mol/m³; 321 <= T <= 331") {
            $0.retarget([[0.88, 0.86, 0.89]])
            $0.limits = [OutputLimit(output: 1, lower: 321, upper: 331)]
        }
        return plan
    }

    /// The supervisor of its channels' limits would swing the coolant from end to end, and a log of that teaches two levels of
    /// it: so the log is made with coolant of 296 to 304 K and a supervisor that keeps 316 to 334 K, short of where the reactor
    /// runs away. What the task asks is narrower.
    private static func constrainedReactor(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("cstr-constrained", hours: 20, task: task)
        plan.span = 0.3...0.7
        plan.logLimits = [OutputLimit(output: 1, lower: 316, upper: 334)]
        plan.criterion = .limits
        plan.asksForBands = false
        plan.move("Ca to 0.88 all along; 322 <= T <= 326.5") {
            $0.targets[0].schedule = [.init(from: 0, 0.88)]
            $0.limits = [OutputLimit(output: 1, lower: 322, upper: 326.5)]
        }
        return plan
    }

    private static func boilerTurbine(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("boiler-turbine", hours: 20, task: task)
        // Three states: two lags tell them, and a search of all structures takes many times as long.
        plan.overrides = ["search.most_order=2", "search.reduced=false", "search.filtered=false"]
        plan.bandShare = 0.6
        // Nothing brings the water back by itself: valves that are held for the 5 min that a plan looks ahead leave what the log covers.
        plan.backup = .none
        plan.move("load down first, then up; 82 <= P <= 133, level within ±0.45") {
            for index in $0.targets.indices where index < 2 {
                let values = $0.targets[index].schedule.map(\.value)
                $0.targets[index].schedule[0].value = values[1]
                $0.targets[index].schedule[1].value = values[0]
            }
            $0.limits = [
                OutputLimit(output: 0, lower: 82, upper: 133), OutputLimit(output: 2, lower: -0.45, upper: 0.45),
            ]
        }
        return plan
    }

    private static func vehicle(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("vehicle", hours: 1.5, task: task)
        plan.replanEvery = 2
        // How the road winds on is not known: after a second that alone is worth 0.3 m at 20 m/s, after 3 s more than the lane is
        // wide. So plans look 0.8 s ahead, and no wheel is safe to hold even for that long.
        plan.overrides =
            brief + ["horizon=16", "search.most_order=2", "search.reduced=false", "search.filtered=false"]
        plan.backup = .none
        // Exact dynamics take half a minute of a processor for 20 s of road.
        plan.episodes = 10
        plan.tuningEpisodes = 2
        plan.optimumEpisodes = 5
        plan.move("0.2 m left of the middle, at 23 and 19 m/s; lane of ±0.8 m") {
            $0.retarget([[0.2], [23, 19]])
            $0.limits[0] = OutputLimit(output: 0, lower: -0.8, upper: 0.8)
        }
        return plan
    }

    private static func geneSwitch(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("gene-switch", hours: 240, task: task)
        plan.reason = "a cell is sampled every 5 min, and an episode takes 17 h"
        plan.episodes = 20
        plan.optimumEpisodes = 0
        plan.noOptimum = "chance decides, and no gradient leads to it"
        // Twice as far as time constants suggest: an inducer needs half of that to get in. Nothing holds the cell but who doses, so
        // that the model has to be free to run away as the cell does.
        plan.overrides = Self.brief + ["horizon=18", "bounded=false"]
        plan.move("LacI to 900, TetR to 250; LacI <= 1700") {
            $0.retarget([[900], [250]])
            $0.limits[0] = OutputLimit(output: 0, upper: 1700)
        }
        return plan
    }

    private static func patient(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("patient-adult-1", hours: 240, task: task)
        plan.reason = "ten days of therapy with meals; an episode takes a day"
        // Insulin acts for five hours and cannot be taken back; what acts now was given up to half a day ago. Below 70 mg/dL for
        // at most 4 % of the time: half of what bands of 92 % miss.
        plan.overrides = ["horizon=60", "window=144", "reach=12", "guard_coverage=0.95"]
        // No insulin is what is safe to hold where glucose falls; where it is high already, it is what it needs.
        plan.backup = .none
        plan.episodes = 10
        plan.tuningEpisodes = 2
        plan.optimumEpisodes = 0
        plan.noOptimum = "the search for one day takes longer than all rows together"
        plan.move("glucose to 115 mg/dL; at least 80 instead of 70") {
            $0.retarget([[115]])
            $0.limits = [OutputLimit(output: 0, lower: 80)]
        }
        return plan
    }

    private static func tennesseeEastman(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("tennessee-eastman", hours: 300, task: task)
        plan.reason = "sampled every 3 min, with analysers that answer after up to 15 min; an episode takes 12 h"
        plan.isUsual = false
        plan.episodes = 3
        plan.tuningEpisodes = 1
        plan.optimumEpisodes = 0
        plan.noOptimum = "with 169 states the search would take hours"
        plan.replanEvery = 5
        plan.population = 64
        plan.elites = 10
        plan.iterations = 8
        plan.rows = ControlRow.standard.filter { $0 != .exact }
        plan.move("the reactor's level to 74 % and its temperature to 120.2 °C in place of 76 % and 120.7 °C") {
            $0.targets[0].schedule[1].value = 74
            $0.targets[1].schedule[1].value = 120.2
        }
        return plan
    }

    /// Settings of training for plants whose log was made under a controller, since they do not stand by themselves.
    ///
    /// In the long free runs that otherwise judge structures, such a plant has gone where its disturbances took it and the
    /// controller has answered: what fits them best is the answer, turned round. A model of `gene-switch` learned from runs of
    /// 21 hours takes IPTG to lower TetR, which it raises. Within a horizon the actions decide.
    static let brief = ["search.span=horizon"]

    /// Adds a task with another goal and other guardrails.
    mutating func move(_ about: String, _ change: (inout ControlTask) -> Void) {
        var task = cases[0].task
        change(&task)
        // What was found out about the old limits is not known about the new ones.
        cases.append(Case(Self.moved, about: about, task: task))
    }
}

extension ControlTask {
    /// Other values of the targets' schedules, target by target, at the same times.
    mutating func retarget(_ values: [[Double]]) {
        for (index, row) in values.enumerated() {
            for (place, value) in row.enumerated() { targets[index].schedule[place].value = value }
        }
    }
}
