import ArgumentParser
import Basics
import Gymnasium
import Plants

/// `foresight check NAME`: whether a world or an environment keeps to what learning from it relies on.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for what a world or a Gymnasium environment does wrong.",
        discussion: """
            The same seed and actions have to lead to the same numbers and pictures, another seed to others; actions have \
            limits; numbers are numbers; drawing moves nothing; what happens can be seen. Of worlds also: copies, \
            restoring, factors. Each fault is a sentence; with any the status is 2.

              foresight check two-rooms
              foresight check gymnasium:CartPole-v1
              foresight check gymnasium:stable_worldmodel:swm/PushT-v1 --python envs/bin/python
            """)

    @Argument(help: ArgumentHelp("The world, or gymnasium: and the name of an environment.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Decides the episodes and actions that are tried.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Steps of each try, 30 at least: less shows too little.", valueName: "number"))
    var steps = 30

    @OptionGroup(title: "Gymnasium") var running: EnvironmentOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        guard (30...100_000).contains(steps) else {
            throw ForesightError.usage(
                "--steps \(steps) is not 30 to 100000",
                remedy: steps > 0 && steps < 30
                    ? "choose more: in so few steps a sound world may not have moved yet" : "choose another number")
        }
        let faults: [String]
        if name.hasPrefix(GymnasiumOptions.prefix) {
            let environment = try GymnasiumEnvironment(try running.options(for: name))
            defer { environment.close() }
            faults = try checkEnvironment(environment, seed: seed, steps: steps)
        } else {
            try running.requireNone(for: name)
            faults = Self.check(try WorldCatalog.world(name), seed: seed, steps: steps)
        }
        talking.report(
            ["name": .string(name), "faults": .array(faults.map { .string($0) })],
            text: faults.isEmpty ? "\(name): nothing wrong" : faults.joined(separator: "\n"),
            isRefused: !faults.isEmpty)
        guard faults.isEmpty else {
            throw ForesightError.refused(
                "\(name): \(counted(faults.count, "fault"))", remedy: "what learns from it learns them, too")
        }
    }

    private static func check(_ world: some World, seed: UInt64, steps: Int) -> [String] {
        checkEnvironment(world, seed: seed, steps: steps)
    }
}
