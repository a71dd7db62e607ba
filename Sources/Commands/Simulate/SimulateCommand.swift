import ArgumentParser
import Basics
import Episodes
import Foundation
import Plants

/// `foresight simulate PLANT`: a log of a simulated plant under an exploration policy.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Write a log of a simulated plant under an exploration policy.",
        discussion: """
            The actions move within the limits of the actuators, and a supervisor takes over where an output nears the \
            limit of safe operation. Beside the log stands a file of its channels with roles, units and limits, which \
            other commands find by themselves.

              foresight simulate heater-lab --hours 4 --out heater.csv
              foresight inspect heater.csv
            """)

    @Argument(help: "The plant; --list shows all.")
    var plant: String?

    @Flag(help: "Show the plants.")
    var list = false

    @Option(help: ArgumentHelp("Length of the log.", valueName: "hours"))
    var hours = 4.0

    @Option(help: ArgumentHelp("Decides actions, noise and disturbances.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "How actions are chosen; mixed is stretches of the three others in turn.",
            valueName: "policy"))
    var policy: ExplorationPolicy.Kind = .mixed

    @Option(help: ArgumentHelp("Seconds between samples; the plant's own by default.", valueName: "seconds"))
    var sampling: Double?

    @Option(
        help: ArgumentHelp("Shortest and longest time that a level is held, such as 60:600.", valueName: "s:s"))
    var hold: String?

    @Option(
        help: ArgumentHelp("Part of each actuator's range that is used, such as 0:0.8.", valueName: "from:to"))
    var span: String?

    @Flag(help: "Record the disturbances as channels, too.")
    var recordDisturbances = false

    @Option(
        help: ArgumentHelp("The log, .csv or .npz; PLANT-SEED.csv in this folder by default.", valueName: "file"))
    var out: String?

    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        if list { return try showPlants() }
        guard let plant else {
            throw ForesightError.usage(
                "no plant is named", remedy: "name one of \(PlantCatalog.names.joined(separator: ", "))")
        }
        let chosen = try PlantCatalog.plant(plant, samplingTime: sampling)
        let simulation = LogSimulation(
            plant: chosen, policy: try explorationPolicy(for: chosen), recordsDisturbances: recordDisturbances)
        let path = out ?? "\(chosen.name)-\(seed).csv"
        guard path.hasSuffix(".csv") || path.hasSuffix(".npz") else {
            throw ForesightError.usage("--out \(path) is neither .csv nor .npz", remedy: "end the name with .csv")
        }
        let episode = try simulation.episode(hours: hours, seed: seed)
        try Folder.create(URL(fileURLWithPath: path).deletingLastPathComponent().relativePath)
        try path.hasSuffix(".npz") ? LogWriter.writeNPZ(episode, to: path) : LogWriter.writeCSV(episode, to: path)
        let channelsPath = ChannelsFile.path(of: path)
        try ChannelsFile.write(
            episode.channels, remark: "Channels of \(chosen.name) as foresight simulate recorded them.",
            to: channelsPath)
        talking.report(
            [
                "log": .string(path), "channels": .string(channelsPath), "plant": .string(chosen.name),
                "samples": .integer(episode.count), "sampling_time": .number(episode.samplingTime),
                "seed": .unsigned(seed), "policy": .string(policy.rawValue),
            ],
            text: """
                \(path): \(episode.count) samples, one every \(period(episode.samplingTime)), of \
                \(episode.channels.map(\.name).joined(separator: ", "))
                \(channelsPath): their roles, units and limits
                """)
    }

    private func explorationPolicy(for plant: any Plant) throws -> ExplorationPolicy {
        var exploration = ExplorationPolicy(policy, for: plant)
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
