import ArgumentParser
import Basics
import Episodes
import Foundation
import Gymnasium
import Plants

/// `foresight simulate NAME`: a log of a simulated plant, or pictures of a simulated world or of an environment of
/// Gymnasium, under an exploration policy.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Write a log of a simulated plant, or pictures of a simulated world.",
        discussion: """
            A plant gives a log of its sensors. The actions move within the limits of the actuators, and a supervisor takes over where an output nears the \
            limit of safe operation. A plant that does not stand by itself, such as a car, is held by the controller of \
            its task, and exploring adds to it. Beside the log stands a file of its channels with roles, units and limits, which \
            other commands find by themselves.

            A world gives episodes of pictures with actions, state and what its body senses, as one file or a folder \
            that foresight inspect shows and foresight convert turns into other formats.

              foresight simulate heater-lab --hours 4 --out heater.csv
              foresight inspect heater.csv
              foresight simulate four-tank --hours 4 --episodes 14 --out tank
              foresight simulate two-rooms --episodes 200 --steps 100 --vary light,agent_red --out rooms.h5

            An environment of Gymnasium gives the same, behind the prefix gymnasium: and, where it is needed, the module \
            that registers it. Its episodes are shorter where it ends them. --factor and --vary set the variations of \
            stable-worldmodel's environments.

              foresight simulate gymnasium:CartPole-v1 --policy uniform --out cart-pole.npz
              foresight simulate gymnasium:stable_worldmodel:swm/PushT-v1 --vary agent.color --python envs/bin/python
            """)

    @Argument(help: "The plant or world, which --list shows, or gymnasium: and the name of an environment.")
    var plant: String?

    @Flag(help: "Show the plants and worlds.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Length of the log of a plant, all episodes together; 4 by default, of a patient 240.", valueName: "hours"))
    var hours: Double?

    @Option(
        help: ArgumentHelp(
            """
            Episodes that start afresh. Those of a plant go to files of their own, --out is then a folder; a world has \
            20 by default.
            """,
            valueName: "number"))
    var episodes: Int?

    @Option(help: ArgumentHelp("Decides actions, noise and disturbances.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            """
            How actions are chosen. For a plant: mixed (by default) is stretches of steps, prbs and walk in turn. For a \
            patient: therapy, a basal rate and a bolus for each meal, whose doses stray. For a world: guided goes from one random place to another and is taken where the world can be steered, else held.
            """,
            valueName: "policy"))
    var policy: SimulationPolicy?

    @Option(
        help: ArgumentHelp(
            "Seconds between samples; the plant's or environment's own by default.", valueName: "seconds"))
    var sampling: Double?

    @Option(
        help: ArgumentHelp("Shortest and longest time that a level is held, such as 60:600.", valueName: "s:s"))
    var hold: String?

    @Option(
        help: ArgumentHelp("Part of each actuator's range that is used, such as 0:0.8.", valueName: "from:to"))
    var span: String?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Record the disturbances as channels, too; by default where the task announces them: the meals of a patient, \
            the weather of a building.
            """)
    var recordDisturbances: Bool?

    @Option(
        name: .customLong("fault"), parsing: .singleValue,
        help: ArgumentHelp(
            """
            What breaks or changes in the log of a plant, as foresight control has it, such as change:convection:0.7@0 \
            for another plant from the beginning; may be repeated.
            """, valueName: "fault"))
    var faults: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The log of a plant, .csv or .npz; PLANT-SEED.csv in this folder by default. Of a world .npz, .h5 or a folder \
            of pictures; WORLD-SEED.npz by default.
            """, valueName: "path"))
    var out: String?

    @OptionGroup(title: "Worlds") var seeing: WorldOptions
    @OptionGroup(title: "Gymnasium") var running: EnvironmentOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        if list { return try showPlants() }
        guard let plant else {
            throw ForesightError.usage(
                "no plant is named",
                remedy: "name one of \((PlantCatalog.families + WorldCatalog.names).joined(separator: ", "))")
        }
        if plant.hasPrefix(GymnasiumOptions.prefix) { return try simulate(environment: plant) }
        if WorldCatalog.names.contains(plant) { return try simulate(world: plant) }
        if !PlantCatalog.names.contains(plant), let near = nearestName(to: plant, among: WorldCatalog.names),
            nearestName(to: plant, among: PlantCatalog.names + [near]) == near
        {
            _ = try WorldCatalog.world(plant)
        }
        try seeing.requireNone(for: plant)
        try running.requireNone(for: plant)
        let chosen = try PlantCatalog.plant(plant, samplingTime: sampling)
        var simulation = try simulation(of: chosen)
        simulation.faults = try faults.map { text in
            let fault = try FaultText.fault(text)
            try fault.requireFit(chosen)
            return fault
        }
        try episodes.map { try writeEpisodes($0, of: simulation) } ?? writeLog(of: simulation)
    }

    private func writeLog(of simulation: LogSimulation) throws {
        let path = out ?? "\(simulation.plant.name)-\(seed).csv"
        guard path.hasSuffix(".csv") || path.hasSuffix(".npz") else {
            throw ForesightError.usage("--out \(path) is neither .csv nor .npz", remedy: "end the name with .csv")
        }
        let episode = try simulation.episode(hours: length(of: simulation), seed: seed)
        try Folder.create(URL(fileURLWithPath: path).deletingLastPathComponent().relativePath)
        try path.hasSuffix(".npz") ? LogWriter.writeNPZ(episode, to: path) : LogWriter.writeCSV(episode, to: path)
        try report([episode], files: [path], shown: path, channels: ChannelsFile.path(of: path), simulation)
    }

    private func writeEpisodes(_ count: Int, of simulation: LogSimulation) throws {
        guard (1...10_000).contains(count) else {
            throw ForesightError.usage("--episodes \(count) is not 1 to 10000", remedy: "choose another number")
        }
        let folder = out ?? "\(simulation.plant.name)-\(seed)"
        guard !folder.hasSuffix(".csv"), !folder.hasSuffix(".npz") else {
            throw ForesightError.usage(
                "--out \(folder) is one file, --episodes \(count) write several", remedy: "name a folder")
        }
        let digits = max(2, String(count).count)
        let names = (1...count).map { number in
            String(repeating: "0", count: digits - String(number).count) + String(number)
        }
        let files = names.map { "\(folder)/\($0).csv" }
        // Whoever learns from the folder learns from all that is in it.
        let others = Folder.names(in: folder).filter { $0.hasSuffix(".csv") && !names.contains(String($0.dropLast(4))) }
        guard others.isEmpty else {
            throw ForesightError.usage(
                "\(folder) holds logs that this run does not write, such as \(others[0])",
                remedy: "name another folder, or remove it first")
        }
        // Not the seeds that single logs are given: who tests on one would test on what was learned.
        let first = seed == 0 ? 1_000_000_000_000 : seed &* 10_000
        let logs = try names.enumerated().map { index, name in
            try simulation.episode(
                hours: length(of: simulation) / Double(count), seed: first &+ UInt64(index + 1), name: name)
        }
        try Folder.create(folder)
        for (log, file) in zip(logs, files) { try LogWriter.writeCSV(log, to: file) }
        try report(
            logs, files: files, shown: count == 1 ? files[0] : "\(files[0]) to \(files[count - 1])",
            channels: "\(folder)/channels.yaml", simulation)
    }

    /// Writes the file of channels, and says what was made.
    private func report(
        _ episodes: [Episode], files: [String], shown: String, channels: String, _ simulation: LogSimulation
    ) throws {
        let (name, first) = (simulation.plant.name, episodes[0])
        try ChannelsFile.write(
            first.channels, remark: "Channels of \(name) as foresight simulate recorded them.", to: channels)
        let samples = episodes.reduce(0) { $0 + $1.count }
        talking.report(
            [
                "log": files.count == 1 ? .string(files[0]) : .array(files.map { .string($0) }),
                "channels": .string(channels), "plant": .string(name), "samples": .integer(samples),
                "sampling_time": .number(first.samplingTime), "seed": .unsigned(seed),
                "policy": .string(simulation.plant is VirtualPatient ? "therapy" : (policy ?? .mixed).rawValue),
            ],
            text: """
                \(shown): \(samples) samples, one every \(period(first.samplingTime)), of \
                \(first.channels.map(\.name).joined(separator: ", "))
                \(channels): their roles, units and limits
                """)
    }

    private func length(of simulation: LogSimulation) -> Double {
        hours ?? (simulation.plant is VirtualPatient ? 240 : 4)
    }

    private func simulation(of plant: any Plant) throws -> LogSimulation {
        guard let patient = plant as? VirtualPatient else {
            let task = ControlTask.task(of: plant)
            return LogSimulation(
                plant: plant, policy: try explorationPolicy(for: plant), disturbances: task?.disturbances ?? .nominal,
                recordsDisturbances: recordDisturbances ?? (task?.announcementLead != nil), pilot: task)
        }
        if let policy, policy != .therapy {
            throw ForesightError.usage(
                "--policy \(policy.rawValue) would give \(plant.name) insulin at random",
                remedy: "leave it out: a patient's log is made by therapy")
        }
        for (option, value) in [("--hold", hold), ("--span", span)] where value != nil {
            throw ForesightError.usage(
                "\(option) is for signals that excite a plant, \(plant.name) is a patient", remedy: "leave it out")
        }
        return LogSimulation(patient: patient, recordsMeals: recordDisturbances ?? true)
    }

    private func explorationPolicy(for plant: any Plant) throws -> ExplorationPolicy {
        let chosen = policy ?? .mixed
        guard let kind = chosen.forPlants else {
            throw ForesightError.usage(
                "--policy \(chosen.rawValue) is for \(chosen == .therapy ? "patients" : "worlds"), \(plant.name) is a plant",
                remedy: "choose \(ExplorationPolicy.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var exploration = ExplorationPolicy(kind, for: plant)
        if let hold { exploration.hold = try range(hold, "--hold", within: 1e-3...1e7, unit: " s") }
        if let span { exploration.span = try range(span, "--span", within: 0...1, unit: "") }
        return exploration
    }

    private func range(
        _ text: String, _ name: String, within limits: ClosedRange<Double>, unit: String
    ) throws -> ClosedRange<Double> {
        let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard ends.count == 2, let lower = ends[0], let upper = ends[1], lower <= upper, limits.contains(lower),
            limits.contains(upper)
        else {
            throw ForesightError.usage(
                "\(name) \(text) is not a range within \(limits.lowerBound.yaml):\(limits.upperBound.yaml)\(unit)",
                remedy: "write two numbers, the smaller first, such as \(name == "--hold" ? "60:600" : "0:0.8")")
        }
        return lower...upper
    }
}
