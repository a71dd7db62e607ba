import ArgumentParser
import Basics

/// The root of the command line: what there is, in the order in which it is used.
///
/// A new command is a `ParsableCommand` in a file or folder of its own, and one word in a list below; its settings, if
/// it has any, are one entry in `SettingsReference`. Shared groups of options stand in `Options/`. Errors are thrown;
/// `Program` says them. Running the tests with `FORESIGHT_UPDATE=1` writes help and reference pages anew.
struct Foresight: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "foresight",
        abstract: "Learn a world model from a recorded log, and plan with it under guardrails.",
        discussion: """
            foresight COMMAND --help says more. Results go to standard output, talk and errors to standard error. \
            \(statuses)
            """,
        version: "foresight \(Version.foresight) (Swift \(Version.swift), \(Version.platform))",
        subcommands: [ReferenceCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "From log to plan",
                subcommands: [
                    InspectCommand.self, TrainCommand.self, EvaluateCommand.self, ExplainCommand.self,
                    WatchCommand.self, DriftCommand.self, RegionCommand.self,
                    PlanCommand.self,
                    ControlCommand.self,
                ]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    DemoCommand.self, SimulateCommand.self, CheckCommand.self, ConvertCommand.self,
                    ImportCommand.self,
                    BenchmarkCommand.self,
                    DoctorCommand.self,
                ]),
        ])

    /// How commands end: one convention for all of them. What it means for each is in `Documentation/service.md`.
    static let statuses =
        "Exit status: 0 done; 1 failed; 2 done, and the answer is no: a refused plan, faults that check found, with --check an "
        + "event or a change; 64 wrong usage; 65 data that do not fit; 130 interrupted."

    /// The names of all commands that help shows, in its order.
    static var commandNames: [String] {
        // Key paths of metatypes stop the compiler of Swift 6.3.
        let commands = configuration.groupedSubcommands.flatMap { $0.subcommands }
        return commands.compactMap { $0.configuration.commandName } + ["help"]
    }
}
